//! Whole shards: the plan of a small period is the best that an integer program finds, or says what is not proven.

use crate::draw::Size;
use crate::levels::{assert_none, found_in_draws_of, homes, planned, values};
use crate::naive::{Band, Question, Solver, whole_levels};
use crate::second_opinion::{LATER, difference};
use plimsoll::model::{Goal, Inventory, Phase, Scenario};
use plimsoll::plan::{PeriodPlan, Plan};
use plimsoll::units::is_close;
use std::cell::Cell;

/// Bounds and values of whole shards agree to so much.
const SAME: f64 = 1e-5;

/// The same where levels come after latency: the integer program holds it within a share of user-milliseconds that is worth many
/// more users than the slack of a level that counts users.
const SAME_AFTER_LATENCY: f64 = 1e-3;

/// Periods that are proven, and those that are not.
type Counted = Cell<[usize; 2]>;

/// Every level of a period reaches what is proven for whole shards.
fn is_proven(period: &PeriodPlan) -> bool {
    let mut stages = period.stages.iter();
    stages.all(|stage| {
        stage
            .whole_bound
            .is_some_and(|bound| is_close(stage.plan, bound, 1e-6))
    })
}

fn faults(inventory: &Inventory, scenario: &Scenario, counted: &Counted) -> Vec<String> {
    let plan = planned(inventory, scenario);
    let is_joint = plan.joint.is_some_and(|joint| joint.is_joint());
    let mut all = Vec::new();
    // Until something is known and answered the plan of before goes on.
    let known = plan
        .periods
        .iter()
        .filter(|period| period.period.phase == Phase::Known);
    for period in known {
        let of = (inventory, scenario, &plan);
        let is_proven = is_proven(period);
        let [proven, open] = counted.get();
        counted.set([
            proven + usize::from(is_proven),
            open + usize::from(!is_proven),
        ]);
        if is_proven || !is_joint {
            all.extend(fault_of(of, period, is_proven));
        }
    }
    all
}

/// What an integer program says otherwise of a period.
fn fault_of(
    (inventory, scenario, plan): (&Inventory, &Scenario, &Plan),
    period: &PeriodPlan,
    is_proven: bool,
) -> Option<String> {
    let (current, elsewhere) = homes(&period.current);
    let question = Question {
        inventory,
        scenario,
        at: period.period.start,
        current: &current,
        elsewhere: &elsewhere,
        before_load: Some(&plan.before.load),
        band: Band::Expected,
    };
    let index = period.period.index;
    let best = whole_levels(&question, Solver::Highs);
    let found = values(inventory, period, |stage| stage.plan);
    let goals = &scenario.policy.goals;
    let is_latency_held = goals.contains(&Goal::Latency) && goals.last() != Some(&Goal::Latency);
    let same = if is_latency_held {
        SAME_AFTER_LATENCY
    } else {
        SAME
    };
    if is_proven {
        // Within its tolerances the integer program may miss the best, or what it holds: the plan is no worse.
        let table = difference(&found, &best, LATER)?;
        let differs = first_that_differs(&found, &best, same);
        let is_worse = differs.is_some_and(|[value, best]| value > best);
        return is_worse.then(|| format!("period {index} is proven\n{table}"));
    }
    // What is proven holds for plans that have the values before: the best has, until it is better than the plan.
    let bounds = values(inventory, period, |stage| {
        stage.whole_bound.unwrap_or(f64::NEG_INFINITY)
    });
    for ((name, bound), (_, plan)) in bounds.iter().zip(&found) {
        let best = best.iter().find(|pair| pair.0 == *name).map(|pair| pair.1);
        let best = best.unwrap_or(0.0);
        if *bound > best + same * best.abs().max(1.0) {
            return Some(format!(
                "period {index}: {name} is {best}, and {bound} at least"
            ));
        }
        if !is_close(best, *plan, same) {
            return None;
        }
    }
    None
}

/// The values of the first level that differs.
fn first_that_differs(
    pairs: &[(String, f64)],
    others: &[(String, f64)],
    same: f64,
) -> Option<[f64; 2]> {
    let both = pairs.iter().filter_map(|pair| {
        let other = others.iter().find(|other| other.0 == pair.0)?;
        Some([pair.1, other.1])
    });
    both.into_iter().find(|[a, b]| !is_close(*a, *b, same))
}

#[test]
fn whole_shards_are_the_best_of_an_integer_program_or_not_proven() {
    let counted = Counted::default();
    let found = found_in_draws_of(
        Size::SMALL,
        25,
        |_| {},
        |inventory, scenario| faults(inventory, scenario, &counted),
    );
    assert_none(&found);
    let [proven, open] = counted.get();
    assert!(proven > 9 * open, "{proven} proven, {open} not");
}

/// Relocations and swaps left 234.8 users of bronze unserved where none have to be, and homed a shard larger than any site at one of
/// them that serves 8,678 of its users in place of 19,428.
#[test]
fn the_best_homes_are_found_where_no_single_move_gains_anything() {
    for (name, most) in [("whole-20130", 1e-6), ("whole-20164", 24_725.0)] {
        let (inventory, scenario) =
            super::steps::read(&format!("tests/found/{name}"), &["scenario.toml"]);
        let plan = planned(&inventory, &scenario);
        let stages = &plan.periods[0].stages;
        let bronze = stages
            .iter()
            .find(|stage| stage.tier.as_deref() == Some("bronze"));
        let bronze = bronze.expect("it has users");
        assert!(bronze.plan <= most, "{name}: {bronze:?}");
        let bound = bronze.whole_bound.expect("it is known");
        assert!(is_close(bound, bronze.plan, 1e-6), "{name}: {bronze:?}");
    }
}
