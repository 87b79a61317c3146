//! `plimsoll check`: what it prints where, and its exit codes.

use crate::folders::with;
use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The smallest sound inventory on disk, with some files replaced or added.
fn written(changed: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("there is room for a folder");
    for file in with(changed) {
        fs::write(folder.path().join(&file.name), &file.bytes).expect("there is room for a file");
    }
    folder
}

/// `plimsoll check .` in a folder, with more arguments.
fn check(folder: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
    command.current_dir(folder).args(["check", "."]).args(more);
    command
}

#[test]
fn a_sound_inventory_is_summed_up() {
    let folder = written(&[]);
    check(folder.path(), &[]).assert().code(0).stderr("").stdout(
        "`.`: no errors, 0 warnings; 1 site, 1 access point, 0 elements, 2 links, 1 client region, 1 shard, 10 users\n",
    );
}

#[test]
fn a_finding_shows_its_line_and_what_to_do() {
    let folder = written(&[(
        "shards.csv",
        "shard,tenant,users,site,profile,client_region,tier\ns,t,-3,a,mail,r,gold\n",
    )]);
    check(folder.path(), &[]).assert().code(2).stderr("").stdout(
        "error: shards.csv:2: column users: found \"-3\", expected a whole number of 0 or more [P2104]\n\
         \x20 2 | s,t,-3,a,mail,r,gold\n\
         \x20   |     ^^\n\
         hint: write leaving users into onboarding.csv, as a negative number\n\
         \n\
         `.`: 1 error, 0 warnings; fix the errors before you plan\n",
    );
}

#[test]
fn a_warning_does_not_fail() {
    let folder = written(&[("sits.csv", "")]);
    check(folder.path(), &[]).assert().code(0);
}

/// Ten users pass an access point of 12, of which 30 % are to be free; the scenario asks for 95 % of a site of 100.
#[test]
fn headroom_that_is_missing_before_a_scenario_is_reported() {
    let folder = written(&[
        (
            "resources.csv",
            "resource,unit,scope,headroom\ncpu,vCPU,site,0.3\nbw,Gbit/s,network,0.3\n",
        ),
        ("profiles.csv", "profile,cpu,bw\nmail,1,1\n"),
        ("access_points.csv", "access_point,bw\np,12\n"),
    ]);
    let scenarios = TempDir::new().expect("there is room for a folder");
    let scenario = |policy: &str| {
        let text = format!(
            "[scenario]\nname = \"x\"\nstart = 2030-03-01T00:00:00Z\nend = 2030-03-01T01:00:00Z\n{policy}"
        );
        fs::write(scenarios.path().join("missed.toml"), &text).expect("there is room for a file");
        let file = scenarios.path().join("missed.toml");
        let file = file.to_string_lossy();
        let output = check(folder.path(), &["--scenario", &file]).output();
        let output = output.expect("it runs");
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).expect("text")
    };
    let call = |found: &str| {
        format!(
            "warning: missed.toml: found a headroom deficit before any event: {found}, expected no headroom deficit [P3409]\n"
        )
    };
    let text = scenario("");
    assert!(text.contains(&call("p bw, 16 % (target 30 %)")), "{text}");
    let text = scenario("[policy.headroom]\ncpu = 0.95\nbw = 0.95\n");
    let both = "p bw, 16 % (target 95 %); a cpu, 90 % (target 95 %)";
    assert!(text.contains(&call(both)), "{text}");
    let text = scenario("[policy.headroom]\nbw = 0.1\n");
    assert!(!text.contains("P3409"), "{text}");
}

#[test]
fn json_counts_and_places_every_finding() {
    let folder = written(&[("tiers.csv", "tier,rank,availability\ngold,0,0.999\n")]);
    check(folder.path(), &["--json"]).assert().code(2).stderr("").stdout(
        "{\n  \"format\": \"plimsoll-check/1\",\n  \"plimsoll\": \"0.1.0\",\n  \"inventory\": \".\",\n  \
         \"errors\": 1,\n  \"warnings\": 0,\n  \"holds\": null,\n  \"scenario\": null,\n  \"findings\": [\n    {\n      \
         \"severity\": \"error\",\n      \"code\": \"P2104\",\n      \"file\": \"tiers.csv\",\n      \
         \"line\": 2,\n      \"column\": \"rank\",\n      \"found\": \"\\\"0\\\"\",\n      \
         \"expected\": \"a whole number from 1 to 1000000\",\n      \
         \"hint\": \"start at rank 1, which is served first, and number the others from 2 on\"\n    }\n  ]\n}\n",
    );
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let folder = written(&[(
        "tiers.csv",
        "tier,rank,availability,\u{1b}[2J\ngold\u{1b}[31m,1,1,\n",
    )]);
    let assert = check(folder.path(), &[]).assert().code(2);
    let shown = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    assert!(!shown.contains('\u{1b}'), "{shown}");
    assert!(shown.contains("\\u{1b}[2J"), "{shown}");
}

#[test]
fn a_folder_that_cannot_be_read_is_named_with_the_reason() {
    let folder = written(&[]);
    let path = folder.path().join("no-such-folder");
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
    let assert = command.arg("check").arg(&path).assert().code(2).stdout("");
    let shown = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    let expected = format!("error: cannot read `{}`: No such file", path.display());
    assert!(shown.starts_with(&expected), "{shown}");
}

#[test]
fn arguments_that_mean_nothing_are_bad_input() {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
    command.arg("chek").assert().code(2).stdout("");
}

#[test]
fn help_has_an_example_for_every_command() {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
    let assert = command
        .args(["check", "--help"])
        .assert()
        .code(0)
        .stderr("");
    let shown = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    assert!(
        shown.contains("Examples:\n  plimsoll check data/tiny"),
        "{shown}"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let rows: Vec<String> = (0..40).map(|row| format!("x{row},-1,2")).collect();
    let rows = rows.join("\n");
    let folder = written(&[("tiers.csv", &format!("tier,rank,availability\n{rows}"))]);
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let status = command
        .arg("check")
        .arg(folder.path())
        .stdout(writer)
        .status()
        .expect("the program starts");
    assert_eq!(status.code(), Some(2));
}

#[test]
fn summary_shows_load_and_capacity_of_every_resource_and_kind() {
    let folder = written(&[
        (
            "resources.csv",
            "resource,unit,scope\nbw,Gbit/s,network\ncpu,vCPU,site\n",
        ),
        ("profiles.csv", "profile,cpu,bw\nmail,1,0.5\n"),
        ("sites.csv", "site,cpu\na,100\nb,300\n"),
        (
            "links.csv",
            "link,from,to,latency_ms,bw\nl1,r,p,5,10\nl2,p,a,5,unlimited\nl3,p,b,5,unlimited\n",
        ),
        ("access_points.csv", "access_point,bw\np,unlimited\n"),
    ]);
    let output = check(folder.path(), &["--summary"]).output();
    let text = String::from_utf8(output.expect("it runs").stdout).expect("it is UTF-8");
    let expected = "
resource  at           load   capacity    used  fullest  used there
-------------------------------------------------------------------
bw        1 link   5 Gbit/s  10 Gbit/s  50.0 %  l1           50.0 %
cpu       2 sites   10 vCPU   400 vCPU   2.5 %  a            10.0 %
";
    assert!(text.contains(expected), "{text}");
    assert!(!text.contains("Not everybody"), "{text}");
    let output = check(folder.path(), &["--summary", "--json"]).output();
    let bytes = output.expect("it runs").stdout;
    let value: serde_json::Value = serde_json::from_slice(&bytes).expect("it is JSON");
    assert_eq!(value["summary"]["is_everybody_served"], true);
    let cpu = &value["summary"]["rows"][1];
    assert_eq!(
        (&cpu["resource"], &cpu["kind"]),
        (&"cpu".into(), &"site".into())
    );
    assert_eq!(
        (&cpu["load"], &cpu["capacity"]),
        (&10.0.into(), &400.0.into())
    );
    assert_eq!(
        (&cpu["fullest"], &cpu["utilization"]),
        (&"a".into(), &0.025.into())
    );
    // Without it nothing is there, and with errors neither.
    let output = check(folder.path(), &["--json"]).output();
    let text = String::from_utf8(output.expect("it runs").stdout).expect("it is UTF-8");
    assert!(!text.contains("\"summary\""), "{text}");
    let broken = written(&[("sites.csv", "site,cpu\na,x\n")]);
    let output = check(broken.path(), &["--summary"]).output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("fullest"));
}

#[test]
fn summary_until_a_date_shows_the_users_and_capacities_of_that_date() {
    let folder = written(&[
        ("sites.csv", "site,cpu\na,100\nb,300\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
        (
            "growth.csv",
            "start,end,monthly,low,high\n2027-01-01,2029-01-01,0.1,0.05,0.12\n",
        ),
        (
            "capacity_changes.csv",
            "date,component,resource,capacity\n2027-12-01,a,cpu,200\n",
        ),
    ]);
    let date = ["--summary", "--until", "2028-01-01"];
    let output = check(folder.path(), &date).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("it is UTF-8");
    // 10 users · 1.1^(365 ÷ 30.4375) = 31.36; at 0.05 17.95, at 0.12 38.93.
    assert!(
        text.contains("On 2028-01-01: 31 users (from 18 to 39), after 10 in shards.csv."),
        "{text}"
    );
    assert!(text.contains("10 vCPU  400 vCPU  2.5 %"), "{text}");
    assert!(text.contains("31.4 vCPU  500 vCPU  6.3 %"), "{text}");
    assert!(
        text.contains("At the high end (39 users), cpu at a is 19.5 % full."),
        "{text}"
    );
    let json = [&date[..], &["--json"]].concat();
    let output = check(folder.path(), &json).output().expect("it runs");
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let until = &value["summary"]["until"];
    let users = ["users_of_shards", "users", "users_low", "users_high"];
    let users = users.map(|key| until[key].as_f64().expect("a number"));
    let months: f64 = 365.0 / 30.4375;
    let expected = [0.0, 0.1, 0.05, 0.12].map(|rate: f64| 10.0 * (1.0 + rate).powf(months));
    for (found, expected) in users.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
    assert_eq!(value["summary"]["rows"][0]["load"], 10.0);
    // A date without a summary is no question.
    let output = check(folder.path(), &["--until", "2028-01-01"]).output();
    assert_eq!(output.expect("it runs").status.code(), Some(2));
}

#[test]
fn summary_shows_all_of_a_load_that_is_a_thousand_times_too_large() {
    let folder = written(&[("profiles.csv", "profile,cpu\nmail,1000\n")]);
    let output = check(folder.path(), &["--summary"]).output();
    let text = String::from_utf8(output.expect("it runs").stdout).expect("it is UTF-8");
    assert!(
        text.contains("10,000 vCPU") && text.contains("10,000.0 %"),
        "{text}"
    );
    let said = "Some users cannot be served at home: 10 users of 1 shard (10 of s).";
    assert!(text.replace('\n', " ").contains(said), "{text}");
    let output = check(folder.path(), &["--summary", "--json"]).output();
    let text = String::from_utf8(output.expect("it runs").stdout).expect("it is UTF-8");
    assert!(text.contains("\"is_everybody_served\": false"), "{text}");
}
