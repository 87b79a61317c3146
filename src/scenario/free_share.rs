//! Which sites have less spare capacity than at the scenario's start, events apart (`model.md` §1, "affected").

use super::demand::{is_counted, users_at};
use super::growth::dates_of_growth;
use super::instant::capacity_at;
use crate::ids::{ShardId, SiteId};
use crate::model::{Band, Homes, Inventory, Resource, Scenario, Shard};
use crate::units::ROUNDING;
use jiff::Timestamp;
use ndarray::Array2;

/// Sites whose free share of some resource onboarding, growth or a capacity change dated after the scenario's start
/// and up to `at` has lowered.
///
/// With the homes of `current`, the copies and the
/// background load, `load / capacity` is compared between the users and capacities of the start and of `at`;
/// surges and events do not count.
pub fn free_share_lowered(
    inventory: &Inventory,
    scenario: &Scenario,
    at: Timestamp,
    band: Band,
    current: &Homes,
) -> Vec<bool> {
    let mut lowered = vec![false; inventory.sites.len()];
    if !may_be_lowered(inventory, scenario, at) {
        return lowered;
    }
    let instants = [scenario.start, at];
    let users = instants.map(|instant| users_at(inventory, scenario, instant, band));
    let loads = users.map(|users| site_loads(inventory, &users, current));
    let capacities = instants.map(|instant| capacity_at(inventory, instant));
    for (site, lowered) in lowered.iter_mut().enumerate() {
        let row = inventory.site_component(SiteId::new(site)).index();
        *lowered = (0..inventory.resources.len()).any(|resource| {
            let [before, now] = [0, 1].map(|instant: usize| {
                let load = loads[instant][[site, resource]];
                (load, capacities[instant][[row, resource]])
            });
            is_fuller(before, now)
        });
    }
    lowered
}

/// `true` if onboarding, growth or a capacity change dated after the scenario's start and up to `at` may have lowered the free
/// share of sites: of which ones depends on homes.
pub fn may_be_lowered(inventory: &Inventory, scenario: &Scenario, at: Timestamp) -> bool {
    let is_later = |date: Timestamp| scenario.start < date && date <= at;
    let mut joining = inventory.onboarding.iter();
    let mut changes = inventory.capacity_changes.iter();
    joining.any(|row| is_later(row.date) && is_counted(row, scenario, at))
        || changes.any(|change| is_later(change.date))
        || dates_of_growth(inventory, scenario)
            .into_iter()
            .any(is_later)
}

/// `true` if load ÷ capacity rose; without a limit it is 0, and nothing on no capacity is not fuller.
fn is_fuller(before: (f64, Option<f64>), now: (f64, Option<f64>)) -> bool {
    let (load_now, Some(capacity_now)) = now else {
        return false;
    };
    let (load_before, Some(capacity_before)) = before else {
        return load_now > 0.0;
    };
    let (left, right) = (load_now * capacity_before, load_before * capacity_now);
    left > right * (1.0 + ROUNDING)
}

/// Sites × resources: load of the shards at their homes, of the copies and of the background.
fn site_loads(inventory: &Inventory, users: &[f64], current: &Homes) -> Array2<f64> {
    let mut loads = Array2::zeros((inventory.sites.len(), inventory.resources.len()));
    for background in &inventory.background {
        if background.component.index() < inventory.sites.len() {
            let at = [background.component.index(), background.resource.index()];
            loads[at] += background.load;
        }
    }
    let mut replicas = inventory.replicas.as_slice();
    let mut copies: Vec<SiteId> = Vec::new();
    for (index, shard) in inventory.shards.iter().enumerate() {
        copies.clear();
        let position = replicas
            .iter()
            .take_while(|replica| replica.shard.index() == index)
            .count();
        if position > 0 {
            copies.extend(replicas[..position].iter().map(|replica| replica.site));
            copies.extend(shard.site);
            replicas = &replicas[position..];
        }
        add_shard(
            inventory,
            &mut loads,
            shard,
            users[index],
            &copies,
            current
                .of(ShardId::new(index))
                .filter_map(|home| Some((home.site?, current.share(home)))),
        );
    }
    loads
}

/// Adds what one shard uses: the share of a copy wherever it has one, and the rest where it runs.
fn add_shard(
    inventory: &Inventory,
    loads: &mut Array2<f64>,
    shard: &Shard,
    users: f64,
    copies: &[SiteId],
    homes: impl Iterator<Item = (SiteId, f64)>,
) {
    let demand = &inventory.profiles[shard.profile.index()].demand;
    let mut add = |site: SiteId, share_of: &dyn Fn(&Resource) -> f64| {
        for (resource, of_resource) in inventory.resources.iter().enumerate() {
            loads[[site.index(), resource]] += demand[resource] * users * share_of(of_resource);
        }
    };
    for &site in copies {
        add(site, &|resource| resource.replica_share);
    }
    for (site, share) in homes {
        if copies.contains(&site) {
            add(site, &|resource| share * (1.0 - resource.replica_share));
        } else {
            add(site, &|_| share);
        }
    }
}

#[cfg(test)]
mod tests;
