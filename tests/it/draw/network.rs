//! Access points, elements, pools and links.
//!
//! Every client region reaches an active access point, every access point the first core element, and that
//! one every site, by links for all profiles and in less than 90 ms; the rest is up to chance.

use super::Size;
use super::random::Random;
use super::services::coordinate;
use super::sketch::{ComponentSketch, Kind, Sketch};
use super::table::{Table, decimal, limit, optional};
use std::collections::BTreeMap;

/// The kind of a router of the mesh.
const MESHED: &str = "mesh";

/// A link before it has an id.
struct Wire {
    from: String,
    to: String,
    /// `None` leaves the latency to the distance; pools have no place, so theirs is always given.
    latency: Option<f64>,
    is_for_all: bool,
}

/// An element, or a member of a pool.
struct Part {
    id: String,
    kind: &'static str,
    pool: String,
}

/// Elements and links as they come up.
#[derive(Default)]
struct Plan {
    parts: Vec<Part>,
    wires: Vec<Wire>,
}

impl Plan {
    fn element(&mut self, id: String, kind: &'static str) -> String {
        self.parts.push(Part {
            id: id.clone(),
            kind,
            pool: String::new(),
        });
        id
    }

    fn pool(&mut self, random: &mut Random, sketch: &mut Sketch, id: String) -> String {
        for n in 1..=random.whole(2, 3) {
            self.parts.push(Part {
                id: format!("{id}-{n}"),
                kind: "load-balancer",
                pool: id.clone(),
            });
        }
        sketch.pools.push(id.clone());
        id
    }

    /// A link for everybody.
    fn wire(&mut self, from: &str, to: &str, latency: f64) {
        self.wires.push(Wire {
            from: from.to_owned(),
            to: to.to_owned(),
            latency: Some(latency),
            is_for_all: true,
        });
    }

    /// A link that may be for some profiles only, and may take its latency from the distance.
    fn extra(&mut self, random: &mut Random, from: &str, to: &str, latency: f64) {
        let is_given = random.chance(0.7) || from.starts_with("lb") || to.starts_with("lb");
        self.wires.push(Wire {
            from: from.to_owned(),
            to: to.to_owned(),
            latency: is_given.then_some(latency),
            is_for_all: random.chance(0.6),
        });
    }
}

pub(super) fn draw(
    random: &mut Random,
    sketch: &mut Sketch,
    size: Size,
    files: &mut Vec<(String, String)>,
) {
    let active: Vec<String> = (1..=random.whole(1, 4)).map(|n| format!("ap{n}")).collect();
    let standby: Vec<String> = (1..=random.whole(0, size.standby))
        .map(|n| format!("standby{n}"))
        .collect();
    let mut plan = Plan::default();
    wire_regions(random, sketch, &mut plan, &active, &standby);
    let cores: Vec<String> = (1..=random.whole(1, 2))
        .map(|n| plan.element(format!("core{n}"), "router"))
        .collect();
    for access_point in active.iter().chain(&standby) {
        plan.wire(access_point, &cores[0], random.between(1.0, 10.0));
        if cores.len() > 1 && random.chance(0.5) {
            let latency = random.between(1.0, 15.0);
            plan.extra(random, access_point, &cores[1], latency);
        }
        if random.chance(0.3) {
            let site = random.one_of(&sketch.sites).clone();
            let latency = random.between(10.0, 50.0);
            plan.extra(random, access_point, &site, latency);
        }
    }
    if cores.len() > 1 && random.chance(0.7) {
        plan.extra(random, &cores[0], &cores[1], 3.0);
        plan.extra(random, &cores[1], &cores[0], 3.0);
    }
    for site in sketch.sites.clone() {
        wire_site(random, sketch, &mut plan, &cores, &site);
    }
    if size.mesh > 0 {
        let entries: Vec<String> = active
            .iter()
            .chain(&standby)
            .chain(&cores)
            .cloned()
            .collect();
        wire_mesh(random, sketch, &mut plan, &entries, size.mesh);
    }
    files.push((
        "access_points.csv".to_owned(),
        access_points(random, sketch, &active, &standby),
    ));
    files.push((
        "elements.csv".to_owned(),
        elements(random, sketch, &plan.parts),
    ));
    files.push(("links.csv".to_owned(), links(random, sketch, &plan.wires)));
}

/// Client regions to access points, straight or through an element before them.
fn wire_regions(
    random: &mut Random,
    sketch: &mut Sketch,
    plan: &mut Plan,
    active: &[String],
    standby: &[String],
) {
    let isp = random.chance(0.4).then(|| {
        if random.chance(0.3) {
            plan.pool(random, sketch, "lb-isp".to_owned())
        } else {
            plan.element("isp".to_owned(), "isp")
        }
    });
    if let Some(isp) = &isp {
        plan.wire(
            isp,
            random.one_of::<String>(active),
            random.between(1.0, 15.0),
        );
        if random.chance(0.4) {
            let all: Vec<String> = active.iter().chain(standby).cloned().collect();
            let access_point = random.one_of(&all).clone();
            let latency = random.between(1.0, 15.0);
            plan.extra(random, isp, &access_point, latency);
        }
    }
    for region in sketch.regions.clone() {
        match &isp {
            Some(isp) if random.chance(0.5) => plan.wire(&region, isp, random.between(1.0, 10.0)),
            _ => plan.wire(
                &region,
                random.one_of::<String>(active),
                random.between(2.0, 25.0),
            ),
        }
        for access_point in active.iter().chain(standby) {
            if random.chance(0.35) {
                let latency = random.between(2.0, 30.0);
                plan.extra(random, &region, access_point, latency);
            }
        }
    }
}

/// Core elements to a site: straight, through elements in parallel, or through a pool.
fn wire_site(
    random: &mut Random,
    sketch: &mut Sketch,
    plan: &mut Plan,
    cores: &[String],
    site: &str,
) {
    let far = random.between(1.0, 30.0);
    let edges = match random.whole(0, 3) {
        0 => vec![site.to_owned()],
        1 => vec![plan.element(format!("fw-{site}"), "firewall")],
        2 => vec![
            plan.element(format!("edge-{site}-1"), "router"),
            plan.element(format!("edge-{site}-2"), "router"),
        ],
        _ => vec![plan.pool(random, sketch, format!("lb-{site}"))],
    };
    for edge in &edges {
        plan.wire(&cores[0], edge, far + random.between(0.0, 5.0));
        if cores.len() > 1 && random.chance(0.5) {
            let latency = far + random.between(0.0, 5.0);
            plan.extra(random, &cores[1], edge, latency);
        }
        if edge != site {
            plan.wire(edge, site, random.between(0.0, 3.0));
        }
    }
    if random.chance(0.15) {
        plan.wire(&cores[0], &edges[0], far + 7.0);
    }
}

/// Routers in a ring, in both directions and with chords, between whatever leads into it and the sites: ways of
/// several hops, in cycles, some of them too long for the latency limits.
fn wire_mesh(
    random: &mut Random,
    sketch: &Sketch,
    plan: &mut Plan,
    entries: &[String],
    count: usize,
) {
    let routers: Vec<String> = (1..=count)
        .map(|n| plan.element(format!("mesh{n}"), MESHED))
        .collect();
    for (index, router) in routers.iter().enumerate() {
        let next = &routers[(index + 1) % count];
        let latency = random.between(0.5, 12.0);
        plan.wire(router, next, latency);
        plan.extra(random, next, router, latency);
        let other = random.one_of(&routers).clone();
        if other != *router && other != *next {
            let latency = random.between(0.5, 40.0);
            plan.extra(random, router, &other, latency);
        }
    }
    for entry in entries {
        if random.chance(0.7) {
            let router = random.one_of(&routers).clone();
            plan.wire(entry, &router, random.between(0.5, 6.0));
        }
    }
    for site in &sketch.sites {
        let mut exits = random.shuffled(&routers);
        exits.truncate(random.whole(1, 2));
        for exit in exits {
            plan.wire(&exit, site, random.between(0.5, 20.0));
        }
    }
}

/// Capacities of a component for the network resources that its file limits.
fn capacity(
    random: &mut Random,
    sketch: &Sketch,
    limited: &[usize],
    share: f64,
) -> Vec<(String, Option<f64>)> {
    limited
        .iter()
        .map(|&resource| {
            let all = sketch.demand(resource, None).max(1.0);
            let factor = (0.5 + 0.5 * sketch.ease) * random.between(0.5, 1.5) * share;
            let amount = (!random.chance(0.3)).then(|| (all * factor).ceil());
            (sketch.resources[resource].id.clone(), amount)
        })
        .collect()
}

/// The network resources that a file has a column for.
fn limited(random: &mut Random, sketch: &Sketch, probability: f64) -> Vec<usize> {
    let network = sketch.network();
    network
        .into_iter()
        .filter(|_| random.chance(probability))
        .collect()
}

fn columns<'a>(first: &[&'a str], sketch: &'a Sketch, limited: &[usize]) -> Vec<&'a str> {
    let mut columns = first.to_vec();
    columns.extend(limited.iter().map(|&r| sketch.resources[r].id.as_str()));
    columns
}

fn access_points(
    random: &mut Random,
    sketch: &mut Sketch,
    active: &[String],
    standby: &[String],
) -> String {
    let limited = limited(random, sketch, 0.8);
    let first = ["access_point", "latitude", "longitude", "state", "headroom"];
    let mut table = Table::new(&columns(&first, sketch, &limited));
    let mut components = Vec::new();
    let all = active
        .iter()
        .map(|id| (id, "active"))
        .chain(standby.iter().map(|id| (id, "standby")));
    for (id, state) in all {
        let capacity = capacity(random, sketch, &limited, 1.2);
        let value = random.chance(0.1).then_some(0.25);
        let mut cells = vec![id.clone(), coordinate(random), coordinate(random)];
        cells.extend([state.to_owned(), optional(value)]);
        cells.extend(capacity.iter().map(|(_, amount)| limit(*amount)));
        table.row(&cells);
        components.push(ComponentSketch {
            id: id.clone(),
            kind: Kind::AccessPoint,
            capacity,
        });
    }
    sketch.components.extend(components);
    table.text()
}

fn elements(random: &mut Random, sketch: &mut Sketch, parts: &[Part]) -> String {
    let limited = limited(random, sketch, 0.8);
    let first = [
        "element",
        "kind",
        "latitude",
        "longitude",
        "pool",
        "headroom",
    ];
    let mut table = Table::new(&columns(&first, sketch, &limited));
    let mut components = Vec::new();
    let mut pools: BTreeMap<&str, Vec<(String, Option<f64>)>> = BTreeMap::new();
    for part in parts {
        let is_member = !part.pool.is_empty();
        let capacity = if is_member {
            // Members limit the same resources, in sizes so alike that halving all of them pulls none out.
            let smallest = pools
                .entry(&part.pool)
                .or_insert_with(|| capacity(random, sketch, &limited, 0.6));
            smallest
                .iter()
                .map(|(id, amount)| {
                    let larger = random.between(1.0, 1.2);
                    (id.clone(), amount.map(|amount| (amount * larger).floor()))
                })
                .collect()
        } else if part.kind == MESHED {
            // None carries all, so that users are spread over the ways.
            capacity(random, sketch, &limited, 0.4)
        } else {
            capacity(random, sketch, &limited, 1.0)
        };
        let value = (!is_member && random.chance(0.1)).then_some(0.05);
        let mut cells = vec![part.id.clone(), part.kind.to_owned()];
        cells.extend([coordinate(random), coordinate(random)]);
        cells.extend([part.pool.clone(), optional(value)]);
        cells.extend(capacity.iter().map(|(_, amount)| limit(*amount)));
        table.row(&cells);
        components.push(ComponentSketch {
            id: part.id.clone(),
            kind: if is_member {
                Kind::Member
            } else {
                Kind::Element
            },
            capacity,
        });
    }
    sketch.components.extend(components);
    table.text()
}

fn links(random: &mut Random, sketch: &mut Sketch, wires: &[Wire]) -> String {
    let limited = limited(random, sketch, 0.35);
    let first = ["link", "from", "to", "profiles", "latency_ms"];
    let mut table = Table::new(&columns(&first, sketch, &limited));
    let mut components = Vec::new();
    for (index, wire) in wires.iter().enumerate() {
        let id = format!("l{index:02}");
        let capacity = capacity(random, sketch, &limited, 1.2);
        let profiles = if wire.is_for_all {
            String::new()
        } else {
            random.one_of(&sketch.profiles).0.clone()
        };
        let mut cells = vec![id.clone(), wire.from.clone(), wire.to.clone(), profiles];
        cells.push(wire.latency.map(decimal).unwrap_or_default());
        cells.extend(capacity.iter().map(|(_, amount)| limit(*amount)));
        table.row(&cells);
        components.push(ComponentSketch {
            id,
            kind: Kind::Link,
            capacity,
        });
    }
    sketch.components.extend(components);
    table.text()
}
