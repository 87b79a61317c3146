//! Register: the ids of each table as places.

use super::findings::Findings;
use super::named::Named;
use super::places::{Named as PlaceKind, Place, Places};
use super::rows::network::Elements;
use super::table::Capacities;
use crate::ids::{AccessPointId, ClientRegionId, ElementId, LinkId, PoolId, SiteId};
use crate::model::{AccessPoint, ClientRegion, Coordinates, Link, Site};

/// Adds what links may name.
pub(super) fn add_places(
    places: &mut Places,
    client_regions: &Named<ClientRegion>,
    sites: &Named<(Site, Capacities)>,
    access_points: &Named<(AccessPoint, Capacities)>,
    all: &Elements,
    findings: &mut Findings,
) {
    let elements = &all.elements;
    places.counts = [
        sites.entries.len(),
        access_points.entries.len(),
        elements.entries.len(),
    ];
    let files = [
        client_regions.file,
        sites.file,
        access_points.file,
        elements.file,
    ];
    places.is_broken = files.iter().any(|file| findings.is_unreadable(file));
    add_table(
        places,
        client_regions,
        findings,
        |position, client_region| {
            let named = PlaceKind::ClientRegion(ClientRegionId::new(position));
            (named, client_region.coordinates, "client_region")
        },
    );
    add_table(places, sites, findings, |position, (site, _)| {
        let named = PlaceKind::Site(SiteId::new(position));
        (named, site.coordinates, "site")
    });
    add_table(
        places,
        access_points,
        findings,
        |position, (access_point, _)| {
            let named = PlaceKind::AccessPoint(AccessPointId::new(position));
            (named, access_point.coordinates, "access_point")
        },
    );
    add_table(places, elements, findings, |position, (element, ..)| {
        let named = PlaceKind::Element(ElementId::new(position), element.pool);
        (named, element.coordinates, "element")
    });
    for (position, entry) in all.pools.iter().enumerate() {
        let members = entry.value.members.iter();
        let coordinates = shared(members.map(|member| {
            let entry = &elements.entries[member.index()];
            entry.value.0.coordinates
        }));
        let place = Place {
            named: PlaceKind::Pool(PoolId::new(position)),
            coordinates,
            file: elements.file,
            column: "pool",
            line: entry.line,
        };
        places.add(&entry.id, place, findings);
    }
}

/// Adds links, which changes and groups may name.
pub(super) fn add_links(
    places: &mut Places,
    links: &Named<(Link, Capacities)>,
    findings: &mut Findings,
) {
    add_table(places, links, findings, |position, _| {
        (PlaceKind::Link(LinkId::new(position)), None, "link")
    });
    places.is_broken |= findings.is_unreadable(links.file);
}

/// Adds the ids of a table; `each` says what one names, where that is, and in which column it stands.
fn add_table<T>(
    places: &mut Places,
    table: &Named<T>,
    findings: &mut Findings,
    each: impl Fn(usize, &T) -> (PlaceKind, Option<Coordinates>, &'static str),
) {
    let titles = table.titles();
    let titles = titles.map(|(title, id)| (title.to_owned(), id.to_owned()));
    places.titles.extend(titles);
    for (position, entry) in table.entries.iter().enumerate() {
        let (named, coordinates, column) = each(position, &entry.value);
        let place = Place {
            named,
            coordinates,
            file: table.file,
            column,
            line: entry.line,
        };
        places.add(&entry.id, place, findings);
    }
}

/// Where all members of a pool are, if they all are at one point.
fn shared(mut all: impl Iterator<Item = Option<Coordinates>>) -> Option<Coordinates> {
    let first = all.next()??;
    all.all(|coordinates| coordinates == Some(first))
        .then_some(first)
}
