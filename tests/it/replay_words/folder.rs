//! The folder of a replay: its files agree with each other, and are the same whatever the threads.

use super::place::{JAM, PLACE, Place, json, number, plimsoll, printed, replayed, rows, written};
use crate::command_line::{contents, root};
use crate::folders::folder as files_of;
use plimsoll::report::replay::REPLAY_TABLES;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use tempfile::TempDir;

/// The drain of Chicago all at once, which its sessions do not survive.
fn at_once(out: &TempDir, args: &[&str]) -> std::process::Output {
    let inventory = root("data/incidents/22-january-2026");
    let scenario = inventory.join("at-once.toml");
    let (inventory, scenario) = (
        inventory.display().to_string(),
        scenario.display().to_string(),
    );
    let all = [
        "replay",
        &inventory,
        "--scenario",
        &scenario,
        "--out",
        "replay",
    ];
    plimsoll(out.path(), &[all.as_slice(), args].concat())
}

#[test]
fn the_same_bytes_come_twice_and_with_any_threads() {
    let made: Vec<BTreeMap<_, _>> = ["1", "1", "4"]
        .iter()
        .map(|threads| {
            let folder = TempDir::new().expect("there is room for a folder");
            printed(&at_once(&folder, &["--threads", threads, "--quiet"]), 1);
            contents(&folder.path().join("replay"))
        })
        .collect();
    assert!(made[0].len() > 10);
    assert!(made[0] == made[1] && made[0] == made[2]);
}

#[test]
fn the_title_of_users_down_begins_with_a_capital_letter() {
    let folder = TempDir::new().expect("there is room for a folder");
    let inventory = root("data/tiny").display().to_string();
    let scenario = root("data/tiny/drain-chicago.toml").display().to_string();
    let to_svg = ["--out", "replay", "--quiet"];
    let args = ["replay", &inventory, "--scenario", &scenario];
    let output = plimsoll(folder.path(), &[&args[..], &to_svg].concat());
    printed(&output, 0);
    let svg = fs::read_to_string(folder.path().join("replay/charts/down.svg")).expect("a picture");
    let title = "<title>No users are down with the plan; at most 90,000 users are down at once without action</title>";
    assert!(svg.contains(title), "{svg}");
}

#[test]
fn tables_add_up_to_what_the_json_says() {
    let folder = TempDir::new().expect("there is room for a folder");
    let printed_json = printed(&at_once(&folder, &["--no-charts", "--json"]), 1);
    let item = json(&folder);
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&printed_json).expect("JSON"),
        item
    );
    let refused = item["plan"]["refused"].as_str().expect("a reason");
    assert!(refused.starts_with("Chicago's drain needs "), "{refused}");
    let timeline = rows(&folder, "timeline.csv");
    let tiers = rows(&folder, "tiers.csv");
    let tenants = rows(&folder, "tenants.csv");
    let components = rows(&folder, "components.csv");
    for run in item["runs"].as_array().expect("runs") {
        let word = run["run"].as_str().expect("a word");
        let is_own = |row: &&BTreeMap<String, String>| row["run"] == word;
        let value = |name: &str| run[name].as_f64().expect("a number");
        let agree_within = |share: f64, name: &str, sum: f64| {
            let amount = value(name);
            let apart = (sum - amount).abs() / amount.abs().max(1.0);
            assert!(apart < share, "{word} {name}: {sum} and {amount}");
        };
        let agree = |name: &str, sum: f64| agree_within(1e-6, name, sum);
        // Tenants are counted at their mean over every stretch in which some of them move.
        let nearly = |name: &str, sum: f64| agree_within(0.01, name, sum);
        let minutes = |row: &BTreeMap<String, String>| {
            let at = |column: &str| row[column].parse::<jiff::Timestamp>().expect("an instant");
            at("end").duration_since(at("start")).as_secs_f64() / 60.0
        };
        let over_time = |column: &str| -> f64 {
            let filter = timeline.iter().filter(is_own);
            filter.map(|row| number(row, column) * minutes(row)).sum()
        };
        let over_tiers = |column: &str| -> f64 {
            tiers
                .iter()
                .filter(is_own)
                .map(|row| number(row, column))
                .sum()
        };
        agree("user_minutes", over_time("users"));
        nearly("down_minutes", over_time("users_down"));
        for name in ["sent", "served", "failed", "late"] {
            nearly(name, over_time(name));
            agree(name, over_tiers(name));
        }
        agree("user_minutes", over_tiers("user_minutes"));
        agree("down_minutes", over_tiers("down_minutes"));
        let of_tenants = tenants.iter().filter(is_own);
        agree(
            "down_minutes",
            of_tenants.map(|row| number(row, "down_minutes")).sum(),
        );
        let filter = timeline.iter().filter(is_own);
        agree("steps", filter.clone().count() as f64);
        let worst = filter
            .map(|row| number(row, "most_users_down"))
            .fold(0.0, f64::max);
        let most = run["worst_moment"]["most_users_down"]
            .as_f64()
            .expect("some are");
        assert!((worst - most).abs() < 1e-9);
        agree(
            "components",
            components.iter().filter(is_own).count() as f64,
        );
    }
    let uptimes: Vec<f64> = tenants
        .iter()
        .filter(|texts| texts["run"] == "plan")
        .map(|texts| number(texts, "uptime"))
        .collect();
    assert!(uptimes.is_sorted(), "the worst come first");
}

/// Queues are told from one step before something is short to one after it.
#[test]
fn queues_have_the_steps_around_every_jam_and_no_others() {
    let folder = written(&Place {
        scenario: JAM,
        ..PLACE
    });
    printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 0);
    let queues = rows(&folder, "queues.csv");
    let first = queues.first().expect("a jam");
    let last = queues.last().expect("a jam");
    assert_eq!(first["start"], "2030-06-01T11:34:00+00:00");
    assert_eq!([&first["queued"], &first["oldest_seconds"]], ["0", ""]);
    assert_eq!(last["queued"], "0");
    let mut waits = queues.iter().filter(|texts| number(texts, "queued") > 0.0);
    assert_eq!(
        waits.clone().count(),
        queues.len() - 3,
        "one before, the one in which the last of it is worked, and one after"
    );
    // 862 come while 0 are taken: the queue never clears if nothing changes.
    let filling = waits.clone().next().expect("a jam");
    assert_eq!(
        [&filling["capacity"], &filling["clearing_seconds"]],
        ["0", ""]
    );
    let draining = waits.next_back().expect("a jam");
    assert!(number(draining, "clearing_seconds") < 60.0);
}

#[test]
fn every_file_is_documented() {
    let folder = TempDir::new().expect("there is room for a folder");
    printed(&at_once(&folder, &["--quiet"]), 1);
    let document = fs::read_to_string(root("docs/output.md")).expect("it is there");
    let text = document
        .split("\n## ")
        .find(|text| text.starts_with("The folder of a replay"))
        .expect("it has a section");
    let replay = folder.path().join("replay");
    let names: BTreeSet<String> = contents(&replay)
        .keys()
        .map(|key| key.display().to_string())
        .collect();
    for name in &names {
        let stem = name.split('.').next().unwrap_or(name);
        let stem = stem.trim_end_matches(|last: char| last.is_ascii_digit());
        let is_told = text.contains(&format!("`{name}`")) || text.contains(&format!("`{stem}"));
        assert!(is_told, "{name}");
    }
    for file in files_of(&replay)
        .iter()
        .filter(|source_file| REPLAY_TABLES.contains(&source_file.name.as_str()))
    {
        let header = String::from_utf8_lossy(&file.bytes);
        for column in header.lines().next().expect("a header").split(',') {
            assert!(text.contains(column), "{}: {column}", file.name);
        }
    }
    for name in json(&folder)["runs"][0].as_object().expect("a run").keys() {
        assert!(text.contains(name.as_str()), "replay.json: {name}");
    }
}

#[test]
fn a_replay_is_replaced_whole_and_nothing_else_ever_is() {
    let folder = written(&Place {
        scenario: JAM,
        ..PLACE
    });
    printed(&replayed(&folder, &["--do-nothing"]), 0);
    assert!(folder.path().join("replay/charts/queue-1.svg").exists());
    printed(&replayed(&folder, &["--do-nothing", "--no-charts"]), 0);
    assert!(!folder.path().join("replay/charts").exists());
    fs::write(folder.path().join("replay/notes.txt"), "mine").expect("there is room");
    printed(&replayed(&folder, &["--do-nothing"]), 2);
    assert!(folder.path().join("replay/notes.txt").exists());
    assert!(!folder.path().join("replay/charts").exists());
}
