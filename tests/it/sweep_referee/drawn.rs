//! Over random inventories: what the engine finds is accepted, whatever fails.

use super::folders::inventory_of;
use super::written::Written;
use crate::draw::Size;
use crate::hours::found_in_hourly_draws;
use crate::levels::{assert_none, found_in_changed_draws, found_in_draws, with_straight_links};
use plimsoll::engine::{Begin, GrayAsked, SweepRequest as Asked};
use plimsoll::ids::ClientRegionId;
use plimsoll::model::{
    ExistingShortfall, FailureSet, Goal, Inventory, LinkEnd, Movers, Policy, Recovery, Scenario,
};
use plimsoll::plan_files::SweepStatus;

/// What the referee finds fault with in the sweeps of an inventory.
pub(crate) fn broken(inventory: &Inventory, scenario: &Scenario, all: &[Asked]) -> Vec<String> {
    let mut found = Vec::new();
    for asked in all {
        if asked.over.members(inventory).is_empty() {
            continue;
        }
        let written = Written::of(inventory, scenario, asked.clone());
        let words = format!("{} of {}", asked.failures, asked.over.word());
        found.extend(faults(&words, &written, asked));
    }
    found
}

/// What the referee finds fault with.
fn faults(words: &str, written: &Written, asked: &Asked) -> Vec<String> {
    let verdict = written.verdict();
    let first = verdict.broken.iter().take(6);
    let mut found: Vec<String> = first.map(|finding| format!("{words}: {finding}")).collect();
    if verdict.cases == 0 && asked.recoveries.contains(&Recovery::Replan) {
        let why = &verdict.not_checked;
        found.push(format!("{words}: no case judged, {why:?}"));
    }
    let rules = asked
        .recoveries
        .iter()
        .filter(|recovery| **recovery != Recovery::Replan);
    let [followed, all] = verdict.by_rule;
    if all != rules.count() * verdict.extent[0] || followed < all {
        let why = &verdict.not_checked;
        found.push(format!(
            "{words}: {followed} of {all} answers by a rule judged, {why:?}"
        ));
    }
    let gap = verdict.worst_gap.filter(|gap| *gap > 1e-6);
    found.extend(gap.map(|gap| format!("{words}: a gap of {gap}")));
    found
}

/// Over every set.
fn over_all(set: impl Fn(Asked) -> Asked) -> Vec<Asked> {
    let all = [
        (FailureSet::Sites, 2),
        (FailureSet::AccessPoints, 2),
        (FailureSet::Elements, 1),
        (FailureSet::Links, 1),
        (FailureSet::RiskGroups, 1),
    ];
    let all = all.into_iter();
    all.map(|(over, failures)| set(Asked::new(over, failures)))
        .collect()
}

#[test]
fn every_sweep_of_random_inventories_holds() {
    let all = over_all(|asked| asked);
    let found = |inventory: &Inventory, scenario: &Scenario| broken(inventory, scenario, &all);
    assert_none(&found_in_draws(40, |_| {}, found));
}

/// What fails stands both before and behind access points.
#[test]
fn every_sweep_where_links_lead_straight_to_elements_holds() {
    let all = over_all(|asked| Asked {
        failures: 1,
        recoveries: vec![Recovery::Rescale, Recovery::Replicas, Recovery::Replan],
        ..asked
    });
    let found = |inventory: &Inventory, scenario: &Scenario| broken(inventory, scenario, &all);
    let changed = with_straight_links;
    assert_none(&found_in_changed_draws(Size::SMALL, 30, changed, found));
}

/// On 22 January 2026, with a link from New York to the load balancers of Washington that begins at US East instead: the link from
/// these on to the site fails, and 613,725 users are left unserved, not 0.
#[test]
fn what_fails_on_both_sides_of_access_points_hurts() {
    let (mut inventory, scenario) =
        inventory_of("data/incidents/22-january-2026", "as-it-happened.toml");
    let mut links = inventory.links.iter_mut();
    let link = links.find(|link| link.id == "ap-nyc--lb-iad");
    let mut regions = inventory.client_regions.iter();
    let region = regions.position(|region| region.id == "us-east");
    let region = ClientRegionId::new(region.expect("it is there"));
    link.expect("it is there").from = LinkEnd::ClientRegion(region);
    let asked = Asked {
        recoveries: vec![Recovery::Rescale, Recovery::Replicas, Recovery::Replan],
        ..Asked::new(FailureSet::Links, 1)
    };
    assert_none(&broken(&inventory, &scenario, std::slice::from_ref(&asked)));
    let written = Written::of(&inventory, &scenario, asked);
    let failures = written.files["by_failure.csv"].lines();
    let mut of_link = failures.filter(|failure| failure.contains(",lb-iad--iad,rescale,"));
    let row = of_link.next().expect("the case is there");
    assert!(row.contains(",613725."), "{row}");
}

/// Demand follows the hours: planned again, by rules, with silent faults, and from the plan.
#[test]
fn every_sweep_that_follows_the_hours_holds() {
    let gray = GrayAsked {
        over: FailureSet::AccessPoints,
        most: 1,
        severity: 0.5,
        minutes: 60.0,
    };
    let every = vec![Recovery::Rescale, Recovery::Replicas, Recovery::Replan];
    let all = [
        Asked::new(FailureSet::Sites, 2),
        Asked::new(FailureSet::Elements, 1),
        Asked {
            recoveries: every.clone(),
            gray: Some(gray),
            ..Asked::new(FailureSet::Sites, 1)
        },
        Asked {
            recoveries: every,
            begin: Begin::Plan,
            ..Asked::new(FailureSet::AccessPoints, 1)
        },
    ];
    let found = |inventory: &Inventory, scenario: &Scenario| broken(inventory, scenario, &all);
    assert_none(&found_in_hourly_draws(Size::SMALL, 40, found));
}

#[test]
fn every_sweep_of_all_levels_holds() {
    let all = over_all(|asked| Asked {
        is_full: true,
        failures: 1,
        ..asked
    });
    let found = |inventory: &Inventory, scenario: &Scenario| broken(inventory, scenario, &all);
    assert_none(&found_in_draws(15, |_| {}, found));
}

#[test]
fn every_sweep_under_other_policies_holds() {
    let policies: [fn(&mut Policy); 7] = [
        |policy| policy.movers = Movers::Affected,
        |policy| policy.existing_shortfall = ExistingShortfall::Repair,
        |policy| policy.max_moved_users = Some(40.0),
        |policy| policy.goals = vec![Goal::Unserved, Goal::Headroom, Goal::Relief, Goal::Moves],
        |policy| policy.goals = vec![Goal::Unserved, Goal::AccessPoints, Goal::Headroom],
        |policy| policy.goals = vec![Goal::Unserved, Goal::Moves],
        |policy| policy.split_shards = true,
    ];
    let all = [
        Asked::new(FailureSet::Sites, 1),
        Asked::new(FailureSet::AccessPoints, 1),
    ];
    let found = |inventory: &Inventory, scenario: &Scenario| broken(inventory, scenario, &all);
    for set in policies {
        assert_none(&found_in_draws(10, set, found));
    }
}

#[test]
fn every_sweep_by_a_rule_holds() {
    let all = over_all(|asked| Asked {
        recoveries: vec![Recovery::Rescale, Recovery::Replicas],
        ..asked
    });
    let found = |inventory: &Inventory, scenario: &Scenario| broken(inventory, scenario, &all);
    assert_none(&found_in_draws(60, |_| {}, found));
    let policies: [fn(&mut Policy); 5] = [
        |policy| policy.movers = Movers::Affected,
        |policy| policy.existing_shortfall = ExistingShortfall::Repair,
        |policy| policy.goals = vec![Goal::Unserved, Goal::Moves],
        |policy| policy.split_shards = true,
        |policy| policy.open_standby = false,
    ];
    for set in policies {
        assert_none(&found_in_draws(20, set, found));
    }
}

#[test]
fn every_sweep_with_gray_members_holds() {
    let set = |over: FailureSet, gray: FailureSet, most: usize| Asked {
        recoveries: Recovery::ALL.to_vec(),
        gray: Some(GrayAsked {
            over: gray,
            most,
            severity: 0.5,
            minutes: 90.0,
        }),
        ..Asked::new(over, 1)
    };
    let all = [
        set(FailureSet::Sites, FailureSet::Elements, 1),
        set(FailureSet::Sites, FailureSet::Sites, 2),
        set(FailureSet::AccessPoints, FailureSet::Links, 1),
    ];
    let found = |inventory: &Inventory, scenario: &Scenario| {
        let all: Vec<Asked> = all
            .iter()
            .filter(|sweep_request| {
                sweep_request
                    .gray
                    .as_ref()
                    .is_some_and(|gray| !gray.over.members(inventory).is_empty())
            })
            .cloned()
            .collect();
        broken(inventory, scenario, &all)
    };
    assert_none(&found_in_draws(15, |_| {}, found));
}

#[test]
fn every_sweep_from_the_plan_of_its_scenario_holds() {
    let all = [FailureSet::Sites, FailureSet::Elements].map(|over| Asked {
        begin: Begin::Plan,
        recoveries: Recovery::ALL.to_vec(),
        ..Asked::new(over, 1)
    });
    let found = |inventory: &Inventory, scenario: &Scenario| broken(inventory, scenario, &all);
    assert_none(&found_in_draws(25, |_| {}, found));
    assert_none(&found_in_draws(
        10,
        |policy| policy.split_shards = true,
        found,
    ));
}

#[test]
fn parts_of_sweeps_and_what_is_done_of_stopped_ones_hold() {
    let found = |inventory: &Inventory, scenario: &Scenario| {
        let asked = || Asked::new(FailureSet::Sites, 2);
        let part = Written::of_part(inventory, scenario, asked(), SweepStatus::Part, |all| {
            all / 3..2 * all / 3
        });
        let stopped = SweepStatus::Partial;
        let partial = Written::of_part(inventory, scenario, asked(), stopped, |all| 0..all / 2);
        let mut found = faults("part", &part, &asked());
        found.extend(faults("partial", &partial, &asked()));
        found
    };
    assert_none(&found_in_draws(15, |_| {}, found));
}
