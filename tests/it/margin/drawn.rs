//! The margin of drawn inventories against the written-out program, and of plans made anew at the factor.

use crate::draw::{Size, draw};
use crate::levels::{assert_none, found_in_draws, homes, planned};
use crate::naive::{self, Question, Solver};
use crate::read::read;
use plimsoll::engine::steering_for;
use plimsoll::formulation::goals::Level;
use plimsoll::ids::ComponentId;
use plimsoll::model::Holds;
use plimsoll::model::{
    AccessPointState, Component, Event, EventKind, Inventory, Phase, Policy, Scenario, Surge,
};
use plimsoll::plan::{ErrorMargin, Limit, PeriodPlan, Plan, Sites};
use plimsoll::plan_files::{AssignmentRow, Lined, Reason, WrittenPlan};
use plimsoll::solve::Stop;
use std::collections::BTreeMap;

/// Relative step beyond which a factor is told from another.
const STEP: f64 = 1e-4;

/// `true` for a standby access point.
fn is_standby(inventory: &Inventory, component: ComponentId) -> bool {
    matches!(
        inventory.component(component),
        Component::AccessPoint(id)
            if inventory.access_points[id.index()].state == AccessPointState::Standby
    )
}

/// Background on a standby access point vanishes while that is closed: the bound leaves it out.
fn has_standby_background(inventory: &Inventory) -> bool {
    let mut rows = inventory.background.iter();
    rows.any(|row| is_standby(inventory, row.component))
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
    /// Whether it holds at a factor, with so small a share of all users unserved as the program leaves by rounding.
    fn holds(&self, (demand, capacity): (f64, f64), rounded: f64) -> bool {
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
        // A standby access point that background fills may stay closed.
        let is_cut_anew = asked
            .is_cut
            .indexed_iter()
            .any(|((component, resource), is_cut)| {
                let component = ComponentId::new(component);
                let was_cut = now.is_cut[[component.index(), resource]];
                *is_cut && !was_cut && !is_standby(self.inventory, component)
            });
        let unserved = asked.unserved / demand - self.margin.left_out;
        let are_targets_asked = self.margin.holds == Holds::Targets;
        unserved <= rounded * users.max(1.0)
            && !is_cut_anew
            && (!are_targets_asked
                || asked.worst <= 1e-6 && asked.relieved <= 1e-6 * users * demand)
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
            // A step beyond the bound of one user among hundreds is less than a millionth of them.
            let rounded = if expected { 1e-6 } else { 1e-8 };
            if self.holds((demand, capacity), rounded) != expected {
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

pub(crate) fn faults(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let plan = planned(inventory, scenario);
    let mut all = Vec::new();
    for period in &plan.periods {
        let Some(margin) = &period.error_margin else {
            continue;
        };
        // The statement spares the unaffected first, the margin spares as many as the plan.
        let relieved = period
            .stages
            .iter()
            .any(|stage| stage.level == Level::Relief && stage.plan > 0.0);
        // What goes on stands what it stood in the period before, with the homes of that one.
        let goes_on = period.period.phase != Phase::Known;
        if !homes(&period.current).1.is_empty() || relieved || goes_on {
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
        // Where copies were cut the bound of less demand is no tight one.
        let has_cut_copies = plan
            .warnings
            .iter()
            .any(|warning| warning.starts_with(&format!("period {}:", period.period.index)));
        let is_exact =
            scenario.policy.split_shards && !has_standby_background(inventory) && !has_cut_copies;
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
    assert_none(&found_in_draws(40, |_| {}, faults));
}

#[test]
fn margin_of_split_shards_is_its_own_bound() {
    let split = |policy: &mut Policy| policy.split_shards = true;
    assert_none(&found_in_draws(40, split, faults));
}

/// A surge of everyone for all time.
fn surge(scenario: &Scenario, factor: f64) -> Event {
    Event {
        kind: EventKind::Surge(Surge {
            client_region: None,
            profile: None,
            tenant: None,
            factor,
            arrive_minutes: Surge::ARRIVE_MINUTES,
        }),
        start: scenario.start,
        end: scenario.end,
        detected: scenario.start,
        drain_minutes: None,
        is_end_assumed: false,
    }
}

/// Homes as assignment.csv has them, in the first period.
fn assignment(inventory: &Inventory, period: &PeriodPlan, sites: Option<&Sites>) -> WrittenPlan {
    let of_plan = |shard: usize| {
        let parts = period.parts.iter();
        let parts = parts.filter(|part| part.shard.index() == shard);
        let served = parts.clone().find_map(|part| part.site);
        served.or_else(|| parts.clone().find_map(|part| part.current))
    };
    let row = |shard: usize| {
        let site = sites.map_or_else(|| of_plan(shard), |sites| sites[shard]);
        let users = period.case.users(shard);
        let row = AssignmentRow {
            period: 0,
            shard: inventory.shard_ids.get(shard).into(),
            tenant: "any".into(),
            users,
            from_site: None,
            to_site: site.map(|site| inventory.sites[site.index()].id.as_str().into()),
            share: 1.0,
            reason: Reason::Home,
        };
        Lined { line: 2, row }
    };
    WrittenPlan {
        assignment: (0..inventory.shards.len()).map(row).collect(),
        ..WrittenPlan::default()
    }
}

/// The first period under a surge of the factor that was verified, with the homes that it was verified with: what of its verdict
/// is not kept.
///
/// Every resource varies, and headroom during events is that without them, so that a surge is growth and no more.
/// Where somebody is trapped more may move once all are surged.
fn broken_promises(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let mut inventory = inventory.clone();
    let mut scenario = scenario.clone();
    for resource in &mut inventory.resources {
        resource.varies = true;
    }
    scenario.policy.headroom.fill(None);
    let plan = planned(&inventory, &scenario);
    let period = &plan.periods[0];
    let margin = period.error_margin.as_ref();
    let Some((margin, demand)) = margin.and_then(|margin| Some((margin, margin.demand?))) else {
        return Vec::new();
    };
    // A surge would be the first event, and nobody would return.
    if !period.case.is_event_in_force || margin.left_out > 0.0 || scenario.policy.split_shards {
        return Vec::new();
    }
    scenario.events.push(surge(&scenario, demand.verified));
    let homes = assignment(&inventory, period, margin.homes[0].as_ref());
    let again = steering_for(&inventory, &scenario, &homes, &Stop::default());
    let again = again.expect("it is planned");
    let stages = &again.periods[0].stages;
    let users = again.periods[0].totals.users;
    let is_kept = stages.iter().all(|stage| match stage.level {
        Level::Unserved(_) => stage.plan <= 1e-5 * users.max(1.0),
        Level::Worst => margin.holds == Holds::Service || stage.plan <= 2e-6,
        _ => true,
    });
    if is_kept {
        Vec::new()
    } else {
        vec![format!("{margin:?}, {stages:?}")]
    }
}

#[test]
fn the_plan_found_at_the_verified_factor_keeps_the_verdict() {
    assert_none(&found_in_draws(80, |_| {}, broken_promises));
}

/// A shard of 20 users is served nowhere, and the plan names no site for it; at less demand it is served where its rounding had it.
#[test]
fn the_homes_of_a_margin_are_those_of_the_unserved_too() {
    let draw = draw(1_300_913, Size::SMALL);
    let (inventory, scenario) = read(&draw.files, &draw.scenario);
    let broken = broken_promises(&inventory, &scenario);
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn drawn_margins_are_of_every_kind() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..60 {
        let draw = draw(seed, Size::SMALL);
        let (inventory, scenario) = read(&draw.files, &draw.scenario);
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
    assert!(counts.values().all(|count| *count >= 1), "{counts:?}");
}

/// Copies were cut to what is left, whole shards leave users unserved, and in parts all are served: with more demand copies are cut
/// further, and the bound is no longer that of the demand as it is.
#[test]
fn copies_that_are_cut_further_do_not_set_the_bound() {
    for seed in [50_049, 50_215, 51_070] {
        let draw = draw(seed, Size::SMALL);
        let (inventory, scenario) = read(&draw.files, &draw.scenario);
        assert_eq!(
            faults(&inventory, &scenario),
            Vec::<String>::new(),
            "seed {seed}"
        );
    }
}
