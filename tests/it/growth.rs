//! Growth of users (growth.csv): the case by hand, against the written-out opinion, and where it changes a plan.

use crate::draw::random::Random;
use crate::draw::{Draw, Size, draw};
use crate::levels::{differences, judged, planned};
use crate::naive;
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use jiff::Timestamp;
use plimsoll::inventory::{SourceFile, write};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::scenario::{Band, Knowledge, case_at, periods, users_on};
use plimsoll::units::is_close;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;

const BANDS: [(&str, Band, naive::Band); 3] = [
    ("low", Band::Low, naive::Band::Low),
    ("expected", Band::Expected, naive::Band::Expected),
    ("high", Band::High, naive::Band::High),
];

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn users_by_date_are_those_of_the_case_by_hand() {
    let folder = folder("tests/cases/growth-rates");
    let (inventory, _) = read(&csv_files(&folder), &text(&folder.join("scenario.toml")));
    let expected: Value =
        serde_json::from_str(&text(&folder.join("expected.json"))).expect("it is JSON");
    let mut compared = 0;
    for (date, shards) in expected["users"].as_object().expect("dates") {
        let at: Timestamp = format!("{date}T00:00:00Z").parse().expect("a date");
        for (name, band, _) in BANDS {
            let users = users_on(&inventory, at, band);
            for (shard, by_band) in shards.as_object().expect("shards") {
                let expected = by_band[name].as_f64().expect("users");
                let index = (0..users.len())
                    .find(|index| inventory.shard_ids.get(*index) == shard)
                    .expect("a shard");
                let found = users[index];
                assert!(
                    (found - expected).abs() <= 1e-6,
                    "{date}, {shard}, {name}: {found}, by hand {expected}"
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 5 * 4 * 3);
}

/// The draw around midnight of a first of month, with growth rows drawn by a stream of their own.
pub(crate) fn grown(seed: u64, size: Size) -> Draw {
    let drawn = draw(seed, size);
    let around = |text: &str| {
        [
            ("02", "2030-02-28T22"),
            ("03", "2030-02-28T23"),
            ("04", "2030-03-01T00"),
            ("05", "2030-03-01T01"),
            ("06", "2030-03-01T02"),
        ]
        .iter()
        .fold(text.to_owned(), |text, (hour, with)| {
            text.replace(&format!("2030-03-01T{hour}:"), &format!("\u{1}{with}:"))
        })
        .replace('\u{1}', "")
    };
    let mut files: Vec<(String, String)> = drawn
        .files
        .iter()
        .map(|(name, text)| (name.clone(), around(text)))
        .collect();
    let mut random = Random::new(seed ^ 0x67_72_6f_77);
    let (inventory, _) = read(&drawn.files, &drawn.scenario);
    files.push(("growth.csv".to_owned(), rows(&mut random, &inventory)));
    Draw {
        files,
        scenario: around(&drawn.scenario),
    }
}

/// One to four rates, each of all shards or of those that have something in common with one of them.
fn rows(random: &mut Random, inventory: &Inventory) -> String {
    let mut text = "start,end,tenant,client_region,profile,tier,monthly,low,high\n".to_owned();
    for row in 0..random.whole(1, 4) {
        let shard = random.one_of(&inventory.shards);
        let start = random.one_of(&[
            "2029-06-01",
            "2029-12-15",
            "2030-02-28T22:30:00Z",
            "2030-02-28",
        ]);
        let end = random.one_of(&["2031-01-01", "2031-01-01", "2030-01-10", "2030-03-01", ""]);
        // Rows without an end multiply for ten years: only one has none.
        let is_over = *end == "2030-01-10" && start.starts_with("2030");
        let end = if is_over || (end.is_empty() && row > 0) {
            "2031-01-01"
        } else {
            end
        };
        let selectors = [
            &inventory.tenants[shard.tenant.index()],
            &inventory.client_regions[shard.client_region.index()].id,
            &inventory.profiles[shard.profile.index()].id,
            &inventory.tiers[shard.tier.index()].id,
        ];
        let selectors = selectors.map(|id| if random.chance(0.4) { id.as_str() } else { "" });
        let rate = random.between(-0.02, 0.02);
        let width = if random.chance(0.5) {
            random.between(0.0, 0.01)
        } else {
            0.0
        };
        writeln!(
            text,
            "{start},{end},{},{rate},{},{}",
            selectors.join(","),
            rate - width,
            rate + width
        )
        .expect("a String takes everything");
    }
    text
}

#[test]
fn users_are_those_of_the_second_opinion_at_every_instant_and_end_of_the_forecast() {
    let mut grows_inside = 0;
    for seed in 0..120 {
        let drawn = grown(seed, Size::SMALL);
        let (inventory, scenario) = read(&drawn.files, &drawn.scenario);
        let all = periods(&inventory, &scenario);
        grows_inside +=
            usize::from(!plimsoll::scenario::dates_of_growth(&inventory, &scenario).is_empty());
        for period in &all {
            for (name, band, of_naive) in BANDS {
                let case = case_at(
                    &inventory,
                    &scenario,
                    period.start,
                    Knowledge::Believed,
                    band,
                );
                let expected =
                    naive::at_instant::at_instant(&inventory, &scenario, period.start, of_naive);
                for shard in 0..inventory.shards.len() {
                    let (found, expected) = (case.users(shard), expected.users(shard));
                    assert!(
                        is_close(found, expected, 1e-9),
                        "seed {seed}, {}, {name}: {found}, second opinion {expected}",
                        period.start
                    );
                }
            }
        }
    }
    assert!(grows_inside > 60, "{grows_inside}");
}

#[test]
fn plans_with_growth_agree_with_the_second_opinion_and_the_referee() {
    for seed in 0..25 {
        let drawn = grown(seed, Size::SMALL);
        let (inventory, scenario) = read(&drawn.files, &drawn.scenario);
        let found = differences(&inventory, &scenario);
        assert!(found.is_empty(), "seed {seed}:\n{}", found.join("\n"));
        let plan = planned(&inventory, &scenario);
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "seed {seed}: {verdict}");
    }
}

fn with_growth(rows: &str) -> (Inventory, Scenario) {
    let folder = folder("tests/cases/growth-rates");
    let mut files = csv_files(&folder);
    files.retain(|(name, _)| name != "growth.csv" && name != "onboarding.csv");
    let rows = format!("start,end,monthly,low,high\n{rows}");
    files.push(("growth.csv".to_owned(), rows));
    let scenario = "[scenario]\nname = \"new year\"\nstart = 2027-12-31T20:00:00Z\nend = 2028-02-02T00:00:00Z\n";
    read(&files, scenario)
}

#[test]
fn growth_changes_a_scenario_at_firsts_of_month_and_nowhere_else() {
    let starts = |inventory: &Inventory, scenario: &Scenario| -> Vec<String> {
        let all = periods(inventory, scenario).into_iter();
        all.map(|period| period.start.to_string()).collect()
    };
    let (inventory, mut scenario) = with_growth("2027-01-01,,0.02,0.02,0.02\n");
    let firsts = [
        "2027-12-31T20:00:00Z",
        "2028-01-01T00:00:00Z",
        "2028-02-01T00:00:00Z",
    ];
    assert_eq!(starts(&inventory, &scenario), firsts);
    // A drain of four hours is planned as without growth: one period, nobody affected.
    scenario.end = firsts[1].parse().expect("an instant");
    assert_eq!(starts(&inventory, &scenario), firsts[..1]);
    scenario.end = "2028-02-02T00:00:00Z".parse().expect("an instant");
    scenario.policy.freeze_onboarding = true;
    assert_eq!(starts(&inventory, &scenario), firsts[..1]);
    let at = |text: &str| -> f64 {
        let at = text.parse().expect("an instant");
        let case = case_at(
            &inventory,
            &scenario,
            at,
            Knowledge::Believed,
            Band::Expected,
        );
        case.users(0)
    };
    // What grew before its start is kept.
    let days = 364.0 + 20.0 / 24.0;
    let first = inventory.shards[0].users as f64;
    let expected = first * 1.02_f64.powf(days / 30.4375);
    for instant in [firsts[0], firsts[2]] {
        assert!(
            is_close(at(instant), expected, 1e-12),
            "{instant}: {}",
            at(instant)
        );
    }
    // A row that is over, or has no rate, cuts no period.
    for rows in [
        "2027-01-01,2027-06-01,0.02,0.02,0.02\n",
        "2027-01-01,,0,0,0\n",
    ] {
        let (inventory, scenario) = with_growth(rows);
        assert_eq!(starts(&inventory, &scenario).len(), 1, "{rows}");
    }
}

#[test]
fn a_band_of_growth_alone_makes_the_band_of_a_plan() {
    let (inventory, scenario) = with_growth("2027-01-01,,0.02,0.01,0.03\n");
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    for period in &plan.periods {
        let band = period.band.as_ref().expect("two ends");
        let [low, high] = [&band[0], &band[1]].map(|end| end.totals.users);
        assert!(low < period.totals.users && period.totals.users < high);
    }
    let (inventory, scenario) = with_growth("2027-01-01,,0.02,,\n");
    let plan = planned(&inventory, &scenario);
    assert!(plan.periods.iter().all(|period| period.band.is_none()));
}

#[test]
fn without_rows_of_growth_no_byte_changes() {
    let drawn = draw(3, Size::SMALL);
    let (inventory, _) = read(&drawn.files, &drawn.scenario);
    let mut files = drawn.files.clone();
    files.push(("growth.csv".to_owned(), "start,monthly\n".to_owned()));
    let (other, _) = read(&files, &drawn.scenario);
    assert_eq!(inventory, other);
    let bytes = |inventory: &Inventory| -> Vec<SourceFile> { write(inventory) };
    assert!(
        bytes(&inventory)
            .iter()
            .all(|file| file.name != "growth.csv")
    );
    let drawn = grown(3, Size::SMALL);
    let (inventory, _) = read(&drawn.files, &drawn.scenario);
    let again = plimsoll::inventory::read(&write(&inventory)).inventory;
    assert_eq!(again.as_ref(), Some(&inventory));
}
