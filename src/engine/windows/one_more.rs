//! One more failure while a maintenance lasts, hour by hour: hours in which the same is available and demanded are looked
//! at once, whichever starts they belong to.

use super::alike::{AlikeHours, alike};
use super::any_hour::AnyHour;
use super::asked::{cases_of, is_one};
use super::window::OneMore;
use crate::error::Result;
use crate::model::{Case, Failing, FailureSet, Inventory, Scenario};
use crate::scenario::{even_spans, periods};
use crate::solve::Stop;
use crate::units::{AGREEMENT, NOBODY};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// By what fails, the users who are then unserved; 0 where they are no more than by the maintenance alone.
pub(super) type Broken = BTreeMap<Failing, f64>;

/// The hours at which it is asked what one more failure would do.
pub(super) struct BusyHours {
    over: FailureSet,
    /// Each with what is available and demanded then.
    hours: Vec<(Scenario, Case)>,
    /// By maintenance, its hours.
    of: Vec<Vec<usize>>,
}

impl BusyHours {
    pub(super) fn new(
        inventory: &Inventory,
        over: FailureSet,
        maintenances: &[(&Scenario, &[Case])],
    ) -> Self {
        let mut hours: Vec<(Scenario, Case)> = Vec::new();
        let busy: Vec<Vec<(Scenario, Case)>> = maintenances
            .par_iter()
            .map(|(maintenance, cases)| busy_hours(inventory, maintenance, cases))
            .collect();
        let mut of = Vec::with_capacity(maintenances.len());
        for busy in busy {
            let mut indexes = Vec::new();
            for hour in busy {
                let known = hours.iter().position(|known| is_one(&known.1, &hour.1));
                indexes.push(known.unwrap_or(hours.len()));
                if known.is_none() {
                    hours.push(hour);
                }
            }
            of.push(indexes);
        }
        Self { over, hours, of }
    }

    pub(super) fn count(&self) -> usize {
        self.hours.len()
    }

    /// By maintenance, what one more failure would do; `done` is called for each hour.
    ///
    /// # Errors
    /// Those of [`windows`](super::windows).
    pub(super) fn one_more(
        &self,
        any_hour: &AnyHour<'_>,
        stop: &Stop,
        done: &(dyn Fn() + Sync),
    ) -> Result<Vec<OneMore>> {
        let mut found: Vec<Broken> = vec![Broken::new(); self.hours.len()];
        let cases = self.hours.iter().map(|hour| &hour.1);
        for alike in alike(cases) {
            let hours: Vec<(&Scenario, &Case)> = alike
                .iter()
                .map(|hour| (&self.hours[*hour].0, &self.hours[*hour].1))
                .collect();
            let of_alike = AlikeHours::new(any_hour, self.over, &hours, stop)?;
            for (hour, unserved) in alike.iter().zip(of_alike.unserved(done)?) {
                found[*hour] = broken(of_alike.failing(), &unserved);
            }
        }
        let of_maintenance = |indexes: &Vec<usize>| {
            let mut worst = Broken::new();
            for (failing, users) in indexes.iter().flat_map(|hour| &found[*hour]) {
                let known = worst.entry(*failing).or_insert(0.0);
                *known = known.max(*users);
            }
            summary(any_hour.inventory, &worst)
        };
        Ok(self.of.iter().map(of_maintenance).collect())
    }
}

/// The hours of a maintenance that are planned for: those whose demand is not at most another's everywhere.
fn busy_hours(
    inventory: &Inventory,
    maintenance: &Scenario,
    cases: &[Case],
) -> Vec<(Scenario, Case)> {
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
            let Some(of_hour) = cases_of(inventory, &hour).into_iter().next() else {
                continue;
            };
            let values = of_hour.hours.factors().row(0);
            let mut slices = case.hours.factors().rows().into_iter();
            if slices.any(|slice| slice == values) {
                hours.push((hour, of_hour));
            }
        }
    }
    hours
}

/// By what fails, the users who are then unserved, of those of the maintenance alone and then of each failure.
pub(super) fn broken(failing: &[Failing], unserved: &[f64]) -> Broken {
    let Some((&already, unserved)) = unserved.split_first() else {
        return Broken::new();
    };
    let alone = failing.iter().zip(unserved);
    alone
        .map(|(failing, &users)| {
            let is_more = users - already > NOBODY.max(AGREEMENT * already);
            (*failing, if is_more { users } else { 0.0 })
        })
        .collect()
}

/// What these come to.
pub(super) fn summary(inventory: &Inventory, worst: &Broken) -> OneMore {
    let broken = worst.iter().filter(|(_, users)| **users > 0.0);
    let most = broken.clone().reduce(|a, b| if b.1 > a.1 { b } else { a });
    OneMore {
        cases: worst.len(),
        broken: broken.count(),
        worst: most.map(|(failing, users)| (failing.name(inventory).to_owned(), *users)),
    }
}
