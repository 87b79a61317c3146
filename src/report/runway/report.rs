//! A runway with what names it: dates, components, cases and events in words.

use crate::model::{FailureSet, Inventory, Scenario};
use crate::plan::runway::{Day, Runway};
use crate::report::charts::runway::date;
use crate::report::grammar::{joined, short};
use crate::report::period::happening;
use crate::report::sweep::ComponentNames;

/// A runway with what names it: the values of its page and of its charts.
#[derive(Debug, Clone, Copy)]
pub struct RunwayReport<'a> {
    /// Names, units and dated capacities come from here.
    pub inventory: &'a Inventory,
    /// Its name, and the events that rows are asked under.
    pub scenario: &'a Scenario,
    /// What kind of component fails.
    pub over: FailureSet,
    /// The answer.
    pub runway: &'a Runway,
}

impl<'a> RunwayReport<'a> {
    pub(super) fn names(&self) -> ComponentNames<'a> {
        ComponentNames::of(self.inventory, self.over)
    }

    /// `14 Mar 2027`.
    pub(super) fn date(&self, day: Day) -> String {
        date(self.runway.from, day)
    }

    /// The last day that is asked about.
    pub(super) fn last(&self) -> String {
        self.date(self.runway.days.saturating_sub(1))
    }

    /// `Frankfurt fails`; empty in normal operation.
    pub(super) fn happens(&self, names: &ComponentNames<'_>, case: usize) -> String {
        let cases = &self.runway.contingencies;
        let failing: Vec<_> = cases.failing(case).collect();
        let gray: Vec<_> = cases.gray(case).collect();
        names.happening(&failing, &gray)
    }

    /// `if Frankfurt fails`, `in normal operation`.
    pub(super) fn condition(&self, names: &ComponentNames<'_>, case: usize) -> String {
        match self.happens(names, case).as_str() {
            "" => "in normal operation".to_owned(),
            happens => format!("if {happens}"),
        }
    }

    /// `the events at Chicago and Dallas`: those of a set; empty without events.
    pub(super) fn events_words(&self, events: usize) -> String {
        let positions = self.runway.events.get(events).into_iter().flatten();
        let events = positions.filter_map(|position| self.scenario.events.get(*position));
        let subjects = events.map(|event| short(&happening(self.inventory, event).subject));
        match subjects.collect::<Vec<String>>().as_slice() {
            [] => String::new(),
            [one] => format!("the event at {one}"),
            more => format!("the events at {}", joined(more)),
        }
    }

    /// Scenario, first and last day, and what fails.
    pub(super) fn about(&self) -> Vec<String> {
        let fails = match self.runway.failures {
            1 => format!("{} fails", self.failing_words()),
            _ => format!("{} fail at once", self.failing_words()),
        };
        let mut about = vec![
            self.scenario.name.clone(),
            format!("{} to {}", self.date(0), self.last()),
        ];
        if self.runway.failures > 0 {
            about.push(fails);
        }
        if self.runway.is_stopped {
            about.push("stopped: not every date is settled".to_owned());
        }
        about
    }
}
