//! Clock: which slice of the hours holds when, from hours.csv, and what it demands.

use crate::naive::at_instant::Believed;
use crate::naive::hours::{hours, planned_as};
use jiff::Timestamp;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan_files::WrittenPlan;
use std::collections::BTreeSet;

/// From one instant to another one slice holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) slice: u32,
}

/// The hours of a period, or of the state before.
pub(crate) struct Clock {
    /// In order of time; what a plan was made for may lie outside its period.
    stretches: Vec<Stretch>,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Clock {
    /// What hours.csv says of a period that lasts from one instant to another, of the state before if there is none.
    ///
    /// Decision: a plan without hours.csv has one slice throughout.
    pub(crate) fn read(
        plan: &WrittenPlan,
        period: Option<u32>,
        (from, to): (Timestamp, Timestamp),
    ) -> Self {
        let instant = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let rows = plan.hours.iter().flatten().map(|own| &own.row);
        let rows = rows.filter(|own| own.period == period);
        let mut stretches: Vec<Stretch> = rows
            .map(|own| Stretch {
                from: instant(&own.start),
                to: instant(&own.end),
                slice: own.slice,
            })
            .collect();
        if stretches.is_empty() {
            assert!(plan.hours.is_none(), "no hours of period {period:?}");
            stretches.push(Stretch { from, to, slice: 0 });
        }
        stretches.sort_by_key(|own| own.from);
        Self {
            stretches,
            from,
            to,
        }
    }

    pub(crate) fn slices(&self) -> BTreeSet<u32> {
        self.stretches.iter().map(|own| own.slice).collect()
    }

    /// The stretches of the period itself, in order.
    pub(crate) fn within(&self) -> Vec<Stretch> {
        let own = self.stretches.iter();
        let own = own.filter(|own| own.from < self.to && own.to > self.from);
        own.map(|own| Stretch {
            from: own.from.max(self.from),
            to: own.to.min(self.to),
            slice: own.slice,
        })
        .collect()
    }

    /// The slice with which the period begins.
    pub(crate) fn first(&self) -> u32 {
        self.within()
            .first()
            .expect("hours cover their period")
            .slice
    }

    /// The slice with which the period ends.
    pub(crate) fn last(&self) -> u32 {
        self.within()
            .last()
            .expect("hours cover their period")
            .slice
    }

    /// By client region, the factor of the peak as which a slice is planned.
    ///
    /// Decision: that of the whole slice, also where the hour through which a way goes has less.
    pub(crate) fn factor(
        &self,
        (inventory, scenario): (&Inventory, &Scenario),
        believed: &Believed,
        slice: u32,
    ) -> Vec<f64> {
        let own = self.stretches.iter().filter(|own| own.slice == slice);
        let has = own.flat_map(|own| hours(inventory, scenario, (own.from, own.to)).factor);
        let has: Vec<Vec<f64>> = has.collect();
        planned_as(inventory, &believed.hours.factor, &has)
            .unwrap_or_else(|| panic!("no hour has all that slice {slice} has to carry"))
    }
}
