//! Whether a case is served, asked by itself, and what it comes to: one never says that it holds where the other says that it
//! fails.

use super::super::planner::Planner;
use super::super::settled::{Depth, SettledCase};
use super::super::sweep::{SweepRequest, Sweeper};
use crate::formulation::goals::Level;
use crate::model::{ExistingShortfall, FailureSet};
use crate::solve::tests::instances::{Instance, assert_none, by_hand, drawn};
use crate::units::{NOBODY, SOLVER_TOLERANCE};
use std::sync::Arc;

/// How many cases were seen to hold, to fail, and to fail by a target alone.
#[derive(Debug, Default)]
struct CasesSeen {
    holding: usize,
    failing: usize,
    missed: usize,
}

/// Users unserved who are not trapped, and the worst missing share.
fn amounts(settled: &SettledCase<'_, '_>) -> [f64; 2] {
    let ranks = (0..settled.problem.classes.ranks.len()).map(Level::Unserved);
    let unserved = ranks.map(|level| settled.value(level) - settled.value_by_default(level));
    let worst = settled
        .levels
        .iter()
        .find(|level| level.level == Level::Worst);
    [unserved.sum(), worst.map_or(0.0, |outcome| outcome.value)]
}

fn fails([unserved, missing]: [f64; 2]) -> bool {
    unserved > NOBODY || missing > SOLVER_TOLERANCE
}

/// Cases of an instance, with its capacities times a factor, in which the two disagree.
fn disagreeing(
    instance: &Instance,
    factor: f64,
    depth: Depth,
    seen: &mut CasesSeen,
) -> Vec<String> {
    let mut inventory = instance.inventory.clone();
    for capacity in inventory.capacity.iter_mut().flatten() {
        *capacity *= factor;
    }
    let mut scenario = instance.scenario.clone();
    if depth == Depth::Verdict {
        scenario.policy.existing_shortfall = ExistingShortfall::Repair;
    }
    let inventory = Arc::new(inventory);
    let sweeper = || {
        let planner = Planner::without_before(Arc::clone(&inventory), scenario.clone(), None);
        Sweeper::of_start(planner, SweepRequest::new(FailureSet::Components, 1), depth)
            .expect("few cases")
    };
    // What one of them keeps of a case is of no use to the other.
    let (wholly, shortly) = (sweeper(), sweeper());
    let mut found = Vec::new();
    for case in 0..wholly.contingencies().count() {
        let all = wholly.settled(case, amounts).expect("it is settled");
        let asked = shortly.settled_unless_short(case, amounts);
        let asked = asked.expect("it is asked");
        match (fails(all), asked.is_none_or(fails)) {
            (true, true) if all[0] <= NOBODY => seen.missed += 1,
            (true, true) => seen.failing += 1,
            (false, false) => seen.holding += 1,
            _ => found.push(format!(
                "{} × {factor}, case {case}, {depth:?}: {all:?}, asked by itself {asked:?}",
                instance.name
            )),
        }
    }
    found
}

#[test]
fn whether_a_case_fails_is_what_settling_it_says() {
    let mut seen = CasesSeen::default();
    let mut found = Vec::new();
    for instance in by_hand().iter().chain(&drawn(60)) {
        for factor in [1.0, 0.75, 0.5] {
            for depth in [Depth::Unserved, Depth::Verdict] {
                found.extend(disagreeing(instance, factor, depth, &mut seen));
            }
        }
    }
    assert_none(&found);
    let all = [seen.holding, seen.failing, seen.missed];
    assert!(all.iter().all(|count| *count >= 100), "{seen:?}");
}
