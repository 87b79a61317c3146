//! Runways by hand: values that a page and its charts are made of, for an inventory of any size.

use jiff::Timestamp;
use plimsoll::ids::{ComponentId, ResourceId, SiteId};
use plimsoll::model::{Band, Contingencies, Failing, Inventory, Recovery};
use plimsoll::plan::runway::{
    Adjustment, ComponentRunway, ComponentUse, Condition, Day, DaySample, FirstFailure, ReachedOn,
    Runway, RunwayRow, SampleStep, TrappedUsers, WholeShards,
};
use plimsoll::report::runway::RunwayWords;
use plimsoll::solve::Proof;

/// Two years from 30 Nov 2026 on.
const DAYS: Day = 731;

/// What a sample is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// Every condition fails some day, some earlier than others.
    Fails,
    /// All of them hold beyond the last day.
    Holds,
    /// A case traps users on the first day.
    Traps,
}

/// A runway of such a course: one site may fail until 14 Mar 2027.
pub(crate) fn runway(inventory: &Inventory, course: Course) -> Runway {
    let from: Timestamp = "2026-11-30T00:00:00Z".parse().expect("a date");
    let sites = (0..inventory.sites.len()).map(|site| inventory.site_component(SiteId::new(site)));
    let members = sites.map(Failing::Component).collect();
    let trapped = TrappedUsers {
        case: 1,
        day: 0,
        events: 0,
        recovery: Recovery::Replan,
        users: 1_900_000.0,
    };
    let samples = samples(inventory, from, course);
    let components = match course {
        Course::Holds => Vec::new(),
        _ => components(&samples),
    };
    Runway {
        from,
        days: DAYS,
        contingencies: Contingencies::new(members, 1).expect("few cases"),
        failures: 1,
        events: vec![Vec::new()],
        rows: rows(inventory, course),
        samples,
        components,
        trapped: Some(trapped)
            .filter(|_| course == Course::Traps)
            .into_iter()
            .collect(),
        is_stopped: false,
    }
}

/// By condition, the first day that fails as is and rebalanced, as expected.
const FAILS_FROM: [(Condition, Day, Day); 4] = [
    (Condition::Target, 35, 300),
    (Condition::Served, 500, 640),
    (Condition::ServedUnder, 105, 182),
    (Condition::StableUnder, 98, 98),
];

fn rows(inventory: &Inventory, course: Course) -> Vec<RunwayRow> {
    let mut rows = Vec::new();
    for (condition, as_is, rebalanced) in FAILS_FROM {
        for adjustment in Adjustment::ALL {
            for band in [Band::Expected, Band::Low, Band::High] {
                let day = match adjustment {
                    Adjustment::Rebalanced => rebalanced,
                    Adjustment::AsIs | Adjustment::Steered => as_is,
                };
                let day = match band {
                    Band::Expected => day,
                    Band::Low => 2 * day,
                    Band::High => day - day / 3,
                };
                let is_failing = course != Course::Holds && day < DAYS;
                let failing = is_failing.then_some(day..DAYS).into_iter().collect();
                rows.push(RunwayRow {
                    condition,
                    events: 0,
                    recovery: condition.is_under_failures().then_some(Recovery::Replan),
                    adjustment,
                    band,
                    failing,
                    first: is_failing.then(|| first(inventory, condition)),
                    whole_shards: WholeShards::AsLong,
                    proof: Proof::Proven,
                });
            }
        }
    }
    // Capacity that arrives makes this one hold again.
    if let Some(span) = rows[0].failing.first_mut() {
        span.end = 90;
        rows[0].failing.push(120..DAYS);
    }
    rows
}

fn first(inventory: &Inventory, condition: Condition) -> FirstFailure {
    let at = inventory.site_component(SiteId::new(1));
    FirstFailure {
        case: usize::from(condition.is_under_failures()),
        binding: Some((at, ResourceId::new(limited(inventory, at)))),
        short: 120.0,
        unserved: 3_120.0,
        trapped: 0.0,
    }
}

/// The first resource of which a component has a limited capacity.
fn limited(inventory: &Inventory, at: ComponentId) -> usize {
    let row = inventory.capacity.row(at.index());
    let position = row.iter().position(Option::is_some);
    position.expect("sites have a capacity")
}

fn samples(inventory: &Inventory, from: Timestamp, course: Course) -> Vec<DaySample> {
    let days = SampleStep::Month.days(from, DAYS);
    let growth = if course == Course::Holds { 0.005 } else { 0.02 };
    let sample = |(month, day): (i32, Day)| DaySample {
        day,
        uses: inventory
            .capacity
            .indexed_iter()
            .filter_map(|((component, resource), capacity)| {
                let capacity = (*capacity).filter(|capacity| *capacity > 0.0)?;
                // Components are not equally full.
                let full = 0.3 + 0.4 * ((component * 37 + resource * 11) % 17) as f64 / 17.0;
                let at = |growth: f64| capacity * full * (1.0 + growth).powi(month);
                Some(ComponentUse {
                    component: ComponentId::new(component),
                    resource: ResourceId::new(resource),
                    capacity,
                    target: 0.1,
                    as_is: [at(growth / 2.0), at(growth), at(growth * 1.5)],
                    rebalanced: at(growth) * 0.9,
                    worst: at(growth) / capacity * 1.2,
                    worst_fails: at(growth) / capacity * 1.2 >= 1.0,
                    worst_case: 1 + component % 2,
                })
            })
            .collect(),
    };
    (0..).zip(days).map(sample).collect()
}

fn components(samples: &[DaySample]) -> Vec<ComponentRunway> {
    let first = samples.first().map_or(&[][..], |sample| &sample.uses);
    let reached = |position: usize, of: fn(&ComponentUse) -> f64| {
        let from = |limit: fn(&ComponentUse) -> f64| {
            let mut days = samples.iter();
            let found = days.find(|sample| {
                let one = &sample.uses[position];
                of(one) >= limit(one)
            });
            found.map(|sample| sample.day)
        };
        ReachedOn {
            target: from(|one| one.capacity * (1.0 - one.target)),
            capacity: from(|one| one.capacity),
        }
    };
    let rows = first
        .iter()
        .enumerate()
        .map(|(position, one)| ComponentRunway {
            component: one.component,
            resource: one.resource,
            as_is: reached(position, |one| one.as_is[1]),
            rebalanced: reached(position, |one| one.rebalanced),
            worst: reached(position, |one| one.worst * one.capacity),
        });
    let mut rows: Vec<ComponentRunway> = rows.collect();
    let order = |row: &ComponentRunway| row.as_is.capacity.or(row.worst.capacity);
    rows.retain(|row| order(row).is_some());
    rows.sort_by_key(order);
    rows
}

/// Sentences of such a course.
pub(crate) fn words(course: Course) -> RunwayWords {
    let answer =
        "One site may fail until 14 Mar 2027 (8 Feb 2027 if growth is high; 27 Jun 2027 if low).";
    let alarm = "Already today Amsterdam's failure leaves 1,900,000 users without a copy.";
    let reasons = [
        "Then Amsterdam's failure leaves 3,120 users unserved at Chicago, cpu.",
        "Rebalancing has bought 11 weeks of it.",
    ];
    let (alarms, answer, reasons) = match course {
        Course::Fails => (vec![], answer, reasons.to_vec()),
        Course::Holds => (vec![], "One site may fail beyond 29 Nov 2028.", vec![]),
        Course::Traps => (vec![alarm], answer, reasons.to_vec()),
    };
    let first = match course {
        Course::Holds => "First: nothing. Every condition holds.",
        _ => "First: order capacity for Chicago by 1 Feb 2027.",
    };
    let strings = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect();
    RunwayWords {
        alarms: strings(alarms),
        answer: answer.to_owned(),
        reasons: strings(reasons),
        first_action: first.to_owned(),
        not_checked: vec!["Not checked: reconnects after a failure.".to_owned()],
    }
}
