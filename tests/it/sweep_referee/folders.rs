//! Sweeps of the hand-derived cases and of the shipped tiny inventory.

use super::written::Written;
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use plimsoll::engine::{Begin, GrayAsked, SweepRequest};
use plimsoll::model::{FailureSet, Inventory, Recovery, Scenario};
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

/// Those whose failures are answered by a rule too.
const BY_RULE: [(&str, &str); 3] = [
    ("data/tiny", "drain-chicago.toml"),
    ("tests/cases/two-keep", "scenario.toml"),
    ("tests/cases/three-network", "scenario.toml"),
];

/// Sweeps of them that together use every file and every way of settling a case.
pub(super) fn all() -> Vec<(String, Written)> {
    let of = |folder: &str, file: &str, asked: SweepRequest| {
        let (inventory, scenario) = inventory_of(folder, file);
        Written::of(&inventory, &scenario, asked)
    };
    let sweeps = ALL.iter().map(|(folder, file)| {
        let written = of(folder, file, SweepRequest::new(FailureSet::Sites, 2));
        (format!("{folder}/{file}"), written)
    });
    let by_rule = BY_RULE.iter().map(|(folder, file)| {
        let asked = SweepRequest {
            recoveries: vec![Recovery::Rescale, Recovery::Replicas],
            gray: Some(GrayAsked {
                over: FailureSet::Sites,
                most: 1,
                severity: 0.5,
                minutes: 90.0,
            }),
            ..SweepRequest::new(FailureSet::Sites, 1)
        };
        (
            format!("{folder}/{file} by a rule"),
            of(folder, file, asked),
        )
    });
    let (folder, file) = BY_RULE[0];
    let asked = SweepRequest {
        begin: Begin::Plan,
        recoveries: Recovery::ALL.to_vec(),
        ..SweepRequest::new(FailureSet::Sites, 1)
    };
    let from_plan = (
        format!("{folder}/{file} from the plan"),
        of(folder, file, asked),
    );
    sweeps.chain(by_rule).chain([from_plan]).collect()
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
                let asked = SweepRequest {
                    is_full,
                    ..SweepRequest::new(over, 2)
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
