//! Capacity deficits in words: the demand of a group, its sites, and the capacity there.

use super::grammar::{count, listed, lower_first, only_if, short};
use super::numbers::{lost_users, quantity};
use super::text::visible;
use crate::ids::{ClientRegionId, SiteId, TenantId};
use crate::model::Inventory;
use crate::plan::{Bond, Cut, PeriodPlan, Stopped};
use crate::plan_files::{CutKind, CutRow};
use crate::units::Milliseconds;
use std::collections::BTreeSet;

/// The sentence of a cut.
pub fn cut_sentence(inventory: &Inventory, cut: &Cut) -> String {
    let (who, sites) = (who(inventory, cut), inventory.listed_sites(&cut.sites));
    let unit = cut
        .resource()
        .map(|resource| &inventory.resources[resource.index()].unit);
    let unit = unit.map_or_else(String::new, |text| visible(text).into_owned());
    let needs = quantity(cut.needs, &unit);
    let [has, short] = [cut.has, cut.short()].map(|value| quantity(value, ""));
    let has_any = cut.has > 0.0;
    match &cut.stopped {
        Stopped::AtSites { .. } => {
            let have = if cut.sites.len() == 1 { "has" } else { "have" };
            let left = if has_any { has.as_str() } else { "nothing" };
            format!("{who} need {needs}; {sites} {have} {left} left, {short} short.")
        }
        Stopped::AlongPath { components, .. } if components.is_empty() => {
            format!("{who} need {needs}, and no path leads to {sites}.")
        }
        Stopped::AlongPath { components, .. } => {
            let over = inventory.listed_components(components);
            let let_pass = if components.len() == 1 { "lets" } else { "let" };
            let pass = if has_any { has.as_str() } else { "nothing" };
            format!(
                "{who} reach {sites} only through {over}. They need {needs}, and {over} {let_pass} {pass} pass: {short} short."
            )
        }
        Stopped::NoSite if cut.sites.is_empty() => format!("{who} have no permitted site."),
        Stopped::NoSite => format!("{who} have no site: nothing is left of {sites}."),
        Stopped::NoPath { max_latency, .. } => {
            let within = max_latency.map(|limit| format!(" within {}", Milliseconds(limit)));
            let within = within.unwrap_or_default();
            format!("{who} have no open path{within} to {sites}.")
        }
    }
}

/// The cuts of a period for programs.
pub fn cut_rows(inventory: &Inventory, period: &PeriodPlan) -> Vec<CutRow> {
    let site = |site: &SiteId| inventory.sites[site.index()].id.clone();
    let row = |cut: &Cut| {
        let resource = cut
            .resource()
            .map(|resource| &inventory.resources[resource.index()]);
        let sites: Vec<String> = cut.sites.iter().map(site).collect();
        let components = match &cut.stopped {
            Stopped::AlongPath { components, .. } => components
                .iter()
                .map(|component| inventory.component_name(*component).to_owned())
                .collect(),
            _ => sites.clone(),
        };
        let tenants = tenants(inventory, cut).into_iter();
        let shards = cut.shards.iter();
        let regions = client_regions(cut).iter();
        CutRow {
            period: u32::try_from(period.period.index).unwrap_or(u32::MAX),
            kind: match cut.stopped {
                Stopped::AtSites { .. } => CutKind::Sites,
                Stopped::AlongPath { .. } => CutKind::Ways,
                Stopped::NoSite => CutKind::NoSite,
                Stopped::NoPath { .. } => CutKind::NoPath,
            },
            resource: resource.map(|resource| resource.id.clone()),
            unit: resource.map_or_else(|| "users".to_owned(), |resource| resource.unit.clone()),
            tenants: tenants
                .map(|tenant| inventory.tenant_name(tenant).to_owned())
                .collect(),
            shards: shards
                .map(|shard| inventory.shard_name(*shard).to_owned())
                .collect(),
            users: cut.users,
            sites,
            client_regions: regions
                .map(|region| inventory.client_regions[region.index()].id.clone())
                .collect(),
            components,
            needs: cut.needs,
            has: cut.has,
            short: cut.short(),
            sentence: cut_sentence(inventory, cut),
        }
    };
    period.cuts.iter().map(row).collect()
}

fn tenants(inventory: &Inventory, cut: &Cut) -> BTreeSet<TenantId> {
    let shards = cut.shards.iter();
    shards
        .map(|shard| inventory.shards[shard.index()].tenant)
        .collect()
}

fn client_regions(cut: &Cut) -> &[ClientRegionId] {
    match &cut.stopped {
        Stopped::AlongPath { client_regions, .. } | Stopped::NoPath { client_regions, .. } => {
            client_regions
        }
        Stopped::AtSites { .. } | Stopped::NoSite => &[],
    }
}

/// `Tenants that must stay in EU (34 tenants, 412,000 users)`.
fn who(inventory: &Inventory, cut: &Cut) -> String {
    let regions = client_regions(cut).iter();
    let regions: Vec<&str> = regions
        .map(|region| inventory.client_region_name(*region))
        .collect();
    let from = only_if(!regions.is_empty(), || {
        format!(" from {}", listed(&regions))
    });
    let held = |bond: Bond, from: &str| held(inventory, cut, bond, from);
    let whose = match cut.bonds.as_slice() {
        [one] => held(*one, &from),
        [one, other] if !cut.bonds.contains(&Bond::Mixed) => {
            let other = lower_first(&held(*other, ""));
            format!("{} and {other}", held(*one, &from))
        }
        _ => held(Bond::Mixed, &from),
    };
    let tenants = count(tenants(inventory, cut).len(), "tenant");
    format!("{whose} ({tenants}, {})", lost_users(cut.users))
}

/// `Tenants from Porto that must stay in EU`.
fn held(inventory: &Inventory, cut: &Cut, bond: Bond, from: &str) -> String {
    match bond {
        Bond::None => format!("Tenants{from} that may go to any open site"),
        Bond::Jurisdiction(jurisdiction) => {
            let place = short(inventory.jurisdiction_name(jurisdiction));
            format!("Tenants{from} that must stay in {place}")
        }
        Bond::Pinned => format!("Shards{from} that are pinned to their site"),
        Bond::ReplicaOnly => format!("Shards{from} that may only move to a replica"),
        Bond::Failover => {
            format!("Shards{from} of a failed site that may only run from a ready replica")
        }
        Bond::Drain => format!("Shards{from} that may only move to one of their replicas"),
        Bond::Unaffected => format!("Shards{from} that no event touches and that may not move"),
        Bond::Mixed if cut.sites.is_empty() => {
            format!("Shards{from} without a permitted site")
        }
        Bond::Mixed => {
            let sites = inventory.listed_sites(&cut.sites);
            format!("Shards{from} that may only be at {sites}")
        }
    }
}
