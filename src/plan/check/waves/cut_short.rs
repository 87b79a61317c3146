//! Cut short: works of a later period that take away what users leave in waves that are still under way.
//!
//! "So is one whose waves after a start are still under way when works of a later period begin that take away a path of
//! somebody who leaves it in them."

use super::super::leg::Steered;
use super::super::period::Situation;
use super::judge::OfWay;
use super::pieces::Fate;
use super::timing::Causes;
use super::written::WrittenWave;
use crate::ids::{LinkId, SiteId};
use crate::model::EventKind;
use crate::plan_files::Timing;
use crate::units::{NOBODY, NUMERICAL_NOISE};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Who waits for the waves after a period's start.
pub(super) struct Waiting {
    /// By group and site that they are at when the period begins.
    users: BTreeMap<(usize, SiteId), f64>,
    /// Share of the steering that has turned by then.
    ahead: f64,
    /// When the last of them has moved, or connected again.
    until: Timestamp,
}

impl OfWay<'_> {
    /// Who waits for the waves after the start, those of no length between gates too; `None` if no works begin later.
    pub(super) fn waiting(&self, waves: &[WrittenWave<'_>]) -> Option<Waiting> {
        let mut events = self.ground.scenario.events.iter();
        let start = self.way.period.start;
        let are_works_later = events
            .any(|event| matches!(event.kind, EventKind::Maintenance(_)) && event.start > start);
        if !are_works_later {
            return None;
        }
        let mut behind = waves.iter().filter(|wave| wave.timing == Timing::Behind);
        let until = behind.next_back()?.end;
        let mut users: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            let is_there = match piece.fate {
                Fate::Stays => true,
                Fate::Moves(_) => self.is_of(index, Timing::Behind),
                Fate::Restored | Fate::Shed => false,
            };
            if let Some((site, share)) = piece.old.filter(|_| is_there) {
                let cell = (self.ground.group_of(piece.shard), site);
                *users.entry(cell).or_default() +=
                    share * self.way.situation.case.users(piece.shard);
            }
        }
        let ahead = match self.steering {
            Timing::Behind => 0.0,
            Timing::Ahead => self.left.unwrap_or(1.0),
        };
        Some(Waiting {
            users,
            ahead,
            until,
        })
    }

    /// The earlier periods whose waves are under way when works begin here that take away what users leave in them.
    pub(super) fn cuts_short(&self, causes: &Causes<'_>, earlier: &Situation) -> Vec<usize> {
        let cases = [&earlier.case, &self.way.situation.case];
        let gone = |component| causes.takes_away(component, cases);
        let mut all = Vec::new();
        for change in self.way.changes {
            let under_way = change.waiting.as_ref();
            let Some(waiting) = under_way.filter(|waiting| waiting.until > self.way.period.start)
            else {
                continue;
            };
            let first = change.period;
            let members = match first.checked_sub(1) {
                Some(before) => &self.way.past[before].situation.members,
                None => &self.quiet.members,
            };
            let [old, new] = [self.rows_before(first), self.rows_of(first)]
                .map(|rows| self.taken(rows, members, &gone));
            let again = self.turned_again(first);
            let waits = waiting.users.iter();
            let waits = waits.filter(|(cell, _)| !again.contains(cell));
            let lost = waits.map(|(cell, users)| {
                let part = |on: &BTreeMap<_, [f64; 2]>| {
                    let [all, taken] = on.get(cell).copied()?;
                    (all > 0.0).then(|| taken / all)
                };
                let before = part(&old).unwrap_or(0.0);
                let after = part(&new).or(part(&old)).unwrap_or(0.0);
                users * ((1.0 - waiting.ahead) * before + waiting.ahead * after)
            });
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
        let first = &self.quiet.case.hours;
        let first = first.slice_at(self.ground.scenario.start);
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
        *users.entry((row.group, row.route.site)).or_default() += row.users;
    }
    let mut all: BTreeMap<(usize, SiteId), Mix> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.users > 0.0) {
        let cell = (row.group, row.route.site);
        let mix = all.entry(cell).or_default();
        *mix.entry(row.route.links.clone()).or_default() += row.users / users[&cell];
    }
    all
}
