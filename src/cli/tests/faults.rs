//! Whatever the solver does wrong, the program writes a plan that the referee accepts, and it is right or says that it
//! is not proven.

use crate::cli::commands::plan::{code, judged};
use crate::cli::exit;
use crate::engine::{NoWatch, Options, Planner, explain, plan};
use crate::error::Result;
use crate::ids::ComponentId;
use crate::model::{EventKind, Reduction, Scenario};
use crate::plan::check::Verdict;
use crate::plan::{Limit, Plan, Status, changes};
use crate::report::briefing::Briefing;
use crate::report::written::AboutPlan;
use crate::solve::faults::{Fault, When, Wrong, WrongSet, with_fault};
use crate::solve::tests::instances::{Instance, assert_none, by_hand, drawn};
use crate::solve::{Proof, Stop};
use crate::units::is_close;

/// Relative agreement of values, and of bounds with the values that they bound.
const SAME: f64 = 1e-6;

/// What the solver does wrong: one of each kind, and what no program expects.
const FAULTS: [Fault; 17] = [
    Fault::Status(4),
    Fault::Status(8),
    Fault::Status(10),
    Fault::Status(13),
    Fault::Status(14),
    Fault::Status(15),
    Fault::IterationLimit(1),
    Fault::Basis(1),
    Fault::Duals(Wrong::Zero),
    Fault::Duals(Wrong::Negated),
    Fault::Duals(Wrong::Times(1e3)),
    Fault::Duals(Wrong::All(f64::NAN)),
    Fault::Duals(Wrong::Reversed),
    Fault::Columns(Wrong::Times(0.99)),
    Fault::Columns(Wrong::Negated),
    Fault::Columns(Wrong::All(f64::NAN)),
    Fault::Sets(WrongSet::Full),
];

const WHEN: [When; 5] = [
    When::Once(1),
    When::From(0),
    When::From(9),
    When::Every(3),
    // The state before fails, the periods do not.
    When::Spell(0, 24),
];

struct Answer {
    plan: Plan,
    verdict: Verdict,
    code: u8,
    said: String,
}

/// What the program does between reading and writing.
fn answered(instance: &Instance) -> Result<Answer> {
    let (inventory, scenario) = (&instance.inventory, &instance.scenario);
    let stop = Stop::default();
    let options = Options {
        stop: &stop,
        watch: &NoWatch,
    };
    let mut plan = plan(inventory, scenario, &options)?;
    let explained = explain(inventory, scenario, &plan, &stop);
    let steps = changes(inventory, scenario, &plan);
    let about = AboutPlan::default();
    let mut verdict = judged(inventory, scenario, &plan, &steps, &about, |_| Ok(()))?.verdict;
    while plan.believe(&verdict.proven) {
        verdict = judged(inventory, scenario, &plan, &steps, &about, |_| Ok(()))?.verdict;
    }
    let briefing = Briefing {
        inventory,
        scenario,
        plan: &plan,
        steps: &steps,
        explanations: Some(&explained),
        proven: Some(&verdict.proven),
    };
    Ok(Answer {
        said: briefing.text(Some(400)),
        code: code(&plan, scenario),
        plan,
        verdict,
    })
}

/// What is wrong with an answer beside the right one.
fn wrongs(right: &Answer, answer: &Answer) -> Vec<String> {
    let mut wrongs = Vec::new();
    if !answer.verdict.holds() {
        wrongs.push(answer.verdict.to_string());
    }
    let is_complete = answer.plan.status == Status::Complete;
    if is_complete
        && answer
            .verdict
            .proven
            .worst_gap()
            .is_none_or(|gap| gap > SAME)
    {
        wrongs.push(format!(
            "complete, but {:?}",
            answer.verdict.proven.worst_gap()
        ));
    }
    if is_complete && answer.plan.before.proof != Proof::Proven {
        wrongs.push("complete after an unproven state before".to_owned());
    }
    if !is_complete && answer.code == exit::SOUND {
        wrongs.push("exit code 0".to_owned());
    }
    // "Not proven in period 0: that no other whole shards do better" is the search's budget and no fault of a plan.
    if is_complete == answer.said.contains("Not proven:") {
        wrongs.push(format!(
            "{:?}, but it says\n{}",
            answer.plan.status, answer.said
        ));
    }
    // Of tied states before any is right, and of tied plans of a period: what comes after them may differ.
    if !is_close_to(&answer.plan.before.load, &right.plan.before.load) {
        return wrongs;
    }
    let (first, right_first) = (&answer.plan.periods[0], &right.plan.periods[0]);
    // A bound is one for the values of the levels before, whatever they are.
    let mut is_comparable = true;
    for (stage, right) in first.stages.iter().zip(&right_first.stages) {
        let slack = SAME * right.value.abs().max(1.0);
        if is_comparable && stage.bound > right.value + slack {
            wrongs.push(format!(
                "{:?}: bound {} above {}",
                stage.level, stage.bound, right.value
            ));
        }
        is_comparable &= is_close(stage.value, right.value, SAME);
        if is_complete && !is_close(stage.value, right.value, SAME) {
            wrongs.push(format!(
                "{:?}: {} is {}",
                stage.level, stage.value, right.value
            ));
        }
    }
    let is_same = |(stage, right): (&crate::plan::Stage, &crate::plan::Stage)| {
        is_close(stage.plan, right.plan, SAME)
    };
    if first.stages.iter().zip(&right_first.stages).all(is_same)
        && let (Some(error_margin), Some(right)) = (&first.error_margin, &right_first.error_margin)
    {
        let more = |limit: &Option<Limit>, right: &Option<Limit>| {
            let most = right.as_ref().and_then(|right| right.bound);
            let claimed = limit.as_ref().map(|limit| limit.verified);
            claimed
                .zip(most)
                .is_some_and(|(value, most)| value > most + SAME * most.abs())
        };
        if more(&error_margin.demand, &right.demand)
            || more(&error_margin.capacity, &right.capacity)
        {
            wrongs.push(format!("margin {error_margin:?}, right is {right:?}"));
        }
    }
    wrongs
}

fn is_close_to(a: &ndarray::Array2<f64>, b: &ndarray::Array2<f64>) -> bool {
    a.iter().zip(b).all(|(a, b)| is_close(*a, *b, 1e-9))
}

/// What is found where each fault meets each instance; and how many plans were complete, and not.
fn found_at(instances: &[Instance]) -> (Vec<String>, [usize; 2]) {
    let mut found = Vec::new();
    let mut counts = [0, 0];
    for instance in instances {
        let right = answered(instance).expect("it is planned");
        found.extend(
            wrongs(&right, &right)
                .into_iter()
                .map(|wrong| format!("{} without a fault: {wrong}", instance.name)),
        );
        for fault in FAULTS {
            for when in WHEN {
                let (answer, runs) = with_fault(fault, when, || answered(instance));
                let label = format!("{} {fault:?} {when:?} in {runs} runs", instance.name);
                match answer {
                    Ok(answer) => {
                        counts[usize::from(answer.plan.status != Status::Complete)] += 1;
                        let wrongs = wrongs(&right, &answer);
                        found.extend(wrongs.iter().map(|wrong| format!("{label}: {wrong}")));
                    }
                    Err(error) => found.push(format!("{label}: {error}")),
                }
            }
        }
    }
    (found, counts)
}

/// A plan that serves everybody and was stopped is not known to be the best.
#[test]
fn a_plan_that_a_limit_stopped_ends_with_another_code() {
    let plans = by_hand().into_iter().map(|instance| {
        let answer = answered(&instance).expect("it is planned");
        (answer.plan, instance.scenario.clone())
    });
    let is_sound = |(plan, scenario): &(Plan, Scenario)| code(plan, scenario) == exit::SOUND;
    let sound: Vec<(Plan, Scenario)> = plans.filter(is_sound).collect();
    assert!(!sound.is_empty());
    for (mut stopped, scenario) in sound {
        stopped.status = Status::Stopped;
        assert_eq!(code(&stopped, &scenario), exit::SHORT);
    }
}

#[test]
fn every_fault_leaves_plans_of_the_hand_derived_cases_right_or_unproven() {
    let (found, counts) = found_at(&by_hand());
    assert_none(&found);
    assert!(counts[0] > 0 && counts[1] > 0, "{counts:?}");
}

#[test]
fn every_fault_leaves_plans_of_random_inventories_right_or_unproven() {
    let (found, counts) = found_at(&drawn(5));
    assert_none(&found);
    assert!(counts[0] > 0 && counts[1] > 0, "{counts:?}");
}

#[test]
fn every_fault_leaves_verdicts_right_or_unproven() {
    let mut found = Vec::new();
    let mut unproven = 0;
    for instance in drawn(6) {
        let asked = || -> Result<Vec<_>> {
            let planner = Planner::new(instance.inventory.clone(), instance.scenario.clone())?;
            let sites = (0..planner.inventory().sites.len()).map(ComponentId::new);
            sites
                .map(|site| planner.verdict(&[EventKind::Failure(Reduction::all_of(site))]))
                .collect()
        };
        let right = asked().expect("it is answered");
        for fault in FAULTS {
            for when in WHEN {
                let (verdicts, _) = with_fault(fault, when, asked);
                let verdicts = verdicts.expect("there is always an answer");
                for (one_verdict, right) in verdicts.iter().zip(&right) {
                    let missing = [one_verdict, right]
                        .map(|verdict| verdict.missing.map_or(0.0, |it| it.share));
                    let is_right =
                        is_close(one_verdict.unserved_users(), right.unserved_users(), SAME)
                            && is_close(missing[0], missing[1], SAME);
                    unproven += usize::from(one_verdict.proof != Proof::Proven);
                    if one_verdict.proof == Proof::Proven && !is_right {
                        found.push(format!(
                            "{} {fault:?} {when:?}: {one_verdict:?}, right is {right:?}",
                            instance.name
                        ));
                    }
                }
            }
        }
    }
    assert_none(&found);
    assert!(unproven > 0);
}
