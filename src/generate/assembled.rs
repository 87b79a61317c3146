//! Assembled: the tables of the inventory, sorted and with their capacities.

use super::capacity::{capacities, rounded_up};
use super::fronts::{Fronts, LimitedElement, Role, elements_of};
use super::jurisdictions::Jurisdictions;
use super::loads::Loads;
use super::network::Network;
use super::options::Options;
use super::places::{Place, Places, Populated};
use super::random::Draws;
use super::services::{BANDWIDTH, CPU, SESSIONS, STORAGE, profiles, resources, tiers};
use super::tenants::Tenants;
use crate::ids::{ElementId, PoolId, SiteId};
use crate::model::{
    AccessPoint, AccessPointState, ClientRegion, Credit, Element, Inventory, Resumed, Site,
};
use ndarray::Array2;

/// What an inventory is assembled from.
pub(super) struct Parts<'p> {
    /// How large and full it is to be.
    pub(super) options: &'p Options,
    /// Where everything stands.
    pub(super) places: &'p Places,
    /// What is linked to what.
    pub(super) network: &'p Network,
    /// What sites offer.
    pub(super) jurisdictions: &'p Jurisdictions,
    /// What is used where.
    pub(super) loads: &'p Loads,
}

/// The inventory of all parts.
pub(super) fn assembled(parts: &Parts<'_>, tenants: Tenants, draws: &mut Draws) -> Inventory {
    let Parts {
        options,
        places,
        network,
        jurisdictions,
        loads,
    } = *parts;
    let full = options.utilization;
    let of_sites = [&loads.cpu, &loads.storage].map(|loads| capacities(loads, full, draws));
    let of_access_points = capacities(&loads.access_points, full, draws);
    let mut elements = elements(options, places, loads, draws);
    elements.sort_by(|a, b| a.element.id.cmp(&b.element.id));
    let position = |id: &str| {
        let found = elements.binary_search_by(|element| element.element.id.as_str().cmp(id));
        found.ok().map(ElementId::new)
    };
    let fronts = Fronts::of(&places.sites, options.elements_per_site, position);
    let mut links = network.links(&places.regions, &places.access_points, &fronts.ends);
    links.extend(fronts.links.iter().cloned());
    if let (Some(mesh), Some(loads)) = (&network.mesh, &loads.mesh) {
        let bandwidth = capacities(&loads.lines, full, draws);
        let (from, over) = (&places.access_points, &places.routers);
        links.extend(mesh.links(from, over, &fronts.ends, &bandwidth, position));
    }
    links.sort_by(|a, b| a.link.id.cmp(&b.link.id));
    for (pool, row) in fronts.pools.iter().enumerate() {
        for member in &row.members {
            elements[member.index()].element.pool = Some(PoolId::new(pool));
        }
    }

    let resources = resources();
    let components = places.sites.len() + places.access_points.len() + elements.len() + links.len();
    let mut capacity: Array2<Option<f64>> = Array2::from_elem((components, resources.len()), None);
    let mut component = 0;
    for site in 0..places.sites.len() {
        for (resource, capacities) in [CPU, STORAGE].into_iter().zip(&of_sites) {
            capacity[[component, resource]] = Some(capacities[site]);
        }
        component += 1;
    }
    for value in of_access_points {
        capacity[[component, BANDWIDTH]] = Some(value);
        component += 1;
    }
    for element in &elements {
        capacity[[component, BANDWIDTH]] = Some(element.bandwidth);
        capacity[[component, SESSIONS]] = element.sessions;
        component += 1;
    }
    for link in &links {
        capacity[[component, BANDWIDTH]] = link.bandwidth;
        component += 1;
    }

    Inventory {
        resources,
        profiles: profiles(),
        sites: sites(&places.sites, jurisdictions),
        access_points: places.access_points.iter().map(access_point).collect(),
        elements: elements
            .into_iter()
            .map(|element| element.element)
            .collect(),
        pools: fronts.pools,
        links: links.into_iter().map(|link| link.link).collect(),
        client_regions: places.regions.iter().map(client_region).collect(),
        tiers: tiers(),
        tenants: tenants.ids,
        jurisdictions: jurisdictions.names.clone(),
        shard_ids: tenants.shard_ids,
        shards: tenants.shards.into(),
        has_replicas: !tenants.replicas.is_empty(),
        replicas: tenants.replicas.into(),
        capacity,
        onboarding: Vec::new(),
        growth: Vec::new(),
        capacity_changes: Vec::new(),
        background: Vec::new(),
        risk_groups: Vec::new(),
        load_curves: Vec::new(),
        credits: Credit::STANDARD.to_vec(),
        contacts: Vec::new(),
        resumed: Resumed::default(),
    }
}

/// The elements before sites, and routers.
fn elements(
    options: &Options,
    places: &Places,
    loads: &Loads,
    draws: &mut Draws,
) -> Vec<LimitedElement> {
    let full = options.utilization;
    let bandwidth = capacities(&loads.bandwidth, full, draws);
    let sessions = capacities(&loads.sessions, full, draws);
    let firewalls = capacities(&loads.bandwidth, full, draws);
    let mut elements = Vec::new();
    for (index, site) in places.sites.iter().enumerate() {
        for (id, name, role) in elements_of(site, options.elements_per_site) {
            let (kind, bandwidth, sessions) = match role {
                Role::LoadBalancer(among) => {
                    let share = |capacity: f64| rounded_up(capacity / among as f64);
                    (
                        "load-balancer",
                        share(bandwidth[index]),
                        Some(share(sessions[index])),
                    )
                }
                Role::Firewall => ("firewall", firewalls[index], None),
            };
            elements.push(element(id, name, kind, site, bandwidth, sessions));
        }
    }
    if let Some(loads) = &loads.mesh {
        let bandwidth = capacities(&loads.routers, full, draws);
        for (router, bandwidth) in places.routers.iter().zip(bandwidth) {
            let name = format!("{} router", router.name);
            elements.push(element(
                router.id.clone(),
                name,
                "router",
                router,
                bandwidth,
                None,
            ));
        }
    }
    elements
}

fn element(
    id: String,
    name: String,
    kind: &str,
    place: &Place,
    bandwidth: f64,
    sessions: Option<f64>,
) -> LimitedElement {
    LimitedElement {
        element: Element {
            id,
            name,
            kind: kind.to_owned(),
            coordinates: Some(place.coordinates),
            headroom: None,
            accepts_per_second: None,
            sheds_stale_work: false,
            pool: None,
        },
        bandwidth,
        sessions,
    }
}

fn sites(places: &[Place], jurisdictions: &Jurisdictions) -> Vec<Site> {
    let rows = places.iter().enumerate().map(|(index, place)| Site {
        id: place.id.clone(),
        name: place.name.clone(),
        region: place.centre.geography.word().to_owned(),
        jurisdictions: jurisdictions.of_site(SiteId::new(index)),
        coordinates: Some(place.coordinates),
        headroom: None,
        move_in_per_hour: None,
        move_out_per_hour: None,
        accepts_per_second: None,
    });
    rows.collect()
}

fn access_point(place: &Place) -> AccessPoint {
    AccessPoint {
        id: place.id.clone(),
        name: place.name.clone(),
        coordinates: Some(place.coordinates),
        state: AccessPointState::Active,
        headroom: None,
        accepts_per_second: None,
    }
}

fn client_region(region: &Populated) -> ClientRegion {
    ClientRegion {
        id: region.place.id.clone(),
        name: region.place.name.clone(),
        coordinates: Some(region.place.coordinates),
        time_zone: "UTC".to_owned(),
        load_curve: None,
    }
}
