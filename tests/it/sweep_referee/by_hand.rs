//! Small sweeps whose values are seen at a glance; each was once told wrong.

use super::written::Written;
use crate::folders::with;
use crate::read::read;
use plimsoll::engine::SweepRequest as Asked;
use plimsoll::model::FailureSet;

/// The scenario in which nothing happens.
const NOTHING: &str =
    "[scenario]\nname = \"nothing\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n";

/// The sweep of every single failure of a set in the smallest inventory with some files changed.
fn swept(changed: &[(&str, &str)], over: FailureSet) -> Written {
    swept_during(NOTHING, changed, over)
}

fn swept_during(scenario: &str, changed: &[(&str, &str)], over: FailureSet) -> Written {
    swept_as_asked(scenario, changed, Asked::new(over, 1))
}

/// The sweep of a scenario in the smallest inventory with some files changed.
pub(super) fn swept_as_asked(scenario: &str, changed: &[(&str, &str)], asked: Asked) -> Written {
    let files = with(changed).into_iter();
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let files: Vec<(String, String)> = files.map(|file| (file.name, text(file.bytes))).collect();
    let (inventory, scenario) = read(&files, scenario);
    Written::of(&inventory, &scenario, asked)
}

/// Two access points; the link from the first to the site takes five users, there are ten.
const TWO_PATHS: [(&str, &str); 4] = [
    (
        "resources.csv",
        "resource,unit,scope\ncpu,vCPU,site\nbandwidth,Gbit/s,network\n",
    ),
    ("profiles.csv", "profile,cpu,bandwidth\nmail,1,1\n"),
    ("access_points.csv", "access_point\np\nq\n"),
    (
        "links.csv",
        "link,from,to,latency_ms,bandwidth\nl1,r,p,1,unlimited\nl2,p,a,1,5\nl3,r,q,9,unlimited\nl4,q,a,9,unlimited\n",
    ),
];

#[test]
fn nobody_passes_an_access_point_that_failed() {
    let sweep = swept(&TWO_PATHS, FailureSet::AccessPoints);
    let rows = &sweep.files["by_failure.csv"];
    assert!(rows.contains("\n0,0,,replan,0,"), "{rows}");
    assert!(rows.contains("\n2,1,q,replan,5,"), "{rows}");
    let verdict = sweep.verdict();
    assert!(verdict.holds(), "{:#?}", verdict.broken);
}

#[test]
fn who_takes_another_path_to_his_own_site_is_reported_though_nothing_touches_him() {
    let sweep = swept(&TWO_PATHS, FailureSet::AccessPoints);
    let displaced = "{\"links\":[\"l3\",\"l4\"],\"of\":[{\"like\":\"s\",\"users\":5}]}\n";
    assert_eq!(sweep.files["displaced.jsonl"], displaced);
}

#[test]
fn a_line_shows_only_what_differs_from_the_case_without_a_failure() {
    let sweep = swept(&TWO_PATHS, FailureSet::AccessPoints);
    let lines: Vec<&str> = sweep.files["proofs.jsonl"].lines().collect();
    let [nothing, q_fails] = lines[..] else {
        panic!("{lines:?}");
    };
    assert!(nothing.ends_with("\"displaced\":[]}"), "{nothing}");
    let unserved = r#""displaced":[{"of":[{"like":"s","users":5}]}]}"#;
    assert!(q_fails.ends_with(unserved), "{q_fails}");
}

#[test]
fn who_has_left_a_drained_site_is_not_asked_the_failover_rule_when_it_fails() {
    let drained = "[scenario]\nname = \"drained\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n\
                   [policy]\nfailover = \"replicas\"\n\
                   [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n";
    let files = [
        ("sites.csv", "site,cpu\na,100\nb,100\n"),
        ("access_points.csv", "access_point\np\nq\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
        ("risk_groups.csv", "risk_group,component\ng,a\ng,q\n"),
    ];
    let sweep = swept_during(drained, &files, FailureSet::Sites);
    let rows = &sweep.files["by_failure.csv"];
    assert!(rows.contains("\n2,1,g,replan,0,"), "{rows}");
    let verdict = sweep.verdict();
    assert!(verdict.holds(), "{:#?}", verdict.broken);
}

#[test]
fn who_may_be_served_elsewhere_is_not_broken_because_no_path_leads_to_his_site() {
    let files = [
        ("sites.csv", "site,cpu\na,100\nb,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,50\nl3,p,b,5\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier,max_latency_ms\ns,t,10,a,mail,r,gold,20\n",
        ),
    ];
    let sweep = swept(&files, FailureSet::Sites);
    let rows = &sweep.files["survivable.csv"];
    assert!(rows.contains("\nreplan,t,gold,0,2,b\n"), "{rows}");
    let verdict = sweep.verdict();
    assert!(verdict.holds(), "{:#?}", verdict.broken);
}
