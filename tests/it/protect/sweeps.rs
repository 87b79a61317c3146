//! A protected plan and the sweep from it.

use crate::draw::{Size, draw};
use crate::levels::{judged, planned};
use plimsoll::engine::{Begin, NoWatch, Options, SweepRequest, Sweeper};
use plimsoll::model::{Failing, FailureSet, Inventory, Protect, Recovery, Scenario};
use plimsoll::plan::Plan;
use plimsoll::solve::Stop;
use plimsoll::units::{NOBODY, is_close};

/// What is lost in every case of a sweep from a scenario's own plan, of what another asks to survive: what fails, and
/// users who would not be unserved without it.
pub(super) fn lost(
    inventory: &Inventory,
    scenario: &Scenario,
    asked: &Scenario,
    period: usize,
) -> Vec<(Vec<Failing>, f64)> {
    let protect = asked.protect.as_ref().expect("it is set");
    let stop = Stop::default();
    let options = Options {
        stop: &stop,
        watch: &NoWatch,
    };
    let asked = SweepRequest {
        recoveries: vec![protect.recovery],
        begin: Begin::Plan,
        period: Some(period),
        ..SweepRequest::new(protect.over, protect.failures as usize)
    };
    let sweeper = Sweeper::new(inventory.clone(), scenario.clone(), asked, &options);
    let sweeper = sweeper.expect("small ones are loaded");
    let cases = sweeper.contingencies();
    let all = 0..cases.first_group();
    let stretch = sweeper.course().tally(all, &stop, &|| ());
    let found = stretch.expect("small cases are solved").tally.found;
    let without = found[0].unserved_users();
    found[1..]
        .iter()
        .map(|case_result| {
            let failing = cases.failing(case_result.case).collect();
            (failing, (case_result.unserved_users() - without).max(0.0))
        })
        .collect()
}

/// Where a sweep from a plan finds something else than the plan says of itself.
fn differences(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Vec<String> {
    let mut wrong = Vec::new();
    for period in &plan.periods {
        let Some(protection) = &period.protection else {
            continue;
        };
        for (failing, users) in lost(inventory, scenario, scenario, period.period.index) {
            let mut unprotecteds = protection.unprotected.iter();
            let unprotected = unprotecteds.find(|candidate| candidate.failing == failing);
            let value = unprotected.map_or(0.0, |unprotected| unprotected.users);
            if !is_close(value, users, 1e-6) {
                let index = period.period.index;
                wrong.push(format!(
                    "period {index}, {failing:?}: {value} instead of {users}"
                ));
            }
        }
    }
    wrong
}

#[test]
fn a_plan_survives_in_a_sweep_from_it_what_it_says_to_survive() {
    use FailureSet::{AccessPoints, Components, Elements, Sites};
    let mut wrong = Vec::new();
    let mut better = 0;
    for seed in 0..36_u32 {
        let drawn = draw(u64::from(seed), Size::SMALL);
        let (inventory, mut scenario) = crate::read::read(&drawn.files, &drawn.scenario);
        if scenario.policy.split_shards {
            continue;
        }
        let asked = |failures: u32| Protect {
            failures,
            over: [Sites, Elements, AccessPoints, Components][seed as usize % 4],
            recovery: Recovery::ALL[seed as usize % 3],
            gray: None,
        };
        scenario.protect = None;
        let plain = planned(&inventory, &scenario);
        scenario.protect = Some(asked(1));
        let plan = planned(&inventory, &scenario);
        let found = differences(&inventory, &scenario, &plan);
        wrong.extend(found.into_iter().map(|text| format!("seed {seed}: {text}")));
        let verdict = judged(&inventory, &scenario, &plan);
        wrong.extend((!verdict.holds()).then(|| format!("seed {seed}: {verdict}")));
        for (period_plan, plain) in plan.periods.iter().zip(&plain.periods) {
            // Protection costs nobody his service while nothing fails; later periods begin elsewhere.
            if period_plan.period.index == 0
                && period_plan.totals.unserved > plain.totals.unserved + NOBODY
            {
                wrong.push(format!("seed {seed}: more users are unserved"));
            }
            better += usize::from(period_plan.totals.moved > plain.totals.moved + NOBODY);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(better > 0, "no plan differs");
}
