//! Timing: whether users move before a period or after its start, from when on waves before it may run, and which users starting
//! maintenance would cut off, because they leave what it takes away only afterwards; from the sentences of the model.
//!
//! Works wait until their site is left, and the paths and members of pools that they take away: nobody is cut off by works
//! while waves take any time, and nothing is carried then of which works leave less. So is one whose waves after a start are
//! still in progress when maintenance of a later period begins that takes away a path of somebody who leaves it in them.

use super::super::path::Steered;
use super::super::period::PeriodState;
use super::super::slices::BySlice;
use super::changes::{BoundaryChange, Connecting, WaitingUsers};
use super::pieces::{Piece, PieceFate};
use super::shares::{CutOffUsers, is_open, kept};
use super::transition::WaveReferee;
use super::written::WrittenWave;
use crate::ids::{ComponentId, LinkId, PoolId, SiteId};
use crate::model::{Event, EventKind};
use crate::plan_files::Timing;
use crate::units::{NOBODY, NUMERICAL_NOISE};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

impl WaveReferee<'_> {
    /// By piece, when it moves if it does.
    pub(super) fn timings(&self) -> Vec<Timing> {
        let transition = self.transition;
        let mut open: BTreeMap<(usize, SiteId), bool> = BTreeMap::new();
        for row in transition.steered_at_start() {
            *open.entry(row.cell()).or_default() |= is_open(self.earlier, row);
        }
        let of_piece = |piece: &Piece| match piece.fate {
            PieceFate::Moves(index) => {
                let moved = &transition.moves[index];
                let cell = (self.context.group_of(piece.shard), moved.to);
                let has_way = open.get(&cell).copied().unwrap_or(false);
                self.causes.of_move(moved, has_way)
            }
            _ => Timing::After,
        };
        self.pieces.iter().map(of_piece).collect()
    }

    /// Before this instant no wave that precedes the period may run.
    pub(super) fn earliest(&self) -> Option<Timestamp> {
        let free_from = self.transition.free_from(self.is_moving);
        let members_from = self.same_members_from();
        let not_before = self.context.scenario.waves.not_before;
        free_from
            .max(self.reachable_from)
            .max(members_from)
            .max(not_before)
    }

    /// When the last period before ends in which something is so; the first period's start if it is so only before that.
    fn last_in_which(&self, is_so: impl Fn(&PeriodState, &BySlice) -> bool) -> Option<Timestamp> {
        let mut past = self.transition.past.iter().rev();
        if let Some(last) = past.find(|past| is_so(&past.situation, &past.steered)) {
            return Some(last.period.end);
        }
        let first = self.transition.past.first().map(|past| past.period.start);
        let is_before = is_so(self.quiet, &self.transition.before.steered);
        is_before.then(|| first.unwrap_or(self.transition.period.start))
    }

    /// When the last period before ends in which another member of a pool carries that users are newly led through: one that
    /// comes, or one that a fault takes. That is asked only where something limits new sessions.
    fn same_members_from(&self) -> Option<Timestamp> {
        let inventory = self.context.inventory;
        if !self.limits_sessions() || !self.has(Timing::Ahead) {
            return None;
        }
        let start = self.transition.period.start;
        let takes = |event: &Event, member: ComponentId| {
            event.is_reacted_to() && event.kind.components().contains(&member)
        };
        let faults = self.context.scenario.events.iter();
        let faults = faults.filter(|event| event.start <= start && start < event.end);
        let faults: Vec<&Event> = faults.collect();
        let passed = |rows: &mut dyn Iterator<Item = &Steered>| -> BTreeSet<usize> {
            let rows = rows.filter(|row| row.users > 0.0);
            let pools = rows.flat_map(|row| row.route.pools());
            pools.map(PoolId::index).collect()
        };
        let here = passed(&mut self.transition.steered_at_start().iter());
        self.last_in_which(|situation, before| {
            let before = passed(&mut before.all());
            let mut new = here.iter().filter(|index| !before.contains(index));
            new.any(|&pool| {
                let (then, now) = (
                    &situation.members[pool],
                    &self.transition.situation.members[pool],
                );
                let of_pool = inventory.pools[pool].members.iter();
                let mut of_pool = of_pool.map(|element| inventory.element_component(*element));
                of_pool.any(|component| {
                    match (then.contains(&component), now.contains(&component)) {
                        (false, true) => true,
                        (true, false) => faults.iter().any(|fault| takes(fault, component)),
                        _ => false,
                    }
                })
            })
        })
    }

    /// When the last period before ends in which a site, or every path to it that steering of this one leads over, is out of
    /// service for somebody who is there before it; the first period's start if it is before that. Where all of steering
    /// waits for the period only those count who move, and by the steering of before, too.
    pub(super) fn reachable_from(&self) -> Option<Timestamp> {
        if !self.has(Timing::Ahead) {
            return None;
        }
        let there = (0..self.pieces.len()).filter(|index| {
            let is_moving = self.is_of(*index, Timing::Ahead);
            is_moving || !self.opens_late && self.pieces[*index].fate == PieceFate::Stays
        });
        let there: Vec<&Piece> = there.map(|index| &self.pieces[index]).collect();
        self.last_in_which(|situation, before| {
            let before = before.all().filter(|_| self.opens_late);
            let rows = before.chain(self.transition.steered_at_start());
            let mut open: BTreeMap<(usize, SiteId), bool> = BTreeMap::new();
            for row in rows.filter(|row| row.users > 0.0) {
                *open.entry(row.cell()).or_default() |= is_open(situation, row);
            }
            there.iter().any(|piece| {
                let group = self.context.group_of(piece.shard);
                let users = situation.case.users(piece.shard);
                piece.new.is_some_and(|(site, share)| {
                    users * share > 0.0 && open.get(&(group, site)) == Some(&false)
                })
            })
        })
    }

    /// Who is led over what is gone, by two steerings; of a pool's users all its members have the same number.
    fn taken(
        &self,
        rows: [&[Steered]; 2],
        members: &[Vec<ComponentId>],
        gone: impl Fn(ComponentId) -> bool,
    ) -> [CutOffUsers; 2] {
        let left = |row: &Steered| {
            let site = self.context.inventory.site_component(row.route.site);
            if gone(site) || row.route.components(self.context).into_iter().any(&gone) {
                return 0.0;
            }
            kept(row, members, |_, component| !gone(component))
        };
        rows.map(|rows| CutOffUsers::new(rows, left))
    }

    /// How far steering has turned when the period begins.
    fn turned_ahead(&self) -> f64 {
        match self.steering {
            Timing::After => 0.0,
            Timing::Ahead => self.left.unwrap_or(1.0),
        }
    }

    /// The pieces that are where they were when the period begins: group and site, users, and the move that waits.
    fn waiting_pieces(&self) -> impl Iterator<Item = ((usize, SiteId), f64, Option<usize>)> + '_ {
        let pieces = self.pieces.iter().enumerate();
        pieces.filter_map(|(index, piece)| {
            let (site, share) = piece.old?;
            let moved = match piece.fate {
                PieceFate::Stays => None,
                PieceFate::Moves(moved) if self.is_of(index, Timing::After) => Some(moved),
                PieceFate::Moves(_) | PieceFate::Restored | PieceFate::Shed => return None,
            };
            let users = self.transition.situation.case.users(piece.shard) * share;
            Some(((self.context.group_of(piece.shard), site), users, moved))
        })
    }

    /// `true` if somebody is to leave a site, or their path or member of a pool, only once works on it have begun that were
    /// known; waves take the given seconds.
    pub(super) fn is_caught(&self, takes: f64) -> bool {
        let rows = self.steered.map(|steering_state| steering_state.rows);
        let gone = |component| self.causes.takes_away(component);
        let taken = self.taken(rows, &self.earlier.members, gone);
        let turned = self.turned_ahead();
        let (mut at_sites, mut on_paths) = (0.0, 0.0);
        for (cell, users, moved) in self.waiting_pieces() {
            if let Some(moved) = moved.filter(|_| self.causes.is_caught(cell.1)) {
                at_sites += self.transition.moves[moved].users;
            }
            on_paths += users * share_taken(&taken, cell, turned);
        }
        at_sites > NOBODY || takes > 0.0 && on_paths > NOBODY
    }

    /// `true` if works begin that leave less than is carried when the first wave after them begins.
    pub(super) fn is_overloaded(&self, first: Option<&Connecting>) -> bool {
        let mut full = first
            .into_iter()
            .flat_map(|connecting| &connecting.overfull);
        full.any(|at| self.causes.reduces(*at))
    }

    /// Who waits for the waves after the start, those of no length between gates too; `None` if no works begin later.
    pub(super) fn waiting(&self, waves: &[WrittenWave<'_>]) -> Option<WaitingUsers> {
        let mut events = self.context.scenario.events.iter();
        let start = self.transition.period.start;
        let are_works_later = events
            .any(|event| matches!(event.kind, EventKind::Maintenance(_)) && event.start > start);
        let mut after = waves.iter().filter(|wave| wave.timing == Timing::After);
        let until = after.next_back().filter(|_| are_works_later)?.end;
        let mut users: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
        for (cell, value, _) in self.waiting_pieces() {
            *users.entry(cell).or_default() += value;
        }
        Some(WaitingUsers {
            users,
            ahead: self.turned_ahead(),
            until,
        })
    }

    /// The earlier periods whose waves are in progress when maintenance begins here that takes away what users leave in them.
    pub(super) fn cuts_short(&self) -> Vec<usize> {
        let cuts = |change: &&BoundaryChange| {
            let waiting = change.waiting.as_ref();
            let Some(waiting) =
                waiting.filter(|waiting_users| waiting_users.until > self.transition.period.start)
            else {
                return false;
            };
            let first = change.period;
            let members = match first.checked_sub(1) {
                Some(before) => &self.transition.past[before].situation.members,
                None => &self.quiet.members,
            };
            let rows = [self.rows_before(first), self.rows_of(first)];
            let taken = self.taken(rows, members, |component| self.causes.takes_away(component));
            let again = self.turned_again(first);
            let waits = waiting.users.iter();
            let waits = waits.filter(|(cell, _)| !again.contains(cell));
            let lost = waits.map(|(cell, users)| users * share_taken(&taken, *cell, waiting.ahead));
            lost.sum::<f64>() > NOBODY
        };
        let changes = self.transition.changes.iter().filter(cuts);
        changes.map(|change| change.period).collect()
    }

    /// Steering with which a period begins, this one or one before it.
    fn rows_of(&self, period: usize) -> &[Steered] {
        match self.transition.past.get(period) {
            Some(past) => past.steered_at_start(),
            None => self.transition.steered_at_start(),
        }
    }

    /// Steering until it begins.
    fn rows_before(&self, period: usize) -> &[Steered] {
        if let Some(before) = period.checked_sub(1) {
            return self.transition.past[before].steered_at_end();
        }
        let hours = &self.quiet.case.hours;
        let first = hours.slice_at(self.context.scenario.start);
        self.transition.before.steered.of(first)
    }

    /// Groups and sites whose weights change with a period after `first`, up to this one.
    fn turned_again(&self, first: usize) -> BTreeSet<(usize, SiteId)> {
        let mut all = BTreeSet::new();
        for period in first + 1..=self.transition.period.index {
            let before = path_shares(self.rows_before(period));
            for (cell, shares) in path_shares(self.rows_of(period)) {
                let is_changed = before.get(&cell).is_some_and(|was| {
                    let share = |of: &BTreeMap<_, f64>, path| of.get(path).copied().unwrap_or(0.0);
                    let mut paths = was.keys().chain(shares.keys());
                    let differs = |path| (share(was, path) - share(&shares, path)).abs();
                    paths.any(|path| differs(path) > NUMERICAL_NOISE)
                });
                if is_changed {
                    all.insert(cell);
                }
            }
        }
        all
    }
}

/// The share of the users of a group at a site who are cut off, where so much of steering has turned from one to the other.
fn share_taken(taken: &[CutOffUsers; 2], cell: (usize, SiteId), turned: f64) -> f64 {
    let [before, after] = taken
        .each_ref()
        .map(|cut_off_users| cut_off_users.share(cell));
    let first = before.unwrap_or(0.0);
    (1.0 - turned) * first + turned * after.unwrap_or(first)
}

/// By group and site, and by links: the share of the users there who take them.
fn path_shares(rows: &[Steered]) -> BTreeMap<(usize, SiteId), BTreeMap<&[LinkId], f64>> {
    let mut users: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
    for row in rows {
        *users.entry(row.cell()).or_default() += row.users;
    }
    let mut all: BTreeMap<(usize, SiteId), BTreeMap<&[LinkId], f64>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.users > 0.0) {
        let shares = all.entry(row.cell()).or_default();
        *shares.entry(&row.route.links).or_default() += row.users / users[&row.cell()];
    }
    all
}
