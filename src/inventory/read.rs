//! Reading: the whole folder at once, from bytes to an inventory and everything that is wrong with it.

use super::findings::Findings;
use super::named::{Entry, Interner};
use super::places::Places;
use super::register::{add_links, add_places};
use super::rows::{self, Located};
use super::source::{Folder, SourceFile};
use super::swapped;
use super::table::{Capacities, Resources};
use super::validate;
use crate::diagnostic::{Finding, Severity};
use crate::ids::{JurisdictionId, ResourceId, TenantId};
use crate::model::{ContactOf, Inventory, Site};
use ndarray::Array2;

/// An inventory folder as read: what it holds and what is wrong with it.
///
/// Invariant: `inventory` is `None` if and only if there is an error.
#[derive(Debug)]
pub struct Reading {
    /// What the folder holds; `None` if anything in it is an error.
    pub inventory: Option<Inventory>,
    /// What is wrong, in the order of files and lines. Of one rule in one file the first fifty are listed, and
    /// one more finding says how many others there are.
    pub findings: Vec<Finding>,
    /// How many errors there are, listed or not.
    pub errors: usize,
    /// How many warnings there are, listed or not.
    pub warnings: usize,
}

/// The inventory that `files` hold, with everything that is wrong with them.
///
/// The order of files, of rows and of columns changes nothing. No bytes make it panic.
///
/// ```
/// use plimsoll::inventory::{SourceFile, read};
/// let reading = read(&[SourceFile { name: "sites.csv".into(), bytes: b"site\nchi\n".to_vec() }]);
/// assert!(reading.inventory.is_none());
/// assert_eq!(reading.findings[0].to_string(),
///     "resources.csv: found no such file, expected a file of this name in the inventory folder [P1001]\n\
///      hint: add it; it holds resources that components limit");
/// ```
pub fn read(files: &[SourceFile]) -> Reading {
    let mut findings = Findings::default();
    let inventory = assembled(files, &mut findings);
    let again = |files: &[SourceFile]| {
        let mut findings = Findings::default();
        assembled(files, &mut findings);
        findings
    };
    if let Some(one) = swapped::as_one_finding(files, &findings, again) {
        findings = one;
    }
    let errors = findings.count(Severity::Error);
    Reading {
        inventory: (errors == 0).then_some(inventory),
        errors,
        warnings: findings.count(Severity::Warning),
        findings: findings.into_sorted(),
    }
}

/// The inventory as far as it could be read: sound only if there is no error among the findings.
fn assembled(files: &[SourceFile], findings: &mut Findings) -> Inventory {
    let folder = Folder::open(files, findings);
    let mut jurisdictions = Interner::default();
    let mut tenants = Interner::default();

    let named_resources = rows::demand::resources(&folder, findings);
    let resources = Resources {
        rows: named_resources.values().cloned().collect(),
        is_broken: findings.has_errors_in(&[named_resources.file]),
    };
    let profiles = rows::demand::profiles(&folder, &resources, findings);
    let tiers = rows::demand::tiers(&folder, findings);
    let load_curves = rows::demand::load_curves(&folder, findings);
    let client_regions = rows::network::client_regions(&folder, &load_curves, findings);
    let sites = rows::network::sites(&folder, &resources, &mut jurisdictions, findings);
    let access_points = rows::network::access_points(&folder, &resources, findings);
    let elements = rows::network::elements(&folder, &resources, findings);

    let mut places = Places::default();
    add_places(
        &mut places,
        &client_regions,
        &sites,
        &access_points,
        &elements,
        findings,
    );
    let links = rows::network::links(&folder, &resources, (&places, &profiles), findings);
    add_links(&mut places, &links, findings);

    let targets = rows::shards::Targets {
        sites: &sites,
        profiles: &profiles,
        client_regions: &client_regions,
        tiers: &tiers,
    };
    let mut shards = rows::shards::read(
        &folder,
        &targets,
        &mut tenants,
        &mut jurisdictions,
        findings,
    );
    let replicas = rows::changes::replicas(&folder, &shards, &sites, findings);
    let onboarding = rows::changes::onboarding(&folder, &shards, findings);
    let are_shards_whole = !findings.is_unreadable("shards.csv");
    let growth_targets = rows::growth::GrowthTargets {
        are_shards_whole,
        client_regions: &client_regions,
        profiles: &profiles,
        tiers: &tiers,
    };
    let mut growth = rows::growth::growth(&folder, &mut tenants, &growth_targets, findings);
    let capacity_changes =
        rows::changes::capacity_changes(&folder, &places, &named_resources, findings);
    let background = rows::changes::background(&folder, &places, &named_resources, findings);
    let risk_groups = rows::changes::risk_groups(&folder, &places, findings);
    let credits = rows::changes::credits(&folder, findings);
    let mut contacts =
        rows::contacts::contacts(&folder, (&mut tenants, are_shards_whole), &sites, findings);

    let named = rows::resumed::ResumedTargets {
        shards: &shards,
        sites: &sites,
        profiles: &profiles,
        links: &links,
        access_points: &access_points,
        places: &places,
        resources: &named_resources,
    };
    let resumed = rows::resumed::resumed(&folder, &named, findings);

    let (tenants, tenant_positions) = tenants.into_sorted();
    let (jurisdictions, jurisdiction_positions) = jurisdictions.into_sorted();
    for shard in &mut shards.rows {
        shard.tenant = TenantId(tenant_positions[shard.tenant.index()]);
        shard.jurisdiction = shard
            .jurisdiction
            .map(|jurisdiction| JurisdictionId(jurisdiction_positions[jurisdiction.index()]));
    }
    for contact in &mut contacts {
        if let ContactOf::Tenant(tenant) = &mut contact.of {
            *tenant = TenantId(tenant_positions[tenant.index()]);
        }
    }
    contacts.sort();
    for tenant in growth
        .iter_mut()
        .filter_map(|row| row.value.tenant.as_mut())
    {
        *tenant = TenantId(tenant_positions[tenant.index()]);
    }
    rows::growth::sort(&mut growth);

    let lines = validate::Lines {
        sites: sites.lines(),
        links: links.lines(),
        elements: elements.elements.lines(),
        access_points: access_points.lines(),
        client_regions: client_regions.lines(),
        shards: shards.lines,
        replicas: replicas.lines,
    };
    let (sites, site_capacities) = split(sites.entries, |(site, capacities)| (site, capacities));
    let (access_points, access_point_capacities) =
        split(access_points.entries, |(access_point, capacities)| {
            (access_point, capacities)
        });
    let (element_rows, element_capacities) =
        split(elements.elements.entries, |(element, capacities, _)| {
            (element, capacities)
        });
    let (links, link_capacities) = split(links.entries, |(link, capacities)| (link, capacities));
    let capacities = [
        site_capacities,
        access_point_capacities,
        element_capacities,
        link_capacities,
    ];
    let capacity = capacity_table(capacities.concat(), resources.rows.len());
    let inventory = Inventory {
        resources: resources.rows,
        profiles: values(profiles.entries),
        sites: sites
            .into_iter()
            .map(|site| with_sorted_jurisdictions(site, &jurisdiction_positions))
            .collect(),
        access_points,
        elements: element_rows,
        pools: values(elements.pools),
        links,
        client_regions: values(client_regions.entries),
        tiers: values(tiers.entries),
        tenants,
        jurisdictions,
        shard_ids: shards.ids,
        shards: shards.rows.into(),
        replicas: replicas.rows.into(),
        has_replicas: replicas.has_rows,
        capacity,
        onboarding: unplaced(&onboarding),
        growth: unplaced(&growth),
        capacity_changes: unplaced(&capacity_changes),
        background: unplaced(&background),
        risk_groups,
        load_curves: values(load_curves.entries),
        credits,
        contacts,
        resumed,
    };
    if !findings.has_errors_in(&["shards.csv", "growth.csv"]) {
        validate::growth::is_within_reason(&inventory, &growth, findings);
    }
    rows::changes::leaves_nobody_below_zero(&inventory, &onboarding, findings);
    validate::whole(&inventory, &lines, findings);
    inventory.in_normal_operation()
}

/// A site with its jurisdictions by position, ascending.
fn with_sorted_jurisdictions(mut site: Site, positions: &[u32]) -> Site {
    for jurisdiction in &mut site.jurisdictions {
        *jurisdiction = JurisdictionId(positions[jurisdiction.index()]);
    }
    site.jurisdictions.sort_unstable();
    site
}

/// Component × resource: capacities, `None` where nothing limits.
fn capacity_table(rows: Vec<Capacities>, resources: usize) -> Array2<Option<f64>> {
    let mut table = Array2::from_elem((rows.len(), resources), None);
    for (component, capacities) in rows.into_iter().enumerate() {
        for (resource, capacity) in capacities {
            let ResourceId(resource) = resource;
            table[[component, resource as usize]] = capacity;
        }
    }
    table
}

/// The entries' values and their capacities.
fn split<T, V>(
    entries: Vec<Entry<T>>,
    parts: impl Fn(T) -> (V, Capacities),
) -> (Vec<V>, Vec<Capacities>) {
    entries.into_iter().map(|entry| parts(entry.value)).unzip()
}

/// The entries without ids and lines.
fn values<T>(entries: Vec<Entry<T>>) -> Vec<T> {
    entries.into_iter().map(|entry| entry.value).collect()
}

/// The rows without their lines.
fn unplaced<T: Clone>(rows: &[Located<T>]) -> Vec<T> {
    rows.iter().map(|row| row.value.clone()).collect()
}
