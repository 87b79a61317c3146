//! The shipped example: two sites drained one after the other.

use super::drawn::{moved, sequential};
use crate::levels::{judged, planned};
use crate::naive_cases::csv_files;
use crate::read::read;
use crate::reasons;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Plan;
use plimsoll::plan_files::explanations::ChoiceKind;
use plimsoll::report::briefing::Briefing;
use std::path::Path;

fn briefed(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> String {
    let briefing = Briefing {
        inventory,
        scenario,
        plan,
        steps: &[],
        explanations: None,
        proven: None,
    };
    briefing.text(None)
}

#[test]
fn what_is_not_planned_together_says_why() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/rolling-drains");
    let text = std::fs::read_to_string(folder.join("two-drains.toml")).expect("it is shipped");
    let protecting = format!("{text}\n[protect]\nfailures = 1\nover = \"access_points\"\n");
    let (inventory, scenario) = read(&csv_files(&folder), &protecting);
    let plan = planned(&inventory, &scenario);
    let said = "Planned period after period, not together: homes that survive the failures of [protect] are sought for each \
                period alone.\n";
    let text = briefed(&inventory, &scenario, &plan);
    assert!(plan.joint.is_none() && text.contains(said), "{text}");
}

#[test]
fn rolling_drains_move_a_third_fewer_users_together() {
    // README of the example: 100,000 leave Amsterdam and 100,000 leave Dublin; period after period those of Amsterdam
    // leave Dublin too.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/rolling-drains");
    let text = std::fs::read_to_string(folder.join("two-drains.toml")).expect("it is shipped");
    let (inventory, scenario) = read(&csv_files(&folder), &text);
    let plan = planned(&inventory, &scenario);
    let alone = planned(&inventory, &sequential(&scenario));
    assert_eq!((moved(&plan), moved(&alone)), (200_000.0, 300_000.0));
    let joint_summary = plan.joint.expect("it was asked");
    assert!(
        (joint_summary.bound - 200_000.0).abs() < 1e-3,
        "{joint_summary:?}"
    );
    assert!(joint_summary.is_joint());
    let text = |plan| briefed(&inventory, &scenario, plan);
    let sentence = "Planned over all periods together: 200,000 users move, 100,000 fewer than period after period.\n";
    assert!(text(&plan).contains(sentence), "{}", text(&plan));
    assert!(!text(&alone).contains("together"), "{}", text(&alone));
    // Dublin is nearer and has room, but is drained next.
    let explanations = reasons::reported(&inventory, &scenario, &plan);
    let first = &explanations.reasons[0];
    assert_eq!(first.choice, Some(ChoiceKind::Ahead));
    assert_eq!(
        first.sentence,
        "100,000 users of 4 shards move from Amsterdam to Frankfurt: Amsterdam is drained; nearer sites have capacity for \
         one of them; moving here saves moves in later periods."
    );
    for plan in [plan, alone] {
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "{verdict}");
    }
}
