//! Further failures of the recommended start once users have moved, against the sweep of its own plan.

use crate::command_line::{place, plimsoll, root};
use crate::draw::{Size, draw};
use crate::hours::with_hours;
use crate::levels::assert_none;
use crate::read::read;
use jiff::SignedDuration;
use plimsoll::engine::{
    Begin, DrainPlan, NoWatch, OnceMoved, Options, SweepRequest, Sweeper, WindowsAsked, drains,
};
use plimsoll::model::{FailureSet, Inventory, Reduction};
use plimsoll::scenario::periods;
use plimsoll::solve::Stop;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// What a sweep from the plan of a drain says of the periods from the maintenance on: by case of members, then of groups, the
/// users who are unserved at most.
fn swept(inventory: &Inventory, drain: &DrainPlan, over: FailureSet) -> [Vec<f64>; 2] {
    let options = Options {
        stop: &Stop::default(),
        watch: &NoWatch,
    };
    let [mut members, mut groups] = [Vec::new(), Vec::new()];
    let all = periods(inventory, &drain.scenario);
    for period in all.iter().filter(|period| period.start >= drain.start) {
        let asked = SweepRequest {
            begin: Begin::Plan,
            period: Some(period.index),
            ..SweepRequest::new(over, 1)
        };
        let sweeper = Sweeper::new(inventory.clone(), drain.scenario.clone(), asked, &options);
        let sweeper = sweeper.expect("small ones are loaded");
        let cases = sweeper.contingencies();
        let tally = sweeper
            .course()
            .tally(0..cases.count(), &Stop::default(), &|| ())
            .expect("small cases are solved")
            .tally;
        let unserved = tally
            .found
            .iter()
            .map(plimsoll::plan::sweep::CaseResult::unserved_users);
        let unserved: Vec<f64> = unserved.collect();
        let (of_members, of_groups) = unserved.split_at(cases.first_group());
        members.extend_from_slice(of_members);
        groups.extend_from_slice(of_groups);
    }
    [members, groups]
}

fn most(unserved: &[f64]) -> f64 {
    unserved.iter().copied().fold(0.0, f64::max)
}

/// The most that is unserved after a failure, or a risk group, of those asked about.
fn reported(once_moved: &OnceMoved) -> [f64; 2] {
    let group = once_moved.groups.worst.as_ref().map_or(0.0, |pair| pair.1);
    [
        once_moved
            .unserved_after_one_more()
            .unwrap_or(once_moved.unserved),
        group,
    ]
}

/// What is said of the recommended start is what a sweep of its plan says, whatever fails.
#[test]
fn further_failures_once_moved_are_those_of_the_sweep_from_its_plan() {
    let (mut failures, mut safe, mut broken, mut groups) = (Vec::new(), 0, 0, 0);
    for seed in 0..40 {
        let draw = draw(seed, Size::SMALL);
        let (mut inventory, mut scenario) = read(&draw.files, &draw.scenario);
        with_hours(seed, &mut inventory, &mut scenario);
        scenario.policy.reaction_minutes = 0.0;
        scenario.policy.freeze_onboarding = false;
        let over = match seed % 3 {
            0 => FailureSet::Sites,
            1 => FailureSet::Links,
            _ => FailureSet::RiskGroups,
        };
        let site = plimsoll::ids::ComponentId::new(0);
        let asked = WindowsAsked {
            reduction: Reduction::all_of(site),
            duration: SignedDuration::from_hours(2),
            starts: vec![scenario.start + SignedDuration::from_hours(3)],
            over: Some(over),
        };
        let shared = Arc::new(inventory.clone());
        let starts = asked.starts.iter().copied();
        let stop = Stop::default();
        let planned = drains(&shared, &scenario, &asked, starts, &stop, Clone::clone);
        let planned = planned.expect("small inventories are planned");
        let Some(once_moved) = planned[0].once_moved.as_ref() else {
            assert!(planned[0].is_refused(), "seed {seed}");
            continue;
        };
        let [members, of_groups] = swept(&inventory, &planned[0], over);
        let [after, after_group] = reported(once_moved);
        safe += 1;
        broken += usize::from(once_moved.failures.broken > 0);
        groups += usize::from(once_moved.groups.broken > 0);
        let is_same = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.max(b).max(1.0);
        // Of groups only those are named that leave more unserved than the maintenance does.
        let is_group_same = once_moved.groups.broken == 0
            && most(&of_groups) <= once_moved.unserved + 1e-6
            || is_same(after_group, most(&of_groups));
        if !is_same(after, most(&members)) || !is_group_same {
            failures.push(format!(
                "seed {seed}: {once_moved:?}, {members:?} {of_groups:?}"
            ));
        }
    }
    assert_none(&failures);
    assert!(
        safe >= 15 && broken >= 8 && groups >= 2,
        "{safe} drains are safe, {broken} of them are broken by a failure, {groups} by a group"
    );
}

/// The JSON object in a file.
fn json(path: &Path) -> Value {
    let bytes = fs::read(path).expect("it is written");
    serde_json::from_slice(&bytes).expect("it is JSON")
}

/// By shipped inventory and component, `window` names as many users as `sweep --from plan` of the scenario that it writes.
#[test]
fn shipped_windows_name_what_the_sweep_of_their_scenario_does() {
    for (inventory, component, expected) in [
        ("data/tiny", "chi", 138_000.0),
        ("data/keep-room", "ams", 0.0),
        ("data/keep-room", "dub", 50_000.0),
        ("data/rolling-drains", "ams", 100_000.0),
    ] {
        let folder = place();
        let shipped = root(inventory).display().to_string();
        let run = |arguments: &[&str]| {
            let output = plimsoll(folder.path()).args(arguments).output();
            let code = output.expect("it runs").status.code();
            assert!(matches!(code, Some(0 | 1)), "{arguments:?}: {code:?}");
        };
        let span = ["--between", "2026-11-21", "--and", "2026-11-22"];
        let asked = ["window", &shipped, "--component", component];
        let how = ["--duration", "4h", "--step", "4h", "--out", "windows"];
        run(&[&asked[..], &span, &how].concat());
        let scenario = ["--scenario", "windows/maintenance.toml"];
        let how = ["--from", "plan", "--out", "sweep", "--no-charts"];
        run(&[&["sweep", &shipped][..], &scenario, &how].concat());
        let windows = json(&folder.path().join("windows/windows.json"));
        let drains = windows["drains"].as_array().expect("a list");
        let value = &drains.last().expect("a drain")["once_moved"];
        let most = ["unserved_after_it", "unserved_after_group"]
            .iter()
            .filter_map(|key| value[key].as_f64())
            .fold(0.0, f64::max);
        let sweep = json(&folder.path().join("sweep/sweep.json"));
        let swept = sweep["found"][0]["most_unserved_users"].as_f64();
        for users in [swept.expect("a number"), most] {
            let difference = (users - expected).abs();
            assert!(difference < 1e-3, "{inventory} {component}: {users}");
        }
    }
}
