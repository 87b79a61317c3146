//! Plans in which everything has to recover by itself: by hand, against the written-out program, and as the referee sees
//! them.

use super::{drained, holding, of, one_site, stands};
use crate::certificate::gaps;
use crate::draw::Size;
use crate::hours::with_hours;
use crate::levels::{assert_none, broken, differences, found_in_changed_draws, planned};
use crate::margin::drawn::faults;
use crate::promises::explained;
use crate::sweep_referee::drawn::broken as broken_sweeps;
use crate::waves::drawn::limited;
use plimsoll::engine::SweepRequest;
use plimsoll::model::{FailureSet, Inventory, Overload, Recovery, Scenario, Scope};
use plimsoll::plan::{Refusal, Stability};
use plimsoll::plan_files::explanations::{Reason, ShardFate};

const STABLE: &str = "[policy]\nrequire_stable = true\n";

#[test]
fn a_site_serves_its_capacity_by_one_plus_retries() {
    for (retries, most) in [("0.1", 909.0), ("1", 499.0), ("2", 333.0), ("3", 249.0)] {
        let (inventory, scenario) = one_site(retries, 1000, STABLE);
        let plan = holding(&inventory, &scenario);
        let period = &plan.periods[0];
        let served = 1000.0 - period.totals.unserved;
        // Three millionths of the capacity are left, so that a queue drains.
        let expected =
            (1.0 - 3e-6 - 1e-9) * 1000.0 / (1.0 + retries.parse::<f64>().expect("a number"));
        assert!((served - expected).abs() < 1e-6, "{served} with {retries}");
        assert!(((served + 1e-6).floor() - most).abs() < 1e-9, "{served}");
        let retry_margin = of(&inventory, &period.stability, "d", 0);
        assert_eq!(retry_margin.stability, Stability::Stable);
        let margin = retry_margin.margin.expect("it has one");
        assert!(margin > 0.0 && margin < 3.1e-6, "{margin}");
        // One vCPU more serves so many more.
        let margin = period.margins.iter().find(|margin| margin.component.0 == 0);
        let (price, _) = margin.expect("a row").price().expect("a price");
        assert!((price - expected / 1000.0).abs() < 4e-6, "{price}");
        let mut more = inventory.clone();
        for capacity in more.capacity.get_mut([0, 0]).into_iter().flatten() {
            *capacity += 10.0;
        }
        let gained = planned(&more, &scenario).periods[0].totals.unserved;
        let gained = period.totals.unserved - gained;
        assert!((gained - 10.0 * price).abs() < 1e-4, "{gained}");
    }
}

#[test]
fn users_go_where_everything_recovers_and_stay_unserved_where_nothing_does() {
    // 700 try once again each: 1,401 vCPU of e are enough, 1,200 for 600 of them.
    for (cpu, unserved, most) in [(1401, 0.0, 1400.0), (1200, 100.0, 1200.0)] {
        let (inventory, scenario) = drained(STABLE, cpu);
        let plan = holding(&inventory, &scenario);
        let maintenance = &plan.periods[1];
        assert!(
            (maintenance.totals.unserved - unserved).abs() < 2e-3,
            "{cpu}"
        );
        let (_, offered, _, class) = stands(&inventory, &maintenance.stability, "e", 0);
        assert!(offered.is_some_and(|value| (value - most).abs() < 4e-3));
        assert_eq!(class, Stability::Stable);
        // Without retries e would serve them.
        let explanations = explained(&inventory, &scenario, &plan);
        let reasons = explanations.reasons.iter();
        let unserved = reasons.filter(|reason| reason.kind == ShardFate::Unserved);
        let words = "not enough cpu is left at e with all retries running";
        let is_so = |reason: &Reason| {
            reason.sentence.contains(words) && reason.sites.iter().any(|site| site.with_retries)
        };
        assert_eq!(unserved.clone().count(), usize::from(cpu == 1200));
        assert!(
            unserved.into_iter().all(is_so),
            "{:?}",
            explanations.reasons
        );
        for wave in plan
            .transitions
            .iter()
            .flat_map(|transition| &transition.waves)
        {
            for retry_margin in &wave.stability {
                assert_eq!(
                    retry_margin.stability,
                    Stability::Stable,
                    "{retry_margin:?}"
                );
            }
        }
    }
}

#[test]
fn what_nobody_recovers_from_today_is_not_asked_of_the_state_before() {
    // 800 of 1,000 are served today, each tries once again.
    let (inventory, scenario) = one_site("1", 800, STABLE);
    let plan = holding(&inventory, &scenario);
    assert!((plan.before.load[[0, 0]] - 800.0).abs() < 1e-9);
    assert!((plan.periods[0].totals.unserved - 300.0).abs() < 2e-3);
}

/// Retries of every profile and what waits, drawn by seed.
pub(crate) fn retried(seed: u64, inventory: &mut Inventory, scenario: &mut Scenario) {
    scenario.policy.require_stable = true;
    for (index, profile) in (0_u64..).zip(&mut inventory.profiles) {
        profile.retries =
            [0.0, 0.1, 1.0, 3.0][usize::try_from((seed / 3 + index) % 4).expect("few")];
        // Most give up before any queue is over, some in time only where it is long, some never.
        profile.timeout_seconds = [Some(20.0), Some(20.0), Some(90.0), None]
            [usize::try_from((seed / 5 + index) % 4).expect("few")];
    }
    scenario.replay.accept_queue_seconds = if seed.is_multiple_of(4) { 10.0 } else { 300.0 };
    for (index, resource) in (0_u64..).zip(&mut inventory.resources) {
        if resource.is_sessions {
            continue;
        }
        resource.overload = match resource.scope {
            Scope::Network if (seed + index).is_multiple_of(2) => Overload::Queue,
            Scope::Site if (seed + index).is_multiple_of(5) => Overload::Lose,
            Scope::Network => Overload::Lose,
            Scope::Site => Overload::Queue,
        };
        if resource.overload == Overload::Lose {
            resource.queue_seconds = None;
        } else if (seed / 2 + index).is_multiple_of(3) {
            resource.queue_seconds = Some(60.0);
        }
    }
    for (index, element) in (0_u64..).zip(&mut inventory.elements) {
        element.sheds_stale_work = (seed + index).is_multiple_of(3);
    }
}

fn by_the_hour(seed: u64, inventory: &mut Inventory, scenario: &mut Scenario) {
    with_hours(seed, inventory, scenario);
    retried(seed, inventory, scenario);
}

fn split(seed: u64, inventory: &mut Inventory, scenario: &mut Scenario) {
    retried(seed, inventory, scenario);
    scenario.policy.split_shards = true;
}

#[test]
fn every_level_equals_the_written_out_lp() {
    assert_none(&found_in_changed_draws(
        Size::SMALL,
        60,
        retried,
        differences,
    ));
}

#[test]
fn every_level_of_meshes_equals_the_written_out_lp() {
    assert_none(&found_in_changed_draws(
        Size::MESHED,
        20,
        retried,
        differences,
    ));
}

#[test]
fn every_level_of_hours_and_of_split_shards_equals_the_written_out_lp() {
    assert_none(&found_in_changed_draws(
        Size::SMALL,
        25,
        by_the_hour,
        differences,
    ));
    assert_none(&found_in_changed_draws(Size::SMALL, 25, split, differences));
}

#[test]
fn every_plan_holds() {
    assert_none(&found_in_changed_draws(Size::SMALL, 100, retried, broken));
    assert_none(&found_in_changed_draws(
        Size::SMALL,
        40,
        by_the_hour,
        broken,
    ));
    assert_none(&found_in_changed_draws(Size::SMALL, 40, split, broken));
}

/// Limits on the way besides: rates, acceptance, waves and gates.
fn limited_along_path(seed: u64, inventory: &mut Inventory, scenario: &mut Scenario) {
    retried(seed, inventory, scenario);
    limited(inventory, scenario, seed);
}

#[test]
fn every_plan_with_limits_along_its_paths_holds() {
    assert_none(&found_in_changed_draws(
        Size::SMALL,
        60,
        limited_along_path,
        broken,
    ));
}

#[test]
fn the_margin_of_errors_is_that_of_the_written_out_program() {
    assert_none(&found_in_changed_draws(Size::SMALL, 30, retried, faults));
}

#[test]
fn every_level_is_proven_by_its_certificate() {
    assert_none(&found_in_changed_draws(Size::SMALL, 40, retried, gaps));
}

#[test]
fn every_sweep_holds() {
    let all = [
        SweepRequest::new(FailureSet::Sites, 2),
        SweepRequest::new(FailureSet::Elements, 1),
        SweepRequest {
            recoveries: vec![Recovery::Rescale, Recovery::Replicas, Recovery::Replan],
            ..SweepRequest::new(FailureSet::Sites, 1)
        },
        SweepRequest {
            is_full: true,
            ..SweepRequest::new(FailureSet::AccessPoints, 1)
        },
    ];
    let found =
        |inventory: &Inventory, scenario: &Scenario| broken_sweeps(inventory, scenario, &all);
    assert_none(&found_in_changed_draws(Size::SMALL, 20, retried, found));
}

#[test]
fn constraints_bind_in_draws() {
    // Otherwise the draws above would say nothing.
    let differs = |inventory: &Inventory, scenario: &Scenario| {
        let asked = planned(inventory, scenario);
        let mut free = scenario.clone();
        free.policy.require_stable = false;
        let free = planned(inventory, &free);
        let pairs = asked.periods.iter().zip(&free.periods);
        let is_other = |(a, b): (&plimsoll::plan::PeriodPlan, &plimsoll::plan::PeriodPlan)| {
            a.totals.unserved > b.totals.unserved + 1e-3
        };
        pairs
            .into_iter()
            .any(is_other)
            .then(String::new)
            .into_iter()
            .collect()
    };
    let found = found_in_changed_draws(Size::SMALL, 40, retried, differs);
    assert!(found.len() > 8, "{}", found.len());
}

#[test]
fn a_path_that_cannot_keep_it_is_refused_with_the_reason() {
    // Both sites change places: each holds 1,000, and of 400 users with one retry each only 100 more fit beside them.
    let (inventory, scenario) = super::read_files(
        &[
            ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
            (
                "profiles.csv",
                "profile,cpu,retries,timeout_seconds\np,1,1,30\n",
            ),
            ("sites.csv", "site,cpu,jurisdiction\nd,1000,A\ne,1000,B\n"),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\n\
                 d1,t,400,d,p,r,gold\ne1,t,400,e,p,r,gold\n",
            ),
        ],
        STABLE,
    );
    let mut plan = planned(&inventory, &scenario);
    let period = &mut plan.periods[0];
    assert!(period.moves.is_empty());
    // The plan that nobody would make: both shards at the other site.
    for part in &mut period.parts {
        part.site = part.site.map(|site| plimsoll::ids::SiteId(1 - site.0));
    }
    let moves: Vec<plimsoll::plan::Move> = period
        .parts
        .iter()
        .map(|part| plimsoll::plan::Move {
            shard: part.shard,
            users: part.users,
            from: part.current,
            to: part.site.expect("it is served"),
            how: plimsoll::plan_files::How::Copy,
            reason: plimsoll::plan_files::Reason::Relief,
        })
        .collect();
    period.moves = moves;
    for flow in &mut period.flows {
        flow.users = 400.0;
    }
    let transitions = plimsoll::engine::transitions_of_plan(&inventory, &scenario, &plan);
    let refusals = transitions
        .iter()
        .filter_map(|transition| transition.refusal);
    let unsafe_at: Vec<bool> = refusals
        .map(|refusal| matches!(refusal, Refusal::Unsafe(fullness) if fullness.with_retries))
        .collect();
    assert_eq!(unsafe_at, [true]);
    let mut free = scenario.clone();
    free.policy.require_stable = false;
    let transitions = plimsoll::engine::transitions_of_plan(&inventory, &free, &plan);
    assert!(
        transitions
            .iter()
            .all(|transition| transition.refusal.is_none())
    );
}
