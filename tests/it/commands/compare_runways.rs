//! `plimsoll compare` of two runways: which dates move, by how many days, and what cannot be compared.

use super::plimsoll;
use super::runway::{CASE, place, said};
use crate::command_line::root;
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

/// The case by hand with other capacities of its sites, asked up to a date and written to a folder.
fn asked(folder: &TempDir, out: &str, cpu: [u32; 2], until: &str, more: &[&str]) {
    let inventory = folder.path().join(format!("{out}-inventory"));
    fs::create_dir(&inventory).expect("there is space");
    for entry in fs::read_dir(root(CASE)).expect("it is there") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_owned();
        fs::copy(&path, inventory.join(name)).expect("a copy");
    }
    let [a, b] = cpu;
    let sites = format!("site,name,latitude,longitude,cpu\na,A,40,-100,{a}\nb,B,40,-80,{b}\n");
    fs::write(inventory.join("sites.csv"), sites).expect("it can be written");
    let inventory = inventory.display().to_string();
    let scenario = root(CASE).join("scenario.toml").display().to_string();
    let args = [
        &["runway", &inventory, "--scenario", &scenario, "--until"][..],
        &[until, "--out", out, "--no-charts", "--quiet"],
        more,
    ];
    let (text, code) = said(folder, &args.concat());
    assert!(matches!(code, Some(0 | 1)), "{text}");
}

fn json(folder: &TempDir) -> Value {
    let output = plimsoll(folder, &["compare", "a", "b", "--json"]).output();
    let output = output.expect("it runs");
    serde_json::from_slice(&output.stdout).expect("one object of JSON")
}

/// The row of a condition and of moves.
fn row<'j>(json: &'j Value, condition: &str, moves: &str) -> &'j Value {
    let mut rows = json["rows"].as_array().expect("there are rows").iter();
    let row = rows.find(|row| row["condition"] == condition && row["moves"] == moves);
    row.expect("it is asked")
}

/// With 113 cpu at both sites, one site serves 70 + w thousand users up to week 43 in place of 30. Its target takes 0.8 × 113, which is
/// 90.4: as is A carries 40 + w up to week 50 in place of 40, and both 70 + w up to week 110 in place of 90.
#[test]
fn capacity_that_is_bought_moves_dates_by_the_days_known_by_hand() {
    let folder = place();
    asked(&folder, "a", [100, 100], "2029-12-31", &[]);
    asked(&folder, "b", [113, 113], "2029-12-31", &[]);
    let (text, code) = said(&folder, &["compare", "a", "b"]);
    assert_eq!(code, Some(0), "{text}");
    let first = "A: a, scenario growth B: b, scenario growth \
                 The last day on which one site may fail moves from 1 Aug 2027 to 31 Oct 2027 (+91 days), as is. B holds longer, by";
    assert!(text.starts_with(first), "{text}");
    for words in [
        "by at least 182 days: served (rebalanced), beyond 30 Dec 2029 instead of 1 Jul 2029.",
        "by 140 days: headroom targets (rebalanced), until 11 Feb 2029 instead of 24 Sep 2028.",
        "The inventory differs; the scenario is the same.",
        "On 28 Dec 2026 b has 113 vCPU of cpu in B, 100 in A.",
        "First: order cpu for b, in service by 1 Nov 2027.",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("B fails earlier"), "{text}");
    let json = json(&folder);
    let expected = fs::read_to_string(root(CASE).join("expected.json")).expect("it is there");
    let expected: Value = serde_json::from_str(&expected).expect("it is JSON");
    let dates = &expected["runway"]["dates"];
    for (condition, moves, key, days) in [
        ("target", "as_is", "target as is", 70),
        ("target", "rebalanced", "target rebalanced", 140),
        ("served", "as_is", "served as is", 91),
        (
            "served_under_failures",
            "as_is",
            "served under 1 site, replan, as is",
            91,
        ),
        (
            "stable_under_failures",
            "as_is",
            "stable under 1 site, replan",
            91,
        ),
    ] {
        let row = row(&json, condition, moves);
        assert_eq!(row["fails_from_a"], dates[key], "{key}");
        assert_eq!(
            (&row["days"], &row["change"]),
            (&days.into(), &"later".into())
        );
        let date = |side: &str| -> jiff::civil::Date {
            let text = row[side].as_str().expect("it fails");
            text.parse().expect("a date")
        };
        let between = date("fails_from_a").until(date("fails_from_b"));
        assert_eq!(between.expect("both are dates").get_days(), days, "{key}");
    }
    // What B carries beyond the last day is known to be later by the days that are left.
    let beyond = row(&json, "served", "rebalanced");
    assert_eq!(beyond["fails_from_b"], Value::Null);
    assert_eq!(
        (&beyond["days"], &beyond["is_least"]),
        (&182.into(), &true.into())
    );
}

/// With 90 cpu at B one site's failure is served for ten weeks less.
#[test]
fn what_fails_earlier_comes_first_with_its_case_and_what_is_short() {
    let folder = place();
    asked(&folder, "a", [100, 100], "2029-12-31", &[]);
    asked(&folder, "b", [100, 90], "2029-12-31", &[]);
    let (text, code) = said(&folder, &["compare", "a", "b", "--out", "moved"]);
    assert_eq!(code, Some(0), "{text}");
    let first = "B fails earlier, by 70 days: served under one failure (as is, rebalanced), from 24 May 2027 instead of \
                 2 Aug 2027. Then 1,000 users are unserved if a fails: b lacks 1 vCPU of cpu.";
    let at = |words: &str| {
        text.find(words)
            .unwrap_or_else(|| panic!("{words}: {text}"))
    };
    let headline = "moves from 1 Aug 2027 to 23 May 2027 (−70 days), as is.";
    assert!(at(first) < at(headline), "{text}");
    assert!(!text.contains("holds longer"), "{text}");
    at("First: order cpu for b, in service by 24 May 2027, or keep what A has.");
    let read = |name: &str| {
        fs::read_to_string(folder.path().join("moved").join(name)).expect("it is written")
    };
    let table = read("comparison.csv");
    let row = "served_under_failures,,replan,as_is,expected,earlier,-70,no,2027-08-02,2027-05-24,a,a,b,b,cpu,cpu,";
    assert!(table.contains(row), "{table}");
    let table = read("components.csv");
    assert!(
        table.contains("b,cpu,capacity_worst_case,earlier,"),
        "{table}"
    );
    let page = read("compare.html");
    assert!(page.contains("B fails earlier, by 70 days"), "{page}");
    let picture = read("charts/runway.svg");
    assert!(picture.contains("23 May 2027"), "{picture}");
    // The same folder is replaced; that of a runway is not.
    let (text, code) = said(&folder, &["compare", "b", "a", "--out", "moved", "--quiet"]);
    assert_eq!(code, Some(0), "{text}");
    let (text, code) = said(&folder, &["compare", "b", "a", "--out", "a", "--quiet"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("it holds a runway, and this would be a comparison of runways"),
        "{text}"
    );
}

#[test]
fn other_horizons_are_said_first_and_dates_beyond_them_are_not_compared() {
    let folder = place();
    asked(&folder, "a", [100, 100], "2028-12-01", &[]);
    asked(&folder, "b", [100, 100], "2028-01-01", &[]);
    let (text, _) = said(&folder, &["compare", "a", "b"]);
    let first = "B: b, scenario growth A asks about 28 Dec 2026 to 30 Nov 2028, B about 28 Dec 2026 to 31 Dec 2027: only days from \
                 28 Dec 2026 to 31 Dec 2027 are compared";
    assert!(text.contains(first), "{text}");
    assert!(
        text.contains("on which one site may fail stays 1 Aug 2027"),
        "{text}"
    );
    let json = json(&folder);
    // It fails on 28 February 2028 in A, which B was not asked about.
    let served = row(&json, "served", "as_is");
    assert_eq!(served["change"], "not_comparable", "{served}");
    assert_eq!(served["fails_from_a"], "2028-02-28");
    let under = row(&json, "served_under_failures", "as_is");
    assert_eq!(under["change"], "same", "{under}");
    assert_eq!(json["compared_until"], "2028-01-01");
}

#[test]
fn other_failures_are_not_compared_and_trapped_users_come_first() {
    let folder = place();
    asked(&folder, "a", [100, 100], "2027-06-01", &[]);
    asked(&folder, "b", [100, 100], "2027-06-01", &["--failures", "2"]);
    let (text, _) = said(&folder, &["compare", "a", "b"]);
    for words in [
        "In A one site may fail, in B up to two sites: dates under failures are not compared.",
        "B traps users in 1 case that A does not ask about.",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let under = row(&json(&folder), "served_under_failures", "as_is").clone();
    assert_eq!(under["change"], "not_comparable", "{under}");
    // The same question, and a case that traps users only in B.
    let other = place();
    for out in ["a", "b"] {
        asked(&other, out, [100, 100], "2027-06-01", &[]);
    }
    let path = other.path().join("b/runway.json");
    let document = fs::read_to_string(&path).expect("it is written");
    let case = "\"trapped\": [{\"case\": 1, \"failing\": \"a\", \"users\": 500}]";
    let trapping = document.replace("\"trapped\": []", case);
    assert_ne!(document, trapping);
    fs::write(&path, trapping).expect("it can be written");
    let (text, _) = said(&other, &["compare", "a", "b"]);
    let first = "B: b, scenario growth B traps 500 users if a fails, and A none: they have no site, whatever the capacity.";
    assert!(text.contains(first), "{text}");
    assert_eq!(json(&other)["trapped"][0]["users_b"].as_f64(), Some(500.0));
}

#[test]
fn rows_that_a_stopped_runway_lacks_are_not_compared() {
    let folder = place();
    for out in ["a", "b"] {
        asked(&folder, out, [100, 100], "2027-06-01", &[]);
    }
    let path = folder.path().join("b/runway.json");
    let document = fs::read_to_string(&path).expect("it is written");
    let stopped = document.replace("\"complete\": true", "\"complete\": false");
    fs::write(&path, stopped).expect("it can be written");
    let path = folder.path().join("b/runway.csv");
    let table = fs::read_to_string(&path).expect("it is written");
    let kept: Vec<&str> = table
        .lines()
        .filter(|line| !line.contains("_under_"))
        .collect();
    fs::write(&path, kept.join("\n") + "\n").expect("it can be written");
    let (text, _) = said(&folder, &["compare", "a", "b"]);
    let first = "B was stopped: rows that it lacks and dates of components are not checked, and not compared.";
    assert!(text.contains(first), "{text}");
    assert!(!text.contains("may fail"), "{text}");
    // Dates that were not looked for are none that come later.
    let path = folder.path().join("b/components.csv");
    let table = fs::read_to_string(&path).expect("it is written");
    let header = table.lines().next().unwrap_or_default();
    fs::write(&path, format!("{header}\n")).expect("it can be written");
    assert_eq!(
        json(&folder)["components"].as_array().map(Vec::len),
        Some(0)
    );
}

#[test]
fn folders_that_cannot_be_compared_are_refused_with_what_they_hold() {
    let folder = place();
    for out in ["a", "b"] {
        asked(&folder, out, [100, 100], "2027-03-01", &["--failures", "0"]);
    }
    let scenario = root(CASE).join("scenario.toml").display().to_string();
    let plan = [
        "plan",
        "a-inventory",
        "--scenario",
        &scenario,
        "--out",
        "plan",
    ];
    let _ = said(&folder, &[&plan[..], &["--no-charts", "--quiet"]].concat());
    for (args, reason) in [
        (
            &["plan", "a"][..],
            "plan: found a plan, and a is a runway, expected two folders of one kind [P6027]",
        ),
        (&["a", "plan"], "plan: found a plan, and a is a runway"),
        (
            &["a", "a-inventory"],
            "a-inventory: found neither a plan nor a runway",
        ),
        (&["a", "nowhere"], "nowhere: found no folder"),
        (
            &["a"],
            "a: found a runway alone, expected two runways [P6027]",
        ),
    ] {
        let (text, code) = said(&folder, &[&["compare"][..], args].concat());
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(reason), "{reason}: {text}");
    }
    let path = folder.path().join("b/runway.json");
    let document = fs::read_to_string(&path).expect("it is written");
    let moved = document.replace("\"until\": \"2027-03-01\"", "\"until\": \"soon\"");
    fs::write(&path, moved).expect("it can be written");
    let (text, code) = said(&folder, &["compare", "a", "b"]);
    assert_eq!(code, Some(2), "{text}");
    let reason =
        "runway.json: key until: found \"soon\", expected a date such as 2027-03-14 [P6028]";
    assert!(text.contains(reason), "{text}");
}
