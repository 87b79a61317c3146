//! Queues by hand.

use super::{Patience, Queue, QueueEntry, Service, StepOutcome};
use crate::engine::replay::amount::Amount;

const STEP: f64 = 0.5;

/// Half a second in which `jobs` a second come, the first of clients who give up after 30 s, the second of clients who
/// never do.
fn mixed(
    queue: &mut Queue,
    number: u32,
    (capacity, sheds): (f64, bool),
    jobs: [f64; 2],
) -> StepOutcome {
    let service = Service {
        start: f64::from(number) * STEP,
        seconds: STEP,
        capacity,
        most: f64::INFINITY,
        sheds,
    };
    let jobs = jobs.into_iter().enumerate().map(|(item, jobs)| QueueEntry {
        item,
        next: 0,
        amount: Amount::of(jobs * STEP),
        came: [0.0; 2],
        age: 0.0,
        sent: [0.0; 2],
        lag: 0.0,
        longest: 0.0,
        at: 0.0,
        at_once: false,
        cost: 1.0,
    });
    queue.step(&service, jobs.collect(), |item| Patience {
        gives_up: [30.0, f64::INFINITY][item],
        is_late: f64::INFINITY,
        once_late: item,
    })
}

/// Half a second in which 600 jobs a second come, of clients who give up after 30 s.
fn step(queue: &mut Queue, number: u32, capacity: f64, sheds: bool) -> StepOutcome {
    mixed(queue, number, (capacity, sheds), [600.0, 0.0])
}

#[test]
fn a_queue_falls_by_what_is_to_spare_whether_it_sheds_or_not() {
    for sheds in [false, true] {
        let mut queue = Queue::default();
        // Nothing is worked for 20 s: 12,000 wait, and nobody gives up.
        for number in 0..40 {
            let outcome = step(&mut queue, number, 0.0, sheds);
            assert!(outcome.given_up.is_empty());
        }
        assert!((queue.cost() - 12_000.0).abs() < 1e-3, "{}", queue.cost());
        // 400 a second are to spare: it is empty 30 s later, and works 1,000 a second until then.
        for number in 40..100 {
            let outcome = step(&mut queue, number, 1000.0, sheds);
            let waits = 12_000.0 - 400.0 * STEP * f64::from(number - 39);
            assert!(
                (queue.cost() - waits).abs() < 0.01,
                "{sheds} {number}: {} and not {waits}",
                queue.cost()
            );
            assert!(
                (outcome.worked - 1000.0 * STEP).abs() < 0.01,
                "{sheds} {number}: {}",
                outcome.worked
            );
        }
        assert!(queue.cost() < 0.01);
    }
}

#[test]
fn a_queue_that_sheds_works_all_the_time_on_what_is_waited_for() {
    let mut queue = Queue::default();
    // Nothing is worked for 60 s: clients who have waited 30 s are gone, and 18,000 wait.
    for number in 0..120 {
        step(&mut queue, number, 0.0, true);
    }
    assert!((queue.cost() - 18_000.0).abs() < 1e-3, "{}", queue.cost());
    // 500 a second are fewer than come: they all go on, after 30 s, and the rest is thrown away.
    for number in 120..240 {
        let outcome = step(&mut queue, number, 500.0, true);
        let served: f64 = outcome
            .served
            .iter()
            .map(|queue_entry| queue_entry.amount.number())
            .sum();
        assert!((served - 250.0).abs() < 0.01, "{number}: {served}");
        assert!(
            (outcome.shed.number() - 50.0).abs() < 0.01,
            "{number}: {:?}",
            outcome.shed
        );
        assert!(
            (queue.cost() - 18_000.0).abs() < 0.1,
            "{number}: {}",
            queue.cost()
        );
    }
    // With 1,000 a second it falls by 400 a second from the first step on, and nobody gives up any more.
    for number in 240..300 {
        let outcome = step(&mut queue, number, 1000.0, true);
        let waits = 18_000.0 - 400.0 * STEP * f64::from(number - 239);
        assert!(
            (queue.cost() - waits).abs() < 0.1,
            "{number}: {} and not {waits}",
            queue.cost()
        );
        assert!(outcome.shed.number() < 0.01, "{number}: {:?}", outcome.shed);
    }
}

/// How much of either is served in a step.
fn served(outcome: &StepOutcome) -> [f64; 2] {
    let mut all = [0.0; 2];
    for queue_entry in &outcome.served {
        all[queue_entry.item] += queue_entry.amount.number();
    }
    all
}

#[test]
fn who_waits_on_is_worked_before_those_who_are_about_to_give_up() {
    let mut queue = Queue::default();
    // 1,200 a second come and 1,000 are worked: after 180 s all wait 30 s.
    for number in 0..360 {
        mixed(&mut queue, number, (1000.0, true), [600.0, 600.0]);
    }
    for number in 360..480 {
        let outcome = mixed(&mut queue, number, (1000.0, true), [600.0, 600.0]);
        let [hasty, patient] = served(&outcome);
        assert!((hasty - 200.0).abs() < 0.1, "{number}: {hasty}");
        assert!((patient - 300.0).abs() < 0.1, "{number}: {patient}");
        assert!((outcome.shed.number() - 100.0).abs() < 0.1, "{number}");
        assert!((queue.cost() - 36_000.0).abs() < 1.0, "{}", queue.cost());
    }
}

#[test]
fn who_gives_up_gets_nothing_where_those_who_wait_on_take_it_all() {
    let mut queue = Queue::default();
    // 1,700 a second come: after 30 · 1,700 ÷ 700 = 73 s all wait 30 s, and from then on nobody who gives up is worked.
    for number in 0..146 {
        mixed(&mut queue, number, (1000.0, true), [600.0, 1100.0]);
    }
    for number in 146..480 {
        let outcome = mixed(&mut queue, number, (1000.0, true), [600.0, 1100.0]);
        let [hasty, patient] = served(&outcome);
        assert!(hasty < 0.1, "{number}: {hasty}");
        assert!((patient - 500.0).abs() < 0.1, "{number}: {patient}");
        assert!((outcome.shed.number() - 300.0).abs() < 0.1, "{number}");
    }
    // With 2,000 a second the queue of the patient goes, and everybody is worked again.
    let mut last = 0.0;
    for number in 480..900 {
        last = served(&mixed(&mut queue, number, (2000.0, true), [600.0, 1100.0]))[0];
    }
    assert!((last - 300.0).abs() < 0.1, "{last}");
    assert!(queue.cost() < 1.0, "{}", queue.cost());
}

/// Six seconds in which jobs come of each kind, with the seconds after which its clients give up; one takes one.
fn shed(kinds: &[(f64, f64)], capacity: f64) -> StepOutcome {
    let service = Service {
        start: 1248.0,
        seconds: 6.0,
        capacity,
        most: f64::INFINITY,
        sheds: true,
    };
    let jobs = kinds
        .iter()
        .enumerate()
        .map(|(item, (jobs, _))| QueueEntry {
            item,
            next: 0,
            amount: Amount::of(*jobs),
            came: [0.0; 2],
            age: 0.0,
            sent: [0.0; 2],
            lag: 20.0 - kinds[item].1,
            longest: 0.0,
            at: 0.0,
            at_once: false,
            cost: 1.0,
        });
    Queue::default().step(&service, jobs.collect(), |item| Patience {
        gives_up: 20.0,
        is_late: f64::INFINITY,
        once_late: item,
    })
}

/// What comes from a full queue has hardly any patience left: these give up 4 and 5 millionths of a second later. It was worked in
/// three million pieces.
#[test]
fn who_gives_up_at_nearly_the_same_instant_gives_up_together() {
    let outcome = shed(
        &[(0.402_086, 4.226_708e-6), (0.809_067, 5.226_708e-6)],
        0.134_167,
    );
    assert!(outcome.given_up.len() < 20, "{}", outcome.given_up.len());
    assert!(
        (outcome.worked - 6.0 * 0.134_167).abs() < 1e-4,
        "{}",
        outcome.worked
    );
    let given_up: f64 = outcome
        .given_up
        .iter()
        .map(|gone| gone.amount.number())
        .sum();
    let expected = 0.402_086 + 0.809_067 - 6.0 * 0.134_167;
    assert!((given_up - expected).abs() < 1e-3, "{given_up}");
}

/// 4,000 kinds of clients give up a millisecond one after the other, which made 3.5 million parts of what is given up.
#[test]
fn a_cohort_of_many_kinds_is_worked_in_so_many_pieces() {
    let kinds: Vec<(f64, f64)> = (1..=4000)
        .map(|number| (1.0, 1e-3 * f64::from(number)))
        .collect();
    let outcome = shed(&kinds, 200.0);
    assert!((outcome.worked - 1200.0).abs() < 12.0, "{}", outcome.worked);
    let pieces = outcome.given_up.len();
    assert!(pieces < 2_500_000, "{pieces}");
}
