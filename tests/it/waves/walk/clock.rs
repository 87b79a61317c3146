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
        let rows = plan.hours.iter().flatten().map(|hours_row| &hours_row.row);
        let rows = rows.filter(|row| row.period == period);
        let mut stretches: Vec<Stretch> = rows
            .map(|row| Stretch {
                from: instant(&row.start),
                to: instant(&row.end),
                slice: row.slice,
            })
            .collect();
        if stretches.is_empty() {
            assert!(plan.hours.is_none(), "no hours of period {period:?}");
            stretches.push(Stretch { from, to, slice: 0 });
        }
        stretches.sort_by_key(|stretch| stretch.from);
        Self {
            stretches,
            from,
            to,
        }
    }

    pub(crate) fn slices(&self) -> BTreeSet<u32> {
        self.stretches.iter().map(|stretch| stretch.slice).collect()
    }

    /// The stretches of the period itself, in order.
    pub(crate) fn within(&self) -> Vec<Stretch> {
        let stretches = self.stretches.iter();
        let filter = stretches.filter(|stretch| stretch.from < self.to && stretch.to > self.from);
        filter
            .map(|stretch| Stretch {
                from: stretch.from.max(self.from),
                to: stretch.to.min(self.to),
                slice: stretch.slice,
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
        let filter = self
            .stretches
            .iter()
            .filter(|stretch| stretch.slice == slice);
        let has = filter
            .flat_map(|stretch| hours(inventory, scenario, (stretch.from, stretch.to)).factor);
        let has: Vec<Vec<f64>> = has.collect();
        planned_as(inventory, &believed.hours.factor, &has)
            .unwrap_or_else(|| panic!("no hour has all that slice {slice} has to carry"))
    }
}
