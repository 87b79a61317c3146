//! Resources, profiles, tiers, client regions, sites, shards and their replicas.

use super::Size;
use super::random::Random;
use super::sketch::{ComponentSketch, Kind, ResourceSketch, ShardSketch, Sketch};
use super::table::{Table, decimal, limit, optional};

const JURISDICTIONS: [&str; 3] = ["EU", "US", "CH"];

/// The longest limit asked of shards that must not lose their only site by it.
const AMPLE_MS: [f64; 3] = [90.0, 120.0, 200.0];

pub(super) fn draw(
    random: &mut Random,
    sketch: &mut Sketch,
    size: Size,
    files: &mut Vec<(String, String)>,
) {
    sketch.ease = *random.one_of(&[0.7, 1.0, 1.5, 2.5, 4.0, 5.0]);
    let mut file = |name: &str, table: Table| files.push((name.to_owned(), table.text()));
    file("resources.csv", resources(random, sketch));
    file("profiles.csv", profiles(random, sketch));
    let (tiers, table) = tiers(random);
    file("tiers.csv", table);
    let count = random.whole(1, 4);
    sketch.regions = (1..=count).map(|n| format!("r{n}")).collect();
    file("client_regions.csv", client_regions(random, sketch));
    let count = random.whole(2, size.sites);
    sketch.sites = (1..=count).map(|n| format!("site{n}")).collect();
    let offered = offered(random, sketch);
    let (shards, replicas) = shards(random, sketch, size, &tiers, &offered);
    file("shards.csv", shards);
    if let Some(replicas) = replicas {
        file("replicas.csv", replicas);
    }
    file("sites.csv", sites(random, sketch, &offered));
}

fn resources(random: &mut Random, sketch: &mut Sketch) -> Table {
    let columns = [
        "resource",
        "unit",
        "scope",
        "headroom",
        "event_headroom",
        "varies",
        "replica_share",
    ];
    let mut table = Table::new(&columns);
    let all = [
        ("cpu", "vCPU", false, true),
        ("storage", "TiB", false, false),
        ("bandwidth", "Gbit/s", true, true),
        ("sessions", "1", true, random.chance(0.6)),
    ];
    let first = random.whole(0, 2);
    for (index, (id, unit, is_network, varies)) in all.into_iter().enumerate() {
        if index != first && random.chance(0.45) {
            continue;
        }
        let share = if is_network {
            *random.one_of(&[0.0, 0.0, 0.1])
        } else {
            *random.one_of(&[0.0, 0.25, 0.5, 1.0])
        };
        let headroom = *random.one_of(&[0.0, 0.1, 0.2, 0.3]);
        let event = random
            .chance(0.3)
            .then(|| *random.one_of(&[0.0, 0.05, 0.15]));
        table.row(&[
            id.to_owned(),
            unit.to_owned(),
            if is_network { "network" } else { "site" }.to_owned(),
            decimal(headroom),
            optional(event),
            if varies { "yes" } else { "no" }.to_owned(),
            decimal(share),
        ]);
        sketch.resources.push(ResourceSketch {
            id: id.to_owned(),
            is_network,
        });
    }
    table
}

fn profiles(random: &mut Random, sketch: &mut Sketch) -> Table {
    let mut columns = vec!["profile".to_owned()];
    columns.extend(sketch.resources.iter().map(|resource| resource.id.clone()));
    let mut table = Table::new(&columns);
    for n in 1..=random.whole(1, 3) {
        let mut demand: Vec<f64> = sketch
            .resources
            .iter()
            .map(|_| {
                if random.chance(0.15) {
                    0.0
                } else {
                    *random.one_of(&[0.5, 1.0, 1.0, 2.0, 3.0])
                }
            })
            .collect();
        if demand.iter().sum::<f64>() <= 0.0 {
            demand[0] = 1.0;
        }
        let id = format!("profile{n}");
        let mut cells = vec![id.clone()];
        cells.extend(demand.iter().copied().map(decimal));
        table.row(&cells);
        sketch.profiles.push((id, demand));
    }
    table
}

fn tiers(random: &mut Random) -> (Vec<String>, Table) {
    let mut table = Table::new(&["tier", "rank", "availability"]);
    let mut rank = 1;
    let mut ids = Vec::new();
    for (index, id) in ["gold", "silver", "bronze"].into_iter().enumerate() {
        if index > 0 && random.chance(0.3) {
            break;
        }
        if index > 0 && random.chance(0.7) {
            rank += random.whole(1, 2);
        }
        table.row(&[id.to_owned(), rank.to_string(), "0.99".to_owned()]);
        ids.push(id.to_owned());
    }
    (ids, table)
}

fn client_regions(random: &mut Random, sketch: &Sketch) -> Table {
    let mut table = Table::new(&["client_region", "latitude", "longitude"]);
    for id in &sketch.regions {
        table.row(&[id.clone(), coordinate(random), coordinate(random)]);
    }
    table
}

/// Degrees near the origin, so that no distance is above a thousand kilometres.
pub(super) fn coordinate(random: &mut Random) -> String {
    decimal(random.between(-2.0, 2.0))
}

/// The jurisdictions that every site offers.
fn offered(random: &mut Random, sketch: &Sketch) -> Vec<Vec<&'static str>> {
    sketch
        .sites
        .iter()
        .map(|_| {
            JURISDICTIONS
                .into_iter()
                .filter(|_| random.chance(0.45))
                .collect()
        })
        .collect()
}

fn shards(
    random: &mut Random,
    sketch: &mut Sketch,
    size: Size,
    tiers: &[String],
    offered: &[Vec<&str>],
) -> (Table, Option<Table>) {
    let columns = [
        "shard",
        "tenant",
        "users",
        "site",
        "profile",
        "client_region",
        "tier",
        "jurisdiction",
        "max_latency_ms",
        "move",
    ];
    let mut table = Table::new(&columns);
    let mut replicas = Table::new(&["shard", "site", "preference", "state"]);
    let has_replicas = random.chance(0.6);
    let anywhere: Vec<&str> = JURISDICTIONS
        .into_iter()
        .filter(|id| offered.iter().any(|site| site.contains(id)))
        .collect();
    for n in 1..=random.whole(3, size.shards) {
        let id = format!("shard{n}");
        let site = (!random.chance(0.12)).then(|| random.whole(0, sketch.sites.len() - 1));
        let is_new = site.is_none() && random.chance(0.5);
        let users = if is_new { 0 } else { random.whole(1, 120) };
        let jurisdiction = if random.chance(0.3) && !anywhere.is_empty() {
            *random.one_of(&anywhere)
        } else {
            ""
        };
        let mut rule = "free";
        if random.chance(0.2) && site.is_some() {
            rule = *random.one_of(&["replica_only", "pinned"]);
        }
        let limit = if random.chance(0.6) {
            None
        } else if site.is_none() || rule == "pinned" || !jurisdiction.is_empty() {
            Some(*random.one_of(&AMPLE_MS))
        } else {
            Some(*random.one_of(&[35.0, 50.0, 70.0, 90.0]))
        };
        let profile = random.whole(0, sketch.profiles.len() - 1);
        let tenant = format!("tenant{}", random.whole(1, 4));
        table.row(&[
            id.clone(),
            tenant.clone(),
            users.to_string(),
            site.map(|site| sketch.sites[site].clone())
                .unwrap_or_default(),
            sketch.profiles[profile].0.clone(),
            random.one_of(&sketch.regions).clone(),
            random.one_of(tiers).clone(),
            jurisdiction.to_owned(),
            optional(limit),
            rule.to_owned(),
        ]);
        if has_replicas && random.chance(0.6) {
            add_replicas(random, sketch, &id, site, &mut replicas);
        }
        sketch.shards.push(ShardSketch {
            id,
            tenant,
            users: users as f64,
            site,
            profile,
        });
    }
    (table, sketch.has_replicas.then_some(replicas))
}

fn add_replicas(
    random: &mut Random,
    sketch: &mut Sketch,
    shard: &str,
    home: Option<usize>,
    replicas: &mut Table,
) {
    let others: Vec<usize> = (0..sketch.sites.len())
        .filter(|&site| Some(site) != home)
        .collect();
    let count = random.whole(1, 2);
    for (index, site) in random.shuffled(&others).into_iter().take(count).enumerate() {
        let state = *random.one_of(&["", "", "ready", "blocked"]);
        replicas.row(&[
            shard.to_owned(),
            sketch.sites[site].clone(),
            (index + 1).to_string(),
            state.to_owned(),
        ]);
        sketch.has_replicas = true;
    }
}

fn sites(random: &mut Random, sketch: &mut Sketch, offered: &[Vec<&str>]) -> Table {
    let limited: Vec<usize> = (0..sketch.resources.len())
        .filter(|&resource| {
            random.chance(if sketch.resources[resource].is_network {
                0.4
            } else {
                0.9
            })
        })
        .collect();
    let has_own = random.chance(0.3);
    let mut columns: Vec<&str> = vec!["site", "jurisdiction", "latitude", "longitude"];
    columns.extend(limited.iter().map(|&r| sketch.resources[r].id.as_str()));
    columns.push("headroom");
    let mut table = Table::new(&columns);
    let mut components = Vec::new();
    for (site, id) in sketch.sites.iter().enumerate() {
        let mut cells = vec![
            id.clone(),
            offered[site].join(";"),
            coordinate(random),
            coordinate(random),
        ];
        let mut capacity = Vec::new();
        for &resource in &limited {
            let homed = sketch.demand(resource, Some(site));
            let fair = sketch.demand(resource, None) / sketch.sites.len() as f64;
            let amount = if random.chance(0.1) {
                None
            } else if random.chance(0.02) {
                Some(0.0)
            } else {
                let spare = fair * random.between(0.0, 0.8) * sketch.ease;
                Some((homed * random.between(0.97, 1.5) + spare).ceil().max(1.0))
            };
            cells.push(limit(amount));
            capacity.push((sketch.resources[resource].id.clone(), amount));
        }
        cells.push(optional((has_own && random.chance(0.4)).then_some(0.15)));
        table.row(&cells);
        components.push(ComponentSketch {
            id: id.clone(),
            kind: Kind::Site,
            capacity,
        });
    }
    sketch.components.extend(components);
    table
}
