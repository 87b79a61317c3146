//! Weird but valid input is planned, changed input is planned or refused: never a panic, and every plan holds.

use crate::draw::{Draw, Size, draw};
use crate::levels::judged;
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use crate::tables::{Cells, changed};
use plimsoll::engine::{NoWatch, Options, plan};
use plimsoll::inventory::SourceFile;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Plan, Status};
use plimsoll::scenario::ScenarioText;
use plimsoll::solve::Stop;
use plimsoll::units::{AGREEMENT, is_close};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::fmt::Write as _;
use std::path::Path;

/// The plan of a scenario, which holds.
pub(crate) fn sound_plan(inventory: &Inventory, scenario: &Scenario) -> Plan {
    let options = Options {
        stop: &Stop::default(),
        watch: &NoWatch,
    };
    let plan = plan(inventory, scenario, &options).unwrap_or_else(|error| panic!("{error}"));
    assert_ne!(plan.status, Status::Stopped);
    let verdict = judged(inventory, scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    plan
}

/// The same of texts free of errors.
fn sound_plan_of(files: &[(String, String)], scenario: &str) -> Plan {
    let (inventory, scenario) = read(files, scenario);
    sound_plan(&inventory, &scenario)
}

/// Asserts that two numbers of users agree.
#[track_caller]
fn assert_same(found: f64, expected: f64) {
    assert!(
        is_close(found, expected, AGREEMENT),
        "{found}, not {expected}"
    );
}

/// The files of data/tiny and its drain of Chicago.
fn tiny() -> Draw {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tiny");
    Draw {
        files: csv_files(&folder),
        scenario: text(&folder.join("drain-chicago.toml")),
    }
}

/// data/tiny with every cell of a column passed through `change`.
fn with_column(file: &str, column: &str, change: impl Fn(&str) -> String) -> Vec<(String, String)> {
    changed(&tiny().files, |name, mut cells| {
        if name == file {
            let at = cells.column(column).expect("a column");
            for row in &mut cells.rows {
                row[at] = change(&row[at]);
            }
        }
        cells
    })
}

/// Unserved and moved users of the first period of data/tiny with such files.
fn unserved_and_moved(files: &[(String, String)]) -> (f64, f64) {
    let plan = sound_plan_of(files, &tiny().scenario);
    let totals = &plan.periods[0].totals;
    (totals.unserved, totals.moved)
}

/// data/tiny's scenario with lines added to its policy.
fn with_policy(lines: &str) -> String {
    tiny()
        .scenario
        .replace("[policy]", &format!("[policy]\n{lines}"))
}

/// data/tiny's scenario with other events.
fn with_events(lines: &str) -> String {
    let scenario = tiny().scenario;
    let (head, _) = scenario.split_once("[[event]]").expect("it has an event");
    format!("{head}{lines}")
}

#[test]
fn nobody_anywhere_is_planned() {
    let files = with_column("shards.csv", "users", |_| "0".to_owned());
    assert_eq!(unserved_and_moved(&files), (0.0, 0.0));
}

#[test]
fn users_without_demand_move_for_free() {
    let files = changed(&tiny().files, |name, mut cells| {
        if name == "profiles.csv" {
            cells.rows[0][1..].fill("0".to_owned());
        }
        cells
    });
    assert_eq!(unserved_and_moved(&files), (0.0, 90_000.0));
}

#[test]
fn no_events_leave_everybody_at_home() {
    let plan = sound_plan_of(&tiny().files, &with_events(""));
    assert_eq!(plan.periods.len(), 1);
    assert_same(plan.periods[0].totals.moved, 0.0);
    assert!(plan.is_good());
}

#[test]
fn sites_without_any_capacity_serve_nobody() {
    let files = with_column("sites.csv", "cpu", |_| "0".to_owned());
    assert_eq!(unserved_and_moved(&files), (180_000.0, 0.0));
}

#[test]
fn without_limits_everybody_is_served() {
    let files = changed(&tiny().files, |name, mut cells| {
        if ["resources.csv", "profiles.csv"].contains(&name) {
            return cells;
        }
        for limited in ["cpu", "bandwidth"] {
            let Some(column) = cells.column(limited) else {
                continue;
            };
            for row in &mut cells.rows {
                row[column] = "unlimited".to_owned();
            }
        }
        cells
    });
    assert_eq!(unserved_and_moved(&files), (0.0, 90_000.0));
}

/// One site, one shard of 10 users, 10 of 100 used.
fn single_site() -> Vec<(String, String)> {
    [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        ("client_regions.csv", "client_region\nr\n"),
        ("sites.csv", "site,cpu\na,100\n"),
        ("access_points.csv", "access_point\np\n"),
        ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\n"),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a,mail,r,gold\n",
        ),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .to_vec()
}

/// From 2 to 6 o'clock, with events.
fn morning(events: &str) -> String {
    format!(
        "[scenario]\nname = \"weird\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n{events}"
    )
}

#[test]
fn the_only_site_is_drained_and_nobody_is_served() {
    let scenario = morning("[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n");
    let plan = sound_plan_of(&single_site(), &scenario);
    assert_same(plan.periods[0].totals.unserved, 10.0);
}

#[test]
fn a_site_for_hardly_any_of_its_users_is_full_of_them() {
    let files = changed(&single_site(), |name, mut cells| {
        match name {
            "sites.csv" => cells.rows[0][1] = "0.05".to_owned(),
            "shards.csv" => cells.rows[0][2] = "100000".to_owned(),
            _ => {}
        }
        cells
    });
    let plan = sound_plan_of(&files, &morning(""));
    assert_same(plan.periods[0].totals.unserved, 99_999.95);
}

#[test]
fn the_only_path_is_gone_and_nobody_is_served() {
    for component in ["p", "l1", "l2"] {
        let event = format!("[[event]]\nkind = \"failure\"\ncomponent = \"{component}\"\n");
        let plan = sound_plan_of(&single_site(), &morning(&event));
        assert_same(plan.periods[0].totals.unserved, 10.0);
    }
}

#[test]
fn no_path_within_the_latency_limit_leaves_everybody_unserved() {
    let scenario = with_policy("").replace("max_latency_ms = 150", "max_latency_ms = 1");
    let plan = sound_plan_of(&tiny().files, &scenario);
    assert_same(plan.periods[0].totals.unserved, 180_000.0);
}

#[test]
fn an_event_outside_the_scenario_changes_nothing() {
    let event = "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nstart = 2031-01-01T00:00:00Z\n\
                 end = 2031-01-02T00:00:00Z\n";
    let plan = sound_plan_of(&single_site(), &morning(event));
    assert_eq!(plan.periods.len(), 1);
    assert!(plan.is_good());
}

#[test]
fn no_move_is_permitted_and_only_who_cannot_stay_is_unserved() {
    let scenario = with_policy("max_moved_users = 0");
    let plan = sound_plan_of(&tiny().files, &scenario);
    let totals = &plan.periods[0].totals;
    assert_same(totals.unserved, 90_000.0);
    assert_same(totals.moved, 0.0);
}

#[test]
fn very_many_users_are_planned() {
    // A million times the users, and a millionth of the demand of each: the same answer, a million times larger.
    let more = changed(&tiny().files, |name, mut cells| {
        if name == "shards.csv" {
            let users = cells.column("users").expect("a column");
            for row in &mut cells.rows {
                row[users].push_str("000000");
            }
        }
        if name == "profiles.csv" {
            for cell in cells.rows[0].iter_mut().skip(1) {
                cell.push_str("e-6");
            }
        }
        cells
    });
    let (unserved, moved) = unserved_and_moved(&more);
    assert!(unserved < 1.0, "{unserved}");
    assert!((moved - 9e10).abs() < 1.0, "{moved}");
}

#[test]
fn many_more_users_than_could_be_served_are_planned() {
    let files = with_column("shards.csv", "users", |_| "1000000".to_owned());
    let (unserved, _) = unserved_and_moved(&files);
    // San Antonio is full of the copies that it holds; Amsterdam serves 50,000.
    assert!((unserved - 5.95e6).abs() < 1.0, "{unserved}");
}

#[test]
fn users_with_hardly_any_demand_are_planned() {
    let files = changed(&tiny().files, |name, mut cells| {
        if name == "profiles.csv" {
            cells.rows[0][1..].fill("1e-9".to_owned());
        }
        cells
    });
    assert_eq!(unserved_and_moved(&files), (0.0, 90_000.0));
}

#[test]
fn surges_to_hardly_anybody_and_to_a_million_times_as_many_are_planned() {
    for (factor, served) in [("1e-6", 0.18), ("1e6", 0.0)] {
        let events = format!("[[event]]\nkind = \"surge\"\nfactor = {factor}\n");
        let plan = sound_plan_of(&tiny().files, &with_events(&events));
        let totals = &plan.periods[0].totals;
        if served > 0.0 {
            assert!((totals.users - served).abs() < 1e-9, "{totals:?}");
            assert!(totals.unserved < 1e-9, "{totals:?}");
        } else {
            assert!(totals.unserved > 1.7e11, "{totals:?}");
        }
    }
}

#[test]
fn fifty_periods_are_planned() {
    let mut events = String::new();
    for minute in 0..49 {
        let (start, end) = (minute * 4, minute * 4 + 4);
        let site = ["chi", "sat", "ams"][minute % 3];
        writeln!(
            events,
            "[[event]]\nkind = \"maintenance\"\ncomponent = \"{site}\"\ncapacity = 0.9\n\
             start = 2012-11-17T{:02}:{:02}:00-06:00\nend = 2012-11-17T{:02}:{:02}:00-06:00",
            2 + start / 60,
            start % 60,
            2 + end / 60,
            end % 60
        )
        .expect("a String takes everything");
    }
    let plan = sound_plan_of(&tiny().files, &with_events(&events));
    assert_eq!(plan.periods.len(), 50);
}

/// What a cell may be changed to.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "",
            "0",
            "1",
            "-1",
            "0.5",
            "1e-9",
            "1e6",
            "unlimited",
            "nan",
            "yes",
            "no",
            "site",
            "network",
            "standby",
            "blocked",
            "pinned",
            "replica_only",
            "site1",
            "site2",
            "ap1",
            "standby1",
            "core1",
            "r1",
            "r2",
            "profile1",
            "cpu",
            "storage",
            "EU",
            "shard1",
            "tenant1",
            "gold",
            "lb-isp",
            "l00",
            "2030-03-01T03:00:00Z",
            "\u{1f984}",
        ])
        .prop_map(str::to_owned),
        "[0-9]{1,4}(\\.[0-9]{1,2})?",
    ]
}

/// A file, row and column by a random number each, and what stands there afterwards.
fn change() -> impl Strategy<Value = (usize, usize, usize, String)> {
    (any::<usize>(), any::<usize>(), any::<usize>(), cell())
}

/// A line of a scenario by a random number, and what its value becomes.
fn new_value() -> impl Strategy<Value = (usize, String)> {
    let values = prop::sample::select(vec![
        "0",
        "1",
        "-1",
        "0.5",
        "1e6",
        "1e-6",
        "true",
        "\"keep\"",
        "\"repair\"",
        "\"stay\"",
        "\"anywhere\"",
        "\"replicas\"",
        "\"site1\"",
        "\"ap1\"",
        "\"core1\"",
        "\"r1\"",
        "[\"unserved\"]",
        "2030-03-01T04:30:00Z",
        "2030-03-01T02:00:00Z",
        "{}",
    ]);
    (any::<usize>(), values.prop_map(str::to_owned))
}

fn changed_files(
    files: &[(String, String)],
    changes: &[(usize, usize, usize, String)],
) -> Vec<(String, String)> {
    let mut files = files.to_vec();
    for (file, row, column, value) in changes {
        let at = file % files.len();
        let mut cells = Cells::of(&files[at].1);
        if cells.rows.is_empty() {
            continue;
        }
        let row = row % cells.rows.len();
        let column = column % cells.header.len();
        cells.rows[row][column].clone_from(value);
        files[at].1 = cells.text();
    }
    files
}

fn changed_scenario(scenario: &str, changes: &[(usize, String)]) -> String {
    let mut lines: Vec<String> = scenario.lines().map(str::to_owned).collect();
    for (line, value) in changes {
        let at = line % lines.len();
        if let Some((key, _)) = lines[at].clone().split_once(" = ") {
            lines[at] = format!("{key} = {value}");
        }
    }
    lines.join("\n")
}

/// The same changes every time. `PLIMSOLL_CASES` asks for more of them.
#[test]
fn changed_input_is_refused_or_planned_and_the_plan_holds() {
    let cases = std::env::var("PLIMSOLL_CASES").ok();
    let config = ProptestConfig {
        cases: cases.and_then(|text| text.parse().ok()).unwrap_or(600),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let changes = (
        0..3_000_u64,
        prop::collection::vec(change(), 0..4),
        prop::collection::vec(new_value(), 0..3),
    );
    let outcome = TestRunner::new_with_rng(config, rng).run(&changes, |(seed, cells, values)| {
        let drawn = draw(seed, Size::SMALL);
        let sources: Vec<SourceFile> = changed_files(&drawn.files, &cells)
            .into_iter()
            .map(|(name, text)| SourceFile {
                name,
                bytes: text.into_bytes(),
            })
            .collect();
        let Some(inventory) = plimsoll::inventory::read(&sources).inventory else {
            return Ok(());
        };
        let layer = ScenarioText {
            name: "scenario.toml".to_owned(),
            text: changed_scenario(&drawn.scenario, &values),
        };
        if let Some(scenario) = plimsoll::scenario::read(&[layer], &inventory).scenario {
            sound_plan(&inventory, &scenario);
        }
        Ok(())
    });
    assert!(outcome.is_ok(), "{outcome:?}");
}
