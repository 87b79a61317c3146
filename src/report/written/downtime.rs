//! What summary.json says of a plan's own replay.

use super::instant;
use crate::model::{Inventory, Scenario};
use crate::plan::replay::Short;
use crate::plan::{Downtime, NotCounted, Outage, Plan};
use crate::plan_files::{Checked, DowntimeSummary, OutageSummary, ReplayedSummary};
use crate::report::downtime::found;

/// How much of the plan was played; `None` if nobody asked.
pub(super) fn replayed(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Option<ReplayedSummary> {
    let own = plan.replayed.as_ref()?;
    let none = own.not_counted.is_some() || own.unchecked_from == Some(scenario.start);
    Some(ReplayedSummary {
        checked: match own.unchecked_from {
            _ if none => Checked::None,
            Some(_) => Checked::Part,
            None if own.is_rough => Checked::Roughly,
            None => Checked::All,
        },
        unchecked_from: own.unchecked_from.map(|at| instant(scenario, at)),
        not_counted: own.not_counted.map(|why| {
            let why = match why {
                NotCounted::Disconnects => "disconnect",
                NotCounted::Queued => "queued",
                NotCounted::DisconnectsAndQueued => "disconnect, queued",
                NotCounted::Refused => "refused",
            };
            why.to_owned()
        }),
        step_seconds: (own.step_seconds < scenario.replay.step_seconds && !none)
            .then_some(own.step_seconds),
        most_users_down: most_users(own),
        user_minutes: own.periods.iter().map(|own| own.user_minutes).sum(),
        remedies: found(inventory, own),
    })
}

/// Users down at once, at most.
fn most_users(own: &Downtime) -> f64 {
    let each = own.periods.iter().map(|own| own.most_users);
    each.fold(0.0, f64::max)
}

/// What is down beyond what the plan names.
pub(super) fn outages(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Vec<OutageSummary> {
    let of = |own: &Outage| OutageSummary {
        start: instant(scenario, own.start),
        end: own.end.map(|at| instant(scenario, at)),
        most_users_down: own.most_users,
        user_minutes: own.user_minutes,
        component: own
            .shortage
            .map(|own| inventory.component_name(own.component).to_owned()),
        resource: own.shortage.map(|own| match own.short {
            Short::Sessions => "sessions".to_owned(),
            Short::Resource(id) => inventory.resources[id.index()].id.clone(),
        }),
        offered: own.shortage.map(|own| own.offered),
        capacity: own.shortage.map(|own| own.capacity),
    };
    plan.outages().iter().map(of).collect()
}

/// What users feel in a period; `None` if that was not played.
pub(super) fn of_period(
    scenario: &Scenario,
    plan: &Plan,
    period: usize,
) -> Option<DowntimeSummary> {
    let replayed = plan.replayed.as_ref()?;
    let is_played = replayed.not_counted.is_none()
        && replayed
            .unchecked_from
            .is_none_or(|at| at >= plan.periods[period].period.end);
    let own = replayed.periods.get(period).filter(|_| is_played)?;
    Some(DowntimeSummary {
        most_users_down: own.most_users,
        user_minutes: own.user_minutes,
        unserved_minutes: own.unserved_minutes,
        named_minutes: own.named_minutes,
        outage_minutes: own.outage_minutes,
        aftermath_until: own.aftermath_until.map(|at| instant(scenario, at)),
        down_until: own.down_until.map(|at| instant(scenario, at)),
    })
}
