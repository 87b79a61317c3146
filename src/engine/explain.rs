//! Explains a plan: what binds, and what more of it would change, by planning again.

use super::before::before_with_more;
use super::plan::plan_expected;
use super::planning_context::{KnownScenario, LoadedInventory};
use crate::graph::Network;
use crate::model::{Inventory, Scenario};
use crate::plan::explain::{
    BindingRule, Lever, Outlook, OutlookChange, PlanExplanations, PricedBinding, TriedPromise,
    binding_rules, bindings, with_more,
};
use crate::plan::{PeriodPlan, Plan, Status, SteeringGroups};
use crate::solve::Stop;
use crate::units::NOBODY;
use rayon::prelude::*;

/// How often a scenario is planned again at most; each costs about a plan up to the period in question.
const MOST_TRIED: usize = 4;

/// Without how many rules it is planned again at most.
const MOST_RULES: usize = 2;

/// From this many shards on it is planned again near the plan, more rarely the more there are, but always once.
const MANY_SHARDS: usize = 20_000;

/// The same where users stay unserved: each plan of them takes longer, and is tried once.
const MANY_TO_PLACE: usize = 1_000;

/// How often a scenario is planned again at most, and whether near the plan, rounded to the likeliest homes.
fn effort(inventory: &Inventory, plan: &Plan) -> (usize, bool) {
    let shards = inventory.shards.len();
    let leaves_unserved = |period: &PeriodPlan| period.totals.unserved > NOBODY;
    if shards >= MANY_TO_PLACE && plan.periods.iter().any(leaves_unserved) {
        return (1, true);
    }
    let tried = MOST_TRIED * MANY_SHARDS / shards.max(MANY_SHARDS);
    (tried.max(1), shards >= MANY_SHARDS)
}

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
) -> PlanExplanations {
    let mut bindings = bindings(inventory, plan);
    let (tried, is_near) = effort(inventory, plan);
    let near: &[PeriodPlan] = if is_near { &plan.periods } else { &[] };
    // Where planning all periods together spared no move, it is not asked again with more capacity.
    let looks = plan.joint.is_none_or(|joint| joint.is_joint());
    let trials = trials(plan, &bindings, tried);
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let is_stopped = plan.status == Status::Stopped;
    let promises: Vec<Option<TriedPromise>> = trials
        .par_iter()
        .map(|trial| {
            if is_stopped || stop.is_raised() {
                return None;
            }
            let more = with_more(inventory, trial.lever, trial.amount);
            let raised = trial.lever.raised(inventory);
            let resource = trial.lever.resource;
            let before = before_with_more(&more, scenario, &plan.before, &raised, resource);
            let loaded = LoadedInventory {
                inventory: &more,
                network: &network,
                known: Some(KnownScenario {
                    scenario,
                    before: before.as_ref(),
                    // The demand of each user at home is the same with more capacity.
                    folded: plan.before.folded.as_ref(),
                }),
            };
            let count = (trial.last + 1, looks);
            let again = plan_expected(&loaded, &groups, scenario, count, near, stop).ok()?;
            promise(plan, &again, trial)
        })
        .collect();
    for (trial, promise) in trials.iter().zip(&promises) {
        let of_lever = bindings
            .iter_mut()
            .filter(|binding| binding.lever == trial.lever);
        of_lever.for_each(|binding| binding.promise.clone_from(promise));
    }
    let mut rules = binding_rules(plan);
    let lifted = rules.par_iter_mut().take(MOST_RULES.min(tried));
    let is_lifted: Vec<bool> = lifted
        .map(|binding_rule| {
            if is_stopped || stop.is_raised() {
                return false;
            }
            let found = lifted_rule(
                (inventory, scenario),
                (plan, near, looks),
                binding_rule,
                stop,
            );
            binding_rule.promised = found.unwrap_or_default();
            !binding_rule.promised.is_empty()
        })
        .collect();
    PlanExplanations {
        bindings,
        rules,
        is_quick: is_near || !looks,
        is_cut_short: is_stopped
            || promises.iter().any(Option::is_none)
            || is_lifted.iter().any(|is_done| !is_done),
    }
}

/// What the plan comes to without a rule, up to the period in which it keeps most users from being served; `None` if a stop left
/// it without a whole answer.
fn lifted_rule(
    (inventory, scenario): (&Inventory, &Scenario),
    (plan, near, looks): (&Plan, &[PeriodPlan], bool),
    binding_rule: &BindingRule,
    stop: &Stop,
) -> Option<Vec<OutlookChange>> {
    let (mut inventory, mut scenario) = (inventory.clone(), scenario.clone());
    binding_rule.rule.lift(&mut inventory, &mut scenario);
    let network = Network::new(&inventory);
    let groups = SteeringGroups::new(&inventory, &scenario.policy);
    let loaded = LoadedInventory {
        inventory: &inventory,
        network: &network,
        known: None,
    };
    let count = (binding_rule.period + 1, looks);
    let again = plan_expected(&loaded, &groups, &scenario, count, near, stop).ok()?;
    changes(plan, &again)
}

/// What is to be planned again.
struct PromiseTrial {
    lever: Lever,
    amount: f64,
    /// Position of the last period that is asked about.
    last: usize,
}

/// What is to be planned again, at most so often: the strongest binding of each period, the worst period first, then
/// their second strongest, and so on.
fn trials(plan: &Plan, bindings: &[PricedBinding], most: usize) -> Vec<PromiseTrial> {
    let of_periods: Vec<&[PricedBinding]> =
        bindings.chunk_by(|a, b| a.period == b.period).collect();
    let mut ranked: Vec<(usize, Outlook, &PricedBinding)> = of_periods
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
    let mut trials: Vec<PromiseTrial> = Vec::new();
    for (_, _, binding) in ranked {
        let last = binding.also_in.last().copied().unwrap_or(binding.period);
        if let Some(known) = trials.iter_mut().find(|trial| trial.lever == binding.lever) {
            known.last = known.last.max(last);
        } else if trials.len() < most {
            trials.push(PromiseTrial {
                lever: binding.lever,
                amount: binding.wanted,
                last,
            });
        }
    }
    trials
}

/// What a plan comes to that was made again; `None` if a stop left it without a whole answer.
fn promise(plan: &Plan, again: &Plan, trial: &PromiseTrial) -> Option<TriedPromise> {
    let periods = changes(plan, again)?;
    Some(TriedPromise {
        amount: trial.amount,
        periods,
    })
}

/// Every period as planned, and as planned again.
fn changes(plan: &Plan, again: &Plan) -> Option<Vec<OutlookChange>> {
    if again.status == Status::Stopped {
        return None;
    }
    let periods = plan.periods.iter().zip(&again.periods);
    let changes = periods.map(|(before, after)| OutlookChange {
        before: Outlook::of(before),
        after: Outlook::of(after),
    });
    Some(changes.collect())
}
