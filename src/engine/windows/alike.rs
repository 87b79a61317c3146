//! Hours at which the same is available and only demand differs: who is unserved when something fails in addition.
//!
//! Where every client region demands at most what it does at another hour, all who can be served then can be served too: copies
//! and background leave as much capacity or more, and pools have the same members. So the unserved of an hour, first rank
//! first, are at least those of the least that is demanded at any of some hours, and at most those of the most; where
//! these two are the same, all hours between them are settled by two.

use super::super::by_kind::Parted;
use super::super::instant::{Asking, Backdrop, Instant};
use super::super::settled::Depth;
use super::any_hour::AnyHour;
use super::asked::is_as_available;
use crate::error::{Error, Result};
use crate::formulation::Folded;
use crate::formulation::goals::Level;
use crate::model::{Case, Contingencies, Failing, FailureSet, Homes, Hours, Scenario};
use crate::scenario::{Band, case_before, free_share_lowered};
use crate::solve::Stop;
use crate::units::{AGREEMENT, NOBODY};
use rayon::prelude::*;

/// Positions of cases in which the same is available, together.
pub(super) fn alike<'c>(cases: impl Iterator<Item = &'c Case>) -> Vec<Vec<usize>> {
    let mut all: Vec<(&Case, Vec<usize>)> = Vec::new();
    for (position, case) in cases.enumerate() {
        match all.iter_mut().find(|pair| is_as_available(pair.0, case)) {
            Some((_, indexes)) => indexes.push(position),
            None => all.push((case, vec![position])),
        }
    }
    all.into_iter().map(|(_, indexes)| indexes).collect()
}

/// Hours at which the same is available, and who may fail then.
pub(super) struct AlikeHours<'a> {
    any_hour: &'a AnyHour<'a>,
    /// That of one of the hours.
    scenario: &'a Scenario,
    /// What is available and demanded then, events left out.
    quiet: Case,
    homes: Homes,
    folded: Folded,
    lowered: Vec<bool>,
    contingencies: Contingencies,
    /// By hour, how demand follows it: one slice.
    hours: Vec<&'a Hours>,
    stop: &'a Stop,
}

impl<'a> AlikeHours<'a> {
    /// Those of some hours, each with its scenario and what is available and demanded then.
    ///
    /// # Errors
    /// [`Error::Internal`] if there is no hour.
    pub(super) fn new(
        any_hour: &'a AnyHour<'a>,
        over: FailureSet,
        hours: &[(&'a Scenario, &'a Case)],
        stop: &'a Stop,
    ) -> Result<Self> {
        let none = || Error::Internal("there is no hour to look at".into());
        let &(scenario, case) = hours.first().ok_or_else(none)?;
        let inventory = any_hour.inventory;
        let quiet = case_before(inventory, scenario, Band::Expected);
        let homes = any_hour.homes.clone();
        let too_many = || Error::Internal("there are more cases than can be counted".into());
        Ok(Self {
            any_hour,
            scenario,
            folded: any_hour.folded(&quiet),
            lowered: free_share_lowered(
                inventory,
                scenario,
                scenario.start,
                Band::Expected,
                &homes,
            ),
            quiet,
            homes,
            contingencies: Contingencies::new(over.left_in(inventory, case), 1)
                .ok_or_else(too_many)?,
            hours: hours.iter().map(|(_, case)| &*case.hours).collect(),
            stop,
        })
    }

    pub(super) fn failing(&self) -> &[Failing] {
        self.contingencies.members()
    }

    /// By hour, then by what fails: users who are unserved; nothing fails in the first. `done` is called for each hour.
    ///
    /// # Errors
    /// Those of [`windows`](super::windows).
    pub(super) fn unserved(&self, done: &(dyn Fn() + Sync)) -> Result<Vec<Vec<f64>>> {
        let cases = 0..=self.failing().len();
        let open: Vec<OpenCase> = cases.clone().map(OpenCase::new).collect();
        let mut found = vec![vec![0.0; open.len()]; self.hours.len()];
        let mut order: Vec<usize> = (0..self.hours.len()).collect();
        // Hours of like demand stand side by side.
        order.sort_by(|a, b| self.demand(*a).total_cmp(&self.demand(*b)).then(a.cmp(b)));
        for (hours, case, users) in self.settle(&order, open, DemandEnd::Most, done)? {
            for hour in hours {
                found[hour][case] = users;
            }
        }
        Ok(found)
    }

    /// All that users demand in an hour, as a share of the peak, times users.
    fn demand(&self, hour: usize) -> f64 {
        let shards = self.any_hour.inventory.shards.iter();
        shards
            .map(|shard| shard.users as f64 * self.hours[hour].factor(0, shard.client_region))
            .sum()
    }

    /// Settles cases at some hours, of which one end is asked first: that which is likelier to be what is known of the
    /// other one already.
    fn settle(
        &self,
        hours: &[usize],
        open: Vec<OpenCase>,
        first: DemandEnd,
        done: &(dyn Fn() + Sync),
    ) -> Result<Vec<UnservedAtHours>> {
        let (mut settled, mut open) = (Vec::new(), open);
        for end in [first, first.other()] {
            let cases: Vec<usize> = open.iter().map(|open_case| open_case.case).collect();
            let unserved = self.unserved_at(hours, end, &cases)?.into_iter();
            let mut left = Vec::new();
            for (mut open_case, unserved) in open.into_iter().zip(unserved) {
                open_case.ends[end as usize] = Some(unserved);
                match open_case.value() {
                    Some(users) => settled.push((hours.to_vec(), open_case.case, users)),
                    None if hours.len() <= 1 => {
                        let users = open_case.ends[end as usize].iter().flatten().sum();
                        settled.push((hours.to_vec(), open_case.case, users));
                    }
                    None => left.push(open_case),
                }
            }
            open = left;
            if open.is_empty() {
                for _ in hours {
                    done();
                }
                return Ok(settled);
            }
        }
        let (less, more) = hours.split_at(hours.len() / 2);
        let (less, more) = rayon::join(
            || self.settle(less, open.clone(), DemandEnd::Most, done),
            || self.settle(more, open.clone(), DemandEnd::Least, done),
        );
        settled.extend(less?);
        settled.extend(more?);
        Ok(settled)
    }

    /// By case, the unserved where each client region demands the most or the least that it does at any of these hours.
    fn unserved_at(
        &self,
        hours: &[usize],
        end: DemandEnd,
        cases: &[usize],
    ) -> Result<Vec<Vec<f64>>> {
        let none = || Error::Internal("there is no hour to look at".into());
        let of_hours = hours.iter().map(|hour| self.hours[*hour]);
        let demand = Hours::first_of_all(of_hours, end.pick()).ok_or_else(none)?;
        let at = self.scenario.start;
        let case = Case {
            hours: demand.into(),
            ..self.quiet.clone()
        };
        let (homes, folded) = (self.homes.clone(), self.folded.clone());
        let AnyHour {
            inventory, network, ..
        } = self.any_hour;
        let instant = Instant::beside(
            (inventory, network, self.scenario),
            &case,
            (homes, folded, self.lowered.clone()),
            (at, Some(&self.any_hour.found)),
        );
        let asking = Asking {
            backdrop: Backdrop {
                inventory,
                network,
                scenario: self.scenario,
                before: None,
            },
            instant: &instant,
        };
        // Most failures displace those that the maintenance does, and few others.
        let parted = Parted::new(&self.contingencies, Depth::Unserved);
        let unserved = |case: &usize| {
            if self.stop.is_raised() {
                return Err(Error::StoppedEarly);
            }
            let known = asking.case(&self.contingencies.events(inventory, *case));
            let of_case = (*case, &known);
            let contingencies = &self.contingencies;
            parted.settle(asking, contingencies, of_case, Depth::Unserved, |settled| {
                let ranks = 0..settled.problem.classes.ranks.len();
                ranks
                    .map(|rank| settled.value(Level::Unserved(rank)))
                    .collect()
            })
        };
        cases.par_iter().map(unserved).collect()
    }
}

/// Which end of what is demanded at some hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DemandEnd {
    Least,
    Most,
}

impl DemandEnd {
    fn other(self) -> Self {
        match self {
            Self::Least => Self::Most,
            Self::Most => Self::Least,
        }
    }

    fn pick(self) -> fn(f64, f64) -> f64 {
        match self {
            Self::Least => f64::min,
            Self::Most => f64::max,
        }
    }
}

/// A case that is not settled yet.
#[derive(Debug, Clone)]
struct OpenCase {
    case: usize,
    /// By end: users who are unserved by rank, there or beyond it.
    ends: [Option<Vec<f64>>; 2],
}

impl OpenCase {
    fn new(case: usize) -> Self {
        Self {
            case,
            ends: [None, None],
        }
    }

    /// All unserved users, where both ends have as many of every rank.
    fn value(&self) -> Option<f64> {
        let [Some(least), Some(most)] = &self.ends else {
            return None;
        };
        let mut ranks = least.iter().zip(most);
        let is_same = |(a, b): (&f64, &f64)| (a - b).abs() <= NOBODY.max(AGREEMENT * a.max(*b));
        ranks.all(is_same).then(|| most.iter().sum())
    }
}

/// Some hours, a case, and users who are unserved in it then.
type UnservedAtHours = (Vec<usize>, usize, f64);
