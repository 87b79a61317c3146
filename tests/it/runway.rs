//! Runway: until when conditions hold, by hand and against asking every day.

use crate::naive_cases::{csv_files, text};
use crate::read::read;
use jiff::Timestamp;
use plimsoll::engine::{RunwayRequest, runway};
use plimsoll::model::{Band, FailureSet};
use plimsoll::plan::runway::{Adjustment, Condition, Runway, RunwayRow};
use plimsoll::solve::{Proof, Stop};
use std::path::Path;

fn date(text: &str) -> Timestamp {
    format!("{text}T00:00:00Z").parse().expect("a date")
}

fn fails_from(runway: &Runway, row: &RunwayRow) -> Option<String> {
    let day = row.fails_from()?;
    Some(runway.begins(day).to_string()[..10].to_owned())
}

#[test]
fn the_case_by_hand_fails_on_its_dates() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/growth-two-sites");
    let (inventory, scenario) = read(&csv_files(&folder), &text(&folder.join("scenario.toml")));
    let expected: serde_json::Value =
        serde_json::from_str(&text(&folder.join("expected.json"))).expect("it is JSON");
    let dates = &expected["runway"]["dates"];
    let asked = RunwayRequest {
        from: date("2026-12-28"),
        until: date(expected["runway"]["until"].as_str().expect("a date")),
        over: FailureSet::Sites,
        failures: 1,
        bands: vec![Band::Expected],
    };
    let found = runway(&inventory, &scenario, &asked, &Stop::default()).expect("it is settled");
    assert!(found.trapped.is_empty() && !found.is_stopped);
    for (condition, adjustment, key) in [
        (Condition::Target, Adjustment::AsIs, "target as is"),
        (Condition::Target, Adjustment::Steered, "target as is"),
        (
            Condition::Target,
            Adjustment::Rebalanced,
            "target rebalanced",
        ),
        (Condition::Served, Adjustment::AsIs, "served as is"),
        (Condition::Served, Adjustment::Steered, "served as is"),
        (
            Condition::Served,
            Adjustment::Rebalanced,
            "served rebalanced",
        ),
        (
            Condition::ServedUnder,
            Adjustment::AsIs,
            "served under 1 site, replan, as is",
        ),
        (
            Condition::StableUnder,
            Adjustment::AsIs,
            "stable under 1 site, replan",
        ),
    ] {
        let row = found
            .row(condition, adjustment, Band::Expected)
            .expect("it is asked");
        assert_eq!(
            fails_from(&found, row).as_deref(),
            dates[key].as_str(),
            "{key}"
        );
        assert_eq!(row.proof, Proof::Proven, "{key}");
        assert_eq!(row.failing.len(), 1, "{key}");
    }
    let under = found.row(Condition::ServedUnder, Adjustment::AsIs, Band::Expected);
    let first = under.and_then(|row| row.first.as_ref()).expect("it fails");
    assert!((first.unserved - 1000.0).abs() < 1e-6, "{first:?}");
    assert!((first.short - 1.0).abs() < 1e-9, "{first:?}");
}
