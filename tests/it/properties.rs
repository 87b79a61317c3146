//! What must hold of the engine's plans on any instance.

use crate::draw::random::Random;
use crate::draw::{Draw, Size, draw};
use crate::levels::{planned, values, written};
use crate::naive::{self, Band, Question, homes};
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use crate::second_opinion::{LATER, difference};
use crate::tables::{Cells, changed, renamed};
use ndarray::Array2;
use plimsoll::model::{ExistingShortfall, Inventory, Scenario};
use plimsoll::units::{NOBODY, is_close};
use std::fmt::Write as _;
use std::path::Path;

/// What was found, one text per seed, as one failure.
fn none(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// The values of the first period's levels.
fn first_values(inventory: &Inventory, scenario: &Scenario) -> Vec<(String, f64)> {
    let plan = planned(inventory, scenario);
    values(inventory, &plan.periods[0], |stage| stage.value)
}

/// The same of files.
fn first_values_of(files: &[(String, String)], scenario: &str) -> Vec<(String, f64)> {
    let (inventory, scenario) = read(files, scenario);
    first_values(&inventory, &scenario)
}

/// `k` sites that nothing tells apart, each the home of 60 users in shards that fit evenly into the other
/// sites, each with `capacity`; the first site fails.
fn identical_sites(k: usize, capacity: f64) -> (Inventory, Scenario) {
    let mut sites = "site,cpu\n".to_owned();
    let mut shards = "shard,tenant,users,site,profile,client_region,tier\n".to_owned();
    let mut links = "link,from,to,latency_ms\nin,r,p,5\n".to_owned();
    for n in 1..=k {
        writeln!(sites, "d{n},{capacity}").expect("a String takes everything");
        writeln!(links, "l{n},p,d{n},10").expect("a String takes everything");
        for part in 1..k {
            writeln!(shards, "s{n}-{part},t,{},d{n},mail,r,gold", 60 / (k - 1))
                .expect("a String takes everything");
        }
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
    for k in 2..=6 {
        let enough = 60.0 * k as f64 / (k - 1) as f64;
        let (inventory, scenario) = identical_sites(k, enough);
        let plan = planned(&inventory, &scenario);
        let period = &plan.periods[0];
        let unserved = values(&inventory, period, |stage| stage.value)[0].1;
        assert!(unserved <= NOBODY, "{k} sites: {unserved}");
        let unserved = period.totals.unserved;
        assert!(unserved <= NOBODY, "{k} sites, whole shards: {unserved}");

        let missing = 1e-6;
        let (inventory, scenario) = identical_sites(k, enough * (1.0 - missing));
        let unserved = first_values(&inventory, &scenario)[0].1;
        let expected = 60.0 * k as f64 * missing;
        assert!(
            (unserved - expected).abs() < 1e-3 * expected,
            "{k} sites: {unserved} unserved, not {expected}"
        );
    }
}

/// The files of a plan by name, or what differs between two.
fn differing(one: &Draw, other: &[(String, String)]) -> Option<String> {
    let files = |files: &[(String, String)]| {
        let (inventory, scenario) = read(files, &one.scenario);
        written(&inventory, &scenario, &planned(&inventory, &scenario))
    };
    let (one, other) = (files(&one.files), files(other));
    let pair = one.iter().zip(&other).find(|(a, b)| a != b)?;
    let texts = [pair.0, pair.1].map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    let lines = texts[0].lines().zip(texts[1].lines()).find(|(a, b)| a != b);
    Some(format!("{}: {lines:?}", pair.0.name))
}

#[test]
fn order_of_rows_and_columns_changes_no_byte() {
    let mut failures = Vec::new();
    for seed in 0..25 {
        let drawn = draw(seed, Size::SMALL);
        let mut random = Random::new(seed);
        let turned = changed(&drawn.files, |_, cells| cells.shuffled(&mut random));
        if let Some(text) = differing(&drawn, &turned) {
            failures.push(format!("seed {seed}: {text}"));
        }
    }
    none(&failures);
}

#[test]
fn order_of_rows_and_columns_changes_no_byte_of_the_americas() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/americas-2012");
    let drawn = Draw {
        files: csv_files(&folder),
        scenario: text(&folder.join("13-november-2012.toml")),
    };
    let mut random = Random::new(1);
    let turned = changed(&drawn.files, |_, cells| cells.shuffled(&mut random));
    assert_eq!(differing(&drawn, &turned), None);
}

#[test]
fn renaming_changes_no_value_of_the_first_period() {
    let mut failures = Vec::new();
    for seed in 0..25 {
        let drawn = draw(seed, Size::SMALL);
        let (files, scenario) = renamed(&drawn.files, &drawn.scenario, seed);
        let before = first_values_of(&drawn.files, &drawn.scenario);
        let after = first_values_of(&files, &scenario);
        if let Some(table) = difference(&after, &before, LATER) {
            failures.push(format!("seed {seed}\n{table}"));
        }
    }
    none(&failures);
}

/// The files with every shard that no onboarding row names cut into two that differ in nothing but users.
fn with_shards_in_two(files: &[(String, String)]) -> Vec<(String, String)> {
    let of = |name: &str| files.iter().find(|(file, _)| file == name);
    let growing: Vec<String> = of("onboarding.csv")
        .map(|(_, text)| Cells::of(text))
        .map(|cells| (cells.column("shard").expect("a column"), cells.rows))
        .map(|(shard, rows)| rows.iter().map(|row| row[shard].clone()).collect())
        .unwrap_or_default();
    changed(files, |name, mut cells| {
        if name != "shards.csv" && name != "replicas.csv" {
            return cells;
        }
        let shard = cells.column("shard").expect("a column");
        let users = cells.column("users");
        let mut rows = Vec::new();
        for row in cells.rows {
            if growing.contains(&row[shard]) {
                rows.push(row);
                continue;
            }
            let mut halves = [row.clone(), row];
            halves[1][shard].push_str("-more");
            if let Some(users) = users {
                let all: u64 = halves[0][users].parse().expect("whole users");
                halves[0][users] = (all / 3).to_string();
                halves[1][users] = (all - all / 3).to_string();
            }
            rows.extend(halves);
        }
        cells.rows = rows;
        cells
    })
}

#[test]
fn shards_cut_in_two_have_the_values_of_the_whole() {
    let mut failures = Vec::new();
    for seed in 100..125 {
        let drawn = draw(seed, Size::SMALL);
        let whole = first_values_of(&drawn.files, &drawn.scenario);
        let cut = first_values_of(&with_shards_in_two(&drawn.files), &drawn.scenario);
        if let Some(table) = difference(&cut, &whole, LATER) {
            failures.push(format!("seed {seed}\n{table}"));
        }
    }
    none(&failures);
}

/// The instance with one resource counted in a unit a thousand times smaller.
fn in_thousandths(inventory: &Inventory, resource: usize) -> Inventory {
    let mut scaled = inventory.clone();
    for profile in &mut scaled.profiles {
        profile.demand[resource] *= 1000.0;
    }
    for capacity in scaled.capacity.column_mut(resource).iter_mut().flatten() {
        *capacity *= 1000.0;
    }
    for change in &mut scaled.capacity_changes {
        if change.resource.index() == resource {
            change.capacity = change.capacity.map(|capacity| capacity * 1000.0);
        }
    }
    for background in &mut scaled.background {
        if background.resource.index() == resource {
            background.load *= 1000.0;
        }
    }
    scaled
}

#[test]
fn unit_of_a_resource_changes_no_value() {
    let mut failures = Vec::new();
    for seed in 200..225 {
        let drawn = draw(seed, Size::SMALL);
        let (inventory, scenario) = read(&drawn.files, &drawn.scenario);
        let before = first_values(&inventory, &scenario);
        for resource in 0..inventory.resources.len() {
            let after = first_values(&in_thousandths(&inventory, resource), &scenario);
            if let Some(table) = difference(&after, &before, LATER) {
                failures.push(format!("seed {seed}, resource {resource}\n{table}"));
            }
        }
    }
    none(&failures);
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
/// capacity more of them counts.
#[test]
fn more_capacity_never_makes_the_levels_worse() {
    let mut failures = Vec::new();
    for seed in 300..320 {
        let drawn = draw(seed, Size::SMALL);
        let (inventory, mut scenario) = read(&drawn.files, &drawn.scenario);
        scenario.policy.existing_shortfall = ExistingShortfall::Repair;
        let homes = homes(&inventory);
        let is_cut = naive::has_cut_load(&Question {
            inventory: &inventory,
            scenario: &scenario,
            at: scenario.start,
            current: &homes,
            elsewhere: &[],
            before_load: Some(&Array2::zeros(inventory.capacity.dim())),
            band: Band::Expected,
        });
        let today = first_values(&inventory, &scenario);
        for component in 0..inventory.component_count() {
            if is_cut.row(component).iter().any(|is_cut| *is_cut) {
                continue;
            }
            let mut larger = inventory.clone();
            for capacity in larger.capacity.row_mut(component).iter_mut().flatten() {
                *capacity *= 1.5;
            }
            for change in &mut larger.capacity_changes {
                if change.component.index() == component {
                    change.capacity = change.capacity.map(|capacity| capacity * 1.5);
                }
            }
            let with_more = first_values(&larger, &scenario);
            if !is_no_worse(&with_more, &today) {
                failures.push(format!(
                    "seed {seed}, component {component}\n{today:?}\n{with_more:?}"
                ));
            }
        }
    }
    none(&failures);
}
