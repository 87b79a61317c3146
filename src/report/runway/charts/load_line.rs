//! The values of the load line: the component that decides, and its loads and capacities.

use super::super::report::RunwayReport;
use crate::ids::{ComponentId, ResourceId};
use crate::model::Band;
use crate::plan::runway::{Adjustment, ComponentUse, Condition, Day, DaySample, RunwayRow};
use crate::report::charts::LoadLineChart;
use crate::report::charts::runway::{CapacityStep, LoadPoint};
use crate::report::numbers;
use crate::report::sweep::ComponentNames;
use crate::report::text::visible;

type At = (ComponentId, ResourceId);

impl<'a> RunwayReport<'a> {
    /// What binds where a condition fails first, and that row: under failures, else in normal operation.
    fn binding(&self) -> Option<(At, &'a RunwayRow)> {
        let bands = [Band::Expected, Band::High, Band::Low];
        let conditions = [Condition::ServedUnder, Condition::Served];
        let rows = conditions.into_iter().flat_map(|condition| {
            bands
                .into_iter()
                .filter_map(move |band| self.runway.row(condition, Adjustment::AsIs, band))
        });
        let mut bound = rows.filter_map(|row| Some((row.first.as_ref()?.binding?, row)));
        bound.next()
    }

    /// The component and resource that is fullest on any day, in normal operation or in its worst case.
    fn fullest(&self) -> Option<(At, f64)> {
        let uses = self.runway.samples.iter().flat_map(|sample| &sample.uses);
        let shares = uses.map(|one| ((one.component, one.resource), share(one)));
        numbers::first_most(shares, |pair| pair.1)
    }

    /// The load line of what is tightest; `None` where nothing was sampled.
    pub(super) fn load_line(&self, names: &ComponentNames<'_>) -> Option<LoadLineChart> {
        let bound = self.binding();
        let at = bound
            .map(|pair| pair.0)
            .or(self.fullest().map(|pair| pair.0))?;
        let samples = self.samples_of(at);
        let unit = &self.inventory.resources[at.1.index()].unit;
        let points: Vec<LoadPoint> = samples
            .iter()
            .map(|(sample, one)| LoadPoint {
                day: sample.day,
                as_is: one.as_is,
                worst: one.worst * one.capacity,
                worst_case: self.happens(names, one.worst_case),
            })
            .collect();
        if points.is_empty() {
            return None;
        }
        let fails = bound.and_then(|(_, row)| Some((row.fails_from()?, row)));
        let fails_from = fails.map(|(day, row)| {
            let name = self.condition_name(row);
            (day, format!("{name} fails from {}", self.date(day)))
        });
        let heading = visible(&names.resource(at)).into_owned();
        Some(LoadLineChart {
            title: self.load_title(names, at, fails),
            about: [vec![heading], self.about()].concat(),
            from: self.runway.from,
            days: self.runway.days,
            unit: visible(unit).into_owned(),
            points,
            capacity: self.steps(&samples),
            fails_from,
            notes: vec![
                "The worst case is planned again: its load ends at the capacity, and users beyond that are unserved.".to_owned(),
            ],
        })
    }

    /// The sampled days of a component's resource.
    fn samples_of(&self, at: At) -> Vec<(&'a DaySample, &'a ComponentUse)> {
        let samples = self.runway.samples.iter();
        let of = |sample: &'a DaySample| {
            let mut uses = sample.uses.iter();
            let one = uses.find(|one| (one.component, one.resource) == at)?;
            Some((sample, one))
        };
        samples.filter_map(of).collect()
    }

    /// `Cardiff runs out of sessions on 15 Mar 2027 if Frankfurt fails`.
    fn load_title(
        &self,
        names: &ComponentNames<'_>,
        at: At,
        fails: Option<(Day, &RunwayRow)>,
    ) -> String {
        let resource = self.inventory.resource_id(at.1);
        let component = crate::report::grammar::short(&names.alone(at.0));
        let case = fails.and_then(|(_, row)| Some(row.first.as_ref()?.case));
        let when = case.map_or_else(String::new, |case| self.condition(names, case));
        match fails {
            Some((0, _)) => {
                format!("{component} is short of {resource} from the first day on {when}")
            }
            Some((day, _)) => {
                format!(
                    "{component} runs out of {resource} on {} {when}",
                    self.date(day)
                )
            }
            None => {
                let most = self.samples_of(at).into_iter();
                let most = most.map(|pair| share(pair.1)).fold(0.0, f64::max);
                format!(
                    "{component} {resource} is fullest: {} in its worst case until {}",
                    numbers::utilization(most),
                    self.last()
                )
            }
        }
    }

    /// Capacities from day to day: a change between two sampled days stands on its date.
    fn steps(&self, samples: &[(&DaySample, &ComponentUse)]) -> Vec<CapacityStep> {
        let step = |day: Day, capacity: f64, one: &ComponentUse| CapacityStep {
            day,
            capacity,
            target: capacity * (1.0 - one.target),
        };
        let mut steps: Vec<CapacityStep> = Vec::new();
        for (sample, one) in samples {
            let Some(last) = steps.last().copied() else {
                steps.push(step(0, one.capacity, one));
                continue;
            };
            let is_same = |left: f64, right: f64| left.total_cmp(&right).is_eq();
            let next = step(sample.day, one.capacity, one);
            if is_same(last.capacity, next.capacity) && is_same(last.target, next.target) {
                continue;
            }
            let changes = self.inventory.capacity_changes.iter().filter(|change| {
                (change.component, change.resource) == (one.component, one.resource)
            });
            let exact = changes.filter_map(|change| Some((self.day_of(change)?, change.capacity?)));
            let mut exact: Vec<(Day, f64)> = exact
                .filter(|(day, _)| *day > last.day && *day <= sample.day)
                .collect();
            exact.sort_by_key(|pair| pair.0);
            let is_exact = exact
                .last()
                .is_some_and(|pair| is_same(pair.1, one.capacity));
            if is_exact {
                steps.extend(
                    exact
                        .into_iter()
                        .map(|(day, capacity)| step(day, capacity, one)),
                );
            } else {
                steps.push(next);
            }
        }
        steps
    }
}

/// The largest share of its capacity that a component uses, in normal operation or in its worst case.
fn share(one: &ComponentUse) -> f64 {
    let normal = one.as_is[1] / one.capacity;
    if normal.is_finite() {
        normal.max(one.worst)
    } else {
        one.worst
    }
}
