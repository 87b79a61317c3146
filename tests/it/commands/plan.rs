//! `plimsoll plan`: what it prints where, what it writes, and its exit codes.

use super::{QUIET_HOUR, plimsoll, written};
use crate::command_line::{place, root};
use std::fs;

const ASK: [&str; 6] = ["plan", ".", "--scenario", "hour.toml", "--out", "out"];

#[test]
fn a_folder_with_mistakes_is_refused_with_their_lines_and_nothing_is_written() {
    let folder = written(&[
        ("hour.toml", QUIET_HOUR),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,-3,a,mail,r,gold\n",
        ),
    ]);
    plimsoll(&folder, &ASK).assert().code(2).stdout("").stderr(
        "error: shards.csv:2: column users: found \"-3\", expected a whole number of 0 or more [P2104]\n\
         \x20 2 | s,t,-3,a,mail,r,gold\n\
         \x20   |     ^^\n\
         hint: write leaving users into onboarding.csv, as a negative number\n\
         \n\
         `.`: 1 error, 0 warnings; fix the errors before you plan\n",
    );
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_scenario_with_mistakes_is_refused_with_their_lines_and_nothing_is_written() {
    let misspelt = QUIET_HOUR.replace("name", "nmae");
    let folder = written(&[("hour.toml", &misspelt)]);
    plimsoll(&folder, &ASK).assert().code(2).stdout("").stderr(
        "error: hour.toml:2: key scenario.nmae: found an unknown key, expected a key of [scenario] [P4002]\n\
         \x20 2 | nmae = \"quiet\"\n\
         hint: did you mean `name`?\n\
         \n\
         `hour.toml`: 1 error, 0 warnings; fix the errors before you plan\n",
    );
    assert!(!folder.path().join("out").exists());
}

#[test]
fn quiet_says_nothing_of_a_good_plan_nor_of_warnings() {
    let folder = written(&[("hour.toml", QUIET_HOUR), ("sits.csv", "")]);
    let args = [ASK.as_slice(), &["--quiet"]].concat();
    plimsoll(&folder, &args)
        .assert()
        .code(0)
        .stdout("")
        .stderr("");
    assert!(folder.path().join("out/summary.json").exists());
}

#[test]
fn without_charts_none_is_drawn_and_the_report_has_no_pictures() {
    let folder = written(&[("hour.toml", QUIET_HOUR)]);
    let args = [ASK.as_slice(), &["--no-charts"]].concat();
    let assert = plimsoll(&folder, &args).assert().code(0).stderr("");
    let shown = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    let last = "\nThe plan is in out; open out/report.html\n";
    assert!(shown.ends_with(last), "{shown}");
    assert!(!folder.path().join("out/charts").exists());
    let report = std::fs::read_to_string(folder.path().join("out/report.html"));
    assert!(!report.expect("it is written").contains("<figure"));
}

#[test]
fn json_is_the_summary_and_nothing_else() {
    let folder = written(&[("hour.toml", QUIET_HOUR)]);
    let args = [ASK.as_slice(), &["--no-charts", "--json"]].concat();
    let assert = plimsoll(&folder, &args).assert().code(0).stderr("");
    let summary = std::fs::read(folder.path().join("out/summary.json")).expect("it is written");
    assert_eq!(assert.get_output().stdout, summary);
}

#[test]
fn the_inputs_in_a_plans_folder_make_the_same_plan_again() {
    let folder = written(&[("hour.toml", QUIET_HOUR)]);
    let args = [ASK.as_slice(), &["--quiet", "--no-charts"]].concat();
    plimsoll(&folder, &args).assert().code(0);
    let again = [
        "plan",
        "out/inputs",
        "--scenario",
        "out/inputs/scenario-1.toml",
        "--out",
        "again",
        "--quiet",
        "--no-charts",
    ];
    plimsoll(&folder, &again).assert().code(0);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect(name);
    for table in [
        "assignment.csv",
        "steering.csv",
        "headroom.csv",
        "inputs/links.csv",
    ] {
        assert_eq!(
            read(&format!("out/{table}")),
            read(&format!("again/{table}"))
        );
    }
    let inputs = |name: &str| -> serde_json::Value {
        let summary: serde_json::Value = serde_json::from_str(&read(name)).expect("JSON");
        summary["inputs"].clone()
    };
    assert_eq!(inputs("out/summary.json"), inputs("again/summary.json"));
    // A folder with inputs is Plimsoll's own and may be replaced; one with a stranger's file among them is not.
    plimsoll(&folder, &args).assert().code(0);
    std::fs::write(folder.path().join("out/inputs/diary.txt"), "mine").expect("it can be written");
    plimsoll(&folder, &args).assert().code(2);
}

/// Users are down in the plan's own replay, which was played roughly: promises are counted without that, and none is said to be
/// kept.
#[test]
fn promises_that_are_counted_without_an_outage_are_not_checked() {
    let folder = place();
    let found = root("tests/found/31135");
    let mut plan = crate::command_line::plimsoll(folder.path());
    plan.arg("plan").arg(&found);
    for layer in ["scenario.toml", "clients.toml"] {
        plan.arg("--scenario").arg(found.join(layer));
    }
    let output = plan.args(["--out", "p", "--no-charts"]).output();
    let text = String::from_utf8_lossy(&output.expect("it runs").stdout).into_owned();
    assert!(text.starts_with("case-31135"), "{text}");
    let open = "Not checked: the monthly SLA targets.";
    assert!(text.contains(open), "{text}");
    let page = fs::read_to_string(folder.path().join("p/report.html")).expect("it is written");
    let of_tenants = page.split("id=\"tenants\"").nth(1).expect("a table");
    let of_tenants = of_tenants.split("</table>").next().unwrap_or_default();
    assert!(
        of_tenants.contains("not checked") && !of_tenants.contains(">kept<"),
        "{of_tenants}"
    );
}
