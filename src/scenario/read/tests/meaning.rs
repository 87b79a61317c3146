//! Meaning: what events and `[protect]` say about the inventory.

use super::*;
use crate::model::{EventKind, Reduction, Surge};

#[test]
fn event_says_its_kind() {
    says_of(
        r#"[[event]]
component = "lb3"
"#,
        r#"Error: base.toml:1: key event.kind: found nothing, expected one of maintenance, failure, gray, surge, slow, disconnect [P4005]
hint: add `kind = "maintenance"`
Error: base.toml:2: key event.component: found `"lb3"`, expected a site, access point, element, link or pool [P5201]
hint: did you mean `lb`?
"#,
    );
}

#[test]
fn keys_of_another_kind_are_refused() {
    says_of(
        r#"[[event]]
kind = "maintenance"
component = "a"
factor = 2
loss = 0.2
detected = 2030-03-01T04:00:00Z
[[event]]
kind = "surge"
factor = 2
component = "a"
[[event]]
kind = "failure"
component = "a"
loss = 0.2
[[event]]
kind = "surge"
factor = 2
risk_group = "a"
"#,
        "Error: base.toml:4: key event.factor: found a key for surge, slow, expected a key of a maintenance event [P5302]
hint: remove `factor`, or change the kind
Error: base.toml:5: key event.loss: found a key for gray, expected a key of a maintenance event [P5302]
hint: remove `loss`, or change the kind
Error: base.toml:6: key event.detected: found a key for failure, gray, slow, expected a key of a maintenance event [P5302]
hint: remove `detected`, or change the kind
Error: base.toml:10: key event.component: found a key for maintenance, failure, gray, slow, disconnect, expected a key of a surge event [P5302]
hint: a surge raises what users demand: name their `client_region`, `profile` or `tenant`
Error: base.toml:14: key event.loss: found a key for gray, expected a key of a failure event [P5302]
hint: remove `loss`, or change the kind
Error: base.toml:18: key event.risk_group: found a key for maintenance, failure, gray, slow, disconnect, expected a key of a surge event [P5302]
hint: a surge raises what users demand: name their `client_region`, `profile` or `tenant`
",
    );
}

#[test]
fn event_names_a_component_or_a_risk_group() {
    says_of(
        r#"[[event]]
kind = "failure"
[[event]]
kind = "failure"
component = "a"
risk_group = "conduit"
"#,
        r#"Error: base.toml:1: key event.component: found neither, expected a component or a risk group [P5306]
hint: add `component = "chi"` or `risk_group = "…"`
Error: base.toml:6: key event.risk_group: found both, expected a component or a risk group [P5306]
hint: remove one of them, or write two events
"#,
    );
}

#[test]
fn names_stand_in_the_inventory() {
    says_of(
        r#"[policy]
headroom = { cpux = 0.1 }
[[event]]
kind = "failure"
component = "lb9"
resources = ["bandwidth"]
[[event]]
kind = "failure"
risk_group = "conduits"
[[event]]
kind = "surge"
factor = 2
client_region = "r3"
profile = "chatt"
tenant = "nobody"
"#,
        r#"Error: base.toml:2: key policy.headroom.cpux: found `"cpux"`, expected a resource [P5203]
hint: did you mean `cpu`?
Error: base.toml:5: key event.component: found `"lb9"`, expected a site, access point, element, link or pool [P5201]
hint: did you mean `lb`?
Error: base.toml:6: key event.resources: found `"bandwidth"`, expected a resource [P5203]
hint: resources.csv lists them
Error: base.toml:9: key event.risk_group: found `"conduits"`, expected a risk group [P5202]
hint: did you mean `conduit`?
Error: base.toml:13: key event.client_region: found `"r3"`, expected a client region [P5204]
hint: did you mean `r1`?
Error: base.toml:14: key event.profile: found `"chatt"`, expected a profile [P5205]
hint: did you mean `chat`?
Error: base.toml:15: key event.tenant: found `"nobody"`, expected a tenant [P5206]
hint: shards.csv lists them
"#,
    );
}

#[test]
fn name_of_another_sort_is_recognised() {
    says_of(
        r#"[[event]]
kind = "failure"
component = "r1"
[[event]]
kind = "failure"
component = "conduit"
[[event]]
kind = "failure"
risk_group = "a"
"#,
        r#"Error: base.toml:3: key event.component: found `"r1"`, expected a site, access point, element, link or pool [P5201]
hint: a client region has no capacity: users of one are the client_region of a surge or a disconnect
Error: base.toml:6: key event.component: found `"conduit"`, expected a site, access point, element, link or pool [P5201]
hint: that is a risk group: write risk_group = "conduit"
Error: base.toml:9: key event.risk_group: found `"a"`, expected a risk group [P5202]
hint: that is a component: write component = "a"
"#,
    );
}

#[test]
fn gray_event_says_capacity_or_loss() {
    says_of(
        r#"[[event]]
kind = "gray"
component = "a"
"#,
        "Error: base.toml:1: key event.capacity: found nothing, expected capacity or loss of the gray event [P5307]
hint: add `capacity = 0.5` for half of it left, or `loss = 0.3` for three in ten that fail
",
    );
}

#[test]
fn loss_alone_does_not_take_a_component_out_of_service() {
    says_of(
        r#"[[event]]
kind = "gray"
component = "a"
loss = 0.3
detected = 2030-03-01T04:00:00Z
[[event]]
kind = "gray"
component = "a"
loss = 0.3
"#,
        "Warning: base.toml:4: key event.loss: found loss at full capacity, expected capacity too, if it is to be taken out of service once it is known [P5308]
hint: the plan goes on using it; a maintenance event on it with `start = 2030-03-01T04:00:00Z` takes it out
Warning: base.toml:9: key event.loss: found loss at full capacity, expected capacity too, if it is to be taken out of service once it is known [P5308]
hint: the plan goes on using it; a maintenance event on it with the same start takes it out
",
    );
}

#[test]
fn event_that_reduces_nothing_is_told() {
    says_of(
        r#"[[event]]
kind = "gray"
component = "k1"
capacity = 0.5
[[event]]
kind = "maintenance"
component = "a"
capacity = 1
[[event]]
kind = "maintenance"
component = "a"
resources = ["bw"]
[[event]]
kind = "maintenance"
component = "k1"
"#,
        "Warning: base.toml:4: key event.capacity: found a component that limits no resource, expected an event that takes something away [P5309]
hint: it changes nothing: remove it, or check what it names
Warning: base.toml:8: key event.capacity: found the whole capacity left, expected an event that takes something away [P5309]
hint: it changes nothing: remove it, or check what it names
Warning: base.toml:12: key event.resources: found resources that nothing named here limits, expected an event that takes something away [P5309]
hint: it changes nothing: remove it, or check what it names
",
    );
}

#[test]
fn surge_says_its_factor() {
    says_of(
        r#"[[event]]
kind = "surge"
"#,
        "Error: base.toml:1: key event.factor: found nothing, expected a number above 0 up to 1e9 [P4005]
hint: add `factor = 1.4`
",
    );
}

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
        "Warning: base.toml:1: key protect: found [protect] beside split_shards = true, where it is not applied, expected whole shards [P5402]
hint: leave split_shards out, or sweep the scenario to see what it survives
",
    );
}

#[test]
fn protect_leaves_something() {
    says_of(
        "[protect]
failures = 3
",
        "Error: base.toml:2: key protect.failures: found 3 failures, expected at most 2, the sites of the inventory [P5401]
hint: lower failures, or choose another over
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
fn protect_from_gray_members_says_how_many_and_of_which_tiers() {
    says_of(
        r"[protect]
failures = 0
severity = 0.5
max_loss = { gold = 0.1 }
",
        "Error: base.toml:2: key protect.failures: found no failures and no gray members, expected something to survive [P5403]
hint: ask for failures, for gray members, or remove [protect]
Error: base.toml:3: key protect.severity: found severity without gray, expected gray = 1 or more beside it [P5404]
hint: add gray = 1, or remove severity
Error: base.toml:4: key protect.max_loss: found max_loss without gray, expected gray = 1 or more beside it [P5404]
hint: add gray = 1, or remove max_loss
",
    );
    says_of(
        r#"[protect]
gray = 5
gray_over = "sites"
max_loss = { glod = 0.1, gold = 1 }
"#,
        r#"Error: base.toml:2: key protect.gray: found 5 gray members, expected at most 2, the sites of the inventory [P5401]
hint: lower gray, or choose another gray_over
Error: base.toml:4: key protect.max_loss.glod: found `"glod"`, expected a tier [P5207]
hint: did you mean `gold`?
Error: base.toml:4: key protect.max_loss.gold: found `1`, expected a share from 0 to under 1 [P4006]
hint: a share is a fraction: 20 % is written 0.2
"#,
    );
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
