//! One more failure while a maintenance lasts, hour by hour: hours in which the same is available and demanded are looked
//! at once, whichever starts they belong to.

use super::super::parted::Parted;
use super::super::planner::Planner;
use super::super::settle::Depth;
use super::{OneMore, cases_of, is_same};
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::model::{Case, Contingencies, Failing, FailureSet, Inventory, Scenario};
use crate::scenario::{even_spans, periods};
use crate::solve::Stop;
use crate::units::{AGREEMENT, NOBODY};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// By what fails, the users who are then unserved; 0 where they are no more than by the maintenance alone.
type Broken = BTreeMap<Failing, f64>;

/// The hours at which it is asked what one more failure would do.
pub(super) struct BusyHours {
    over: FailureSet,
    /// Each with what is available and demanded then.
    hours: Vec<(Scenario, Vec<Case>)>,
    /// By maintenance, its hours.
    of: Vec<Vec<usize>>,
}

impl BusyHours {
    /// Those of some maintenances, each with its cases.
    pub(super) fn new(
        inventory: &Inventory,
        over: FailureSet,
        maintenances: &[(&Scenario, &[Case])],
    ) -> Self {
        let mut hours: Vec<(Scenario, Vec<Case>)> = Vec::new();
        let mut of = Vec::with_capacity(maintenances.len());
        for (maintenance, cases) in maintenances {
            let mut own = Vec::new();
            for hour in busy_hours(inventory, maintenance, cases) {
                let known = hours.iter().position(|known| is_same(&known.1, &hour.1));
                own.push(known.unwrap_or(hours.len()));
                if known.is_none() {
                    hours.push(hour);
                }
            }
            of.push(own);
        }
        Self { over, hours, of }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.hours.len()
    }

    /// By maintenance, what one more failure would do; `done` is called for each hour.
    ///
    /// # Errors
    /// Those of [`windows`](super::windows).
    pub(super) fn one_more(
        &self,
        inventory: &Arc<Inventory>,
        stop: &Stop,
        done: &(dyn Fn() + Sync),
    ) -> Result<Vec<OneMore>> {
        let found: Result<Vec<Broken>> = self
            .hours
            .par_iter()
            .map(|(hour, _)| {
                let broken = broken(inventory, hour, self.over, stop);
                done();
                broken
            })
            .collect();
        let found = found?;
        let of_maintenance = |own: &Vec<usize>| {
            let mut worst = Broken::new();
            for (failing, users) in own.iter().flat_map(|hour| &found[*hour]) {
                let known = worst.entry(*failing).or_insert(0.0);
                *known = known.max(*users);
            }
            told(inventory, &worst)
        };
        Ok(self.of.iter().map(of_maintenance).collect())
    }
}

/// The hours of a maintenance that are planned for: those whose demand is not at most another's everywhere.
fn busy_hours(
    inventory: &Inventory,
    maintenance: &Scenario,
    cases: &[Case],
) -> Vec<(Scenario, Vec<Case>)> {
    let mut hours = Vec::new();
    for (period, case) in periods(inventory, maintenance).iter().zip(cases) {
        for (start, end) in even_spans(inventory, period.start, period.end) {
            let events = maintenance.events.iter();
            let events = events.filter(|event| event.start < end && event.end > start);
            let hour = Scenario {
                start,
                end,
                events: events.cloned().collect(),
                ..maintenance.clone()
            };
            let of_hour = cases_of(inventory, &hour);
            let own = of_hour.first().map(|own| own.hours.factors().row(0));
            let mut slices = case.hours.factors().rows().into_iter();
            if slices.any(|slice| Some(slice) == own) {
                hours.push((hour, of_hour));
            }
        }
    }
    hours
}

/// What one more failure would do at an hour.
fn broken(
    inventory: &Arc<Inventory>,
    hour: &Scenario,
    over: FailureSet,
    stop: &Stop,
) -> Result<Broken> {
    let planner = Planner::new(Arc::clone(inventory), hour.clone())?;
    let asking = planner.asking();
    let members = over.left_in(inventory, &asking.case(&[]));
    let too_many = || Error::Internal("there are more cases than can be counted".into());
    let contingencies = Contingencies::new(members.clone(), 1).ok_or_else(too_many)?;
    // Most failures displace those whom the maintenance does, and few others.
    let parted = Parted::new(&contingencies);
    let unserved = |case: usize| {
        if stop.is_raised() {
            return Err(Error::StoppedEarly);
        }
        let known = asking.case(&contingencies.events(inventory, case));
        let of_case = (case, &known);
        parted.settle(
            asking,
            &contingencies,
            of_case,
            Depth::Unserved,
            |settled| {
                let ranks = 0..settled.problem.classes.ranks.len();
                ranks
                    .map(|rank| settled.value(Level::Unserved(rank)))
                    .sum::<f64>()
            },
        )
    };
    let already = unserved(0)?;
    let alone = members.into_iter().zip(contingencies.of_size(1));
    alone
        .map(|(failing, case)| {
            let users = unserved(case)?;
            let is_more = users - already > NOBODY.max(AGREEMENT * already);
            Ok((failing, if is_more { users } else { 0.0 }))
        })
        .collect()
}

/// What is told of the worst hours.
fn told(inventory: &Inventory, worst: &Broken) -> OneMore {
    let broken = worst.iter().filter(|(_, users)| **users > 0.0);
    let most = broken.clone().reduce(|a, b| if b.1 > a.1 { b } else { a });
    OneMore {
        cases: worst.len(),
        broken: broken.count(),
        worst: most.map(|(failing, users)| (failing.name(inventory).to_owned(), *users)),
    }
}
