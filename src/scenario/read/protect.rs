//! `[protect]`: what the plan must survive besides.

use super::findings::Findings;
use super::known::tier;
use super::names::Names;
use super::table::{Table, Value};
use crate::diagnostic::Code;
use crate::model::{FailureSet, Inventory, Protect, ProtectGray, Recovery};

/// More failures than there is to fail.
pub(crate) const TOO_MANY_FAILURES: Code = Code("P5401");
/// `[protect]` beside split shards.
pub(crate) const NOT_APPLIED: Code = Code("P5402");
/// Nothing to survive.
pub(crate) const NOTHING_FAILS: Code = Code("P5403");
/// Something about gray members where none are asked for.
pub(crate) const NOTHING_GRAY: Code = Code("P5404");

/// What is lost of the work through a gray member, where nothing is said.
const SEVERITY: f64 = 0.5;
/// Minutes until a gray member is detected, where nothing is said.
const DETECT_MINUTES: f64 = 60.0;

/// `[protect]`, if it is written.
pub(super) fn read_protect(
    table: Option<&Table>,
    names: &Names<'_>,
    splits: bool,
    findings: &mut Findings,
) -> Option<Protect> {
    let table = table?;
    let sets = FailureSet::ALL.map(|set| (set.word(), set));
    let over = table.word("over", &sets).unwrap_or(FailureSet::Sites);
    let recovery = table.word(
        "recovery",
        &Recovery::ALL.map(|recovery| (recovery.word(), recovery)),
    );
    let failures = table.whole("failures").unwrap_or(1);
    let gray = table.whole("gray").filter(|most| *most > 0);
    let gray = gray.map(|most| ProtectGray {
        most,
        over: table.word("gray_over", &sets).unwrap_or(over),
        severity: table.number("severity").unwrap_or(SEVERITY),
        minutes: table.number("detect_minutes").unwrap_or(DETECT_MINUTES),
        max_loss: read_max_loss(table, names, findings),
    });
    let inventory = names.inventory;
    leaves_something(
        ("failures", "over"),
        (failures, over),
        table,
        inventory,
        findings,
    );
    if let Some(gray) = &gray {
        let set = if table.is_written("gray_over") {
            "gray_over"
        } else {
            "over"
        };
        leaves_something(
            ("gray", set),
            (gray.most, gray.over),
            table,
            inventory,
            findings,
        );
    } else {
        is_about_gray(table, findings);
        something_fails(failures, table, findings);
    }
    shards_are_whole(splits, table, findings);
    Some(Protect {
        failures,
        over,
        recovery: recovery.unwrap_or(Recovery::Replicas),
        gray,
    })
}

/// By tier, the largest share of a tenant's users who may lose their work.
fn read_max_loss(table: &Table, names: &Names<'_>, findings: &mut Findings) -> Vec<Option<f64>> {
    let mut max_loss = vec![None; names.inventory.tiers.len()];
    for (name, field) in table.shares("max_loss").into_iter().flatten() {
        let id = tier(name, names, &field.spot, findings);
        if let (Some(id), Some(Value::Number(share))) = (id, &field.value) {
            max_loss[id.index()] = Some(*share);
        }
    }
    max_loss
}

/// Rule: fewer fail, or turn gray, than there are. `keys` are those of how many and of what.
fn leaves_something(
    keys: (&str, &str),
    (most, over): (u32, FailureSet),
    table: &Table,
    inventory: &Inventory,
    findings: &mut Findings,
) {
    if table.is_broken(keys.0) || table.is_broken(keys.1) {
        return;
    }
    let count = over.members(inventory).len();
    if most as usize <= count {
        return;
    }
    let spot = table.field(keys.0).or(table.field(keys.1));
    let what = match keys.0 {
        "gray" => format!("{most} gray members"),
        _ => format!("{most} failures"),
    };
    findings.error(
        TOO_MANY_FAILURES,
        &spot.map_or_else(
            || table.spot.about("protect.failures"),
            |field| field.spot.clone(),
        ),
        what,
        format!(
            "at most {count}, the {} of the inventory",
            over.word().replace('_', " ")
        ),
        format!("lower {}, or choose another {}", keys.0, keys.1),
    );
}

/// Rule: what is said of gray members is said where some are asked for.
fn is_about_gray(table: &Table, findings: &mut Findings) {
    if table.is_broken("gray") {
        return;
    }
    for key in ["gray_over", "severity", "detect_minutes", "max_loss"] {
        if let Some(field) = table.field(key).filter(|field| field.value.is_some()) {
            findings.error(
                NOTHING_GRAY,
                &field.spot,
                format!("{key} without gray"),
                "gray = 1 or more beside it",
                format!("add gray = 1, or remove {key}"),
            );
        }
    }
}

/// Rule: there is something to survive.
fn something_fails(failures: u32, table: &Table, findings: &mut Findings) {
    if failures > 0 || table.is_broken("gray") {
        return;
    }
    if let Some(field) = table.field("failures") {
        findings.error(
            NOTHING_FAILS,
            &field.spot,
            "no failures and no gray members",
            "something to survive",
            "ask for failures, for gray members, or remove [protect]",
        );
    }
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
