//! Scenario files against inventories from files: the cases by hand, random ones, the committed manual.

use crate::draw::{Size, draw};
use crate::folders::{file, folder};
use crate::levels::{assert_none, broken, found_in_changed_draws};
use crate::naive;
use jiff::{SignedDuration, Timestamp};
use plimsoll::inventory;
use plimsoll::model::{Case, EventKind, Inventory, Phase, Scenario};
use plimsoll::scenario::{
    Band, Knowledge, Period, ScenarioText, case_at, manual, periods, read, unanswered,
};
use std::path::{Path, PathBuf};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn is_scenario(name: &str) -> bool {
    Path::new(name).extension() == Some("toml".as_ref())
}

/// The scenario of one text about which nothing is to be said, as `label` tells.
fn scenario_of(text: &str, inventory: &Inventory, label: &str) -> Scenario {
    let layer = ScenarioText {
        name: "scenario.toml".to_owned(),
        text: text.to_owned(),
    };
    let reading = read(&[layer], inventory);
    let texts: Vec<String> = reading.findings.iter().map(ToString::to_string).collect();
    reading
        .scenario
        .unwrap_or_else(|| panic!("{label}:\n{}", texts.join("\n")))
}

/// The inventory and scenario of a seed.
fn drawn(seed: u64) -> (Inventory, Scenario) {
    let draw = draw(seed, Size::SMALL);
    let files: Vec<_> = draw
        .files
        .iter()
        .map(|(name, text)| file(name, text))
        .collect();
    let inventory = inventory::read(&files)
        .inventory
        .expect("what is drawn is valid");
    let scenario = scenario_of(&draw.scenario, &inventory, &format!("seed {seed}"));
    (inventory, scenario)
}

#[test]
fn the_cases_by_hand_have_scenarios_without_findings() {
    let mut count = 0;
    for case in ["one-drain", "two-keep", "three-network", "four-share"] {
        let files = folder(&root("tests/cases").join(case));
        let inventory = inventory::read(&files)
            .inventory
            .expect("the case is sound");
        for scenario in files.iter().filter(|file| is_scenario(&file.name)) {
            let layer = ScenarioText {
                name: scenario.name.clone(),
                text: String::from_utf8(scenario.bytes.clone()).expect("UTF-8"),
            };
            assert_eq!(read(&[layer], &inventory).findings, [], "{case}");
            count += 1;
        }
    }
    assert_eq!(count, 7);
}

#[test]
fn random_scenarios_are_read() {
    for seed in 0..200 {
        drawn(seed);
    }
}

#[test]
fn periods_cover_the_scenario_without_gap_or_overlap() {
    for seed in 0..200 {
        let (inventory, scenario) = drawn(seed);
        let all = periods(&inventory, &scenario);
        let first = all.first().map(|period| period.start);
        let last = all.last().map(|period| period.end);
        assert_eq!((first, last), (Some(scenario.start), Some(scenario.end)));
        assert!(all.iter().all(|period| period.start < period.end));
        assert!(all.windows(2).all(|pair| pair[0].end == pair[1].start));
    }
}

/// Some instants of a period, its first and its last nanosecond among them.
fn instants(period: &Period) -> [Timestamp; 3] {
    let half = SignedDuration::from_secs(period.end.duration_since(period.start).as_secs() / 2);
    let middle = period.start.checked_add(half);
    let last = period.end.checked_sub(SignedDuration::from_nanos(1));
    [
        period.start,
        middle.expect("in the calendar"),
        last.expect("in the calendar"),
    ]
}

#[test]
fn nothing_that_a_plan_depends_on_changes_within_a_period() {
    for seed in 0..200 {
        let (inventory, scenario) = drawn(seed);
        for period in periods(&inventory, &scenario) {
            for band in [Band::Expected, Band::Low, Band::High] {
                for knowledge in [Knowledge::Believed, Knowledge::True] {
                    let cases: [Case; 3] = instants(&period)
                        .map(|at| case_at(&inventory, &scenario, at, knowledge, band));
                    assert!(
                        cases.iter().all(|case| *case == cases[0]),
                        "seed {seed}, {period:?}, {knowledge:?}, {band:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn belief_and_truth_differ_only_where_something_is_unanswered() {
    let mut hidden = 0;
    for seed in 0..200 {
        let (inventory, scenario) = drawn(seed);
        for period in periods(&inventory, &scenario) {
            let [believed, truth] = [Knowledge::Believed, Knowledge::True].map(|knowledge| {
                case_at(
                    &inventory,
                    &scenario,
                    period.start,
                    knowledge,
                    Band::Expected,
                )
            });
            let affected = unanswered(&inventory, &scenario, period.start);
            assert_eq!(
                affected.is_empty(),
                period.phase == Phase::Known,
                "seed {seed}"
            );
            let is_hurt = |component: usize| {
                affected
                    .iter()
                    .any(|affected| affected.component.index() == component)
            };
            for (component, rows) in believed.available.rows().into_iter().enumerate() {
                let is_same = rows == truth.available.row(component);
                assert!(is_same || is_hurt(component), "seed {seed}");
            }
            hidden += usize::from(period.phase != Phase::Known);
        }
    }
    assert!(
        hidden > 20,
        "the draws show blind and reacting periods: {hidden}"
    );
}

/// `PLIMSOLL_BLESS=1` writes the manual anew.
#[test]
fn committed_manual_is_the_one_that_the_schema_makes() {
    let path = root("docs/scenario.md");
    if std::env::var_os("PLIMSOLL_BLESS").is_some() {
        std::fs::write(&path, manual()).expect("docs can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(committed, manual());
}

/// Adds to every fault that ends within the scenario one of which it is not known for a while, of a part of what the first is on.
fn staged(seed: u64, _: &mut Inventory, scenario: &mut Scenario) {
    let hour = SignedDuration::from_hours(1);
    let mut added = Vec::new();
    for (index, event) in scenario.events.iter_mut().enumerate() {
        let kind = match &event.kind {
            EventKind::Failure(reduction) | EventKind::Gray(reduction) => {
                let mut part = reduction.clone();
                part.capacity = 0.5;
                if seed.is_multiple_of(2) {
                    part.components.truncate(1);
                }
                EventKind::Failure(part)
            }
            EventKind::Slow(slow) => EventKind::Slow(slow.clone()),
            _ => continue,
        };
        event.end = event.end.min(scenario.end - hour);
        event.start = event.start.min(event.end - hour);
        event.detected = event.detected.min(event.end - hour / 2);
        let mut next = event.clone();
        next.kind = kind;
        let early = SignedDuration::from_mins(15 * [0, 1, 2][(seed % 3) as usize]);
        next.start = event.end - early;
        next.end = next.start + hour;
        let late = [0, 15, 30, 45, 60][((seed % 5) as usize + index) % 5];
        next.detected = next.start + SignedDuration::from_mins(late);
        let mut third = next.clone();
        third.start = next.end;
        third.end = scenario.end;
        third.detected = third.start + hour / 2;
        added.extend([next, third]);
    }
    scenario.events.extend(added);
    scenario.policy.reaction_minutes = [0.0, 15.0][(seed / 2 % 2) as usize];
}

#[test]
fn staged_repairs_of_random_scenarios_are_believed_as_read_from_the_text() {
    let found = |inventory: &Inventory, scenario: &Scenario| {
        let quarters =
            (0..16).map(|number| scenario.start + SignedDuration::from_mins(15 * number));
        let differs = |at: &Timestamp| {
            let planned = case_at(
                inventory,
                scenario,
                *at,
                Knowledge::Believed,
                Band::Expected,
            );
            let read =
                naive::at_instant::at_instant(inventory, scenario, *at, naive::Band::Expected);
            let is_same = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12;
            let same_left = planned.available.iter().zip(&read.available).all(is_same);
            !same_left || planned.gone != read.gone || planned.hours.slice_count() != read.slices()
        };
        quarters
            .filter(|at| *at < scenario.end)
            .filter(differs)
            .map(|at| at.to_string())
            .collect()
    };
    assert_none(&found_in_changed_draws(Size::SMALL, 120, staged, found));
}

#[test]
fn every_plan_of_staged_repairs_holds() {
    assert_none(&found_in_changed_draws(Size::SMALL, 40, staged, broken));
}
