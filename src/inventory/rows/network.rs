//! The places of the graph and its links: `client_regions.csv`, sites.csv, `access_points.csv`, elements.csv and links.csv.

use crate::diagnostic::Code;
use crate::ids::{ClientRegionId, ElementId, JurisdictionId, LoadCurveId, PoolId, ProfileId};
use crate::inventory::findings::{Findings, quoted};
use crate::inventory::named::{Entry, Interner, Named};
use crate::inventory::places::Places;
use crate::inventory::rows::unplaced::Unplaced;
use crate::inventory::source::Folder;
use crate::inventory::table::{Capacities, Resources, Row};
use crate::model::{
    AccessPoint, ClientRegion, Element, Link, LinkEnd, LoadCurve, Pool, Profile, Site,
};
use crate::units::Milliseconds;
use std::collections::BTreeMap;

/// A link from something to itself.
pub(crate) const SELF_LOOP: Code = Code("P3101");
/// A link out of a site.
pub(crate) const OUT_OF_SITE: Code = Code("P3102");
/// A link into a client region.
pub(crate) const INTO_CLIENT_REGION: Code = Code("P3103");

/// The client regions, sorted.
pub(crate) fn client_regions(
    folder: &Folder<'_>,
    load_curves: &Named<LoadCurve>,
    findings: &mut Findings,
) -> Named<ClientRegion> {
    let none = Resources::default();
    Named::read(folder, "client_regions.csv", &none, findings, |row, id| {
        ClientRegion {
            id: id.to_owned(),
            name: row.name("name", id),
            coordinates: row.coordinates(),
            time_zone: row.time_zone("time_zone"),
            load_curve: load_curves.resolve(row, "load_curve").map(LoadCurveId),
        }
    })
    .titled(|client_region| &client_region.name)
}

/// The sites with their capacities, sorted; jurisdictions by number of `jurisdictions`.
pub(crate) fn sites(
    folder: &Folder<'_>,
    resources: &Resources,
    jurisdictions: &mut Interner,
    findings: &mut Findings,
) -> Named<(Site, Capacities)> {
    Named::read(folder, "sites.csv", resources, findings, |row, id| {
        let offered = |id: &str| JurisdictionId(jurisdictions.add(id));
        let site = Site {
            id: id.to_owned(),
            name: row.name("name", id),
            region: row.text("region").to_owned(),
            jurisdictions: row.ids("jurisdiction").into_iter().map(offered).collect(),
            coordinates: row.coordinates(),
            headroom: row.optional("headroom"),
            move_in_per_hour: row.limit("move_in_per_hour"),
            move_out_per_hour: row.limit("move_out_per_hour"),
            accepts_per_second: row.limit("accepts_per_second"),
        };
        (site, row.capacities())
    })
    .titled(|(site, _)| &site.name)
}

/// The access points with their capacities, sorted.
pub(crate) fn access_points(
    folder: &Folder<'_>,
    resources: &Resources,
    findings: &mut Findings,
) -> Named<(AccessPoint, Capacities)> {
    let file = "access_points.csv";
    Named::read(folder, file, resources, findings, |row, id| {
        let access_point = AccessPoint {
            id: id.to_owned(),
            name: row.name("name", id),
            coordinates: row.coordinates(),
            state: row.choice("state"),
            headroom: row.optional("headroom"),
            accepts_per_second: row.limit("accepts_per_second"),
        };
        (access_point, row.capacities())
    })
    .titled(|(access_point, _)| &access_point.name)
}

/// Elements and pools, each sorted.
#[derive(Debug)]
pub(crate) struct Elements {
    /// The elements with their capacities and the names of their pools.
    pub(crate) elements: Named<(Element, Capacities, Option<String>)>,
    /// The pools, each with the line of its first member.
    pub(crate) pools: Vec<Entry<Pool>>,
}

/// The elements, and the pools that they are grouped in.
pub(crate) fn elements(
    folder: &Folder<'_>,
    resources: &Resources,
    findings: &mut Findings,
) -> Elements {
    let mut elements = Named::read(folder, "elements.csv", resources, findings, |row, id| {
        let element = Element {
            id: id.to_owned(),
            name: row.name("name", id),
            kind: row.text("kind").to_owned(),
            coordinates: row.coordinates(),
            headroom: row.optional("headroom"),
            accepts_per_second: row.limit("accepts_per_second"),
            sheds_stale_work: row.choice("sheds_stale_work"),
            pool: None,
        };
        let capacities = row.capacities();
        let pool = row.id("pool").map(str::to_owned);
        (element, capacities, pool)
    })
    .titled(|(element, ..)| &element.name);
    let pools = pools(&mut elements);
    Elements { elements, pools }
}

/// The pools of the elements, by their names; tells every element its pool.
fn pools(elements: &mut Named<(Element, Capacities, Option<String>)>) -> Vec<Entry<Pool>> {
    let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (position, entry) in elements.entries.iter().enumerate() {
        if let Some(pool) = &entry.value.2 {
            members.entry(pool.clone()).or_default().push(position);
        }
    }
    let mut pools = Vec::new();
    for (number, (id, members)) in members.into_iter().enumerate() {
        let mut line = u64::MAX;
        for position in &members {
            let entry = &mut elements.entries[*position];
            entry.value.0.pool = Some(PoolId::new(number));
            line = line.min(entry.line);
        }
        pools.push(Entry {
            line,
            value: Pool {
                id: id.clone(),
                members: members.into_iter().map(ElementId::new).collect(),
            },
            id,
        });
    }
    pools
}

/// The links with their capacities, sorted.
pub(crate) fn links(
    folder: &Folder<'_>,
    resources: &Resources,
    (places, profiles): (&Places, &Named<Profile>),
    findings: &mut Findings,
) -> Named<(Link, Capacities)> {
    let mut unplaced = Unplaced::default();
    let links = Named::read(folder, "links.csv", resources, findings, |row, id| {
        let link = link(row, id, (places, profiles), &mut unplaced);
        (link, row.capacities())
    });
    unplaced.report(places, findings);
    links
}

/// The link of a row. After a finding about an end it leads from the first client region to itself.
fn link(
    row: &mut Row<'_, '_>,
    id: &str,
    (places, profiles): (&Places, &Named<Profile>),
    unplaced: &mut Unplaced,
) -> Link {
    let from = places.link_end(row, "from");
    let to = places.link_end(row, "to");
    let profiles = permitted(row, profiles);
    let given = row.optional("latency_ms");
    let mut latency = given.unwrap_or_default();
    if let (Some(from), Some(to)) = (from, to) {
        leads_somewhere_else(row, from, to);
        does_not_leave_a_site(row, from);
        does_not_enter_a_client_region(row, to);
        if row.raw("latency_ms").is_empty() {
            let ends = ["from", "to"].map(|column| {
                let id = row.raw(column);
                (id, places.coordinates(id))
            });
            latency = unplaced.latency(row.line, ends).unwrap_or_default();
        }
    }
    let nowhere = LinkEnd::ClientRegion(ClientRegionId(0));
    Link {
        id: id.to_owned(),
        from: from.unwrap_or(nowhere),
        to: to.unwrap_or(nowhere),
        profiles,
        latency: Milliseconds(latency),
    }
}

/// The profiles that may use a link, ascending; `None` is all.
fn permitted(row: &mut Row<'_, '_>, profiles: &Named<Profile>) -> Option<Vec<ProfileId>> {
    let ids = row.ids("profiles");
    if ids.is_empty() {
        return None;
    }
    let mut permitted = Vec::with_capacity(ids.len());
    for id in ids {
        match profiles.find(id) {
            Some(position) => permitted.push(ProfileId(position)),
            None => profiles.report_missing(row, "profiles", id),
        }
    }
    permitted.sort_unstable();
    Some(permitted)
}

/// A link leads from one place to another.
fn leads_somewhere_else(row: &mut Row<'_, '_>, from: LinkEnd, to: LinkEnd) {
    if from == to {
        let found = format!("{}, where the link starts", quoted(row.raw("to")));
        row.error(
            "to",
            SELF_LOOP,
            found,
            "an end other than the start",
            "name the end of the link, or remove the link",
        );
    }
}

/// Links run from client regions to sites, so none leaves a site.
fn does_not_leave_a_site(row: &mut Row<'_, '_>, from: LinkEnd) {
    if matches!(from, LinkEnd::Site(_)) {
        let found = format!("{}, a site", quoted(row.raw("from")));
        row.error(
            "from",
            OUT_OF_SITE,
            found,
            "a client region, access point, element or pool: paths end in sites",
            "swap `from` and `to`: links run from client regions to sites",
        );
    }
}

/// Links run from client regions to sites, so none enters a client region.
fn does_not_enter_a_client_region(row: &mut Row<'_, '_>, to: LinkEnd) {
    if matches!(to, LinkEnd::ClientRegion(_)) {
        let found = format!("{}, a client region", quoted(row.raw("to")));
        row.error(
            "to",
            INTO_CLIENT_REGION,
            found,
            "an access point, element, pool or site: paths begin in client regions",
            "swap `from` and `to`: links run from client regions to sites",
        );
    }
}
