//! What summary.json says of triggers that were played.

use super::instant;
use crate::model::{Inventory, Scenario};
use crate::plan::{Plan, Trial};
use crate::plan_files::{RecoverySummary, TriggerSummary};

/// Which triggers a plan recovers from; `None` if that was not asked.
pub(super) fn of_plan(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Option<RecoverySummary> {
    let found = plan.recovery.as_ref()?;
    let of = |own: &Trial| TriggerSummary {
        period: u32::try_from(own.period).unwrap_or(u32::MAX),
        hit: own.hit.name(inventory).to_owned(),
        loses: own.loses.word().to_owned(),
        start: instant(scenario, own.start),
        recovers_seconds: own.clears_after,
        still_down: own.still_down,
    };
    let mut locked_in: Vec<&Trial> = found.trials.iter().collect();
    locked_in.retain(|own| own.is_locked_in());
    locked_in.sort_by(|a, b| b.still_down.total_cmp(&a.still_down));
    Some(RecoverySummary {
        triggers: (found.trials.len() + found.not_checked) as u64,
        not_checked: found.not_checked as u64,
        only_rough: found.only_rough() as u64,
        slowest: found.slowest().map(|own| of(own.0)),
        locked_in: locked_in.into_iter().map(of).collect(),
    })
}
