//! Waves of one period that go on while those of another do, or reach back over it.

use super::steps::{faults, read};
use crate::levels::{judged, planned};
use plimsoll::engine::replay_plan;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Allowed, Plan, Refusal, Timing};
use plimsoll::solve::Stop;

/// The plan of a folder, which the referee accepts.
pub(super) fn plan_of(name: &str) -> (Inventory, Scenario, Plan) {
    let (inventory, scenario) = read(name, &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{name}: {verdict}");
    (inventory, scenario, plan)
}

/// The site to which users move ahead of 06:00 is out of service until 05:30: nobody moves there before, and the plan is
/// refused, since half an hour is too short.
#[test]
fn nobody_moves_to_where_nobody_is_served_yet() {
    let (.., plan) = plan_of("tests/found/closed-before");
    let mut drain = plan.transitions.iter();
    let drain = drain.rfind(|own| own.timing == Timing::Ahead);
    let drain = drain.expect("a drain");
    assert_eq!(drain.refusal, Some(Refusal::TooLong));
    assert_eq!(drain.allowed, Some(Allowed::Between(1_800.0)));
}

/// Steering turns for one period after users have moved for the next: they are steered too, and all of them are accepted.
#[test]
fn whoever_has_moved_is_steered_too() {
    let (inventory, mut scenario, plan) = plan_of("tests/found/steered-twice");
    scenario.replay.step_seconds = 2.0;
    let run = replay_plan(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    let down = run.moments.iter().map(|own| own.most_down);
    let most = down.fold(0.0, f64::max);
    assert!(most < 1.0, "{most} users are down");
}

/// Works end that had a member out of its pool, and the waves of the next period could begin while it is put back.
#[test]
fn others_wait_until_a_member_is_back_in_its_pool() {
    let (inventory, scenario, plan) = plan_of("tests/found/put-back-meanwhile");
    let found = faults(&inventory, &scenario);
    assert!(found.is_empty(), "{found:#?}");
    let back = plan.transitions.iter().find(|own| own.period == 1);
    let back = back.expect("the member comes back");
    let next = plan.transitions.iter().find(|own| own.period == 2);
    let next = next.expect("the drain");
    assert!(next.refusal == Some(Refusal::TooLong) || next.start >= back.end);
}
