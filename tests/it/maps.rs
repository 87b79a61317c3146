//! The map of a plan: places, states and moves as the plan has them.

use crate::folders::folder;
use crate::levels::planned;
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan_files::AccessPointUse;
use plimsoll::report::charts::map::SiteMove;
use plimsoll::report::charts::{Chart, MapChart};
use plimsoll::report::places::map_chart;
use plimsoll::report::{Standing, State};
use plimsoll::scenario::{self, ScenarioText};
use std::path::Path;

/// `data/tiny` and the drain of Chicago.
fn tiny() -> (Inventory, Scenario) {
    let files = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tiny"));
    let inventory = inventory::read(&files)
        .inventory
        .expect("a sound inventory");
    let layer = files
        .iter()
        .find(|file| file.name == "drain-chicago.toml")
        .map(|file| ScenarioText {
            name: file.name.clone(),
            text: String::from_utf8_lossy(&file.bytes).into_owned(),
        })
        .expect("the scenario is there");
    let scenario = scenario::read(&[layer], &inventory)
        .scenario
        .expect("a sound scenario");
    (inventory, scenario)
}

fn map(inventory: &Inventory, scenario: &Scenario) -> Option<MapChart> {
    let plan = planned(inventory, scenario);
    map_chart(inventory, scenario, plan.flows_until(0), &plan.periods[0])
}

/// The values are those that `data/tiny/README.md` derives for whole shards: 12 of 90 thousand go to Amsterdam,
/// which then serves 42 of 50, and San Antonio 138 of 150; Dallas opens.
#[test]
fn the_map_of_the_drain_on_paper_shows_what_was_derived() {
    let (inventory, scenario) = tiny();
    let chart = map(&inventory, &scenario).expect("places have coordinates");
    assert_eq!(
        chart.title,
        "2 headroom targets are missed; 90,000 users leave Chicago for San Antonio and Amsterdam"
    );
    let moved = |to: &str, users| SiteMove {
        from: "chi".to_owned(),
        to: to.to_owned(),
        users,
    };
    assert_eq!(
        chart.moves,
        [moved("ams", 12_000.0), moved("sat", 78_000.0)]
    );
    let sites: Vec<_> = chart
        .sites
        .iter()
        .map(|site| {
            let headroom = site.headroom.map(|share| (share * 1000.0).round());
            (
                site.id.as_str(),
                site.standing,
                site.state,
                headroom,
                site.users,
            )
        })
        .collect();
    assert_eq!(
        sites,
        [
            (
                "ams",
                Standing::InService,
                State::BelowTarget,
                Some(160.0),
                42_000.0
            ),
            ("chi", Standing::Drained, State::Gone, None, 0.0),
            (
                "sat",
                Standing::InService,
                State::BelowTarget,
                Some(80.0),
                138_000.0
            ),
        ]
    );
    let access_points: Vec<_> = chart
        .access_points
        .iter()
        .map(|place| (place.id.as_str(), place.usage, place.users.round()))
        .collect();
    assert_eq!(
        access_points,
        [
            ("ap-ams", AccessPointUse::Active, 30_000.0),
            ("ap-dfw", AccessPointUse::Opened, 48_000.0),
            ("ap-nyc", AccessPointUse::Active, 102_000.0),
        ]
    );
    let svg = chart.svg(1200).expect("a picture");
    for words in [
        "78,000",
        "12,000",
        "8 % free, target 20 %",
        "16 % free, target 20 %",
        "drained",
        "Dallas opened",
        "New York −48,000",
    ] {
        assert!(svg.contains(&format!(">{words}</text>")), "{words}");
    }
}

#[test]
fn fewer_than_two_places_with_coordinates_make_no_map() {
    let (mut inventory, scenario) = tiny();
    for place in &mut inventory.access_points {
        place.coordinates = None;
    }
    for site in inventory.sites.iter_mut().skip(1) {
        site.coordinates = None;
    }
    assert_eq!(map(&inventory, &scenario), None);
}
