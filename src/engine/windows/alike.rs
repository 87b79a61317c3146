//! Hours at which the same is available and only demand differs: who is unserved when something fails besides.
//!
//! Where every client region demands at most what it does at another hour, all who can be served then can be served too: copies
//! and background leave as much room or more, and pools have the same members. So the unserved of an hour, first rank
//! first, are at least those of the least that is demanded at any of some hours, and at most those of the most; where
//! these two are the same, all hours between them are settled by two.

use super::super::instant::{Asking, Backdrop, Instant};
use super::super::parted::Parted;
use super::super::settle::Depth;
use crate::error::{Error, Result};
use crate::formulation::Folded;
use crate::formulation::goals::Level;
use crate::graph::Network;
use crate::model::{Case, Contingencies, Failing, FailureSet, Homes, Hours, Inventory, Scenario};
use crate::scenario::{Band, case_before, free_share_lowered};
use crate::solve::Stop;
use crate::units::{AGREEMENT, NOBODY};
use rayon::prelude::*;

/// Hours at which the same is available, and who may fail then.
pub(super) struct Alike<'a> {
    inventory: &'a Inventory,
    network: &'a Network,
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

/// By case, users who are unserved by rank.
type Unserved = Vec<Vec<f64>>;

impl<'a> Alike<'a> {
    /// Those of some hours, each with its scenario and what is available and demanded then.
    ///
    /// # Errors
    /// [`Error::Internal`] if there is no hour.
    pub(super) fn new(
        inventory: &'a Inventory,
        network: &'a Network,
        over: FailureSet,
        hours: &[(&'a Scenario, &'a Case)],
        stop: &'a Stop,
    ) -> Result<Self> {
        let none = || Error::Internal("there is no hour to look at".into());
        let &(scenario, case) = hours.first().ok_or_else(none)?;
        let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
        let quiet = case_before(inventory, scenario, Band::Expected);
        let too_many = || Error::Internal("there are more cases than can be counted".into());
        Ok(Self {
            inventory,
            network,
            scenario,
            folded: Folded::new(inventory, &quiet, &homes),
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

    /// What may fail, one at a time.
    pub(super) fn failing(&self) -> &[Failing] {
        self.contingencies.members()
    }

    /// By hour, then by what fails behind nothing: users who are unserved. `done` is called for each hour.
    ///
    /// # Errors
    /// Those of [`windows`](super::windows).
    pub(super) fn unserved(&self, done: &(dyn Fn() + Sync)) -> Result<Vec<Vec<f64>>> {
        let cases: Vec<usize> = (0..=self.failing().len()).collect();
        let mut found = vec![vec![0.0; cases.len()]; self.hours.len()];
        let mut order: Vec<usize> = (0..self.hours.len()).collect();
        // Hours of like demand stand side by side.
        order.sort_by(|a, b| self.demand(*a).total_cmp(&self.demand(*b)).then(a.cmp(b)));
        for own in self.settle(&order, &cases, done)? {
            for hour in own.hours {
                found[hour][own.case] = own.users;
            }
        }
        Ok(found)
    }

    /// All that users demand in an hour, as a share of the peak, times users.
    fn demand(&self, hour: usize) -> f64 {
        let shards = self.inventory.shards.iter();
        shards
            .map(|shard| shard.users as f64 * self.hours[hour].factor(0, shard.client_region))
            .sum()
    }

    fn settle(
        &self,
        hours: &[usize],
        cases: &[usize],
        done: &(dyn Fn() + Sync),
    ) -> Result<Vec<Settled>> {
        let all = |case: usize, unserved: &[f64]| Settled {
            hours: hours.to_vec(),
            case,
            users: unserved.iter().sum(),
        };
        let most = self.unserved_at(hours, f64::max, cases)?;
        let with_most = cases.iter().zip(&most);
        if hours.len() <= 1 {
            done();
            return Ok(with_most.map(|(case, own)| all(*case, own)).collect());
        }
        let least = self.unserved_at(hours, f64::min, cases)?;
        let is_same = |a: &[f64], b: &[f64]| {
            let mut ranks = a.iter().zip(b);
            ranks.all(|(a, b)| (a - b).abs() <= NOBODY.max(AGREEMENT * a.max(*b)))
        };
        let (mut settled, mut open) = (Vec::new(), Vec::new());
        for ((case, most), least) in with_most.zip(&least) {
            if is_same(most, least) {
                settled.push(all(*case, most));
            } else {
                open.push(*case);
            }
        }
        if open.is_empty() {
            hours.iter().for_each(|_| done());
            return Ok(settled);
        }
        let (less, more) = hours.split_at(hours.len() / 2);
        let (less, more) = rayon::join(
            || self.settle(less, &open, done),
            || self.settle(more, &open, done),
        );
        settled.extend(less?);
        settled.extend(more?);
        Ok(settled)
    }

    /// By case, the unserved where each client region demands what `pick` makes of what it does at these hours.
    fn unserved_at(
        &self,
        hours: &[usize],
        pick: fn(f64, f64) -> f64,
        cases: &[usize],
    ) -> Result<Unserved> {
        let none = || Error::Internal("there is no hour to look at".into());
        let of_hours = hours.iter().map(|hour| self.hours[*hour]);
        let demand = Hours::first_of_all(of_hours, pick).ok_or_else(none)?;
        let at = self.scenario.start;
        let case = Case {
            hours: demand.into(),
            ..self.quiet.clone()
        };
        let (homes, folded) = (self.homes.clone(), self.folded.clone());
        let instant = Instant::new(
            (self.inventory, self.network, self.scenario),
            &case,
            (homes, folded, self.lowered.clone()),
            at,
        );
        let asking = Asking {
            backdrop: Backdrop {
                inventory: self.inventory,
                network: self.network,
                scenario: self.scenario,
                before: None,
            },
            instant: &instant,
        };
        // Most failures displace those whom the maintenance does, and few others.
        let parted = Parted::new(&self.contingencies, Depth::Unserved);
        let unserved = |case: &usize| {
            if self.stop.is_raised() {
                return Err(Error::StoppedEarly);
            }
            let known = asking.case(&self.contingencies.events(self.inventory, *case));
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

/// Users who are unserved in a case at some hours.
struct Settled {
    hours: Vec<usize>,
    case: usize,
    users: f64,
}
