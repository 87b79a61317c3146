//! Written targets: what was missed before is told as that, and never as met.

use crate::command_line::{place, plimsoll, root};
use crate::laws::steps::read;
use crate::waves::mutations::Subject;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::changes;
use plimsoll::report::briefing::Briefing;
use serde_json::json;

/// Chicago has 1 % of its cpu free, and its target is 20 %.
fn found(layers: &[&str]) -> (Inventory, Scenario) {
    read("tests/found/99-percent-full", layers)
}

fn briefing(inventory: &Inventory, scenario: &Scenario) -> String {
    let plan = crate::levels::planned(inventory, scenario);
    let briefing = Briefing {
        inventory,
        scenario,
        plan: &plan,
        steps: &changes(inventory, scenario, &plan),
        explanations: None,
        proven: None,
    };
    briefing.text(None)
}

#[test]
fn a_target_missed_before_is_not_reported_as_met() {
    let (inventory, scenario) = found(&["calm.toml"]);
    let text = briefing(&inventory, &scenario);
    assert!(!text.contains("every headroom target is met"), "{text}");
    let sentences = [
        "Everyone is served and no headroom target is missed by more than before, for these inputs, at peak demand.",
        "Missed already before: Chicago cpu, 1 % (target 20 %).",
        "Chicago has 1 % headroom (target 20 %, missed before).",
        "With any growth of all demand a headroom target is missed by more than before. First Chicago would be short of cpu.",
    ];
    for sentence in sentences {
        assert!(text.contains(sentence), "{text}");
    }
    let tightest = "Chicago         cpu        1.0 %   1.0 %  20.0 %     1 vCPU free";
    assert!(text.contains(tightest), "{text}");
    // The row of the period: nothing is missed beyond what was missed before.
    assert!(text.contains("  as before\n"), "{text}");
}

/// Nothing binds, and everybody is at home: what `explain` says of the plan is the target all the same.
#[test]
fn a_target_missed_before_is_reported_where_a_plan_is_explained() {
    let place = place();
    let run = |arguments: &[&str]| {
        let mut command = plimsoll(place.path());
        let output = command.args(arguments).output().expect("it runs");
        String::from_utf8(output.stdout).expect("text")
    };
    let folder = root("tests/found/99-percent-full");
    let folder = folder.to_str().expect("text");
    let scenario = format!("{folder}/calm.toml");
    run(&[
        "plan",
        folder,
        "--scenario",
        &scenario,
        "--out",
        "plan",
        "--no-charts",
    ]);
    let text = run(&["explain", "plan"]);
    let words = "- chi has 1.0 % of cpu free (target 20.0 %), missed already before.";
    assert!(
        text.contains(words) && !text.contains("No bottlenecks"),
        "{text}"
    );
    let text = run(&["explain", "plan", "--component", "chi"]);
    let words = "cpu: 99 of 100 vCPU in use: 1.0 % headroom (target 20.0 %, missed).";
    assert!(text.contains(words), "{text}");
}

#[test]
fn a_target_that_is_to_be_repaired_is_missed() {
    let (inventory, scenario) = found(&["calm.toml", "repair.toml"]);
    let text = briefing(&inventory, &scenario);
    assert!(
        text.contains("1 headroom target is missed. Everyone is served"),
        "{text}"
    );
    assert!(!text.contains("Missed already before"), "{text}");
}

#[test]
fn another_written_target_is_found() {
    let (inventory, scenario) = found(&["calm.toml"]);
    let plan = Subject::of(inventory, scenario);
    assert_eq!(
        plan.summary()["periods"][0]["targets_missed_before"],
        json!(1)
    );
    let other = plan.with(
        "headroom.csv",
        "written_target",
        |_| true,
        |_| "0.01".to_owned(),
    );
    other.finds("P7532");
    let other = plan.with_period(0, |value| value["targets_missed_before"] = json!(0));
    other.finds("P7533");
}
