//! Drawn scenarios with drains one after the other: the joint program against the one that is written out, and plans
//! against those that were made period after period.

use crate::draw::{Size, draw};
use crate::levels::{judged, planned};
use crate::naive::{Solver, fewest_moves};
use crate::read::read;
use plimsoll::formulation::goals::Level;
use plimsoll::model::{EventKind, Goal, Inventory, PlannedPeriods, Scenario};
use plimsoll::plan::{PeriodPlan, Plan};
use std::fmt::Write as _;

/// A drawn scenario in which two or three sites are drained one after the other besides.
pub(super) fn rolling(seed: u64) -> (Inventory, Scenario) {
    let (inventory, mut scenario) = drains(seed, "");
    // What is learnt on the way is not foreseen.
    scenario.events.retain(|event| !event.is_reacted_to());
    (inventory, scenario)
}

/// The same with all events that are drawn, and with more.
fn drains(seed: u64, more: &str) -> (Inventory, Scenario) {
    let draw = draw(seed, Size::SMALL);
    let (inventory, _) = read(&draw.files, &draw.scenario);
    let sites = inventory.sites.len();
    let mut text = draw.scenario.clone();
    let first = usize::try_from(seed).expect("a small seed");
    let drains = 2 + first % 2;
    for drain in 0..drains {
        let site = &inventory.sites[(first / 2 + drain) % sites].id;
        let (start, end) = (2 + drain, 3 + drain);
        write!(
            text,
            "\n[[event]]\nkind = \"maintenance\"\ncomponent = \"{site}\"\n\
             start = 2030-03-01T0{start}:30:00Z\nend = 2030-03-01T0{end}:30:00Z\n"
        )
        .expect("a String takes everything");
    }
    text.push_str(more);
    read(&draw.files, &text)
}

/// The same scenario planned period after period.
pub(super) fn sequential(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    scenario.policy.periods = PlannedPeriods::Sequential;
    scenario
}

pub(super) fn moved(plan: &Plan) -> f64 {
    plan.periods.iter().map(|period| period.totals.moved).sum()
}

/// Levels before moves that are worse in a plan than in another.
fn worse(plan: &Plan, other: &Plan) -> Vec<String> {
    let before = |period: &PeriodPlan| -> Vec<(Level, f64)> {
        let stages = period.stages.iter();
        let before = stages.take_while(|stage| stage.level.goal() != Goal::Moves);
        before.map(|stage| (stage.level, stage.plan)).collect()
    };
    let periods = plan.periods.iter().zip(&other.periods);
    let mut all = Vec::new();
    for (period_plan, other) in periods {
        for ((level, own_value), (_, other_value)) in before(period_plan).iter().zip(before(other))
        {
            if *own_value > other_value + 1e-6 * other_value.abs().max(1.0) {
                let period = period_plan.period.index;
                all.push(format!(
                    "period {period}: {level:?} {own_value} {other_value}"
                ));
            }
        }
    }
    all
}

#[test]
fn planning_together_never_moves_more_users_and_has_the_optimum_of_the_written_out_program() {
    let (mut asked, mut compared, mut fewer) = (0, 0, 0);
    let mut failures = Vec::new();
    for seed in 0..75 {
        let (inventory, scenario) = rolling(seed);
        let plan = planned(&inventory, &scenario);
        let Some(joint_summary) = plan.joint else {
            continue;
        };
        asked += 1;
        let alone = planned(&inventory, &sequential(&scenario));
        assert!(alone.joint.is_none());
        let mut fail = |what: String| failures.push(format!("seed {seed}: {what}"));
        for level in worse(&plan, &alone) {
            fail(level);
        }
        let (value, other) = (moved(&plan), moved(&alone));
        if value > other + 1e-6 * other.max(1.0) {
            fail(format!("{value} move, {other} period after period"));
        }
        if (joint_summary.moved_users - value).abs() > 1e-6
            || (joint_summary.sequential_users - other).abs() > 1e-6
        {
            fail(format!("{joint_summary:?}, but {value} and {other} move"));
        }
        let verdict = judged(&inventory, &scenario, &plan);
        if !verdict.holds() {
            fail(verdict.to_string());
        }
        fewer += usize::from(joint_summary.is_joint());
        // Steering does not tell apart who of a group is surged: what stands there is a mean.
        let is_of_tenant = scenario
            .events
            .iter()
            .any(|event| matches!(&event.kind, EventKind::Surge(surge) if surge.tenant.is_some()));
        if is_of_tenant {
            continue;
        }
        let Some((expected, slack)) = fewest_moves(&inventory, &scenario, &alone, Solver::Microlp)
            .or_else(|| fewest_moves(&inventory, &scenario, &alone, Solver::Highs))
        else {
            fail("the written-out program has no answer".to_owned());
            continue;
        };
        compared += 1;
        let tolerance = 1e-6_f64.max(100.0 * slack);
        if (joint_summary.bound - expected).abs() > tolerance * expected.max(1.0) {
            fail(format!(
                "{} is proven, {expected} is the least of {other}",
                joint_summary.bound
            ));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {compared} ({asked}, {fewer})\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(compared >= 40, "{compared} of {asked} compared");
    assert!(fewer >= 5, "{fewer} of {asked} move fewer users");
}

/// Drains one after the other, and a fault at a site or an access point that is learnt of between them.
fn rolling_with_a_fault(seed: u64) -> (Inventory, Scenario) {
    let (inventory, _) = drains(seed, "");
    let sites = inventory.sites.len();
    let site = &inventory.sites[usize::try_from(seed / 3).expect("few") % sites].id;
    let fault = format!(
        "\n[[event]]\nkind = \"failure\"\ncomponent = \"{site}\"\ncapacity = 0.{}\n\
         start = 2030-03-01T03:00:00Z\nend = 2030-03-01T06:00:00Z\n",
        4 + seed % 6
    );
    drains(seed, &fault)
}

#[test]
fn beside_faults_that_are_learnt_of_no_plan_moves_more_users_or_is_worse() {
    let (mut asked, mut fewer) = (0, 0);
    let mut failures = Vec::new();
    for seed in 0..60 {
        let (inventory, scenario) = rolling_with_a_fault(seed);
        let plan = planned(&inventory, &scenario);
        let Some(joint_summary) = plan.joint else {
            continue;
        };
        asked += 1;
        let alone = planned(&inventory, &sequential(&scenario));
        let mut fail = |what: String| failures.push(format!("seed {seed}: {what}"));
        for level in worse(&plan, &alone) {
            fail(level);
        }
        let (value, other) = (moved(&plan), moved(&alone));
        if (joint_summary.moved_users - value).abs() > 1e-6
            || (joint_summary.sequential_users - other).abs() > 1e-6
        {
            fail(format!("{joint_summary:?}, but {value} and {other} move"));
        }
        if joint_summary.bound > value + 1e-6 || value > other + 1e-6 {
            fail(format!("{joint_summary:?}"));
        }
        let verdict = judged(&inventory, &scenario, &plan);
        if !verdict.holds() {
            fail(verdict.to_string());
        }
        fewer += usize::from(joint_summary.is_joint());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(fewer >= 3, "{fewer} of {asked} move fewer users");
}

/// The joint program splits the one shard, and rounding takes it where most of it is; at another site it stays, all along or
/// once it has to move.
#[test]
fn a_large_shard_goes_where_it_can_stay() {
    for (name, by_period, together) in [
        ("placed-where-drained", 2549.0, 0.0),
        ("placed-and-drained", 3000.0, 0.0),
        ("moved-into-next-drain", 2000.0, 1000.0),
    ] {
        let folder = format!("tests/found/{name}");
        let (inventory, scenario) = crate::laws::steps::read(&folder, &["scenario.toml"]);
        let plan = planned(&inventory, &scenario);
        let alone = planned(&inventory, &sequential(&scenario));
        let moves = [moved(&alone), moved(&plan)];
        assert!((moves[0] - by_period).abs() < 1e-6, "{name}: {moves:?}");
        assert!((moves[1] - together).abs() < 1e-6, "{name}: {moves:?}");
        assert!(
            plan.joint
                .is_some_and(|joint_summary| joint_summary.is_joint()),
            "{name}"
        );
        assert_eq!(worse(&plan, &alone), Vec::<String>::new());
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "{name}: {verdict}");
    }
}

/// A gray fault is acted on when the scenario ends: the plan of all periods together says whom it hurts until then.
#[test]
fn faults_that_nobody_acts_on_are_reported_in_plans_of_all_periods() {
    let (inventory, scenario) = crate::laws::steps::read("tests/found/exit4", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    assert!(plan.periods.iter().any(|period| !period.blind.is_empty()));
}
