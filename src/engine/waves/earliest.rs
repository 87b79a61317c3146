//! Earliest: from when on waves ahead of a period may go on.

use super::context::Ways;
use super::passage::Passage;
use super::turned::Turned;
use crate::ids::{ShardId, SiteId};
use crate::model::Case;
use crate::plan::{Flow, Plan, Refusal, Timing, Transition, Wave, is_open};
use crate::units::NOBODY;
use jiff::Timestamp;
use rustc_hash::FxHashMap;

/// The instant from which no waves of a period go on, in which users move.
pub(super) fn free_from(plan: &Plan, all: &[Transition], period: usize) -> Timestamp {
    let start = plan.periods[period].period.start;
    let mut own = all.iter().filter(|own| own.period == period);
    let last = own.rfind(|own| own.timing == Timing::Behind);
    last.map_or(start, |own| own.end.max(start))
}

/// The instant from which on everybody is served whom waves ahead of a period move, or steer as the period does: until then
/// a site, or all paths to it, are out of service there. `None` if nothing of that is ever so.
pub(super) fn reachable_from(
    ways: &Ways<'_>,
    plan: &Plan,
    quiet: &Case,
    period: usize,
    turned: &Turned,
) -> Option<Timestamp> {
    let own = plan.periods[period].first_flows();
    let here = &plan.periods[period].case.gone;
    let is_reached = |case: &Case, before: &[Flow]| {
        // Steering leads over nothing that is gone in its own period.
        if case.gone.iter().zip(here).all(|(then, now)| *now || !*then) {
            return true;
        }
        // Where all of steering waits for the period, whoever moves is steered as before.
        let before = before.iter().filter(|_| turned.opens_late);
        let mut cells: FxHashMap<(usize, SiteId), bool> = FxHashMap::default();
        for flow in before.chain(own).filter(|flow| flow.users > 0.0) {
            if let Some(group) = ways.groups.of(&flow.group) {
                let is_open = is_open(ways.inventory, ways.network, case, flow);
                *cells.entry((group, flow.path.site)).or_default() |= is_open;
            }
        }
        if cells.values().all(|is_open| *is_open) {
            return true;
        }
        let is_served = |shard: ShardId, site: SiteId, share: f64| {
            let cell = (ways.groups.of_shard(shard), site);
            case.users(shard.index()) * share <= 0.0 || cells.get(&cell).is_none_or(|own| *own)
        };
        let staying = turned.shift.staying.iter();
        let mut staying = staying.filter(|_| !turned.opens_late);
        let mut movers = turned.movers(Timing::Ahead);
        movers.all(|own| is_served(own.shard, own.to, own.shares[1]))
            && staying.all(|own| is_served(own.shard, own.site, own.share))
    };
    if !turned.has(Timing::Ahead) {
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

/// Nobody leaves a site before he is placed there.
pub(super) fn early(passage: &Passage<'_>, waves: &[Wave]) -> Option<Refusal> {
    let items = passage.items.iter();
    let early = items.filter(|own| {
        let mut waves = waves.iter();
        let wave = waves.find(|wave| own.moved.is_some_and(|own| wave.moves.contains(&own)));
        let begins_before = |comes| wave.is_some_and(|wave| wave.start < comes);
        own.comes.is_some_and(begins_before)
    });
    let users: f64 = early.map(|own| own.users).sum();
    (users > NOBODY).then_some(Refusal::Early(users))
}
