//! Hour sides: what is carried before the beginning of an hour while steering turns, and whether it may.

use super::super::assignment::Assignment;
use super::super::ground::Ground;
use super::super::leg::Steered;
use super::super::period::Situation;
use super::super::slices::BySlice;
use super::super::stability::keeps_itself_up;
use super::limits::{Limits, at_most, slack, spare};
use super::pieces::{Crowd, Fate};
use super::shares::{Ends, Steering, Under};
use super::state::{Loaded, Moment};
use super::written::UnderWay;
use crate::ids::SiteId;
use crate::model::most_with_retries;
use crate::plan_files::{HourTurnRow, Lined, PeriodSummary};
use crate::scenario::Period;
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// What the hours of a period are judged by.
pub(in crate::plan::check) struct Hourly<'a> {
    pub(in crate::plan::check) period: &'a Period,
    pub(in crate::plan::check) situation: &'a Situation<'a>,
    pub(in crate::plan::check) steered: &'a BySlice,
    pub(in crate::plan::check) assignment: &'a Assignment,
    pub(in crate::plan::check) rows: &'a [&'a Lined<HourTurnRow>],
    pub(in crate::plan::check) summary: Option<&'a PeriodSummary>,
    /// From when to when the waves of each way of the plan last, gates included.
    pub(in crate::plan::check) ways: &'a UnderWay,
}

/// The time before the beginning of an hour, under the demand of the hour that ends.
pub(super) struct Side {
    pub(super) limits: Limits,
    /// Under the steering of the hour that ends, and of the one that begins.
    ends: [Loaded; 2],
    /// What has to recover by itself with all retries running.
    recovers: BTreeSet<(usize, usize)>,
    /// By component: users who newly connect on the whole way.
    pub(super) arrivals: BTreeMap<usize, f64>,
    /// Seconds over which it turns.
    pub(super) length: f64,
}

impl Side {
    /// What is between both ends, once a share of the way is done.
    fn between(&self, of: impl Fn(&Loaded) -> f64, share: f64) -> f64 {
        let [first, last] = self.ends.each_ref().map(of);
        first + share * (last - first)
    }

    /// What is loaded too much once a share of the way is done: component, resource, load, what is left.
    pub(super) fn overload(&self, share: f64) -> Option<(usize, usize, f64, f64)> {
        let of_loads = |own: &Loaded, at: [usize; 2]| own.stop.load[at];
        let of_offers = |own: &Loaded, at: [usize; 2]| own.stop.offered[at];
        let beyond = |of: &dyn Fn(&Loaded, [usize; 2]) -> f64, is_stable: bool| {
            self.limits.left[0].iter().find_map(|own| {
                let [component, resource] = own.at;
                let most = if !is_stable {
                    own.most()
                } else if self.recovers.contains(&(component, resource)) {
                    most_with_retries(own.left, own.nominal)
                } else {
                    return None;
                };
                let most = at_most(most, of(&self.ends[0], own.at));
                let load = self.between(|end| of(end, own.at), share);
                (load > most).then_some((component, resource, load, own.left))
            })
        };
        beyond(&of_loads, false).or_else(|| beyond(&of_offers, true))
    }

    /// Normal operation at a component at worst, until a share of the way is done.
    pub(super) fn background(&self, component: usize, share: f64) -> f64 {
        let own = self.between(|own| own.background(component), 0.0);
        own.max(self.between(|own| own.background(component), share))
    }

    /// Seconds that it takes at least; endless if somebody never gets in.
    fn seconds(&self) -> f64 {
        let arrivals = self.arrivals.iter().filter(|(_, users)| **users > NOBODY);
        let seconds = arrivals.map(|(component, users)| {
            let spare = spare(
                self.limits.accepts[component],
                self.background(*component, 1.0),
            );
            if spare > 0.0 {
                users / spare
            } else {
                f64::INFINITY
            }
        });
        seconds.fold(0.0, f64::max)
    }

    /// `true` if it is safe and in time, beyond what arithmetic may hide.
    pub(super) fn is_surely_safe(&self) -> bool {
        self.overload(1.0 + 1e-6).is_none() && self.seconds() + slack(self.length) < self.length
    }
}

impl Hourly<'_> {
    /// What turns before the beginning of an hour over so many seconds.
    pub(super) fn side(
        &self,
        ground: &Ground<'_>,
        crowds: &[Crowd],
        slices: [usize; 2],
        length: f64,
    ) -> Side {
        let steering = slices.map(|slice| Steering {
            rows: self.steered.of(slice),
            members: &self.situation.members,
        });
        let situation = self.situation.in_slice(slices[0]);
        let under = Under {
            key: (Some(self.period.index), slices[0]),
            ends: Ends::new(ground, &situation, steering),
            steered: steering.map(|own| own.rows),
            situation,
        };
        let loaded = |under: &Under<'_>, steering: [f64; 2]| {
            let moment = Moment {
                ground,
                crowds,
                wave: 0,
                steering,
                restored: [0.0; 2],
                is_after_loss: false,
            };
            moment.loaded(under, 0)
        };
        let whole = loaded(&under, [0.0, 1.0]);
        let limits = Limits::new(ground, std::slice::from_ref(&under));
        let users = limits
            .accepts
            .keys()
            .map(|own| (*own, whole.arrivals[*own][0]));
        let arrivals: BTreeMap<usize, f64> = users.filter(|(_, users)| *users > NOBODY).collect();
        let rows = limits.left[0].iter().map(|own| (own.at[0], own.at[1]));
        let is_asked = ground.scenario.policy.require_stable;
        let recovers = rows.filter(|at| is_asked && keeps_itself_up(ground, *at));
        Side {
            recovers: recovers.collect(),
            ends: [[0.0; 2], [1.0; 2]].map(|steering| loaded(&under, steering)),
            limits,
            arrivals,
            length,
        }
    }

    /// Users who are on another path by the steering of one slice than by that of the other.
    pub(super) fn turned(&self, slices: [usize; 2]) -> f64 {
        let rows = slices.map(|slice| self.steered.of(slice));
        let all = |row: &Steered, end: usize| -> f64 {
            let is_cell =
                |own: &&Steered| own.group == row.group && own.route.site == row.route.site;
            rows[end].iter().filter(is_cell).map(|own| own.users).sum()
        };
        let on_it = |row: &Steered| -> f64 {
            let is_it = |own: &&Steered| own.group == row.group && own.route == row.route;
            rows[0].iter().filter(is_it).map(|own| own.users).sum()
        };
        let more = rows[1].iter().map(|row| {
            let [before, after] = [all(row, 0), all(row, 1)];
            if before > 0.0 && after > 0.0 {
                (row.users / after * before - on_it(row)).max(0.0)
            } else {
                0.0
            }
        });
        more.sum()
    }

    /// Who is served where, those together who bring the same.
    pub(super) fn crowds(&self, ground: &Ground<'_>) -> Vec<Crowd> {
        let mut all: BTreeMap<(usize, SiteId, bool, u64), Crowd> = BTreeMap::new();
        for (shard, part) in self.assignment.served() {
            let surge = self.situation.case.factor[shard].to_bits();
            let has_copy = ground.has_copy(shard, part.site);
            let key = (ground.group_of(shard), part.site, has_copy, surge);
            let crowd = all.entry(key).or_insert_with(|| Crowd {
                shard,
                old: Some(part.site),
                new: Some(part.site),
                users: vec![[0.0; 2]],
                counted: 0.0,
                leaving: 0.0,
                fate: Fate::Stays,
                wave: None,
                settled: Some(0),
            });
            crowd.users[0][0] += part.users;
        }
        all.into_values().collect()
    }
}
