//! What a plan adds to the risk of lasting overloads, beside what the state before has.

use crate::command_line::{place, plimsoll, root};
use std::fs;

/// Two groups of users, each nearest to a gate that accepts 15 new sessions a second, planned while the second gate is out.
///
/// Clients that do not get a session come again: 400 users are let in at such a gate, 760 and 800 never are.
fn gate_drained(users: [u32; 2]) -> (serde_json::Value, String) {
    let folder = place();
    let path = folder.path().join("inventory");
    fs::create_dir(&path).expect("a folder can be made");
    for name in ["profiles", "resources", "sites", "tiers"] {
        let file = format!("{name}.csv");
        let text = fs::read(root("tests/found/stable-by-rows").join(&file)).expect("it is there");
        fs::write(path.join(file), text).expect("a file can be written");
    }
    let [first, second] = users;
    for (file, text) in [
        (
            "access_points.csv",
            "access_point,accepts_per_second\na0,15\na1,15\n".to_owned(),
        ),
        (
            "client_regions.csv",
            "client_region\nr0\nr1\n".to_owned(),
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nl00,r0,a0,5\nl01,r0,a1,9\nl10,r1,a0,9\nl11,r1,a1,5\nm0,a0,s0,1\nm1,a1,s0,1\n"
                .to_owned(),
        ),
        (
            "shards.csv",
            format!(
                "shard,tenant,users,site,profile,client_region,tier\nh0,t,{first},s0,p0,r0,t0\nh1,t,{second},s0,p0,r1,t0\n"
            ),
        ),
        (
            "scenario.toml",
            "[scenario]\nname = \"x\"\nstart = 2024-03-29T00:00:00Z\nend = 2024-03-29T06:00:00Z\n\
             [replay]\nbackoff_seconds = 20\nreturn_seconds = 10\n\
             [[event]]\nkind = \"maintenance\"\ncomponent = \"a1\"\nstart = 2024-03-29T02:00:00Z\n"
                .to_owned(),
        ),
    ] {
        fs::write(path.join(file), text).expect("a file can be written");
    }
    let mut command = plimsoll(folder.path());
    command.args(["plan", "inventory", "--scenario", "inventory/scenario.toml"]);
    command.args(["--out", "plan", "--no-charts"]);
    let output = command.output().expect("it runs");
    let summary = fs::read_to_string(folder.path().join("plan/summary.json"));
    let summary = serde_json::from_str(&summary.expect("it is written")).expect("it is JSON");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (summary, text)
}

#[test]
fn a_risk_that_only_the_plan_has_is_new_with_it_and_comes_first() {
    let (summary, text) = gate_drained([400, 400]);
    let risk = "At risk, new with this plan: if m0 loses all its capacity for 10 minutes from 02:02 on, 800 of 800 users stay down.";
    assert!(text.contains(risk), "{text}");
    assert!(
        text.contains(
            "3 more triggers leave lasting overloads (summary.json): new with this plan."
        ),
        "{text}"
    );
    assert!(text.find(risk) < text.find("Everyone is served"), "{text}");
    let before = &summary["recovery"]["locked_in"][0]["still_down_before"];
    assert_eq!(before.as_f64(), Some(0.0), "{summary}");
}

/// Before the drain 760 users at the first gate stay down, and 40 at the second recover.
#[test]
fn a_risk_that_the_plan_makes_larger_says_by_how_much() {
    let (_, text) = gate_drained([760, 40]);
    let more = "800 of 800 users stay down, 40 more than before this plan.";
    assert!(text.contains(more), "{text}");
    let others = "3 worse than before this plan, 4 as before this plan.";
    assert!(text.contains(others), "{text}");
}

/// Nobody is at the gate that is drained: the plan changes nothing, and its verdict comes before the risk.
#[test]
fn a_risk_that_was_there_before_comes_after_the_verdict() {
    let (_, text) = gate_drained([800, 0]);
    let risk = "At risk, also before this plan: if m0 loses all its capacity";
    assert!(text.contains(risk), "{text}");
    assert!(text.find("Everyone is served") < text.find(risk), "{text}");
    assert!(!text.contains("new with this plan"), "{text}");
    assert!(
        text.contains(
            " more triggers leave lasting overloads (summary.json): as before this plan."
        ),
        "{text}"
    );
}
