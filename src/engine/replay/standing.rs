//! Standing: what passive copies take at sites, whoever is served where.

use super::course::{Course, Layout};
use super::field::{Field, Obstacle, Where};
use crate::ids::ShardId;
use crate::model::{Component, Inventory};
use std::collections::BTreeMap;

/// By stage, what copies take per unit of the hour's factor, as (client region, amount): none at sites that are out.
pub(super) struct Standing {
    by_stage: Vec<(usize, Vec<(usize, f64)>)>,
}

impl Standing {
    /// Those of a layout: the mean over its span.
    pub(super) fn new(
        inventory: &Inventory,
        field: &Field,
        course: &Course<'_>,
        layout: &Layout,
        is_gone: &[bool],
    ) -> Self {
        let mut at_sites: BTreeMap<(usize, usize), Vec<f64>> = BTreeMap::new();
        let members = layout.members.chunk_by(|a, b| a.shard == b.shard);
        for members in members {
            let shard = members[0].shard;
            let replicas = inventory.replicas_of(shard);
            if replicas.is_empty() {
                continue;
            }
            let row = &inventory.shards[shard.index()];
            let users = |own: &super::course::Member| f64::midpoint(own.users[0], own.users[1]);
            let all: f64 = members.iter().map(users).sum();
            let sites = replicas.iter().map(|own| own.site).chain(row.site);
            for site in sites {
                let here = members
                    .iter()
                    .filter(|own| own.cell.is_some_and(|cell| course.cells[cell].site == site));
                let passive = all - here.map(users).sum::<f64>();
                let of_region = at_sites
                    .entry((site.index(), row.profile.index()))
                    .or_insert_with(|| vec![0.0; inventory.client_regions.len()]);
                of_region[row.client_region.index()] += passive.max(0.0);
            }
        }
        let stages = field.stages.iter().enumerate();
        let of_sites = stages.filter_map(|(stage, own)| {
            let Where::Component(component) = own.place else {
                return None;
            };
            let Obstacle::Resource(resource) = own.obstacle else {
                return None;
            };
            let Component::Site(site) = inventory.component(component) else {
                return None;
            };
            let is_there = !is_gone[component.index()];
            is_there.then_some((stage, site, resource))
        });
        let by_stage = of_sites.map(|(stage, site, resource)| {
            let mut by_region: BTreeMap<usize, f64> = BTreeMap::new();
            let first = (site.index(), 0);
            for ((_, profile), users) in at_sites.range(first..(site.index() + 1, 0)) {
                let share = inventory.resources[resource].replica_share;
                let demand = inventory.profiles[*profile].work[resource] * share;
                if demand > 0.0 {
                    for (region, users) in users.iter().enumerate().filter(|own| *own.1 > 0.0) {
                        *by_region.entry(region).or_default() += demand * users;
                    }
                }
            }
            (stage, by_region.into_iter().collect())
        });
        Self {
            by_stage: by_stage.collect(),
        }
    }

    /// By stage, what they take at an hour, given the factor of every client region.
    pub(super) fn at(&self, stages: usize, factor: &[f64]) -> Vec<f64> {
        let mut all = vec![0.0; stages];
        for (stage, by_region) in &self.by_stage {
            let of_region = by_region
                .iter()
                .map(|(region, amount)| amount * factor[*region]);
            all[*stage] = of_region.sum();
        }
        all
    }
}

/// Shards that have copies, if any.
pub(super) fn has_copies(inventory: &Inventory) -> bool {
    let mut shards = (0..inventory.shards.len()).map(ShardId::new);
    shards.any(|own| !inventory.replicas_of(own).is_empty())
}
