//! Answers by a rule, and what begins at the scenario's own plan: every rule with the smallest change that breaks it.

use super::folders::inventory_of;
use super::rules::breaks;
use super::written::Written;
use crate::folders::with;
use crate::read::read;
use plimsoll::engine::{Begin, GrayAsked, SweepRequest};
use plimsoll::model::{FailureSet, Recovery};

/// Every single site fails while Chicago is drained, and one more may be gray.
fn tiny(begin: Begin) -> Written {
    let (inventory, scenario) = inventory_of("data/tiny", "drain-chicago.toml");
    let asked = SweepRequest {
        recoveries: vec![Recovery::Rescale],
        begin,
        gray: Some(gray(FailureSet::Sites)),
        ..SweepRequest::new(FailureSet::Sites, 1)
    };
    Written::of(&inventory, &scenario, asked)
}

fn gray(over: FailureSet) -> GrayAsked {
    GrayAsked {
        over,
        most: 1,
        severity: 0.5,
        minutes: 60.0,
    }
}

#[test]
fn an_answer_by_a_rule_is_settled_by_it() {
    let sweep = tiny(Begin::Start);
    let wrong = |from, to, expected| breaks(&sweep, "by_failure.csv", (from, to), expected);
    wrong(
        "31250,0,rule,yes",
        "31250,0,default,yes",
        "by_failure.csv:4 settled_by P7860",
    );
    wrong(
        "31250,0,rule,yes",
        "31250,0,rule,no",
        "by_failure.csv:4 proven P7860",
    );
    wrong(
        "31250,0,rule,yes,",
        "31250,0,rule,yes,1",
        "by_failure.csv:4 no_site_users P7866",
    );
    wrong(
        "rescale,130000,4",
        "rescale,120000,4",
        "by_failure.csv:4 unserved_users P7840",
    );
}

#[test]
fn what_is_overloaded_binds() {
    let sweep = tiny(Begin::Start);
    let wrong = |from, to, expected| breaks(&sweep, "involved.csv", (from, to), expected);
    let row = "2,sat,rescale,binds,ams,cpu\n";
    wrong(
        row,
        "2,sat,rescale,binds,ams,bandwidth\n",
        "involved.csv:4 component P7861",
    );
    wrong(row, "", "involved.csv - P7861");
}

#[test]
fn the_plan_is_one_of_the_period() {
    let sweep = tiny(Begin::Start);
    let wrong = |file, from, to, expected| breaks(&sweep, file, (from, to), expected);
    let (assignment, steering) = ("assignment.csv", "steering.csv");
    let row = "0,canal-museum-1,canal-museum,30000";
    wrong(
        assignment,
        row,
        "0,canal-museum-1,canal-museum,31000",
        "assignment.csv:3 users P7105",
    );
    wrong(
        steering,
        "0,europe,mailbox,150,ap-ams,ams,",
        "0,europe,mailbox,150,ap-ams,sat,",
        "steering.csv:2 site P7303",
    );
    let (inventory, mut scenario) = inventory_of("data/tiny", "drain-chicago.toml");
    scenario.end += jiff::SignedDuration::from_hours(4);
    let later = SweepRequest {
        recoveries: vec![Recovery::Replicas],
        period: Some(0),
        ..SweepRequest::new(FailureSet::Sites, 1)
    };
    let sweep = Written::of(&inventory, &scenario, later);
    assert!(sweep.verdict().holds());
    let wrong = |file, from, to, expected| breaks(&sweep, file, (from, to), expected);
    let row = "\n0,canal-museum-1,";
    wrong(
        assignment,
        row,
        "\n1,canal-museum-1,",
        "assignment.csv:3 period P7862",
    );
    wrong(
        steering,
        "\n0,europe,",
        "\n1,europe,",
        "steering.csv:2 period P7862",
    );
}

#[test]
fn silent_faults_cost_what_the_plan_comes_to() {
    let sweep = tiny(Begin::Start);
    let wrong = |from, to, expected| breaks(&sweep, "gray.csv", (from, to), expected);
    wrong(
        "alamo-energy,gold",
        "alamo-energy,silver",
        "gray.csv:2 tenant P7863",
    );
    wrong(
        "canal-museum,silver,30000,ams,15000,0.5,900000\n",
        "",
        "gray.csv - P7863",
    );
    wrong(
        "sat,30000,0.5,1800000",
        "sat,3000,0.5,1800000",
        "gray.csv:3 lost_users P7863",
    );
    wrong(
        "sat,30000,0.5,1800000",
        "sat,30000,0.5,180000",
        "gray.csv:2 lost_user_minutes P7864",
    );
    wrong(
        "sat,14000,0.35",
        "sat,14000,0.4",
        "gray.csv:5 lost_share P7864",
    );
    wrong(
        "prairie-health,silver,40000,sat",
        "prairie-health,silver,40000,ams",
        "gray.csv:5 gray P7865",
    );
}

#[test]
fn homes_of_a_sweep_from_the_plan_are_those_of_the_plan() {
    let sweep = tiny(Begin::Plan);
    assert!(sweep.verdict().holds());
    let (from, to) = ("prairie-health-2,ams,1", "prairie-health-2,sat,1");
    breaks(&sweep, "homes.csv", (from, to), "homes.csv - P7837");
}

#[test]
fn without_the_plan_nothing_is_said_of_answers_by_a_rule() {
    let mut sweep = tiny(Begin::Start);
    sweep.files.remove("steering.csv");
    let verdict = sweep.verdict();
    assert!(verdict.holds(), "{:#?}", verdict.broken);
    assert_eq!(verdict.by_rule, [0, 9]);
    let as_unknown = "as without assignment.csv and steering.csv the scenario's plan is unknown";
    assert_eq!(
        verdict.not_checked,
        [
            format!("the results of cases answered by a rule, {as_unknown}"),
            format!("gray.csv, {as_unknown}"),
        ]
    );
}

/// A site of twenty vCPU has six of background and ten users of one each, of which their copy there stands for half: it
/// carries 6 + 5 + 5. With half of it left, copies and background alone are more than the ten that are left: they fill it,
/// and the users ask for all ten besides.
#[test]
fn a_copy_takes_nothing_off_where_copies_and_background_fill_what_is_left() {
    let files = with(&[
        (
            "resources.csv",
            "resource,unit,scope,replica_share\ncpu,vCPU,site,0.5\n",
        ),
        ("sites.csv", "site,cpu\na,20\nb,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
        ("background.csv", "component,resource,load\na,cpu,6\n"),
        ("replicas.csv", "shard,site,preference,state\ns,b,1,ready\n"),
    ]);
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let files: Vec<(String, String)> = files
        .into_iter()
        .map(|file| (file.name, text(file.bytes)))
        .collect();
    let scenario = "[scenario]\nname = \"nothing\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n";
    let (inventory, scenario) = read(&files, scenario);
    let asked = SweepRequest {
        recoveries: vec![Recovery::Rescale],
        gray: Some(gray(FailureSet::Sites)),
        ..SweepRequest::new(FailureSet::Sites, 1)
    };
    let sweep = Written::of(&inventory, &scenario, asked);
    let rows = &sweep.files["by_component.csv"];
    assert!(rows.contains("a,site,cpu,vCPU,5,0.8,16,20,6,~b"), "{rows}");
    assert!(rows.contains("a,site,cpu,vCPU,1,2,20,10,3,~a"), "{rows}");
    let rows = &sweep.files["by_failure.csv"];
    assert!(
        rows.contains(
            "
3,0,~a,rescale,10,0,"
        ),
        "{rows}"
    );
    let verdict = sweep.verdict();
    assert!(verdict.holds(), "{:#?}", verdict.broken);
}
