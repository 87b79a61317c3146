//! What `compare` says of two plans of which one does not state all, or that are for different events.

use super::compare::{planned, said, two_sites};
use super::plimsoll;
use std::fs;
use tempfile::TempDir;

/// The words of a text, one space between them.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The folder `part`: the plan of `folder` without some of its files.
fn without(folder: &TempDir, names: &[&str]) {
    let (plan, part) = (folder.path().join("plan"), folder.path().join("part"));
    fs::create_dir_all(part.join("inputs")).expect("a folder");
    for place in ["", "inputs"] {
        for entry in fs::read_dir(plan.join(place)).expect("it is there") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_owned();
            if path.is_file() {
                fs::copy(&path, part.join(place).join(name)).expect("a copy");
            }
        }
    }
    for name in names {
        fs::remove_file(part.join(name)).expect("it is there");
    }
}

fn json(folder: &TempDir, a: &str, b: &str) -> serde_json::Value {
    let output = plimsoll(folder, &["compare", a, b, "--json"])
        .output()
        .expect("it runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn what_a_plan_without_a_summary_does_not_state_is_no_0_and_no_change() {
    let folder = two_sites(100);
    planned(&folder);
    without(&folder, &["summary.json"]);
    let (text, _) = said(&folder, "part", "plan");
    let text = flat(&text);
    assert!(text.contains("users reconnecting not stated 10"), "{text}");
    assert!(!text.contains("+10"), "{text}");
    assert!(
        text.contains("of these, by copying not stated 10"),
        "{text}"
    );
    let first = text.find("Not stated by A:").expect("it is said");
    let verdict = text.find("cannot be determined").expect("it is said");
    assert!(first < verdict, "{text}");
    let pair = &json(&folder, "part", "plan")["pairs"][0];
    for key in [
        "copied_users",
        "returned_users",
        "reconnecting_users",
        "worst_shortfall",
        "opened_access_points",
    ] {
        assert!(pair["a"][key].is_null(), "{key}: {pair}");
        assert!(!pair["b"][key].is_null(), "{key}: {pair}");
    }
    assert!(!pair["a"]["moved_users"].is_null(), "{pair}");
}

#[test]
fn absent_files_are_listed_before_the_verdict_whichever_side_lacks_them() {
    let folder = two_sites(100);
    planned(&folder);
    without(&folder, &["waves.csv", "tenants.csv", "blind.csv"]);
    for (a, b, letter) in [("part", "plan", "A"), ("plan", "part", "B")] {
        let (text, page) = said(&folder, a, b);
        let text = flat(&text);
        let gap = format!(
            "Not stated by {letter}: transitions (no waves.csv), undetected faults (no blind.csv) and promises to tenants (no tenants.csv). They are not compared."
        );
        let verdict = text.find("Both plans reach the same").expect("it is said");
        let said_at = text.find(&gap).unwrap_or_else(|| panic!("{text}"));
        assert!(said_at < verdict, "{text}");
        assert!(page.contains(&gap), "{page}");
        assert!(!text.contains("tenants below their promise"), "{text}");
        let notes = json(&folder, a, b)["notes"].to_string();
        assert!(notes.contains(&gap), "{notes}");
    }
    let (text, _) = said(&folder, "plan", "plan");
    assert!(!text.contains("Not stated"), "{text}");
}

#[test]
fn a_shard_that_one_plan_does_not_name_is_said_and_counts_nowhere() {
    let folder = two_sites(100);
    planned(&folder);
    without(&folder, &["summary.json"]);
    let path = folder.path().join("part/assignment.csv");
    let table = fs::read_to_string(&path).expect("it is there");
    let header = table.lines().next().expect("a header");
    fs::write(&path, format!("{header}\n0,other,t,5,b,b,1,home\n")).expect("it is written");
    let (text, _) = said(&folder, "part", "plan");
    let text = flat(&text);
    for gap in [
        "Not stated by B: 1 shard that A places (other).",
        "Not stated by A: 1 shard that B places (s).",
        "0 users are served elsewhere.",
    ] {
        assert!(text.contains(gap), "{text}");
    }
}

/// The drain again, with something added to its scenario.
fn also(folder: &TempDir, layer: &str) {
    fs::write(folder.path().join("more.toml"), layer).expect("it is written");
    let scenarios = ["--scenario", "drain.toml", "--scenario", "more.toml"];
    let mut args = vec!["plan", "."];
    args.extend(scenarios);
    args.extend(["--out", "more", "--quiet", "--no-charts"]);
    let _ = plimsoll(folder, &args).assert();
}

#[test]
fn neither_plan_is_better_where_they_are_for_different_events() {
    // With half of `b` lost, 50 cpu for ten users: more is missing, and nothing of that is the plan's doing.
    let folder = two_sites(12);
    let plan = planned(&folder);
    also(
        &folder,
        "[[event]]\nkind = \"failure\"\ncomponent = \"b\"\ncapacity = 0.5\n",
    );
    for (a, b, letter, lower) in [
        (plan.as_str(), "more", "B", "A"),
        ("more", plan.as_str(), "A", "B"),
    ] {
        let (text, page) = said(&folder, a, b);
        let text = flat(&text);
        let verdict = format!(
            "A and B were planned for different events: neither is called better. Only in {letter}: Beta (failure, 50 % left), 7 Mar 2026 02:00 to 03:00 (UTC+00:00). In period 0 (7 Mar 2026 02:00 to 03:00 (UTC+00:00)), lower in {lower}: 0 unserved users of gold instead of 4."
        );
        assert!(text.contains(&verdict), "{text}");
        // Every goal has the plan in which it is lower, not only the first that differs.
        let moved = match lower {
            "A" => format!("users moved 10 6 {letter}"),
            _ => format!("users moved 6 10 {letter}"),
        };
        assert!(text.contains(&moved), "{text}");
        for text in [&text, &page] {
            assert!(!text.contains("is better"), "{text}");
        }
        let value = json(&folder, a, b);
        assert!(
            !value["verdict"].to_string().contains("is better"),
            "{value}"
        );
    }
}

#[test]
fn neither_plan_is_better_where_they_are_for_different_times() {
    let folder = two_sites(100);
    let plan = planned(&folder);
    also(
        &folder,
        "[scenario]\nend = 2026-03-07T04:00:00Z\n[policy]\nmax_moved_users = 0\n",
    );
    let (text, _) = said(&folder, &plan, "more");
    let text = flat(&text);
    let words = "A and B were planned for different events and times: neither is called better. A is for 7 Mar 2026 02:00 to 03:00 (UTC+00:00), B for 7 Mar 2026 02:00 to 04:00 (UTC+00:00). Only in A: ";
    assert!(text.contains(words), "{text}");
    assert!(!text.contains("is better"), "{text}");
}

#[test]
fn an_event_that_states_its_default_start_is_the_same_event() {
    let folder = two_sites(100);
    let plan = planned(&folder);
    let drain = fs::read_to_string(folder.path().join("drain.toml")).expect("it is there");
    let stated = drain.replace(
        "component = \"a\"",
        "start = 2026-03-07T02:00:00Z\nend = 2026-03-07T03:00:00Z\ncomponent = \"a\"",
    );
    fs::write(folder.path().join("drain.toml"), stated).expect("it is written");
    also(&folder, "");
    let (text, _) = said(&folder, &plan, "more");
    assert!(
        flat(&text).contains("Both plans reach the same by every goal"),
        "{text}"
    );
}
