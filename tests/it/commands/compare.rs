//! `plimsoll compare`: two plans side by side, and a plan beside the state before it.

use super::{plimsoll, written};
use std::fs;
use tempfile::TempDir;

/// A site that is drained for an hour, beside one that can take all of it.
const DRAIN: &str = "[scenario]\nname = \"drain\"\nstart = 2026-03-07T02:00:00Z\nend = 2026-03-07T03:00:00Z\n\
                     [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n";

/// Two sites; `b` has so much cpu.
fn two_sites(cpu: u32) -> TempDir {
    let sites = format!("site,name,cpu\na,Alpha,100\nb,Beta,{cpu}\n");
    written(&[
        ("drain.toml", DRAIN),
        ("sites.csv", &sites),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
    ])
}

fn planned(folder: &TempDir) -> String {
    let args = [
        "plan",
        ".",
        "--scenario",
        "drain.toml",
        "--out",
        "plan",
        "--quiet",
        "--no-charts",
    ];
    plimsoll(folder, &args).assert();
    folder.path().join("plan").display().to_string()
}

fn text(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_plan_that_leaves_fewer_unserved_is_better_and_the_changed_cell_is_named() {
    // Ten users of one cpu each leave `a`: 4 cpu at `b` serve 4 of them, 100 cpu serve all.
    let (small, large) = (two_sites(4), two_sites(100));
    let (a, b) = (planned(&small), planned(&large));
    let output = plimsoll(&small, &["compare", &a, &b])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(0));
    let text = text(&output);
    assert!(
        text.contains(
            "B is better in period 0 (2026-03-07 02:00 to 03:00): 0 unserved users of gold instead of 6."
        ),
        "{text}"
    );
    assert!(
        text.contains("The scenario is the same; 1 cell differs of the inventory."),
        "{text}"
    );
    assert!(
        text.contains("- sites.csv, b: cpu 4 in A, 100 in B"),
        "{text}"
    );
    let has_line = |cells: &[&str]| {
        let mut lines = text.lines();
        lines.any(|line| line.split_whitespace().collect::<Vec<_>>() == cells)
    };
    assert!(has_line(&["unserved", "users", "6", "0", "−6"]), "{text}");
    // The other way round A is better, by the same.
    let turned = plimsoll(&small, &["compare", &b, &a])
        .output()
        .expect("it runs");
    assert!(
        String::from_utf8_lossy(&turned.stdout).contains("A is better in period 0"),
        "the order of the sides decides nothing"
    );
}

#[test]
fn a_plan_and_itself_are_the_same() {
    let folder = two_sites(100);
    let plan = planned(&folder);
    let output = plimsoll(&folder, &["compare", &plan, &plan])
        .output()
        .expect("it runs");
    let text = text(&output);
    assert!(
        text.contains("Both plans reach the same by every goal in the period that they share.")
            && text.contains("Inventory and scenario are the same."),
        "{text}"
    );
    assert!(!text.contains("served in A at"), "{text}");
}

#[test]
fn one_plan_is_compared_with_the_state_before_it() {
    let folder = two_sites(100);
    let plan = planned(&folder);
    let output = plimsoll(&folder, &["compare", &plan])
        .output()
        .expect("it runs");
    let text = text(&output);
    assert!(
        text.contains(
            "A is the state before B: in period 0 (2026-03-07 02:00 to 03:00) 10 users are not where they were."
        ),
        "{text}"
    );
    // Before, `b` was empty and `a` had a tenth of its cpu in use.
    assert!(text.contains("Beta, cpu   100.0 %  90.0 %"), "{text}");
    assert!(text.contains("Alpha, cpu   90.0 %       -"), "{text}");
    assert!(
        text.contains("Alpha              Beta     10       1"),
        "{text}"
    );
}

#[test]
fn the_folder_of_a_comparison_is_written_whole_and_replaces_only_its_own() {
    let (small, large) = (two_sites(4), two_sites(100));
    let (a, b) = (planned(&small), planned(&large));
    let ask = ["compare", &a, &b, "--out", "difference", "--json"];
    let output = plimsoll(&small, &ask).output().expect("it runs");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let close = |value: &serde_json::Value, expected: f64| {
        (value.as_f64().expect("a number") - expected).abs() < 1e-6
    };
    assert!(close(&told["pairs"][0]["a"]["unserved_users"], 6.0));
    assert_eq!(
        told["pairs"][0]["first_difference"]["stage"],
        "unserved gold"
    );
    assert!(close(&told["pairs"][0]["users_elsewhere"], 6.0));
    let read =
        |name: &str| fs::read_to_string(small.path().join("difference").join(name)).expect(name);
    let shards = read("shards.csv");
    assert!(
        shards.starts_with(
            "period_a,period_b,shard,site_a,site_b,users_elsewhere\n0,0,s,unserved; b,b,6"
        ),
        "{shards}"
    );
    assert_eq!(
        read("inputs.csv"),
        "file,row,column,a,b\nsites.csv,b,cpu,4,100\n"
    );
    for name in [
        "comparison.json",
        "headroom.csv",
        "charts/headroom.svg",
        "charts/headroom.png",
    ] {
        assert!(
            !fs::read(small.path().join("difference").join(name))
                .expect(name)
                .is_empty()
        );
    }
    plimsoll(&small, &ask).assert().code(0);
    fs::write(small.path().join("difference/diary.txt"), "mine").expect("it can be written");
    plimsoll(&small, &ask).assert().code(2);
    // A plan's folder is no comparison, and is not replaced by one.
    plimsoll(&small, &["compare", &a, &b, "--out", "plan"])
        .assert()
        .code(2);
}

#[test]
fn a_folder_that_holds_no_plan_is_refused_with_what_is_missing() {
    let folder = two_sites(100);
    fs::create_dir(folder.path().join("empty")).expect("a folder");
    let output = plimsoll(&folder, &["compare", "empty"])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("assignment.csv") && told.contains("P6011"),
        "{told}"
    );
    let absent = plimsoll(&folder, &["compare", "absent"])
        .output()
        .expect("it runs");
    assert_eq!(absent.status.code(), Some(2));
}
