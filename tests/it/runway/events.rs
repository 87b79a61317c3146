//! Events of random scenarios, carried to every day, against the program written out.

use super::{DAYS, growing, written_out};
use crate::naive;
use plimsoll::engine::runway;
use plimsoll::model::{Contingencies, EventKind, Inventory, Scenario};
use plimsoll::plan::runway::{Adjustment, Condition, Day, SampleStep};
use plimsoll::solve::Stop;

/// The same cases, where what a set of events takes away as a whole cannot fail any more.
fn left(
    (inventory, scenario): (&Inventory, &Scenario),
    contingencies: &Contingencies,
    set: &[usize],
) -> (Contingencies, Vec<usize>) {
    let mut gone = vec![false; inventory.component_count()];
    for event in set {
        let (EventKind::Maintenance(taken) | EventKind::Failure(taken) | EventKind::Gray(taken)) =
            &scenario.events[*event].kind
        else {
            continue;
        };
        let is_whole = taken.resources.is_none() && taken.capacity <= 0.0;
        for component in taken.components.iter().filter(|_| is_whole) {
            gone[component.index()] = true;
        }
    }
    let mut left = contingencies.clone();
    left.gone.clone_from(&gone);
    let can_fail = |case: &usize| {
        contingencies.failing(*case).all(|failing| {
            let components = failing.components(inventory);
            components.iter().any(|component| !gone[component.index()])
        })
    };
    let cases = (0..contingencies.count()).filter(can_fail).collect();
    (left, cases)
}

#[test]
fn days_with_events_are_those_that_the_program_written_out_gives() {
    let seeds = std::env::var("PLIMSOLL_SEEDS").ok();
    let seeds = seeds.and_then(|seeds| seeds.parse().ok()).unwrap_or(6);
    let (mut sets, mut failing) = (0, 0);
    for seed in 0..seeds {
        let (inventory, scenario) = growing(1000 + seed);
        let from = super::date("2030-02-27");
        let asked = super::request(from, SampleStep::Month);
        let found = runway(&inventory, &scenario, &asked, &Stop::default()).expect("it is settled");
        for row in &found.rows {
            let is_asked = match row.condition {
                Condition::Target | Condition::Served => row.adjustment == Adjustment::Rebalanced,
                Condition::ServedUnder => row.adjustment == Adjustment::AsIs,
                Condition::StableUnder => false,
            };
            if row.events == 0 || !is_asked {
                continue;
            }
            sets += 1;
            let set = &found.events[row.events][..];
            let (contingencies, mut cases) =
                left((&inventory, &scenario), &found.contingencies, set);
            if !row.condition.is_under_failures() {
                cases.truncate(1);
            }
            let mut expected: Vec<Day> = Vec::new();
            for day in 0..Day::try_from(DAYS).expect("few") {
                let at = found.begins(day);
                let fails = cases.iter().any(|case| {
                    let of = (&inventory, &inventory);
                    let asked = (&scenario, set);
                    let (unserved, missing) = written_out(
                        of,
                        asked,
                        &contingencies,
                        (*case, at),
                        naive::Band::Expected,
                    );
                    let is_missed = row.condition == Condition::Target && missing > 1e-7;
                    unserved > 1e-5 || is_missed
                });
                if fails {
                    expected.push(day);
                }
            }
            let days: Vec<Day> = row.failing.iter().cloned().flatten().collect();
            assert_eq!(days, expected, "seed {seed}: {set:?} {row:?}");
            failing += usize::from(!days.is_empty());
        }
    }
    assert!(sets > 10 && failing > 3, "{failing} of {sets} rows fail");
}
