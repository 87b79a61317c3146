//! Register: the ids of each table as places.

use super::{Named as PlaceKind, Place, Places};
use crate::ids::{AccessPointId, ClientRegionId, ElementId, LinkId, PoolId, SiteId};
use crate::inventory::findings::Findings;
use crate::inventory::named::Named;
use crate::inventory::rows::elements::Elements;
use crate::inventory::rows::place::Capacities;
use crate::model::{AccessPoint, ClientRegion, Coordinates, Link, Site};

/// Adds what links may name.
pub(crate) fn add_places(
    places: &mut Places,
    client_regions: &Named<ClientRegion>,
    sites: &Named<(Site, Capacities)>,
    access_points: &Named<(AccessPoint, Capacities)>,
    elements: &Elements,
    findings: &mut Findings,
) {
    places.counts = [
        sites.entries.len(),
        access_points.entries.len(),
        elements.elements.entries.len(),
    ];
    let files = [
        client_regions.file,
        sites.file,
        access_points.file,
        elements.elements.file,
    ];
    places.is_broken = files.iter().any(|file| findings.is_unreadable(file));
    for (position, entry) in client_regions.entries.iter().enumerate() {
        let place = Place {
            named: PlaceKind::ClientRegion(ClientRegionId::new(position)),
            coordinates: entry.value.coordinates,
            file: client_regions.file,
            column: "client_region",
            line: entry.line,
        };
        places.add(&entry.id, place, findings);
    }
    for (position, entry) in sites.entries.iter().enumerate() {
        let place = Place {
            named: PlaceKind::Site(SiteId::new(position)),
            coordinates: entry.value.0.coordinates,
            file: sites.file,
            column: "site",
            line: entry.line,
        };
        places.add(&entry.id, place, findings);
    }
    for (position, entry) in access_points.entries.iter().enumerate() {
        let place = Place {
            named: PlaceKind::AccessPoint(AccessPointId::new(position)),
            coordinates: entry.value.0.coordinates,
            file: access_points.file,
            column: "access_point",
            line: entry.line,
        };
        places.add(&entry.id, place, findings);
    }
    for (position, entry) in elements.elements.entries.iter().enumerate() {
        let element = &entry.value.0;
        let place = Place {
            named: PlaceKind::Element(ElementId::new(position), element.pool),
            coordinates: element.coordinates,
            file: elements.elements.file,
            column: "element",
            line: entry.line,
        };
        places.add(&entry.id, place, findings);
    }
    for (position, entry) in elements.pools.iter().enumerate() {
        let members = entry.value.members.iter();
        let coordinates = shared(members.map(|member| {
            let entry = &elements.elements.entries[member.index()];
            entry.value.0.coordinates
        }));
        let place = Place {
            named: PlaceKind::Pool(PoolId::new(position)),
            coordinates,
            file: elements.elements.file,
            column: "pool",
            line: entry.line,
        };
        places.add(&entry.id, place, findings);
    }
}

/// Adds links, which changes and groups may name.
pub(crate) fn add_links(
    places: &mut Places,
    links: &Named<(Link, Capacities)>,
    findings: &mut Findings,
) {
    for (position, entry) in links.entries.iter().enumerate() {
        let place = Place {
            named: PlaceKind::Link(LinkId::new(position)),
            coordinates: None,
            file: links.file,
            column: "link",
            line: entry.line,
        };
        places.add(&entry.id, place, findings);
    }
    places.is_broken |= findings.is_unreadable(links.file);
}

/// Where all members of a pool are, if they all are at one point.
fn shared(mut all: impl Iterator<Item = Option<Coordinates>>) -> Option<Coordinates> {
    let first = all.next()??;
    all.all(|own| own == Some(first)).then_some(first)
}
