//! Works: users whom works that begin would cut off, because they leave what the works take away only afterwards.
//!
//! "Works wait until their site is left, and the paths and members of pools that they take away": nobody is cut off by works
//! while waves take any time, and nothing is carried then of which works leave less. "So is one whose waves after a start are
//! still under way when works of a later period begin that take away a path of somebody who leaves it in them."

use super::super::leg::Steered;
use super::super::period::Situation;
use super::changes::{Connecting, Waiting};
use super::pieces::Fate;
use super::shares::Lost;
use super::timing::Causes;
use super::way::OfWay;
use super::written::WrittenWave;
use crate::ids::{ComponentId, LinkId, SiteId};
use crate::plan_files::Timing;
use crate::units::{NOBODY, NUMERICAL_NOISE};
use std::collections::{BTreeMap, BTreeSet};

/// Who is on what works take away, by the steering of before and that of the period.
struct Taken([Lost; 2]);

impl Taken {
    /// The share of the users of a group at a site, where so much of steering has turned.
    fn share(&self, cell: (usize, SiteId), turned: f64) -> f64 {
        let [before, after] = self.0.each_ref().map(|own| own.share(cell));
        let first = before.unwrap_or(0.0);
        (1.0 - turned) * first + turned * after.unwrap_or(first)
    }
}

impl OfWay<'_> {
    /// Who is led over what is gone, by two steerings; of a pool's users all its members have the same number.
    fn taken(
        &self,
        rows: [&[Steered]; 2],
        members: &[Vec<ComponentId>],
        gone: impl Fn(ComponentId) -> bool,
    ) -> Taken {
        let left = |row: &Steered| {
            let site = self.ground.inventory.site_component(row.route.site);
            if gone(site) || row.route.components(self.ground).into_iter().any(&gone) {
                return 0.0;
            }
            let of_pools = row.route.pools().map(|pool| {
                let its = &members[pool.index()];
                let lost = its.iter().filter(|own| gone(**own)).count();
                if lost > 0 {
                    (its.len() - lost) as f64 / its.len() as f64
                } else {
                    1.0
                }
            });
            of_pools.product()
        };
        Taken(rows.map(|rows| Lost::new(rows, left)))
    }

    /// How far steering has turned when the period begins.
    fn turned_ahead(&self) -> f64 {
        match self.steering {
            Timing::Behind => 0.0,
            Timing::Ahead => self.left.unwrap_or(1.0),
        }
    }

    /// The pieces that are where they were when the period begins: group and site, users, and the move that waits.
    fn waiting_pieces(&self) -> impl Iterator<Item = ((usize, SiteId), f64, Option<usize>)> + '_ {
        let pieces = self.pieces.iter().enumerate();
        pieces.filter_map(|(index, piece)| {
            let (site, share) = piece.old?;
            let moved = match piece.fate {
                Fate::Stays => None,
                Fate::Moves(moved) if self.is_of(index, Timing::Behind) => Some(moved),
                Fate::Moves(_) | Fate::Restored | Fate::Shed => return None,
            };
            let users = self.way.situation.case.users(piece.shard) * share;
            Some(((self.ground.group_of(piece.shard), site), users, moved))
        })
    }

    /// `true` if somebody is to leave a site, or his path or member of a pool, only once works on it have begun that were
    /// known; waves take so many seconds.
    pub(super) fn is_caught(&self, causes: &Causes<'_>, earlier: &Situation, takes: f64) -> bool {
        let cases = [&earlier.case, &self.way.situation.case];
        let rows = self.steered.map(|own| own.rows);
        let gone = |component| causes.takes_away(component, cases);
        let taken = self.taken(rows, &earlier.members, gone);
        let turned = self.turned_ahead();
        let (mut at_sites, mut on_paths) = (0.0, 0.0);
        for (cell, users, moved) in self.waiting_pieces() {
            if let Some(moved) = moved.filter(|_| causes.is_caught(cell.1, cases)) {
                at_sites += self.way.moves[moved].users;
            }
            on_paths += users * taken.share(cell, turned);
        }
        at_sites > NOBODY || takes > 0.0 && on_paths > NOBODY
    }

    /// `true` if works begin that leave less than is carried when the first wave after them begins.
    pub(super) fn is_overloaded(
        &self,
        causes: &Causes<'_>,
        earlier: &Situation,
        first: Option<&Connecting>,
    ) -> bool {
        let cases = [&earlier.case, &self.way.situation.case];
        let mut full = first.into_iter().flat_map(|own| &own.overfull);
        full.any(|at| causes.reduces(*at, cases))
    }

    /// Who waits for the waves after the start, those of no length between gates too; `None` if no works begin later.
    pub(super) fn waiting(&self, waves: &[WrittenWave<'_>]) -> Option<Waiting> {
        let mut events = self.ground.scenario.events.iter();
        let start = self.way.period.start;
        let are_works_later = events.any(|event| event.works().is_some() && event.start > start);
        let mut behind = waves.iter().filter(|wave| wave.timing == Timing::Behind);
        let until = behind.next_back().filter(|_| are_works_later)?.end;
        let mut users: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
        for (cell, own, _) in self.waiting_pieces() {
            *users.entry(cell).or_default() += own;
        }
        Some(Waiting {
            users,
            ahead: self.turned_ahead(),
            until,
        })
    }

    /// The earlier periods whose waves are under way when works begin here that take away what users leave in them.
    pub(super) fn cuts_short(&self, causes: &Causes<'_>, earlier: &Situation) -> Vec<usize> {
        let cases = [&earlier.case, &self.way.situation.case];
        let mut all = Vec::new();
        for change in self.way.changes {
            let waiting = change.waiting.as_ref();
            let Some(waiting) = waiting.filter(|own| own.until > self.way.period.start) else {
                continue;
            };
            let first = change.period;
            let members = match first.checked_sub(1) {
                Some(before) => &self.way.past[before].situation.members,
                None => &self.quiet.members,
            };
            let rows = [self.rows_before(first), self.rows_of(first)];
            let taken = self.taken(rows, members, |own| causes.takes_away(own, cases));
            let again = self.turned_again(first);
            let waits = waiting.users.iter();
            let waits = waits.filter(|(cell, _)| !again.contains(cell));
            let lost = waits.map(|(cell, users)| users * taken.share(*cell, waiting.ahead));
            if lost.sum::<f64>() > NOBODY {
                all.push(first);
            }
        }
        all
    }

    /// Steering with which a period begins, this one or one before it.
    fn rows_of(&self, period: usize) -> &[Steered] {
        match self.way.past.get(period) {
            Some(past) => past.steered_at_start(),
            None => self.way.steered_at_start(),
        }
    }

    /// Steering until it begins.
    fn rows_before(&self, period: usize) -> &[Steered] {
        if let Some(before) = period.checked_sub(1) {
            return self.way.past[before].steered_at_end();
        }
        let hours = &self.quiet.case.hours;
        let first = hours.slice_at(self.ground.scenario.start);
        self.way.before.steered.of(first)
    }

    /// Groups and sites whose weights change with a period after `first`, up to this one.
    fn turned_again(&self, first: usize) -> BTreeSet<(usize, SiteId)> {
        let mut all = BTreeSet::new();
        for period in first + 1..=self.way.period.index {
            let before = mixes(self.rows_before(period));
            for (cell, mix) in mixes(self.rows_of(period)) {
                let is_changed = before.get(&cell).is_some_and(|was| {
                    let share = |of: &Mix, path| of.get(path).copied().unwrap_or(0.0);
                    let mut paths = was.keys().chain(mix.keys());
                    paths.any(|path| (share(was, path) - share(&mix, path)).abs() > NUMERICAL_NOISE)
                });
                if is_changed {
                    all.insert(cell);
                }
            }
        }
        all
    }
}

/// By links: the share of the users of a group at a site who take them.
type Mix = BTreeMap<Vec<LinkId>, f64>;

fn mixes(rows: &[Steered]) -> BTreeMap<(usize, SiteId), Mix> {
    let mut users: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
    for row in rows {
        *users.entry(row.cell()).or_default() += row.users;
    }
    let mut all: BTreeMap<(usize, SiteId), Mix> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.users > 0.0) {
        let mix = all.entry(row.cell()).or_default();
        *mix.entry(row.route.links.clone()).or_default() += row.users / users[&row.cell()];
    }
    all
}
