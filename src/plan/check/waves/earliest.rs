//! Earliest: from when on waves ahead of a period may go on.

use super::super::leg::Steered;
use super::super::period::Situation;
use super::super::slices::BySlice;
use super::judge::OfWay;
use super::pieces::{Fate, Piece};
use super::shares::is_open;
use crate::ids::{ComponentId, PoolId, SiteId};
use crate::model::{Event, EventKind};
use crate::plan_files::Timing;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

impl OfWay<'_> {
    /// Before this instant no wave may go on ahead of the period.
    pub(super) fn earliest(&self) -> Option<Timestamp> {
        let free_from = self.way.free_from(self.is_moving);
        let members_from = self.same_members_from();
        free_from.max(self.reachable_from).max(members_from)
    }

    /// When the last period before ends in which another member of a pool carries that users are newly led through: one that
    /// comes, or one that a fault takes. That is asked only where something limits new sessions.
    fn same_members_from(&self) -> Option<Timestamp> {
        let inventory = self.ground.inventory;
        let mut components = (0..inventory.component_count()).map(ComponentId::new);
        let limits = components.any(|own| inventory.accepts_per_second(own).is_some());
        if !limits || !self.has(Timing::Ahead) {
            return None;
        }
        let start = self.way.period.start;
        let takes = |event: &Event, member: ComponentId| match &event.kind {
            EventKind::Failure(own) | EventKind::Gray(own) => own.components.contains(&member),
            EventKind::Slow(own) => own.components.contains(&member),
            EventKind::Maintenance(_) | EventKind::Surge(_) | EventKind::Disconnect(_) => false,
        };
        let faults = self.ground.scenario.events.iter();
        let faults = faults.filter(|own| own.start <= start && start < own.end);
        let faults: Vec<&Event> = faults.collect();
        let passed = |rows: &mut dyn Iterator<Item = &Steered>| -> BTreeSet<usize> {
            let rows = rows.filter(|row| row.users > 0.0);
            let pools = rows.flat_map(|row| row.route.pools());
            pools.map(PoolId::index).collect()
        };
        let here = passed(&mut self.way.steered_at_start().iter());
        let differs = |situation: &Situation, before: &BySlice| {
            let before = passed(&mut before.all());
            here.iter()
                .filter(|own| !before.contains(own))
                .any(|&pool| {
                    let (then, now) = (&situation.members[pool], &self.way.situation.members[pool]);
                    let of_pool = inventory.pools[pool].members.iter();
                    let mut of_pool = of_pool.map(|own| inventory.element_component(*own));
                    of_pool.any(
                        |member| match (then.contains(&member), now.contains(&member)) {
                            (false, true) => true,
                            (true, false) => faults.iter().any(|own| takes(own, member)),
                            _ => false,
                        },
                    )
                })
        };
        let mut past = self.way.past.iter().rev();
        if let Some(last) = past.find(|own| differs(&own.situation, &own.steered)) {
            return Some(last.period.end);
        }
        let first = self.way.past.first();
        let first = first.map_or(start, |own| own.period.start);
        differs(self.quiet, &self.way.before.steered).then_some(first)
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
