//! The job of docs/how-to/ci.md fails on plans that nobody should carry out.

use super::{Desk, blocks};
use crate::command_line::root;
use std::fs;
use std::process::Command;

/// The commands of the step that plans, as the page has them.
fn step() -> String {
    let page = fs::read_to_string(root("docs/how-to/ci.md")).expect("the page is there");
    let all = blocks(&page);
    let (_, job) = all.iter().find(|pair| pair.0 == "yaml").expect("a job");
    let (_, rest) = job
        .split_once("is the weekend served?\n        run: |\n")
        .expect("a step");
    let lines = rest
        .lines()
        .take_while(|line| line.starts_with("          "));
    let lines: Vec<&str> = lines.map(str::trim_start).collect();
    lines.join("\n")
}

/// Runs the step on an inventory and a scenario, as a runner does: it ends at the first command that fails.
fn ends_with(inventory: &str, scenario: &str) -> Option<i32> {
    let desk = Desk::new();
    for folder in ["desk/scenarios", "desk/inventory"] {
        fs::create_dir(desk.path(folder)).expect("a folder can be made");
    }
    for entry in fs::read_dir(root(inventory))
        .expect("an inventory")
        .flatten()
    {
        if entry.path().extension() == Some("csv".as_ref()) {
            let to = desk.path("desk/inventory").join(entry.file_name());
            fs::copy(entry.path(), to).expect("a file can be copied");
        }
    }
    fs::write(desk.path("desk/scenarios/weekend.toml"), scenario).expect("a scenario");
    let output = desk.command(&format!("set -e\n{}", step())).output();
    output.expect("there is a shell").status.code()
}

/// Two events of data/keep-room: what is left of Frankfurt, and how much demand there is.
fn frankfurt(capacity: f64, demand: f64) -> String {
    format!(
        "[scenario]\nstart = 2026-11-28T03:00:00Z\nend = 2026-11-28T09:00:00Z\n\
         [[event]]\nkind = \"failure\"\ncomponent = \"fra\"\ncapacity = {capacity}\n\
         [[event]]\nkind = \"surge\"\nfactor = {demand}\n"
    )
}

#[test]
fn the_job_fails_where_users_are_unserved_where_it_is_refused_and_where_it_has_outages() {
    // The page is for people who have `jq`; without it there is nothing to run.
    if Command::new("jq").arg("--version").output().is_err() {
        return;
    }
    let keep = "data/keep-room";
    assert_eq!(
        ends_with(keep, &frankfurt(0.0, 1.0)),
        Some(0),
        "all are served"
    );
    assert_eq!(ends_with(keep, &frankfurt(0.0, 1.8)), Some(1), "unserved");
    assert_eq!(ends_with(keep, &frankfurt(0.6, 1.8)), Some(1), "refused");
    let found = "tests/found/excused-by-a-surge";
    let scenario = fs::read_to_string(root(found).join("scenario.toml")).expect("it is there");
    assert_eq!(ends_with(found, &scenario), Some(1), "outages");
    // Its targets are missed, and that is a decision: the job goes on.
    let drained = fs::read_to_string(root("data/tiny/drain-chicago.toml")).expect("it is there");
    assert_eq!(ends_with("data/tiny", &drained), Some(0), "missed targets");
}
