//! `[protect]`: contingencies that the plan must survive.

use super::findings::Findings;
use super::names::Names;
use super::table::Table;
use crate::diagnostic::Code;
use crate::ids::TierId;
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

/// `[protect]`, if it is written and enabled.
pub(super) fn read_protect(
    table: Option<&Table>,
    names: &Names<'_>,
    splits: bool,
    findings: &mut Findings,
) -> Option<Protect> {
    // A layer cannot remove a table: it disables it, and what the table asks for is then not looked at.
    let table = table.filter(|table| table.flag("enabled") != Some(false))?;
    let over = table.name("over").and_then(FailureSet::of_word);
    let over = over.unwrap_or(FailureSet::Sites);
    let gray_over = table.name("gray_over").and_then(FailureSet::of_word);
    let recovery = table.name("recovery").and_then(Recovery::of_word);
    let failures = table.whole("failures").unwrap_or(1);
    let gray = table.whole("gray").filter(|most| *most > 0);
    let gray = gray.map(|most| ProtectGray {
        most,
        over: gray_over.unwrap_or(over),
        severity: table.number("severity").unwrap_or(SEVERITY),
        minutes: table.number("detect_minutes").unwrap_or(DETECT_MINUTES),
        max_loss: names.tiers.shares(
            table,
            "max_loss",
            (names.inventory.tiers.len(), TierId::index),
            findings,
        ),
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
                "gray = 1 or more with it",
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
            "at least one failure or gray member",
            "set failures or gray to 1 or more, or enabled = false",
        );
    }
}

/// Rule: what is not applied is said.
fn shards_are_whole(splits: bool, table: &Table, findings: &mut Findings) {
    if splits {
        findings.warning(
            NOT_APPLIED,
            &table.spot.about("protect"),
            "[protect] with split_shards = true, which disables it",
            "whole shards",
            "remove split_shards, or check the failures with `plimsoll sweep`",
        );
    }
}
