//! Sweeps under the recoveries that decide nothing: closed forms, cases by hand, and a walk of every user.

mod by_hand;
mod closed_forms;
mod draws;
mod walk;

use plimsoll::engine::{Asked, NoWatch, Options, Sweeper};
use plimsoll::model::{FailureSet, Inventory, Recovery, Scenario};
use plimsoll::plan::sweep::{Found, Sweep};
use plimsoll::solve::Stop;

/// Everything that a sweep finds in one period.
fn swept(
    inventory: &Inventory,
    scenario: &Scenario,
    over: FailureSet,
    failures: usize,
    period: Option<usize>,
) -> Sweep {
    let stop = Stop::default();
    let options = Options {
        stop: &stop,
        watch: &NoWatch,
    };
    let asked = Asked {
        over,
        failures,
        recoveries: Recovery::ALL.to_vec(),
        period,
        is_full: false,
    };
    let sweeper = Sweeper::new(inventory.clone(), scenario.clone(), asked, &options)
        .expect("small scenarios are swept");
    let cases = 0..sweeper.contingencies().count();
    let stretch = sweeper.course().tally(cases, &stop, &|| {});
    sweeper.sweep(stretch.expect("small cases are settled").tally)
}

/// What a recovery comes to where these fail, by name, joined by `+`.
fn found<'s>(
    sweep: &'s Sweep,
    inventory: &Inventory,
    recovery: Recovery,
    failing: &str,
) -> &'s Found {
    let mut all = sweep.tally.of(recovery);
    all.find(|own| sweep.contingencies.name(inventory, own.case) == failing)
        .unwrap_or_else(|| panic!("no case of {failing}"))
}
