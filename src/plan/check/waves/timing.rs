//! Timing: whether users move ahead of a period or behind its start, and from when on waves ahead of it may go on, from the
//! sentences of the model.

use super::super::ground::Ground;
use super::super::leg::Steered;
use super::super::moves::Move;
use super::super::period::Situation;
use super::super::slices::BySlice;
use super::pieces::{Fate, Piece};
use super::shares::is_open;
use super::way::{OfWay, Way};
use crate::ids::{ComponentId, PoolId, SiteId};
use crate::model::{Case, Event};
use crate::plan_files::{Reason, Timing};
use crate::scenario::{Knowledge, is_in_force};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What begins at a boundary.
pub(super) struct Causes<'a> {
    ground: &'a Ground<'a>,
    /// Events that the plan counts with from here on.
    begun: Vec<&'a Event>,
    /// Onboarding rows or capacity changes are dated here, or the scenario begins.
    is_dated: bool,
}

impl<'a> Causes<'a> {
    /// What begins at `start`; the period before begins at `previous`, if there is one.
    pub(super) fn new(
        ground: &'a Ground<'a>,
        start: Timestamp,
        previous: Option<Timestamp>,
    ) -> Self {
        let scenario = ground.scenario;
        let counts = |event: &Event, at| is_in_force(event, scenario, at, Knowledge::Believed);
        let is_begun = |event: &&Event| {
            let before = previous.is_some_and(|previous| counts(event, previous));
            counts(event, start) && !before
        };
        let is_here =
            |date: Timestamp| previous.is_some_and(|previous| previous < date && date <= start);
        let inventory = ground.inventory;
        let is_growing = inventory.onboarding.iter().any(|row| is_here(row.date));
        let is_changing = inventory
            .capacity_changes
            .iter()
            .any(|row| is_here(row.date));
        Self {
            ground,
            begun: ground.scenario.events.iter().filter(is_begun).collect(),
            is_dated: previous.is_none() || is_growing || is_changing,
        }
    }

    /// Steering is prepared where all that happens was known, and follows where a fault or slow work is answered or events
    /// end.
    pub(super) fn of_steering(&self) -> Timing {
        let is_fault = |own: &&Event| own.is_reacted_to();
        let has_fault = self.begun.iter().any(is_fault);
        let has_works = self.begun.iter().any(|own| !is_fault(own));
        if !has_fault && (has_works || self.is_dated) {
            Timing::Ahead
        } else {
            Timing::Behind
        }
    }

    /// "Who goes home or lost his site by a failure moves behind; so does who goes where there was less before, or no
    /// open way. Who leaves a site that works empty moves ahead; all others as steering does."
    pub(super) fn of_move(&self, moved: &Move, cases: [&Case; 2], has_way: bool) -> Timing {
        let [before, after] = cases;
        if [Reason::Returned, Reason::Failed].contains(&moved.reason) {
            return Timing::Behind;
        }
        if !has_way || self.grows(moved.to, cases) {
            return Timing::Behind;
        }
        match moved.from.filter(|site| after.gone[site.index()]) {
            Some(from) if self.is_emptied(from) && !before.gone[from.index()] => Timing::Ahead,
            Some(_) => Timing::Behind,
            None => self.of_steering(),
        }
    }

    fn grows(&self, site: SiteId, [before, after]: [&Case; 2]) -> bool {
        let at = site.index();
        let left = |case: &Case, resource| case.capacity(at, resource).unwrap_or(f64::INFINITY);
        let resources = self.ground.inventory.resources.len();
        before.gone[at] || (0..resources).any(|own| left(before, own) < left(after, own))
    }

    /// "Works wait until their site is left": who leaves it once they have begun was not in time.
    pub(super) fn is_caught(&self, from: SiteId, [before, after]: [&Case; 2]) -> bool {
        let at = from.index();
        self.is_emptied(from) && after.gone[at] && !before.gone[at]
    }

    /// `true` if works that begin here take a component away that was there.
    pub(super) fn takes_away(&self, component: ComponentId, [before, after]: [&Case; 2]) -> bool {
        let at = component.index();
        after.gone[at] && !before.gone[at] && self.has_works(component)
    }

    /// `true` if works that begin here leave less of a resource than there was.
    pub(super) fn reduces(&self, at: [usize; 2], [before, after]: [&Case; 2]) -> bool {
        let left = |case: &Case| case.capacity(at[0], at[1]).unwrap_or(f64::INFINITY);
        left(after) < left(before) && self.has_works(ComponentId::new(at[0]))
    }

    fn has_works(&self, component: ComponentId) -> bool {
        let mut works = self.begun.iter().filter_map(|event| event.works());
        works.any(|works| works.components.contains(&component))
    }

    fn is_emptied(&self, site: SiteId) -> bool {
        let component = self.ground.inventory.site_component(site);
        self.begun
            .iter()
            .filter_map(|event| event.works())
            .any(|works| {
                let takes_all = works.resources.is_none() && works.capacity <= 0.0;
                takes_all && works.components.contains(&component)
            })
    }

    /// The least that the works which begin here say of how long before them users leave, in seconds.
    pub(super) fn drain_seconds(&self) -> Option<f64> {
        let minutes = self.begun.iter().filter_map(|event| event.drain_minutes);
        minutes.min_by(f64::total_cmp).map(|own| own * 60.0)
    }
}

/// By piece, when it moves if it does.
pub(super) fn timings(
    ground: &Ground<'_>,
    way: &Way<'_>,
    causes: &Causes<'_>,
    earlier: &Situation,
    pieces: &[Piece],
) -> Vec<Timing> {
    let mut open: BTreeMap<(usize, SiteId), bool> = BTreeMap::new();
    for row in way.steered_at_start() {
        *open.entry((row.group, row.route.site)).or_default() |= is_open(ground, earlier, row);
    }
    let cases = [&earlier.case, &way.situation.case];
    let of_piece = |piece: &Piece| match piece.fate {
        Fate::Moves(index) => {
            let moved = &way.moves[index];
            let key = (ground.group_of(piece.shard), moved.to);
            let has_way = open.get(&key).copied().unwrap_or(false);
            causes.of_move(moved, cases, has_way)
        }
        _ => Timing::Behind,
    };
    pieces.iter().map(of_piece).collect()
}

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
        let takes = |event: &Event, member: ComponentId| {
            event.is_reacted_to() && event.kind.components().contains(&member)
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
