//! The cases worked out by hand, through the engine: the value of every level, and the whole-shard plan.

use crate::levels::{judged, planned, values};
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use jiff::{SignedDuration, Timestamp};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{PeriodPlan, Stage};
use plimsoll::units::is_close;
use serde_json::{Map, Value};
use std::path::Path;

/// Relative agreement with what was derived by hand.
const BY_HAND: f64 = 1e-6;

/// Asserts that the levels of a period are those of an entry, whose other keys are entries of their own.
///
/// The engine may leave out a rank without shards, which then has to be 0.
fn compare(
    label: &str,
    inventory: &Inventory,
    period: &PeriodPlan,
    of: fn(&Stage) -> f64,
    entry: &Value,
) {
    let found = values(inventory, period, of);
    let expected: Vec<(&String, f64)> = entry
        .as_object()
        .expect("an entry is an object")
        .iter()
        .filter_map(|(name, value)| value.as_f64().map(|value| (name, value)))
        .collect();
    for (name, value) in &expected {
        let level = found.iter().find(|(found, _)| found == *name);
        let level = level.map_or(0.0, |(_, level)| *level);
        assert!(
            is_close(level, *value, BY_HAND),
            "{label}: {name} is {level}, by hand {value}\n{found:#?}"
        );
    }
    for (name, _) in &found {
        let is_expected = expected.iter().any(|(expected, _)| *expected == name);
        assert!(is_expected, "{label}: {name} is in no derivation");
    }
}

/// The scenario seen from an instant on: it starts there, with everybody at home.
fn from_instant(scenario: &Scenario, instant: &str) -> Scenario {
    let start: Timestamp = instant.parse().expect("the key names an instant");
    Scenario {
        start,
        end: start + SignedDuration::from_secs(1),
        ..scenario.clone()
    }
}

/// Asserts everything in `expected.json` of a folder: keys are `file`, `file@instant` or `file#periods`.
fn case_holds(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = csv_files(&folder);
    let expected: Map<String, Value> =
        serde_json::from_str(&text(&folder.join("expected.json"))).expect("expected.json is JSON");
    assert!(!expected.is_empty());
    for (key, entry) in &expected {
        let file = key.split(['@', '#']).next().expect("a split has a part");
        let (inventory, scenario) = read(&files, &text(&folder.join(file)));
        let scenario = match key.split_once('@') {
            Some((_, instant)) => from_instant(&scenario, instant),
            None => scenario,
        };
        let plan = planned(&inventory, &scenario);
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "{key}: {verdict}");
        let gap = verdict.proven.worst_gap();
        assert!(gap.is_some_and(|gap| gap <= 1e-9), "{key}: {gap:?}");
        if let Some(periods) = entry.as_array() {
            assert!(plan.periods.len() >= periods.len(), "{key}");
            for (period, entry) in plan.periods.iter().zip(periods) {
                let label = format!("{key}, period {}", period.period.index);
                compare(
                    &label,
                    &inventory,
                    period,
                    |stage| stage.value,
                    &entry["value"],
                );
                compare(
                    &label,
                    &inventory,
                    period,
                    |stage| stage.plan,
                    &entry["plan"],
                );
            }
            continue;
        }
        let period = &plan.periods[0];
        compare(key, &inventory, period, |stage| stage.value, entry);
        if let Some(whole) = entry.get("whole-partial") {
            let label = format!("{key}, whole shards");
            compare(&label, &inventory, period, |stage| stage.plan, whole);
        }
    }
}

#[test]
fn one_drain_is_planned_as_by_hand() {
    case_holds("tests/cases/one-drain");
}

#[test]
fn two_keep_is_planned_as_by_hand() {
    case_holds("tests/cases/two-keep");
}

#[test]
fn three_network_is_planned_as_by_hand() {
    case_holds("tests/cases/three-network");
}

#[test]
fn four_share_is_planned_as_by_hand() {
    case_holds("tests/cases/four-share");
}

#[test]
fn tiny_is_planned_as_its_readme_derives() {
    case_holds("data/tiny");
}
