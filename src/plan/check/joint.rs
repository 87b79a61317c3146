//! Joint periods: whether what summary.json says of planning all periods together can be.
//!
//! How many users the plan of period after period would have moved is not written in any table: it is told, and judged
//! only beside what this plan has.

use super::report::{At, Report, Rule, is_same_count};
use crate::model::{Event, Scenario};
use crate::plan_files::{JointSummary, SUMMARY_FILE, decimal};
use crate::scenario::acted_on;
use crate::units::{AGREEMENT, NOBODY};

/// Checks what is said beside the users who move in all periods of the plan.
pub(super) fn check(scenario: &Scenario, joint: &JointSummary, moved: f64, report: &mut Report) {
    moved_is_the_sum(joint, moved, report);
    let is_learnt_of =
        |own: &Event| own.is_reacted_to() && acted_on(own, &scenario.policy) > scenario.start;
    if !scenario.events.iter().any(is_learnt_of) {
        joint_moves_no_more(joint, report);
    }
    bound_is_no_more(joint, report);
}

/// What arithmetic leaves between two sums of users.
fn slack(users: f64) -> f64 {
    (AGREEMENT * users.abs()).max(NOBODY)
}

/// P7921: the users who move are those of all periods.
fn moved_is_the_sum(joint: &JointSummary, moved: f64, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7921",
        hint: "sum the users served at another site than their current one over all periods",
    };
    if !is_same_count(joint.moved_users, moved) {
        let at = At::cell(SUMMARY_FILE, 0, "joint.moved_users");
        report.add(RULE, at, decimal(joint.moved_users), decimal(moved));
    }
}

/// P7922: planning together never moves more users than planning period after period where nothing is learnt of on the way.
fn joint_moves_no_more(joint: &JointSummary, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7922",
        hint: "keep the plan that was made period after period where planning together moves more",
    };
    let sequential = joint.sequential_moved_users;
    if joint.moved_users > sequential + slack(sequential) {
        let at = At::cell(SUMMARY_FILE, 0, "joint.sequential_moved_users");
        let expected = format!("at least the {} of this plan", decimal(joint.moved_users));
        report.add(RULE, at, decimal(sequential), expected);
    }
}

/// P7923: no proven bound lies above what the plan has.
fn bound_is_no_more(joint: &JointSummary, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7923",
        hint: "a bound proves how few can do: look for the mistake in either",
    };
    let moved = joint.moved_users;
    let is_possible = joint.bound >= -NOBODY && joint.bound <= moved + slack(moved);
    if !is_possible {
        let at = At::cell(SUMMARY_FILE, 0, "joint.bound");
        let expected = format!("0 to the {} of this plan", decimal(moved));
        report.add(RULE, at, decimal(joint.bound), expected);
    }
}
