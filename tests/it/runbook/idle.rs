//! Steps that change nothing are marked, in every form of a runbook; users who return are let in by the pace of their moves alone.

use super::files;
use crate::laws::steps::read;
use crate::levels::planned;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Plan;
use std::collections::BTreeMap;

/// The drain of Amsterdam in two waves: every site lets 50,000 users an hour leave.
pub(super) fn in_two_waves() -> (Inventory, Scenario, Plan) {
    let (mut inventory, scenario) = read("data/keep-room", &["drain-ams-commands.toml"]);
    for site in &mut inventory.sites {
        site.move_out_per_hour = Some(50_000.0);
    }
    let plan = planned(&inventory, &scenario);
    (inventory, scenario, plan)
}

pub(super) fn of_two_waves() -> BTreeMap<String, String> {
    let (inventory, scenario, plan) = in_two_waves();
    files(&inventory, &scenario, &plan)
}

/// Users of Dublin and Amsterdam enter where they did before: no wave turns a weight.
#[test]
fn a_step_that_changes_nothing_is_one_line_without_a_box() {
    let files = of_two_waves();
    let (text, table) = (&files["runbook.md"], &files["runbook.csv"]);
    let idle: Vec<String> = table
        .lines()
        .filter(|line| line.ends_with(",yes"))
        .map(|line| line.split(',').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(idle, ["1", "4", "7", "10"], "{table}");
    assert!(
        table
            .lines()
            .next()
            .is_some_and(|line| line.ends_with(",instruction,idle"))
    );
    for step in &idle {
        assert!(text.contains(&format!("| – | {step} | ")), "{text}");
        assert!(
            text.contains(&format!("**Step {step}.** Nothing to do: ")),
            "{text}"
        );
        assert!(files["runbook.sh"].contains(&format!("\nidle {step} ")));
    }
    assert_eq!(text.matches("| ☐ |").count(), 8, "{text}");
    assert!(files["runbook.html"].contains("<td>–</td>"));
    assert!(
        !text.contains("% of the transition to the weights"),
        "{text}"
    );
}

/// Both waves move 50,000 users in an hour: the drain and the return say the same of their pace.
#[test]
fn users_who_return_have_the_pace_of_their_moves_alone() {
    let files = of_two_waves();
    let text = &files["runbook.md"];
    let pace = "no faster than 50,000 users an hour";
    assert!(text.matches(pace).count() >= 4, "{text}");
    assert!(!text.contains("Admission: "), "{text}");
}
