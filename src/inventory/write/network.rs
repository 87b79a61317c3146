//! The places of the graph and its links, each with its capacities.

use super::said::Said;
use super::{TableText, limit, optional};
use crate::ids::ComponentId;
use crate::model::{AccessPointState, Coordinates, Inventory, LinkEnd};

/// `client_regions.csv`
pub(super) fn client_regions(inventory: &Inventory) -> TableText {
    let table = TableText::new(
        "client_regions.csv",
        &[
            "client_region",
            "name",
            "latitude",
            "longitude",
            "time_zone",
            "load_curve",
        ],
    );
    table.of(&inventory.client_regions, |rows, _, row| {
        let [latitude, longitude] = coordinates(row.coordinates);
        let load_curve = row
            .load_curve
            .map(|own| inventory.load_curves[own.index()].id.clone());
        rows.row([
            row.id.clone(),
            row.name.clone(),
            latitude,
            longitude,
            row.time_zone.clone(),
            load_curve.unwrap_or_default(),
        ]);
    })
}

/// sites.csv
pub(super) fn sites(inventory: &Inventory) -> TableText {
    let components: Vec<ComponentId> = (0..inventory.sites.len()).map(ComponentId::new).collect();
    let limited = limited(inventory, &components);
    let fixed = [
        "site",
        "name",
        "region",
        "jurisdiction",
        "latitude",
        "longitude",
        "headroom",
        "move_in_per_hour",
        "move_out_per_hour",
        "accepts_per_second",
    ];
    let table = TableText::new("sites.csv", &header(inventory, &fixed, &limited));
    table.of(&inventory.sites, |rows, position, row| {
        let [latitude, longitude] = coordinates(row.coordinates);
        let jurisdictions = row.jurisdictions.iter();
        let jurisdictions: Vec<&str> = jurisdictions
            .map(|own| inventory.jurisdictions[own.index()].as_str())
            .collect();
        let cells = [
            row.id.clone(),
            row.name.clone(),
            row.region.clone(),
            jurisdictions.join(";"),
            latitude,
            longitude,
            optional(row.headroom),
            limit(row.move_in_per_hour),
            limit(row.move_out_per_hour),
            limit(row.accepts_per_second),
        ];
        let capacities = capacities(inventory, components[position], &limited);
        rows.row(cells.into_iter().chain(capacities));
    })
}

/// `access_points.csv`
pub(super) fn access_points(inventory: &Inventory) -> TableText {
    let before = inventory.sites.len();
    let components: Vec<ComponentId> = (before..before + inventory.access_points.len())
        .map(ComponentId::new)
        .collect();
    let limited = limited(inventory, &components);
    let fixed = [
        "access_point",
        "name",
        "latitude",
        "longitude",
        "state",
        "headroom",
        "accepts_per_second",
    ];
    let table = TableText::new("access_points.csv", &header(inventory, &fixed, &limited));
    table.of(&inventory.access_points, |rows, position, row| {
        let [latitude, longitude] = coordinates(row.coordinates);
        let state = match row.state {
            AccessPointState::Active => "active",
            AccessPointState::Standby => "standby",
        };
        let cells = [
            row.id.clone(),
            row.name.clone(),
            latitude,
            longitude,
            state.to_owned(),
            optional(row.headroom),
            limit(row.accepts_per_second),
        ];
        let capacities = capacities(inventory, components[position], &limited);
        rows.row(cells.into_iter().chain(capacities));
    })
}

/// elements.csv
pub(super) fn elements(inventory: &Inventory) -> TableText {
    let before = inventory.sites.len() + inventory.access_points.len();
    let components: Vec<ComponentId> = (before..before + inventory.elements.len())
        .map(ComponentId::new)
        .collect();
    let limited = limited(inventory, &components);
    let fixed = [
        "element",
        "name",
        "kind",
        "latitude",
        "longitude",
        "headroom",
        "accepts_per_second",
        "pool",
    ];
    let said = Said::of(["sheds_stale_work"], &inventory.elements, |row| {
        [row.sheds_stale_work.then(|| "yes".to_owned())]
    });
    let fixed = said.columns_after(&fixed);
    let table = TableText::new("elements.csv", &header(inventory, &fixed, &limited));
    table.of(&inventory.elements, |rows, position, row| {
        let [latitude, longitude] = coordinates(row.coordinates);
        let pool = row.pool.map(|own| inventory.pools[own.index()].id.clone());
        let cells = [
            row.id.clone(),
            row.name.clone(),
            row.kind.clone(),
            latitude,
            longitude,
            optional(row.headroom),
            limit(row.accepts_per_second),
            pool.unwrap_or_default(),
        ];
        let capacities = capacities(inventory, components[position], &limited);
        rows.row(
            cells
                .into_iter()
                .chain(said.cells(position))
                .chain(capacities),
        );
    })
}

/// links.csv
pub(super) fn links(inventory: &Inventory) -> TableText {
    let before = inventory.component_count() - inventory.links.len();
    let components: Vec<ComponentId> = (before..inventory.component_count())
        .map(ComponentId::new)
        .collect();
    let limited = limited(inventory, &components);
    let fixed = ["link", "from", "to", "profiles", "latency_ms"];
    let table = TableText::new("links.csv", &header(inventory, &fixed, &limited));
    table.of(&inventory.links, |rows, position, row| {
        let profiles = row.profiles.iter().flatten();
        let profiles: Vec<&str> = profiles
            .map(|own| inventory.profiles[own.index()].id.as_str())
            .collect();
        let cells = [
            row.id.clone(),
            end(inventory, row.from),
            end(inventory, row.to),
            profiles.join(";"),
            row.latency.0.to_string(),
        ];
        let capacities = capacities(inventory, components[position], &limited);
        rows.row(cells.into_iter().chain(capacities));
    })
}

/// The id of an end of a link.
fn end(inventory: &Inventory, end: LinkEnd) -> String {
    match end {
        LinkEnd::ClientRegion(own) => &inventory.client_regions[own.index()].id,
        LinkEnd::AccessPoint(own) => &inventory.access_points[own.index()].id,
        LinkEnd::Element(own) => &inventory.elements[own.index()].id,
        LinkEnd::Pool(own) => &inventory.pools[own.index()].id,
        LinkEnd::Site(own) => &inventory.sites[own.index()].id,
    }
    .clone()
}

/// The resources that some of the components limit.
fn limited(inventory: &Inventory, components: &[ComponentId]) -> Vec<usize> {
    let is_limited = |resource: &usize| {
        components
            .iter()
            .any(|component| inventory.capacity[[component.index(), *resource]].is_some())
    };
    (0..inventory.listed_resources().len())
        .filter(is_limited)
        .collect()
}

/// The capacities of a component in the columns of `limited`.
fn capacities(inventory: &Inventory, component: ComponentId, limited: &[usize]) -> Vec<String> {
    limited
        .iter()
        .map(|resource| limit(inventory.capacity[[component.index(), *resource]]))
        .collect()
}

/// A header with the columns of resources at its end.
pub(super) fn header<'a>(
    inventory: &'a Inventory,
    fixed: &[&'a str],
    limited: &[usize],
) -> Vec<&'a str> {
    let of_resources = limited
        .iter()
        .map(|resource| inventory.resources[*resource].id.as_str());
    fixed.iter().copied().chain(of_resources).collect()
}

/// Latitude and longitude, blank where unknown.
fn coordinates(at: Option<Coordinates>) -> [String; 2] {
    [at.map(|at| at.latitude), at.map(|at| at.longitude)].map(optional)
}
