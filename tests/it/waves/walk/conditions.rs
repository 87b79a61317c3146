//! Ground: what holds at one time, in one slice of the hours: what is left, what copies and background take of it, and which members carry.

use super::roads::{Group, Roads, Row, group_of};
use crate::naive::at_instant::Believed;
use crate::naive::hours::Hours;
use crate::naive::pools::carrying_members;
use crate::naive::rules::has_copy;
use ndarray::Array2;
use plimsoll::ids::{AccessPointId, ComponentId, SiteId};
use plimsoll::model::{AccessPointState, Inventory, Scenario, Scope};
use std::collections::BTreeMap;

/// What holds at one time, in one slice of the hours.
#[derive(Clone)]
pub(crate) struct Conditions {
    pub(crate) believed: Believed,
    /// Pools: members that carry an equal share.
    pub(crate) members: Vec<Vec<ComponentId>>,
    /// Components × resources.
    fixed: Array2<f64>,
    /// Where copies and background exceed what is left.
    was_cut: Array2<bool>,
    /// By group: users before surges ÷ users.
    unsurged: BTreeMap<Group, f64>,
}

impl Conditions {
    /// What holds where all of this is believed, and demand of client regions is that share of their peak.
    ///
    /// Decision: sessions and users are counted as at the peak in every slice; only what varies is less.
    pub(crate) fn new(
        (inventory, scenario): (&Inventory, &Scenario),
        believed: Believed,
        factor: Vec<f64>,
    ) -> Self {
        let believed = Believed {
            hours: Hours {
                factor: vec![factor],
                weight: vec![1.0],
            },
            ..believed
        };
        let mut fixed = Array2::zeros(believed.target.dim());
        for row in &inventory.background {
            fixed[[row.component.index(), row.resource.index()]] += row.load;
        }
        for shard in 0..inventory.shards.len() {
            for site in 0..inventory.sites.len() {
                if !has_copy(inventory, shard, SiteId::new(site)) {
                    continue;
                }
                for (resource, row) in inventory.resources.iter().enumerate() {
                    let demand = believed.demand_in(inventory, 0, shard, resource);
                    fixed[[site, resource]] += row.replica_share * demand * believed.users(shard);
                }
            }
        }
        let mut was_cut = Array2::from_elem(fixed.dim(), false);
        for ((component, resource), load) in fixed.indexed_iter_mut() {
            let gone = believed.gone[component];
            let left = believed.left(component, resource);
            was_cut[[component, resource]] = gone || left.is_some_and(|left| *load > left);
            if gone {
                *load = 0.0;
            } else if let Some(left) = left {
                *load = load.min(left);
            }
        }
        let mut counted: BTreeMap<Group, [f64; 2]> = BTreeMap::new();
        for shard in 0..inventory.shards.len() {
            let values = counted
                .entry(group_of(inventory, scenario, shard))
                .or_default();
            values[0] += believed.base_users[shard];
            values[1] += believed.users(shard);
        }
        let unsurged = counted.into_iter();
        let unsurged = unsurged.map(|(group, [base, users])| {
            let share = if users > 0.0 { base / users } else { 1.0 };
            (group, share)
        });
        Self {
            members: carrying_members(inventory, &believed, &fixed),
            unsurged: unsurged.collect(),
            fixed,
            was_cut,
            believed,
        }
    }

    /// Users of a shard.
    pub(crate) fn users(&self, shard: usize) -> f64 {
        self.believed.users(shard)
    }

    /// `true` if nothing on a path is gone.
    pub(crate) fn is_open(&self, row: &Row) -> bool {
        let mut components = row.components.iter();
        let mut pools = row.pools.iter();
        !components.any(|component| self.believed.gone[component.index()])
            && !pools.any(|pool| self.members[pool.index()].is_empty())
    }

    /// What is left where somebody may be overloaded: components that carry, and resources that they limit.
    pub(crate) fn limits(&self, inventory: &Inventory) -> Vec<(usize, usize, f64)> {
        let mut all = Vec::new();
        for ((component, resource), nominal) in self.believed.nominal.indexed_iter() {
            let is_along = inventory.resources[resource].scope == Scope::Network;
            let may_limit = component < inventory.sites.len() || is_along;
            if nominal.is_none() || !may_limit || !self.carries(inventory, component) {
                continue;
            }
            if let Some(left) = self.believed.left(component, resource) {
                all.push((component, resource, left));
            }
        }
        all
    }

    /// `false` for what is gone, and for members that are pulled out of their pools.
    pub(crate) fn carries(&self, inventory: &Inventory, component: usize) -> bool {
        let is_of_pool = |(index, element): (usize, &plimsoll::model::Element)| {
            let one_component = inventory.element_component(plimsoll::ids::ElementId::new(index));
            element.pool.filter(|_| one_component.index() == component)
        };
        let pool = inventory.elements.iter().enumerate().find_map(is_of_pool);
        let is_in = pool.is_none_or(|pool| {
            let mut members = self.members[pool.index()].iter();
            members.any(|candidate| candidate.index() == component)
        });
        is_in && !self.believed.gone[component]
    }

    /// Copies and background, by component and resource, without those of closed access points on standby.
    pub(crate) fn fixed_where(
        &self,
        inventory: &Inventory,
        is_open: impl Fn(AccessPointId) -> bool,
    ) -> Array2<f64> {
        let mut fixed = self.fixed.clone();
        for (index, row) in inventory.access_points.iter().enumerate() {
            let id = AccessPointId::new(index);
            if row.state == AccessPointState::Standby && !is_open(id) {
                let component = inventory.access_point_component(id);
                fixed.row_mut(component.index()).fill(0.0);
            }
        }
        fixed
    }

    /// Copies and background, by component and resource.
    ///
    /// Decision: background of an access point on standby counts where a path of either steering passes it, open or not.
    pub(crate) fn fixed(&self, inventory: &Inventory, roads: &Roads) -> Array2<f64> {
        let mut fixed = self.fixed.clone();
        for (index, row) in inventory.access_points.iter().enumerate() {
            let component = inventory.access_point_component(AccessPointId::new(index));
            if row.state == AccessPointState::Standby && !roads.pass(component.index()) {
                fixed.row_mut(component.index()).fill(0.0);
            }
        }
        fixed
    }

    /// What one user of a shard loads at a site.
    pub(crate) fn at_site(&self, inventory: &Inventory, shard: usize, site: SiteId) -> Vec<f64> {
        let resources = inventory.resources.iter().enumerate();
        let loads = resources.map(|(resource, row)| {
            let demand = self.believed.demand_in(inventory, 0, shard, resource);
            let is_cut = self.was_cut[[site.index(), resource]];
            if has_copy(inventory, shard, site) && !is_cut {
                demand * (1.0 - row.replica_share)
            } else {
                demand
            }
        });
        loads.collect()
    }

    /// What one user of a group loads along his way.
    pub(crate) fn along(&self, inventory: &Inventory, group: Group) -> Vec<f64> {
        let profile = &inventory.profiles[group.1];
        let of_hour = self.believed.hours.factor[0][group.0];
        let resources = inventory.resources.iter().enumerate();
        let loads = resources.map(|(resource, row)| match (row.scope, row.varies) {
            (Scope::Site, _) => 0.0,
            (Scope::Network, true) => profile.demand[resource] * of_hour,
            (Scope::Network, false) => profile.demand[resource] * self.unsurged[&group],
        });
        loads.collect()
    }
}
