//! A runway that is stopped: its rows are those of the full run, and it says what is missing.

use super::date;
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use crate::runway_values::{Course, runway as by_hand};
use plimsoll::engine::{RunwayRequest, runway};
use plimsoll::error::Error;
use plimsoll::model::{Band, FailureSet, Inventory, Recovery, Scenario};
use plimsoll::plan::runway::{Condition, Runway, SampleStep};
use plimsoll::report::runway::RunwayReport;
use plimsoll::solve::Stop;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

fn of(folder: &str, scenario: &str) -> (Inventory, Scenario) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    read(&csv_files(&folder), &text(&folder.join(scenario)))
}

/// Wherever it is stopped, there is no runway, or one that says so, with rows as they are without a stop.
#[test]
fn a_stop_leaves_no_runway_or_rows_of_the_full_run() {
    let (inventory, scenario) = of("tests/cases/growth-two-sites", "scenario.toml");
    let asked = RunwayRequest {
        from: date("2026-12-28"),
        until: date("2029-12-31"),
        over: FailureSet::Sites,
        failures: 1,
        bands: vec![Band::Expected],
        recoveries: vec![Recovery::Replan],
        step: SampleStep::Month,
        with_components: true,
    };
    let begun = Instant::now();
    let whole = runway(&inventory, &scenario, &asked, &Stop::default()).expect("it is settled");
    let spent = begun.elapsed();
    let (mut stopped, mut tried) = (0, 0);
    // Half of the run may be before the first row, or after the last.
    while stopped < 3 && tried < 60 {
        let wait = spent.mul_f64(f64::from(tried % 20 + 1) / 21.0);
        tried += 1;
        let stop = Stop::default();
        let clock = stop.clone();
        let waiting = thread::spawn(move || {
            thread::sleep(wait.max(Duration::from_micros(1)));
            clock.raise();
        });
        match runway(&inventory, &scenario, &asked, &stop) {
            Ok(found) => {
                for row in &found.rows {
                    assert!(whole.rows.contains(row), "after {wait:?}: {row:?}");
                }
                let is_whole = found.rows.len() == whole.rows.len();
                assert!(is_whole || found.is_stopped, "after {wait:?}");
                assert_eq!(found.is_stopped, found.components.is_empty(), "{wait:?}");
                stopped += usize::from(found.is_stopped && !is_whole);
            }
            Err(error) => assert!(matches!(error, Error::StoppedEarly), "{error}"),
        }
        waiting.join().expect("the clock ends");
    }
    assert!(stopped > 0, "none of {tried} stops came between rows");
}

fn said((inventory, scenario): (&Inventory, &Scenario), runway: &Runway) -> Vec<String> {
    let report = RunwayReport {
        inventory,
        scenario,
        over: FailureSet::Sites,
        runway,
    };
    report.sentences()
}

/// Only the first condition is settled: the sentences say so first, and give no date of another one.
#[test]
fn a_stopped_runway_says_first_what_is_not_checked() {
    let (inventory, scenario) = of("data/tiny", "drain-chicago.toml");
    let mut found = by_hand(&inventory, Course::Fails);
    found
        .rows
        .retain(|row| row.condition == Condition::Target && row.band == Band::Expected);
    (found.samples, found.components) = (Vec::new(), Vec::new());
    found.is_stopped = true;
    let said = |found: &Runway| -> Vec<String> { said((&inventory, &scenario), found) };
    let sentences = said(&found);
    assert_eq!(
        sentences[0],
        "Stopped with 3 rows settled. Not checked: until when everyone is served, until when one site may fail, until when one \
         site may fail without a lasting overload and dates of components."
    );
    assert!(
        sentences[1].starts_with("Every headroom target is met until 3 Jan 2027."),
        "{sentences:?}"
    );
    let others = sentences[1..].join(" ");
    assert!(!others.contains("may fail"), "{others}");
    assert!(
        others.contains("First: run it again to the end."),
        "{others}"
    );
    // On the first day already.
    for row in &mut found.rows {
        row.failing = std::iter::once(0..731).collect();
    }
    let sentences = said(&found);
    let first = "A headroom target is missed from the first day on.";
    assert!(
        sentences.iter().any(|sentence| sentence == first),
        "{sentences:?}"
    );
    assert!(
        !sentences[1..]
            .join(" ")
            .contains("leave users unserved from"),
        "{sentences:?}"
    );
}
