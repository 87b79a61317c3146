//! Sessions that end and come back, worked out by hand.

use super::place::{PLACE, Place, only, played};
use plimsoll::plan::replay::Run;

/// 36,000 users lose their sessions at 00:10, and 10 a second are accepted: all are back after an hour.
fn storm(timeout: &str, sheds: &str, replay: &str) -> Run {
    played(&Place {
        profile: (",timeout_seconds,retries", &format!(",{timeout},1")),
        element: (
            ",accepts_per_second,sheds_stale_work",
            &format!(",10,{sheds}"),
        ),
        capacity: 100_000.0,
        users: 36_000,
        end: "2030-03-01T06:00:00Z",
        scenario: &format!(
            "[[event]]\nkind = \"disconnect\"\ncomponent = \"lb\"\nstart = 2030-03-01T00:10:00Z\n\n\
             [replay]\nstep_seconds = 10\n{replay}"
        ),
        ..PLACE
    })
}

/// Minutes after 00:10 until nobody is down any more; `None` is never.
fn back(run: &Run) -> Option<f64> {
    let last = run.moments.iter().rposition(|moment| moment.down > 1e-6)?;
    let next = run.moments.get(last + 1)?;
    let begun = run.moments[0].start.as_second() + 600;
    Some((next.start.as_second() - begun) as f64 / 60.0)
}

#[test]
fn everybody_is_back_after_users_divided_by_what_is_accepted() {
    let run = storm("", "no", "accept_queue_seconds = 36000\n");
    assert!((back(&run).expect("back") - 60.0).abs() < 0.5);
    // Half of them are down on average: 36,000 users · 30 minutes.
    let minutes = run.totals.down_minutes();
    assert!((minutes / 1_080_000.0 - 1.0).abs() < 0.01, "{minutes}");
    let gate = only(&run);
    let most = gate
        .flows
        .iter()
        .map(|flow| flow.queued)
        .fold(0.0, f64::max);
    assert!((most / 35_900.0 - 1.0).abs() < 1e-6, "{most}");
}

#[test]
fn who_is_turned_away_comes_back_in_time() {
    // At most 3,000 wait; whoever does not fit tries again a minute later, and the gate has always work.
    let run = storm("", "no", "");
    let minutes = back(&run).expect("back");
    assert!((60.0..63.0).contains(&minutes), "{minutes}");
}

#[test]
fn sessions_that_nobody_waits_for_any_more_keep_everybody_out() {
    // The queue is 300 seconds long and nobody waits longer than 30: what is accepted is stale.
    let run = storm("30", "no", "");
    assert_eq!(back(&run), None);
    let last = run.moments.last().expect("steps");
    assert!(last.down > 0.99 * last.users, "{}", last.down);
    let stale: f64 = only(&run).flows.iter().map(|flow| flow.stale).sum();
    assert!(stale > 0.9 * 10.0 * 5.0 * 3600.0, "{stale}");
}

#[test]
fn turning_away_early_lets_everybody_back() {
    let run = storm("30", "no", "accept_queue_seconds = 20\njitter = 1\n");
    let minutes = back(&run).expect("back");
    assert!((60.0..66.0).contains(&minutes), "{minutes}");
}

#[test]
fn who_tries_again_all_at_once_leaves_the_gate_idle_in_between() {
    // Of every 61 seconds (two attempts a second apart, and a minute) the gate has work for the 20 seconds that the queue is
    // long and the one that it has become shorter by.
    let run = storm("30", "no", "accept_queue_seconds = 20\n");
    let minutes = back(&run).expect("back");
    assert!(
        (minutes / (60.0 * 61.0 / 21.0) - 1.0).abs() < 0.02,
        "{minutes}"
    );
}

#[test]
fn throwing_stale_attempts_away_lets_everybody_back() {
    let run = storm("30", "yes", "jitter = 1\n");
    let minutes = back(&run).expect("back");
    assert!((60.0..66.0).contains(&minutes), "{minutes}");
}

#[test]
fn nobody_comes_back_before_the_event_ends() {
    let run = played(&Place {
        capacity: 100_000.0,
        users: 1000,
        end: "2030-03-01T01:00:00Z",
        scenario: "[[event]]\nkind = \"disconnect\"\nclient_region = \"r\"\n\
             start = 2030-03-01T00:10:00Z\nend = 2030-03-01T00:25:00Z\n[replay]\nstep_seconds = 5\n",
        ..PLACE
    });
    // They try again a minute after they have failed.
    let minutes = run.totals.down_minutes() / 1000.0;
    assert!((15.0..16.1).contains(&minutes), "{minutes}");
}

#[test]
fn normal_sessions_change_nothing_where_they_are_accepted() {
    let run = played(&Place {
        profile: (",sessions_per_hour", ",2"),
        element: (",accepts_per_second", ",60"),
        capacity: 100_000.0,
        users: 100_000,
        ..PLACE
    });
    assert!(run.totals.down_seconds <= 0.0);
    assert!(run.passages.is_empty());
    // 100,000 users · 2 an hour.
    let accepted = run.moments[0].connected;
    assert!((accepted - 200_000.0 / 3600.0).abs() < 1e-6, "{accepted}");
}

/// 50 users lose their sessions at 00:10, and so many a second are accepted; minutes down of all of them together.
fn down_of_fifty(accepts: &str) -> f64 {
    let run = played(&Place {
        element: (",accepts_per_second", &format!(",{accepts}")),
        capacity: 100_000.0,
        users: 50,
        scenario: "[[event]]\nkind = \"disconnect\"\ncomponent = \"lb\"\nstart = 2030-03-01T00:10:00Z\n",
        ..PLACE
    });
    run.totals.down_seconds
}

#[test]
fn who_is_accepted_in_the_part_in_which_he_tries_is_not_down() {
    // The part behind the event takes a second.
    assert!(down_of_fifty("50") <= 0.0);
    assert!(down_of_fifty("400") <= 0.0);
    // 25 wait into the second part, and are accepted in the middle of it on average: a second and a half, less half of one.
    let down = down_of_fifty("25");
    assert!((down / 37.5 - 1.0).abs() < 1e-6, "{down}");
}
