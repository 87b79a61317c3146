//! Shape: TOML, tables, keys, types, bounds, words.

use super::*;

#[test]
fn empty_file_lacks_its_span() {
    says(
        "",
        "Error: base.toml: key scenario.end: found nothing, expected a date with time and offset [P4005]
hint: add `end = 2012-11-13T09:08:00-08:00`
Error: base.toml: key scenario.start: found nothing, expected a date with time and offset [P4005]
hint: add `start = 2012-11-13T09:08:00-08:00`
",
    );
}

#[test]
fn text_that_is_not_toml_is_told_line_by_line() {
    says(
        "a =
b = 3 4
c = 1
c = 2
[scenario
",
        "Error: base.toml:1: found a syntax error: string values must be quoted, expected literal string [P4001]
hint: text stands in quotes, a table name in brackets, each key once
Error: base.toml:2: found a syntax error: string values must be quoted, expected literal string [P4001]
hint: text stands in quotes, a table name in brackets, each key once
Error: base.toml:4: found a syntax error: duplicate key, expected TOML [P4001]
hint: text stands in quotes, a table name in brackets, each key once
Error: base.toml:5: found a syntax error: unclosed table, expected `]` [P4001]
hint: text stands in quotes, a table name in brackets, each key once
",
    );
}

#[test]
fn bracket_that_nothing_closes_is_told_alone_where_it_stands() {
    let told = |open: char, close: char| {
        format!(
            "Error: base.toml:1: found a syntax error: string values must be quoted, expected literal string [P4001]
hint: text stands in quotes, a table name in brackets, each key once
Error: base.toml:3: found a syntax error: `{open}` that nothing closes, expected `{close}` [P4001]
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
            &told(open, close),
        );
    }
}

#[test]
fn place_of_an_event_is_its_component_and_a_surge_has_none() {
    says_of(
        r#"[[event]]
kind = "maintenance"
site = "a"
component = "a"
[[event]]
kind = "surge"
site = "a"
factor = 2
[[event]]
kind = "surge"
component = "a"
factor = 2
"#,
        "Error: base.toml:3: key event.site: found an unknown key, expected a key of [[event]] [P4002]
hint: name the place as `component`
Error: base.toml:7: key event.site: found an unknown key, expected a key of [[event]] [P4002]
hint: a surge raises what users demand: name their `client_region`, `profile` or `tenant`
Error: base.toml:11: key event.component: found a key for maintenance, failure, gray, slow, disconnect, expected a key of a surge event [P5302]
hint: a surge raises what users demand: name their `client_region`, `profile` or `tenant`
",
    );
}

#[test]
fn unknown_tables_are_errors_with_the_nearest_name() {
    says_of(
        r#"drain = "replicas"
[polcy]
[[events]]
[surge]
x.y = 1
"#,
        "Error: base.toml:1: key drain: found an unknown table, expected [scenario], [policy], [[event]], [protect], [waves], [replay] or [[queued]] [P4002]
hint: `drain` belongs below [policy]
Error: base.toml:2: key polcy: found an unknown table, expected [scenario], [policy], [[event]], [protect], [waves], [replay] or [[queued]] [P4002]
hint: did you mean `policy`?
Error: base.toml:3: key events: found an unknown table, expected [scenario], [policy], [[event]], [protect], [waves], [replay] or [[queued]] [P4002]
hint: did you mean `event`?
Error: base.toml:4: key surge: found an unknown table, expected [scenario], [policy], [[event]], [protect], [waves], [replay] or [[queued]] [P4002]
hint: remove it
",
    );
}

#[test]
fn unknown_keys_are_errors_with_the_nearest_name() {
    says_of(
        r#"[policy]
heardoom = { cpu = 0.1 }
colour = 1
[[event]]
kind = "surge"
factor = 2
strat = 1
[protect]
failure = 1
"#,
        "Error: base.toml:2: key policy.heardoom: found an unknown key, expected a key of [policy] [P4002]
hint: did you mean `headroom`?
Error: base.toml:3: key policy.colour: found an unknown key, expected a key of [policy] [P4002]
hint: remove it; the keys are max_latency_ms, headroom, existing_shortfall, movers, drain, failover, after, demand, periods, reaction_minutes, freeze_onboarding, open_standby, max_moved_users, split_shards, require_stable, goals
Error: base.toml:7: key event.strat: found an unknown key, expected a key of [[event]] [P4002]
hint: did you mean `start`?
Error: base.toml:9: key protect.failure: found an unknown key, expected a key of [protect] [P4002]
hint: did you mean `failures`?
",
    );
}

#[test]
fn tables_are_written_as_tables() {
    says(
        r#"scenario = 1
policy = []
event = [1]
protect = "x"
"#,
        r#"Error: base.toml:1: key scenario: found `1`, expected a table [scenario] [P4003]
hint: begin it with a line [scenario]
Error: base.toml:2: key policy: found `[]`, expected a table [policy] [P4003]
hint: begin it with a line [policy]
Error: base.toml:3: key event: found `1`, expected a table [[event]] [P4003]
hint: begin it with a line [[event]]
Error: base.toml:4: key protect: found `"x"`, expected a table [protect] [P4003]
hint: begin it with a line [protect]
"#,
    );
}

#[test]
fn event_is_a_list_of_tables() {
    says_of(
        r#"[event]
kind = "surge"
"#,
        "Error: base.toml:1: key event: found `[event]`, expected a table [[event]] [P4003]
hint: begin it with a line [[event]]
",
    );
    says(
        "replay = 60\nqueued = [1]\n",
        "Error: base.toml:1: key replay: found `60`, expected a table [replay] [P4003]
hint: begin it with a line [replay]
Error: base.toml:2: key queued: found `1`, expected a table [[queued]] [P4003]
hint: begin it with a line [[queued]]
",
    );
}

#[test]
fn values_have_the_type_of_their_key() {
    says_of(
        r#"[policy]
open_standby = "yes"
split_shards = 1
max_moved_users = "2"
drain = true
goals = "unserved"
headroom = 0.2
[[event]]
kind = "surge"
factor = [2]
start = "2030-03-01T02:00:00Z"
[protect]
failures = 1.5
"#,
        r#"Error: base.toml:2: key policy.open_standby: found `"yes"`, a string, expected true or false [P4004]
hint: write it as in `open_standby = true`
Error: base.toml:3: key policy.split_shards: found `1`, an integer, expected true or false [P4004]
hint: write it as in `split_shards = true`
Error: base.toml:4: key policy.max_moved_users: found `"2"`, a string, expected a number of 0 or more [P4004]
hint: write it as in `max_moved_users = 100`
Error: base.toml:5: key policy.drain: found `true`, a boolean, expected one of replicas, anywhere [P4004]
hint: write it as in `drain = "replicas"`
Error: base.toml:6: key policy.goals: found `"unserved"`, a string, expected a list of some of unserved, relief, headroom, access_points, moves, latency [P4004]
hint: write it as in `goals = ["unserved", "relief", "headroom", "access_points", "moves", "latency"]`
Error: base.toml:7: key policy.headroom: found `0.2`, a float, expected a table from resource to share [P4004]
hint: write it as in `headroom = { cpu = 0.15 }`
Error: base.toml:10: key event.factor: found `[2]`, an array, expected a number above 0 up to 1e9 [P4004]
hint: write it as in `factor = 1.4`
Error: base.toml:11: key event.start: found `"2030-03-01T02:00:00Z"`, a string, expected a date with time and offset [P4004]
hint: write it as in `start = 2012-11-13T09:08:00-08:00`
Error: base.toml:13: key protect.failures: found `1.5`, a float, expected a whole number of 0 or more [P4004]
hint: write it as in `failures = 1`
"#,
    );
}

#[test]
fn numbers_are_finite_and_within_their_bounds() {
    says_of(
        r#"[policy]
max_moved_users = -1
reaction_minutes = nan
max_latency_ms = 1e999
headroom = { cpu = 1, bw = "x" }
[[event]]
kind = "gray"
component = "a"
capacity = 1.5
loss = -0.1
[[event]]
kind = "surge"
factor = 0
[protect]
failures = -1
severity = 0
"#,
        r#"Error: base.toml:2: key policy.max_moved_users: found `-1`, expected a number of 0 or more [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:3: key policy.reaction_minutes: found `nan`, expected a number of 0 or more [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:4: key policy.max_latency_ms: found `1e999`, expected a number of 0 or more [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:5: key policy.headroom.bw: found `"x"`, a string, expected a share from 0 to under 1 [P4004]
hint: write it as in `headroom = { cpu = 0.15 }`
Error: base.toml:5: key policy.headroom.cpu: found `1`, expected a share from 0 to under 1 [P4006]
hint: a share is a fraction: 20 % is written 0.2
Error: base.toml:9: key event.capacity: found `1.5`, expected a share from 0 to 1 [P4006]
hint: a share is a fraction: 20 % is written 0.2
Error: base.toml:10: key event.loss: found `-0.1`, expected a share from 0 to 1 [P4006]
hint: a share is a fraction: 20 % is written 0.2
Error: base.toml:13: key event.factor: found `0`, expected a number above 0 up to 1e9 [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:15: key protect.failures: found `-1`, expected a whole number of 0 or more [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:16: key protect.severity: found `0`, expected a number above 0 up to 1 [P4006]
hint: a share is a fraction: 20 % is written 0.2
"#,
    );
}

#[test]
fn words_are_those_that_the_key_allows() {
    says_of(
        r#"[policy]
drain = "replica"
after = "whatever"
[[event]]
kind = "maintenence"
[protect]
over = "site"
"#,
        r#"Error: base.toml:2: key policy.drain: found `"replica"`, expected one of replicas, anywhere [P4007]
hint: did you mean `replicas`?
Error: base.toml:3: key policy.after: found `"whatever"`, expected one of return, stay [P4007]
hint: write one of those words
Error: base.toml:5: key event.kind: found `"maintenence"`, expected one of maintenance, failure, gray, surge, slow, disconnect [P4007]
hint: did you mean `maintenance`?
Error: base.toml:7: key protect.over: found `"site"`, expected one of sites, access_points, elements, links, risk_groups, components [P4007]
hint: did you mean `sites`?
"#,
    );
}

#[test]
fn nobody_moves_users_for_longer_than_a_year() {
    says_of(
        r#"[waves]
minutes = 525601
gate_minutes = 1e300
[[event]]
kind = "maintenance"
component = "a"
drain_minutes = 1e300
"#,
        r"Error: base.toml:2: key waves.minutes: found `525601`, expected a number above 0 up to 525600 [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:3: key waves.gate_minutes: found `1e300`, expected a number of 0 or more up to 525600 [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:7: key event.drain_minutes: found `1e300`, expected a number of 0 or more up to 525600 [P4006]
hint: write a number within these bounds, or leave the key out
",
    );
    says_of("[waves]\nminutes = 525600\ngate_minutes = 525600\n", "");
}

#[test]
fn steps_and_waits_of_a_replay_are_within_reason() {
    says_of(
        r"[replay]
step_seconds = 0
backoff_seconds = -1
backoff_factor = 0.9
jitter = 1.5
return_seconds = 0
accept_queue_seconds = 1e300
",
        r"Error: base.toml:2: key replay.step_seconds: found `0`, expected a number above 0 up to 3600 [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:3: key replay.backoff_seconds: found `-1`, expected a number of 0 or more up to 31536000 [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:4: key replay.backoff_factor: found `0.9`, expected a number of 1 or more up to 1000 [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:5: key replay.jitter: found `1.5`, expected a share from 0 to 1 [P4006]
hint: a share is a fraction: 20 % is written 0.2
Error: base.toml:6: key replay.return_seconds: found `0`, expected a number above 0 up to 31536000 [P4006]
hint: write a number within these bounds, or leave the key out
Error: base.toml:7: key replay.accept_queue_seconds: found `1e300`, expected a number above 0 up to 31536000 [P4006]
hint: write a number within these bounds, or leave the key out
",
    );
}

#[test]
fn names_are_short_words_without_control_characters() {
    says(
        r#"[scenario]
name = ""
start = 2030-03-01T02:00:00Z
end = 2030-03-01T08:00:00Z
[[event]]
kind = "failure"
component = "a\n"
"#,
        r#"Error: base.toml:2: key scenario.name: found `""`, expected a name of 1 to 128 characters without control characters [P4008]
hint: write a short name in one line
Error: base.toml:7: key event.component: found `"a\n"`, expected a name of 1 to 128 characters without control characters [P4008]
hint: write a short name in one line
"#,
    );
}

#[test]
fn lists_name_nothing_twice_and_something() {
    says_of(
        r#"[policy]
goals = ["unserved", "moves", "moves", "unservd", 3]
[[event]]
kind = "failure"
component = "lb"
resources = []
[[event]]
kind = "failure"
component = "lb"
resources = ["bw", "bw"]
"#,
        r#"Error: base.toml:2: key policy.goals: found `3`, an integer, expected a word in quotes [P4004]
hint: write it as in `goals = ["unserved", "relief", "headroom", "access_points", "moves", "latency"]`
Error: base.toml:2: key policy.goals: found `"unservd"`, expected one of unserved, relief, headroom, access_points, moves, latency [P4007]
hint: did you mean `unserved`?
Error: base.toml:2: key policy.goals: found `"moves"` a second time, expected each at most once [P4011]
hint: remove one of them
Error: base.toml:6: key event.resources: found an empty list, expected a list of resources [P4012]
hint: leave the key out for its default: all, and the component itself
Error: base.toml:10: key event.resources: found `"bw"` a second time, expected each at most once [P4011]
hint: remove one of them
"#,
    );
}
