//! Waves of one period that go on while those of another do, or reach back over it.

use super::stated_by_hand::runbook_of;
use super::steps::{faults, read};
use crate::levels::{judged, planned};
use plimsoll::engine::replay_plan;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Allowed, Plan, Refusal, Timing, changes};
use plimsoll::plan_files::Action;
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
    let drain = drain.rfind(|transition| transition.timing == Timing::Ahead);
    let drain = drain.expect("a drain");
    assert_eq!(drain.refusal, Some(Refusal::TooLong));
    assert_eq!(drain.allowed, Some(Allowed::Between(1_800.0)));
}

/// Works end that had a member out of its pool, and the waves of the next period could begin while it is put back.
#[test]
fn others_wait_until_a_member_is_back_in_its_pool() {
    let (inventory, scenario, plan) = plan_of("tests/found/put-back-meanwhile");
    let found = faults(&inventory, &scenario);
    assert!(found.is_empty(), "{found:#?}");
    let back = plan
        .transitions
        .iter()
        .find(|transition| transition.period == 1);
    let back = back.expect("the member comes back");
    let next = plan
        .transitions
        .iter()
        .find(|transition| transition.period == 2);
    let next = next.expect("the drain");
    assert!(next.refusal == Some(Refusal::TooLong) || next.start >= back.end);
}

/// Two changes that would turn weights at once are refused: each would have counted as if the other had been done, or had not begun.
#[test]
fn weights_turn_for_one_period_at_a_time() {
    for (name, is_beside_moves) in [
        ("access-points-back-one-by-one", false),
        ("surges-one-by-one", false),
        ("works-that-take-more-and-more", false),
        ("overlapped-undo", false),
        ("undone-turns-nothing", false),
        ("taken-over-before-it-is-set", false),
        ("works-twice-on-an-access-point", true),
        ("access-point-back-in-a-drain", true),
        ("weights-back-in-a-drain", true),
        ("turned-by-a-later-period", true),
        ("steered-twice", true),
        ("left-at-a-drained-site", true),
        ("slowed-by-a-drain", true),
        ("in-parts-beside-a-drain", true),
        ("left-as-it-was", true),
        ("each-leaves-it-to-the-other", true),
        ("closes-under-a-later-wave", false),
        ("undone-before-others-turn", false),
        ("two-waves-one-weight", false),
        ("leave-to-waves-that-are-over", false),
        ("weights-in-no-file", true),
        ("opens-for-a-later-period", true),
        ("undo-names-rows-of-earlier-period", true),
        ("other-heading-turns-meanwhile", false),
        ("undone-over-a-later-period", true),
        ("closes-and-opens-again", true),
        ("ends-while-weights-turn", true),
    ] {
        let (inventory, scenario, mut plan) = plan_of(&format!("tests/found/{name}"));
        let refused = plan.transitions.iter_mut();
        let refused: Vec<Refusal> = refused
            .filter_map(|transition| transition.refusal.take())
            .collect();
        let is_beside = |refusal: &Refusal| matches!(refusal, Refusal::TurnedBeside(_));
        let is_either = |refusal: &Refusal| is_beside(refusal) || *refusal == Refusal::TooLong;
        assert!(
            refused.iter().all(is_either)
                && refused
                    .iter()
                    .any(|refusal| is_beside(refusal) == is_beside_moves),
            "{name}: {refused:?}"
        );
        let broken = judged(&inventory, &scenario, &plan).broken;
        let mut codes = broken.iter().map(|finding| finding.code);
        assert!(codes.any(|code| code.0 == "P7993"), "{name}: {broken:#?}");
    }
}

/// A drain leads users through a pool that nobody passes before. A member of it goes under works, or fails, while they move.
#[test]
fn nobody_moves_through_a_pool_whose_members_change_meanwhile() {
    for (name, minutes) in [
        ("member-under-works-in-a-drain", 20.0),
        ("member-fails-in-a-drain", 30.0),
    ] {
        let (inventory, scenario, mut plan) = plan_of(&format!("tests/found/{name}"));
        let drain = plan.transitions.iter_mut();
        let drain = drain.max_by(|a, b| a.users.total_cmp(&b.users));
        let drain = drain.expect("the drain");
        assert_eq!(drain.refusal.take(), Some(Refusal::TooLong), "{name}");
        let between = Some(Allowed::Between(minutes * 60.0));
        assert_eq!(drain.allowed, between, "{name}");
        let broken = judged(&inventory, &scenario, &plan).broken;
        let mut codes = broken.iter().map(|finding| finding.code);
        assert!(codes.any(|code| code.0 == "P7993"), "{name}: {broken:#?}");
    }
}

/// An access point comes back from works at the instant at which others begin: it opens before weights lead over it.
#[test]
fn what_comes_back_opens_before_weights_lead_over_it() {
    let (inventory, scenario, plan) = plan_of("tests/found/two-access-points-in-turn");
    let steps = changes(&inventory, &scenario, &plan);
    let of_period = steps
        .iter()
        .filter(|step| step.period == 2 && step.number > 0);
    let actions: Vec<Action> = of_period.map(|step| step.action).collect();
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
            .filter(|transition| transition.refusal.is_some())
            .map(|transition| transition.period)
            .collect();
        assert_eq!(periods.len(), refused, "{name}: {periods:?}");
    }
}

/// Of a shard a part moves ahead, and the rest is shed when the period begins: it is served, and its data stay, until then.
#[test]
fn who_is_shed_is_served_until_the_period_begins() {
    let (inventory, scenario, plan) = plan_of("tests/found/moves-and-sheds-a-shard");
    let run = replay_plan(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    let begins = plan.periods[1].period.start;
    let begun = run.moments.partition_point(|moment| moment.end <= begins);
    let (ahead, after) = run.moments.split_at(begun);
    assert!(ahead.iter().all(|moment| moment.most_down < 1.0));
    let shed = plan.periods[1].totals.unserved;
    assert!(shed > 2_000.0);
    assert!((after[0].most_down - shed).abs() < 1.0);
    let text = runbook_of("moves-and-sheds-a-shard");
    let words = "**Only the users of moves.csv leave; others stay where they are, and so does the data**: h0";
    assert!(text.contains(words), "{text}");
}

/// Users are still on their way back when a surge begins whose steering is left to its start: both would turn weights at once.
#[test]
fn steering_that_is_left_to_its_start_waits_for_those_who_move() {
    let (inventory, scenario) =
        super::steps::read("tests/found/steers-while-others-move", &["scenario.toml"]);
    let plan = crate::levels::planned(&inventory, &scenario);
    let refusals = plan
        .transitions
        .iter()
        .filter(|transition| transition.refusal.is_some());
    let refusals: Vec<_> = refusals
        .map(|transition| (transition.period, transition.refusal))
        .collect();
    let refused = (5, Some(plimsoll::plan::Refusal::TurnedBeside(4)));
    assert_eq!(refusals, [refused]);
    let verdict = crate::levels::judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
}
