//! Draws against brute force: every case of every home written out.

use crate::draw::{Size, draw};
use crate::levels::planned;
use crate::naive::{self, Question, Solver};
use crate::stability::planned::retried;
use ndarray::Array2;
use plimsoll::ids::{ShardId, SiteId};
use plimsoll::model::{
    Contingencies, Event, FailureSet, Inventory, MoveRule, Protect, Recovery, Scenario,
};
use plimsoll::plan::{PeriodPlan, Plan};
use plimsoll::units::{NOBODY, is_close};

/// A scenario in which all its events hold from start to end, and which is to survive failures.
fn to_protect(mut scenario: Scenario, over: FailureSet, failures: u32) -> Scenario {
    let (start, end) = (scenario.start, scenario.end);
    for event in &mut scenario.events {
        *event = Event {
            kind: event.kind.clone(),
            start,
            end,
            detected: start,
            drain_minutes: None,
            is_end_assumed: false,
        };
    }
    scenario.policy.reaction_minutes = 0.0;
    scenario.protect = Some(Protect {
        failures,
        over,
        recovery: Recovery::Replan,
        gray: None,
    });
    scenario
}

/// Where a plan homes every shard; who is unserved is where he was.
fn homes_of(inventory: &Inventory, period: &PeriodPlan) -> Vec<Option<SiteId>> {
    let shards = (0..inventory.shards.len()).map(ShardId::new);
    let mut homes: Vec<Option<SiteId>> = shards.map(|shard| period.current.main(shard)).collect();
    for part in &period.parts {
        if part.site.is_some() {
            homes[part.shard.index()] = part.site;
        }
    }
    homes
}

/// What is written out of one inventory and scenario.
struct WrittenOut<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    before: &'a Array2<f64>,
    cases: Contingencies,
}

impl WrittenOut<'_> {
    /// Unserved users by rank from these homes, with what fails in a case.
    fn unserved(&self, case: usize, current: &[Option<SiteId>]) -> Vec<f64> {
        let mut scenario = self.scenario.clone();
        let (start, end) = (scenario.start, scenario.end);
        let failing = self.cases.events(self.inventory, case);
        scenario
            .events
            .extend(failing.into_iter().map(|kind| Event {
                kind,
                start,
                end,
                detected: start,
                drain_minutes: None,
                is_end_assumed: false,
            }));
        let question = Question {
            inventory: self.inventory,
            scenario: &scenario,
            at: start,
            current,
            elsewhere: &[],
            before_load: Some(self.before),
            band: naive::Band::Expected,
        };
        let levels = naive::levels(&question, Solver::Highs);
        let unserved = levels
            .into_iter()
            .filter(|(name, _)| name.starts_with("unserved"));
        unserved.map(|(_, users)| users).collect()
    }

    /// By case, users who are unserved from these homes and are not without the failures, rank by rank.
    fn lost(&self, homes: &[Option<SiteId>]) -> Vec<f64> {
        let without = self.unserved(0, homes);
        let lost = |case: usize| -> f64 {
            let unserved = self.unserved(case, homes);
            let both = unserved.iter().zip(&without);
            both.map(|(value, without)| (value - without).max(0.0))
                .sum()
        };
        (1..self.cases.count()).map(lost).collect()
    }
}

/// What is written out of a plan's first period.
fn written_out<'a>(
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    plan: &'a Plan,
) -> WrittenOut<'a> {
    let protect = scenario.protect.as_ref().expect("it is set");
    let members = protect.over.left_in(inventory, &plan.periods[0].case);
    WrittenOut {
        inventory,
        scenario,
        before: &plan.before.load,
        cases: Contingencies::new(members, protect.failures as usize).expect("few"),
    }
}

const SETS: [FailureSet; 4] = [
    FailureSet::Sites,
    FailureSet::Elements,
    FailureSet::AccessPoints,
    FailureSet::RiskGroups,
];

#[test]
fn what_a_protected_plan_does_not_survive_is_what_is_written_out() {
    let (survived, not_survived) = survived_as_written_out(60, |_, _, _| {});
    assert!(
        survived > 50 && not_survived > 20,
        "{survived} {not_survived}"
    );
}

#[test]
fn nor_does_it_where_everything_has_to_recover_by_itself() {
    let (survived, not_survived) = survived_as_written_out(40, retried);
    assert!(
        survived > 30 && not_survived > 15,
        "{survived} {not_survived}"
    );
}

/// How many cases of draws that are changed by their seed are survived, and how many are not; each as it is written out.
fn survived_as_written_out(
    count: u32,
    change: impl Fn(u64, &mut Inventory, &mut Scenario),
) -> (usize, usize) {
    let mut wrong = Vec::new();
    let (mut survived, mut not_survived) = (0, 0);
    for seed in 0..count {
        let drawn = draw(u64::from(seed), Size::SMALL);
        let (mut inventory, mut scenario) = crate::read::read(&drawn.files, &drawn.scenario);
        change(u64::from(seed), &mut inventory, &mut scenario);
        if scenario.policy.split_shards {
            continue;
        }
        let scenario = to_protect(scenario, SETS[seed as usize % 4], 1 + seed % 2);
        let plan = planned(&inventory, &scenario);
        let period = &plan.periods[0];
        let protection = period.protection.as_ref().expect("it was asked");
        let written = written_out(&inventory, &scenario, &plan);
        let lost = written.lost(&homes_of(&inventory, period));
        assert_eq!(protection.cases, lost.len());
        for (index, users) in lost.into_iter().enumerate() {
            let failing: Vec<_> = written.cases.failing(index + 1).collect();
            let mut unprotecteds = protection.unprotected.iter();
            let unprotected = unprotecteds.find(|candidate| candidate.failing == failing);
            let value = unprotected.map_or(0.0, |unprotected| unprotected.users);
            if users > NOBODY {
                not_survived += 1;
            } else {
                survived += 1;
            }
            if !is_close(value, users, 1e-6) {
                let name = written.cases.name(&inventory, index + 1);
                wrong.push(format!("seed {seed} `{name}`: {value} instead of {users}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    (survived, not_survived)
}

/// Every way to home the shards whose rules leave them a choice; `None` if there are too many.
fn all_homes(inventory: &Inventory, plan: &Plan) -> Option<Vec<Vec<Option<SiteId>>>> {
    const MOST: usize = 300;
    let period = &plan.periods[0];
    let sites = || (0..inventory.sites.len()).map(SiteId::new);
    let mut all: Vec<Vec<Option<SiteId>>> = vec![Vec::new()];
    for index in 0..inventory.shards.len() {
        let current = period.current.main(ShardId::new(index));
        let shard = &inventory.shards[index];
        let is_open = |site: &SiteId| !period.case.gone[site.index()];
        let mut choices: Vec<Option<SiteId>> = match shard.move_rule {
            MoveRule::Free => sites().filter(is_open).map(Some).collect(),
            MoveRule::Pinned | MoveRule::ReplicaOnly => vec![current],
        };
        if let Some(needed) = shard.jurisdiction {
            choices.retain(|site| {
                let offered = site.map(|site| &inventory.sites[site.index()].jurisdictions);
                *site == current || offered.is_some_and(|offered| offered.contains(&needed))
            });
        }
        if !choices.contains(&current) {
            choices.push(current);
        }
        if all.len() * choices.len() > MOST {
            return None;
        }
        all = all
            .into_iter()
            .flat_map(|homes| {
                choices.iter().map(move |choice| {
                    let mut homes = homes.clone();
                    homes.push(*choice);
                    homes
                })
            })
            .collect();
    }
    Some(all)
}

#[test]
fn no_homes_survive_more_than_was_proven_and_few_more_than_was_found() {
    let (mut compared, mut as_good) = (0, 0);
    let mut wrong = Vec::new();
    for seed in 0..120_u32 {
        let drawn = draw(u64::from(seed), Size::SMALL);
        let (inventory, mut scenario) = crate::read::read(&drawn.files, &drawn.scenario);
        // Where rules do not tell who may move, all homes are permitted.
        scenario.policy.movers = plimsoll::model::Movers::All;
        scenario.policy.failover = plimsoll::model::Failover::Anywhere;
        scenario.policy.drain = plimsoll::model::Drain::Anywhere;
        scenario.policy.max_moved_users = None;
        if scenario.policy.split_shards
            || scenario.policy.goals.first() != Some(&plimsoll::model::Goal::Unserved)
        {
            continue;
        }
        let scenario = to_protect(scenario, SETS[seed as usize % 2], 1);
        let plan = planned(&inventory, &scenario);
        let Some(all) = all_homes(&inventory, &plan) else {
            continue;
        };
        let period = &plan.periods[0];
        let protection = period.protection.as_ref().expect("it was asked");
        if period.totals.unserved > NOBODY || protection.unprotected.is_empty() {
            continue;
        }
        // Whoever is homed so stays so while nothing fails.
        let mut fixed = inventory.clone();
        for shard in &mut fixed.shards {
            shard.move_rule = MoveRule::Pinned;
        }
        let written = written_out(&inventory, &scenario, &plan);
        let while_fixed = written_out(&fixed, &scenario, &plan);
        let mut least = f64::INFINITY;
        for homes in &all {
            let unserved: f64 = while_fixed.unserved(0, homes).iter().sum();
            if unserved <= NOBODY {
                least = least.min(written.lost(homes).iter().sum());
            }
        }
        let found: f64 = protection
            .unprotected
            .iter()
            .map(|unprotected| unprotected.users)
            .sum();
        compared += 1;
        if protection.least_lost > least * (1.0 + 1e-6) + 1e-6 {
            wrong.push(format!(
                "seed {seed}: {} is said to be proven, {least} is found",
                protection.least_lost
            ));
        }
        if found < least * (1.0 - 1e-6) - 1e-6 {
            wrong.push(format!(
                "seed {seed}: {found} is told, {least} is all there is"
            ));
        }
        as_good += usize::from(is_close(found, least, 1e-6));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 5, "{compared} compared");
    assert!(as_good * 10 >= compared * 9, "{as_good} of {compared}");
}
