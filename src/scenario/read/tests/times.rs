//! Instants: offsets, spans, detection.

use super::*;

#[test]
fn scenario_says_when_it_starts_and_ends() {
    says(
        r#"[scenario]
name = "x"
"#,
        "Error: base.toml:1: key scenario.end: found nothing, expected a date with time and offset [P4005]
hint: add `end = 2012-11-13T09:08:00-08:00`
Error: base.toml:1: key scenario.start: found nothing, expected a date with time and offset [P4005]
hint: add `start = 2012-11-13T09:08:00-08:00`
",
    );
}

#[test]
fn instant_needs_a_date_in_the_calendar() {
    says(
        "[scenario]
start = 2030-03-01T02:00:60Z
end = 07:00:00
",
        "Error: base.toml:2: key scenario.start: found `2030-03-01T02:00:60Z`, expected a date with time and offset [P4009]
hint: write it as in `2012-11-13T09:08:00-08:00`
Error: base.toml:3: key scenario.end: found `07:00:00`, expected a date with time and offset [P4009]
hint: write it as in `2012-11-13T09:08:00-08:00`
",
    );
}

#[test]
fn instant_without_offset_is_utc_and_a_date_its_midnight() {
    says(
        "[scenario]
start = 2030-03-01
end = 2030-03-01T08:00:00
",
        "Warning: base.toml:2: key scenario.start: found `2030-03-01`, without an offset, expected an offset such as -08:00 or Z [P4010]
hint: UTC is assumed: write 2030-03-01T00:00:00Z, or what you mean
Warning: base.toml:3: key scenario.end: found `2030-03-01T08:00:00`, without an offset, expected an offset such as -08:00 or Z [P4010]
hint: UTC is assumed: write 2030-03-01T08:00:00Z, or what you mean
",
    );
}

#[test]
fn scenario_ends_after_it_starts_whatever_the_offsets() {
    says(
        "[scenario]
start = 2030-03-01T02:00:00+02:00
end = 2030-02-28T19:00:00-05:00
",
        "Error: base.toml:3: key scenario.end: found `2030-02-28T19:00:00-05:00`, expected an instant after the start, 2030-03-01T00:00:00Z [P5001]
hint: the end is the first instant that no longer belongs to the scenario; compare the offsets
",
    );
}

#[test]
fn event_ends_after_it_starts() {
    says_of(
        r#"[[event]]
kind = "surge"
factor = 2
start = 2030-03-01T04:00:00Z
end = 2030-03-01T04:00:00Z
"#,
        "Error: base.toml:5: key event.end: found `2030-03-01T04:00:00Z`, expected an instant after the event's start, 2030-03-01T04:00:00Z [P5303]
hint: the end is the first instant at which the event no longer holds
",
    );
}

#[test]
fn event_outside_the_scenario_is_told() {
    says_of(
        r#"[[event]]
kind = "surge"
factor = 2
start = 2030-03-01T08:00:00Z
[[event]]
kind = "surge"
factor = 2
end = 2030-03-01T02:00:00Z
[[event]]
kind = "surge"
factor = 2
start = 2030-03-01T09:00:00Z
end = 2030-03-01T10:00:00Z
"#,
        "Warning: base.toml:4: key event.start: found an event from 2030-03-01T08:00:00Z on, expected one that holds between 2030-03-01T02:00:00Z and 2030-03-01T08:00:00Z [P5305]
hint: it changes nothing in this scenario: check the date, or remove the event
Warning: base.toml:8: key event.end: found an event up to 2030-03-01T02:00:00Z, expected one that holds between 2030-03-01T02:00:00Z and 2030-03-01T08:00:00Z [P5305]
hint: it changes nothing in this scenario: check the date, or remove the event
Warning: base.toml:12: key event.start: found an event from 2030-03-01T09:00:00Z on, expected one that holds between 2030-03-01T02:00:00Z and 2030-03-01T08:00:00Z [P5305]
hint: it changes nothing in this scenario: check the date, or remove the event
",
    );
}

#[test]
fn fault_is_detected_while_it_lasts() {
    says_of(
        r#"[[event]]
kind = "failure"
component = "a"
detected = 2030-03-01T01:59:59Z
[[event]]
kind = "gray"
component = "a"
capacity = 0.5
end = 2030-03-01T05:00:00Z
detected = 2030-03-01T05:00:01Z
"#,
        "Error: base.toml:4: key event.detected: found `2030-03-01T01:59:59Z`, expected an instant from 2030-03-01T02:00:00Z to 2030-03-01T08:00:00Z [P5304]
hint: a fault known beforehand is detected at its start; one never noticed, at its end
Error: base.toml:10: key event.detected: found `2030-03-01T05:00:01Z`, expected an instant from 2030-03-01T02:00:00Z to 2030-03-01T05:00:00Z [P5304]
hint: a fault known beforehand is detected at its start; one never noticed, at its end
",
    );
}

#[test]
fn offsets_may_differ_over_a_change_of_the_clock() {
    // In Chicago the clock went back from -05:00 to -06:00 at 02:00 on 4 November 2012.
    let text = "[scenario]\nstart = 2012-11-04T01:30:00-05:00\nend = 2012-11-04T01:30:00-06:00\n\
                [[event]]\nkind = \"surge\"\nfactor = 2\nstart = 2012-11-04 06:45:00Z\n";
    let reading = reading(&[text]);
    assert_eq!(messages(&reading), "");
    let scenario = reading.scenario.expect("no finding");
    assert_eq!(scenario.start.to_string(), "2012-11-04T06:30:00Z");
    assert_eq!(scenario.end.to_string(), "2012-11-04T07:30:00Z");
    assert_eq!(scenario.offset, jiff::tz::offset(-5));
    assert_eq!(scenario.events[0].start.to_string(), "2012-11-04T06:45:00Z");
    assert_eq!(scenario.events[0].end, scenario.end);
}

#[test]
fn event_takes_its_times_from_the_scenario() {
    let scenario = scenario_of("[[event]]\nkind = \"failure\"\ncomponent = \"a\"\n");
    let event = &scenario.events[0];
    assert_eq!(
        (event.start, event.end, event.detected),
        (scenario.start, scenario.end, scenario.start)
    );
}

#[test]
fn fault_may_be_detected_at_its_start_and_at_its_end() {
    let text = "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\ndetected = 2030-03-01T02:00:00Z\n\
                [[event]]\nkind = \"failure\"\ncomponent = \"a\"\ndetected = 2030-03-01T08:00:00Z\n";
    let detected = [0, 1].map(|index: usize| scenario_of(text).events[index].detected);
    assert_eq!(detected, [tiny::hour(2), tiny::hour(8)]);
}

#[test]
fn byte_order_mark_and_carriage_returns_are_accepted() {
    let text = format!("\u{feff}{}", SPAN.replace('\n', "\r\n"));
    assert_eq!(messages(&reading(&[&text])), "");
}
