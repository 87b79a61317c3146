//! Sentences that would be false all-clears: each says what was not checked, who stays down, and what was so before.

use super::{QUIET_HOUR, plimsoll, written};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

const OUT: [&str; 3] = ["--out", "out", "--no-charts"];

/// What a command prints of the folder's own inventory and `s.toml`, and its exit code.
fn said(folder: &TempDir, args: &[&str]) -> (String, Option<i32>) {
    let args = [args, &OUT].concat();
    let output = plimsoll(folder, &args).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (text, output.status.code())
}

fn read(folder: &TempDir, file: &str) -> String {
    fs::read_to_string(folder.path().join("out").join(file)).expect("it is written")
}

/// One shard at each of three sites: without a site the two others have 270 to 300 vCPU for 250, but no one of them has 90 or
/// 80 free. Split in two, every shard fits.
fn three_large_shards(policy: &str) -> TempDir {
    written(&[
        ("s.toml", &format!("{QUIET_HOUR}{policy}")),
        ("sites.csv", "site,cpu\na,120\nb,150\nc,150\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\nl4,p,c,5\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\n\
             sa,t1,90,a,mail,r,gold\nsb,t2,80,b,mail,r,gold\nsc,t3,80,c,mail,r,gold\n",
        ),
    ])
}

/// Of 90, 80 and 80 users two shards are at one of the sites that are left, which has 150 vCPU: 10 users stay unserved.
#[test]
fn a_sweep_says_who_stays_unserved_with_whole_shards() {
    let folder = three_large_shards("");
    let sweep = ["sweep", ".", "--scenario", "s.toml"];
    let (text, code) = said(&folder, &sweep);
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let verdict = "3 of 4 cases leave users unserved with whole shards: up to 10, without a. No better placement was found. \
                   Everyone is served in all 4 cases (no headroom target is set), if shards may be split, ";
    assert!(flat.contains(verdict), "{text}");
    let page = read(&folder, "report.html");
    assert!(page.contains("First: plan the worst case with whole shards, without a:"));
    assert!(page.contains("3 only with whole shards"));
    assert!(
        flat.contains(
            "If a fails, 10 users stay unserved with whole shards; split shards serve everyone."
        ),
        "{text}"
    );
    assert!(
        text.contains("survive the failure of any single site, if shards may be split.\n"),
        "{text}"
    );
    assert!(!text.contains("Not checked: whole shards"), "{text}");
    assert_eq!(code, Some(1));
    let json: Value = serde_json::from_str(&read(&folder, "sweep.json")).expect("it is JSON");
    let found = &json["found"][0];
    assert_eq!(found["whole_shards_not_checked"], 0);
    assert_eq!(found["whole_shards_unserved"], 3);
    assert_eq!(found["whole_shards_most_unserved_users"], 10);
    let cases = read(&folder, "by_failure.csv");
    let ends: Vec<&str> = cases.lines().map(last_two).collect();
    assert_eq!(
        ends,
        [
            "whole_unserved_users,whole_worst_shortfall",
            "0,0",
            "10,0",
            "10,0",
            "10,0"
        ]
    );
    let verify = ["verify", ".", "--scenario", "s.toml", "out"];
    let output = plimsoll(&folder, &verify).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let (_, code) = said(
        &three_large_shards(""),
        &["plan", ".", "--scenario", "s.toml", "--fail", "a"],
    );
    assert_eq!(code, Some(1));
    let (text, code) = said(
        &three_large_shards("[policy]\nsplit_shards = true\n"),
        &sweep,
    );
    assert!(!text.contains("whole shards"), "{text}");
    assert_eq!(code, Some(0));
}

fn last_two(line: &str) -> &str {
    let before = line.rmatch_indices(',').nth(1);
    before.map_or(line, |(at, _)| &line[at + 1..])
}

/// Three shards of 20 users are at `a`; `b` and `c` have the given vCPU free.
fn three_small_shards(free: [u32; 2]) -> TempDir {
    let [b, c] = free;
    written(&[
        ("s.toml", QUIET_HOUR),
        ("sites.csv", &format!("site,cpu\na,60\nb,{b}\nc,{c}\n")),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,6\nl4,p,c,7\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\n\
             s1,t1,20,a,mail,r,gold\ns2,t1,20,a,mail,r,gold\ns3,t1,20,a,mail,r,gold\n",
        ),
    ])
}

/// Both have spare capacity for one and a half shards: split, all three fit; whole, the third serves 10 of its 20 users.
#[test]
fn one_and_a_half_shards_at_each_survivor_are_two_whole_ones_and_a_half() {
    let sweep = ["sweep", ".", "--scenario", "s.toml"];
    let folder = three_small_shards([30, 30]);
    let (text, code) = said(&folder, &sweep);
    assert!(
        text.contains("1 of 4 cases leaves users unserved with whole shards: up to 10, without a."),
        "{text}"
    );
    assert_eq!(code, Some(1));
}

/// One and a half shards fit at one, and two at the other: each shard has a site, whatever the program splits.
#[test]
fn an_all_clear_is_said_without_a_condition_where_whole_shards_fit() {
    let sweep = ["sweep", ".", "--scenario", "s.toml"];
    let folder = three_small_shards([30, 40]);
    let (text, code) = said(&folder, &sweep);
    assert!(!text.contains("shards may be split"), "{text}");
    assert!(!text.contains("whole shards"), "{text}");
    assert_eq!(code, Some(0));
    let json: Value = serde_json::from_str(&read(&folder, "sweep.json")).expect("it is JSON");
    assert_eq!(json["found"][0]["whole_shards_not_checked"], 0);
    assert_eq!(json["found"][0]["whole_shards_unserved"], 0);
}

#[test]
fn protection_says_that_whole_shards_are_not_checked_after_a_failure() {
    let folder = three_large_shards("[protect]\nfailures = 1\nrecovery = \"replan\"\n");
    let (text, _) = said(&folder, &["plan", ".", "--scenario", "s.toml"]);
    assert!(
        text.contains("Not checked: whole shards after the failures of [protect]"),
        "{text}"
    );
}

#[test]
fn protection_is_said_without_a_condition_where_whole_shards_fit() {
    let folder = three_small_shards([30, 40]);
    let scenario = format!("{QUIET_HOUR}[protect]\nfailures = 1\nrecovery = \"replan\"\n");
    fs::write(folder.path().join("s.toml"), scenario).expect("there is space for a file");
    let (text, _) = said(&folder, &["plan", ".", "--scenario", "s.toml"]);
    assert!(
        text.contains("It survives every failure of one site"),
        "{text}"
    );
    assert!(!text.contains("shards may be split"), "{text}");
    assert!(!text.contains("whole shards after"), "{text}");
    let folder = three_small_shards([30, 30]);
    let scenario = format!("{QUIET_HOUR}[protect]\nfailures = 1\nrecovery = \"replan\"\n");
    fs::write(folder.path().join("s.toml"), scenario).expect("there is space for a file");
    let (text, _) = said(&folder, &["plan", ".", "--scenario", "s.toml"]);
    assert!(
        text.contains("Not checked: whole shards after 1 of the 3 failures of [protect]"),
        "{text}"
    );
}

/// Ten users come, or sixty: Alpha has 50 vCPU for them and Beta the rest.
#[test]
fn the_ends_of_a_forecast_are_said_to_have_plans_of_their_own() {
    let folder = written(&[
        ("s.toml", QUIET_HOUR),
        ("sites.csv", "site,cpu\na,50\nb,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,9\n",
        ),
        (
            "onboarding.csv",
            "date,shard,users,low,high\n2012-11-01,s,10,5,60\n",
        ),
    ]);
    let (text, _) = said(&folder, &["plan", ".", "--scenario", "s.toml"]);
    let said = "Not checked: this plan at the low and at the high forecast.";
    assert!(text.contains(said), "{text}");
    assert!(!text.contains("With the high forecast"), "{text}");
}

/// A site that loses three tenths of its work is kept after the detection: nothing of its capacity is gone.
#[test]
fn users_who_stay_down_at_a_kept_component_come_first_everywhere() {
    let folder = written(&[
        (
            "s.toml",
            "[scenario]\nname = \"lying\"\nstart = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T12:00:00-08:00\n\
         [[event]]\nkind = \"gray\"\ncomponent = \"a\"\nloss = 0.3\n\
         start = 2012-11-13T10:00:00-08:00\ndetected = 2012-11-13T10:30:00-08:00\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,50,a,mail,r,gold\n",
        ),
    ]);
    let (text, code) = said(&folder, &["plan", ".", "--scenario", "s.toml"]);
    let alarm = "WARNING: up to 15 users stay down until the scenario ends. The plan keeps a in service, which loses 30 % of its work.";
    let remedy = "To end this, add a maintenance event on a from 10:30 on";
    assert!(
        text.lines().nth(2).is_some_and(|text| text == alarm),
        "{text}"
    );
    assert!(text.contains(remedy), "{text}");
    assert_eq!(code, Some(1));
    let runbook = read(&folder, "runbook.md");
    assert!(runbook.contains(alarm), "{runbook}");
    assert!(!runbook.contains("there is nothing to do"), "{runbook}");
    let page = read(&folder, "report.html");
    assert!(!page.contains("First: nothing"));
    assert!(page.contains("stay down until the scenario ends"));
    assert!(!page.contains("verything is served") && !page.contains("everyone is served"));
}

/// Alpha is at 90 of 100 vCPU and its target is a fifth: that was so before, and no failure makes it worse.
#[test]
fn a_target_that_is_missed_before_is_no_target_that_is_met() {
    let folder = written(&[
        ("s.toml", QUIET_HOUR),
        (
            "resources.csv",
            "resource,unit,scope,headroom\ncpu,vCPU,site,0.2\n",
        ),
        ("sites.csv", "site,cpu\na,100\nb,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,9\n",
        ),
        ("background.csv", "component,resource,load\na,cpu,80\n"),
    ]);
    let (text, _) = said(&folder, &["sweep", ".", "--scenario", "s.toml"]);
    assert!(
        text.contains("misses a headroom target by more than before"),
        "{text}"
    );
    assert!(!text.contains("misses a headroom target."), "{text}");
}

/// The one ready copy is in the EU, and the shard must stay in the US.
#[test]
fn a_copy_that_residency_forbids_is_not_said_to_be_gone() {
    let folder = written(&[
        ("s.toml", QUIET_HOUR),
        (
            "sites.csv",
            "site,jurisdiction,cpu\na,US,100\nb,EU,100\nc,US,100\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,9\nl4,p,c,9\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier,jurisdiction,move\n\
             s,t,10,a,mail,r,gold,US,replica_only\n",
        ),
        ("replicas.csv", "shard,site,preference,state\ns,b,1,ready\n"),
    ]);
    let (text, _) = said(&folder, &["sweep", ".", "--scenario", "s.toml"]);
    assert!(
        text.contains("must stay in US, which no open site with a ready copy offers"),
        "{text}"
    );
    assert!(!text.contains("no ready copy is at an open site"), "{text}");
}

/// A quarter of a load balancer is left from 10:00 on, and until 10:30 the plan counts on all of it.
#[test]
fn explain_says_what_a_plan_does_not_see_and_refuses_a_period_that_is_not_there() {
    let folder = written(&[
        (
            "s.toml",
            "[scenario]\nname = \"gray\"\nstart = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T12:00:00-08:00\n\
             [[event]]\nkind = \"gray\"\ncomponent = \"a\"\ncapacity = 0.25\n\
             start = 2012-11-13T10:00:00-08:00\ndetected = 2012-11-13T10:30:00-08:00\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,50,a,mail,r,gold\n",
        ),
    ]);
    said(&folder, &["plan", ".", "--scenario", "s.toml"]);
    let explain = |args: &[&str]| {
        let args = [&["explain", "out"], args].concat();
        let output = plimsoll(&folder, &args).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (text, output.status.code())
    };
    let unseen = "a actually has 25 of 100 of cpu left for a load of 50: 50 users affected, 25 excess users.";
    let (text, code) = explain(&["--period", "1"]);
    assert!(text.contains(unseen), "{text}");
    assert_eq!(code, Some(0));
    let (text, _) = explain(&["--component", "a", "--period", "1"]);
    assert!(
        text.contains(&format!("Not seen by the plan: {unseen}")),
        "{text}"
    );
    assert_eq!(explain(&["--period", "7"]).1, Some(2));
    assert_eq!(explain(&["--period", "7", "--json"]).1, Some(2));
    let periods = |args: &[&str]| -> Vec<Value> {
        let json: Value = serde_json::from_str(&explain(args).0).expect("it is JSON");
        let reasons = json["reasons"].as_array().into_iter().flatten();
        reasons.map(|reason| reason["period"].clone()).collect()
    };
    let all = periods(&["--json"]);
    assert!(all.iter().any(|value| *value == 2), "{all:?}");
    assert!(periods(&["--period", "1", "--json"]).is_empty());
}
