//! The written-out LP against the cases that were worked out by hand.

use crate::naive::{Band, Question, Solver, homes, levels};
use crate::read::read;
use crate::second_opinion::compare;
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};

fn case_folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(case)
}

pub(crate) fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The CSV files of a folder by name, in order.
pub(crate) fn csv_files(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = fs::read_dir(folder)
        .expect("the case has a folder")
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .map(|path| {
            let name = path.file_name().expect("a file has a name");
            (name.to_string_lossy().into_owned(), text(&path))
        })
        .collect();
    files.sort();
    files
}

/// The levels of an entry, without the whole-shard plans.
fn expected_levels(entry: &Map<String, Value>) -> Vec<(String, f64)> {
    entry
        .iter()
        .filter_map(|(name, value)| value.as_f64().map(|value| (name.clone(), value)))
        .collect()
}

/// Asserts every level of `expected.json` with both solvers; keys are `file` or `file@instant`.
fn hand_derived_levels_hold(case: &str) {
    let folder = case_folder(case);
    let files = csv_files(&folder);
    let expected: Map<String, Value> =
        serde_json::from_str(&text(&folder.join("expected.json"))).expect("expected.json is JSON");
    let mut compared = 0;
    for (key, entry) in &expected {
        let Some(entry) = entry.as_object() else {
            assert!(key.ends_with("#periods"), "{case}: {key}");
            continue;
        };
        let (file, instant) = key.split_once('@').unwrap_or((key, ""));
        let (inventory, scenario) = read(&files, &text(&folder.join(file)));
        let at = if instant.is_empty() {
            scenario.start
        } else {
            instant.parse().expect("the key names an instant")
        };
        for solver in [Solver::Microlp, Solver::Highs] {
            let question = Question {
                inventory: &inventory,
                scenario: &scenario,
                at,
                current: &homes(&inventory),
                elsewhere: &[],
                before_load: None,
                band: Band::Expected,
            };
            let label = format!("{case}: {key} with {solver:?}");
            compare(&label, &levels(&question, solver), &expected_levels(entry));
            compared += 1;
        }
    }
    assert!(compared > 0, "{case} expects nothing");
}

#[test]
fn a_drain_sheds_the_lower_tier_fills_the_survivor_and_opens_one_access_point() {
    hand_derived_levels_hold("one-drain");
}

#[test]
fn a_shortfall_of_before_may_stay_and_copies_take_over_before_data_travels() {
    hand_derived_levels_hold("two-keep");
}

#[test]
fn an_element_found_gray_is_planned_around_from_its_detection_on() {
    hand_derived_levels_hold("three-network");
}

#[test]
fn several_events_multiply_and_relief_moves_only_who_would_stay_unserved() {
    hand_derived_levels_hold("four-share");
}
