//! Parts: shards of which only a part moves in a wave.

use super::runbook::{NAMED, shards};
use super::words::Teller;
use crate::plan::{Change, Move, PeriodPlan, Step};
use crate::plan_files::Action;
use crate::units::NOBODY;
use std::fmt::Write as _;

/// Shards of which only a part moves: what they have at the site left is not to be deleted.
pub(super) fn write_parts(
    teller: &Teller<'_>,
    (period, steps): (&PeriodPlan, &[Step]),
    moves: &[&Move],
    text: &mut String,
) {
    // Who is shed is served until the period begins.
    let is_shed = |own: &Move| {
        let mut shed = steps
            .iter()
            .filter(|step| step.action == Action::Shed && step.period == period.period.index);
        shed.any(|step| match step.change {
            Change::Home { shard, from, .. } => (shard, from) == (own.shard, own.from),
            _ => false,
        })
    };
    let stays = |own: &&&Move| {
        let first = period.parts.partition_point(|part| part.shard < own.shard);
        let mut parts = period.parts[first..].iter();
        let mut parts = parts.by_ref().take_while(|part| part.shard == own.shard);
        let is_there = parts.any(|part| part.site == own.from && part.users > NOBODY);
        own.from.is_some() && (is_there || is_shed(own))
    };
    let mut names: Vec<&str> = moves
        .iter()
        .filter(stays)
        .map(|own| teller.inventory.shard_ids.get(own.shard.index()))
        .collect();
    names.dedup();
    if names.is_empty() {
        return;
    }
    let told = if names.len() <= NAMED {
        names.join(", ")
    } else {
        format!("{} (assignment.csv has each)", shards(names.len()))
    };
    let _ = writeln!(
        text,
        "   - **only the users of moves.csv leave, others stay where they are, and so does the data**: {told}"
    );
}
