//! What walkers ask for, and what there is.

use super::{Walk, Walker};
use crate::naive::at_instant::Believed;
use crate::naive::paths::Path;
use crate::naive::rules::has_copy;
use ndarray::Array2;
use plimsoll::ids::{AccessPointId, ComponentId, ShardId, SiteId};
use plimsoll::model::{AccessPointState, ExistingShortfall, Inventory, Scope};
use plimsoll::plan::GroupKey;
use plimsoll::units::NOBODY;

impl Walk<'_> {
    /// What walkers on a path ask for: components and resources.
    pub(super) fn asked_on<'w>(
        &'w self,
        walker: &Walker<'_>,
        path: &'w Path,
    ) -> impl Iterator<Item = (ComponentId, usize)> + 'w {
        let demand = self.demand(walker.part.shard);
        let site = self.inventory.site_component(path.site);
        let pools = path.pools.iter();
        let members = pools.flat_map(|pool| self.members[pool.index()].iter().copied());
        let all = path.components.iter().copied().chain(members);
        all.flat_map(move |component| {
            let resources = self.inventory.resources.iter().enumerate();
            let asked = resources.filter(move |(r, resource)| {
                let is_there = component == site || resource.scope == Scope::Network;
                is_there && demand[*r] > 0.0
            });
            asked.map(move |(r, _)| (component, r))
        })
    }

    pub(super) fn entering(&self, walkers: &[Walker<'_>]) -> Vec<f64> {
        let mut entering = vec![0.0; self.inventory.access_points.len()];
        for walker in walkers {
            for component in walker.path.iter().flat_map(|path| &path.components) {
                for (index, users) in entering.iter_mut().enumerate() {
                    let one_component = self
                        .inventory
                        .access_point_component(AccessPointId::new(index));
                    if one_component == *component {
                        *users += walker.users;
                    }
                }
            }
        }
        entering
    }

    /// What is asked for of every limit of which something is left.
    pub(super) fn loads(&self, walkers: &[Walker<'_>], entering: &[f64]) -> Array2<Option<f64>> {
        let inventory = self.inventory;
        let pulled_out = |e: usize| {
            let mut pools = inventory.pools.iter().zip(&self.members);
            pools.any(|(pool, members)| {
                let mut all = pool
                    .members
                    .iter()
                    .map(|element| inventory.element_component(*element));
                all.any(|component| component.index() == e)
                    && !members.iter().any(|component| component.index() == e)
            })
        };
        let mut loads = Array2::from_shape_fn(self.fixed.dim(), |(e, r)| {
            let is_site = e < inventory.sites.len();
            let is_there = is_site || inventory.resources[r].scope == Scope::Network;
            let left = self.now.left(e, r).filter(|left| *left > 0.0);
            let is_row = is_there && left.is_some() && !self.now.gone[e] && !pulled_out(e);
            is_row.then_some(self.fixed[[e, r]])
        });
        for walker in walkers {
            let Some(path) = walker.path else {
                continue;
            };
            let shard = walker.part.shard;
            for (component, r) in self.asked_on(walker, path) {
                let key = [component.index(), r];
                let Some(load) = &mut loads[key] else {
                    continue;
                };
                let replica_share = inventory.resources[r].replica_share;
                if component == inventory.site_component(path.site) {
                    let has_share =
                        has_copy(inventory, shard.index(), path.site) && !self.is_cut[key];
                    let share = if has_share { 1.0 - replica_share } else { 1.0 };
                    *load += walker.users * share * self.now.demand(inventory, shard.index(), r);
                } else {
                    let pool = path.pools.iter().map(|pool| &self.members[pool.index()]);
                    let mut pool = pool.filter(|members| members.contains(&component));
                    let shares = pool.next().map_or(1, Vec::len) as f64;
                    *load += walker.users * self.mean_demand(shard, r) / shares;
                }
            }
        }
        for (index, row) in inventory.access_points.iter().enumerate() {
            if row.state == AccessPointState::Standby && entering[index] <= NOBODY {
                let component = inventory.access_point_component(AccessPointId::new(index));
                for load in loads.row_mut(component.index()).iter_mut().flatten() {
                    *load = 0.0;
                }
            }
        }
        loads
    }

    /// What a user of a shard's group demands on the way, the mean over its shards.
    pub(super) fn mean_demand(&self, shard: ShardId, resource: usize) -> f64 {
        let key =
            |shard: usize| GroupKey::of(self.inventory, &self.scenario.policy, ShardId::new(shard));
        let group =
            (0..self.inventory.shards.len()).filter(|index| key(*index) == key(shard.index()));
        let (mut demanded, mut users) = (0.0, 0.0);
        for index in group {
            demanded += self.now.users(index) * self.now.demand(self.inventory, index, resource);
            users += self.now.users(index);
        }
        demanded / users
    }

    /// Headroom target and the share of it that was missing before, where there is one; all of it where there was no
    /// capacity before.
    pub(super) fn target(&self, e: usize, r: usize) -> Option<(f64, f64)> {
        let target = self.now.target[[e, r]];
        let kept = match self.before.nominal[[e, r]] {
            Some(capacity) if capacity <= 0.0 => 1.0,
            Some(capacity)
                if target > 0.0
                    && self.scenario.policy.existing_shortfall == ExistingShortfall::Keep =>
            {
                let free = 1.0 - self.plan.before.load[[e, r]] / capacity;
                (1.0 - free / target).clamp(0.0, 1.0)
            }
            _ => 0.0,
        };
        (target > 0.0).then_some((target, kept))
    }
}

/// Copies and background, and where they had to be cut to what is left.
pub(super) fn fixed(inventory: &Inventory, now: &Believed) -> (Array2<f64>, Array2<bool>) {
    let mut fixed = Array2::zeros(now.target.dim());
    for row in &inventory.background {
        fixed[[row.component.index(), row.resource.index()]] += row.load;
    }
    for shard in 0..inventory.shards.len() {
        for site in (0..inventory.sites.len()).map(SiteId::new) {
            if !has_copy(inventory, shard, site) {
                continue;
            }
            for (r, resource) in inventory.resources.iter().enumerate() {
                let demand = now.users(shard) * now.demand(inventory, shard, r);
                let component = inventory.site_component(site);
                fixed[[component.index(), r]] += resource.replica_share * demand;
            }
        }
    }
    let mut is_cut = Array2::from_elem(fixed.dim(), false);
    for ((e, r), load) in fixed.indexed_iter_mut() {
        let left = now.left(e, r).unwrap_or(f64::INFINITY);
        if now.gone[e] {
            *load = 0.0;
        } else if *load > left {
            *load = left;
            is_cut[[e, r]] = true;
        }
    }
    (fixed, is_cut)
}
