//! Earliest: from when on waves ahead of a period may go on.

use super::super::period::Situation;
use super::super::slices::BySlice;
use super::judge::OfWay;
use super::pieces::{Fate, Piece};
use super::shares::is_open;
use crate::ids::SiteId;
use crate::plan_files::Timing;
use jiff::Timestamp;
use std::collections::BTreeMap;

impl OfWay<'_> {
    /// Before this instant no wave may go on ahead of the period.
    pub(super) fn earliest(&self) -> Option<Timestamp> {
        self.way.free_from().max(self.reachable_from)
    }

    /// When the last period before ends in which a site, or every path to it that steering of this one leads over, is out of
    /// service for somebody who is there ahead of it; the first period's start if it is before that. Where all of steering
    /// waits for the period only those count who move, and by the steering of before, too.
    pub(super) fn reachable_from(&self) -> Option<Timestamp> {
        if !self.has(Timing::Ahead) {
            return None;
        }
        let there = (0..self.pieces.len()).filter(|own| {
            let is_moving = self.is_of(*own, Timing::Ahead);
            is_moving || !self.opens_late && self.pieces[*own].fate == Fate::Stays
        });
        let there: Vec<&Piece> = there.map(|own| &self.pieces[own]).collect();
        let is_served = |situation: &Situation, before: &BySlice| {
            let before = before.all().filter(|_| self.opens_late);
            let rows = before.chain(self.way.steered_at_start());
            let mut open: BTreeMap<(usize, SiteId), bool> = BTreeMap::new();
            for row in rows.filter(|row| row.users > 0.0) {
                let is_open = is_open(self.ground, situation, row);
                *open.entry((row.group, row.route.site)).or_default() |= is_open;
            }
            let is_shut = |group, site| open.get(&(group, site)) == Some(&false);
            there.iter().all(|piece| {
                let group = self.ground.group_of(piece.shard);
                let users = situation.case.users(piece.shard);
                let mut new = piece.new.iter();
                new.all(|(site, share)| users * share <= 0.0 || !is_shut(group, *site))
            })
        };
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
