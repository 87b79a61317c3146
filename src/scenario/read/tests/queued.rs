//! What waits when a scenario begins.

use super::*;
use crate::model::{Overload, Queued, ReplayPolicy};

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
fn what_waits_says_where_for_what_and_how_much() {
    says_of(
        r#"[[queued]]
[[queued]]
component = "lb"
resource = "cpx"
amount = 0
"#,
        r#"Error: base.toml:1: key queued.amount: found nothing, expected a number above 0 up to 1e15 [P4005]
hint: add `amount = 1.4`
Error: base.toml:1: key queued.component: found nothing, expected a name in quotes [P4005]
hint: add `component = "chi"`
Error: base.toml:1: key queued.resource: found nothing, expected a name in quotes [P4005]
hint: add `resource = "cpu"`
Error: base.toml:3: key queued.component: found `"lb"`, expected a site, access point, element or link [P5201]
hint: that is a pool: name its members, each with what waits there
Error: base.toml:4: key queued.resource: found `"cpx"`, expected a resource [P5203]
hint: did you mean `cpu`?
Error: base.toml:5: key queued.amount: found `0`, expected a number above 0 up to 1e15 [P4006]
hint: write a number within these bounds, or leave the key out
"#,
    );
}

#[test]
fn work_waits_where_there_is_a_limit() {
    says_of(
        r#"[[queued]]
component = "k1"
resource = "cpu"
amount = 5
"#,
        r#"Error: base.toml:2: key queued.component: found `"k1"`, which does not limit cpu, expected a component that limits cpu [P5501]
hint: name the component that is short of cpu, or give this one a capacity
"#,
    );
}

#[test]
fn work_waits_for_what_varies_and_is_not_lost() {
    assert_eq!(messages_where(Overload::Queue, true, AT_A), "");
    assert_eq!(
        messages_where(Overload::Lose, true, AT_A),
        r#"Error: base.toml:3: key queued.resource: found `"cpu"`, which is lost where there is no room, expected a resource that varies and whose overload is `queue` [P5502]
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
