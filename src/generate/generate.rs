//! Generate: from options to an inventory and the events that its scenarios tell of.

use super::capacity::{capacities, rounded_up};
use super::events::Events;
use super::fronts::{Fronts, LimitedElement, Role, elements_of};
use super::homes::Homes;
use super::jurisdictions::Jurisdictions;
use super::mesh::MeshLoads;
use super::network::{LimitedLink, Network};
use super::options::{Options, Refusal};
use super::places::{Place, Populated, client_regions, near_users};
use super::random::{Draws, Purpose};
use super::services::{BANDWIDTH, CPU, SESSIONS, STORAGE, profiles, resources, tiers};
use super::tenants::Tenants;
use crate::ids::{ElementId, PoolId, SiteId};
use crate::model::{AccessPoint, AccessPointState, ClientRegion, Element, Inventory, Shard, Site};
use ndarray::Array2;

/// An inventory, and what is to happen to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// The inventory, as `inventory::read` would make it of its files.
    pub inventory: Inventory,
    /// What its scenarios tell of.
    pub events: Events,
}

/// An inventory of the size and kind that the options ask for, the same for the same options on every machine.
///
/// # Errors
/// Every option that is out of its range.
///
/// ```
/// use plimsoll::generate::{Options, generate};
/// use plimsoll::inventory::{read, write};
/// let options = Options { sites: 3, access_points: 4, client_regions: 5, shards: 20, ..Options::default() };
/// let made = generate(&options).unwrap();
/// assert_eq!((made.inventory.sites.len(), made.inventory.shards.len()), (3, 20));
/// assert_eq!(read(&write(&made.inventory)).inventory, Some(made.inventory));
/// ```
pub fn generate(options: &Options) -> Result<Generated, Vec<Refusal>> {
    let refusals = options.refusals();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let stream = |purpose| Draws::new(options.seed, purpose);
    let mut draws = stream(Purpose::Places);
    let places = Places {
        sites: near_users(options.sites, "", &mut draws),
        access_points: near_users(options.access_points, "ap-", &mut draws),
        routers: near_users(options.mesh, "rtr-", &mut draws),
        regions: client_regions(options.client_regions, &mut draws),
    };
    let network = Network::of(
        &places.regions,
        &places.access_points,
        &places.routers,
        &places.sites,
        &mut stream(Purpose::Links),
    );
    let jurisdictions = Jurisdictions::of(&places.sites);
    let homes = Homes::of(
        &network,
        options.client_regions,
        &places.sites,
        &jurisdictions,
    );
    let tenants = Tenants::of(
        options,
        &places.regions,
        &homes,
        &jurisdictions,
        &mut stream(Purpose::Tenants),
    );
    let loads = Loads::of(&places, &network, &homes, &tenants);
    let mut draws = stream(Purpose::Capacities);
    let events = Events::of(&places.sites, &tenants.shards, options);
    let inventory = inventory(
        options,
        &places,
        &network,
        &jurisdictions,
        tenants,
        &loads,
        &mut draws,
    );
    Ok(Generated { inventory, events })
}

/// How full routers and lines of a backbone are, relative to all else: they are built for ways around.
const BACKBONE: f64 = 0.8;

/// Everything that stands somewhere, each kind ascending by id.
struct Places {
    sites: Vec<Place>,
    access_points: Vec<Place>,
    routers: Vec<Place>,
    regions: Vec<Populated>,
}

/// What is used where before anything happens, every user on the nearest way.
struct Loads {
    /// By site.
    cpu: Vec<f64>,
    /// By site.
    storage: Vec<f64>,
    /// By site: of the elements before it.
    bandwidth: Vec<f64>,
    /// The same.
    sessions: Vec<f64>,
    /// By access point: bandwidth.
    access_points: Vec<f64>,
    /// Of the backbone: bandwidth.
    mesh: Option<MeshLoads>,
}

impl Loads {
    fn of(places: &Places, network: &Network, homes: &Homes, tenants: &Tenants) -> Self {
        let profiles = profiles();
        let resources = resources();
        let sites = places.sites.len();
        let mut own = Self {
            cpu: vec![0.0; sites],
            storage: vec![0.0; sites],
            bandwidth: vec![0.0; sites],
            sessions: vec![0.0; sites],
            access_points: vec![0.0; places.access_points.len()],
            mesh: None,
        };
        let mut flows = vec![0.0; places.access_points.len() * sites];
        let demand = |shard: &Shard, resource: usize| {
            shard.users as f64 * profiles[shard.profile.index()].demand[resource]
        };
        for shard in &tenants.shards {
            let Some(site) = shard.site else { continue };
            let access_point = homes.way(shard.client_region.index(), site).access_point as usize;
            let site = site.index();
            let bandwidth = demand(shard, BANDWIDTH);
            own.cpu[site] += demand(shard, CPU);
            own.storage[site] += demand(shard, STORAGE);
            own.bandwidth[site] += bandwidth;
            own.sessions[site] += demand(shard, SESSIONS);
            own.access_points[access_point] += bandwidth;
            flows[access_point * sites + site] += bandwidth;
        }
        for replica in &tenants.replicas {
            let shard = &tenants.shards[replica.shard.index()];
            let site = replica.site.index();
            own.cpu[site] += resources[CPU].replica_share * demand(shard, CPU);
            own.storage[site] += resources[STORAGE].replica_share * demand(shard, STORAGE);
        }
        own.mesh = network.mesh.as_ref().map(|mesh| mesh.loads(&flows));
        own
    }
}

fn inventory(
    options: &Options,
    places: &Places,
    network: &Network,
    jurisdictions: &Jurisdictions,
    tenants: Tenants,
    loads: &Loads,
    draws: &mut Draws,
) -> Inventory {
    let full = options.utilization;
    let of_sites = [CPU, STORAGE].map(|resource| {
        let loads = if resource == CPU {
            &loads.cpu
        } else {
            &loads.storage
        };
        capacities(loads, full, draws)
    });
    let of_access_points = capacities(&loads.access_points, full, draws);
    let mut elements = elements(options, places, loads, draws);
    elements.sort_by(|a, b| a.element.id.cmp(&b.element.id));
    let position = |id: &str| {
        let found = elements.binary_search_by(|own| own.element.id.as_str().cmp(id));
        found.ok().map(ElementId::new)
    };
    let fronts = Fronts::of(&places.sites, options.elements_per_site, position);
    let mut links = network.links(&places.regions, &places.access_points, &fronts.fronts);
    links.extend(fronts.links.iter().cloned());
    if let (Some(mesh), Some(loads)) = (&network.mesh, &loads.mesh) {
        let bandwidth = capacities(&loads.lines, full * BACKBONE, draws);
        let (from, over) = (&places.access_points, &places.routers);
        links.extend(mesh.links(from, over, &fronts.fronts, &bandwidth, position));
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
    for own in of_access_points {
        capacity[[component, BANDWIDTH]] = Some(own);
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
        elements: elements.into_iter().map(|own| own.element).collect(),
        pools: fronts.pools,
        links: links.into_iter().map(|own: LimitedLink| own.link).collect(),
        client_regions: places.regions.iter().map(client_region).collect(),
        tiers: tiers(),
        tenants: tenants.tenants,
        jurisdictions: jurisdictions.names.clone(),
        shard_ids: tenants.shard_ids,
        shards: tenants.shards,
        has_replicas: !tenants.replicas.is_empty(),
        replicas: tenants.replicas,
        capacity,
        onboarding: Vec::new(),
        capacity_changes: Vec::new(),
        background: Vec::new(),
        risk_groups: Vec::new(),
        load_curves: Vec::new(),
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
    for (own, site) in places.sites.iter().enumerate() {
        for (id, name, role) in elements_of(site, options.elements_per_site) {
            let (kind, bandwidth, sessions) = match role {
                Role::LoadBalancer(among) => {
                    let share = |capacity: f64| rounded_up(capacity / among as f64);
                    (
                        "load-balancer",
                        share(bandwidth[own]),
                        Some(share(sessions[own])),
                    )
                }
                Role::Firewall => ("firewall", firewalls[own], None),
            };
            elements.push(element(id, name, kind, site, bandwidth, sessions));
        }
    }
    if let Some(loads) = &loads.mesh {
        let bandwidth = capacities(&loads.routers, full * BACKBONE, draws);
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
            pool: None,
        },
        bandwidth,
        sessions,
    }
}

fn sites(places: &[Place], jurisdictions: &Jurisdictions) -> Vec<Site> {
    let rows = places.iter().enumerate().map(|(own, place)| Site {
        id: place.id.clone(),
        name: place.name.clone(),
        region: place.centre.geography.word().to_owned(),
        jurisdictions: jurisdictions.of_site(SiteId::new(own)),
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
