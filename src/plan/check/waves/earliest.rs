//! Earliest: from when on waves ahead of a period may go on.

use super::super::period::Situation;
use super::super::slices::BySlice;
use super::judge::OfWay;
use super::pieces::Piece;
use super::shares::is_open;
use crate::plan_files::Timing;
use jiff::Timestamp;
use std::collections::BTreeSet;

impl OfWay<'_> {
    /// Before this instant no wave may go on ahead of the period.
    pub(super) fn earliest(&self) -> Option<Timestamp> {
        self.way.free_from().max(self.reachable_from)
    }

    /// When the last period before ends in which a site, or every path to it, is out of service for somebody who moves
    /// there ahead of this one; the first period's start if it is before that.
    pub(super) fn reachable_from(&self) -> Option<Timestamp> {
        let movers = (0..self.pieces.len()).filter(|own| self.is_of(*own, Timing::Ahead));
        let movers: Vec<&Piece> = movers.map(|own| &self.pieces[own]).collect();
        let is_served = |situation: &Situation, before: &BySlice| {
            let rows = before.all().chain(self.way.steered_at_start());
            let open = rows.filter(|row| row.users > 0.0 && is_open(self.ground, situation, row));
            let open: BTreeSet<_> = open.map(|row| (row.group, row.route.site)).collect();
            movers.iter().all(|piece| {
                let group = self.ground.group_of(piece.shard);
                let users = situation.case.users(piece.shard);
                let mut new = piece.new.iter();
                new.all(|(site, share)| users * share <= 0.0 || open.contains(&(group, *site)))
            })
        };
        if movers.is_empty() {
            return None;
        }
        let mut past = self.way.past.iter().rev();
        if let Some(last) = past.find(|own| !is_served(&own.situation, &own.steered)) {
            return Some(last.period.end);
        }
        let first = self
            .way
            .past
            .first()
            .map_or(self.way.period.start, |own| own.period.start);
        (!is_served(self.quiet, &self.way.before.steered)).then_some(first)
    }
}
