//! The state before a plan, hit by the triggers from which the plan does not recover: what of the risk the plan adds.

use super::replay::state_before;
use super::triggers::{Trigger, TriggerParts, WorkBudget};
use crate::error::{Error, Result};
use crate::model::{Inventory, Scenario};
use crate::plan::{PeriodPlan, Plan, Trial};
use crate::solve::Stop;

/// A trigger that was played, and the worst of its plays.
pub(super) type PlayedTrigger<'a> = (&'a Trigger<'a>, Trial);

/// What was played; nothing if a stop was raised meanwhile.
pub(super) fn unless_stopped<T>(played: Result<Option<T>>) -> Result<Option<T>> {
    match played {
        Err(Error::StoppedEarly) => Ok(None),
        played => played,
    }
}

/// Plays triggers after which users stay down again, while nothing is in force and all users are at home; those that leave
/// most users down first, until the work is spent.
pub(super) fn play_before(
    of: (&Inventory, &Scenario),
    plan: &Plan,
    played: &mut [PlayedTrigger<'_>],
    (most_work, stop): (f64, &Stop),
) -> Result<()> {
    let mut locked_in: Vec<&mut PlayedTrigger<'_>> = played.iter_mut().collect();
    locked_in.retain(|pair| pair.1.is_locked_in());
    locked_in.sort_by(|a, b| b.1.still_down.total_cmp(&a.1.still_down));
    let (Some(_), Some(like)) = (locked_in.first(), plan.periods.first()) else {
        return Ok(());
    };
    let period = state_before(of, &plan.before, like);
    let mut left = WorkBudget::of(most_work);
    for (trigger, trial) in locked_in {
        let one_trigger = on(trigger, &period);
        // Parts of other lengths may say otherwise of the same state.
        let before = if trial.is_close {
            one_trigger.play_closely(of, trial.start, &mut left, stop)
        } else {
            one_trigger.play(of, trial.start, TriggerParts::Rough, &mut left, stop)
        };
        let before = unless_stopped(before)?;
        trial.still_down_before = before.map(|trial| trial.still_down);
    }
    Ok(())
}

/// The same trigger while homes and steering are those of another period.
fn on<'a>(trigger: &Trigger<'_>, period: &'a PeriodPlan) -> Trigger<'a> {
    Trigger {
        period,
        hit: trigger.hit,
        loses: trigger.loses,
        begins: trigger.begins.clone(),
        utilization: trigger.utilization,
        users: trigger.users,
    }
}
