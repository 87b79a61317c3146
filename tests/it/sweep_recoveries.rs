//! Sweeps under the recoveries that decide nothing: closed forms, cases by hand, and a walk of every user.

mod by_hand;
pub(crate) mod closed_forms;
mod draws;
mod walk;

use plimsoll::engine::{NoWatch, Options, SweepRequest as Asked, Sweeper};
use plimsoll::model::{FailureSet, Inventory, Recovery, Scenario};
use plimsoll::plan::sweep::{CaseResult as Found, Sweep, SweepTally as Tally};
use plimsoll::solve::Stop;
use std::ops::Range;

/// A loaded sweep.
fn sweeper(
    inventory: &Inventory,
    scenario: &Scenario,
    over: FailureSet,
    failures: usize,
    recoveries: &[Recovery],
) -> Sweeper {
    let stop = Stop::default();
    let options = Options {
        stop: &stop,
        watch: &NoWatch,
    };
    let asked = Asked {
        recoveries: recoveries.to_vec(),
        ..Asked::new(over, failures)
    };
    Sweeper::new(inventory.clone(), scenario.clone(), asked, &options)
        .expect("small scenarios are swept")
}

/// What these cases come to.
fn tally(sweeper: &Sweeper, cases: Range<usize>) -> Tally {
    let stretch = sweeper.course().tally(cases, &Stop::default(), &|| {});
    stretch.expect("small cases are settled").tally
}

/// Everything that a sweep of all recoveries finds.
fn swept(inventory: &Inventory, scenario: &Scenario, over: FailureSet, failures: usize) -> Sweep {
    let sweeper = sweeper(inventory, scenario, over, failures, &Recovery::ALL);
    let count = sweeper.contingencies().count();
    sweeper.sweep(tally(&sweeper, 0..count), 0..count)
}

/// What is asked, and what each case comes to by itself.
fn swept_case_by_case(
    inventory: &Inventory,
    scenario: &Scenario,
    over: FailureSet,
    failures: usize,
    recoveries: &[Recovery],
) -> (Sweep, Vec<Tally>) {
    let sweeper = sweeper(inventory, scenario, over, failures, recoveries);
    let cases = 0..sweeper.contingencies().count();
    let tallies = cases.map(|case| tally(&sweeper, case..case + 1));
    (sweeper.sweep(Tally::default(), 0..0), tallies.collect())
}

/// What a recovery comes to where these fail, by name, joined by `+`.
fn found<'s>(
    sweep: &'s Sweep,
    inventory: &Inventory,
    recovery: Recovery,
    failing: &str,
) -> &'s Found {
    let mut all = sweep.tally.of(recovery);
    all.find(|case_result| sweep.contingencies.name(inventory, case_result.case) == failing)
        .unwrap_or_else(|| panic!("no case of {failing}"))
}
