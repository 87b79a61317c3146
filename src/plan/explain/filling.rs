//! Filling: who fills a component, resource by resource.

use super::written::Written;
use crate::formulation::rows::RowId;
use crate::ids::{ClientRegionId, ComponentId, ResourceId, SiteId};
use crate::plan::by_group_and_site::ByGroupAndSite;
use crate::plan::extract::MeanDemands;
use crate::plan::state::{Flow, flows_in};
use std::collections::BTreeMap;

/// Who fills a component in one resource. Amounts are in the resource's unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Filling {
    /// Of what.
    pub resource: ResourceId,
    /// Load of the plan.
    pub load: f64,
    /// Capacity left in the period.
    pub capacity: f64,
    /// Capacity without events.
    pub nominal: f64,
    /// Headroom target in force, a share.
    pub target: f64,
    /// The written one: more than that in force where some of it was missing before.
    pub written_target: f64,
    /// What services outside the inventory use.
    pub background: f64,
    /// What passive copies use.
    pub copies: f64,
    /// By tenant, what its users use; the most first. Along paths steering cannot tell tenants of a group apart:
    /// there it is in proportion to their users at the site.
    pub tenants: Vec<(u32, f64)>,
    /// By client region; the most first.
    pub client_regions: Vec<(ClientRegionId, f64)>,
    /// By site that the users are served at, for what is along the path; the most first.
    pub sites: Vec<(SiteId, f64)>,
}

/// Who fills a component, in the order of the resources that it limits; nothing if none of it is left.
pub fn filling(written: &Written<'_>, component: ComponentId) -> Vec<Filling> {
    let rows = &written.problem.rows;
    let filter = rows
        .families_of_loads()
        .filter(|(_, row)| row.component == component);
    filter
        .map(|(family, _)| {
            // The slice that has most load is reported, the first of equals.
            let by_load = |a: &RowId, b: &RowId| {
                let [of_a, of_b] = [*a, *b].map(|row| written.load.of(&rows.rows[row]));
                of_a.total_cmp(&of_b).then(b.cmp(a))
            };
            let slices = rows.family(family).map(|(row, _)| row);
            of_row(written, slices.max_by(by_load).unwrap_or(family))
        })
        .collect()
}

fn of_row(written: &Written<'_>, row: RowId) -> Filling {
    let problem = written.problem;
    let setting = &problem.setting;
    let inventory = setting.inventory;
    let load_row = &problem.rows.rows[row];
    let at = [load_row.component.index(), load_row.resource.index()];
    let mut tenants: BTreeMap<u32, f64> = BTreeMap::new();
    let mut regions: BTreeMap<ClientRegionId, f64> = BTreeMap::new();
    let mut sites: BTreeMap<SiteId, f64> = BTreeMap::new();
    for part in written.parts {
        let class = problem.classes.class_of.get(part.home());
        let (Some(class), Some(site)) = (class, part.site) else {
            continue;
        };
        let per_user: f64 = problem
            .loads_at_site(class, site)
            .filter(|(index, _)| *index == row)
            .map(|(_, load)| load)
            .sum();
        if per_user > 0.0 {
            let shard = &inventory.shards[part.shard.index()];
            *tenants.entry(shard.tenant.0).or_default() += per_user * part.users;
            *regions.entry(shard.client_region).or_default() += per_user * part.users;
        }
    }
    let means = MeanDemands::new(setting, written.groups);
    let shares = shares_of_tenants(written);
    let shares_of = |flow: &Flow| {
        let group = written.groups.of(&flow.group)?;
        shares.get(group, flow.path.site)
    };
    for flow in flows_in(written.flows, load_row.slice) {
        let passed = problem.rows.passed(setting.network, &flow.path);
        let times = passed.filter(|(passed, _)| *passed == row).count();
        if times == 0 {
            continue;
        }
        let mean = means.of(&flow.group, flow.slice)[load_row.resource.index()];
        let load = mean * flow.users * times as f64 / load_row.shares;
        *regions.entry(flow.group.client_region).or_default() += load;
        *sites.entry(flow.path.site).or_default() += load;
        for (tenant, share) in shares_of(flow).into_iter().flatten() {
            *tenants.entry(*tenant).or_default() += load * share;
        }
    }
    let background: f64 = inventory
        .background
        .iter()
        .filter(|background| {
            (background.component, background.resource) == (load_row.component, load_row.resource)
        })
        .map(|background| background.load)
        .sum();
    Filling {
        resource: load_row.resource,
        load: written.load.of(load_row),
        capacity: load_row.capacity,
        nominal: setting.case.nominal[at].unwrap_or(load_row.capacity),
        target: load_row.target * (1.0 - load_row.kept),
        written_target: load_row.target,
        background: background.min(load_row.fixed),
        copies: (load_row.fixed - background).max(0.0),
        tenants: most_first(tenants),
        client_regions: most_first(regions),
        sites: most_first(sites),
    }
}

/// By steering group and site, the share of each tenant in the users there.
fn shares_of_tenants(written: &Written<'_>) -> ByGroupAndSite<Vec<(u32, f64)>> {
    let inventory = written.problem.setting.inventory;
    let groups = written.groups;
    let mut users: ByGroupAndSite<BTreeMap<u32, f64>> = ByGroupAndSite::new(groups.len());
    for part in written.parts {
        let Some(site) = part.site else { continue };
        let of_tenant = users.entry(groups.of_shard(part.shard), site);
        let tenant = inventory.shards[part.shard.index()].tenant;
        *of_tenant.entry(tenant.0).or_default() += part.users;
    }
    let mut shares: ByGroupAndSite<Vec<(u32, f64)>> = ByGroupAndSite::new(groups.len());
    for (group, site, of_tenants) in users.iter() {
        let all: f64 = of_tenants.values().sum();
        if all > 0.0 {
            let of_all = of_tenants
                .iter()
                .map(|(tenant, users)| (*tenant, users / all));
            *shares.entry(group, site) = of_all.collect();
        }
    }
    shares
}

/// The largest first, equal ones in their order.
fn most_first<K: Ord + Copy>(amounts: BTreeMap<K, f64>) -> Vec<(K, f64)> {
    let mut amounts: Vec<(K, f64)> = amounts
        .into_iter()
        .filter(|(_, load)| *load > 0.0)
        .collect();
    amounts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    amounts
}
