//! What holds at an instant, on the tiny inventory.

mod slow;

use super::super::tiny::{A, B, BW, CPU, LB1, cut, event, hour, inventory, scenario, surge};
use super::*;
use crate::ids::{ClientRegionId, ProfileId, ResourceId, ShardId, TenantId};
use crate::model::{CapacityChange, Onboarding, Reduction, Surge};
use crate::scenario::has_forecast_range;
use ndarray::array;

fn believed(inventory: &Inventory, scenario: &Scenario, at: i64) -> Case {
    case_at(
        inventory,
        scenario,
        hour(at),
        Knowledge::Believed,
        Band::Expected,
    )
}

fn truly(inventory: &Inventory, scenario: &Scenario, at: i64) -> Case {
    case_at(
        inventory,
        scenario,
        hour(at),
        Knowledge::True,
        Band::Expected,
    )
}

#[test]
fn quiet_instant_has_everything() {
    let inventory = inventory();
    let case = believed(&inventory, &scenario(vec![]), 2);
    assert_eq!(
        case,
        Case {
            nominal: inventory.capacity.clone(),
            available: Array2::ones((10, 2)),
            gone: vec![false; 10],
            failed: vec![false; 2],
            target: array![
                [0.0, 0.2],
                [0.0, 0.3],
                [0.0, 0.0],
                [0.1, 0.0],
                [0.1, 0.0],
                [0.0, 0.0],
                [0.0, 0.0],
                [0.0, 0.0],
                [0.0, 0.0],
                [0.0, 0.0],
            ],
            base_users: vec![40.0, 30.0].into(),
            factor: vec![1.0, 1.0].into(),
            touched: vec![false; 10],
            surged: vec![false; 2].into(),
            is_event_in_force: false,
            accept_queue_seconds: 300.0,
            hours: Hours::flat(2, hour(2), hour(8)).into(),
        }
    );
}

#[test]
fn event_holds_from_its_start_up_to_not_including_its_end() {
    let inventory = inventory();
    let scenario = scenario(vec![event(EventKind::Maintenance(cut(A, 0.0)), 3, 5)]);
    let gone = [2, 3, 4, 5].map(|at| believed(&inventory, &scenario, at).gone[0]);
    assert_eq!(gone, [false, true, true, false]);
    let force = [2, 3, 4, 5].map(|at| believed(&inventory, &scenario, at).is_event_in_force);
    assert_eq!(force, [false, true, true, false]);
}

#[test]
fn shares_of_events_on_one_component_multiply() {
    let case = believed(
        &inventory(),
        &scenario(vec![
            event(EventKind::Failure(cut(A, 0.0)), 2, 8),
            event(EventKind::Maintenance(cut(A, 0.5)), 2, 8),
            event(EventKind::Maintenance(cut(B, 0.75)), 2, 8),
            event(EventKind::Gray(cut(B, 0.5)), 2, 8),
        ]),
        2,
    );
    assert_eq!(case.available.row(0), array![0.0, 0.0]);
    assert_eq!(case.available.row(1), array![0.375, 0.375]);
    assert_eq!(case.gone[..2], [true, false]);
    assert_eq!(case.failed, [true, false]);
    assert_eq!(case.touched[..4], [true, true, false, false]);
    assert_eq!(case.capacity(1, 1), Some(37.5));
}

#[test]
fn drained_site_is_gone_and_not_failed() {
    let drain = event(EventKind::Maintenance(cut(A, 0.0)), 2, 8);
    let case = believed(&inventory(), &scenario(vec![drain]), 2);
    assert_eq!((case.gone[0], case.failed[0]), (true, false));
}

#[test]
fn event_with_resources_leaves_the_component_itself_open() {
    let only_cpu = Reduction {
        resources: Some(vec![CPU]),
        ..cut(A, 0.0)
    };
    let failure = event(EventKind::Failure(only_cpu), 2, 8);
    let case = believed(&inventory(), &scenario(vec![failure]), 2);
    assert_eq!(case.available.row(0), array![1.0, 0.0]);
    assert_eq!(
        (case.gone[0], case.failed[0], case.touched[0]),
        (false, false, true)
    );
}

#[test]
fn gray_event_counts_in_truth_at_once_and_for_the_planner_after_detection_and_reaction() {
    let inventory = inventory();
    let mut gray = event(EventKind::Gray(cut(LB1, 0.5)), 3, 8);
    gray.detected = hour(4);
    let mut scenario = scenario(vec![gray]);
    scenario.policy.reaction_minutes = 60.0;
    let hours = [2, 3, 4, 5, 7, 8];
    assert_eq!(
        hours.map(|at| believed(&inventory, &scenario, at).capacity(3, 0)),
        [60.0, 60.0, 60.0, 30.0, 30.0, 60.0].map(Some)
    );
    assert_eq!(
        hours.map(|at| truly(&inventory, &scenario, at).capacity(3, 0)),
        [60.0, 30.0, 30.0, 30.0, 30.0, 60.0].map(Some)
    );
    assert_eq!(
        hours.map(|at| believed(&inventory, &scenario, at).is_event_in_force),
        [false, false, false, true, true, false]
    );
}

#[test]
fn after_a_partial_repair_the_earlier_state_is_believed_until_the_later_one_is_known() {
    let inventory = inventory();
    // All of LB1 fails, and site A with it; at 5 half of LB1 comes back and all of A, which is known at 6, acted on at 7.
    let mut staged = Reduction::all_of(LB1);
    staged.components.insert(0, A);
    let first = event(EventKind::Failure(staged), 3, 5);
    let mut second = event(EventKind::Failure(cut(LB1, 0.5)), 5, 9);
    second.detected = hour(6);
    let mut scenario = scenario(vec![first, second]);
    scenario.policy.reaction_minutes = 60.0;
    let hours = [3, 4, 5, 6, 7, 8, 9];
    assert_eq!(
        hours.map(|at| believed(&inventory, &scenario, at).capacity(3, 0)),
        [60.0, 0.0, 0.0, 0.0, 30.0, 30.0, 60.0].map(Some)
    );
    assert_eq!(
        hours.map(|at| truly(&inventory, &scenario, at).capacity(3, 0)),
        [0.0, 0.0, 30.0, 30.0, 30.0, 30.0, 60.0].map(Some)
    );
    let is_gone = |at| believed(&inventory, &scenario, at).gone[0];
    assert_eq!(
        hours.map(is_gone),
        [false, true, false, false, false, false, false]
    );
    // It is over before anybody acts on it: until then what was known is believed.
    scenario.events[1].detected = hour(8);
    assert_eq!(
        hours.map(|at| believed(&inventory, &scenario, at).capacity(3, 0)),
        [60.0, 0.0, 0.0, 0.0, 0.0, 0.0, 60.0].map(Some)
    );
    // What begins later than the first one ends does not follow it.
    scenario.events[1].start = hour(6);
    assert_eq!(
        hours.map(|at| believed(&inventory, &scenario, at).capacity(3, 0)),
        [60.0, 0.0, 60.0, 60.0, 60.0, 60.0, 60.0].map(Some)
    );
}

#[test]
fn reaction_time_delays_failures_and_not_maintenance() {
    let inventory = inventory();
    let mut scenario = scenario(vec![
        event(EventKind::Failure(cut(A, 0.0)), 2, 8),
        event(EventKind::Maintenance(cut(B, 0.0)), 2, 8),
    ]);
    scenario.policy.reaction_minutes = 90.0;
    assert_eq!(believed(&inventory, &scenario, 3).gone[..2], [false, true]);
    assert_eq!(believed(&inventory, &scenario, 4).gone[..2], [true, true]);
    scenario.policy.reaction_minutes = f64::MAX;
    assert_eq!(believed(&inventory, &scenario, 7).gone[..2], [false, true]);
}

#[test]
fn event_headroom_caps_every_target_while_a_known_event_is_in_force() {
    let inventory = inventory();
    let mut gray = event(EventKind::Gray(cut(LB1, 0.5)), 3, 8);
    gray.detected = hour(4);
    let mut scenario = scenario(vec![gray]);
    scenario.policy.headroom = vec![Some(0.25), Some(0.4)];
    let targets = |case: Case| {
        [(0, CPU), (1, CPU), (3, BW), (0, BW)]
            .map(|(component, resource)| {
                let resource: ResourceId = resource;
                case.target[[component, resource.index()]]
            })
            .to_vec()
    };
    // No headroom is spent on an undetected event: 03:00 is as before, also with actual capacities.
    for at in [2, 3] {
        assert_eq!(
            targets(believed(&inventory, &scenario, at)),
            [0.4, 0.3, 0.25, 0.0]
        );
        assert_eq!(
            targets(truly(&inventory, &scenario, at)),
            [0.4, 0.3, 0.25, 0.0]
        );
    }
    assert_eq!(
        targets(believed(&inventory, &scenario, 4)),
        [0.05, 0.05, 0.25, 0.0]
    );
    assert_eq!(
        targets(truly(&inventory, &scenario, 4)),
        [0.05, 0.05, 0.25, 0.0]
    );
}

#[test]
fn surges_multiply_on_the_shards_that_all_their_selectors_match() {
    let on = |client_region, profile, tenant, factor| {
        let surge = Surge {
            client_region,
            profile,
            tenant,
            factor,
            arrive_minutes: Surge::ARRIVE_MINUTES,
        };
        event(EventKind::Surge(surge), 2, 8)
    };
    let (r1, r2) = (Some(ClientRegionId(0)), Some(ClientRegionId(1)));
    let (chat, mail) = (Some(ProfileId(0)), Some(ProfileId(1)));
    let (t1, t2) = (Some(TenantId(0)), Some(TenantId(1)));
    let factors = |events| {
        let case = believed(&inventory(), &scenario(events), 2);
        (case.factor, case.surged)
    };
    assert_eq!(
        factors(vec![on(None, None, None, 2.0), on(r1, None, None, 1.5)]),
        (vec![3.0, 2.0].into(), vec![true, true].into())
    );
    assert_eq!(
        factors(vec![on(r2, mail, None, 0.5), on(r1, mail, None, 9.0)]),
        (vec![1.0, 0.5].into(), vec![false, true].into())
    );
    assert_eq!(
        factors(vec![
            on(None, None, t1, 4.0),
            on(r1, chat, t1, 2.0),
            on(r1, None, t2, 9.0)
        ]),
        (vec![8.0, 1.0].into(), vec![true, false].into())
    );
    // An event is an event, whatever its factor.
    assert_eq!(
        factors(vec![on(None, None, None, 1.0)]),
        (vec![1.0, 1.0].into(), vec![true, true].into())
    );
}

fn joining(date: i64, users: i64, low: i64, high: i64) -> Onboarding {
    Onboarding {
        date: hour(date),
        shard: ShardId(0),
        users,
        low,
        high,
    }
}

#[test]
fn forecast_has_a_range_only_if_a_row_with_one_counts_before_the_end() {
    let has_range = |rows: Vec<Onboarding>, freezes: bool| {
        let mut inventory = inventory();
        inventory.onboarding = rows;
        let mut scenario = scenario(vec![]);
        scenario.policy.freeze_onboarding = freezes;
        has_forecast_range(&inventory, &scenario)
    };
    // The scenario goes from hour 2 to hour 8.
    assert!(!has_range(vec![joining(1, 10, 10, 10)], false));
    assert!(has_range(vec![joining(1, 10, 5, 20)], true));
    assert!(has_range(vec![joining(4, 10, 5, 20)], false));
    assert!(!has_range(vec![joining(4, 10, 5, 20)], true));
    assert!(!has_range(vec![joining(8, 10, 5, 20)], false));
}

#[test]
fn onboarding_dated_up_to_the_instant_counts_also_from_before_the_start() {
    let mut inventory = inventory();
    inventory.onboarding = vec![joining(1, 10, 5, 20), joining(4, 7, 6, 8)];
    let mut scenario = scenario(vec![]);
    let users = |scenario: &Scenario, at, band| {
        case_at(&inventory, scenario, hour(at), Knowledge::Believed, band).base_users[0].to_string()
    };
    assert_eq!(
        [2, 3, 4].map(|at| users(&scenario, at, Band::Expected)),
        ["50", "50", "57"]
    );
    assert_eq!(
        [2, 3, 4].map(|at| users(&scenario, at, Band::Low)),
        ["45", "45", "51"]
    );
    assert_eq!(
        [2, 3, 4].map(|at| users(&scenario, at, Band::High)),
        ["60", "60", "68"]
    );
    scenario.policy.freeze_onboarding = true;
    assert_eq!(
        [2, 3, 4].map(|at| users(&scenario, at, Band::Expected)),
        ["50", "50", "50"]
    );
}

#[test]
fn frozen_onboarding_leaves_out_the_row_of_the_very_start() {
    let mut inventory = inventory();
    inventory.onboarding = vec![joining(2, 10, 10, 10)];
    let mut scenario = scenario(vec![]);
    assert_eq!(
        case_before(&inventory, &scenario, Band::Expected).base_users,
        vec![50.0, 30.0].into()
    );
    scenario.policy.freeze_onboarding = true;
    assert_eq!(
        case_before(&inventory, &scenario, Band::Expected).base_users,
        vec![40.0, 30.0].into()
    );
}

#[test]
fn more_leaving_than_there_are_leaves_nobody() {
    let mut inventory = inventory();
    inventory.onboarding = vec![joining(1, -50, -50, -50), joining(4, 15, 15, 15)];
    let users = |at| believed(&inventory, &scenario(vec![]), at).base_users;
    assert_eq!(users(2), vec![0.0, 30.0].into());
    assert_eq!(users(4), vec![5.0, 30.0].into());
}

#[test]
fn capacity_change_holds_from_its_date_on() {
    let mut inventory = inventory();
    let change = |date, component, resource, capacity| CapacityChange {
        date: hour(date),
        component,
        resource,
        capacity,
    };
    inventory.capacity_changes = vec![
        change(1, A, CPU, Some(80.0)),
        change(4, A, CPU, Some(90.0)),
        change(4, B, CPU, None),
    ];
    let half = event(EventKind::Maintenance(cut(A, 0.5)), 2, 8);
    let scenario = scenario(vec![half]);
    let case = believed(&inventory, &scenario, 3);
    assert_eq!(
        (case.nominal[[0, 1]], case.capacity(0, 1)),
        (Some(80.0), Some(40.0))
    );
    let case = believed(&inventory, &scenario, 4);
    assert_eq!(
        (case.capacity(0, 1), case.capacity(1, 1)),
        (Some(45.0), None)
    );
    assert_eq!(case.target.column(1).to_vec()[..2], [0.05, 0.0]);
}

#[test]
fn state_before_knows_no_event_not_even_a_surge() {
    let inventory = inventory();
    let quiet = believed(&inventory, &scenario(vec![]), 2);
    let busy = scenario(vec![
        event(EventKind::Maintenance(cut(A, 0.0)), 2, 8),
        event(EventKind::Surge(surge(2.0)), 2, 8),
    ]);
    assert_eq!(case_before(&inventory, &busy, Band::Expected), quiet);
}
