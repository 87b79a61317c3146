//! What the length of a step changes: next to nothing, also where clients try again at once or all come at one instant.

use super::place::{PLACE, Place, played};

/// User minutes down in a place, at steps of so many seconds.
fn down(place: &Place<'_>, replay: &str, step: f64) -> f64 {
    let scenario = place.scenario;
    let scenario = format!("{scenario}[replay]\nstep_seconds = {step}\n{replay}\n");
    let run = played(&Place {
        scenario: &scenario,
        ..*place
    });
    run.totals.down_minutes()
}

/// Half of what passes is lost from 00:10 to 00:20; nobody waits, and everything is tried four times.
const GRAY: Place<'static> = Place {
    profile: (",retries", ",3"),
    capacity: 100_000.0,
    users: 1000,
    end: "2030-03-01T02:00:00Z",
    scenario: "[[event]]\nkind = \"gray\"\ncomponent = \"lb\"\nloss = 0.5\n\
        start = 2030-03-01T00:10:00Z\nend = 2030-03-01T00:20:00Z\n\n",
    ..PLACE
};

/// 60,000 lose their sessions at 00:10 and cannot connect for a second; then 100 are accepted a second.
const HERD: Place<'static> = Place {
    element: (",accepts_per_second", ",100"),
    capacity: 100_000.0,
    users: 60_000,
    end: "2030-03-01T03:00:00Z",
    scenario: "[[event]]\nkind = \"disconnect\"\ncomponent = \"lb\"\n\
        start = 2030-03-01T00:10:00Z\nend = 2030-03-01T00:10:01Z\n\n",
    ..PLACE
};

/// The same where a session costs as much as five seconds of work, and what is too much is lost.
const COSTLY: Place<'static> = Place {
    profile: (",session_cost,retries", ",5,1"),
    element: ("", ""),
    users: 3000,
    capacity: 3500.0,
    ..HERD
};

/// All work is gone from 00:10 to 00:12; clients wait 5 s, and the work of so many keeps up an overload almost for good.
const STORM: Place<'static> = Place {
    profile: (",retries,timeout_seconds", ",3,5"),
    capacity: 100_000.0,
    users: 23_750,
    end: "2030-03-01T03:00:00Z",
    scenario: "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nresources = [\"work\"]\n\
        start = 2030-03-01T00:10:00Z\nend = 2030-03-01T00:12:00Z\n\n",
    ..PLACE
};

#[test]
fn what_fails_four_times_in_a_row_is_down() {
    // 1000 users for 10 minutes, one in 16.
    for step in [120.0, 60.0, 30.0] {
        let value = down(&GRAY, "", step);
        assert!((value / 625.0 - 1.0).abs() < 0.01, "{step} s: {value}");
    }
}

#[test]
fn a_herd_comes_back_all_at_once_every_time() {
    // Nobody gets on in the first second; from 00:11 on 2,000 may wait every minute, 10 s on average: 30 rounds, the first
    // of whom have been down for a minute and the last for thirty.
    let by_hand = 60_000.0 * (1.0 + 14.5 + 10.0 / 60.0);
    for step in [300.0, 60.0, 30.0] {
        let value = down(&HERD, "accept_queue_seconds = 20", step);
        assert!((value / by_hand - 1.0).abs() < 1e-3, "{step} s: {value}");
    }
}

#[test]
fn half_the_step_changes_less_than_a_hundredth() {
    let tried = Place {
        profile: (",retries", ",3"),
        ..HERD
    };
    let pause = "backoff_seconds = 10\nbackoff_factor = 2\n";
    let pauses = [
        format!("accept_queue_seconds = 20\n{pause}"),
        format!("accept_queue_seconds = 20\n{pause}jitter = 1\n"),
    ];
    let less = Place {
        users: 20_000,
        ..STORM
    };
    for (name, place, replay) in [
        ("gray, with a pause", GRAY, "backoff_seconds = 5"),
        ("a herd that tries four times", tried, pauses[0].as_str()),
        ("a herd that spreads", tried, pauses[1].as_str()),
        ("sessions that cost", COSTLY, ""),
        ("sessions that cost, spread", COSTLY, "jitter = 1"),
        ("a storm", STORM, ""),
        (
            "a storm with pauses",
            STORM,
            "backoff_seconds = 5\njitter = 0.5",
        ),
        ("a smaller storm", less, ""),
    ] {
        let [coarse, half, fine] = [60.0, 30.0, 1.0].map(|step| down(&place, replay, step));
        assert!(coarse > 0.0, "{name}");
        for value in [coarse, half] {
            let by = (value / fine - 1.0).abs();
            assert!(by < 0.01, "{name}: {coarse}, {half}, {fine}");
        }
    }
}
