//! Small inventories with their scenarios: those worked out by hand, and random ones.

use crate::inventory::draw::{Size, draw};
use crate::inventory::{self, SourceFile};
use crate::model::{Inventory, Scenario};
use crate::scenario::{self, ScenarioText};

/// An inventory and a scenario, and what to call them.
pub(crate) struct Instance {
    pub(crate) name: String,
    pub(crate) inventory: Inventory,
    pub(crate) scenario: Scenario,
}

/// The texts of files below `tests/cases`.
macro_rules! texts {
    ($folder:literal: $($name:literal)*) => {
        [$((
            $name,
            include_str!(concat!("../../../tests/cases/", $folder, "/", $name)),
        )),*]
    };
}

/// The cases worked out by hand.
pub(crate) fn by_hand() -> Vec<Instance> {
    let one_drain = texts!("one-drain": "access_points.csv" "client_regions.csv" "links.csv" "profiles.csv"
        "resources.csv" "shards.csv" "sites.csv" "tiers.csv" "scenario.toml");
    let two_keep = texts!("two-keep": "access_points.csv" "client_regions.csv" "links.csv" "profiles.csv"
        "replicas.csv" "resources.csv" "shards.csv" "sites.csv" "tiers.csv" "scenario.toml");
    let three_network = texts!("three-network": "access_points.csv" "client_regions.csv" "elements.csv"
        "links.csv" "profiles.csv" "resources.csv" "shards.csv" "sites.csv" "tiers.csv" "scenario.toml");
    let four_share = texts!("four-share": "access_points.csv" "client_regions.csv" "links.csv" "profiles.csv"
        "resources.csv" "shards.csv" "sites.csv" "tiers.csv" "scenario.toml");
    vec![
        instance("one-drain", &one_drain),
        instance("two-keep", &two_keep),
        instance("three-network", &three_network),
        instance("four-share", &four_share),
    ]
}

/// Random ones of seeds `0..count`.
pub(crate) fn drawn(count: u64) -> Vec<Instance> {
    (0..count)
        .map(|seed| {
            let size = match seed % 6 {
                0 => Size::FULL,
                3 => Size::MESHED,
                _ => Size::SMALL,
            };
            let drawn = draw(seed, size);
            let mut texts: Vec<(&str, &str)> = drawn
                .files
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect();
            texts.push(("scenario.toml", &drawn.scenario));
            instance(&format!("seed {seed}"), &texts)
        })
        .collect()
}

/// The instance of these texts, which are free of errors; the last is the scenario.
fn instance(name: &str, texts: &[(&str, &str)]) -> Instance {
    let (layer, files) = texts.split_last().expect("there are files");
    let files: Vec<SourceFile> = files
        .iter()
        .map(|(name, text)| SourceFile {
            name: (*name).to_owned(),
            bytes: text.as_bytes().to_vec(),
        })
        .collect();
    let inventory = inventory::read(&files).inventory;
    let inventory = inventory.unwrap_or_else(|| panic!("{name} is no inventory"));
    let layer = ScenarioText {
        name: layer.0.to_owned(),
        text: layer.1.to_owned(),
    };
    let scenario = scenario::read(&[layer], &inventory).scenario;
    let scenario = scenario.unwrap_or_else(|| panic!("{name} has no scenario"));
    Instance {
        name: name.to_owned(),
        inventory,
        scenario,
    }
}

/// Nothing was found; the first of what was.
#[track_caller]
pub(crate) fn assert_none(found: &[String]) {
    let first: Vec<&str> = found.iter().take(60).map(String::as_str).collect();
    assert!(
        found.is_empty(),
        "{} failures\n{}",
        found.len(),
        first.join("\n")
    );
}
