//! Growth and capacity changes against the start, on the tiny inventory.

use super::super::tiny::{A, B, CPU, hour, inventory, scenario};
use super::*;
use crate::model::{Background, CapacityChange, Onboarding, Replica, ReplicaState};

const HOME: [Option<SiteId>; 2] = [Some(SiteId(0)), Some(SiteId(1))];

fn joining(date: i64, users: i64) -> Onboarding {
    Onboarding {
        date: hour(date),
        shard: ShardId(0),
        users,
        low: 0,
        high: users,
    }
}

fn lowered(inventory: &Inventory, at: i64, current: &[Option<SiteId>]) -> [bool; 2] {
    let scenario = scenario(vec![]);
    let homes = Homes::whole(current.to_vec());
    let all = free_share_lowered(inventory, &scenario, hour(at), Band::Expected, &homes);
    [all[0], all[1]]
}

#[test]
fn onboarding_since_the_start_lowers_the_site_that_now_homes_the_shard() {
    let mut inventory = inventory();
    inventory.onboarding = vec![joining(1, 5), joining(4, 5)];
    assert_eq!(lowered(&inventory, 3, &HOME), [false, false]);
    assert_eq!(lowered(&inventory, 4, &HOME), [true, false]);
    assert_eq!(lowered(&inventory, 4, &[Some(SiteId(1)); 2]), [false, true]);
    assert_eq!(lowered(&inventory, 4, &[None, HOME[1]]), [false, false]);
}

#[test]
fn low_end_without_growth_and_frozen_onboarding_lower_nothing() {
    let mut inventory = inventory();
    inventory.onboarding = vec![joining(4, 5)];
    let mut scenario = scenario(vec![]);
    let home = Homes::whole(HOME.to_vec());
    let none = free_share_lowered(&inventory, &scenario, hour(5), Band::Low, &home);
    assert_eq!(none, [false, false]);
    scenario.policy.freeze_onboarding = true;
    let none = free_share_lowered(&inventory, &scenario, hour(5), Band::Expected, &home);
    assert_eq!(none, [false, false]);
}

#[test]
fn growing_copies_lower_the_sites_that_hold_them() {
    let mut inventory = inventory();
    inventory.onboarding = vec![joining(4, 5)];
    inventory.replicas = vec![Replica {
        shard: ShardId(0),
        site: SiteId(1),
        preference: 1,
        state: ReplicaState::Blocked,
    }]
    .into();
    assert_eq!(lowered(&inventory, 4, &HOME), [true, true]);
    assert_eq!(lowered(&inventory, 4, &[Some(SiteId(1)); 2]), [true, true]);
}

#[test]
fn capacity_change_lowers_unless_nothing_is_there_or_it_grows() {
    let mut inventory = inventory();
    let change = |component, capacity| CapacityChange {
        date: hour(4),
        component,
        resource: CPU,
        capacity,
    };
    inventory.capacity_changes = vec![change(A, Some(0.0)), change(B, Some(120.0))];
    assert_eq!(lowered(&inventory, 4, &HOME), [true, false]);
    assert_eq!(
        lowered(&inventory, 4, &[Some(SiteId(1)); 2]),
        [false, false]
    );
    inventory.background = vec![Background {
        component: A,
        resource: CPU,
        load: 1.0,
    }];
    assert_eq!(lowered(&inventory, 4, &[Some(SiteId(1)); 2]), [true, false]);
    inventory.capacity_changes = vec![change(A, None), change(B, None)];
    assert_eq!(lowered(&inventory, 4, &HOME), [false, false]);
}

#[test]
fn growth_that_more_capacity_outweighs_lowers_nothing() {
    let mut inventory = inventory();
    inventory.onboarding = vec![joining(4, 20)];
    inventory.capacity_changes = vec![CapacityChange {
        date: hour(4),
        component: A,
        resource: CPU,
        capacity: Some(150.0),
    }];
    assert_eq!(lowered(&inventory, 4, &HOME), [false, false]);
}

#[test]
fn loads_count_a_copy_once_where_the_shard_runs() {
    let mut inventory = inventory();
    inventory.replicas = vec![Replica {
        shard: ShardId(0),
        site: SiteId(1),
        preference: 1,
        state: ReplicaState::Ready,
    }]
    .into();
    let cpu = |home| {
        site_loads(&inventory, &[40.0, 30.0], &Homes::whole(vec![home, None]))
            .column(CPU.index())
            .to_vec()
    };
    assert_eq!(cpu(Some(SiteId(0))), [40.0, 20.0]);
    assert_eq!(cpu(Some(SiteId(1))), [20.0, 40.0]);
    assert_eq!(cpu(None), [20.0, 20.0]);
}

#[test]
fn split_shard_loads_each_of_its_sites_with_its_share() {
    let inventory = inventory();
    let mut homes = Homes::whole(vec![HOME[0], None]);
    homes.settle(ShardId(0), &[(SiteId(0), 3.0), (SiteId(1), 1.0)]);
    let loads = site_loads(&inventory, &[40.0, 30.0], &homes);
    assert_eq!(loads.column(CPU.index()).to_vec(), [30.0, 10.0]);
}
