//! Random small inventories: what a sweep finds is what a walk of every user finds.

use super::walk::{Walk, Walked};
use super::{swept, swept_case_by_case};
use crate::draw::{Size, draw};
use crate::levels::{assert_none, found_in_draws, planned};
use plimsoll::ids::{SiteId, TierId};
use plimsoll::model::{After, Failover, FailureSet, Inventory, Movers, Policy, Recovery, Scenario};
use plimsoll::plan::Plan;
use plimsoll::plan::sweep::{CaseResult as Found, SweepTally as Tally};
use plimsoll::plan_files::AccessPointUse;
use plimsoll::scenario::Period;
use plimsoll::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeMap;

/// Agreement of values found in two ways, relative to the larger of 1 and the value.
const SAME: f64 = 1e-6;

fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * a.abs().max(b.abs()).max(1.0)
}

/// The plan that a sweep of a period begins at.
fn begun_at(inventory: &Inventory, scenario: &Scenario, period: &Period) -> Plan {
    let until_then = Scenario {
        end: period.end,
        ..scenario.clone()
    };
    planned(inventory, &until_then)
}

/// What differs between a case of a sweep and a walk.
fn difference(
    inventory: &Inventory,
    tally: &Tally,
    case_result: &Found,
    walked: &Walked,
) -> Vec<String> {
    let mut all = Vec::new();
    let mut note = |what: &str, found: &dyn std::fmt::Debug, walked: &dyn std::fmt::Debug| {
        all.push(format!("{what}: {found:?}, walked {walked:?}"));
    };
    let is_served = |(found, walked): (&f64, &f64)| is_same(*found, *walked);
    // Ranks without users are none of a sweep's.
    let mut ranks: Vec<u32> = inventory.tiers.iter().map(|tier| tier.rank).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let has_users = |rank: &u32| {
        let mut used = inventory.shards.iter().enumerate();
        used.any(|(shard, row)| {
            inventory.tiers[row.tier.index()].rank == *rank && walked.users[shard] > 0.0
        })
    };
    let ranks = ranks.iter().zip(&walked.unserved);
    let expected: Vec<f64> = ranks
        .filter(|(rank, _)| has_users(rank))
        .map(|(_, users)| *users)
        .collect();
    let is_as_long = expected.len() == case_result.unserved.len();
    if !is_as_long || !case_result.unserved.iter().zip(&expected).all(is_served) {
        note("unserved", &case_result.unserved, &expected);
    }
    let missing = if walked.missing > FEASIBILITY {
        walked.missing
    } else {
        0.0
    };
    if !is_same(case_result.worst_shortfall(), missing) {
        note("missing", &case_result.missing, &missing);
    }
    if case_result.binding != walked.binding {
        note("binding", &case_result.binding, &walked.binding);
    }
    if !is_same(case_result.moved, walked.moved) {
        note("moved", &case_result.moved, &walked.moved);
    }
    if case_result.opened != walked.opened {
        note("opened", &case_result.opened, &walked.opened);
    }
    for ((component, resource), load) in walked.loads.indexed_iter() {
        let key = tally.uses.iter().find(|((recovery, e, r), _)| {
            (*recovery, e.index(), r.index()) == (case_result.recovery, component, resource)
        });
        let found = key.map(|(_, uses)| uses[0].load);
        let is_same = match (found, load) {
            (Some(found), Some(load)) => is_same(found, *load),
            (found, load) => found.is_none() && load.is_none(),
        };
        if !is_same {
            let names = (
                inventory.component_name(plimsoll::ids::ComponentId::new(component)),
                &inventory.resources[resource].id,
            );
            note(&format!("load of {names:?}"), &found, load);
        }
    }
    let broken: Vec<_> = tally
        .breaks
        .keys()
        .filter(|key| key.recovery == case_result.recovery)
        .collect();
    let broken: std::collections::BTreeSet<_> = broken
        .into_iter()
        .map(|key| (key.tenant, key.tier))
        .collect();
    if broken != walked.broken {
        note("broken", &broken, &walked.broken);
    }
    all
}

/// What differs between a sweep and walks of every case.
fn differences(
    inventory: &Inventory,
    scenario: &Scenario,
    over: FailureSet,
    failures: usize,
) -> Vec<String> {
    let (sweep, cases) = swept_case_by_case(
        inventory,
        scenario,
        over,
        failures,
        &[Recovery::Rescale, Recovery::Replicas],
    );
    let plan = begun_at(inventory, scenario, &sweep.period);
    let mut all = Vec::new();
    for (case, tally) in cases.iter().enumerate() {
        let failing: Vec<_> = sweep.contingencies.failing(case).collect();
        let walk = Walk::new(inventory, scenario, &plan, &failing);
        for case_result in &tally.found {
            let mut walked = walk.walked(case_result.recovery);
            // Risk groups that are looked at besides break nobody.
            if sweep.contingencies.is_of_group(case) {
                walked.broken.clear();
            }
            if walked.is_in_doubt {
                continue;
            }
            let name = sweep.contingencies.name(inventory, case);
            let different = difference(inventory, tally, case_result, &walked);
            all.extend(
                different
                    .into_iter()
                    .map(|what| format!("{name} {:?} {what}", case_result.recovery)),
            );
        }
    }
    all
}

#[test]
fn sweeps_of_random_inventories_find_what_a_walk_of_every_user_finds() {
    assert_none(&found_in_draws(
        40,
        |_| {},
        |inventory, scenario| differences(inventory, scenario, FailureSet::Components, 1),
    ));
}

#[test]
fn sweeps_under_other_policies_find_what_a_walk_of_every_user_finds() {
    let policies: [fn(&mut Policy); 4] = [
        |policy| policy.movers = Movers::Affected,
        |policy| policy.split_shards = true,
        |policy| policy.failover = Failover::Replicas,
        |policy| policy.after = After::Stay,
    ];
    for set in policies {
        assert_none(&found_in_draws(8, set, |inventory, scenario| {
            differences(inventory, scenario, FailureSet::Components, 1)
        }));
    }
}

#[test]
fn random_inventories_ask_for_every_rule() {
    let mut cases = 0;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..60 {
        let draw = draw(seed, Size::SMALL);
        let (inventory, scenario) = crate::read::read(&draw.files, &draw.scenario);
        let plan = planned(&inventory, &scenario);
        for member in FailureSet::Components.members(&inventory) {
            let walk = Walk::new(&inventory, &scenario, &plan, &[member]);
            for recovery in [Recovery::Rescale, Recovery::Replicas] {
                let walked = walk.walked(recovery);
                let overload = (!walked.binding.is_empty()).then_some("overload");
                let doubt = walked.is_in_doubt.then_some("doubt");
                cases += 1;
                for rule in walked.rules.into_iter().chain(overload).chain(doubt) {
                    *counts.entry(rule).or_default() += 1;
                }
            }
        }
    }
    let doubts = counts.remove("doubt").unwrap_or(0);
    assert!(doubts * 20 < cases, "{doubts} of {cases} are in doubt");
    // One by hand asks for the home as well.
    counts.remove("home");
    assert_eq!(counts.len(), 9, "{counts:?}");
    assert!(counts.values().all(|count| *count >= 5), "{counts:?}");
}

#[test]
fn sweeps_of_pairs_find_what_a_walk_of_every_user_finds() {
    assert_none(&found_in_draws(
        12,
        |_| {},
        |inventory, scenario| differences(inventory, scenario, FailureSet::Sites, 2),
    ));
}

#[test]
fn cases_come_to_the_same_at_once_and_one_by_one() {
    for seed in 0..6 {
        let draw = draw(seed, Size::SMALL);
        let (inventory, scenario) = crate::read::read(&draw.files, &draw.scenario);
        let components = FailureSet::Components;
        let at_once = swept(&inventory, &scenario, components, 1).tally;
        let (_, cases) = swept_case_by_case(&inventory, &scenario, components, 1, &Recovery::ALL);
        let mut one_by_one = Tally::default();
        for sweep_tally in cases {
            one_by_one.add(sweep_tally);
        }
        assert_eq!(at_once.found, one_by_one.found, "seed {seed}");
        assert_eq!(at_once.uses, one_by_one.uses, "seed {seed}");
        assert_eq!(at_once.breaks, one_by_one.breaks, "seed {seed}");
        assert_eq!(at_once.sites, one_by_one.sites, "seed {seed}");
    }
}

/// What differs between the case without a failure and the plan that it begins at.
fn differences_to_plan(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let recoveries = [Recovery::Rescale, Recovery::Replicas];
    let (sweep, cases) = swept_case_by_case(inventory, scenario, FailureSet::Sites, 0, &recoveries);
    let plan = begun_at(inventory, scenario, &sweep.period);
    let plan = plan.periods.last().expect("a plan has a period");
    let mut all = Vec::new();
    for case_result in &cases[0].found {
        let mut compare = |what: &str, found: f64, planned: f64| {
            if !is_same(found, planned) {
                all.push(format!(
                    "{:?} {what}: {found}, planned {planned}",
                    case_result.recovery
                ));
            }
        };
        compare(
            "unserved",
            case_result.unserved_users(),
            plan.totals.unserved,
        );
        compare("moved", case_result.moved, plan.totals.moved);
        compare(
            "missing",
            case_result.worst_shortfall(),
            plan.totals.worst_shortfall,
        );
        compare("overloaded", case_result.binding.len() as f64, 0.0);
        for ((recovery, component, resource), uses) in &cases[0].uses {
            if *recovery == case_result.recovery {
                let planned = plan.load[[component.index(), resource.index()]];
                compare(inventory.component_name(*component), uses[0].load, planned);
            }
        }
        let opened = plan.access_points.iter();
        let opened = opened
            .filter(|access_point_change| access_point_change.after == AccessPointUse::Opened);
        let opened: Vec<_> = opened
            .map(|access_point_change| access_point_change.access_point)
            .collect();
        if case_result.opened != opened {
            all.push(format!(
                "{:?} opened: {:?}, planned {opened:?}",
                case_result.recovery, case_result.opened
            ));
        }
    }
    all
}

#[test]
fn without_a_failure_nothing_changes_against_the_plan() {
    assert_none(&found_in_draws(60, |_| {}, differences_to_plan));
    let split = |policy: &mut Policy| policy.split_shards = true;
    assert_none(&found_in_draws(20, split, differences_to_plan));
}

/// Where planning again leaves more users unserved, rank by rank, than a recovery that decides nothing.
///
/// It asks the rules of everybody's current site. So left out are cases that fail a site of which something is left and
/// which users of it have left in the plan: the failover rule may not let them be where they are, and a recovery that
/// decides nothing leaves them there.
fn worse_than_static(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let (sweep, cases) = swept_case_by_case(
        inventory,
        scenario,
        FailureSet::Components,
        1,
        &Recovery::ALL,
    );
    let plan = begun_at(inventory, scenario, &sweep.period);
    let plan = plan.periods.last().expect("a plan has a period");
    let mut all = Vec::new();
    for (case, tally) in cases.iter().enumerate() {
        let failing: Vec<_> = sweep.contingencies.failing(case).collect();
        let fails = |site: SiteId| {
            let component = inventory.site_component(site);
            failing
                .iter()
                .any(|failing| failing.components(inventory).contains(&component))
        };
        let is_there = |site: SiteId| !plan.case.gone[site.index()];
        let has_failed = |site: SiteId| fails(site) && is_there(site);
        if plan
            .parts
            .iter()
            .any(|part| part.has_left() && part.current.is_some_and(has_failed))
        {
            continue;
        }
        let [rescale, replicas, replan] = &tally.found[..] else {
            panic!("three recoveries were asked about");
        };
        for case_result in [rescale, replicas] {
            let ranks = replan.unserved.iter().zip(&case_result.unserved);
            let mut different = ranks.filter(|(a, b)| (*a - *b).abs() > 1e-5 * b.max(1e2));
            if different
                .next()
                .is_some_and(|(replan, value)| replan > value)
            {
                all.push(format!(
                    "{} {:?} {:?} {:?}",
                    sweep.contingencies.name(inventory, case),
                    case_result.recovery,
                    case_result.unserved,
                    replan.unserved
                ));
            }
        }
    }
    all
}

#[test]
fn planning_again_leaves_no_more_users_unserved_than_what_decides_nothing() {
    let unlimited = |policy: &mut Policy| policy.max_moved_users = None;
    assert_none(&found_in_draws(30, unlimited, worse_than_static));
}

/// Ranks of which users are unserved while no tenant is told to be hit, or the other way round.
fn undetermined(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let components = FailureSet::Components;
    let (sweep, cases) = swept_case_by_case(inventory, scenario, components, 1, &Recovery::ALL);
    let mut all = Vec::new();
    let is_of_members = |case: &usize| !sweep.contingencies.is_of_group(*case);
    let cases = cases.iter().enumerate();
    // Risk groups that are looked at besides break nobody.
    for (case, tally) in cases.filter(|(case, _)| is_of_members(case)) {
        for case_result in &tally.found {
            for (tiers, users) in sweep.tiers.iter().zip(&case_result.unserved) {
                let is_of_these = |tier: TierId| {
                    let id = &inventory.tiers[tier.index()].id;
                    tiers.split('+').any(|text| text == id)
                };
                let mut keys = tally.breaks.keys();
                let is_told =
                    keys.any(|key| key.recovery == case_result.recovery && is_of_these(key.tier));
                if is_told != (*users > NOBODY) {
                    let name = sweep.contingencies.name(inventory, case);
                    all.push(format!(
                        "{name} {:?} {tiers}: {users}",
                        case_result.recovery
                    ));
                }
            }
        }
    }
    all
}

#[test]
fn tenants_are_hit_where_users_of_their_tier_are_unserved() {
    assert_none(&found_in_draws(30, |_| {}, undetermined));
    // Nobody is served at home, but all are elsewhere; and under a surge.
    for seed in [196, 1] {
        let draw = draw(seed, Size::SMALL);
        let (inventory, scenario) = crate::read::read(&draw.files, &draw.scenario);
        assert_none(&undetermined(&inventory, &scenario));
    }
}
