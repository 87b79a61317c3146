//! Counted: what a period has at every level, and who reconnects.

use super::affected::Affected;
use super::assignment::Assignment;
use super::ground::Ground;
use super::headroom;
use super::leg::Steered;
use super::period::Situation;
use super::stages::Levels;
use super::steering::Entries;
use crate::ids::TierId;
use crate::plan::{Move, reconnecting_users};
use crate::plan_files::Reason;
use std::collections::BTreeMap;

/// What a period has at every level, moves apart.
pub(super) fn levels(
    ground: &Ground<'_>,
    situation: &Situation,
    of_shards: &BTreeMap<usize, f64>,
    steered: &[Steered],
    shortfalls: headroom::Shortfalls,
) -> Levels {
    let inventory = ground.inventory;
    let rank = |tier: TierId| inventory.tiers[tier.index()].rank;
    let mut has_users = vec![false; inventory.tiers.len()];
    for (shard, row) in inventory.shards.iter().enumerate() {
        has_users[row.tier.index()] |= situation.case.users(shard) > 0.0;
    }
    let tiers = (0..inventory.tiers.len()).map(TierId::new);
    let mut unserved: BTreeMap<u32, f64> = tiers
        .filter(|tier| has_users[tier.index()])
        .map(|tier| (rank(tier), 0.0))
        .collect();
    for (&shard, users) in of_shards {
        if situation.case.users(shard) > 0.0 {
            *unserved
                .entry(rank(inventory.shards[shard].tier))
                .or_default() += users;
        }
    }
    Levels {
        unserved,
        relief: 0.0,
        shortfalls,
        opened: 0.0,
        copied: 0.0,
        moved: 0.0,
        latency: steered
            .iter()
            .map(|row| row.users * row.route.latency * situation.case.hours.weight(row.slice))
            .sum(),
    }
}

/// Users served at another site than their current one: all of them, those without a copy there, and those
/// whom nothing touches.
pub(super) fn count_moves(
    ground: &Ground<'_>,
    assignment: &Assignment,
    affected: &mut Affected<'_>,
    levels: &mut Levels,
) {
    for (shard, part) in assignment.all() {
        if let (Some(from), Some(to)) = (part.from, part.to)
            && from != to
            && part.users > 0.0
        {
            levels.moved += part.users;
            if !ground.has_copy(shard, to) {
                levels.copied += part.users;
            }
            if !affected.is_affected(shard, from) {
                levels.relief += part.users;
            }
        }
    }
}

/// Users who go back to their site of shards.csv.
pub(super) fn returned(moves: &[Move]) -> f64 {
    let returning = moves
        .iter()
        .filter(|of_shard| of_shard.reason == Reason::Returned);
    returning.map(|of_shard| of_shard.users).sum()
}

/// Users whose site changes, and of those who stay as many as must change access point.
pub(super) fn reconnecting(
    ground: &Ground<'_>,
    assignment: &Assignment,
    moves: &[Move],
    entries: [&Entries; 2],
) -> f64 {
    let parts = assignment.all();
    let parts = parts.map(|(shard, part)| part.of_shard(shard));
    reconnecting_users(
        &ground.steering_groups,
        entries.map(|own| &own.points),
        parts,
        moves,
    )
}
