//! Let in: users who are served nowhere before the first waves, and what is said of them.
//!
//! The plan of tests/found/rough-outage says that 16,934 users are not served before its second wave lets them in.

use crate::levels::planned;
use plimsoll::engine::{downtime, replay_plan};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::replay::Run;
use plimsoll::plan::{Change, Plan, Step, changes, rollback};
use plimsoll::plan_files::Action;
use plimsoll::report::briefing::Briefing;
use plimsoll::report::numbers;
use plimsoll::report::waves::{TransitionWriter, runbook};
use plimsoll::solve::Stop;

fn found() -> (Inventory, Scenario) {
    super::steps::read("tests/found/rough-outage", &["scenario.toml"])
}

fn replayed(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Run {
    replay_plan(inventory, scenario, plan, &Stop::default()).expect("it is played")
}

pub(super) fn runbook_of(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> String {
    runbook(&TransitionWriter {
        inventory,
        scenario,
        plan,
    })
}

#[test]
fn a_replay_begins_with_users_that_the_state_before_serves() {
    let (inventory, scenario) = found();
    let plan = planned(&inventory, &scenario);
    let served: f64 = plan.before.flows.iter().map(|flow| flow.users).sum();
    let shards = 0..inventory.shards.len();
    let homed = shards.filter(|index| inventory.shards[*index].site.is_some());
    let all: f64 = homed.map(|index| plan.before.case.users(index)).sum();
    assert!(all - served > 16_000.0, "{served} of {all}");
    let run = replayed(&inventory, &scenario, &plan);
    let first = run.moments.first().expect("a moment");
    let missing = first.nowhere - (all - served);
    assert!(missing.abs() < 1e-6 * all, "{first:?} {served} of {all}");
}

/// The briefing says how many user minutes are lost until waves let users in: those of the replay in which users are nowhere.
#[test]
fn what_users_lose_until_waves_let_them_in_is_reported_first() {
    let (inventory, scenario) = found();
    let mut plan = planned(&inventory, &scenario);
    let played = downtime(&inventory, &scenario, &plan, &Stop::default());
    plan.replayed = Some(played.expect("it is played"));
    let text = Briefing {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
        steps: &changes(&inventory, &scenario, &plan),
        explanations: None,
        proven: None,
    }
    .text(None);
    let (before, after) = text
        .split_once("Until waves readmit them, ")
        .expect("it is said");
    assert!(!before.contains("Everyone is served"), "{text}");
    let number = after
        .split_once(" lose ")
        .and_then(|(_, text)| text.split(' ').next());
    let number = number.expect("a number").replace(',', "");
    let minutes: f64 = number.parse().expect("a number");
    let run = replayed(&inventory, &scenario, &plan);
    let moments = run.moments.iter();
    let nowhere: f64 = moments
        .map(|moment| moment.nowhere * moment.seconds() / 60.0)
        .sum();
    assert!(
        (minutes / nowhere - 1.0).abs() < 0.01,
        "{minutes} {nowhere}"
    );
}

#[test]
fn undoing_a_wave_stops_serving_as_many_as_it_lets_in() {
    let (inventory, scenario) = found();
    let plan = planned(&inventory, &scenario);
    let steps = changes(&inventory, &scenario, &plan);
    let let_in = steps
        .iter()
        .filter(|step| step.action == Action::LetIn && step.wave == Some(2));
    let users = let_in.map(|step| match step.change {
        Change::Home { users, .. } => users,
        _ => 0.0,
    });
    let users: f64 = users.sum();
    assert!(users > 16_000.0, "{users}");
    let shed = format!(
        "before all else stop serving the {} that the wave lets in (rows of changes.csv with period 0, wave 2",
        numbers::lost_users(users)
    );
    assert!(
        runbook_of(&inventory, &scenario, &plan).contains(&shed),
        "{shed}"
    );
}

/// A wave ahead of period 2 turns the weights when period 1 begins: nobody sets them to those of period 1 meanwhile.
#[test]
fn weights_that_a_wave_turns_are_left_to_it_when_a_period_begins() {
    let (inventory, scenario) = found();
    let plan = planned(&inventory, &scenario);
    let runbook = runbook_of(&inventory, &scenario, &plan);
    let (_, instant) = runbook
        .split_once("## 4 Mar 09:00, period 1")
        .expect("it is there");
    assert_eq!(
        instant.lines().find(|line| line.starts_with("**Step ")),
        instant.lines().find(|line| line.contains(
            "Weights: wave 1 of period 2 goes on. Set every weight to the rows of wave_weights.csv with period 2, wave 1 and `during` 1."
        ))
    );
}

/// Steering turns in a wave ahead of the period; users are let in only by the wave after its start.
#[test]
fn nobody_is_let_in_before_the_wave_that_does() {
    let (inventory, scenario) = super::steps::read("tests/found/let-in-behind", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let wave = plan
        .transitions
        .iter()
        .find(|transition| transition.restored > 0.0);
    let wave = &wave.expect("users are let in").waves[0];
    assert!(
        wave.turned >= scenario.start && wave.end > wave.turned,
        "{wave:?}"
    );
    let run = replayed(&inventory, &scenario, &plan);
    for moment in &run.moments {
        let waits = moment.end <= wave.turned && moment.nowhere > 1_999.0;
        let comes = moment.end <= wave.end && moment.nowhere > 0.0;
        let is_there = moment.start >= wave.end && moment.nowhere < 1.0;
        assert!(waits || comes || is_there, "{moment:?}");
    }
    let lost: f64 = run
        .moments
        .iter()
        .map(|moment| moment.nowhere * moment.seconds() / 60.0)
        .sum();
    let waits = wave
        .turned
        .duration_since(run.moments[0].start)
        .as_secs_f64()
        / 60.0;
    assert!(lost > 2_000.0 * waits, "{lost} in {waits} min");
    // Whoever goes back sheds them again before a1 closes.
    let text = runbook_of(&inventory, &scenario, &plan);
    let (_, back) = text
        .split_once("## Rollback after the last step")
        .expect("a path back");
    let shed = back
        .find("stop serving the users of 1 shard")
        .expect("users are shed");
    assert!(
        back.find("Close a1").is_some_and(|index| index > shed),
        "{back}"
    );
    assert!(!back.contains("All users are back"), "{back}");
}

/// 1,500 users of two shards are shed; a wave lets 750 of them in: the runbook says of whom how many.
#[test]
fn a_wave_says_of_which_shards_it_lets_how_many_in() {
    let (inventory, scenario) = super::steps::read("tests/found/let-in-whom", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let text = runbook_of(&inventory, &scenario, &plan);
    for words in [
        "Let 750 users in again where they are homed: 500 of chess at s0, 250 of school at s0 (rows of changes.csv with period 2, wave 1 and the action `let_in`)",
        "Let 750 users in again where they are homed: 750 of school at s0 (rows of changes.csv with period 3, wave 1 and the action `let_in`)",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

/// 700 users are placed ahead of the scenario through a gate that accepts one in ten seconds: they are there as the wave places
/// them, and nobody is down.
#[test]
fn who_is_placed_ahead_comes_with_the_waves() {
    let (inventory, scenario) =
        super::steps::read("tests/found/placed-at-a-gate", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let run = replayed(&inventory, &scenario, &plan);
    let first = &run.moments[0];
    assert!(
        first.end < scenario.start && first.users < 60.0,
        "{first:?}"
    );
    let down: f64 = run
        .moments
        .iter()
        .map(|moment| moment.down * moment.seconds())
        .sum();
    assert!(down < 60.0, "{down} user seconds");
}

/// All shards have the same number of users, and the one that is to be placed is not there before.
#[test]
fn who_is_to_be_placed_is_not_there_before() {
    let (inventory, scenario) =
        super::steps::read("tests/found/placed-where-drained", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let one_downtime =
        downtime(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    assert!(one_downtime.outages.is_empty(), "{one_downtime:?}");
}

/// Users who had no home before are reached over an access point that the plan opens: it is not closed on them.
#[test]
fn the_path_back_closes_nothing_on_users_who_stay() {
    let (inventory, scenario) =
        super::steps::read("tests/found/closed-on-the-placed", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let text = runbook_of(&inventory, &scenario, &plan);
    let (waves, back) = text
        .split_once("## Rollback after the last step")
        .expect("a path back");
    assert!(
        !back.contains("Close a1.") && back.contains("Leave a1 open: "),
        "{back}"
    );
    assert!(
        waves.contains("before weights turn take 1 shard that it places out of service again"),
        "{waves}"
    );
}

/// The runbook of a found place, and its path back; nothing where it has none.
fn read_back(name: &str) -> (String, String) {
    let folder = format!("tests/found/{name}");
    let (inventory, scenario) = super::steps::read(&folder, &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let text = runbook_of(&inventory, &scenario, &plan);
    match text.split_once("## Rollback after the last step") {
        Some((waves, back)) => (waves.to_owned(), back.to_owned()),
        None => (text, String::new()),
    }
}

/// A scenario ends with its works: under hourly demand, too, the way back says which weights hold.
#[test]
fn the_path_back_has_weights_by_the_hour() {
    for name in ["hourly-no-way-back", "hourly-path-back-weights"] {
        let (_, back) = read_back(name);
        let weights = "Set every weight to that of before.csv in the slice of the hour";
        assert!(back.contains(weights), "{name}: {back}");
    }
}

/// Works and faults stand between the waves between which they begin.
#[test]
fn marks_stand_between_waves() {
    let (waves, _) = read_back("marks-out-of-time");
    let at = |what: &str| {
        waves
            .find(what)
            .unwrap_or_else(|| panic!("{what}: {waves}"))
    };
    let order = [
        at("### Wave 1 of 3"),
        at("### Wave 2 of 3"),
        at("gray fault of s2 begins"),
        at("### Wave 3 of 3"),
        at("gray fault of s2 is detected"),
    ];
    assert!(order.is_sorted(), "{waves}");
}

/// Part of a shard that had no home before is shed: nobody has to be let in to be where he was.
#[test]
fn who_had_no_home_before_is_not_let_in_by_the_rollback() {
    let (_, back) = read_back("placed-and-shed");
    assert!(
        !back.contains(", and were before") && !back.contains("let the users"),
        "{back}"
    );
}

/// Two waves turn steering to an access point on standby, and weights stand with the second alone: the first is undone too, before
/// the access point closes.
#[test]
fn the_path_back_undoes_waves_that_only_turn_steering() {
    let folder = "tests/found/waves-that-only-turn";
    let (inventory, scenario) = super::steps::read(folder, &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let text = runbook_of(&inventory, &scenario, &plan);
    let (_, back) = text
        .split_once("## Rollback after the last step")
        .expect("it is told");
    let at = |sentence: &str| {
        back.find(sentence)
            .unwrap_or_else(|| panic!("no {sentence} in {back}"))
    };
    let first = at(
        "Undo wave 1 of period 1, which only turns steering: set every weight to that of steering.csv with period 0.",
    );
    assert!(at("period 1 and wave 2") < first, "{back}");
    assert!(first < at("Close a1"), "{back}");
}

/// What a fault has closed or taken out is there again before users go back over it.
#[test]
fn the_rollback_opens_what_users_come_back_over_first() {
    for (name, action) in [
        ("opens-after-users", Action::OpenAccessPoint),
        ("pool-back-after-users", Action::PutBack),
    ] {
        let folder = format!("tests/found/{name}");
        let (inventory, scenario) = super::steps::read(&folder, &["scenario.toml"]);
        let plan = planned(&inventory, &scenario);
        let back = rollback(&inventory, &changes(&inventory, &scenario, &plan));
        let last = back.iter().rposition(|step| step.action == action);
        let others =
            |step: &Step| matches!(step.change, Change::Home { .. } | Change::Weight { .. });
        let first = back.iter().position(others);
        assert!(
            last.expect("it is done") < first.expect("users go back"),
            "{name}: {back:?}"
        );
        let faults = super::steps::faults_by_hand(&inventory, &scenario);
        assert_eq!(faults, Some(Vec::new()), "{name}");
    }
}
