//! The shipped inventory whose README derives what protection does.

use super::sweeps::lost;
use crate::folders::folder;
use crate::levels::planned;
use plimsoll::inventory;
use plimsoll::model::{FailureSet, Inventory, Protect, Recovery, Scenario};
use plimsoll::plan::Plan;
use plimsoll::scenario::{self, ScenarioText};
use std::path::Path;

fn shipped(name: &str) -> (Inventory, Scenario) {
    let files = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/keep-room"));
    let inventory = inventory::read(&files).inventory.expect("it is sound");
    let file = files.iter().find(|file| file.name == name);
    let text = String::from_utf8_lossy(&file.expect("it is shipped").bytes).into_owned();
    let layer = ScenarioText {
        name: name.to_owned(),
        text,
    };
    let reading = scenario::read(&[layer], &inventory);
    (inventory, reading.scenario.expect("it is sound"))
}

/// Thousands of users by site.
fn by_site(inventory: &Inventory, plan: &Plan) -> Vec<f64> {
    let mut users = vec![0.0; inventory.sites.len()];
    for part in &plan.periods[0].parts {
        if let Some(site) = part.site {
            users[site.index()] += part.users / 1000.0;
        }
    }
    users
}

#[test]
fn the_protected_drain_survives_its_own_sweep_and_the_other_does_not() {
    let (inventory, mut scenario) = shipped("drain-ams.toml");
    assert_eq!(
        by_site(&inventory, &planned(&inventory, &scenario)),
        [0.0, 200.0, 100.0, 100.0]
    );
    scenario.protect = Some(Protect {
        failures: 1,
        over: FailureSet::Sites,
        recovery: Recovery::Replan,
        gray: None,
    });
    let protected = shipped("drain-ams-protected.toml").1;
    assert_eq!(protected.protect, scenario.protect);
    let plan = planned(&inventory, &protected);
    assert_eq!(by_site(&inventory, &plan), [0.0, 100.0, 100.0, 200.0]);
    let users = |lost: Vec<(_, f64)>| -> Vec<f64> {
        lost.into_iter().map(|(_, users)| users.round()).collect()
    };
    assert_eq!(users(lost(&inventory, &protected, &protected, 0)), [0.0; 3]);
    // What is asked of a sweep is asked of the plan that was not to survive it.
    let exposed = Scenario {
        protect: None,
        ..scenario.clone()
    };
    assert_eq!(
        users(lost(&inventory, &exposed, &protected, 0)),
        [0.0, 100_000.0, 0.0]
    );
}
