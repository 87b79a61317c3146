//! `plimsoll window`: the best time for a maintenance.

use super::{plimsoll, written};
use crate::folders::with;
use std::fmt::Write as _;
use std::fs;
use tempfile::TempDir;

/// Sites Alpha and Beta of 100 cpu; 120 users in New York demand 1 each from 08:00 to 20:00 local, half of it else.
pub(super) fn day_and_night() -> TempDir {
    day_and_night_with(&[])
}

/// The same with some files replaced or added.
pub(super) fn day_and_night_with(changed: &[(&str, &str)]) -> TempDir {
    let mut curves = "load_curve,hour,factor\n".to_owned();
    for hour in 0..24 {
        let factor = if (8..20).contains(&hour) { "1" } else { "0.5" };
        let _ = writeln!(curves, "office,{hour},{factor}");
    }
    let all = [
        ("sites.csv", "site,name,cpu\na,Alpha,100\nb,Beta,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
        (
            "client_regions.csv",
            "client_region,time_zone,load_curve\nr,America/New_York,office\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\n\
             s1,t1,60,a,mail,r,gold\ns2,t1,60,b,mail,r,gold\n",
        ),
        ("load_curves.csv", &curves),
    ];
    written(&[&all, changed].concat())
}

pub(super) fn stdout(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(super) const SATURDAY: [&str; 10] = [
    "window",
    ".",
    "--component",
    "a",
    "--duration",
    "2h",
    "--between",
    "2026-11-21T00:00-05:00",
    "--and",
    "2026-11-22T00:00-05:00",
];

/// By day Beta has 100 for 120: 20 stay unserved. At night 60 fit. A maintenance of two hours is wholly at night if it
/// begins from 20:00 to 06:00: 11 of 24 starts, the first of them 00:00.
#[test]
fn a_maintenance_is_best_at_night_where_the_users_are() {
    let folder = day_and_night();
    let mut args = SATURDAY.to_vec();
    args.extend(["--no-failures", "--out", "windows"]);
    let output = plimsoll(&folder, &args).output().expect("it runs");
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let first = text.lines().next().unwrap_or_default();
    assert!(
        first.starts_with(
            "Alpha for 2 h: best from 21 Nov 00:00 to 02:00 UTC-05:00, the first of 11 times of equal cost. Everyone is served"
        ),
        "{text}"
    );
    let table =
        fs::read_to_string(folder.path().join("windows/windows.csv")).expect("it is written");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip(1)
        .map(|row| row.split(',').collect())
        .collect();
    assert_eq!(rows.len(), 24);
    let sound = rows.iter().filter(|row| row[4] == "0").count();
    assert_eq!(sound, 11, "{table}");
    assert!(rows[..11].iter().all(|row| row[1] == "1"), "{table}");
    let (first, unserved) = (&rows[11][..4], rows[11][4].parse::<f64>());
    assert_eq!(
        first,
        [
            "12",
            "12",
            "2026-11-21T07:00:00-05:00",
            "2026-11-21T09:00:00-05:00"
        ]
    );
    assert!(
        unserved.is_ok_and(|users| (users - 20.0).abs() < 1e-6),
        "{table}"
    );
    for name in [
        "windows.json",
        "maintenance.toml",
        "report.html",
        "charts/windows.svg",
        "charts/windows.png",
    ] {
        assert!(folder.path().join("windows").join(name).exists(), "{name}");
    }
    // The verdict is the first thing on the page, before numbers and the chart; no chart says for which inputs it holds.
    let page = fs::read_to_string(folder.path().join("windows/report.html")).expect("a page");
    let said = String::from_utf8_lossy(&output.stdout);
    // The headline of the page is the finding up to the first part of its cost.
    let finding = said.lines().next().unwrap_or_default();
    let verdict = finding.split(". ").next().unwrap_or_default();
    let place = |text: &str| page.find(text).unwrap_or(usize::MAX);
    assert!(
        place(verdict) < place("users unserved</"),
        "{verdict}: {page}"
    );
    assert!(place(verdict) < place("<figure"), "{verdict}");
    assert!(place(verdict) < usize::MAX, "{verdict}");
    assert!(!page.contains("for these inputs"), "{page}");
    // Again into its own folder, and never into another's.
    assert_eq!(
        plimsoll(&folder, &args)
            .output()
            .expect("it runs")
            .status
            .code(),
        Some(0)
    );
    fs::write(folder.path().join("windows/notes.txt"), "mine").expect("there is room");
    assert_eq!(
        plimsoll(&folder, &args)
            .output()
            .expect("it runs")
            .status
            .code(),
        Some(2)
    );
}

/// With Alpha out, the failure of Beta leaves all 120 unserved, whenever it is.
#[test]
fn one_more_failure_is_asked_and_counted() {
    let folder = day_and_night();
    let mut args = SATURDAY.to_vec();
    args.push("--json");
    let output = plimsoll(&folder, &args).output().expect("it runs");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let best = &json["windows"][0];
    assert_eq!(best["further_failures"], 1);
    assert_eq!(best["further_failures_broken"], 1);
    assert_eq!(best["worst_further_failure"], "b");
    assert_eq!(best["unserved_after_it"], 120.0);
    assert_eq!(best["moved_users"], 60.0);
    assert_eq!(best["start"], "2026-11-21T00:00:00-05:00");
}

#[test]
fn what_is_named_twice_is_maintained_once() {
    let folder = day_and_night();
    let mut args = SATURDAY.to_vec();
    args.extend(["--component", "a", "--no-failures"]);
    let text = stdout(&plimsoll(&folder, &args).output().expect("it runs"));
    assert!(text.starts_with("Alpha for 2 h: best from "), "{text}");
}

#[test]
fn where_no_time_is_good_the_exit_code_says_so() {
    let folder = day_and_night();
    let mut args = SATURDAY.to_vec();
    args[7] = "2026-11-21T09:00-05:00";
    args[9] = "2026-11-21T12:00-05:00";
    args.push("--no-failures");
    let output = plimsoll(&folder, &args).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout(&output).contains("20 users unserved"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_a_reason() {
    let folder = day_and_night();
    let refused = |changed: &[(usize, &str)]| -> (Option<i32>, String) {
        let mut args = SATURDAY.to_vec();
        for &(position, text) in changed {
            args[position] = text;
        }
        let output = plimsoll(&folder, &args).output().expect("it runs");
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), words)
    };
    let (code, words) = refused(&[(3, "chicago")]);
    assert_eq!(code, Some(2));
    assert!(
        words.contains(
            "--component chicago: the inventory has no component, pool or risk group with this id"
        ),
        "{words}"
    );
    let (code, words) = refused(&[(9, "2026-11-20")]);
    assert_eq!(code, Some(2));
    assert!(
        words.contains("--and: expected a time after that of --between"),
        "{words}"
    );
    let (code, words) = refused(&[(5, "-1h")]);
    assert_eq!(code, Some(2));
    assert!(words.contains("duration"), "{words}");
    let (code, words) = refused(&[(7, "yesterday")]);
    assert_eq!(code, Some(2));
    assert!(
        words.contains("expected a date such as 2026-11-21"),
        "{words}"
    );
}

#[test]
fn the_smallest_inventory_has_one_kind_of_hour() {
    let folder = TempDir::new().expect("there is room for a folder");
    for file in with(&[]) {
        fs::write(folder.path().join(&file.name), &file.bytes).expect("there is room for a file");
    }
    let args = [
        "window",
        ".",
        "--component",
        "p",
        "--duration",
        "1h",
        "--between",
        "2026-11-21",
        "--and",
        "2026-11-22",
        "--json",
        "--no-failures",
    ];
    let output = plimsoll(&folder, &args).output().expect("it runs");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let windows = json["windows"].as_array().expect("a list");
    assert_eq!(windows.len(), 24);
    assert!(
        windows.iter().all(|window| window["cost_rank"] == 1),
        "all times are the same"
    );
}
