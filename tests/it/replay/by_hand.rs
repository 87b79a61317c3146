//! Replays worked out by hand.

use super::place::{PLACE, Place, only, played};

/// A fault from 00:10 to 00:15 that nobody notices takes all of it.
const FAULT: &str = "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nresources = [\"work\"]\n\
    start = 2030-03-01T00:10:00Z\nend = 2030-03-01T00:15:00Z\ndetected = 2030-03-01T00:15:00Z\n\n";

/// Users at so many times the threshold at which overload sustains itself, with so many retries.
fn after_a_fault(retries: f64, times: f64) -> f64 {
    let capacity = 100_000.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "few users"
    )]
    let users = (times * capacity / (1.0 + retries)).round() as u32;
    let run = played(&Place {
        profile: (",retries,timeout_seconds", &format!(",{retries},20")),
        capacity,
        users,
        scenario: &format!("{FAULT}[replay]\nstep_seconds = 5\n"),
        ..PLACE
    });
    let last = run.moments.last().expect("steps");
    last.down / last.users
}

#[test]
fn overload_sustains_itself_beyond_one_divided_by_one_and_retries() {
    // 0.909, 0.5, 0.333 and 0.25 of the capacity.
    for retries in [0.1, 1.0, 2.0, 3.0] {
        let below = after_a_fault(retries, 0.98);
        let beyond = after_a_fault(retries, 1.02);
        assert!(below < 1e-9, "{retries} retries, below: {below} are down");
        assert!(beyond > 0.5, "{retries} retries, beyond: {beyond} are down");
    }
}

#[test]
fn what_is_queued_clears_with_the_spare_rate_and_waits_for_all_of_it() {
    // 1.5 million messages, 1001 a second worked, 862 a second coming: 139 to spare.
    let run = played(&Place {
        capacity: 1001.0,
        users: 862,
        scenario: "[[queued]]\ncomponent = \"a\"\nresource = \"work\"\namount = 1500000\n",
        ..PLACE
    });
    let passage = only(&run);
    let cleared = passage.flows.iter().position(|flow| flow.queued <= 0.0);
    let minutes = cleared.expect("it clears") as f64;
    // 1.5e6 ÷ 139 = 10,791 s, 2 h 59 min 51 s.
    assert!((minutes - 179.85).abs() < 1.5, "{minutes}");
    let first = passage.flows[0];
    assert!((first.clearing().expect("it clears") / 10_791.0 - 1.0).abs() < 0.01);
    // The last of those who wait are worked after 1.5e6 ÷ 1001 = 1498.5 s.
    assert!(
        (run.totals.longest / 1498.5 - 1.0).abs() < 0.01,
        "{}",
        run.totals.longest
    );
}

#[test]
fn a_jam_of_29_minutes_lets_the_last_of_it_wait_25() {
    // 11:35 to 12:04: 1.5 million messages are queued, 862 a second.
    let run = played(&Place {
        capacity: 1001.0,
        users: 862,
        end: "2030-03-01T16:00:00Z",
        scenario: "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nresources = [\"work\"]\n\
            start = 2030-03-01T11:35:00Z\nend = 2030-03-01T12:04:00Z\n",
        ..PLACE
    });
    let passage = only(&run);
    let most = passage
        .flows
        .iter()
        .map(|flow| flow.queued)
        .fold(0.0, f64::max);
    assert!((most / 1.5e6 - 1.0).abs() < 1e-3, "{most}");
    let first = run
        .moments
        .iter()
        .zip(&passage.flows)
        .find(|(_, passage_flow)| passage_flow.queued > 0.0);
    let last = run
        .moments
        .iter()
        .zip(&passage.flows)
        .rfind(|(_, passage_flow)| passage_flow.queued > 0.0);
    let (first, last) = (first.expect("a jam"), last.expect("a jam"));
    let hours = last.0.end.duration_since(first.0.start).as_secs_f64() / 3600.0;
    // 29 minutes and 10,791 s.
    assert!((hours - (29.0 / 60.0 + 2.9975)).abs() < 0.05, "{hours}");
    // The first of the jam waits 29 minutes, the last one 25.
    assert!(
        (run.totals.longest / 1740.0 - 1.0).abs() < 0.01,
        "{}",
        run.totals.longest
    );
    let at_end = run
        .moments
        .iter()
        .position(|moment| moment.end.to_string() == "2030-03-01T12:04:00Z");
    let after = &passage.flows[at_end.expect("a step") + 1];
    let last_wait = after.queued / 1001.0;
    assert!((last_wait / 1490.0 - 1.0).abs() < 0.02, "{last_wait}");
}

#[test]
fn who_was_late_is_down_no_longer_than_for_what_was_late() {
    // 900 come and 500 are worked for ten minutes: what comes after 150 s of them waits more than 120 s, 405,000 of it. Then
    // there is no way for half an hour; two minutes of what was late are left by then, since nobody is down twice at once.
    let run = played(&Place {
        profile: (",late_seconds", ",120"),
        users: 900,
        end: "2030-03-02T00:00:00Z",
        scenario: "[[event]]\nkind = \"gray\"\ncomponent = \"a\"\nresources = [\"work\"]\ncapacity = 0.5\n\
             start = 2030-03-01T00:10:00Z\nend = 2030-03-01T00:20:00Z\n\n\
             [[event]]\nkind = \"maintenance\"\ncomponent = \"l0\"\n\
             start = 2030-03-01T00:20:00Z\nend = 2030-03-01T00:50:00Z\n",
        ..PLACE
    });
    let minutes = run.totals.down_minutes();
    assert!((minutes / 33_750.0 - 1.0).abs() < 0.01, "{minutes}");
    let last = run.moments.iter().rposition(|moment| moment.down > 0.0);
    let last = run.moments[last.expect("somebody is down")].end;
    assert!(
        ["2030-03-01T00:52:00Z", "2030-03-01T00:53:00Z"].contains(&last.to_string().as_str()),
        "{last}"
    );
}

#[test]
fn a_surge_arrives_over_its_minutes_and_goes_over_as_many() {
    let users_at = |arrive: &str, at: &str| {
        let surge = format!(
            "[[event]]\nkind = \"surge\"\nfactor = 1.5\n{arrive}start = 2030-03-01T01:00:00Z\n\
             end = 2030-03-01T02:00:00Z\n\n[replay]\nstep_seconds = 60\n"
        );
        let run = played(&Place {
            scenario: &surge,
            end: "2030-03-01T03:00:00Z",
            ..PLACE
        });
        let moment = run
            .moments
            .iter()
            .find(|moment| moment.start.to_string() == at);
        moment.expect("a step begins there").users
    };
    // 500 users and 250 more: the minute from 01:05 on is in its middle 5.5 of ten minutes later.
    for (arrive, at, expected) in [
        ("", "2030-03-01T00:59:00Z", 500.0),
        ("", "2030-03-01T01:05:00Z", 637.5),
        ("", "2030-03-01T01:10:00Z", 750.0),
        ("", "2030-03-01T02:00:00Z", 737.5),
        ("", "2030-03-01T02:10:00Z", 500.0),
        ("arrive_minutes = 20\n", "2030-03-01T01:05:00Z", 568.75),
        ("arrive_minutes = 0\n", "2030-03-01T01:00:00Z", 750.0),
        ("arrive_minutes = 0\n", "2030-03-01T02:00:00Z", 500.0),
    ] {
        let found = users_at(arrive, at);
        assert!(
            (found - expected).abs() < 1e-6,
            "{at}: {found}, not {expected}"
        );
    }
}
