//! Slow work planned with, worked out by hand, and disconnects, which no plan counts with.
//!
//! Sites a and b have room for 100 each. Big (50 users) and small (5) are homed at a, other (20) at b; a user demands 1.
//! From 09:00 on one piece of work in twenty takes a thousand times longer at a. It is given up after a minute, work takes
//! a second, and there are three retries: a works 1 + 0.05 · (60 · 4 − 1) = 12.95 times for the same, so 100 ÷ 12.95 = 7.722
//! are left of it.

use crate::folders::{file, with};
use crate::levels::{judged, planned};
use plimsoll::inventory::{self, SourceFile};
use plimsoll::model::{Inventory, Phase, Scenario};
use plimsoll::plan::{Change, Plan, Step, Timing, changes};
use plimsoll::plan_files::{EventWord, Reason};
use plimsoll::report::happenings;
use plimsoll::report::words::finding;
use plimsoll::report::written::tables;
use plimsoll::scenario::{self, ScenarioText};

/// What is left of a.
const LEFT: f64 = 100.0 / 12.95;

const SLOW: &str = "[[event]]
kind = \"slow\"
component = \"a\"
share = 0.05
factor = 1000
detected = 2012-11-13T09:30:00-08:00
";

fn files() -> Vec<SourceFile> {
    with(&[
        (
            "profiles.csv",
            "profile,cpu,retries,timeout_seconds,service_seconds\nmail,1,3,60,1\n",
        ),
        (
            "sites.csv",
            "site,cpu,move_out_per_hour\na,100,1000\nb,100,1000\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,9\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\n\
             big,t,50,a,mail,r,gold\nsmall,t,5,a,mail,r,gold\nother,u,20,b,mail,r,gold\n",
        ),
    ])
}

/// An hour with these events.
fn hour(files: &[SourceFile], events: &str) -> (Inventory, Scenario) {
    let reading = inventory::read(files);
    assert_eq!(reading.findings, []);
    let inventory = reading.inventory.expect("there are no errors");
    let text = format!(
        "[scenario]\nname = \"hour\"\nstart = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T10:00:00-08:00\n{events}"
    );
    let name = "hour.toml".to_owned();
    let reading = scenario::read(&[ScenarioText { name, text }], &inventory);
    assert_eq!(reading.findings, []);
    (inventory, reading.scenario.expect("there are no errors"))
}

/// A plan that the referee accepts.
fn accepted(inventory: &Inventory, scenario: &Scenario) -> Plan {
    let plan = planned(inventory, scenario);
    let verdict = judged(inventory, scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    plan
}

#[track_caller]
fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
}

#[test]
fn until_it_is_detected_the_blind_window_shows_what_is_too_full() {
    let (inventory, scenario) = hour(&files(), SLOW);
    let plan = accepted(&inventory, &scenario);
    let phases: Vec<Phase> = plan
        .periods
        .iter()
        .map(|period| period.period.phase)
        .collect();
    assert_eq!(phases, [Phase::Blind, Phase::Known]);
    let [affected] = plan.periods[0].blind.as_slice() else {
        panic!("{:?}", plan.periods[0].blind);
    };
    // All 55 are given to 7.722, for half an hour.
    let amounts = affected.amounts.expect("a is limited");
    for (found, expected) in amounts.into_iter().zip([55.0, 100.0, LEFT, 55.0 - LEFT]) {
        assert_near(found, expected);
    }
    assert_near(affected.users_affected, 55.0);
    assert_near(affected.users_excess, 55.0 - LEFT);
    assert_near(affected.user_minutes, 55.0 * 30.0);
    assert_eq!(plan.periods[1].blind, []);
}

#[test]
fn once_it_is_answered_only_what_still_fits_stays() {
    let (inventory, scenario) = hour(&files(), SLOW);
    let plan = accepted(&inventory, &scenario);
    let answered = &plan.periods[1];
    assert_near(answered.totals.moved, 50.0);
    assert_near(answered.totals.unserved, 0.0);
    let [moved] = answered.moves.as_slice() else {
        panic!("{:?}", answered.moves);
    };
    assert_eq!(inventory.shard_ids.get(moved.shard.index()), "big");
    // A site that is slow still works: nobody is drained, and nobody foresaw it.
    assert_eq!(moved.reason, Reason::Relief);
    let [transition] = plan.transitions.as_slice() else {
        panic!("{:?}", plan.transitions);
    };
    assert_eq!(transition.timing, Timing::After);
    let happenings = happenings(&inventory, &scenario, answered);
    let finding = finding(&happenings, &[], 0.0);
    assert_eq!(finding, "a is slow: nothing is limited");
}

#[test]
fn a_shorter_timeout_without_retries_serves_everybody() {
    // 1 + 0.05 · (10 − 1) = 1.45: 68.97 are left for the 55.
    let remedy = format!("{SLOW}timeout_seconds = 10\nretries = 0\n");
    let (inventory, scenario) = hour(&files(), &remedy);
    let plan = accepted(&inventory, &scenario);
    assert!(plan.periods.iter().all(|period| period.moves.is_empty()));
    let [affected] = plan.periods[0].blind.as_slice() else {
        panic!("{:?}", plan.periods[0].blind);
    };
    let [_, _, left, overload] = affected.amounts.expect("a is limited");
    assert_near(left, 100.0 / 1.45);
    assert_near(overload, 0.0);
    assert_near(affected.users_affected, 0.0);
}

#[test]
fn slow_work_that_is_known_from_its_start_is_not_foreseen_either() {
    let known = SLOW.replace("detected = 2012-11-13T09:30:00-08:00\n", "");
    let later = known.clone() + "start = 2012-11-13T09:20:00-08:00\n";
    let (inventory, scenario) = hour(&files(), &later);
    let plan = accepted(&inventory, &scenario);
    assert!(plan.periods.iter().all(|period| period.blind.is_empty()));
    let moved: Vec<f64> = plan
        .periods
        .iter()
        .map(|period| period.totals.moved)
        .collect();
    assert_eq!(moved, [0.0, 50.0]);
    let timings: Vec<Timing> = plan
        .transitions
        .iter()
        .map(|transition| transition.timing)
        .collect();
    assert_eq!(timings, [Timing::After]);
}

#[test]
fn what_is_lost_where_capacity_is_full_is_not_slowed() {
    let mut files = files();
    files.retain(|file| file.name != "resources.csv");
    files.push(file(
        "resources.csv",
        "resource,unit,scope,overload\ncpu,vCPU,site,lose\n",
    ));
    let inventory = inventory::read(&files).inventory.expect("sound");
    let (_, mut scenario) = hour(&self::files(), SLOW);
    scenario.policy.reaction_minutes = 0.0;
    let plan = accepted(&inventory, &scenario);
    assert!(plan.periods.iter().all(|period| period.moves.is_empty()));
    // It is named, and takes nothing: no resource, and nobody affected.
    let [affected] = plan.periods[0].blind.as_slice() else {
        panic!("{:?}", plan.periods[0].blind);
    };
    assert_eq!((affected.resource, affected.amounts), (None, None));
    assert_near(affected.users_affected, 0.0);
}

fn is_disconnect(step: &Step) -> bool {
    matches!(step.change, Change::Mark { kind, .. } if kind == EventWord::Disconnect)
}

#[test]
fn a_disconnect_changes_no_byte_of_a_plan_but_its_marks() {
    let bytes = |events: &str| {
        let (inventory, scenario) = hour(&files(), events);
        let plan = accepted(&inventory, &scenario);
        let mut steps = changes(&inventory, &scenario, &plan);
        let all = steps.len();
        steps.retain(|step| !is_disconnect(step));
        assert_eq!(steps.len() < all, events.contains("\"disconnect\""));
        let written = tables(&inventory, &scenario, &plan, &steps).expect("it can be written");
        written
            .into_iter()
            .map(|written_file| (written_file.name, written_file.bytes))
            .collect::<Vec<_>>()
    };
    let ended = "[[event]]\nkind = \"disconnect\"\nclient_region = \"r\"\n\
                 start = 2012-11-13T09:10:00-08:00\nend = 2012-11-13T09:40:00-08:00\n\
                 [[event]]\nkind = \"disconnect\"\ncomponent = \"a\"\n";
    assert_eq!(bytes(ended), bytes(""));
    assert_eq!(bytes(&format!("{SLOW}{ended}")), bytes(SLOW));
}
