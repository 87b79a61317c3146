//! What changes over time, what fails together, and what is paid back.

use super::{TableText, limit, shard};
use crate::model::{Credit, Inventory};

/// onboarding.csv
pub(super) fn onboarding(inventory: &Inventory) -> TableText {
    let table = TableText::new("onboarding.csv", &["date", "shard", "users", "low", "high"]);
    table.of(&inventory.onboarding, |rows, _, row| {
        rows.row([
            row.date.to_string(),
            shard(inventory, row.shard),
            row.users.to_string(),
            row.low.to_string(),
            row.high.to_string(),
        ]);
    })
}

/// `capacity_changes.csv`
pub(super) fn capacity_changes(inventory: &Inventory) -> TableText {
    let table = TableText::new(
        "capacity_changes.csv",
        &["date", "component", "resource", "capacity"],
    );
    table.of(&inventory.capacity_changes, |rows, _, row| {
        rows.row([
            row.date.to_string(),
            inventory.component_name(row.component).to_owned(),
            inventory.resources[row.resource.index()].id.clone(),
            limit(row.capacity),
        ]);
    })
}

/// background.csv
pub(super) fn background(inventory: &Inventory) -> TableText {
    let table = TableText::new("background.csv", &["component", "resource", "load"]);
    table.of(&inventory.background, |rows, _, row| {
        rows.row([
            inventory.component_name(row.component).to_owned(),
            inventory.resources[row.resource.index()].id.clone(),
            row.load.to_string(),
        ]);
    })
}

/// `risk_groups.csv`
pub(super) fn risk_groups(inventory: &Inventory) -> TableText {
    let table = TableText::new("risk_groups.csv", &["risk_group", "component"]);
    table.of(&inventory.risk_groups, |rows, _, row| {
        for component in &row.components {
            rows.row([
                row.id.clone(),
                inventory.component_name(*component).to_owned(),
            ]);
        }
    })
}

/// credits.csv, without a row where the standard credits hold.
pub(super) fn credits(inventory: &Inventory) -> TableText {
    /// An empty file means the standard credits: that nobody is paid anything back has to be said.
    const NONE: [Credit; 1] = [Credit {
        uptime_below: 1.0,
        share: 0.0,
    }];
    let credits: &[Credit] = match inventory.credits.as_slice() {
        [] => &NONE,
        standard if standard == Credit::STANDARD => &[],
        own => own,
    };
    let table = TableText::new("credits.csv", &["uptime_below", "credit"]);
    table.of(credits, |rows, _, row| {
        rows.row([row.uptime_below.to_string(), row.share.to_string()]);
    })
}
