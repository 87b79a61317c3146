//! Several layers become one scenario.

use super::*;
use crate::model::{Drain, EventKind, Goal, Queued, ReplayPolicy};

const BASE: &str = r#"
[scenario]
name = "base"
start = 2030-03-01T02:00:00+01:00
end = 2030-03-01T08:00:00+01:00
[policy]
headroom = { cpu = 0.1, bw = 0.2 }
drain = "anywhere"
max_moved_users = 5
[[event]]
kind = "surge"
factor = 2
[protect]
failures = 2
over = "elements"
"#;

#[test]
fn later_layer_wins_key_by_key_and_events_add_up() {
    let patch = r#"
policy.headroom.cpu = 0.3
policy.goals = ["unserved", "moves"]
scenario.start = 2030-03-01T03:00:00Z
protect.failures = 1
[[event]]
kind = "maintenance"
component = "a"
"#;
    let reading = reading(&[BASE, patch]);
    assert_eq!(messages(&reading), "");
    let scenario = reading.scenario.expect("only a warning");
    assert_eq!(scenario.name, "base");
    assert_eq!(scenario.start.to_string(), "2030-03-01T03:00:00Z");
    assert_eq!(scenario.end.to_string(), "2030-03-01T07:00:00Z");
    assert_eq!(scenario.offset, jiff::tz::Offset::UTC);
    assert_eq!(scenario.policy.headroom, [Some(0.2), Some(0.3)]);
    assert_eq!(scenario.policy.drain, Drain::Anywhere);
    assert_eq!(scenario.policy.max_moved_users, Some(5.0));
    assert_eq!(scenario.policy.goals, [Goal::Unserved, Goal::Moves]);
    let protect = scenario.protect.expect("given");
    assert_eq!(
        (protect.failures, protect.over),
        (1, crate::model::FailureSet::Elements)
    );
    let kinds: Vec<bool> = scenario
        .events
        .iter()
        .map(|event| matches!(event.kind, EventKind::Surge(_)))
        .collect();
    assert_eq!(kinds, [true, false]);
}

/// No failure would be too few, and details of gray members need their number: neither is looked at.
#[test]
fn a_later_layer_disables_protection_and_another_enables_it() {
    let off = "[protect]\nenabled = false\n";
    for later in [off, &format!("{off}failures = 0\nseverity = 0.2\n")] {
        let read = reading(&[BASE, later]);
        assert_eq!(messages(&read), "");
        assert_eq!(read.scenario.expect("sound").protect, None);
    }
    let disabled = format!("{BASE}enabled = false\n");
    let read = reading(&[&disabled, "[protect]\nenabled = true\n"]);
    assert!(read.scenario.expect("sound").protect.is_some());
}

#[test]
fn replay_is_overlaid_and_what_is_queued_adds_up() {
    let base = "[replay]\nstep_seconds = 30\njitter = 0.5\n\
                [[queued]]\ncomponent = \"b\"\nresource = \"cpu\"\namount = 7\n";
    let patch = "[replay]\nstep_seconds = 10\n\
                 [[queued]]\ncomponent = \"a\"\nresource = \"cpu\"\namount = 5\n";
    let reading = reading(&[&format!("{base}{SPAN}"), patch]);
    assert_eq!(messages(&reading), "");
    let scenario = reading.scenario.expect("no finding");
    let replay = ReplayPolicy {
        step_seconds: 10.0,
        jitter: 0.5,
        ..ReplayPolicy::default()
    };
    assert_eq!(scenario.replay, replay);
    let queued = |component, amount| Queued {
        component,
        resource: tiny::CPU,
        amount,
    };
    let both = [queued(tiny::B, 7.0), queued(tiny::A, 5.0)];
    assert_eq!(scenario.queued, both);
}

#[test]
fn findings_name_the_layer_and_stand_in_its_order() {
    let reading = reading(&[
        "[policy]\nmovers = \"al\"\n[[event]]\nkind = \"failure\"\ncomponent = \"zz9\"\n",
        "[policy]\nmovers = \"all\"\nheadroom.zz9 = 0.1\n[scenario]\nstart = 2030-03-01T02:00:00Z\n",
    ]);
    assert_eq!(
        messages(&reading),
        "Error: base.toml:2: key policy.movers: found `\"al\"`, expected one of all, affected [P4007]\n\
         hint: did you mean `all`?\n\
         Error: base.toml:5: key event.component: found `\"zz9\"`, \
         expected a site, access point, element, link or pool [P5201]\n\
         hint: sites.csv, access_points.csv, elements.csv and links.csv list them\n\
         Error: patch.toml:3: key policy.headroom.zz9: found `\"zz9\"`, expected a resource [P5203]\n\
         hint: resources.csv lists them\n\
         Error: patch.toml:4: key scenario.end: found nothing, expected a date with time and offset [P4005]\n\
         hint: add `end = 2012-11-13T17:08:00-08:00`\n"
    );
}

#[test]
fn layer_that_is_no_toml_keeps_quiet_about_what_it_may_hold() {
    assert_eq!(
        messages(&reading(&["[policy]\ndrain = \"replicas\"\n", "[scenario"])),
        "Error: patch.toml:1: found a syntax error: unclosed table, expected `]` [P4001]\n\
         hint: put text in quotes and table names in brackets, and write each key once\n"
    );
}

#[test]
fn no_layer_at_all_is_a_finding() {
    assert_eq!(
        messages(&reading(&[])),
        "Error: scenario: key scenario.end: found nothing, expected a date with time and offset [P4005]\n\
         hint: add `end = 2012-11-13T17:08:00-08:00`\n\
         Error: scenario: key scenario.start: found nothing, expected a date with time and offset [P4005]\n\
         hint: add `start = 2012-11-13T09:08:00-08:00`\n"
    );
}

#[test]
fn scenario_without_a_name_has_that_of_its_first_file() {
    assert_eq!(scenario_of("").name, "base");
}
