//! What must hold of the written-out LP on any instance: it is the judge, so it is judged first.

use crate::draw::{Size, draw};
use crate::naive::{Band, Question, Solver, before_loads, has_cut_load, homes, levels};
use crate::read::read;
use crate::second_opinion::compare;
use jiff::{SignedDuration, Timestamp};
use ndarray::Array2;
use plimsoll::ids::{ComponentId, SiteId};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::units::{AGREEMENT, NOBODY, is_close};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// An instant of the scenario, another one for another seed: every half hour is looked at by some seed.
fn some_instant(scenario: &Scenario, seed: u64) -> Timestamp {
    let half_hours = i64::try_from(seed % 8).expect("below 8");
    scenario.start + SignedDuration::from_mins(30 * half_hours)
}

/// What is asked of a drawn instance, from the sites of shards.csv, with the loads of before given.
fn ask<'a>(
    (inventory, scenario): (&'a Inventory, &'a Scenario),
    current: &'a [Option<SiteId>],
    at: Timestamp,
    before_load: &'a Array2<f64>,
    band: Band,
) -> Question<'a> {
    Question {
        inventory,
        scenario,
        at,
        current,
        elsewhere: &[],
        before_load: Some(before_load),
        band,
    }
}

#[test]
fn two_solvers_find_the_same_levels() {
    for seed in 0..60 {
        let size = if seed % 6 == 0 {
            Size::FULL
        } else {
            Size::SMALL
        };
        let band = match seed % 4 {
            0 => Band::Low,
            1 => Band::High,
            _ => Band::Expected,
        };
        let draw = draw(seed, size);
        let (inventory, scenario) = read(&draw.files, &draw.scenario);
        let at = some_instant(&scenario, seed);
        let before = before_loads(&inventory, &scenario, band, Solver::Highs);
        let homes = homes(&inventory);
        let question = ask((&inventory, &scenario), &homes, at, &before, band);
        let highs = levels(&question, Solver::Highs);
        let microlp = levels(&question, Solver::Microlp);
        let label = format!("seed {seed}, {size:?}, {at}, {band:?}");
        compare(&label, &highs, &microlp);
    }
}

#[test]
fn drawn_instances_are_short_in_headroom_in_users_or_easy_and_use_every_level() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..150 {
        let draw = draw(seed, Size::SMALL);
        let (inventory, scenario) = read(&draw.files, &draw.scenario);
        let at = some_instant(&scenario, seed);
        let before = before_loads(&inventory, &scenario, Band::Expected, Solver::Highs);
        let homes = homes(&inventory);
        let question = ask((&inventory, &scenario), &homes, at, &before, Band::Expected);
        let levels = levels(&question, Solver::Highs);
        let is_positive = |prefix: &str| {
            levels
                .iter()
                .any(|(name, value)| name.starts_with(prefix) && *value > NOBODY)
        };
        for level in [
            "unserved",
            "relief",
            "worst",
            "access_points",
            "copied",
            "moves",
        ] {
            *counts.entry(level.to_owned()).or_default() += usize::from(is_positive(level));
        }
        let is_easy = !is_positive("unserved") && !is_positive("worst");
        *counts.entry("easy".to_owned()).or_default() += usize::from(is_easy);
    }
    for (kind, count) in &counts {
        assert!(*count >= 8, "only {count} of 150 for {kind}: {counts:?}");
    }
    assert!(counts["unserved"] <= 80, "too many are short: {counts:?}");
}

/// `k` sites that nothing tells apart, each the home of 60 users of one CPU; the first fails.
fn identical_sites(k: usize, capacity: f64) -> (Inventory, Scenario) {
    let mut sites = "site,cpu\n".to_owned();
    let mut shards = "shard,tenant,users,site,profile,client_region,tier\n".to_owned();
    let mut links = "link,from,to,latency_ms\nin,r,p,5\n".to_owned();
    for n in 1..=k {
        writeln!(sites, "d{n},{capacity}").expect("a String takes everything");
        writeln!(shards, "s{n},t,60,d{n},mail,r,gold").expect("a String takes everything");
        writeln!(links, "l{n},p,d{n},10").expect("a String takes everything");
    }
    let files = [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\n"),
        ("sites.csv", &sites),
        ("access_points.csv", "access_point\np\n"),
        ("links.csv", &links),
        ("client_regions.csv", "client_region\nr\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        ("shards.csv", &shards),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let scenario = "[scenario]\nname = \"one lost\"\nstart = 2030-03-01T02:00:00Z\n\
                    end = 2030-03-01T06:00:00Z\n[[event]]\nkind = \"failure\"\ncomponent = \"d1\"\n";
    read(&files, scenario)
}

#[test]
fn of_k_identical_sites_one_is_lost_without_loss_from_k_over_k_minus_one_on() {
    for solver in [Solver::Microlp, Solver::Highs] {
        for k in 2..=6 {
            let unserved = |capacity: f64| {
                let (inventory, scenario) = identical_sites(k, capacity);
                let nothing_missing = Array2::zeros(inventory.capacity.dim());
                let homes = homes(&inventory);
                let both = (&inventory, &scenario);
                let question = ask(
                    both,
                    &homes,
                    scenario.start,
                    &nothing_missing,
                    Band::Expected,
                );
                levels(&question, solver)[0].1
            };
            let (mut short, mut enough) = (60.0, 60.0 * k as f64);
            while enough - short > 1e-6 {
                let middle = 0.5 * (short + enough);
                if unserved(middle) > NOBODY {
                    short = middle;
                } else {
                    enough = middle;
                }
            }
            let exact = k as f64 / (k - 1) as f64;
            assert!(
                is_close(enough / 60.0, exact, AGREEMENT),
                "{k} sites need {} times the load with {solver:?}, not {exact}",
                enough / 60.0
            );
        }
    }
}

/// The instance with `factor` times the capacity of a component, in its capacity changes too.
fn enlarged(inventory: &Inventory, component: usize, factor: f64) -> Inventory {
    let mut larger = inventory.clone();
    for capacity in larger.capacity.row_mut(component).iter_mut().flatten() {
        *capacity *= factor;
    }
    for change in &mut larger.capacity_changes {
        if change.component.index() == component {
            change.capacity = change.capacity.map(|capacity| capacity * factor);
        }
    }
    larger
}

/// `true` if the vector of levels is better in its first level that differs, or equal.
fn is_no_worse(levels: &[(String, f64)], than: &[(String, f64)]) -> bool {
    levels
        .iter()
        .zip(than)
        .find(|((_, a), (_, b))| !is_close(*a, *b, 1e-5))
        .is_none_or(|((_, a), (_, b))| a < b)
}

/// Left out are components whose copies and background exceed what is left: they are cut to it, so with more
/// capacity more of them counts, and a target that is wholly missing is missing for more users.
#[test]
fn more_capacity_never_makes_the_levels_worse_with_what_was_missing_before_held() {
    for seed in 0..25 {
        let draw = draw(seed, Size::SMALL);
        let (inventory, scenario) = read(&draw.files, &draw.scenario);
        let at = some_instant(&scenario, seed);
        let before = before_loads(&inventory, &scenario, Band::Expected, Solver::Highs);
        let homes = homes(&inventory);
        let question = ask((&inventory, &scenario), &homes, at, &before, Band::Expected);
        let of_today = levels(&question, Solver::Highs);
        let is_cut = has_cut_load(&question);
        for component in 0..inventory.component_count() {
            if is_cut.row(component).iter().any(|&is_cut| is_cut) {
                continue;
            }
            let larger = enlarged(&inventory, component, 1.5);
            // The share that was missing before is held by enlarging the load of before alike.
            let mut held = before.clone();
            held.row_mut(component).mapv_inplace(|load| load * 1.5);
            let question = ask((&larger, &scenario), &homes, at, &held, Band::Expected);
            let with_more = levels(&question, Solver::Highs);
            assert!(
                is_no_worse(&with_more, &of_today),
                "seed {seed}, {at}: 1.5 times {:?} gives\n{with_more:?}\nafter\n{of_today:?}",
                inventory.component(ComponentId::new(component))
            );
        }
    }
}

#[test]
fn the_same_seed_draws_the_same_bytes_and_another_seed_others() {
    assert_eq!(draw(7, Size::FULL), draw(7, Size::FULL));
    assert_ne!(draw(7, Size::FULL), draw(8, Size::FULL));
}
