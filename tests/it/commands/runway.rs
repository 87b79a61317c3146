//! `plimsoll runway`: what it prints and writes, what `verify` finds in it, and what it refuses.

use super::plimsoll;
use crate::command_line::root;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

pub(super) const CASE: &str = "tests/cases/growth-two-sites";

pub(super) fn place() -> TempDir {
    TempDir::new().expect("there is space for a folder")
}

/// What a command prints on both outputs, its lines joined, and its exit code.
pub(super) fn said(folder: &TempDir, args: &[&str]) -> (String, Option<i32>) {
    let output = plimsoll(folder, args).output().expect("it runs");
    let both = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&both).into_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    (words.join(" "), output.status.code())
}

/// The inventory and the scenario of the case by hand.
pub(super) fn case() -> [String; 2] {
    let folder = root(CASE);
    [folder.clone(), folder.join("scenario.toml")].map(|path| path.display().to_string())
}

/// The case by hand, asked up to a date, written to `runway`.
pub(super) fn asked(folder: &TempDir, until: &str, more: &[&str]) -> (String, Option<i32>) {
    let [inventory, scenario] = case();
    let args = [
        &[
            "runway",
            &inventory,
            "--scenario",
            &scenario,
            "--until",
            until,
        ][..],
        &["--out", "runway", "--no-charts"],
        more,
    ];
    said(folder, &args.concat())
}

pub(super) fn verified(folder: &TempDir) -> (String, Option<i32>) {
    let [inventory, scenario] = case();
    said(
        folder,
        &["verify", &inventory, "--scenario", &scenario, "runway"],
    )
}

/// Replaces a text that stands in a file of the runway.
pub(super) fn edit(folder: &TempDir, file: &str, from: &str, to: &str) {
    let path = folder.path().join("runway").join(file);
    let text = fs::read_to_string(&path).expect("it is written");
    assert!(text.contains(from), "{file}: {text}");
    fs::write(path, text.replacen(from, to, 1)).expect("it can be written");
}

#[test]
fn the_first_line_is_the_date_with_its_case() {
    let folder = place();
    let (text, code) = asked(&folder, "2029-12-31", &[]);
    assert_eq!(code, Some(1), "{text}");
    let first = "One site may fail until 1 Aug 2027. On 2 Aug 2027 1,000 users are unserved if A fails: B lacks 1 vCPU \
                 of cpu.";
    assert!(text.contains(first), "{text}");
    assert!(
        text.contains("First: order cpu for B, in service by 2 Aug 2027."),
        "{text}"
    );
    let expected = fs::read_to_string(root(CASE).join("expected.json")).expect("it is there");
    let expected: serde_json::Value = serde_json::from_str(&expected).expect("it is JSON");
    let dates = &expected["runway"]["dates"];
    let table = fs::read_to_string(folder.path().join("runway/runway.csv")).expect("it is written");
    for (row, key) in [
        ("target,,,as_is,expected,", "target as is"),
        ("target,,,rebalanced,expected,", "target rebalanced"),
        ("served,,,as_is,expected,", "served as is"),
        ("served,,,rebalanced,expected,", "served rebalanced"),
        (
            "served_under_failures,,replan,as_is,expected,",
            "served under 1 site, replan, as is",
        ),
        (
            "stable_under_failures,,replan,as_is,expected,",
            "stable under 1 site, replan",
        ),
    ] {
        let line = table
            .lines()
            .find(|line| line.starts_with(row))
            .expect("it is asked");
        let fails_from = line.split(',').nth(6);
        assert_eq!(fails_from, dates[key].as_str(), "{key}: {line}");
    }
    let (text, code) = verified(&folder);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("recomputed from proofs: 12 of 12 days"),
        "{text}"
    );
}

#[test]
fn an_all_clear_begins_with_what_it_does_not_cover() {
    let folder = place();
    let (text, code) = asked(&folder, "2027-02-01", &["--failures", "0"]);
    assert_eq!(code, Some(0), "{text}");
    let unchecked = text
        .find("Not checked: failures (`--failures 1`).")
        .expect("it is said");
    let clear = text
        .find("lasts at least to 31 Jan 2027")
        .expect("it is said");
    assert!(unchecked < clear, "{text}");
    let (text, code) = verified(&folder);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn a_scenario_is_made_where_none_is_named_and_verifies() {
    let folder = place();
    let [inventory, _] = case();
    let args = [
        "runway",
        &inventory,
        "--from",
        "2026-12-28",
        "--until",
        "2027-09-01",
        "--out",
        "runway",
    ];
    let (text, code) = said(&folder, &args);
    assert!(
        text.contains("One site may fail until 1 Aug 2027."),
        "{text}"
    );
    assert_eq!(code, Some(1));
    let scenario = "runway/runway.toml";
    let (text, code) = said(
        &folder,
        &["verify", &inventory, "--scenario", scenario, "runway"],
    );
    assert_eq!(code, Some(0), "{text}");
    // A later run replaces the folder, proofs and all.
    let (text, code) = said(&folder, &args);
    assert_eq!(code, Some(1), "{text}");
}

#[test]
fn verify_finds_a_date_moved_by_a_day() {
    let folder = place();
    asked(&folder, "2028-01-01", &[]);
    let row = "served_under_failures,,replan,as_is,expected,";
    edit(
        &folder,
        "runway.csv",
        &format!("{row}2027-08-01,2027-08-02,217"),
        &format!("{row}2027-08-02,2027-08-03,218"),
    );
    edit(
        &folder,
        "gaps.csv",
        &format!("{row}2027-08-02"),
        &format!("{row}2027-08-03"),
    );
    let (text, code) = verified(&folder);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("[P7875]"), "{text}");
    // So it does where the day of the proof is moved along.
    let document = fs::read_to_string(folder.path().join("runway/runway.json")).expect("written");
    let moved = document
        .replace("\"date\": \"2027-08-02\"", "\"date\": \"2027-08-03\"")
        .replace("\"date\": \"2027-08-01\"", "\"date\": \"2027-08-02\"");
    assert_ne!(document, moved);
    fs::write(folder.path().join("runway/runway.json"), moved).expect("it can be written");
    let (text, code) = verified(&folder);
    assert_eq!(code, Some(1), "{text}");
}

#[test]
fn verify_finds_a_date_as_is_that_loads_contradict() {
    let folder = place();
    asked(&folder, "2028-01-01", &[]);
    let row = "target,,,as_is,expected,";
    edit(
        &folder,
        "runway.csv",
        &format!("{row}2027-10-10,2027-10-11,287"),
        &format!("{row}2027-10-11,2027-10-12,288"),
    );
    edit(
        &folder,
        "gaps.csv",
        &format!("{row}2027-10-11"),
        &format!("{row}2027-10-12"),
    );
    let (text, code) = verified(&folder);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("[P7874]"), "{text}");
}

#[test]
fn verify_finds_rows_cases_and_proofs_that_are_left_out() {
    let whole = place();
    asked(&whole, "2028-01-01", &[]);
    let proofs = whole.path().join("runway/proofs");
    let names = fs::read_dir(&proofs).expect("there are proofs");
    let names: Vec<String> = names
        .map(|entry| {
            entry
                .expect("it can be listed")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let under = names
        .iter()
        .find(|name| name.ends_with("fails-2027-08-02"))
        .expect("there is one");
    let file = |name: &str| format!("proofs/{under}/{name}");
    // A case.
    let table = whole.path().join("runway").join(file("by_failure.csv"));
    let text = fs::read_to_string(&table).expect("it is written");
    let last = text.lines().last().expect("there are cases").to_owned();
    fs::write(&table, text.replace(&format!("{last}\n"), "")).expect("it can be written");
    let (said, code) = verified(&whole);
    assert_eq!(code, Some(1), "{said}");
    fs::write(&table, text).expect("it can be written");
    // A bound that is raised.
    let lines = whole.path().join("runway").join(file("proofs.jsonl"));
    let text = fs::read_to_string(&lines).expect("it is written");
    let raised = text.replacen("\"value\":", "\"value\":1", 1);
    assert_ne!(raised, text);
    fs::write(&lines, raised).expect("it can be written");
    let (said, code) = verified(&whole);
    assert_eq!(code, Some(1), "{said}");
    fs::write(&lines, text).expect("it can be written");
    // A proof.
    let gone = proofs.join(under);
    fs::remove_dir_all(&gone).expect("it can be removed");
    let (said, code) = verified(&whole);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("[P7873]") && said.contains("[P7875]"),
        "{said}"
    );
    // A row.
    let table = whole.path().join("runway/runway.csv");
    let text = fs::read_to_string(&table).expect("it is written");
    let kept: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("served,,,steered,"))
        .collect();
    fs::write(&table, kept.join("\n") + "\n").expect("it can be written");
    let (said, code) = verified(&whole);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("[P7871]"), "{said}");
}

#[test]
fn verify_finds_cells_and_homes_that_were_edited() {
    let folder = place();
    asked(&folder, "2028-01-01", &[]);
    let path = |file: &str| folder.path().join("runway").join(file);
    let read = |file: &str| fs::read_to_string(path(file)).expect("it is written");
    let finds = |file: &str, text: String, code: &str| {
        let whole = read(file);
        assert_ne!(whole, text, "{file}");
        fs::write(path(file), text).expect("it can be written");
        let (said, exit) = verified(&folder);
        assert_eq!(exit, Some(1), "{said}");
        assert!(said.contains(&format!("[{code}]")), "{code}: {said}");
        fs::write(path(file), whole).expect("it can be written");
    };
    let named = read("runway.json").replace("\"scenario\": \"", "\"scenario\": \"x");
    finds("runway.json", named, "P7870");
    let row = "served_under_failures,,replan,as_is,expected,";
    let with = |column: usize, cell: &str| -> String {
        let lines = read("runway.csv");
        let lines = lines.lines().map(|line| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if line.starts_with(row) {
                cells[column] = cell;
            }
            cells.join(",") + "\n"
        });
        lines.collect()
    };
    finds("runway.csv", with(7, "216"), "P7872");
    finds("runway.csv", with(14, "500"), "P7876");
    let shards = fs::read_to_string(root(CASE).join("shards.csv")).expect("it is there");
    let shard = shards
        .lines()
        .nth(1)
        .and_then(|line| line.split(',').next());
    let home = format!(
        "{}expected,{},b\n",
        read("placed.csv"),
        shard.expect("there is one")
    );
    finds("placed.csv", home, "P7877");
}

#[test]
fn what_cannot_be_asked_is_refused_with_its_reason() {
    let folder = place();
    let [inventory, scenario] = case();
    let with = |args: &[&str]| {
        said(
            &folder,
            &[&["runway", inventory.as_str()][..], args].concat(),
        )
    };
    for (args, reason) in [
        (
            &["--scenario", scenario.as_str(), "--until", "2026-12-28"][..],
            "expected a date after the first day, 2026-12-28",
        ),
        (
            &["--from", "2027-01-01", "--until", "2026-01-01"],
            "expected a date after the first day, 2027-01-01",
        ),
        (
            &["--scenario", scenario.as_str(), "--until", "2040-01-01"],
            "a horizon of at most ten years",
        ),
        (
            &[
                "--scenario",
                scenario.as_str(),
                "--until",
                "2027-06-01",
                "--over",
                "risk_groups",
            ],
            "--over risk_groups: the inventory has none",
        ),
        (&["--until", "2027-06-01"], "--scenario"),
        (
            &["--from", "2027-01-01", "--until", "soon"],
            "expected a date such as",
        ),
        (
            &[
                "--from",
                "2027-01-01",
                "--until",
                "2028-01-01",
                "--step",
                "2w",
            ],
            "expected 1w, 1mo or 3mo",
        ),
    ] {
        let (text, code) = with(args);
        assert_eq!(code, Some(2), "{args:?}: {text}");
        assert!(text.contains(reason), "{args:?}: {text}");
    }
}

#[test]
fn a_freeze_of_onboarding_is_left_out_with_a_warning() {
    let folder = place();
    let [inventory, scenario] = case();
    fs::write(
        folder.path().join("freeze.toml"),
        "[policy]\nfreeze_onboarding = true\n",
    )
    .expect("it can be written");
    let args = [
        "runway",
        &inventory,
        "--scenario",
        &scenario,
        "--scenario",
        "freeze.toml",
        "--until",
        "2028-01-01",
    ];
    let (text, _) = said(&folder, &args);
    assert!(
        text.contains("[P5003]") && text.contains("One site may fail until 1 Aug 2027."),
        "{text}"
    );
    assert!(!Path::new("runway").exists());
}

/// A component that fails twice is two events of one name.
#[test]
fn events_that_are_called_alike_are_told_apart() {
    let folder = place();
    let inventory = root("tests/found/flapping");
    let scenario = inventory.join("scenario.toml").display().to_string();
    let inventory = inventory.display().to_string();
    let args = [
        &["runway", &inventory, "--scenario", &scenario][..],
        &["--until", "2024-04-28", "--out", "runway", "--no-charts"],
    ];
    let (text, code) = said(&folder, &args.concat());
    assert!(matches!(code, Some(0 | 1)), "{text}");
    let (text, code) = said(
        &folder,
        &["verify", &inventory, "--scenario", &scenario, "runway"],
    );
    assert_eq!(code, Some(0), "{text}");
}

/// What the README of data/global says of its runway is what the command says.
#[test]
fn the_dates_of_the_shipped_inventory_are_those_of_its_page() {
    let folder = place();
    let inventory = root("data/global").display().to_string();
    let span = ["--from", "2027-02-01", "--until", "2029-02-01"];
    let args = [&["runway", &inventory][..], &span].concat();
    let (text, code) = said(&folder, &args);
    assert_eq!(code, Some(1), "{text}");
    let page = fs::read_to_string(root("data/global/README.md")).expect("it is there");
    for (said, written) in [
        (
            "Already on 1 Feb 2027 538,881 users have no site if Seoul fails",
            "its 538,881 residents",
        ),
        (
            "may fail until 1 May 2027 (until 10 Mar 2027 if growth is high; until 25 Aug 2027 if growth is low)",
            "| 1 May 2027 | 25 August 2027 | 10 March 2027 |",
        ),
        (
            "On 2 May 2027 39 users are unserved if Cape Town fails: Johannesburg",
            "on 2 May 2027 Johannesburg's",
        ),
        (
            "targets met as is beyond the horizon 31 Jul 2028 24 Nov 2027",
            "| 31 July 2028 |",
        ),
        (
            "targets met rebalanced beyond the horizon beyond the horizon 6 Jun 2028",
            "| 6 June 2028 |",
        ),
        (
            "everyone served as is beyond the horizon beyond the horizon 8 Apr 2028",
            "| 8 April 2028 |",
        ),
    ] {
        assert!(text.contains(said), "{said}: {text}");
        assert!(page.contains(written), "{written}");
    }
}

#[test]
fn what_fails_today_and_holds_again_is_said_with_both_dates() {
    let folder = place();
    let [inventory, scenario] = case();
    let copy = folder.path().join("inventory");
    fs::create_dir(&copy).expect("there is space");
    for entry in fs::read_dir(&inventory).expect("it is there") {
        let path = entry.expect("it can be listed").path();
        if path.extension().is_some_and(|of| of == "csv") && !path.ends_with("options.csv") {
            let name = path.file_name().expect("it has one");
            fs::copy(&path, copy.join(name)).expect("it can be copied");
        }
    }
    // Either site has to carry all users once the other fails: 70,000 today.
    let changes = "date,component,resource,capacity\n\
                   2026-12-28,a,cpu,60\n2027-03-01,a,cpu,100\n";
    fs::write(copy.join("capacity_changes.csv"), changes).expect("it can be written");
    let args = [
        "runway",
        "inventory",
        "--scenario",
        &scenario,
        "--until",
        "2028-01-01",
    ];
    let (text, code) = said(&folder, &args);
    assert_eq!(code, Some(1), "{text}");
    let answer = "A failure of one site can leave users unserved until 28 Feb 2027. \
                  From 1 Mar 2027 on one site may fail until 1 Aug 2027.";
    assert!(text.contains(answer), "{text}");
    assert!(
        text.starts_with("On 28 Dec 2026 10,000 users are unserved if B fails"),
        "{text}"
    );
}
