//! What changes over time, and what fails together.

use super::{TableText, limit, shard};
use crate::model::Inventory;

/// onboarding.csv
pub(super) fn onboarding(inventory: &Inventory) -> TableText {
    let mut table = TableText::new("onboarding.csv", &["date", "shard", "users", "low", "high"]);
    for row in &inventory.onboarding {
        table.row([
            row.date.to_string(),
            shard(inventory, row.shard),
            row.users.to_string(),
            row.low.to_string(),
            row.high.to_string(),
        ]);
    }
    table
}

/// `capacity_changes.csv`
pub(super) fn capacity_changes(inventory: &Inventory) -> TableText {
    let mut table = TableText::new(
        "capacity_changes.csv",
        &["date", "component", "resource", "capacity"],
    );
    for row in &inventory.capacity_changes {
        table.row([
            row.date.to_string(),
            inventory.component_name(row.component).to_owned(),
            inventory.resources[row.resource.index()].id.clone(),
            limit(row.capacity),
        ]);
    }
    table
}

/// background.csv
pub(super) fn background(inventory: &Inventory) -> TableText {
    let mut table = TableText::new("background.csv", &["component", "resource", "load"]);
    for row in &inventory.background {
        table.row([
            inventory.component_name(row.component).to_owned(),
            inventory.resources[row.resource.index()].id.clone(),
            row.load.to_string(),
        ]);
    }
    table
}

/// `risk_groups.csv`
pub(super) fn risk_groups(inventory: &Inventory) -> TableText {
    let mut table = TableText::new("risk_groups.csv", &["risk_group", "component"]);
    for row in &inventory.risk_groups {
        for component in &row.components {
            table.row([
                row.id.clone(),
                inventory.component_name(*component).to_owned(),
            ]);
        }
    }
    table
}
