//! An independent look at one period: what is open, how full it is written to be, and who could go where.
//!
//! Paths are listed one by one, and loads are those of headroom.csv with the shard in question taken off and put
//! elsewhere by hand; nothing of the planner is asked.

use crate::naive::affected::affected;
use crate::naive::at_instant::{Believed, at_instant};
use crate::naive::paths::{Path, paths_of};
use crate::naive::pools::carrying_members;
use crate::naive::rules::{has_copy, may_run_at};
use crate::naive::{Band, before_instant};
use ndarray::Array2;
use plimsoll::ids::{AccessPointId, ComponentId, PoolId, ShardId, SiteId};
use plimsoll::model::{AccessPointState, Inventory, Scenario, Scope};
use plimsoll::plan_files::explanations::ObstacleKind;
use plimsoll::plan_files::{AccessPointUse, AssignmentRow, HeadroomRow, SteeringRow, WrittenPlan};
use plimsoll::scenario::Period;
use std::collections::BTreeMap;

/// What may be beyond a limit, as a share of the capacity.
const SLACK: f64 = 1e-6;

/// A component and a resource of it.
pub(super) type Place = (ComponentId, usize);

/// Users who would come to a site, and those of the same shard who would leave another for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift {
    pub(super) shard: usize,
    pub(super) users: f64,
    pub(super) leaving: Option<(SiteId, f64)>,
}

/// What a load is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Against {
    Target,
    Capacity,
}

/// What would be beyond its limit: load, capacity, target.
pub(super) type Squeezes = BTreeMap<Place, [f64; 3]>;

/// One period of a written plan.
pub(super) struct Look<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) scenario: &'a Scenario,
    pub(super) believed: Believed,
    pub(super) current: Vec<Option<SiteId>>,
    pub(super) affected: Vec<bool>,
    pub(super) assignment: Vec<&'a AssignmentRow>,
    paths: Vec<Vec<Path>>,
    members: Vec<Vec<ComponentId>>,
    headroom: BTreeMap<Place, &'a HeadroomRow>,
    steering: Vec<&'a SteeringRow>,
    is_open: Vec<bool>,
    /// Fewer users move in all periods together than period after period.
    pub(super) is_joint: bool,
}

impl<'a> Look<'a> {
    pub(super) fn new(
        inventory: &'a Inventory,
        scenario: &'a Scenario,
        written: &'a WrittenPlan,
        period: &Period,
    ) -> Self {
        let number = u32::try_from(period.index).expect("few periods");
        let believed = at_instant(inventory, scenario, period.start, Band::Expected);
        let before = before_instant(inventory, scenario, Band::Expected);
        let assignment: Vec<&AssignmentRow> = written
            .assignment
            .iter()
            .map(|lined| &lined.row)
            .filter(|row| row.period == number)
            .collect();
        let site =
            |id: &Option<plimsoll::plan_files::Text>| id.as_ref().map(|id| site_of(inventory, id));
        let current: Vec<Option<SiteId>> = inventory
            .shard_ids
            .iter()
            .map(|id| {
                let assignment_row = assignment.iter().find(|row| row.shard == id);
                site(&assignment_row.expect("every shard is assigned").from_site)
            })
            .collect();
        let paths: Vec<Vec<Path>> = inventory
            .shards
            .iter()
            .map(|shard| {
                let limit = shard.max_latency.or(scenario.policy.max_latency);
                paths_of(inventory, shard, limit.map(|limit| limit.0))
            })
            .collect();
        let affected = affected(inventory, scenario, &before, &believed, &current, &paths);
        // Nothing drawn stands in background.csv for a member of a pool.
        let none = Array2::zeros(believed.target.dim());
        let members = carrying_members(inventory, &believed, &none);
        let component = |id: &str| component_of(inventory, id);
        let rows = written.headroom.as_ref().expect("it is written");
        let headroom = rows
            .iter()
            .filter(|lined| lined.row.period == number)
            .map(|lined| {
                let place = (
                    component(&lined.row.component),
                    resource_of(inventory, &lined.row.resource),
                );
                (place, &lined.row)
            })
            .collect();
        let rows = written.access_points.as_ref().expect("it is written");
        let is_open = rows
            .iter()
            .filter(|lined| lined.row.period == number)
            .map(|lined| {
                let is_open = [AccessPointUse::Active, AccessPointUse::Opened];
                is_open.contains(&lined.row.state_after)
            })
            .collect();
        let joint = written.summary.as_ref().and_then(|summary| summary.joint);
        let steering = written.steering.iter().map(|lined| &lined.row);
        Self {
            inventory,
            scenario,
            current,
            affected,
            assignment,
            paths,
            members,
            headroom,
            steering: steering.filter(|row| row.period == number).collect(),
            is_open,
            is_joint: joint.is_some_and(|joint_summary| {
                joint_summary.moved_users < joint_summary.sequential_users
            }),
            believed,
        }
    }

    /// `true` if the rules let a shard run at a site.
    pub(super) fn may_run_at(&self, shard: usize, site: SiteId) -> bool {
        may_run_at(
            self.inventory,
            &self.scenario.policy,
            &self.believed,
            self.affected[shard],
            shard,
            self.current[shard],
            site,
        )
    }

    /// Everything on a path, with the shares of the load that pools' members carry.
    fn on_path(&self, path: &Path) -> Vec<(ComponentId, f64)> {
        let alone = path.components.iter().map(|component| (*component, 1.0));
        let pooled = path.pools.iter().flat_map(|pool| {
            let members = &self.members[pool.index()];
            members
                .iter()
                .map(|member| (*member, 1.0 / members.len() as f64))
        });
        alone.chain(pooled).collect()
    }

    /// Demand of one user of a shard on the way: the mean of all whom steering cannot tell apart.
    fn along_path(&self, shard: usize, resource: usize) -> f64 {
        let row = &self.inventory.shards[shard];
        let limit = |shard: usize| {
            let milliseconds = self.inventory.shards[shard].max_latency;
            milliseconds.or(self.scenario.policy.max_latency)
        };
        let alike = (0..self.inventory.shards.len()).filter(|&other| {
            let shard_row = &self.inventory.shards[other];
            (shard_row.client_region, shard_row.profile) == (row.client_region, row.profile)
                && limit(other) == limit(shard)
        });
        let (mut base, mut counted) = (0.0, 0.0);
        for other in alike {
            base += self.believed.base_users[other];
            counted += self.believed.users(other);
        }
        let demand = self.inventory.profiles[row.profile.index()].demand[resource];
        if self.inventory.resources[resource].varies || counted <= 0.0 {
            demand
        } else {
            demand * base / counted
        }
    }

    /// `true` if copies and background alone exceed what is left at a site.
    fn is_cut(&self, site: SiteId, resource: usize) -> bool {
        let e = self.inventory.site_component(site).index();
        let background: f64 = self
            .inventory
            .background
            .iter()
            .filter(|row| row.component.index() == e && row.resource.index() == resource)
            .map(|row| row.load)
            .sum();
        let copies: f64 = (0..self.inventory.shards.len())
            .filter(|&shard| has_copy(self.inventory, shard, site))
            .map(|shard| {
                let demand = self.believed.demand(self.inventory, shard, resource);
                demand * self.believed.users(shard)
            })
            .sum();
        let share = self.inventory.resources[resource].replica_share;
        let left = self.believed.left(e, resource);
        left.is_some_and(|left| background + copies * share > left)
    }

    /// What one user of a shard loads at a site.
    fn at_site(&self, shard: usize, site: SiteId, resource: usize) -> f64 {
        let demand = self.believed.demand(self.inventory, shard, resource);
        if has_copy(self.inventory, shard, site) && !self.is_cut(site, resource) {
            demand * (1.0 - self.inventory.resources[resource].replica_share)
        } else {
            demand
        }
    }

    /// What a shard's users at a site load as written: their share of the steering of those like them.
    fn own_loads(&self, shard: usize, site: SiteId, users: f64) -> BTreeMap<Place, f64> {
        let mut values = BTreeMap::new();
        for resource in 0..self.inventory.resources.len() {
            let place = (self.inventory.site_component(site), resource);
            *values.entry(place).or_insert(0.0) += users * self.at_site(shard, site, resource);
        }
        let row = &self.inventory.shards[shard];
        let limit = row.max_latency.or(self.scenario.policy.max_latency);
        let alike: Vec<&&SteeringRow> = self
            .steering
            .iter()
            .filter(|steered| {
                steered.client_region == self.inventory.client_regions[row.client_region.index()].id
                    && steered.profile == self.inventory.profiles[row.profile.index()].id
                    && steered.max_latency_ms == limit.map(|limit| limit.0)
                    && steered.site == self.inventory.sites[site.index()].id
            })
            .collect();
        let all: f64 = alike.iter().map(|steered| steered.users).sum();
        for steered in alike {
            let ids = steered.path.split('>').skip(1);
            let ids = ids.filter(|id| *id != steered.site);
            for id in ids.chain(steered.links.split('>')) {
                for (component, share) in self.standing(id) {
                    for resource in self.network() {
                        let load =
                            self.along_path(shard, resource) * share * users * steered.users / all;
                        *values.entry((component, resource)).or_insert(0.0) += load;
                    }
                }
            }
        }
        values
    }

    /// The components of an id on a path, with their shares of its load.
    fn standing(&self, id: &str) -> Vec<(ComponentId, f64)> {
        match self.inventory.pools.iter().position(|pool| pool.id == id) {
            Some(pool) => {
                let members = &self.members[pool];
                let share = 1.0 / members.len() as f64;
                members.iter().map(|member| (*member, share)).collect()
            }
            None => vec![(component_of(self.inventory, id), 1.0)],
        }
    }

    fn network(&self) -> impl Iterator<Item = usize> + '_ {
        let resources = self.inventory.resources.iter().enumerate();
        resources
            .filter(|(_, resource)| resource.scope == Scope::Network)
            .map(|(index, _)| index)
    }

    /// Everything on one way of a shift that would be beyond its limit, with all else as written.
    fn squeezes(&self, shift: &Shift, path: &Path, against: Against) -> Squeezes {
        let values = shift.leaving.map_or_else(BTreeMap::new, |(site, users)| {
            self.own_loads(shift.shard, site, users)
        });
        let site = self.inventory.site_component(path.site);
        let mut beyond = BTreeMap::new();
        for (component, share) in self.on_path(path) {
            for resource in 0..self.inventory.resources.len() {
                let per_user = if component == site {
                    self.at_site(shift.shard, path.site, resource)
                } else if self.inventory.resources[resource].scope == Scope::Network {
                    self.along_path(shift.shard, resource) * share
                } else {
                    0.0
                };
                let place = (component, resource);
                let Some(row) = self.headroom.get(&place).filter(|_| per_user > 0.0) else {
                    continue;
                };
                let load =
                    row.load - values.get(&place).copied().unwrap_or(0.0) + per_user * shift.users;
                let target = if against == Against::Target {
                    row.target
                } else {
                    0.0
                };
                if load > row.capacity * (1.0 - target + SLACK) {
                    beyond.insert(place, [load, row.capacity, target]);
                }
            }
        }
        beyond
    }

    /// `true` if a component alone may be passed: it is not gone and has something left of all that is demanded.
    fn has_anything(&self, shard: usize, component: ComponentId, is_site: bool) -> bool {
        let e = component.index();
        !self.believed.gone[e]
            && (0..self.inventory.resources.len()).all(|resource| {
                let is_asked =
                    is_site || self.inventory.resources[resource].scope == Scope::Network;
                let demand = self.believed.demand(self.inventory, shard, resource);
                let left = self.believed.left(e, resource);
                !is_asked || demand <= 0.0 || left.is_none_or(|left| left > 0.0)
            })
    }

    fn is_pool_out(&self, shard: usize, pool: PoolId) -> bool {
        let members = &self.members[pool.index()];
        members.is_empty()
            || !members
                .iter()
                .all(|member| self.has_anything(shard, *member, false))
    }

    /// What is out on a path: components and pools by their ids.
    fn outs(&self, shard: usize, path: &Path) -> Vec<String> {
        let site = self.inventory.site_component(path.site);
        let components = path
            .components
            .iter()
            .filter(|component| !self.has_anything(shard, **component, **component == site))
            .map(|component| self.inventory.component_name(*component).to_owned());
        let pools = path
            .pools
            .iter()
            .filter(|pool| self.is_pool_out(shard, **pool));
        let pools = pools.map(|pool| self.inventory.pools[pool.index()].id.clone());
        let is_kept_closed = |component: &&ComponentId| {
            !self.scenario.policy.open_standby
                && (0..self.inventory.access_points.len()).any(|index| {
                    let row = &self.inventory.access_points[index];
                    let id = AccessPointId::new(index);
                    row.state == AccessPointState::Standby
                        && self.inventory.access_point_component(id) == **component
                })
        };
        let closed = path.components.iter().filter(is_kept_closed);
        let closed = closed.map(|component| self.inventory.component_name(*component).to_owned());
        let mut outs: Vec<String> = components.chain(pools).chain(closed).collect();
        outs.sort();
        outs.dedup();
        outs
    }

    /// The paths of a shard to a site that could be open.
    fn openable(&self, shard: usize, site: SiteId) -> Vec<&Path> {
        let to_site = self.paths[shard].iter().filter(|path| path.site == site);
        to_site
            .filter(|path| self.outs(shard, path).is_empty())
            .collect()
    }

    /// `true` if a path could be open to a site.
    pub(super) fn is_reachable(&self, shard: usize, site: SiteId) -> bool {
        !self.openable(shard, site).is_empty()
    }

    /// The ids of what, alone back in service, would open a path.
    pub(super) fn reopening(&self, shard: usize, site: SiteId) -> Vec<String> {
        let to_site = self.paths[shard].iter().filter(|path| path.site == site);
        let is_standby = |id: &String| {
            let mut rows = self.inventory.access_points.iter();
            rows.any(|row| row.id == *id && row.state == AccessPointState::Standby)
        };
        let is_out = |id: &String| !is_standby(id) || self.scenario.policy.open_standby;
        let mut alone: Vec<String> = to_site
            .map(|path| self.outs(shard, path))
            .filter(|outs| outs.len() == 1)
            .flatten()
            .filter(is_out)
            .collect();
        alone.sort();
        alone.dedup();
        alone
    }

    /// The paths to a site over what is open as written.
    pub(super) fn open(&self, shard: usize, site: SiteId) -> Vec<&Path> {
        let openable = self.openable(shard, site).into_iter();
        let is_open = |path: &&Path| {
            self.is_open.iter().enumerate().all(|(index, is_open)| {
                let id = AccessPointId::new(index);
                *is_open
                    || !path
                        .components
                        .contains(&self.inventory.access_point_component(id))
            })
        };
        openable.filter(is_open).collect()
    }

    /// Least latency over what is open as written.
    pub(super) fn latency(&self, shard: usize, site: SiteId) -> Option<f64> {
        let open = self.open(shard, site).into_iter();
        open.map(|path| path.latency).reduce(f64::min)
    }

    /// What is in the way of a shift at a site, and on all ways there what would be beyond its limit.
    pub(super) fn obstacle(
        &self,
        shift: &Shift,
        site: SiteId,
        against: Against,
    ) -> Option<(ObstacleKind, Squeezes)> {
        let component = self.inventory.site_component(site);
        let closed = |obstacle| Some((obstacle, Squeezes::new()));
        if self.believed.failed[site.index()] {
            return closed(ObstacleKind::Failed);
        }
        if self.believed.gone[component.index()] {
            return closed(ObstacleKind::Drained);
        }
        if !self.has_anything(shift.shard, component, true) {
            return closed(ObstacleKind::NothingLeft);
        }
        if !self.is_reachable(shift.shard, site) {
            return closed(ObstacleKind::NoPath);
        }
        let open = self.open(shift.shard, site);
        if open.is_empty() {
            return closed(ObstacleKind::StandbyClosed);
        }
        let mut all = Squeezes::new();
        for path in open {
            let of_path = self.squeezes(shift, path, against);
            if of_path.is_empty() {
                return None;
            }
            all.extend(of_path);
        }
        Some((ObstacleKind::NoRoom, all))
    }

    /// `true` if a replica or a home with replicas is there.
    pub(super) fn has_copy(&self, shard: usize, site: SiteId) -> bool {
        has_copy(self.inventory, shard, site)
    }

    /// `true` if a shard has replicas.
    pub(super) fn has_replicas(&self, shard: usize) -> bool {
        !self.inventory.replicas_of(ShardId::new(shard)).is_empty()
    }
}

/// The position of a site by its id.
pub(super) fn site_of(inventory: &Inventory, id: &str) -> SiteId {
    let position = inventory.sites.iter().position(|site| site.id == id);
    SiteId::new(position.expect("a site of the inventory"))
}

/// The position of a resource by its id.
pub(super) fn resource_of(inventory: &Inventory, id: &str) -> usize {
    let position = inventory
        .resources
        .iter()
        .position(|resource| resource.id == id);
    position.expect("a resource of the inventory")
}

/// The position of a component by its id.
pub(super) fn component_of(inventory: &Inventory, id: &str) -> ComponentId {
    let mut all = (0..inventory.component_count()).map(ComponentId::new);
    all.find(|component| inventory.component_name(*component) == id)
        .unwrap_or_else(|| panic!("`{id}` is no component"))
}
