//! What slow work and disconnects leave, on the tiny inventory.

use super::*;
use crate::ids::ComponentId;
use crate::model::{Disconnect, Overload, Slow};

/// One in twenty pieces of work at these takes a thousand times longer.
fn jam(components: &[ComponentId]) -> Slow {
    Slow {
        components: components.to_vec(),
        profile: None,
        share: 0.05,
        factor: 1000.0,
        timeout_seconds: None,
        retries: None,
    }
}

/// Chat is given up after a minute and tried three times more; mail waits as long as it takes.
fn impatient() -> Inventory {
    let mut inventory = inventory();
    inventory.profiles[0].timeout_seconds = Some(60.0);
    inventory.profiles[0].retries = 3.0;
    inventory
}

#[track_caller]
fn assert_left(case: &Case, component: ComponentId, expected: [f64; 2]) {
    let left = case.available.row(component.index());
    for (left, expected) in left.iter().zip(expected) {
        assert!((left - expected).abs() < 1e-12, "{left}, not {expected}");
    }
}

#[test]
fn slow_work_leaves_less_of_what_work_waits_for() {
    let mut slow = jam(&[A, LB1]);
    slow.profile = Some(ProfileId(0));
    let scenario = scenario(vec![event(EventKind::Slow(slow), 3, 8)]);
    let inventory = impatient();
    let case = believed(&inventory, &scenario, 3);
    // 1 + 0.05 · (60 · 4 − 1) = 12.95 times the work for the same; bandwidth is lost, not waited for.
    assert_left(&case, A, [1.0, 1.0 / 12.95]);
    assert_eq!(case.capacity(0, 1), Some(100.0 * (1.0 / 12.95)));
    // All that it names is touched, also where nobody waits for anything that is limited.
    assert_left(&case, LB1, [1.0, 1.0 / 12.95]);
    assert_eq!(case.touched[..5], [true, false, false, true, false]);
    assert!(!case.gone[0] && case.is_event_in_force);
    assert_left(&believed(&inventory, &scenario, 2), A, [1.0, 1.0]);
}

#[test]
fn the_work_that_holds_longest_counts_for_all_of_it() {
    let scenario = scenario(vec![event(EventKind::Slow(jam(&[A])), 2, 8)]);
    // Mail waits out all of it: 1 + 0.05 · (1000 − 1) = 50.95, more than the 12.95 of chat.
    let case = believed(&impatient(), &scenario, 2);
    assert_left(&case, A, [1.0, 1.0 / 50.95]);
}

#[test]
fn slow_events_multiply_with_each_other_and_with_what_else_reduces() {
    let double = Slow {
        share: 1.0,
        factor: 2.0,
        ..jam(&[A])
    };
    let twice = |kind: &Slow| event(EventKind::Slow(kind.clone()), 2, 8);
    let half = event(EventKind::Maintenance(cut(A, 0.5)), 2, 8);
    let scenario = scenario(vec![twice(&double), half, twice(&double)]);
    let case = believed(&inventory(), &scenario, 2);
    assert_left(&case, A, [0.5, 0.125]);
}

#[test]
fn stored_data_and_what_is_lost_are_not_slowed() {
    let mut inventory = inventory();
    inventory.resources[0].overload = Overload::Queue;
    inventory.resources[1].varies = false;
    let double = Slow {
        share: 1.0,
        factor: 2.0,
        ..jam(&[A])
    };
    let scenario = scenario(vec![event(EventKind::Slow(double), 2, 8)]);
    assert_left(&believed(&inventory, &scenario, 2), A, [0.5, 1.0]);
}

#[test]
fn less_than_plans_are_judged_to_is_nothing() {
    let jammed = |factor| Slow {
        share: 1.0,
        factor,
        ..jam(&[A])
    };
    let left = |factor| {
        let events = vec![event(EventKind::Slow(jammed(factor)), 2, 8)];
        believed(&inventory(), &scenario(events), 2).available[[0, 1]]
    };
    assert!(left(9e5) > 0.0);
    assert!(left(2e6) <= 0.0 && left(f64::MAX) <= 0.0);
}

#[test]
fn slow_work_counts_in_truth_at_once_and_for_the_planner_once_it_is_answered() {
    let mut slow = event(EventKind::Slow(jam(&[A])), 3, 8);
    slow.detected = hour(4);
    let mut scenario = scenario(vec![slow]);
    scenario.policy.reaction_minutes = 60.0;
    let inventory = inventory();
    let is_slow = |case: Case| case.available[[0, 1]] < 1.0;
    let hours = [2, 3, 4, 5, 7, 8];
    assert_eq!(
        hours.map(|at| is_slow(believed(&inventory, &scenario, at))),
        [false, false, false, true, true, false]
    );
    assert_eq!(
        hours.map(|at| is_slow(truly(&inventory, &scenario, at))),
        [false, true, true, true, true, false]
    );
}

#[test]
fn a_disconnect_takes_nothing_away_and_is_no_event_in_force() {
    let disconnect = Disconnect {
        components: vec![A],
        client_region: None,
    };
    let ended = scenario(vec![event(EventKind::Disconnect(disconnect), 3, 5)]);
    let inventory = inventory();
    for at in [2, 3, 4, 5] {
        for case in [believed, truly] {
            let quiet = case(&inventory, &scenario(vec![]), at);
            assert_eq!(case(&inventory, &ended, at), quiet);
        }
    }
}
