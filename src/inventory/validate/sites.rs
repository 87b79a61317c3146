//! Rules of sites.csv that need the whole inventory.

use super::Lines;
use crate::diagnostic::{Code, Place};
use crate::ids::SiteId;
use crate::inventory::findings::{Findings, place};
use crate::inventory::kind::LARGEST;
use crate::model::{Inventory, Shard};
use crate::units::FEASIBILITY;
use ndarray::Array2;

/// A site with less capacity than its load (a warning).
pub(crate) const OVERLOADED: Code = Code("P3406");
/// A site that keeps less than its headroom target before anything happens (a warning).
pub(crate) const MISSES_ITS_TARGET: Code = Code("P3408");
/// Many times what all sites together have (a warning).
pub(crate) const OVERLOADED_EVERYWHERE: Code = Code("P3410");
/// Amounts so large that their sum is no number.
pub(crate) const TOO_LARGE_TO_SUM: Code = Code("P3407");

/// The capacity of every site covers what is used there before anything happens: shards at home, copies of
/// shards homed elsewhere, and background.
pub(crate) fn cover_their_load(inventory: &Inventory, lines: &Lines, findings: &mut Findings) {
    let load = present_load(inventory);
    let is_everywhere = overloaded_everywhere(inventory, &load, findings);
    for ((site, resource), load) in load.indexed_iter() {
        if is_everywhere[resource] {
            continue;
        }
        let Some(capacity) = inventory.capacity[[site, resource]] else {
            continue;
        };
        let component = inventory.site_component(SiteId::new(site));
        let resource = &inventory.resources[resource];
        let target = inventory
            .own_headroom(component)
            .unwrap_or(resource.headroom);
        let free = 1.0 - load / capacity;
        if *load <= capacity * (1.0 + FEASIBILITY) {
            if capacity > 0.0 && free < target - FEASIBILITY {
                findings.warning(
                    MISSES_ITS_TARGET,
                    place("sites.csv", lines.sites[site], Some(&resource.id)),
                    format!("{capacity} {}, and a load of {load} before any event", resource.unit),
                    format!("at least a share of {target} free, its headroom target"),
                    "a plan leaves this deficit (`existing_shortfall = \"keep\"`): add capacity, move users, or plan \
                     with \"repair\"",
                );
            }
            continue;
        }
        findings.warning(
            OVERLOADED,
            place("sites.csv", lines.sites[site], Some(&resource.id)),
            format!("{capacity} {}", resource.unit),
            format!(
                "at least {load} {}, its present load",
                resource.unit
            ),
            "check the capacity, the users of the site and their demand; users beyond the capacity are unserved",
        );
    }
}

/// By resource, whether its load exceeds the capacity by so much that a unit is probably wrong, which is one warning.
fn overloaded_everywhere(
    inventory: &Inventory,
    load: &Array2<f64>,
    findings: &mut Findings,
) -> Vec<bool> {
    let resources = inventory.resources.iter().enumerate();
    let is_so = resources.map(|(index, resource)| {
        let sites = 0..inventory.sites.len();
        let capacities = sites.map(|site| inventory.capacity[[site, index]]);
        // Where one site does not limit it, all together do not.
        let capacity = capacities.sum::<Option<f64>>().unwrap_or(f64::INFINITY);
        let load: f64 = load.column(index).sum();
        let is_so = capacity > 0.0 && load >= SUSPICIOUS_LOAD * capacity;
        if is_so {
            let mut place = Place::whole("profiles.csv");
            place.column = Some(resource.id.clone());
            findings.warning(
                OVERLOADED_EVERYWHERE,
                place,
                format!(
                    "a load of {load} {unit} before any event, {times:.0} times the capacity of all sites",
                    unit = resource.unit,
                    times = load / capacity
                ),
                format!("at most {capacity} {}, the capacity of all sites", resource.unit),
                "check the unit of the demand in profiles.csv and of the capacities in sites.csv",
            );
        }
        is_so
    });
    is_so.collect()
}

/// How many times the capacity of all sites is probably a wrong unit.
const SUSPICIOUS_LOAD: f64 = 10.0;

/// Site × resource: the load of shards at home, copies of shards homed elsewhere, and background.
pub(crate) fn present_load(inventory: &Inventory) -> Array2<f64> {
    let resources = inventory.resources.len();
    let mut load = Array2::zeros((inventory.sites.len(), resources));
    let demand = |shard: &Shard, resource: usize| {
        shard.users as f64 * inventory.profiles[shard.profile.index()].demand[resource]
    };
    for shard in &inventory.shards {
        if let Some(site) = shard.site {
            for resource in 0..resources {
                load[[site.index(), resource]] += demand(shard, resource);
            }
        }
    }
    for replica in &inventory.replicas {
        let shard = &inventory.shards[replica.shard.index()];
        for (resource, row) in inventory.resources.iter().enumerate() {
            load[[replica.site.index(), resource]] += row.replica_share * demand(shard, resource);
        }
    }
    for background in &inventory.background {
        if background.component.index() < inventory.sites.len() {
            load[[background.component.index(), background.resource.index()]] += background.load;
        }
    }
    load
}

/// Demand and background, summed over everybody, stay in reach of the linear program.
pub(crate) fn sums_are_numbers(inventory: &Inventory, findings: &mut Findings) {
    let users = inventory.shards.iter().map(|shard| shard.users as f64);
    let users = users.sum::<f64>().max(1.0);
    let mut report = |file: &str, column: &str| {
        let mut place = Place::whole(file);
        place.column = Some(column.to_owned());
        findings.error(
            TOO_LARGE_TO_SUM,
            place,
            "values whose sum over all users is out of range",
            format!("sums of at most {LARGEST:e}"),
            "choose a larger unit",
        );
    };
    for (index, resource) in inventory.resources.iter().enumerate() {
        let demands = inventory
            .profiles
            .iter()
            .map(|profile| profile.demand[index]);
        if users * demands.fold(0.0, f64::max) > LARGEST {
            report("profiles.csv", &resource.id);
        }
    }
    let background = inventory.background.iter().map(|row| row.load);
    if background.sum::<f64>() > LARGEST {
        report("background.csv", "load");
    }
}
