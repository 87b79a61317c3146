//! The command that `plimsoll window` prints plans what it recommends, and its numbers say the same everywhere.

use super::window::stdout;
use super::{plimsoll, written};
use crate::command_line::root;
use crate::folders::folder;
use plimsoll::model::PlannedDemand;
use plimsoll::scenario::{MergedLayers, ScenarioText, read};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The output of `plimsoll window` for a component of a shipped inventory, as one line.
fn window(place: &TempDir, inventory: &str, component: &str, more: &[&str]) -> String {
    let shipped = root(inventory).display().to_string();
    let asked = ["window", &shipped, "--component", component];
    let span = ["--between", "2026-11-28", "--and", "2026-11-29"];
    let how = ["--duration", "6h", "--step", "6h", "--out", "windows"];
    let output = plimsoll(place, &[&asked[..], &span, &how, more].concat()).output();
    let output = output.expect("it runs");
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)), "{output:?}");
    let text = stdout(&output);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text_of(place: &TempDir, name: &str) -> String {
    fs::read_to_string(place.path().join(name)).expect("it is written")
}

fn json_of(place: &TempDir, name: &str) -> Value {
    serde_json::from_str(&text_of(place, name)).expect("it is JSON")
}

/// A column of a table, as numbers.
fn column(table: &str, name: &str) -> Vec<f64> {
    let mut rows = table.lines().map(|row| row.split(',').collect::<Vec<_>>());
    let header = rows.next().expect("a header");
    let position = header.iter().position(|column| *column == name);
    let position = position.unwrap_or_else(|| panic!("{name}: {header:?}"));
    rows.map(|row| row[position].parse().unwrap_or(0.0))
        .collect()
}

/// By shipped inventory, component and scenario: users unserved, moved, and the begin of the maintenance are those of the plan,
/// and its runbook has the maintenance once. `two-drains.toml` keeps the drain of Dublin.
#[test]
fn the_printed_command_plans_what_window_recommends() {
    for (inventory, component, scenario) in [
        ("data/keep-room", "ams", None),
        ("data/keep-room", "ams", Some("drain-ams.toml")),
        ("data/keep-room", "ams", Some("drain-ams-commands.toml")),
        ("data/keep-room", "ams", Some("drain-ams-protected.toml")),
        ("data/keep-room", "dub", Some("drain-ams.toml")),
        ("data/rolling-drains", "ams", Some("two-drains.toml")),
        ("data/tiny", "chi", Some("drain-chicago.toml")),
        ("data/tiny", "chi", Some("drain-amsterdam.toml")),
    ] {
        let place = TempDir::new().expect("there is room for a folder");
        let file = scenario.map(|name| root(inventory).join(name).display().to_string());
        let of = file.iter().flat_map(|file| ["--scenario", file.as_str()]);
        let of: Vec<&str> = of.chain(["--no-failures"]).collect();
        let text = window(&place, inventory, component, &of);
        let of = format!("{inventory} {component} {scenario:?}:\n{text}");
        let (_, command) = text.split_once("For the runbook: plimsoll ").expect(&of);
        let page = text_of(&place, "windows/report.html");
        let whole = format!("plimsoll {command}");
        assert!(
            page.contains("First: plan it with ") && page.contains(&whole),
            "{of}"
        );
        let args: Vec<&str> = command.split(' ').chain(["--quiet"]).collect();
        let output = plimsoll(&place, &args).output().expect("it runs");
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 1)), "{of}: {output:?}");

        let windows = json_of(&place, "windows/windows.json");
        let drain = windows["drains"]
            .as_array()
            .and_then(|drains| drains.last());
        let drain = drain.expect("a drain");
        let summary = json_of(&place, "plan/summary.json");
        let periods = summary["periods"].as_array().expect("a list");
        let unserved = periods
            .iter()
            .filter_map(|one| one["unserved_users"].as_f64());
        let is_protected = scenario.is_some_and(|name| name.contains("protected"));
        if !is_protected {
            let planned = drain["plan"]["unserved_users"].as_f64();
            assert_eq!(Some(unserved.fold(0.0, f64::max)), planned, "{of}");
            let start = drain["start"].as_str().expect("a start");
            let first = periods.iter().position(|one| one["start"] == start);
            let first = first.unwrap_or_else(|| panic!("no period begins at {start}: {of}"));
            let waves = text_of(&place, "plan/waves.csv");
            let of_period = column(&waves, "period").into_iter();
            let users = of_period.zip(column(&waves, "users_out"));
            let users = users.filter(|(period, _)| *period >= first as f64);
            let users: f64 = users.map(|(_, users)| users).sum();
            assert_eq!(Some(users), drain["users"].as_f64(), "{of}");
        }
        let runbook = text_of(&place, "plan/runbook.md");
        let begins = runbook.lines().filter(|line| {
            line.starts_with("## ") && line.contains(&format!("({component}) begins"))
        });
        assert_eq!(begins.count(), 1, "{of}\n{runbook}");
        let is_left_out = scenario.is_some_and(|_| component != "dub" && !of.contains("amsterdam"));
        assert_eq!(
            text.contains("Left out: the scenario's own maintenance of "),
            is_left_out,
            "{of}"
        );
    }
}

/// The merged text of every shipped scenario is read as that scenario, whatever span it is given.
#[test]
fn merged_layers_mean_what_the_layers_do() {
    let mut count = 0;
    for path in [
        "data/tiny",
        "data/keep-room",
        "data/rolling-drains",
        "data/global",
        "data/americas-2012",
    ] {
        let path = root(path);
        let inventory = plimsoll::inventory::read(&folder(&path)).inventory;
        let inventory = inventory.expect("what is shipped is sound");
        for file in folder(&path) {
            if Path::new(&file.name).extension() != Some("toml".as_ref()) {
                continue;
            }
            let layer = |text: String| ScenarioText {
                name: file.name.clone(),
                text,
            };
            let layers = [layer(
                String::from_utf8(file.bytes.clone()).expect("it is text"),
            )];
            let Some(mut scenario) = read(&layers, &inventory).scenario else {
                continue;
            };
            let merged = MergedLayers::of(&layers, &scenario).expect("it is TOML");
            let at = |at: jiff::Timestamp| at.display_with_offset(scenario.offset).to_string();
            let earlier = scenario.start - jiff::SignedDuration::from_hours(5);
            let text = merged.text([&scenario.name, &at(earlier), &at(scenario.end)]);
            let again = read(&[layer(text.clone())], &inventory);
            scenario.start = earlier;
            scenario.policy.demand = PlannedDemand::Hourly;
            assert_eq!(
                again.scenario,
                Some(scenario),
                "{}:\n{text}\n{:?}",
                file.name,
                again.findings
            );
            count += 1;
        }
    }
    assert!(count >= 30, "{count} scenarios are compared");
}

/// Once users have moved, Frankfurt's failure leaves 100,000 unserved if only affected users may move; before, none is. One
/// failure before or after moves is not the same number, and text, table, chart and page name both.
#[test]
fn both_times_of_a_further_failure_are_named_wherever_they_are_counted() {
    let place = TempDir::new().expect("there is room for a folder");
    let scenario = root("data/keep-room/drain-ams.toml").display().to_string();
    let text = window(&place, "data/keep-room", "ams", &["--scenario", &scenario]);
    let said = "1 of 3 further failures leaves users unserved once users have moved (`movers = \"affected\"`), Frankfurt (100,000). \
        Any one more failure is survived before users move. Amsterdam for 6 h: ";
    assert!(text.starts_with(said), "{text}");
    let headings = ["failure before moves", "failure after moves"];
    assert!(
        headings.iter().all(|heading| text.contains(heading)),
        "{text}"
    );
    assert!(text.contains("100,000 (Frankfurt)"), "{text}");
    assert_eq!(text.matches("not planned 100,000").count(), 3, "{text}");
    let table = text_of(&place, "windows/windows.csv");
    assert_eq!(column(&table, "unserved_after_it"), [0.0; 4], "{table}");
    let moved = column(&table, "unserved_after_it_once_moved");
    assert_eq!(moved, [100_000.0, 0.0, 0.0, 0.0], "{table}");
    assert_eq!(
        column(&table, "further_failures_once_moved"),
        [3.0, 0.0, 0.0, 0.0]
    );
    assert!(
        table
            .lines()
            .nth(1)
            .is_some_and(|row| row.ends_with(",3,1,fra,100000")),
        "{table}"
    );
    assert!(
        table
            .lines()
            .nth(2)
            .is_some_and(|row| row.ends_with(",,,,")),
        "{table}"
    );
    let chart = text_of(&place, "windows/charts/windows.svg");
    let words = chart
        .split('<')
        .filter_map(|part| Some(part.split_once('>')?.1));
    let words = words.flat_map(str::split_whitespace);
    let words = words.collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("no users unserved after one more failure before users move, at worst"),
        "{words}"
    );
    assert!(words.contains("once users have moved"), "{words}");
    let page = text_of(&place, "windows/report.html");
    assert!(page.contains("users unserved if one more fails once users have moved"));

    // While all users may move, all is survived, and that is what decides.
    let text = window(&place, "data/keep-room", "ams", &[]);
    let said = "any one more failure is survived before users move and once they have moved (`movers = \"all\"`)";
    assert!(text.contains(said), "{text}");
}

/// With `[protect]` the plan keeps spare capacity that the ranking does not: no number of the finding holds for it.
#[test]
fn protection_that_is_not_planned_is_said_first() {
    let place = TempDir::new().expect("there is room for a folder");
    let scenario = root("data/keep-room/drain-ams-protected.toml")
        .display()
        .to_string();
    let of = ["--scenario", scenario.as_str()];
    let text = window(&place, "data/keep-room", "ams", &of);
    let first = "Without `[protect]`, which only `plan` plans for, 1 of 3 further failures leaves users unserved once users have moved";
    assert!(text.starts_with(first), "{text}");
    let text = window(
        &place,
        "data/keep-room",
        "ams",
        &[&of[..], &["--no-failures"]].concat(),
    );
    let said = "Without `[protect]`, which only `plan` plans for, everyone is served;";
    assert!(text.contains(said), "{text}");
}

/// A file of a policy alone has no times: it holds for all windows.
#[test]
fn a_policy_alone_needs_no_times() {
    let place = written(&[]);
    let policy = "[policy]\nmovers = \"affected\"\n";
    fs::write(place.path().join("policy.toml"), policy).expect("there is room");
    let more = ["--scenario", "policy.toml"];
    let text = window(&place, "data/keep-room", "ams", &more);
    assert!(
        text.contains("Amsterdam for 6 h: best from 28 Nov 00:00 to 06:00 UTC"),
        "{text}"
    );
    let scenario = text_of(&place, "windows/maintenance.toml");
    assert!(scenario.contains("movers = \"affected\""), "{scenario}");
    assert!(text.contains("(`movers = \"affected\"`)"), "{text}");
}
