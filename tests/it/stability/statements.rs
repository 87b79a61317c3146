//! What is told of stability: sentences, the runbook, and every rule about its table found broken where it is.

use super::{drained, holding, one_site};
use crate::levels::{judged_files, planned, written};
use crate::waves::mutations::Subject;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Plan, changes};
use plimsoll::report::briefing::Briefing;
use plimsoll::report::waves::{TransitionWriter, runbook};
use serde_json::json;

const FILE: &str = "stability.csv";

fn briefing(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> String {
    let steps = changes(inventory, scenario, plan);
    let briefing = Briefing {
        inventory,
        scenario,
        plan,
        steps: &steps,
        explanations: None,
        proven: None,
    };
    briefing.text(None)
}

#[test]
fn the_worst_is_named_with_its_threshold() {
    let (inventory, scenario) = one_site("3", 610, "");
    let plan = holding(&inventory, &scenario);
    let words = briefing(&inventory, &scenario, &plan);
    let expected =
        "d cpu is at 61 %; above 25 % a retry storm would not clear by itself (3 retries).\n";
    assert!(words.contains(expected), "{words}");
    let (inventory, scenario) = drained("", 1000);
    let plan = holding(&inventory, &scenario);
    let words = briefing(&inventory, &scenario, &plan);
    let expected = "In period 1 (06:00 to 08:00), e cpu is at 70 %; above 50 % a retry storm would not clear by itself (1 retry).\n";
    assert!(words.contains(expected), "{words}");
    for users in [200, 0] {
        let (inventory, scenario) = one_site("3", users, "");
        let plan = holding(&inventory, &scenario);
        let words = briefing(&inventory, &scenario, &plan);
        assert!(!words.contains("retry storm"), "{words}");
    }
}

#[test]
fn the_runbook_says_in_which_waves() {
    let (inventory, scenario) = drained("", 1000);
    let plan = holding(&inventory, &scenario);
    let words = runbook(&TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    });
    let expected =
        "- cpu of e in wave 1: above 50 % with 1 retry, and it reaches at most 70 % of capacity\n";
    assert_eq!(words.matches(expected).count(), 2, "{words}");
}

#[test]
fn every_cell_of_stability_is_judged() {
    let (inventory, scenario) = drained("", 1000);
    let subject = Subject::of(inventory, scenario);
    // The row of e in the period of the works, and in the wave that leads there.
    for wave in ["", "1"] {
        let of_e = |cells: &[&str]| cells[0] == "1" && cells[1] == wave && cells[2] == "e";
        let with = |column: &str, value: &'static str| {
            subject.with(FILE, column, of_e, |_| value.to_owned())
        };
        with("period", "9").finds("P7001");
        with("component", "d").finds("P7521");
        with("component", "d").finds("P7522");
        with("component", "nobody").finds("P7521");
        with("resource", "ram").finds("P7521");
        with("load", "650").finds("P7523");
        with("retry_load", "1390").finds("P7523");
        with("capacity", "900").finds("P7523");
        with("margin", "0.2").finds("P7524");
        with("margin", "").finds("P7524");
        with("stability", "stable").finds("P7524");
        with("stability", "overloaded").finds("P7524");
        with("kind", "link").finds("P7525");
        with("unit", "TiB").finds("P7525");
        subject.without(FILE, of_e).finds("P7522");
    }
    let of_e = |cells: &[&str]| cells[0] == "1" && cells[1].is_empty() && cells[2] == "e";
    subject
        .with(FILE, "retry_load", of_e, |_| String::new())
        .finds("P7523");
    subject
        .with(FILE, "wave", of_e, |_| "1".to_owned())
        .finds("P7521");
}

#[test]
fn what_the_summary_says_of_stability_is_judged() {
    let (inventory, scenario) = drained("", 1000);
    let subject = Subject::of(inventory, scenario);
    let item = subject.summary()["periods"][1]["stability"].clone();
    assert_eq!(
        item,
        json!({
            "stable": 1, "vulnerable": 1, "overloaded": 0,
            "least_margin": { "component": "e", "resource": "cpu", "margin": 0.5 - 0.7 },
        })
    );
    let with = |name: &'static str, value: serde_json::Value| {
        subject.with_period(1, move |period| period["stability"][name] = value.clone())
    };
    for name in ["stable", "vulnerable", "overloaded"] {
        with(name, json!(2)).finds("P7526");
    }
    with("least_margin", json!(null)).finds("P7526");
    for (component, margin) in [("e", 0.1), ("d", 0.5 - 0.7), ("nobody", 0.5 - 0.7)] {
        let other = json!({ "component": component, "resource": "cpu", "margin": margin });
        with("least_margin", other).finds("P7526");
    }
    let gone = subject.with_period(1, |period| {
        let map = period.as_object_mut().expect("an object");
        map.remove("stability");
    });
    gone.finds("P7526");
}

#[test]
fn what_a_trigger_can_lock_in_breaks_the_rule_that_forbids_it() {
    let (inventory, scenario) = drained("", 1000);
    let files = written(&inventory, &scenario, &planned(&inventory, &scenario));
    let (_, asked) = drained("[policy]\nrequire_stable = true\n", 1000);
    let verdict = judged_files(&inventory, &asked, &files);
    let codes: Vec<&str> = verdict
        .broken
        .iter()
        .map(|finding| finding.code.0)
        .collect();
    assert!(codes.contains(&"P7402"), "{codes:?}");
    assert!(codes.contains(&"P7999"), "{codes:?}");
    let (_, kept) = drained("[policy]\nrequire_stable = true\n", 1401);
    let (inventory, free) = drained("", 1401);
    let files = written(&inventory, &free, &planned(&inventory, &free));
    let verdict = judged_files(&inventory, &kept, &files);
    assert!(verdict.holds(), "{verdict}");
    // As much as there is never drains.
    let (_, kept) = drained("[policy]\nrequire_stable = true\n", 1400);
    let (inventory, free) = drained("", 1400);
    let files = written(&inventory, &free, &planned(&inventory, &free));
    let verdict = judged_files(&inventory, &kept, &files);
    let codes: Vec<&str> = verdict
        .broken
        .iter()
        .map(|finding| finding.code.0)
        .collect();
    assert!(codes.contains(&"P7402"), "{codes:?}");
}
