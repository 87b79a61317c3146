//! `[protect]`: what the plan must survive besides.

use super::findings::Findings;
use super::table::Table;
use crate::diagnostic::Code;
use crate::model::{FailureSet, Inventory, Protect, Recovery};

/// More failures than there is to fail.
pub(crate) const TOO_MANY_FAILURES: Code = Code("P5401");
/// `[protect]` beside split shards.
pub(crate) const NOT_APPLIED: Code = Code("P5402");

/// `[protect]`, if it is written.
pub(super) fn read_protect(
    table: Option<&Table>,
    inventory: &Inventory,
    splits: bool,
    findings: &mut Findings,
) -> Option<Protect> {
    let table = table?;
    let over = table.word("over", &FailureSet::ALL.map(|set| (set.word(), set)));
    let recovery = table.word(
        "recovery",
        &Recovery::ALL.map(|recovery| (recovery.word(), recovery)),
    );
    let protect = Protect {
        failures: table.whole("failures").unwrap_or(1),
        over: over.unwrap_or(FailureSet::Sites),
        recovery: recovery.unwrap_or(Recovery::Replicas),
    };
    if !table.is_broken("failures") && !table.is_broken("over") {
        leaves_something(&protect, table, inventory, findings);
    }
    shards_are_whole(splits, table, findings);
    Some(protect)
}

/// Rule: fewer fail than there are.
fn leaves_something(
    protect: &Protect,
    table: &Table,
    inventory: &Inventory,
    findings: &mut Findings,
) {
    let count = protect.over.members(inventory).len();
    let what = protect.over.word().replace('_', " ");
    if protect.failures as usize <= count {
        return;
    }
    let spot = table.field("failures").or(table.field("over"));
    findings.error(
        TOO_MANY_FAILURES,
        &spot.map_or_else(
            || table.spot.about("protect.failures"),
            |field| field.spot.clone(),
        ),
        format!("{} failures", protect.failures),
        format!("at most {count}, the {what} of the inventory"),
        "lower failures, or choose another over",
    );
}

/// Rule: what is not applied is said.
fn shards_are_whole(splits: bool, table: &Table, findings: &mut Findings) {
    if splits {
        findings.warning(
            NOT_APPLIED,
            &table.spot.about("protect"),
            "[protect] beside split_shards = true, where it is not applied",
            "whole shards",
            "leave split_shards out, or sweep the scenario to see what it survives",
        );
    }
}
