//! Rules: what a scenario names stands in the inventory.

use super::findings::{Findings, Spot};
use super::names::Names;
use super::table::{Field, Table};
use crate::diagnostic::Code;
use crate::ids::{ClientRegionId, ComponentId, ProfileId, ResourceId, TenantId, TierId};

/// An event names a component that is not there.
pub(crate) const NO_COMPONENT: Code = Code("P5201");
/// An event names a risk group that is not there.
pub(crate) const NO_RISK_GROUP: Code = Code("P5202");
/// A resource that is not there.
pub(crate) const NO_RESOURCE: Code = Code("P5203");
/// A surge names a client region that is not there.
pub(crate) const NO_CLIENT_REGION: Code = Code("P5204");
/// A surge names a profile that is not there.
pub(crate) const NO_PROFILE: Code = Code("P5205");
/// A surge names a tenant that is not there.
pub(crate) const NO_TENANT: Code = Code("P5206");
/// `[protect]` bounds the loss of a tier that is not there.
pub(crate) const NO_TIER: Code = Code("P5207");

/// What the names of one event stand for; `None` where nothing or something wrong is written.
pub(super) struct Known {
    /// Of `component` or `risk_group`, ascending.
    pub(super) components: Option<Vec<ComponentId>>,
    /// Of `resources`, ascending.
    pub(super) resources: Option<Vec<ResourceId>>,
    /// Of `client_region`.
    pub(super) client_region: Option<ClientRegionId>,
    /// Of `profile`.
    pub(super) profile: Option<ProfileId>,
    /// Of `tenant`.
    pub(super) tenant: Option<TenantId>,
    /// `false` if something wrong is written.
    pub(super) is_whole: bool,
}

/// Looks up every name of an event.
pub(super) fn known(table: &Table, names: &Names<'_>, findings: &mut Findings) -> Known {
    let mut known = Known {
        components: None,
        resources: None,
        client_region: None,
        profile: None,
        tenant: None,
        is_whole: true,
    };
    let all = &mut known.is_whole;
    // A surge has neither key: whatever they name, they are to be removed.
    if table.name("kind") != Some("surge") {
        known.components = look_up(table, "component", all, |name, field| {
            component(name, names, &field.spot, findings)
        });
        if let Some(group) = look_up(table, "risk_group", all, |name, field| {
            risk_group(name, names, &field.spot, findings)
        }) {
            known.components = Some(group);
        }
    }
    known.client_region = look_up(table, "client_region", all, |name, field| {
        client_region(name, names, &field.spot, findings)
    });
    known.profile = look_up(table, "profile", all, |name, field| {
        profile(name, names, &field.spot, findings)
    });
    known.tenant = look_up(table, "tenant", all, |name, field| {
        tenant(name, names, &field.spot, findings)
    });
    if let Some(list) = table.list("resources") {
        let found: Vec<_> = list
            .iter()
            .map(|(name, spot)| resource(name, names, spot, findings))
            .collect();
        known.resources = found.into_iter().collect();
        *all &= known.resources.is_some();
        known
            .resources
            .iter_mut()
            .for_each(|list| list.sort_unstable());
    }
    *all &= !table.is_broken("resources");
    known
}

/// What the name at `key` stands for; clears `is_whole` if something wrong is written.
pub(super) fn look_up<T>(
    table: &Table,
    key: &str,
    is_whole: &mut bool,
    find: impl FnOnce(&str, &Field) -> Option<T>,
) -> Option<T> {
    let field = table.field(key)?;
    let found = table.name(key).and_then(|name| find(name, field));
    *is_whole &= found.is_some();
    found
}

/// Rule: `component` is a site, access point, element, link or pool.
fn component(
    name: &str,
    names: &Names<'_>,
    spot: &Spot,
    findings: &mut Findings,
) -> Option<Vec<ComponentId>> {
    let found = names.components(name);
    if found.is_none() {
        let expected = "a site, access point, element, link or pool";
        findings.error(
            NO_COMPONENT,
            spot,
            quoted(name),
            expected,
            names.hint_component(name),
        );
    }
    found
}

/// Rule: what stands for one component is a site, access point, element or link.
pub(super) fn one_component(
    name: &str,
    names: &Names<'_>,
    spot: &Spot,
    findings: &mut Findings,
) -> Option<ComponentId> {
    let found = names.one_component(name);
    if found.is_none() {
        let expected = "a site, access point, element or link";
        let hint = names.hint_one_component(name);
        findings.error(NO_COMPONENT, spot, quoted(name), expected, hint);
    }
    found
}

/// Rule: `risk_group` stands in `risk_groups.csv`.
fn risk_group(
    name: &str,
    names: &Names<'_>,
    spot: &Spot,
    findings: &mut Findings,
) -> Option<Vec<ComponentId>> {
    let found = names.risk_group(name);
    if found.is_none() {
        let hint = names.hint_risk_group(name);
        findings.error(NO_RISK_GROUP, spot, quoted(name), "a risk group", hint);
    }
    found
}

/// Rule: a resource stands in resources.csv.
pub(super) fn resource(
    name: &str,
    names: &Names<'_>,
    spot: &Spot,
    findings: &mut Findings,
) -> Option<ResourceId> {
    let found = names.resource(name);
    if found.is_none() {
        let hint = names.hint_resource(name);
        findings.error(NO_RESOURCE, spot, quoted(name), "a resource", hint);
    }
    found
}

/// Rule: `client_region` stands in `client_regions.csv`.
fn client_region(
    name: &str,
    names: &Names<'_>,
    spot: &Spot,
    findings: &mut Findings,
) -> Option<ClientRegionId> {
    let found = names.client_region(name);
    if found.is_none() {
        let hint = names.hint_client_region(name);
        findings.error(
            NO_CLIENT_REGION,
            spot,
            quoted(name),
            "a client region",
            hint,
        );
    }
    found
}

/// Rule: `profile` stands in profiles.csv.
fn profile(
    name: &str,
    names: &Names<'_>,
    spot: &Spot,
    findings: &mut Findings,
) -> Option<ProfileId> {
    let found = names.profile(name);
    if found.is_none() {
        let hint = names.hint_profile(name);
        findings.error(NO_PROFILE, spot, quoted(name), "a profile", hint);
    }
    found
}

/// Rule: `tenant` stands in shards.csv.
fn tenant(name: &str, names: &Names<'_>, spot: &Spot, findings: &mut Findings) -> Option<TenantId> {
    let found = names.tenant(name);
    if found.is_none() {
        let hint = names.hint_tenant(name);
        findings.error(NO_TENANT, spot, quoted(name), "a tenant", hint);
    }
    found
}

/// Rule: a tier stands in tiers.csv.
pub(super) fn tier(
    name: &str,
    names: &Names<'_>,
    spot: &Spot,
    findings: &mut Findings,
) -> Option<TierId> {
    let found = names.tier(name);
    if found.is_none() {
        let hint = names.hint_tier(name);
        findings.error(NO_TIER, spot, quoted(name), "a tier", hint);
    }
    found
}

fn quoted(name: &str) -> String {
    format!("`\"{name}\"`")
}
