//! Meaning: what texts say about the inventory, and what is said of those that take more than a text to write.

use super::*;
use crate::ids::{ClientRegionId, ComponentId};
use crate::model::{Disconnect, EventKind, Overload, Queued, Reduction, ReplayPolicy, Slow, Surge};

#[test]
fn surges_on_one_shard_multiply_to_no_more_than_one_may() {
    let surge = |region: &str, from: u8, to: u8| {
        format!(
            "[[event]]\nkind = \"surge\"\nfactor = 1e6\nclient_region = \"{region}\"\n\
             start = 2030-03-01T0{from}:00:00Z\nend = 2030-03-01T0{to}:00:00Z\n"
        )
    };
    says_of(
        &format!("{}{}", surge("r1", 3, 5), surge("r1", 4, 6)),
        "Error: base.toml:9: key event.factor: found surges that multiply the users of a shard by 1e12 at 2030-03-01T04:00:00Z, expected a product of at most 1e9 [P5312]
hint: surges that are on at once multiply: lower a factor, or let one end before the other starts
",
    );
    // One ends as the other starts; and those of two client regions multiply nobody twice.
    says_of(&format!("{}{}", surge("r1", 3, 4), surge("r1", 4, 6)), "");
    says_of(&format!("{}{}", surge("r1", 3, 5), surge("r2", 4, 6)), "");
}

#[test]
fn protect_is_for_whole_shards() {
    let protect = r#"[protect]
failures = 1
over = "sites"
recovery = "rescale"
"#;
    says_of(protect, "");
    says_of(
        &format!("{protect}[policy]\nsplit_shards = true\n"),
        "Warning: base.toml:1: key protect: found [protect] with split_shards = true, which disables it, expected whole shards [P5402]
hint: remove split_shards, or check the failures with `plimsoll sweep`
",
    );
}

#[test]
fn protect_from_gray_members_is_read() {
    let text = r#"[protect]
failures = 0
gray = 1
gray_over = "elements"
severity = 0.25
max_loss = { gold = 0.1 }
"#;
    says_of(text, "");
    let scenario = reading(&[&format!("{text}{SPAN}")])
        .scenario
        .expect("sound");
    let protect = scenario.protect.expect("given");
    let gray = protect.gray.expect("given");
    assert_eq!(
        (protect.failures, gray.most, gray.over),
        (0, 1, crate::model::FailureSet::Elements)
    );
    assert_eq!((gray.severity, gray.minutes), (0.25, 60.0));
    assert_eq!(gray.max_loss[0], Some(0.1));
}

#[test]
fn every_kind_of_event_is_read() {
    let text = r#"
[[event]]
kind = "maintenance"
component = "lb"
resources = ["bw"]
capacity = 0.25
end = 2030-03-01T04:00:00Z
[[event]]
kind = "failure"
risk_group = "conduit"
start = 2030-03-01T03:00:00Z
detected = 2030-03-01T04:00:00Z
[[event]]
kind = "gray"
component = "a"
capacity = 0.5
loss = 0.25
[[event]]
kind = "surge"
client_region = "r2"
profile = "mail"
tenant = "t1"
factor = 1.5
"#;
    let lb2 = crate::ids::ComponentId(4);
    let maintenance = Reduction {
        components: vec![tiny::LB1, lb2],
        resources: Some(vec![tiny::BW]),
        ..tiny::cut(tiny::LB1, 0.25)
    };
    let failure = Reduction {
        components: vec![tiny::B, tiny::LB1],
        ..tiny::cut(tiny::B, 0.0)
    };
    let gray = Reduction {
        loss: 0.25,
        ..tiny::cut(tiny::A, 0.5)
    };
    let surge = Surge {
        client_region: Some(crate::ids::ClientRegionId(1)),
        profile: Some(crate::ids::ProfileId(1)),
        tenant: Some(crate::ids::TenantId(0)),
        factor: 1.5,
        arrive_minutes: 10.0,
    };
    let mut failing = tiny::event(EventKind::Failure(failure), 3, 8);
    failing.detected = tiny::hour(4);
    assert_eq!(
        scenario_of(text).events,
        [
            tiny::event(EventKind::Maintenance(maintenance), 2, 4),
            failing,
            tiny::event(EventKind::Gray(gray), 2, 8),
            tiny::event(EventKind::Surge(surge), 2, 8),
        ]
    );
}

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
fn slow_work_where_nothing_waits_changes_nothing() {
    // The balancers limit bandwidth alone, which is lost in an overload; link k1 limits nothing.
    let warning = |line: usize| {
        format!(
            "Warning: base.toml:{line}: key event.component: found slow work on a component without a limited resource that varies and queues, expected a component that limits a resource whose overload is `queue` [P5309]
hint: it changes nothing: remove it, write overload `queue` in resources.csv, or check its components
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
        "Warning: base.toml:6: key event.timeout_seconds: found slow work whose timeout comes before it takes longer than other work, expected a timeout of more than service_seconds of some profile, retries included [P5309]
hint: it reduces no capacity: compare the units, or keep it for a replay, in which such work fails
",
    );
}

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
fn a_disconnect_outside_the_scenario_is_reported() {
    // Sessions that may come back just when the scenario begins do so within it.
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

/// A text's findings where cpu is `overload`, and varies or not.
fn messages_where(overload: Overload, varies: bool, text: &str) -> String {
    let mut inventory = tiny::inventory();
    inventory.resources[tiny::CPU.index()].overload = overload;
    inventory.resources[tiny::CPU.index()].varies = varies;
    let layer = ScenarioText {
        name: "base.toml".to_owned(),
        text: format!("{text}{SPAN}"),
    };
    messages(&read(&[layer], &inventory))
}

const AT_A: &str = "[[queued]]
component = \"a\"
resource = \"cpu\"
amount = 1_500_000
";

#[test]
fn what_waits_is_read_and_nothing_is_assumed() {
    let expected = Queued {
        component: tiny::A,
        resource: tiny::CPU,
        amount: 1.5e6,
    };
    assert_eq!(scenario_of(AT_A).queued, [expected]);
    assert_eq!(scenario_of("").queued, []);
    assert_eq!(scenario_of("").replay, ReplayPolicy::default());
}

#[test]
fn work_waits_for_what_varies_and_is_not_lost() {
    assert_eq!(messages_where(Overload::Queue, true, AT_A), "");
    assert_eq!(
        messages_where(Overload::Lose, true, AT_A),
        r#"Error: base.toml:3: key queued.resource: found `"cpu"`, which is lost in an overload, expected a resource that varies and whose overload is `queue` [P5502]
hint: write overload `queue` in resources.csv if it waits
"#
    );
    assert_eq!(
        messages_where(Overload::Queue, false, AT_A),
        r#"Error: base.toml:3: key queued.resource: found `"cpu"`, which does not vary, expected a resource that varies and whose overload is `queue` [P5502]
hint: remove it: stored data does not wait
"#
    );
}

#[test]
fn a_queue_is_named_once_also_by_two_files() {
    let found = reading(&[&format!("{AT_A}{SPAN}"), AT_A]);
    assert_eq!(
        messages(&found),
        "Error: patch.toml:1: key queued.component: found `a` and `cpu` a second time, expected one [[queued]] for both [P5503]
hint: add the amounts up in one of them, and remove the other
"
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

#[test]
fn bracket_that_nothing_closes_is_reported_alone_where_it_stands() {
    let call = |open: char, close: char| {
        format!(
            "Error: base.toml:1: found a syntax error: string values must be quoted, expected literal string [P4001]
hint: put text in quotes and table names in brackets, and write each key once
Error: base.toml:3: found a syntax error: `{open}` is never closed, expected `{close}` [P4001]
hint: close it with `{close}` where its value ends
"
        )
    };
    let rest = "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n";
    for (line, open, close) in [
        ("headroom = { cpu = 0.1", '{', '}'),
        ("resources = [\"cpu\"", '[', ']'),
    ] {
        says(
            &format!("a =\n[policy]\n{line}\n{rest}"),
            &call(open, close),
        );
    }
}
