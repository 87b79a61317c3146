//! Planning that is stopped: wherever that is, there is no plan, or one that holds.

use crate::draw::{Size, draw};
use crate::levels::judged;
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use plimsoll::engine::{NoWatch, Options, Stage, Watch, plan};
use plimsoll::error::Error;
use plimsoll::plan::Status;
use plimsoll::solve::Stop;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Raises a stop when the planner enters a stage for the nth time.
struct StopAt {
    left: AtomicUsize,
    stop: Stop,
}

impl Watch for StopAt {
    fn enter(&self, _: Stage) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.stop.raise();
        }
    }
}

/// Wherever it is stopped, there is no plan, or one that says so and still holds.
#[test]
fn a_stop_leaves_no_plan_or_one_that_holds() {
    let mut counts = [0; 3];
    let mut failures = Vec::new();
    for seed in 500..560 {
        let drawn = draw(seed, Size::SMALL);
        let (inventory, scenario) = read(&drawn.files, &drawn.scenario);
        for nth in 1..8 {
            let stop = Stop::default();
            let watch = StopAt {
                left: AtomicUsize::new(nth),
                stop: stop.clone(),
            };
            let options = Options {
                stop: &stop,
                watch: &watch,
            };
            match plan(&inventory, &scenario, &options) {
                Ok(plan) => {
                    counts[usize::from(plan.status == Status::Stopped)] += 1;
                    let verdict = judged(&inventory, &scenario, &plan);
                    if !verdict.holds() {
                        failures.push(format!("seed {seed}, stop {nth}: {verdict}"));
                    }
                }
                Err(Error::StoppedEarly) => counts[2] += 1,
                Err(error) => failures.push(format!("seed {seed}, stop {nth}: {error}")),
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(counts[1] > 10 && counts[2] > 10, "{counts:?}");
}

/// A clock may end the planning between the margins of two periods: the margin of the whole is the least of those that are there.
#[test]
fn a_clock_leaves_no_plan_or_one_that_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/found/stopped-between-margins");
    let scenario = text(&folder.join("scenario.toml"));
    let (inventory, scenario) = read(&csv_files(&folder), &scenario);
    for millis in (2..60).step_by(3) {
        let stop = Stop::default();
        let clock = stop.clone();
        let waiting = thread::spawn(move || {
            thread::sleep(Duration::from_millis(millis));
            clock.raise();
        });
        let options = Options {
            stop: &stop,
            watch: &NoWatch,
        };
        match plan(&inventory, &scenario, &options) {
            Ok(plan) => {
                let verdict = judged(&inventory, &scenario, &plan);
                assert!(verdict.holds(), "after {millis} ms: {verdict}");
            }
            Err(error) => assert!(matches!(error, Error::StoppedEarly), "{error}"),
        }
        waiting.join().expect("the clock ends");
    }
}

/// Raises a stop when the planner enters a stage.
struct StopIn {
    stage: Stage,
    stop: Stop,
}

impl Watch for StopIn {
    fn enter(&self, stage: Stage) {
        if stage == self.stage {
            self.stop.raise();
        }
    }
}

/// All periods are planned, and the stop comes before what faults that are learnt of meanwhile make of them: they stand.
#[test]
fn a_stop_after_all_periods_leaves_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/americas-2012");
    let scenario = text(&folder.join("13-november-2012.toml"));
    let (inventory, scenario) = read(&csv_files(&folder), &scenario);
    for stage in [Stage::AllPeriods, Stage::Margin, Stage::Waves] {
        let stop = Stop::default();
        let watch = StopIn {
            stage,
            stop: stop.clone(),
        };
        let options = Options {
            stop: &stop,
            watch: &watch,
        };
        let plan = plan(&inventory, &scenario, &options);
        let plan = plan.unwrap_or_else(|error| panic!("{stage:?}: {error}"));
        assert_eq!(plan.status, Status::Stopped, "{stage:?}");
        assert_eq!(
            plan.periods.len(),
            plimsoll::scenario::periods(&inventory, &scenario).len()
        );
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "{stage:?}: {verdict}");
    }
}
