//! Cuts in words: who needs how much where, and what there is.

use super::grammar::{count, listed, lower_first};
use super::numbers::{lost_users, quantity};
use super::text::visible;
use crate::ids::{ClientRegionId, ComponentId, SiteId, TenantId};
use crate::model::Inventory;
use crate::plan::{Bond, Cut, PeriodPlan, Stopped};
use crate::plan_files::{CutKind, CutRow};
use crate::units::Milliseconds;

/// The sentence of a cut.
pub fn cut_sentence(inventory: &Inventory, cut: &Cut) -> String {
    let speaker = Speaker { inventory, cut };
    let (who, sites) = (speaker.who(), speaker.sites(&cut.sites));
    match &cut.stopped {
        Stopped::AtSites { .. } => {
            let have = if cut.sites.len() == 1 { "has" } else { "have" };
            let left = if cut.has > 0.0 {
                format!("{sites} {have} {} left", quantity(cut.has, ""))
            } else {
                format!("{sites} {have} nothing left")
            };
            format!(
                "{who} need {}, {left}: {} short.",
                quantity(cut.needs, &speaker.unit()),
                quantity(cut.short(), "")
            )
        }
        Stopped::OnTheWay { components, .. } => {
            let over = speaker.components(components);
            let let_pass = if components.len() == 1 { "lets" } else { "let" };
            let pass = if cut.has > 0.0 {
                format!("{} pass", quantity(cut.has, ""))
            } else {
                "nothing pass".to_owned()
            };
            if components.is_empty() {
                return format!(
                    "{who} need {}, and no way leads to {sites}.",
                    quantity(cut.needs, &speaker.unit())
                );
            }
            format!(
                "{who} reach {sites} only through {over}: they need {}, {over} {let_pass} {pass}: {} short.",
                quantity(cut.needs, &speaker.unit()),
                quantity(cut.short(), "")
            )
        }
        Stopped::NoSite if cut.sites.is_empty() => {
            format!("{who} may be at no site.")
        }
        Stopped::NoSite => format!("{who} have nowhere to go: nothing is left of {sites}."),
        Stopped::NoPath { max_latency, .. } => {
            let within = max_latency.map_or_else(String::new, |limit| {
                format!(" within {}", Milliseconds(limit))
            });
            format!("{who} have no open path{within} to {sites}.")
        }
    }
}

/// The cuts of a period for programs.
pub fn cut_rows(inventory: &Inventory, period: &PeriodPlan) -> Vec<CutRow> {
    let ids = |sites: &[SiteId]| -> Vec<String> {
        let ids = sites.iter().map(|site| &inventory.sites[site.index()].id);
        ids.cloned().collect()
    };
    let rows = period.cuts.iter().map(|cut| {
        let resource = cut
            .resource()
            .map(|resource| &inventory.resources[resource.index()]);
        let speaker = Speaker { inventory, cut };
        let components = match &cut.stopped {
            Stopped::OnTheWay { components, .. } => components
                .iter()
                .map(|component| inventory.component_name(*component).to_owned())
                .collect(),
            _ => ids(&cut.sites),
        };
        CutRow {
            period: u32::try_from(period.period.index).unwrap_or(u32::MAX),
            kind: match cut.stopped {
                Stopped::AtSites { .. } => CutKind::Sites,
                Stopped::OnTheWay { .. } => CutKind::Ways,
                Stopped::NoSite => CutKind::NoSite,
                Stopped::NoPath { .. } => CutKind::NoPath,
            },
            resource: resource.map(|resource| resource.id.clone()),
            unit: resource.map_or_else(|| "users".to_owned(), |resource| resource.unit.clone()),
            tenants: speaker
                .tenants()
                .iter()
                .map(|tenant| inventory.tenants[tenant.index()].clone())
                .collect(),
            shards: cut
                .shards
                .iter()
                .map(|shard| inventory.shard_name(*shard).to_owned())
                .collect(),
            users: cut.users,
            sites: ids(&cut.sites),
            client_regions: speaker
                .client_regions()
                .iter()
                .map(|region| inventory.client_regions[region.index()].id.clone())
                .collect(),
            components,
            needs: cut.needs,
            has: cut.has,
            short: cut.short(),
            sentence: cut_sentence(inventory, cut),
        }
    });
    rows.collect()
}

struct Speaker<'a> {
    inventory: &'a Inventory,
    cut: &'a Cut,
}

impl Speaker<'_> {
    /// Whose shards, ascending, each once.
    fn tenants(&self) -> Vec<TenantId> {
        let shards = self.cut.shards.iter();
        let mut tenants: Vec<TenantId> = shards
            .map(|shard| self.inventory.shards[shard.index()].tenant)
            .collect();
        tenants.sort_unstable();
        tenants.dedup();
        tenants
    }

    fn client_regions(&self) -> &[ClientRegionId] {
        match &self.cut.stopped {
            Stopped::OnTheWay { client_regions, .. } | Stopped::NoPath { client_regions, .. } => {
                client_regions
            }
            Stopped::AtSites { .. } | Stopped::NoSite => &[],
        }
    }

    /// `Tenants that must stay in EU (34 tenants, 412,000 users)`.
    fn who(&self) -> String {
        let inventory = self.inventory;
        let from = match self.client_regions() {
            [] => String::new(),
            regions => {
                let names = regions.iter();
                let names: Vec<&str> = names
                    .map(|region| inventory.client_region_name(*region))
                    .collect();
                format!(" from {}", listed(&names))
            }
        };
        let whose = match self.cut.bonds.as_slice() {
            [one] => self.held(*one, &from),
            [one, other] if !self.cut.bonds.contains(&Bond::Mixed) => {
                let other = lower_first(&self.held(*other, ""));
                format!("{} and {other}", self.held(*one, &from))
            }
            _ => self.held(Bond::Mixed, &from),
        };
        format!(
            "{whose} ({}, {})",
            count(self.tenants().len(), "tenant"),
            lost_users(self.cut.users)
        )
    }

    /// `Tenants from Porto that must stay in EU`.
    fn held(&self, bond: Bond, from: &str) -> String {
        match bond {
            Bond::None => format!("Tenants{from} that may go to any open site"),
            Bond::Jurisdiction(jurisdiction) => {
                let place = self.inventory.jurisdiction_name(jurisdiction);
                format!("Tenants{from} that must stay in {}", listed(&[place]))
            }
            Bond::Pinned => format!("Shards{from} that are pinned to their site"),
            Bond::ReplicaOnly => format!("Shards{from} that may only move to a replica"),
            Bond::Failover => format!(
                "Shards{from} whose site has failed and that run from a ready replica or not at all"
            ),
            Bond::Drain => format!("Shards{from} that may only move to one of their replicas"),
            Bond::Unaffected => format!("Shards{from} that nothing touches and that may not move"),
            Bond::Mixed => {
                let sites = self.sites_or(&self.cut.sites);
                format!("Shards{from} that may only be at {sites}")
            }
        }
    }

    fn sites(&self, sites: &[SiteId]) -> String {
        let sites = sites.iter();
        let sites = sites.map(|site| self.inventory.site_component(*site));
        self.components(&sites.collect::<Vec<_>>())
    }

    fn sites_or(&self, sites: &[SiteId]) -> String {
        if sites.is_empty() {
            "no site".to_owned()
        } else {
            self.sites(sites)
        }
    }

    fn components(&self, components: &[ComponentId]) -> String {
        let components = components.iter();
        let names: Vec<&str> = components
            .map(|component| self.inventory.component_title(*component))
            .collect();
        listed(&names)
    }

    fn unit(&self) -> String {
        let resource = self.cut.resource();
        resource.map_or_else(String::new, |resource| {
            visible(&self.inventory.resources[resource.index()].unit).into_owned()
        })
    }
}
