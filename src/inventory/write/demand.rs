//! What is consumed, by whom, and how: resources, profiles, tiers, load curves, shards and replicas.

use super::network::header;
use super::said::Said;
use super::{TableText, optional};
use crate::model::{Inventory, MoveRule, Overload, ReplicaState, Scope};

/// resources.csv
pub(super) fn resources(inventory: &Inventory) -> TableText {
    let said = Said::of(
        ["overload", "queue_seconds"],
        inventory.listed_resources(),
        |row| {
            let overload = match row.overload {
                Overload::Lose => "lose",
                Overload::Queue => "queue",
            };
            let is_standard = row.overload == Overload::standard(row.scope);
            [
                (!is_standard).then(|| overload.to_owned()),
                row.queue_seconds.map(|own| own.to_string()),
            ]
        },
    );
    let fixed = [
        "resource",
        "unit",
        "scope",
        "headroom",
        "event_headroom",
        "varies",
        "replica_share",
        "moving_share",
    ];
    let table = TableText::new("resources.csv", &said.columns_after(&fixed));
    table.of(inventory.listed_resources(), |rows, position, row| {
        let scope = match row.scope {
            Scope::Site => "site",
            Scope::Network => "network",
        };
        let cells = [
            row.id.clone(),
            row.unit.clone(),
            scope.to_owned(),
            row.headroom.to_string(),
            optional(row.event_headroom),
            if row.varies { "yes" } else { "no" }.to_owned(),
            row.replica_share.to_string(),
            row.moving_share.to_string(),
        ];
        rows.row(cells.into_iter().chain(said.cells(position)));
    })
}

/// profiles.csv
pub(super) fn profiles(inventory: &Inventory) -> TableText {
    let all: Vec<usize> = (0..inventory.listed_resources().len()).collect();
    let optional_columns = [
        "timeout_seconds",
        "late_seconds",
        "service_seconds",
        "session_cost",
    ];
    let said = Said::of(optional_columns, &inventory.profiles, |row| {
        let session_cost = Some(row.session_cost).filter(|own| *own > 0.0);
        [
            row.timeout_seconds,
            row.late_seconds,
            row.service_seconds,
            session_cost,
        ]
        .map(|seconds| seconds.map(|own| own.to_string()))
    });
    let fixed = said.columns_after(&["profile", "retries", "sessions_per_hour"]);
    let table = TableText::new("profiles.csv", &header(inventory, &fixed, &all));
    table.of(&inventory.profiles, |rows, position, row| {
        let fixed = [
            row.id.clone(),
            row.retries.to_string(),
            row.sessions_per_hour.to_string(),
        ];
        let work = row.work[..all.len()].iter().map(f64::to_string);
        rows.row(fixed.into_iter().chain(said.cells(position)).chain(work));
    })
}

/// tiers.csv
pub(super) fn tiers(inventory: &Inventory) -> TableText {
    let table = TableText::new("tiers.csv", &["tier", "rank", "availability"]);
    table.of(&inventory.tiers, |rows, _, row| {
        rows.row([
            row.id.clone(),
            row.rank.to_string(),
            row.availability.to_string(),
        ]);
    })
}

/// `load_curves.csv`
pub(super) fn load_curves(inventory: &Inventory) -> TableText {
    let table = TableText::new("load_curves.csv", &["load_curve", "hour", "factor"]);
    table.of(&inventory.load_curves, |rows, _, row| {
        for (hour, factor) in row.factors.iter().enumerate() {
            rows.row([row.id.clone(), hour.to_string(), factor.to_string()]);
        }
    })
}

/// shards.csv
pub(super) fn shards(inventory: &Inventory) -> TableText {
    let table = TableText::new(
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
    table.of(&inventory.shards, |rows, position, row| {
        let site = row.site.map(|own| inventory.sites[own.index()].id.as_str());
        let jurisdiction = row
            .jurisdiction
            .map(|own| inventory.jurisdictions[own.index()].as_str());
        let move_rule = match row.move_rule {
            MoveRule::Free => "free",
            MoveRule::ReplicaOnly => "replica_only",
            MoveRule::Pinned => "pinned",
        };
        rows.row([
            inventory.shard_ids.get(position),
            &inventory.tenants[row.tenant.index()],
            &row.users.to_string(),
            site.unwrap_or_default(),
            &inventory.profiles[row.profile.index()].id,
            &inventory.client_regions[row.client_region.index()].id,
            &inventory.tiers[row.tier.index()].id,
            jurisdiction.unwrap_or_default(),
            &optional(row.max_latency.map(|limit| limit.0)),
            move_rule,
        ]);
    })
}

/// replicas.csv
pub(super) fn replicas(inventory: &Inventory) -> TableText {
    let table = TableText::new("replicas.csv", &["shard", "site", "preference", "state"]);
    table.of(&inventory.replicas, |rows, _, row| {
        let state = match row.state {
            ReplicaState::Ready => "ready",
            ReplicaState::Blocked => "blocked",
        };
        rows.row([
            inventory.shard_ids.get(row.shard.index()),
            &inventory.sites[row.site.index()].id,
            &row.preference.to_string(),
            state,
        ]);
    })
}
