//! What summary.json says of planning together, judged.

use super::drawn::rolling;
use crate::levels::{planned, read_back};
use plimsoll::plan::check::check;
use plimsoll::plan_files::JointSummary;

/// Codes of the rules that a forged summary breaks.
fn broken_by(forge: impl Fn(&mut JointSummary)) -> Vec<&'static str> {
    for seed in 0..100 {
        let (inventory, scenario) = rolling(seed);
        let plan = planned(&inventory, &scenario);
        if !plan.joint.is_some_and(|joint| joint.is_joint()) {
            continue;
        }
        let mut written = read_back(&inventory, &scenario, &plan);
        let summary = written.summary.as_mut().expect("a summary is written");
        forge(summary.joint.as_mut().expect("it is told"));
        let verdict = check(&inventory, &scenario, written);
        return verdict.broken.iter().map(|broken| broken.code.0).collect();
    }
    panic!("no draw moves fewer users together");
}

#[test]
fn what_is_reported_of_planning_together_is_judged_beside_the_moves() {
    assert!(broken_by(|_| {}).is_empty());
    assert_eq!(
        broken_by(|joint_summary| joint_summary.moved_users += 1.0),
        ["P7921"]
    );
    assert_eq!(
        broken_by(|joint_summary| joint_summary.sequential_users = joint_summary.moved_users - 1.0),
        ["P7922"]
    );
    assert_eq!(
        broken_by(|joint_summary| joint_summary.bound = joint_summary.moved_users + 1.0),
        ["P7923"]
    );
    assert_eq!(
        broken_by(|joint_summary| joint_summary.bound = -1.0),
        ["P7923"]
    );
}
