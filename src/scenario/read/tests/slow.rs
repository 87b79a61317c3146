//! Slow work: what it says, and where it changes anything.

use super::*;
use crate::model::{EventKind, Slow};

#[test]
fn slow_work_is_read() {
    let text = r#"[[event]]
kind = "slow"
risk_group = "conduit"
profile = "mail"
share = 0.05
factor = 1000
timeout_seconds = 60
retries = 3
detected = 2030-03-01T04:00:00Z
"#;
    let slow = Slow {
        components: vec![tiny::B, tiny::LB1],
        profile: Some(crate::ids::ProfileId(1)),
        share: 0.05,
        factor: 1000.0,
        timeout_seconds: Some(60.0),
        retries: Some(3.0),
    };
    let mut event = tiny::event(EventKind::Slow(slow), 2, 8);
    event.detected = tiny::hour(4);
    assert_eq!(scenario_of(text).events, [event]);
}

#[test]
fn slow_work_asks_profiles_for_what_it_does_not_say() {
    let text = "[[event]]\nkind = \"slow\"\ncomponent = \"a\"\nshare = 1\nfactor = 2\n";
    let slow = Slow {
        components: vec![tiny::A],
        profile: None,
        share: 1.0,
        factor: 2.0,
        timeout_seconds: None,
        retries: None,
    };
    assert_eq!(
        scenario_of(text).events,
        [tiny::event(EventKind::Slow(slow), 2, 8)]
    );
}

#[test]
fn slow_work_says_how_much_of_it_and_how_slow() {
    says_of(
        r#"[[event]]
kind = "slow"
component = "a"
risk_group = "conduit"
[[event]]
kind = "slow"
share = 0
factor = 1
timeout_seconds = 0
retries = -1
capacity = 0.5
client_region = "r1"
"#,
        "Error: base.toml:1: key event.factor: found nothing, expected a number above 0 up to 1e9 [P4005]
hint: add `factor = 1.4`
Error: base.toml:1: key event.share: found nothing, expected a number above 0 up to 1 [P4005]
hint: add `share = 0.5`
Error: base.toml:4: key event.risk_group: found both, expected a component or a risk group [P5306]
hint: remove one of them, or write two events
Error: base.toml:5: key event.component: found neither, expected a component or a risk group [P5306]
hint: add `component = \"chi\"` or `risk_group = \"…\"`
Error: base.toml:7: key event.share: found `0`, expected a number above 0 up to 1 [P4006]
hint: a share is a fraction: 20 % is written 0.2
Error: base.toml:8: key event.factor: found `1`, expected a number above 1 [P5310]
hint: write how many times longer slow work takes
Error: base.toml:9: key event.timeout_seconds: found `0`, expected a number above 0 up to 31536000 [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:10: key event.retries: found `-1`, expected a number of 0 or more [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:11: key event.capacity: found a key for maintenance, failure, gray, expected a key of a slow event [P5302]
hint: remove `capacity`, or change the kind
Error: base.toml:12: key event.client_region: found a key for surge, disconnect, expected a key of a slow event [P5302]
hint: remove `client_region`, or change the kind
",
    );
}

#[test]
fn slow_work_where_nothing_waits_changes_nothing() {
    // The balancers limit bandwidth alone, which is lost where there is no room; link k1 limits nothing.
    let warning = |line: usize| {
        format!(
            "Warning: base.toml:{line}: key event.component: found slow work where nothing that varies and queues is limited, expected a component that limits a resource whose overload is `queue` [P5309]
hint: it changes nothing: remove it, write overload `queue` in resources.csv, or check what it names
"
        )
    };
    says_of(
        r#"[[event]]
kind = "slow"
component = "lb"
share = 0.5
factor = 2
[[event]]
kind = "slow"
component = "k1"
share = 0.5
factor = 2
"#,
        &format!("{}{}", warning(3), warning(8)),
    );
}

#[test]
fn slow_work_that_is_given_up_at_once_changes_nothing() {
    // Without a time of its own work takes a second.
    let text = |timeout: f64, retries: u32| {
        format!(
            "[[event]]\nkind = \"slow\"\ncomponent = \"a\"\nshare = 0.5\nfactor = 9\n\
             timeout_seconds = {timeout}\nretries = {retries}\n"
        )
    };
    says_of(&text(0.5, 2), "");
    says_of(
        &text(0.5, 1),
        "Warning: base.toml:6: key event.timeout_seconds: found slow work that is given up before it takes longer than other work, expected a timeout of more than service_seconds of some profile, retries included [P5309]
hint: it takes nothing away: compare the units, or keep it for a replay, in which such work fails
",
    );
}
