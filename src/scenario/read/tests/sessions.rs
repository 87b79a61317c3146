//! Disconnects: whose sessions end, and when they can come back.

use super::*;
use crate::ids::{ClientRegionId, ComponentId};
use crate::model::{Disconnect, EventKind};

/// Sessions through `components` end at `start` and can come back at `end`.
fn through(components: &[ComponentId], start: i64, end: i64) -> crate::model::Event {
    let disconnect = Disconnect {
        components: components.to_vec(),
        client_region: None,
    };
    tiny::event(EventKind::Disconnect(disconnect), start, end)
}

#[test]
fn disconnects_are_read_and_end_where_they_start_unless_they_say_when() {
    let text = r#"
[[event]]
kind = "disconnect"
component = "lb"
start = 2030-03-01T03:00:00Z
[[event]]
kind = "disconnect"
risk_group = "conduit"
end = 2030-03-01T04:00:00Z
[[event]]
kind = "disconnect"
client_region = "r2"
[[event]]
kind = "disconnect"
component = "a"
start = 2030-03-01T05:00:00Z
end = 2030-03-01T05:00:00Z
"#;
    let lb2 = ComponentId(4);
    let of_region = Disconnect {
        components: Vec::new(),
        client_region: Some(ClientRegionId(1)),
    };
    assert_eq!(
        scenario_of(text).events,
        [
            through(&[tiny::LB1, lb2], 3, 3),
            through(&[tiny::B, tiny::LB1], 2, 4),
            tiny::event(EventKind::Disconnect(of_region), 2, 2),
            through(&[tiny::A], 5, 5),
        ]
    );
}

#[test]
fn a_disconnect_names_one_component_risk_group_or_client_region() {
    says_of(
        r#"[[event]]
kind = "disconnect"
[[event]]
kind = "disconnect"
component = "a"
client_region = "r1"
[[event]]
kind = "disconnect"
risk_group = "conduit"
component = "a"
[[event]]
kind = "disconnect"
client_region = "r9"
"#,
        r#"Error: base.toml:1: key event.component: found none of them, expected a component, a risk group or a client region [P5311]
hint: add `component = "lb-1"` or `client_region = "…"`
Error: base.toml:6: key event.client_region: found two of them, expected a component, a risk group or a client region [P5311]
hint: remove one of them, or write two events
Error: base.toml:9: key event.risk_group: found two of them, expected a component, a risk group or a client region [P5311]
hint: remove one of them, or write two events
Error: base.toml:13: key event.client_region: found `"r9"`, expected a client region [P5204]
hint: did you mean `r1`?
"#,
    );
}

#[test]
fn a_disconnect_is_known_at_once_and_does_not_end_before_it_starts() {
    says_of(
        r#"[[event]]
kind = "disconnect"
component = "a"
detected = 2030-03-01T03:00:00Z
[[event]]
kind = "disconnect"
component = "a"
start = 2030-03-01T04:00:00Z
end = 2030-03-01T03:59:59Z
"#,
        "Error: base.toml:4: key event.detected: found a key for failure, gray, slow, expected a key of a disconnect event [P5302]
hint: remove `detected`, or change the kind
Error: base.toml:9: key event.end: found `2030-03-01T03:59:59Z`, expected an instant at or after the event's start, 2030-03-01T04:00:00Z [P5303]
hint: the end is the first instant at which sessions can come back
",
    );
}

#[test]
fn a_disconnect_outside_the_scenario_is_told() {
    // Whoever may come back just when the scenario begins does so within it.
    let within = "[[event]]\nkind = \"disconnect\"\ncomponent = \"a\"\n\
                  start = 2030-03-01T01:00:00Z\nend = 2030-03-01T02:00:00Z\n";
    assert_eq!(scenario_of(within).events, [through(&[tiny::A], 1, 2)]);
    says_of(
        r#"[[event]]
kind = "disconnect"
component = "a"
start = 2030-03-01T08:00:00Z
[[event]]
kind = "disconnect"
component = "a"
end = 2030-03-01T01:59:59Z
[[event]]
kind = "disconnect"
component = "a"
start = 2030-03-01T01:00:00Z
"#,
        "Warning: base.toml:4: key event.start: found an event from 2030-03-01T08:00:00Z on, expected one that holds between 2030-03-01T02:00:00Z and 2030-03-01T08:00:00Z [P5305]
hint: it changes nothing in this scenario: check the date, or remove the event
Warning: base.toml:8: key event.end: found an event up to 2030-03-01T01:59:59Z, expected one that holds between 2030-03-01T02:00:00Z and 2030-03-01T08:00:00Z [P5305]
hint: it changes nothing in this scenario: check the date, or remove the event
Warning: base.toml:12: key event.start: found an event up to 2030-03-01T01:00:00Z, expected one that holds between 2030-03-01T02:00:00Z and 2030-03-01T08:00:00Z [P5305]
hint: it changes nothing in this scenario: check the date, or remove the event
",
    );
}
