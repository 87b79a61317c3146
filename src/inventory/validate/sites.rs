//! Rules of sites.csv that need the whole inventory.

use super::lines::Lines;
use crate::diagnostic::amounts::{amount, apart, quantity, rounded};
use crate::diagnostic::{Code, Place};
use crate::ids::SiteId;
use crate::inventory::findings::{Findings, place};
use crate::inventory::kind::LARGEST;
use crate::model::{Inventory, Shard};
use crate::units::FEASIBILITY;
use ndarray::Array2;
use std::ops::Range;

/// A site with less capacity than its load (a warning).
pub(crate) const OVERLOADED: Code = Code("P3406");
/// A site that keeps less than its headroom target before anything happens (a warning).
pub(crate) const MISSES_ITS_TARGET: Code = Code("P3408");
/// Many times what all sites together have (a warning).
pub(crate) const OVERLOADED_EVERYWHERE: Code = Code("P3410");
/// Almost nothing of what all sites together have (a warning).
pub(crate) const HARDLY_LOADED: Code = Code("P3411");
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
            .headroom_target(component)
            .unwrap_or(resource.headroom);
        let free = 1.0 - load / capacity;
        if *load <= capacity * (1.0 + FEASIBILITY) {
            if capacity > 0.0 && free < target - FEASIBILITY {
                findings.warning(
                    MISSES_ITS_TARGET,
                    place("sites.csv", lines.sites[site], Some(&resource.id)),
                    format!(
                        "{}, and a load of {} before any event",
                        quantity(capacity, &resource.unit),
                        amount(*load)
                    ),
                    format!(
                        "at least a share of {} free, its headroom target",
                        rounded(target)
                    ),
                    "a plan leaves this deficit (`existing_shortfall = \"keep\"`): add capacity, move users, or plan \
                     with \"repair\"",
                );
            }
            continue;
        }
        let [capacity, load] = apart([capacity, *load]);
        findings.warning(
            OVERLOADED,
            place("sites.csv", lines.sites[site], Some(&resource.id)),
            format!("{capacity} {}", resource.unit),
            format!("at least {load} {}, its present load", resource.unit),
            "check the capacity, the users of the site and their demand; users beyond the capacity are unserved",
        );
    }
}

/// By resource, whether its load exceeds the capacity of all sites by so much that a unit is probably wrong, which is one
/// warning; so is a load of almost nothing, and both at access points, of which every user passes one.
fn overloaded_everywhere(
    inventory: &Inventory,
    load: &Array2<f64>,
    findings: &mut Findings,
) -> Vec<bool> {
    // Their sum, and what it would be if all had the median; where one of them does not limit a resource, all together do not.
    let of = |components: Range<usize>, resource: usize| {
        let capacities = components.map(|index| inventory.capacity[[index, resource]]);
        let mut capacities = capacities.collect::<Option<Vec<f64>>>()?;
        capacities.sort_by(f64::total_cmp);
        let (sum, count) = (capacities.iter().sum::<f64>(), capacities.len());
        let median = capacities.get(count / 2)?;
        (sum > 0.0).then_some([sum, median * count as f64])
    };
    let sites = inventory.sites.len();
    let doors = sites..sites + inventory.access_points.len();
    let resources = 0..inventory.resources.len();
    let is_so = resources.map(|resource| {
        let at_sites: f64 = load.column(resource).sum();
        let of_users = inventory.shards.iter().filter(|shard| shard.site.is_some());
        let of_users = of_users
            .map(|shard| demand(inventory, shard, resource))
            .sum();
        let kinds = [
            (at_sites, of(0..sites, resource), "sites", "sites.csv"),
            (
                of_users,
                of(doors.clone(), resource),
                "access points",
                "access_points.csv",
            ),
        ];
        let mut is_so = kinds
            .into_iter()
            .filter_map(|(load, capacity, noun, file)| Some((load, capacity?, noun, file)));
        is_so.any(|entry| is_of_another_unit(inventory, resource, entry, findings))
    });
    is_so.collect()
}

/// Warns of a load that is so far from the capacity of all components of a kind that a unit is probably wrong; `true` where it
/// exceeds that of sites.
fn is_of_another_unit(
    inventory: &Inventory,
    resource: usize,
    (load, [capacity, of_median], noun, file): (f64, [f64; 2], &str, &str),
    findings: &mut Findings,
) -> bool {
    let resource = &inventory.resources[resource];
    let (unit, times) = (&resource.unit, load / capacity);
    let of_load = format!("a load of {} before any event", quantity(load, unit));
    let hint =
        format!("check the unit of the demand in profiles.csv and of the capacities in {file}");
    let mut place = Place::whole("profiles.csv");
    place.column = Some(resource.id.clone());
    if times >= SUSPICIOUS_LOAD {
        findings.warning(
            OVERLOADED_EVERYWHERE,
            place,
            format!(
                "{of_load}, {} times the capacity of all {noun}",
                amount(times)
            ),
            format!(
                "at most {}, the capacity of all {noun}",
                quantity(capacity, unit)
            ),
            hint,
        );
        return true;
    }
    // One capacity that is too large is said by itself.
    if load > 0.0 && load < HARDLY_ANY_LOAD * capacity.min(of_median) {
        findings.warning(
            HARDLY_LOADED,
            place,
            of_load,
            format!(
                "at least {}, a thousandth of the capacity of all {noun}",
                quantity(capacity * HARDLY_ANY_LOAD, unit)
            ),
            hint + "; nothing to do if both are right",
        );
    }
    false
}

/// How many times the capacity of all sites is probably a wrong unit.
const SUSPICIOUS_LOAD: f64 = 10.0;

/// What share of the capacity of all sites is probably a wrong unit.
const HARDLY_ANY_LOAD: f64 = 0.001;

/// What the users of a shard in shards.csv demand of a resource.
fn demand(inventory: &Inventory, shard: &Shard, resource: usize) -> f64 {
    shard.users as f64 * inventory.profiles[shard.profile.index()].demand[resource]
}

/// Site × resource: the load of the users of shards.csv at home, of copies, and background.
pub(crate) fn present_load(inventory: &Inventory) -> Array2<f64> {
    let users = inventory.shards.iter().map(|shard| shard.users as f64);
    site_load(inventory, &users.collect::<Vec<f64>>())
}

/// The same of these users by shard.
pub(crate) fn site_load(inventory: &Inventory, users: &[f64]) -> Array2<f64> {
    let resources = inventory.resources.len();
    let mut load = Array2::zeros((inventory.sites.len(), resources));
    let demand = |shard: usize, resource: usize| {
        let profile = inventory.shards[shard].profile;
        users[shard] * inventory.profiles[profile.index()].demand[resource]
    };
    for (index, shard) in inventory.shards.iter().enumerate() {
        if let Some(site) = shard.site {
            for resource in 0..resources {
                load[[site.index(), resource]] += demand(index, resource);
            }
        }
    }
    for replica in &inventory.replicas {
        let shard = replica.shard.index();
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
