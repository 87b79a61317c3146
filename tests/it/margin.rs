//! The error margin: what is verified holds, what is beyond the bound does not, by another statement of the program.

use crate::draw::{Size, draw};
use crate::levels::{homes, planned};
use crate::naive::{self, Question, Solver};
use plimsoll::formulation::Holds;
use plimsoll::model::{AccessPointState, Component, Inventory, Policy, Scenario};
use plimsoll::plan::{ErrorMargin, Limit, PeriodPlan, Plan};

/// Relative step beyond which a factor is told from another.
const STEP: f64 = 1e-4;

/// Background on a standby access point vanishes while that is closed: the bound leaves it out.
fn has_standby_background(inventory: &Inventory) -> bool {
    inventory.background.iter().any(|row| {
        matches!(
            inventory.component(row.component),
            Component::AccessPoint(id)
                if inventory.access_points[id.index()].state == AccessPointState::Standby
        )
    })
}

/// Asks the written-out program about one period at factors.
struct Asked<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    plan: &'a Plan,
    period: &'a PeriodPlan,
    margin: &'a ErrorMargin,
}

impl Asked<'_> {
    fn holds(&self, demand: f64, capacity: f64) -> bool {
        let (current, elsewhere) = homes(&self.period.current);
        assert!(elsewhere.is_empty(), "the statement is told whole homes");
        let question = Question {
            inventory: self.inventory,
            scenario: self.scenario,
            at: self.period.period.start,
            current: &current,
            elsewhere: &elsewhere,
            before_load: Some(&self.plan.before.load),
            band: naive::Band::Expected,
        };
        let asked = naive::stretched(&question, demand, capacity, Solver::Highs);
        let now = naive::stretched(&question, 1.0, 1.0, Solver::Highs);
        let users = self.period.totals.users;
        let is_cut_anew = asked
            .is_cut
            .iter()
            .zip(&now.is_cut)
            .any(|(asked, now)| *asked && !*now);
        let unserved = asked.unserved / demand - self.margin.left_out;
        let are_targets_asked = self.margin.holds == Holds::Targets;
        unserved <= 1e-6 * users.max(1.0)
            && !is_cut_anew
            && (!are_targets_asked || asked.worst <= 1e-6)
    }

    /// What is wrong with one side; `factors` gives demand and capacity at a limit.
    fn faults(
        &self,
        name: &str,
        limit: Option<Limit>,
        factors: impl Fn(f64, f64) -> (f64, f64),
    ) -> Vec<String> {
        let mut faults = Vec::new();
        let mut must = |expected: bool, (demand, capacity): (f64, f64), what: &str| {
            if self.holds(demand, capacity) != expected {
                faults.push(format!(
                    "period {} {name}: {what} at demand {demand}, capacity {capacity}: {limit:?} {:?}",
                    self.period.period.index, self.margin.holds
                ));
            }
        };
        match limit {
            None => must(
                true,
                factors(if name == "demand" { 1e3 } else { 0.999 }, 1.0),
                "must hold",
            ),
            Some(limit) => {
                must(true, factors(limit.verified, 1.0 - STEP), "must hold");
                if let Some(bound) = limit.bound {
                    must(false, factors(bound, 1.0 + STEP), "must not hold");
                }
            }
        }
        faults
    }
}

fn faults(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let plan = planned(inventory, scenario);
    let mut all = Vec::new();
    for period in &plan.periods {
        let Some(margin) = &period.error_margin else {
            continue;
        };
        if !homes(&period.current).1.is_empty() {
            continue;
        }
        let asked = Asked {
            inventory,
            scenario,
            plan: &plan,
            period,
            margin,
        };
        all.extend(asked.faults("demand", margin.demand, |factor, step| (factor * step, 1.0)));
        all.extend(asked.faults("capacity", margin.capacity, |error, step| {
            (1.0, (1.0 - error) / step)
        }));
        let is_exact = scenario.policy.split_shards && !has_standby_background(inventory);
        for limit in [margin.demand, margin.capacity].into_iter().flatten() {
            let bound = limit.bound.unwrap_or(f64::INFINITY);
            let is_clamped = (limit.verified - 1.0).abs() < 1e-9 || limit.verified.abs() < 1e-9;
            if is_exact
                && !is_clamped
                && (bound - limit.verified).abs() > STEP * limit.verified.abs().max(1.0)
            {
                all.push(format!("period {}: {limit:?}", period.period.index));
            }
        }
    }
    all
}

#[test]
fn margin_of_random_inventories_is_that_of_the_written_out_program() {
    crate::levels::assert_none(&crate::levels::found_in_draws(40, |_| {}, faults));
}

#[test]
fn margin_of_split_shards_is_its_own_bound() {
    let split = |policy: &mut Policy| policy.split_shards = true;
    crate::levels::assert_none(&crate::levels::found_in_draws(40, split, faults));
}

#[test]
fn drawn_margins_are_of_every_kind() {
    use std::collections::BTreeMap;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..60 {
        let draw = draw(seed, Size::SMALL);
        let (inventory, scenario) = crate::read::read(&draw.files, &draw.scenario);
        for period in &planned(&inventory, &scenario).periods {
            let Some(margin) = &period.error_margin else {
                *counts.entry("none").or_default() += 1;
                continue;
            };
            let mut count =
                |is_so: bool, name| *counts.entry(name).or_default() += usize::from(is_so);
            let Some(demand) = margin.demand else {
                count(true, "unlimited");
                continue;
            };
            count(demand.verified > 1.0 + STEP, "more demand");
            count(demand.verified < 1.0 - STEP, "less demand");
            count(margin.holds == Holds::Targets, "targets");
            count(margin.holds == Holds::Service, "service");
            count(margin.left_out > 0.0, "some are left out");
            count(demand.first.is_none(), "the move limit binds");
            let capacity = margin.capacity.map_or(0.0, |limit| limit.verified);
            count(
                !(1.0 - 1.0 / demand.verified - capacity).abs().lt(&STEP),
                "sides differ",
            );
            let bound = demand.bound.unwrap_or(f64::INFINITY);
            count(
                bound > demand.verified * (1.0 + STEP),
                "whole shards cost something",
            );
        }
    }
    println!("{counts:?}");
    assert!(counts.values().all(|count| *count >= 3), "{counts:?}");
}
