//! `plimsoll verify`: a plan made by hand, of homes alone.

use super::{plimsoll, written};
use crate::command_line::root;
use std::fs;
use tempfile::TempDir;

/// Site `a` is drained for an hour; its 10 users fit at `b`, or do not.
fn drained(cpu_of_b: u32, row: &str) -> TempDir {
    let sites = format!("site,cpu\na,100\nb,{cpu_of_b}\n");
    let scenario = "[scenario]\nname = \"drain\"\nstart = 2026-03-07T02:00:00Z\n\
        end = 2026-03-07T03:00:00Z\n[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n";
    let folder = written(&[
        ("drain.toml", scenario),
        ("sites.csv", &sites),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
    ]);
    let homes = format!("period,shard,tenant,users,from_site,to_site,share,reason\n{row}\n");
    let plan = folder.path().join("hand");
    fs::create_dir(&plan).expect("there is room for a folder");
    fs::write(plan.join("assignment.csv"), homes).expect("there is room for a file");
    folder
}

fn verified(folder: &TempDir, more: &[&str]) -> (Option<i32>, String) {
    let args = [&["verify", ".", "--scenario", "drain.toml", "hand"], more].concat();
    let output = plimsoll(folder, &args).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), text)
}

#[test]
fn homes_without_steering_are_judged_with_the_steering_that_is_planned_for_them() {
    let folder = drained(20, "0,s,t,10,a,b,1,drained");
    let (code, text) = verified(&folder, &[]);
    let planned =
        "planned: steering for these homes, as in `plan`, because the folder has no steering.csv";
    assert!(text.contains(planned), "{text}");
    assert!(
        text.ends_with(
            "Not checked: transitions (no waves.csv). What is checked holds: the plan serves everyone; no headroom target is set\n"
        ),
        "{text}"
    );
    assert_eq!(code, Some(0), "{text}");
    let (_, json) = verified(&folder, &["--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(json["steering_planned"], true);
    assert!(!folder.path().join("hand/steering.csv").exists());
}

/// What is said of the plan of data/tiny's drain without some of its files.
fn tiny_without(names: &[&str]) -> String {
    let folder = TempDir::new().expect("there is room for a folder");
    let tiny = root("data/tiny").display().to_string();
    let scenario = format!("{tiny}/drain-chicago.toml");
    let asked = ["--scenario", &scenario];
    let plan = [
        &["plan", &tiny][..],
        &asked,
        &["--no-charts", "--quiet", "--out", "plan"],
    ]
    .concat();
    assert_eq!(
        plimsoll(&folder, &plan)
            .output()
            .expect("it runs")
            .status
            .code(),
        Some(1)
    );
    for name in names {
        fs::remove_file(folder.path().join("plan").join(name)).expect("it is there");
    }
    let verify = [&["verify", &tiny][..], &asked, &["plan"]].concat();
    let output = plimsoll(&folder, &verify).output().expect("it runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Steps name waves that are not there: that is one finding, however many steps there are.
#[test]
fn steps_of_waves_without_the_waves_are_one_finding() {
    let text = tiny_without(&["waves.csv"]);
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
    let found = "error: changes.csv:3: column wave: found no waves.csv, and the wave of each step in this column \
                 (rows: 6 of changes.csv, 6 of changes_back.csv), expected waves.csv with these waves, or blank cells [P7969]";
    assert!(text.starts_with(found), "{text}");
    assert!(
        text.ends_with("the plan does not hold: 1 rule broken\n"),
        "{text}"
    );
}

/// Several places can break one rule, which is counted once.
#[test]
fn rules_and_findings_are_counted_apart() {
    let folder = drained(20, "0,s,t,10,a,b,1,home\n0,u,t,10,a,b,1,home");
    let put = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("there is room for a file");
    };
    put(
        "shards.csv",
        "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a,mail,r,gold\nu,t,10,a,mail,r,gold\n",
    );
    let (code, text) = verified(&folder, &[]);
    assert_eq!(code, Some(1), "{text}");
    assert_eq!(text.matches("error: ").count(), 2, "{text}");
    assert!(
        text.ends_with("the plan does not hold: 1 rule broken (2 findings)\n"),
        "{text}"
    );
}

/// Tables of waves are judged against waves.csv: without it they are not called checked, whatever stands in them.
#[test]
fn tables_of_waves_are_not_checked_without_the_waves() {
    let text = tiny_without(&["waves.csv", "changes.csv", "changes_back.csv"]);
    let line = |start: &str| {
        let line = text.lines().find(|line| line.starts_with(start));
        line.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    for name in ["ramp.csv", "wave_weights.csv", "wave_loads.csv"] {
        assert!(!line("checked: ").contains(name), "{text}");
        assert!(
            text.contains(&format!("{name} (waves.csv is absent)")),
            "{text}"
        );
        assert!(!line("not checked, absent: ").contains(name), "{text}");
    }
}

/// Nobody wrote a steering.csv: nothing is said of it, and nobody has to add one.
#[test]
fn of_steering_that_is_planned_nothing_is_asked() {
    let folder = drained(20, "0,s,t,10,a,b,1,drained");
    let (_, text) = verified(&folder, &[]);
    assert!(text.contains("checked: assignment.csv\n"), "{text}");
    let folder = drained(20, "0,s,t,10,a,b,x,drained");
    let args = ["verify", ".", "--scenario", "drain.toml", "hand"];
    let output = plimsoll(&folder, &args).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("assignment.csv:2: column share"), "{text}");
    assert!(!text.contains("steering.csv"), "{text}");
}

/// Site `c` keeps 10 % of its 20 % before and during a drain that does not touch it: without before.csv nobody knows that.
#[test]
fn targets_that_homes_miss_are_not_said_to_be_missed_by_more_than_before() {
    let folder = drained(20, "0,s,t,10,a,b,1,drained\n0,u,t,90,c,c,1,home");
    let put = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("there is room for a file");
    };
    put(
        "resources.csv",
        "resource,unit,scope,headroom\ncpu,vCPU,site,0.2\n",
    );
    put("sites.csv", "site,cpu\na,100\nb,20\nc,100\n");
    put(
        "links.csv",
        "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\nl4,p,c,5\n",
    );
    put(
        "shards.csv",
        "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a,mail,r,gold\nu,t,90,c,mail,r,gold\n",
    );
    let (code, text) = verified(&folder, &[]);
    let open = "not checked: targets missed before (before.csv is absent)";
    assert!(text.contains(open), "{text}");
    let said = "What is checked holds: the plan misses a headroom target, perhaps already before (c cpu: 10 % free, target 20 %); it serves everyone";
    assert!(text.replace('\n', " ").contains(said), "{text}");
    assert_eq!(code, Some(0), "{text}");
    let (_, json) = verified(&folder, &["--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(json["missed_before_known"], false);
    let missed = &json["targets_missed"][0];
    let at = ["component", "resource", "period"].map(|key| missed[key].to_string());
    assert_eq!(at.join(" "), r#""c" "cpu" 0"#);
    assert_eq!(missed["target"], 0.2);
    let not_played = serde_json::json!(["the replay in summary.json: outages, recovery"]);
    assert_eq!(json["not_played"], not_played);
}

/// What is homed at a site is led there, whether it carries that or not: no steering makes a plan better than its homes are.
#[test]
fn homes_that_do_not_fit_do_not_hold() {
    let folder = drained(5, "0,s,t,10,a,b,1,drained");
    let (code, text) = verified(&folder, &[]);
    assert!(text.contains("the plan does not hold"), "{text}");
    assert_eq!(code, Some(1), "{text}");
}

#[test]
fn homes_at_which_nobody_is_served_need_no_steering() {
    let folder = drained(20, "0,s,t,10,a,,1,unserved");
    let (code, text) = verified(&folder, &[]);
    assert!(text.contains("planned: steering for these homes"), "{text}");
    assert!(
        text.contains("What is checked holds: the plan leaves users unserved"),
        "{text}"
    );
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn homes_without_steering_are_replayed_with_the_steering_that_is_planned_for_them() {
    let folder = drained(20, "0,s,t,10,a,b,1,drained");
    let args = [
        "replay",
        ".",
        "--scenario",
        "drain.toml",
        "--plan",
        "hand",
        "--out",
        "r",
    ];
    let output = plimsoll(&folder, &args).output().expect("it runs");
    let one_text = String::from_utf8_lossy(&output.stderr);
    assert!(
        one_text.contains(
            "steering.csv: found an assignment.csv and no steering.csv, expected both [P6026]"
        ),
        "{one_text}"
    );
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("With the plan no users are down"), "{text}");
}
