//! Enacted: what a plan does in a period, be it in memory or read from its files.
//!
//! A placement says where the users of a shard are; between two of them a share of the users has moved.

use super::super::recall::{RecallNames, flows, parts};
use crate::diagnostic::Finding;
use crate::ids::ShardId;
use crate::model::Inventory;
use crate::plan::{Flow, Part, Plan};
use crate::plan_files::{Timing, WaveRow, WrittenPlan, rows_in};
use crate::scenario::Period;
use jiff::{SignedDuration, Timestamp};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// When a wave goes how far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Going {
    pub(super) number: u32,
    pub(super) timing: Timing,
    pub(super) start: Timestamp,
    pub(super) turned: Timestamp,
    pub(super) end: Timestamp,
    pub(super) steering_share: f64,
    pub(super) restored_share: f64,
}

/// What a plan does in a period.
pub(super) struct Enacted {
    pub(super) parts: Vec<Part>,
    pub(super) flows: Vec<Flow>,
    /// The transition to the period is refused, or steering between its hours.
    pub(super) is_refused: bool,
    /// The waves that lead to the period, by number.
    pub(super) waves: Vec<Going>,
    /// Who changes site, and in which wave.
    pub(super) moves: Vec<(ShardId, Option<u32>)>,
    /// When the last gate of the waves after the period's start ends, if it has any.
    pub(super) after_until: Option<Timestamp>,
    /// No safe transition of steering between its hours was found; it turns at once.
    pub(super) turns_at_once: bool,
}

/// From when to when the waves of every transition of a written plan last, gates included.
pub(super) fn in_progress(written: &WrittenPlan) -> Vec<[Timestamp; 2]> {
    let mut paths: BTreeMap<(u32, Timing), [Timestamp; 2]> = BTreeMap::new();
    for row in rows_in(written.waves.as_deref()) {
        let instants = row.start.parse::<Timestamp>().ok().zip(gate_end(row));
        if let Some((start, end)) = instants {
            let instants = paths
                .entry((row.period, row.timing))
                .or_insert([start, end]);
            *instants = [instants[0].min(start), instants[1].max(end)];
        }
    }
    paths.into_values().collect()
}

impl Enacted {
    pub(super) fn of_plan(plan: &Plan, period: &Period) -> Option<Self> {
        let period_plan = plan.periods.get(period.index)?;
        let index = period.index;
        let mut transitions = plan
            .transitions
            .iter()
            .filter(|transition| transition.period == index);
        let mut turned = plan.hour_turns.iter().filter(|turn| turn.period == index);
        let turns_at_once = turned.any(|turn| turn.refusal.is_some());
        let is_refused =
            transitions.any(|transition| transition.refusal.is_some()) || turns_at_once;
        let transitions = || {
            plan.transitions
                .iter()
                .filter(|transition| transition.period == index)
        };
        let mut waves: BTreeMap<u32, Going> = BTreeMap::new();
        let mut wave_of: BTreeMap<usize, u32> = BTreeMap::new();
        for transition in transitions() {
            wave_of.extend(transition.wave_of_moves());
            for wave in &transition.waves {
                waves.entry(wave.number).or_insert(Going {
                    number: wave.number,
                    timing: transition.timing,
                    start: wave.start,
                    turned: wave.turned,
                    end: wave.end,
                    steering_share: wave.steering_share,
                    restored_share: wave.restored_share,
                });
            }
        }
        let moves = period_plan.moves.iter().enumerate();
        let moves = moves.map(|(at, moved)| (moved.shard, wave_of.get(&at).copied()));
        Some(Self {
            parts: period_plan.parts.clone(),
            flows: period_plan.flows.clone(),
            is_refused,
            waves: waves.into_values().collect(),
            moves: moves.collect(),
            after_until: transitions()
                .filter(|transition| {
                    transition.timing == Timing::After && !transition.waves.is_empty()
                })
                .map(|transition| transition.end)
                .max(),
            turns_at_once,
        })
    }

    /// What a written plan does.
    ///
    /// # Errors
    /// A finding if a table names what the inventory does not have.
    pub(super) fn of_written(
        inventory: &Inventory,
        names: &RecallNames<'_>,
        written: &WrittenPlan,
        period: &Period,
    ) -> Result<Self, Box<Finding>> {
        let parts = parts(names, written, period.index)?;
        let summary = written.summary.as_ref();
        let period_summary = summary.and_then(|summary| summary.periods.get(period.index));
        let hours = period_summary.and_then(|period_summary| period_summary.hour_turns.as_ref());
        let is_own = |of: u32| of as usize == period.index;
        let mut waves: BTreeMap<u32, Going> = BTreeMap::new();
        for row in rows_in(written.waves.as_deref()) {
            if is_own(row.period) {
                waves.entry(row.wave).or_insert_with(|| going(row, period));
            }
        }
        let is_known = |part: &&Part| part.site.is_some();
        let known = parts.iter().filter(is_known).map(|part| part.shard);
        let shards: BTreeMap<&str, ShardId> = known
            .map(|shard| (inventory.shard_ids.get(shard.index()), shard))
            .collect();
        let rows = rows_in(written.moves.as_deref());
        let moves = rows
            .filter(|row| is_own(row.period))
            .filter_map(|move_row| Some((*shards.get(move_row.shard.as_str())?, move_row.wave)));
        let moves = moves.collect();
        Ok(Self {
            flows: flows(names, written, period.index)?,
            is_refused: period_summary.is_some_and(|candidate| candidate.refused().is_some()),
            waves: waves.into_values().collect(),
            moves,
            after_until: after_until(written, period),
            turns_at_once: hours.is_some_and(|hour| hour.refused.is_some()),
            parts,
        })
    }
}

fn going(row: &WaveRow, period: &Period) -> Going {
    let instant = |text: &str| text.parse::<Timestamp>().unwrap_or(period.start);
    Going {
        number: row.wave,
        timing: row.timing,
        start: instant(&row.start),
        turned: instant(&row.turned),
        end: instant(&row.end),
        steering_share: row.steering_share,
        restored_share: row.restored_share,
    }
}

fn after_until(written: &WrittenPlan, period: &Period) -> Option<Timestamp> {
    let rows = rows_in(written.waves.as_deref());
    let after = rows
        .filter(|row| row.period as usize == period.index && row.timing == Timing::After)
        .filter_map(gate_end);
    after.max()
}

fn gate_end(row: &WaveRow) -> Option<Timestamp> {
    let gate = SignedDuration::try_from_secs_f64((row.gate_minutes * 60.0).ceil()).ok()?;
    row.end.parse::<Timestamp>().ok()?.checked_add(gate).ok()
}

/// Where the users of a shard are: shares of them by cell; `None` is nowhere.
pub(super) type Placement = Vec<(Option<usize>, f64)>;

/// Where waves before a state bring users: those who become unserved in it stay where they are until it begins.
pub(super) fn until_it_begins<'p>(
    pairs: &[(Option<usize>, f64)],
    later: &'p [(Option<usize>, f64)],
) -> Cow<'p, [(Option<usize>, f64)]> {
    let share = |of: &[(Option<usize>, f64)], at: Option<usize>| -> f64 {
        let its = of.iter().filter(|(cell, _)| *cell == at);
        its.map(|(_, share)| share).sum()
    };
    let shed = share(later, None) - share(pairs, None);
    if shed <= 0.0 {
        return Cow::Borrowed(later);
    }
    let cells: BTreeSet<usize> = pairs.iter().filter_map(|(cell, _)| *cell).collect();
    let left = cells.into_iter().map(Some).map(|cell| {
        let left = share(pairs, cell) - share(later, cell);
        (cell, left.max(0.0))
    });
    let left: Placement = left.collect();
    let all: f64 = left.iter().map(|(_, share)| share).sum();
    if all <= 0.0 {
        return Cow::Borrowed(later);
    }
    let stays = (shed / all).min(1.0);
    let later = later.iter().map(|(cell, share)| match cell {
        None => (None, share - shed),
        Some(_) => (*cell, *share),
    });
    let left = left.into_iter();
    let left = left.map(|(cell, share)| (cell, stays * share));
    later.chain(left).collect()
}

/// A `share` of the change from one division to another; where one is of nothing, the other.
pub(super) fn mixed<K: Ord + Copy>(
    before: &[(K, f64)],
    after: &[(K, f64)],
    share: f64,
) -> Vec<(K, f64)> {
    if before.is_empty() || share >= 1.0 && !after.is_empty() {
        return after.to_vec();
    }
    if after.is_empty() || share <= 0.0 {
        return before.to_vec();
    }
    let mut all: BTreeMap<K, f64> = BTreeMap::new();
    for (item, weight) in before {
        *all.entry(*item).or_default() += (1.0 - share) * weight;
    }
    for (item, weight) in after {
        *all.entry(*item).or_default() += share * weight;
    }
    all.into_iter().collect()
}

pub(super) fn joined(ends: &[Placement; 2]) -> Vec<(Option<usize>, [f64; 2])> {
    let mut all: BTreeMap<Option<usize>, [f64; 2]> = BTreeMap::new();
    for (end, placement) in ends.iter().enumerate() {
        for (cell, share) in placement {
            all.entry(*cell).or_default()[end] += share;
        }
    }
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::until_it_begins;

    #[test]
    fn who_is_shed_stays_until_the_state_begins() {
        let pairs = vec![(Some(0), 0.8), (None, 0.2)];
        let later = vec![(Some(1), 0.3), (None, 0.7)];
        let until = until_it_begins(&pairs, &later);
        let share = |at: Option<usize>| -> f64 {
            let its = until.iter().filter(|(cell, _)| *cell == at);
            its.map(|(_, share)| share).sum()
        };
        for (at, expected) in [(Some(0), 0.5), (Some(1), 0.3), (None, 0.2)] {
            assert!((share(at) - expected).abs() < 1e-12, "{at:?}: {until:?}");
        }
        let moved = vec![(Some(1), 0.8), (None, 0.2)];
        assert_eq!(*until_it_begins(&pairs, &moved), moved);
    }
}
