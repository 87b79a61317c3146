//! Sweeps of the hand-derived cases and of the shipped tiny inventory.

use super::written::Written;
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use plimsoll::engine::Asked;
use plimsoll::model::{FailureSet, Inventory, Scenario};
use std::path::Path;

/// The inventory of a folder of the repository, and one of its scenarios.
pub(super) fn inventory_of(folder: &str, scenario: &str) -> (Inventory, Scenario) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    read(&csv_files(&path), &text(&path.join(scenario)))
}

/// Every folder with its scenarios.
const ALL: [(&str, &str); 8] = [
    ("data/tiny", "drain-chicago.toml"),
    ("data/tiny", "drain-amsterdam.toml"),
    ("tests/cases/one-drain", "scenario.toml"),
    ("tests/cases/two-keep", "scenario.toml"),
    ("tests/cases/two-keep", "repair.toml"),
    ("tests/cases/three-network", "scenario.toml"),
    ("tests/cases/three-network", "late.toml"),
    ("tests/cases/four-share", "scenario.toml"),
];

/// Sweeps of them that together use every file and every way of settling a case.
pub(super) fn all() -> Vec<(String, Written)> {
    let sweeps = ALL.iter().map(|(folder, file)| {
        let (inventory, scenario) = inventory_of(folder, file);
        let written = Written::of(&inventory, &scenario, Asked::new(FailureSet::Sites, 2));
        (format!("{folder}/{file}"), written)
    });
    sweeps.collect()
}

#[test]
fn every_sweep_of_hand_derived_cases_holds() {
    for (folder, file) in ALL {
        let (inventory, scenario) = inventory_of(folder, file);
        for over in FailureSet::ALL {
            if over.members(&inventory).is_empty() {
                continue;
            }
            for is_full in [false, true] {
                let asked = Asked {
                    is_full,
                    ..Asked::new(over, 2)
                };
                let verdict = Written::of(&inventory, &scenario, asked).verdict();
                let words = format!("{folder}/{file} over {}", over.word());
                assert!(verdict.holds(), "{words}: {:#?}", verdict.broken);
                assert!(verdict.cases > 1, "{words}");
                let gap = verdict.worst_gap.unwrap_or_default();
                assert!(gap <= 1e-9, "{words}: {gap}");
            }
        }
    }
}
