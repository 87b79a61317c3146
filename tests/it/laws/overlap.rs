//! Waves of one period that go on while those of another do, or reach back over it.

use super::steps::{faults, faults_by_hand, read};
use super::told_by_hand::runbook_of;
use crate::levels::{judged, planned};
use plimsoll::engine::replay_plan;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Allowed, Plan, Refusal, Timing, Transition, changes};
use plimsoll::plan_files::Action;
use plimsoll::report::waves::{Teller, runbook};
use plimsoll::solve::Stop;
use std::collections::BTreeSet;

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

/// A drain has turned all weights but those of users whom it has yet to move; a surge's waves turn these, at their pace.
#[test]
fn weights_of_those_whom_a_drain_has_yet_to_move_are_turned() {
    let (inventory, scenario, plan) = plan_of("tests/found/left-at-a-drained-site");
    assert_eq!(faults(&inventory, &scenario), Vec::<String>::new());
    assert_eq!(faults_by_hand(&inventory, &scenario), Some(Vec::new()));
    let text = runbook(&Teller {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    });
    let (_, surge) = text.split_once("## Period 1, ahead of").expect("its waves");
    let set = "1. Steering: set every weight to that of wave_weights.csv with period 3, wave 2 and `during` 1, turned evenly over 17 min 9 s until 12:28; s2's drain goes on with these.";
    assert!(surge.contains(set), "{surge}");
    let undo = "   - not counted: new sessions that s2's drain brings to access point a2, from 12:00:36 to 12:40";
    assert!(surge.contains(undo), "{surge}");
}

/// A surge begins while a drain turns weights, which leaves the surge's waves next to no sessions: beside it they took 9,286 hours.
#[test]
fn steering_does_not_begin_before_the_drain_that_slows_it() {
    let (inventory, scenario, mut plan) = plan_of("tests/found/slowed-by-a-drain");
    let refused = plan.transitions.iter_mut();
    let refused: Vec<&mut Transition> = refused.filter(|own| own.refusal.is_some()).collect();
    assert_eq!(refused.len(), 1);
    for own in refused {
        assert_eq!(own.refusal.take(), Some(Refusal::SlowedBy(2)));
        assert_eq!((own.period, own.timing), (1, Timing::Ahead));
    }
    let broken = judged(&inventory, &scenario, &plan).broken;
    let mut codes = broken.iter().map(|own| own.code);
    assert!(codes.any(|code| code.0 == "P7993"), "{broken:#?}");
}

/// An access point comes back from works at the instant at which others begin: it opens before weights lead over it.
#[test]
fn what_comes_back_opens_before_weights_lead_over_it() {
    let (inventory, scenario, plan) = plan_of("tests/found/two-access-points-in-turn");
    let steps = changes(&inventory, &scenario, &plan);
    let of_period = steps.iter().filter(|own| own.period == 2 && own.number > 0);
    let actions: Vec<Action> = of_period.map(|own| own.action).collect();
    let expected = [
        Action::OpenAccessPoint,
        Action::Weight,
        Action::Weight,
        Action::CloseAccessPoint,
    ];
    assert_eq!(actions, expected);
}

/// Waves that are refused turn nobody beside others: the plan was not written, by two counts of what they bring.
#[test]
fn what_is_refused_beside_a_drain_is_counted_once() {
    for (name, refused) in [("refused-beside-a-drain", 1), ("refused-in-one-half", 3)] {
        let (.., plan) = plan_of(&format!("tests/found/{name}"));
        let periods: BTreeSet<usize> = plan
            .transitions
            .iter()
            .filter(|own| own.refusal.is_some())
            .map(|own| own.period)
            .collect();
        assert_eq!(periods.len(), refused, "{name}: {periods:?}");
    }
}

/// A surge's weights turn in four parts after a drain has turned all but those of whom it has yet to move: no file had the weights
/// after each part, and every part named those of the last.
#[test]
fn weights_do_not_turn_in_parts_beside_a_drain_that_has_turned() {
    let (inventory, scenario, mut plan) = plan_of("tests/found/in-parts-beside-a-drain");
    let refused = plan.transitions.iter_mut();
    let refused: Vec<&mut Transition> = refused.filter(|own| own.refusal.is_some()).collect();
    assert_eq!(refused.len(), 1);
    for own in refused {
        assert!(own.waves.len() > 1);
        assert_eq!(own.refusal.take(), Some(Refusal::InPartsBeside(3)));
    }
    let broken = judged(&inventory, &scenario, &plan).broken;
    assert!(
        broken.iter().any(|own| own.code.0 == "P7993"),
        "{broken:#?}"
    );
}

/// A drain is undone before the waves of an earlier period begin to turn the weights that it would set back.
#[test]
fn a_drain_is_undone_before_an_earlier_period_turns_weights() {
    let text = runbook_of("left-at-a-drained-site");
    let (_, drain) = text.split_once("## Period 3, ahead of").expect("the drain");
    let told = "it would not be done by 12:10:51, and from then on waves of period 1 turn weights";
    assert!(drain.contains(told), "{drain}");
    for line in text.lines().filter(|line| line.contains(" sees at most ")) {
        let numbers: Vec<f64> = line
            .split(|letter: char| !letter.is_ascii_digit() && letter != '.')
            .filter_map(|own| own.parse().ok())
            .collect();
        let [.., seen, accepts] = numbers[..] else {
            panic!("{line}");
        };
        assert!(seen <= accepts, "{line}");
    }
}

/// Of a shard a part moves ahead, and the rest is shed when the period begins: it is served, and its data stay, until then.
#[test]
fn who_is_shed_is_served_until_the_period_begins() {
    let (inventory, scenario, plan) = plan_of("tests/found/moves-and-sheds-a-shard");
    let run = replay_plan(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    let begins = plan.periods[1].period.start;
    let begun = run.moments.partition_point(|own| own.end <= begins);
    let (ahead, after) = run.moments.split_at(begun);
    assert!(ahead.iter().all(|own| own.most_down < 1.0));
    let shed = plan.periods[1].totals.unserved;
    assert!(shed > 2_000.0);
    assert!((after[0].most_down - shed).abs() < 1.0);
    let text = runbook_of("moves-and-sheds-a-shard");
    let told = "**only the users of moves.csv leave, others stay where they are, and so does the data**: h0";
    assert!(text.contains(told), "{text}");
}
