//! Samples: what components carry on some of the days, and when they run out of it.

use super::super::sweep::CaseUses;
use super::as_is::UseAsIs;
use super::cases::stopped;
use super::dated::Dated;
use super::occasion::Occasion;
use super::stretches::{DayStretch, Trend};
use crate::error::Result;
use crate::ids::{ComponentId, ResourceId};
use crate::plan::runway::{ComponentRunway, ComponentUse, Day, DaySample, ReachedOn};
use crate::plan::sweep::Use;
use crate::solve::Stop;
use crate::units::FEASIBILITY;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A component and a resource.
type UseKey = (ComponentId, ResourceId);

/// What components carry on these days: as is at the low end, as expected and at the high end, and planned again as expected.
///
/// # Errors
/// [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) if a stop is raised;
/// [`Error::Solver`](crate::error::Error::Solver) if every attempt of the solver failed.
pub(super) fn samples(
    [low, expected, high]: [&Dated<'_>; 3],
    days: &[Day],
    stop: &Stop,
) -> Result<Vec<DaySample>> {
    let of_day = |&day: &Day| -> Result<DaySample> {
        stopped(stop)?;
        let occasion = Occasion { day, events: &[] };
        let [low, as_is, high] = [low, expected, high].map(|band| band.as_is(occasion));
        let (rebalanced, _) = expected.repaired(occasion)?.uses(0)?;
        let rebalanced: BTreeMap<UseKey, f64> = rebalanced
            .into_iter()
            .map(|(component, resource, used)| ((component, resource), used.load))
            .collect();
        let sweeper = expected.verdicts(occasion)?;
        let cases = 0..sweeper.contingencies().count();
        let of_cases: Vec<Result<CaseUses>> = cases
            .into_par_iter()
            .map(|case| sweeper.uses(case))
            .collect();
        let mut worst: BTreeMap<UseKey, (bool, Use)> = BTreeMap::new();
        for of_case in of_cases {
            let (uses, fails) = of_case?;
            for (component, resource, used) in uses {
                let at = (component, resource);
                let most = worst.entry(at).or_insert((false, used));
                most.0 |= fails && used.utilization >= 1.0 - FEASIBILITY;
                if used.utilization > most.1.utilization {
                    most.1 = used;
                }
            }
        }
        let load = |row: Option<&UseAsIs>| row.map_or(0.0, |row| row.load);
        let uses = as_is.rows.iter().map(|row| {
            let most = worst.get(&row.at);
            ComponentUse {
                component: row.at.0,
                resource: row.at.1,
                capacity: row.capacity,
                target: row.target,
                as_is: [load(low.row(row.at)), row.load, load(high.row(row.at))],
                rebalanced: rebalanced.get(&row.at).copied().unwrap_or(0.0),
                worst: most.map_or(0.0, |(_, most)| most.utilization),
                worst_fails: most.is_some_and(|(fails, _)| *fails),
                worst_case: most.map_or(0, |(_, most)| most.case),
            }
        });
        Ok(DaySample {
            day,
            uses: uses.collect(),
        })
    };
    days.iter().map(of_day).collect()
}

/// What a load reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Threshold {
    Target,
    Capacity,
}

/// When a load is above what a target leaves of a capacity, and when it is at the capacity.
fn reaches([load, capacity, target]: [f64; 3]) -> [bool; 2] {
    let above = load - capacity * (1.0 - target);
    let is_at_capacity = load > 0.0 && load >= capacity * (1.0 - FEASIBILITY);
    [above > capacity * FEASIBILITY && load > 0.0, is_at_capacity]
}

/// Adds a day to those on which something was reached first.
fn reach(reached: &mut ReachedOn, day: Day, of: [f64; 3]) {
    let [target, capacity] = reaches(of);
    if target {
        reached.target.get_or_insert(day);
    }
    if capacity {
        reached.capacity.get_or_insert(day);
    }
}

/// When components run out, as expected: those that do so first before others, and then those that do not.
///
/// # Errors
/// [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) if a stop is raised.
pub(super) fn components(
    expected: &Dated<'_>,
    stretches: &[DayStretch],
    samples: &[DaySample],
    stop: &Stop,
) -> Result<Vec<ComponentRunway>> {
    let mut all: BTreeMap<UseKey, ComponentRunway> = BTreeMap::new();
    let none = |at: UseKey| ComponentRunway {
        component: at.0,
        resource: at.1,
        as_is: ReachedOn::default(),
        rebalanced: ReachedOn::default(),
        worst: ReachedOn::default(),
    };
    for sample in samples {
        for used in &sample.uses {
            let at = (used.component, used.resource);
            let row = all.entry(at).or_insert_with(|| none(at));
            let planned = [used.rebalanced, used.capacity, used.target];
            reach(&mut row.rebalanced, sample.day, planned);
            if used.worst_fails {
                reach(&mut row.worst, sample.day, [used.worst, 1.0, used.target]);
            }
        }
    }
    let sampled: BTreeSet<Day> = samples.iter().map(|sample| sample.day).collect();
    for stretch in stretches {
        for ((at, what), day) in in_stretch(expected, stretch, &sampled, stop)? {
            let reached = &mut all.entry(at).or_insert_with(|| none(at)).as_is;
            let on = match what {
                Threshold::Target => &mut reached.target,
                Threshold::Capacity => &mut reached.capacity,
            };
            on.get_or_insert(day);
        }
    }
    let mut all: Vec<ComponentRunway> = all.into_values().collect();
    all.sort_by_key(|row| {
        let days = [row.as_is, row.rebalanced, row.worst];
        let days = days
            .iter()
            .flat_map(|on| [on.target, on.capacity])
            .flatten();
        (days.min().unwrap_or(Day::MAX), row.component, row.resource)
    });
    Ok(all)
}

/// The first days of a stretch on which components reach their target and their capacity as is.
fn in_stretch(
    expected: &Dated<'_>,
    stretch: &DayStretch,
    sampled: &BTreeSet<Day>,
    stop: &Stop,
) -> Result<BTreeMap<(UseKey, Threshold), Day>> {
    let as_is = |day: Day| {
        stopped(stop)?;
        Ok(expected.as_is(Occasion { day, events: &[] }))
    };
    let days = stretch.days.clone();
    let asked: BTreeSet<Day> = match stretch.trend {
        Trend::Rising => {
            let sampled = sampled.range(days.clone()).copied();
            sampled.chain([days.end - 1]).collect()
        }
        // The first day has the most.
        Trend::Falling => BTreeSet::from([days.start]),
        Trend::Mixed => days.clone().collect(),
    };
    let is_reached = |row: &UseAsIs, what: Threshold| {
        let [target, capacity] = reaches([row.load, row.capacity, row.target]);
        match what {
            Threshold::Target => target,
            Threshold::Capacity => capacity,
        }
    };
    let mut found: BTreeMap<(UseKey, Threshold), Day> = BTreeMap::new();
    // The first day that is not known to be before.
    let mut since = days.start;
    for day in asked {
        let today = as_is(day)?;
        for row in &today.rows {
            for what in [Threshold::Target, Threshold::Capacity] {
                if found.contains_key(&(row.at, what)) || !is_reached(row, what) {
                    continue;
                }
                let (mut low, mut high) = (since, day);
                while low < high {
                    let middle = low + (high - low) / 2;
                    let of_day = as_is(middle)?;
                    if of_day.row(row.at).is_some_and(|row| is_reached(row, what)) {
                        high = middle;
                    } else {
                        low = middle + 1;
                    }
                }
                found.insert((row.at, what), high);
            }
        }
        since = day + 1;
    }
    Ok(found)
}
