//! Users whom a case leaves no site are said first, whatever the day and however it is answered.

use super::runway::{CASE, case, place, said};
use crate::command_line::root;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// The first ten shards of the case by hand, with another shard and those who join, in `inventory`.
fn with_newcomer(folder: &TempDir, shard: &str, onboarding: &str) {
    let inventory = folder.path().join("inventory");
    fs::create_dir(&inventory).expect("there is space");
    for entry in fs::read_dir(root(CASE)).expect("it is there") {
        let path: PathBuf = entry.expect("it can be listed").path();
        let is_meant = path
            .extension()
            .is_some_and(|of| of == "csv" || of == "toml");
        if is_meant && !path.ends_with("options.csv") {
            let name = path.file_name().expect("it has one");
            fs::copy(&path, inventory.join(name)).expect("it can be copied");
        }
    }
    let shards = fs::read_to_string(inventory.join("shards.csv")).expect("it is there");
    let mut lines = shards.lines();
    let mut text = format!("{},move\n", lines.next().expect("it has a header"));
    for line in lines.filter(|line| line.starts_with("a-0")).take(10) {
        text += line;
        text += ",free\n";
    }
    fs::write(inventory.join("shards.csv"), text + shard).expect("it can be written");
    let text = format!("date,shard,users\n{onboarding}");
    fs::write(inventory.join("onboarding.csv"), text).expect("it can be written");
}

const LATE: &str = "late,tenant-a,0,a,mail,middle,gold,pinned\n";

fn runway(folder: &TempDir) -> (String, Option<i32>) {
    let base = [
        "runway",
        "inventory",
        "--scenario",
        "inventory/scenario.toml",
    ];
    said(folder, &[&base[..], &["--until", "2027-05-01"]].concat())
}

#[test]
fn users_who_join_later_and_have_no_site_are_said_first() {
    let folder = place();
    with_newcomer(&folder, LATE, "2027-03-01,late,5000\n");
    let (text, code) = runway(&folder);
    assert_eq!(code, Some(1), "{text}");
    let first = "On 1 Mar 2027 5,000 users have no site if A fails, whatever the capacity. \
                 Not counting these users, one site may fail at least to 30 Apr 2027.";
    assert!(text.starts_with(first), "{text}");
}

#[test]
fn users_who_join_and_leave_again_are_among_them() {
    let folder = place();
    let rows = "2027-02-01,late,4000\n2027-03-01,late,-4000\n";
    with_newcomer(&folder, LATE, rows);
    let (text, code) = runway(&folder);
    assert_eq!(code, Some(1), "{text}");
    let first = "On 1 Feb 2027 4,000 users have no site if A fails, whatever the capacity.";
    assert!(text.starts_with(first), "{text}");
}

#[test]
fn without_copies_whom_only_they_would_take_over_has_no_site() {
    let folder = place();
    let [inventory, scenario] = case();
    let args = [
        "runway",
        &inventory,
        "--scenario",
        &scenario,
        "--until",
        "2027-02-01",
    ];
    let (text, code) = said(&folder, &[&args[..], &["--recovery", "replicas"]].concat());
    assert_eq!(code, Some(1), "{text}");
    let first = "Already on 28 Dec 2026 40,000 users have no site if A fails and only copies take over, \
                 whatever the capacity. 1 case more traps users too.";
    assert!(text.starts_with(first), "{text}");
}
