//! Change points and phases, on the tiny inventory.

use super::super::tiny::{A, B, BW, CPU, LB1, cut, event, hour, inventory, scenario, surge};
use super::*;
use crate::ids::ShardId;
use crate::model::{CapacityChange, Disconnect, EventKind, Onboarding, Reduction, Slow};

/// Start, end (hours) and phase of every period.
fn spans(inventory: &Inventory, scenario: &Scenario) -> Vec<(i64, i64, Phase)> {
    let hours = |at: Timestamp| (at.as_second() - hour(0).as_second()) / 3600;
    let all = periods(inventory, scenario);
    assert!(
        all.iter()
            .enumerate()
            .all(|(index, period)| period.index == index)
    );
    all.into_iter()
        .map(|period| (hours(period.start), hours(period.end), period.phase))
        .collect()
}

#[test]
fn quiet_scenario_is_one_period() {
    let scenario = scenario(vec![]);
    assert_eq!(spans(&inventory(), &scenario), [(2, 8, Phase::Known)]);
    assert!((periods(&inventory(), &scenario)[0].minutes() - 360.0).abs() < 1e-12);
}

#[test]
fn events_cut_the_scenario_only_inside_it() {
    let scenario = scenario(vec![
        event(EventKind::Maintenance(cut(A, 0.0)), 1, 4),
        event(EventKind::Surge(surge(2.0)), 3, 9),
        event(EventKind::Surge(surge(2.0)), 2, 8),
    ]);
    assert_eq!(
        spans(&inventory(), &scenario),
        [
            (2, 3, Phase::Known),
            (3, 4, Phase::Known),
            (4, 8, Phase::Known)
        ]
    );
}

#[test]
fn gray_event_is_blind_then_reacting_then_known() {
    let mut gray = event(EventKind::Gray(cut(LB1, 0.5)), 3, 7);
    gray.detected = hour(4);
    let mut scenario = scenario(vec![gray]);
    scenario.policy.reaction_minutes = 60.0;
    assert_eq!(
        spans(&inventory(), &scenario),
        [
            (2, 3, Phase::Known),
            (3, 4, Phase::Blind),
            (4, 5, Phase::Reacting),
            (5, 7, Phase::Known),
            (7, 8, Phase::Known),
        ]
    );
}

#[test]
fn event_over_before_the_plan_reacts_leaves_no_change_point_behind() {
    let failure = event(EventKind::Failure(cut(A, 0.0)), 3, 4);
    let mut scenario = scenario(vec![failure]);
    scenario.policy.reaction_minutes = 120.0;
    assert_eq!(
        spans(&inventory(), &scenario),
        [
            (2, 3, Phase::Known),
            (3, 4, Phase::Reacting),
            (4, 8, Phase::Known)
        ]
    );
}

#[test]
fn one_undetected_event_makes_the_period_blind() {
    let mut late = event(EventKind::Gray(cut(LB1, 0.5)), 2, 8);
    late.detected = hour(5);
    let mut scenario = scenario(vec![event(EventKind::Failure(cut(A, 0.0)), 2, 8), late]);
    scenario.policy.reaction_minutes = 60.0;
    assert_eq!(
        spans(&inventory(), &scenario),
        [
            (2, 3, Phase::Blind),
            (3, 5, Phase::Blind),
            (5, 6, Phase::Reacting),
            (6, 8, Phase::Known),
        ]
    );
}

#[test]
fn onboarding_and_capacity_changes_cut_unless_frozen() {
    let mut inventory = inventory();
    let joining = |date| Onboarding {
        date: hour(date),
        shard: ShardId(0),
        users: 1,
        low: 1,
        high: 1,
    };
    inventory.onboarding = vec![joining(1), joining(2), joining(4), joining(8)];
    inventory.capacity_changes = vec![CapacityChange {
        date: hour(6),
        component: A,
        resource: CPU,
        capacity: None,
    }];
    let mut scenario = scenario(vec![]);
    let known = |start, end| (start, end, Phase::Known);
    assert_eq!(
        spans(&inventory, &scenario),
        [known(2, 4), known(4, 6), known(6, 8)]
    );
    scenario.policy.freeze_onboarding = true;
    assert_eq!(spans(&inventory, &scenario), [known(2, 6), known(6, 8)]);
}

#[test]
fn unanswered_components_merge_their_events() {
    let mut gray = event(
        EventKind::Gray(Reduction {
            components: vec![B, LB1],
            resources: Some(vec![CPU]),
            capacity: 0.5,
            loss: 0.5,
        }),
        3,
        8,
    );
    gray.detected = hour(5);
    let lossy = event(
        EventKind::Gray(Reduction {
            loss: 0.5,
            ..cut(LB1, 1.0)
        }),
        3,
        8,
    );
    let mut scenario = scenario(vec![
        gray,
        lossy,
        event(EventKind::Maintenance(cut(A, 0.0)), 2, 8),
    ]);
    scenario.policy.reaction_minutes = 60.0;
    let on_b = Unanswered {
        component: B,
        phase: Phase::Blind,
        resources: Some(vec![CPU]),
        loss: 0.5,
    };
    assert_eq!(unanswered(&inventory(), &scenario, hour(2)), []);
    assert_eq!(
        unanswered(&inventory(), &scenario, hour(3)),
        [
            on_b.clone(),
            Unanswered {
                component: LB1,
                phase: Phase::Blind,
                resources: None,
                loss: 0.75,
            }
        ]
    );
    let reacting = Unanswered {
        phase: Phase::Reacting,
        ..on_b
    };
    assert_eq!(
        unanswered(&inventory(), &scenario, hour(5)),
        [
            reacting.clone(),
            Unanswered {
                component: LB1,
                ..reacting
            }
        ]
    );
    assert_eq!(unanswered(&inventory(), &scenario, hour(6)), []);
}

/// All work there takes twice as long.
fn double(components: &[ComponentId]) -> EventKind {
    EventKind::Slow(Slow {
        components: components.to_vec(),
        profile: None,
        share: 1.0,
        factor: 2.0,
        timeout_seconds: None,
        retries: None,
    })
}

#[test]
fn slow_work_is_blind_then_reacting_then_known() {
    let mut slow = event(double(&[A]), 3, 7);
    slow.detected = hour(4);
    let mut scenario = scenario(vec![slow]);
    scenario.policy.reaction_minutes = 60.0;
    assert_eq!(
        spans(&inventory(), &scenario),
        [
            (2, 3, Phase::Known),
            (3, 4, Phase::Blind),
            (4, 5, Phase::Reacting),
            (5, 7, Phase::Known),
            (7, 8, Phase::Known),
        ]
    );
}

#[test]
fn unanswered_slow_work_reduces_what_work_waits_for_and_loses_nothing() {
    let mut slow = event(double(&[A, LB1]), 3, 8);
    slow.detected = hour(5);
    let gray = Reduction {
        resources: Some(vec![BW]),
        loss: 0.25,
        ..cut(LB1, 0.5)
    };
    let mut gray = event(EventKind::Gray(gray), 3, 8);
    gray.detected = hour(4);
    let scenario = scenario(vec![slow, gray]);
    let found = unanswered(&inventory(), &scenario, hour(3));
    let on_a = Unanswered {
        component: A,
        phase: Phase::Blind,
        resources: Some(vec![CPU]),
        loss: 0.0,
    };
    let on_both = Unanswered {
        component: LB1,
        phase: Phase::Blind,
        resources: Some(vec![BW, CPU]),
        loss: 0.25,
    };
    assert_eq!(found, [on_a.clone(), on_both]);
    let found = unanswered(&inventory(), &scenario, hour(4));
    let alone = Unanswered {
        component: LB1,
        ..on_a.clone()
    };
    assert_eq!(found, [on_a, alone]);
}

#[test]
fn a_disconnect_cuts_no_period_and_hurts_nobody_unanswered() {
    let disconnect = EventKind::Disconnect(Disconnect {
        components: vec![A],
        client_region: None,
    });
    let scenario = scenario(vec![event(disconnect, 3, 5)]);
    assert_eq!(spans(&inventory(), &scenario), [(2, 8, Phase::Known)]);
    assert_eq!(unanswered(&inventory(), &scenario, hour(4)), []);
}
