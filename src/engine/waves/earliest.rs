//! Earliest: from when on waves ahead of a period may go on.

use super::transitions::Ways;
use crate::ids::SiteId;
use crate::model::Case;
use crate::plan::{Flow, Mover, Plan, Timing, Transition, is_open};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The instant from which no waves of a period go on, in which users move.
pub(super) fn free_from(plan: &Plan, all: &[Transition], period: usize) -> Timestamp {
    let start = plan.periods[period].period.start;
    let mut own = all.iter().filter(|own| own.period == period);
    let last = own.rfind(|own| own.timing == Timing::Behind);
    last.map_or(start, |own| own.end.max(start))
}

/// The instant from which on everybody who moves ahead of a period is served where he goes: until then a site, or all paths
/// to it, are out of service there. `None` if nothing of that is ever so.
pub(super) fn reachable_from<'m>(
    ways: &Ways<'_>,
    plan: &Plan,
    quiet: &Case,
    period: usize,
    movers: impl Iterator<Item = &'m Mover>,
) -> Option<Timestamp> {
    let movers: Vec<&Mover> = movers.collect();
    let own = plan.periods[period].first_flows();
    let is_reached = |case: &Case, flows: &[Flow]| {
        let open = flows
            .iter()
            .chain(own)
            .filter(|flow| flow.users > 0.0 && is_open(ways.inventory, ways.network, case, flow));
        let open = open.filter_map(|flow| Some((ways.groups.of(&flow.group)?, flow.path.site)));
        let open: BTreeSet<(usize, SiteId)> = open.collect();
        movers.iter().all(|mover| {
            let is_there = case.users(mover.shard.index()) * mover.shares[1] > 0.0;
            !is_there || open.contains(&(ways.groups.of_shard(mover.shard), mover.to))
        })
    };
    if movers.is_empty() {
        return None;
    }
    let past = &plan.periods[..period];
    let mut past_or_first = past.iter().rev();
    let closed = past_or_first.find(|past| !is_reached(&past.case, &past.flows));
    if let Some(closed) = closed {
        return Some(closed.period.end);
    }
    let first = plan.periods.first()?.period.start;
    (!is_reached(quiet, &plan.before.flows)).then_some(first)
}
