//! What is consumed, by whom, and how: resources, profiles, tiers, load curves, shards and replicas.

use super::network::header;
use super::{TableText, optional, shard};
use crate::model::{Inventory, MoveRule, ReplicaState, Scope};

/// resources.csv
pub(super) fn resources(inventory: &Inventory) -> TableText {
    let mut table = TableText::new(
        "resources.csv",
        &[
            "resource",
            "unit",
            "scope",
            "headroom",
            "event_headroom",
            "varies",
            "replica_share",
            "moving_share",
        ],
    );
    for row in &inventory.resources {
        let scope = match row.scope {
            Scope::Site => "site",
            Scope::Network => "network",
        };
        table.row([
            row.id.clone(),
            row.unit.clone(),
            scope.to_owned(),
            row.headroom.to_string(),
            optional(row.event_headroom),
            if row.varies { "yes" } else { "no" }.to_owned(),
            row.replica_share.to_string(),
            row.moving_share.to_string(),
        ]);
    }
    table
}

/// profiles.csv
pub(super) fn profiles(inventory: &Inventory) -> TableText {
    let all: Vec<usize> = (0..inventory.resources.len()).collect();
    let mut table = TableText::new(
        "profiles.csv",
        &header(inventory, &["profile", "retries"], &all),
    );
    for row in &inventory.profiles {
        let fixed = [row.id.clone(), row.retries.to_string()];
        let demand = row.demand.iter().map(f64::to_string);
        table.row(fixed.into_iter().chain(demand));
    }
    table
}

/// tiers.csv
pub(super) fn tiers(inventory: &Inventory) -> TableText {
    let mut table = TableText::new("tiers.csv", &["tier", "rank", "availability"]);
    for row in &inventory.tiers {
        table.row([
            row.id.clone(),
            row.rank.to_string(),
            row.availability.to_string(),
        ]);
    }
    table
}

/// `load_curves.csv`
pub(super) fn load_curves(inventory: &Inventory) -> TableText {
    let mut table = TableText::new("load_curves.csv", &["load_curve", "hour", "factor"]);
    for row in &inventory.load_curves {
        for (hour, factor) in row.factors.iter().enumerate() {
            table.row([row.id.clone(), hour.to_string(), factor.to_string()]);
        }
    }
    table
}

/// shards.csv
pub(super) fn shards(inventory: &Inventory) -> TableText {
    let mut table = TableText::new(
        "shards.csv",
        &[
            "shard",
            "tenant",
            "users",
            "site",
            "profile",
            "client_region",
            "tier",
            "jurisdiction",
            "max_latency_ms",
            "move",
        ],
    );
    for (row, id) in inventory.shards.iter().zip(inventory.shard_ids.iter()) {
        let site = row.site.map(|own| inventory.sites[own.index()].id.clone());
        let jurisdiction = row
            .jurisdiction
            .map(|own| inventory.jurisdictions[own.index()].clone());
        let move_rule = match row.move_rule {
            MoveRule::Free => "free",
            MoveRule::ReplicaOnly => "replica_only",
            MoveRule::Pinned => "pinned",
        };
        table.row([
            id.to_owned(),
            inventory.tenants[row.tenant.index()].clone(),
            row.users.to_string(),
            site.unwrap_or_default(),
            inventory.profiles[row.profile.index()].id.clone(),
            inventory.client_regions[row.client_region.index()]
                .id
                .clone(),
            inventory.tiers[row.tier.index()].id.clone(),
            jurisdiction.unwrap_or_default(),
            optional(row.max_latency.map(|limit| limit.0)),
            move_rule.to_owned(),
        ]);
    }
    table
}

/// replicas.csv
pub(super) fn replicas(inventory: &Inventory) -> TableText {
    let mut table = TableText::new("replicas.csv", &["shard", "site", "preference", "state"]);
    for row in &inventory.replicas {
        let state = match row.state {
            ReplicaState::Ready => "ready",
            ReplicaState::Blocked => "blocked",
        };
        table.row([
            shard(inventory, row.shard),
            inventory.sites[row.site.index()].id.clone(),
            row.preference.to_string(),
            state.to_owned(),
        ]);
    }
    table
}
