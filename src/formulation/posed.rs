//! Posed problems, for tests of all floors that have to do with one.

use super::affected::Affected;
use super::folded::Folded;
use super::problem::Problem;
use super::setting::{Narrowing, Setting, StandbyUse};
use crate::graph::Network;
use crate::inventory::{self, SourceFile};
use crate::model::{Case, Homes, Inventory, Scenario};
use crate::scenario::{self, Band, Knowledge, ScenarioText, case_at};
use ndarray::Array2;

macro_rules! americas {
    ($($name:literal),*) => {
        [$(SourceFile {
            name: $name.into(),
            bytes: include_bytes!(concat!("../../data/americas-2012/", $name)).to_vec(),
        }),*]
    };
}

/// The Americas of 2012, and the drain of São Paulo.
pub(crate) fn drain_of_americas() -> (Inventory, Scenario) {
    let inventory = inventory::read(&americas![
        "access_points.csv",
        "client_regions.csv",
        "elements.csv",
        "links.csv",
        "load_curves.csv",
        "profiles.csv",
        "replicas.csv",
        "resources.csv",
        "shards.csv",
        "sites.csv",
        "tiers.csv"
    ])
    .inventory
    .expect("what is shipped is sound");
    let text = include_str!("../../data/americas-2012/drain-gru.toml").to_owned();
    let name = "drain-gru.toml".into();
    let scenario = scenario::read(&[ScenarioText { name, text }], &inventory)
        .scenario
        .expect("what is shipped is sound");
    (inventory, scenario)
}

/// What holds at the start of a scenario, as it is believed.
pub(crate) fn case_at_start(inventory: &Inventory, scenario: &Scenario) -> Case {
    let (knowledge, band) = (Knowledge::Believed, Band::Expected);
    case_at(inventory, scenario, scenario.start, knowledge, band)
}

/// Looks at the problem of a case with shards at these homes, where so much of every target was missing before.
pub(crate) fn with_problem<R>(
    (inventory, scenario): (&Inventory, &Scenario),
    case: &Case,
    current: &Homes,
    kept: f64,
    look: impl FnOnce(&Problem<'_>) -> R,
) -> R {
    let network = Network::new(inventory);
    let policy = &scenario.policy;
    let folded = Folded::new(inventory, case, current);
    let lowered = vec![false; inventory.sites.len()];
    let is_affected = Affected::new(inventory, &network, case, policy, &folded.kinds, &lowered);
    let kept = Array2::from_elem(case.target.dim(), kept);
    look(&Problem::new(Setting {
        inventory,
        network: &network,
        case,
        policy,
        current,
        folded: &folded,
        is_affected: &is_affected,
        kept_shortfall: &kept,
        standby: StandbyUse::of(policy),
        narrowed: Narrowing::Rules,
        is_distinguished: false,
    }))
}
