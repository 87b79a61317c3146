//! Explains a plan: what binds, and what more of it would change, by planning again.

use super::plan::plan_expected;
use crate::graph::Network;
use crate::model::{Inventory, Scenario};
use crate::plan::explain::{
    Binding, Change, Explanations, Lever, Outlook, Promise, bindings, with_more,
};
use crate::plan::{Plan, Status, SteeringGroups};
use crate::solve::Stop;
use rayon::prelude::*;

/// How often a scenario is planned again at most; each costs about a plan up to the period in question.
const TRIED: usize = 4;

/// Explains a plan of a scenario.
///
/// A promise is what the same scenario comes to when it is planned again with more nominal capacity of one resource
/// at one component (or at every member of its pool). The strongest binding of the worst periods is tried first.
/// Only the expected demand is planned, and only up to the last period in which the component binds.
/// A raised stop leaves promises out, and the explanations say so.
pub fn explain(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    stop: &Stop,
) -> Explanations {
    let mut bindings = bindings(inventory, plan);
    let trials = trials(plan, &bindings);
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let is_stopped = plan.status == Status::Stopped;
    let promises: Vec<Option<Promise>> = trials
        .par_iter()
        .map(|trial| {
            if is_stopped || stop.is_raised() {
                return None;
            }
            promise(inventory, &network, &groups, scenario, plan, trial, stop)
        })
        .collect();
    for (trial, promise) in trials.iter().zip(&promises) {
        let of_lever = bindings
            .iter_mut()
            .filter(|binding| binding.lever == trial.lever);
        of_lever.for_each(|binding| binding.promise.clone_from(promise));
    }
    Explanations {
        bindings,
        is_cut_short: is_stopped || promises.iter().any(Option::is_none),
    }
}

/// What is to be planned again.
struct Trial {
    lever: Lever,
    amount: f64,
    /// Position of the last period that is asked about.
    last: usize,
}

/// What is to be planned again: the strongest binding of each period, the worst period first, then their second
/// strongest, and so on.
fn trials(plan: &Plan, bindings: &[Binding]) -> Vec<Trial> {
    let of_periods: Vec<&[Binding]> = bindings.chunk_by(|a, b| a.period == b.period).collect();
    let mut ranked: Vec<(usize, Outlook, &Binding)> = of_periods
        .iter()
        .flat_map(|of_period| of_period.iter().enumerate())
        .map(|(rank, binding)| (rank, Outlook::of(&plan.periods[binding.period]), binding))
        .collect();
    ranked.sort_by(|(a_rank, a, one), (b_rank, b, other)| {
        a_rank
            .cmp(b_rank)
            .then(b.unserved.total_cmp(&a.unserved))
            .then(b.worst_shortfall.total_cmp(&a.worst_shortfall))
            .then(b.opened.total_cmp(&a.opened))
            .then(b.moved.total_cmp(&a.moved))
            .then(one.period.cmp(&other.period))
    });
    let mut trials: Vec<Trial> = Vec::new();
    for (_, _, binding) in ranked {
        let last = binding.also_in.last().copied().unwrap_or(binding.period);
        if let Some(known) = trials.iter_mut().find(|trial| trial.lever == binding.lever) {
            known.last = known.last.max(last);
        } else if trials.len() < TRIED {
            trials.push(Trial {
                lever: binding.lever,
                amount: binding.wanted,
                last,
            });
        }
    }
    trials
}

/// Plans again; `None` if a stop, or the solver, left it without a whole answer.
fn promise(
    inventory: &Inventory,
    network: &Network,
    groups: &SteeringGroups,
    scenario: &Scenario,
    plan: &Plan,
    trial: &Trial,
    stop: &Stop,
) -> Option<Promise> {
    let more = with_more(inventory, trial.lever, trial.amount);
    let again = plan_expected(&more, network, groups, scenario, trial.last + 1, stop).ok()?;
    if again.status == Status::Stopped {
        return None;
    }
    let periods = plan.periods.iter().zip(&again.periods);
    Some(Promise {
        amount: trial.amount,
        periods: periods
            .map(|(before, after)| Change {
                before: Outlook::of(before),
                after: Outlook::of(after),
            })
            .collect(),
    })
}
