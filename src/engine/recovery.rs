//! Recovery: plays triggers that nobody knows of, and finds out what recovers by itself (`docs/model.md` §9, Recovery).

use super::cascades::may_cascade;
use super::outage_relief::{ReliefOutcome, relief};
use super::risk_before::{PlayedTrigger, play_before, unless_stopped};
use super::triggers::{OF_ONE, Trigger, TriggerParts, WorkBudget, triggers};
use crate::error::Result;
use crate::graph::Network;
use crate::ids::ComponentId;
use crate::model::{Inventory, Phase, Profile, Scenario};
use crate::plan::{PeriodPlan, Plan, Recovery, Relief, Stability, Trial};
use crate::solve::Stop;
use std::collections::BTreeSet;

/// Pieces of work that are spent on playing all triggers roughly, and again on playing them closely, as
/// [`downtime`](super::downtime) counts them.
const MOST_WORK: f64 = 6e6;

/// The share of it where a plan does not have to recover.
const UNASKED: f64 = 1.0 / 6.0;

/// How many times more where a plan has to recover and plays are short: then all hours can be played.
const SHORT: f64 = 3.0;

/// The share of all plays that the work has to be enough for where nobody asks.
const WORTH: f64 = 0.01;

/// The load as a share of the capacity above which ten minutes of work take more than a day to clear: 144 times as long.
const HARDLY_CLEARS: f64 = 144.0 / 145.0;

/// Parts of a play in which clients come again and again for a day.
const PARTS: f64 = 1e4;

/// Plays every trigger against every period that is known, the tightest first, until a stop is raised: the rest is not checked.
///
/// # Errors
/// `Error::Internal` if a replay loses work.
pub fn recovery(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    stop: &Stop,
) -> Result<Recovery> {
    recovery_within(inventory, scenario, plan, MOST_WORK, stop)
}

/// The same with a given number of pieces of work.
///
/// # Errors
/// Those of [`recovery`].
pub fn recovery_within(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    most_work: f64,
    stop: &Stop,
) -> Result<Recovery> {
    let network = Network::new(inventory);
    let is_required = scenario.policy.require_stable;
    let is_known = |period_plan: &&PeriodPlan| period_plan.period.phase == Phase::Known;
    let (known, unknown): (Vec<&PeriodPlan>, Vec<&PeriodPlan>) =
        plan.periods.iter().partition(is_known);
    // Where nobody asks, and everybody gets a session, only what retries may lock in is hit.
    let is_every = is_required || may_never_connect(inventory);
    let mut triggers: Vec<Trigger<'_>> = Vec::new();
    for period in known {
        if is_every {
            triggers.extend(self::triggers(inventory, &network, period));
            continue;
        }
        let able = able_to_lock_in(inventory, &network, period);
        if !able.is_empty() {
            let all = self::triggers(inventory, &network, period).into_iter();
            triggers.extend(all.filter(|trigger| trigger.hits_any_of(&able)));
        }
    }
    triggers.sort_by(|a, b| b.is_tighter(a));
    let mut found = Recovery {
        is_required,
        unknown_periods: unknown
            .iter()
            .map(|period_plan| period_plan.period.index)
            .collect(),
        ..Recovery::default()
    };
    let of = (inventory, scenario);
    // Only plays can tell; where they take long few would be made, and all would wait for them.
    let is_short =
        |period_plan: &PeriodPlan| period_plan.flows.len() as f64 * PARTS <= OF_ONE * most_work;
    let is_short = plan.periods.iter().all(is_short);
    let most_work = if is_required && is_short {
        most_work * SHORT
    } else if is_required || is_short {
        most_work
    } else {
        most_work * UNASKED
    };
    let mut played = Vec::new();
    let mut left = WorkBudget::of(most_work);
    // A few of very many tell nothing of the others, and everybody would wait for them.
    let least: f64 = triggers.iter().map(Trigger::least_rough_work).sum();
    if !is_required && least * WORTH > most_work {
        found.not_checked = triggers.len();
        return Ok(found);
    }
    for trigger in &triggers {
        let busiest = trigger.begins[0];
        match unless_stopped(trigger.play(of, busiest, TriggerParts::Rough, &mut left, stop))? {
            Some(trial) => played.push((trigger, trial)),
            None => found.not_checked += 1,
        }
    }
    play_closely(of, &mut played, most_work, stop)?;
    play_before(of, plan, &mut played, (most_work, stop))?;
    found.trials = played.into_iter().map(|pair| pair.1).collect();
    if is_required {
        found.relief = relief_of(inventory, scenario, (&found, &triggers, most_work), stop)?;
    }
    Ok(found)
}

/// `true` if a plan has to recover from triggers, or they may lock something in: at what retries overload by the condition of
/// `docs/model.md` §9, and at gates, where clients come again for ever.
pub fn may_lock_in(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> bool {
    let network = Network::new(inventory);
    let mut periods = plan.periods.iter();
    scenario.policy.require_stable
        || may_never_connect(inventory)
        || periods.any(|period| !able_to_lock_in(inventory, &network, period).is_empty())
}

/// `true` if clients may come again for ever because they do not get a session: something limits new sessions per
/// second, or opening one is work that some do not wait for.
fn may_never_connect(inventory: &Inventory) -> bool {
    let mut components = (0..inventory.component_count()).map(ComponentId::new);
    let mut profiles = inventory.profiles.iter();
    components.any(|component| inventory.accepts_per_second(component).is_some())
        || profiles.any(|profile| profile.session_cost > 0.0 && profile.timeout_seconds.is_some())
}

/// The components of a period at which retries may lock in an overload: by the condition of `docs/model.md` §9, or together with
/// others.
fn able_to_lock_in(
    inventory: &Inventory,
    network: &Network,
    period: &PeriodPlan,
) -> BTreeSet<ComponentId> {
    let margins = period.stability.iter();
    let vulnerable = margins.filter(|margin| margin.stability == Stability::Vulnerable);
    let mut able: BTreeSet<ComponentId> = vulnerable
        .map(|retry_margin| retry_margin.component)
        .collect();
    able.extend(may_cascade(inventory, network, period));
    able.extend(hardly_clear(inventory, period));
    able
}

/// Components of a period at which work waits that comes in ten minutes without any, and is not done a day later: they are that
/// full on average, and some clients do not wait so long.
fn hardly_clear(inventory: &Inventory, period: &PeriodPlan) -> BTreeSet<ComponentId> {
    let waits_ever =
        |profile: &Profile| profile.late_seconds.is_none() && profile.timeout_seconds.is_none();
    if inventory.profiles.iter().all(waits_ever) {
        return BTreeSet::new();
    }
    let of_time = period.shares_of_time();
    let queues = |index: usize| {
        let resource = &inventory.resources[index];
        resource.is_waited_for() && !resource.is_sessions
    };
    let is_full = |at: [usize; 2]| {
        let loads = period.load_by_slice.iter().zip(&of_time);
        let load: f64 = loads.map(|(load, share)| load[at] * share).sum();
        let left = period.case.capacity(at[0], at[1]);
        left.is_some_and(|left| load > 0.0 && load > left * HARDLY_CLEARS)
    };
    let resources = || (0..inventory.resources.len()).filter(|index| queues(*index));
    let components = (0..inventory.component_count()).map(ComponentId::new);
    components
        .filter(|component| resources().any(|resource| is_full([component.index(), resource])))
        .collect()
}

/// Plays triggers again that were played roughly, as exactly as replays are: first in long steps, those that lock in roughly
/// before all others, in their busiest hours and then in their other hours; then in short steps. So much work is spent on it.
fn play_closely(
    of: (&Inventory, &Scenario),
    all: &mut [PlayedTrigger<'_>],
    most_work: f64,
    stop: &Stop,
) -> Result<()> {
    let mut left = WorkBudget::of(most_work);
    let (locked_in, others): (Vec<_>, Vec<_>) =
        all.iter_mut().partition(|pair| pair.1.is_locked_in());
    let mut all: Vec<&mut PlayedTrigger<'_>> = locked_in.into_iter().chain(others).collect();
    let most_hours = all.iter().map(|pair| pair.0.begins.len());
    let most_hours = most_hours.max().unwrap_or(0);
    for (number, parts) in TriggerParts::EXACT.into_iter().enumerate() {
        // Recovery is not monotone in demand: fewer users may lock in where more come through.
        for hour in 0..most_hours {
            // Clients that come back together may get through a gate by chance in rough parts, or by chance not get through.
            let is_first = (number, hour) == (0, 0);
            for pair in &mut all {
                let Some(begins) = pair.0.begins.get(hour) else {
                    continue;
                };
                if !is_first && pair.1.is_locked_in() {
                    continue;
                }
                let is_close = pair.1.is_close;
                match unless_stopped(pair.0.play(of, *begins, parts, &mut left, stop))? {
                    Some(trial) if is_first || trial.is_worse_than(&pair.1) => {
                        pair.1 = Trial { is_close, ..trial };
                    }
                    Some(_) => {}
                    None => pair.1.is_close = false,
                }
            }
        }
    }
    Ok(())
}

/// What would let a plan recover from the trigger after which most users stay down, as far as so much work shows.
fn relief_of(
    inventory: &Inventory,
    scenario: &Scenario,
    (found, triggers, most_work): (&Recovery, &[Trigger<'_>], f64),
    stop: &Stop,
) -> Result<Vec<Relief>> {
    let Some(worst) = found.worst() else {
        return Ok(Vec::new());
    };
    let mut triggers = triggers.iter();
    let trigger = triggers.find(|trigger| trigger.is_of(worst));
    let (Some(trigger), Some(shortage)) = (trigger, worst.shortage) else {
        return Ok(Vec::new());
    };
    let mut left = WorkBudget::of(most_work);
    let mut play = |inventory: &Inventory, scenario: &Scenario| {
        let of = (inventory, scenario);
        let trial = unless_stopped(trigger.play_closely(of, worst.start, &mut left, stop))?;
        Ok(trial.map(|trial| ReliefOutcome {
            is_over: !trial.is_locked_in(),
            shortage: trial.shortage,
        }))
    };
    relief(inventory, scenario, &shortage, &mut play)
}
