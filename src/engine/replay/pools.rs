//! Pools: how they divide their load, from the beginning of a span to its end; and what passive copies take at sites,
//! wherever users are served.

use super::course::{Course, Layout};
use super::field::{Obstacle, ResourceNetwork, Where};
use super::ramp::RampSide;
use super::script::Script;
use crate::formulation::{background_in, members_after, members_of_all};
use crate::ids::{ComponentId, PoolId, ShardId};
use crate::model::{Case, Component, Inventory};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// By pool and member: the share of what comes that it gets.
pub(super) type Shares = Vec<Vec<f64>>;

/// By pool, the members that carry.
pub(super) type Members = Vec<Vec<ComponentId>>;

/// The shares of pools at both ends of a time, between which they change evenly.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pools {
    pub(super) ends: [Shares; 2],
    /// Those in the middle of the time.
    means: Shares,
    /// A plan is carried out: users with a session on a member that it takes out are turned to another one.
    pub(super) is_planned: bool,
    /// A wave that ends when the time begins has taken members out before anything else happens then.
    pub(super) turns_first: bool,
}

impl Pools {
    /// Those of a script from one instant to another; `believed` is what the planner believes from the first on, and
    /// `members` who carries in each of its states.
    pub(super) fn new(
        inventory: &Inventory,
        script: &Script,
        members: &[Members],
        ends: [(Timestamp, RampSide); 2],
        believed: &Case,
    ) -> Self {
        let from = ends[0].0;
        let now = members_in(inventory, believed);
        let (led_to, begun) = (script.led_to_at(from), script.begun_at(from));
        let going_on = Some(&script.states[led_to])
            .filter(|script_state| script_state.after_until.is_some_and(|until| from < until));
        let here = match going_on {
            Some(state) => {
                let states = [&*members[led_to - 1], &*members[led_to]];
                members_after(inventory, states, &state.case, (believed, &now))
            }
            None => now,
        };
        let of = |state: usize| shares(inventory, &members[state], &here);
        let at = |(at, side): (Timestamp, RampSide)| {
            let of_now = match going_on {
                Some(_) => of(led_to),
                None => shares(inventory, &here, &here),
            };
            let values = script.turned_ahead(begun, (at, side), of_now, of, mixed);
            match going_on {
                Some(state) => mixed(&of(led_to - 1), &values, state.steering.at(at, side)),
                None => values,
            }
        };
        let ends = ends.map(at);
        Self {
            means: means(&ends),
            ends,
            is_planned: script.steers_around,
            turns_first: script.states[begun].turned_ahead == Some(from),
        }
    }

    /// `true` if nothing changes.
    pub(super) fn is_steady(&self) -> bool {
        let both = self.ends[0]
            .iter()
            .flatten()
            .zip(self.ends[1].iter().flatten());
        both.into_iter().all(|(a, b)| a.to_bits() == b.to_bits())
    }

    /// Those of a part of the time, from one share of it to another.
    pub(super) fn part(&self, from: f64, to: f64) -> Self {
        let at = |share| mixed(&self.ends[0], &self.ends[1], share);
        self.between([at(from), at(to)])
    }

    /// The same from other shares on.
    pub(super) fn from(&self, begin: &Shares) -> Self {
        self.between([begin.clone(), self.ends[1].clone()])
    }

    /// The same between other shares.
    fn between(&self, ends: [Shares; 2]) -> Self {
        Self {
            means: means(&ends),
            ends,
            ..*self
        }
    }

    /// By member of a pool: the share of what comes in the middle of the time.
    pub(super) fn mean(&self, pool: PoolId, member: usize) -> f64 {
        self.means[pool.index()][member]
    }

    /// By member of a pool, at both ends.
    pub(super) fn of(&self, pool: PoolId) -> [&[f64]; 2] {
        [0, 1].map(|end: usize| self.ends[end][pool.index()].as_slice())
    }
}

/// The shares in the middle between two.
fn means([begin, end]: &[Shares; 2]) -> Shares {
    let pools = begin.iter().zip(end);
    let members = pools.map(|(begin, end)| begin.iter().zip(end));
    members
        .map(|both| both.map(|(begin, end)| f64::midpoint(*begin, *end)))
        .map(Iterator::collect)
        .collect()
}

/// By pool, the members that carry as far as is believed.
pub(super) fn members_in(inventory: &Inventory, believed: &Case) -> Members {
    members_of_all(inventory, believed, &background_in(inventory, believed))
}

/// One share for each member of a state that carries here, of all that carry here where none of its own does; all alike
/// where nobody carries.
pub(super) fn shares(inventory: &Inventory, components: &Members, here: &Members) -> Shares {
    let pools = inventory.pools.iter().zip(components.iter().zip(here));
    pools
        .map(|(pool, (components, here))| {
            let has_any = here.iter().any(|member| components.contains(member));
            let carries = |member: &ComponentId| {
                here.is_empty()
                    || here.contains(member) && (!has_any || components.contains(member))
            };
            let members = pool.members.iter();
            let members = members.map(|element| carries(&inventory.element_component(*element)));
            let members: Vec<bool> = members.collect();
            let count = members.iter().filter(|flag| **flag).count();
            let share = 1.0 / count.max(1) as f64;
            let of = members.into_iter();
            of.map(|carries| if carries { share } else { 0.0 })
                .collect()
        })
        .collect()
}

/// A `share` of the change from some shares to others.
fn mixed(before: &Shares, after: &Shares, share: f64) -> Shares {
    let both = before.iter().zip(after);
    both.map(|(before, after)| {
        let both = before.iter().zip(after);
        both.map(|(before, after)| (1.0 - share) * before + share * after)
            .collect()
    })
    .collect()
}

/// By stage, what copies take per unit of the hour's factor, as (client region, amount): none at sites that are out.
pub(super) struct CopyLoads {
    by_stage: Vec<(usize, Vec<(usize, f64)>)>,
}

impl CopyLoads {
    /// Those of a layout: the mean over its span.
    pub(super) fn new(
        inventory: &Inventory,
        field: &ResourceNetwork,
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
            let users =
                |member: &super::course::Member| f64::midpoint(member.users[0], member.users[1]);
            let all: f64 = members.iter().map(users).sum();
            let sites = replicas.iter().map(|replica| replica.site).chain(row.site);
            for site in sites {
                let here = members.iter().filter(|member| {
                    member
                        .cell
                        .is_some_and(|cell| course.cells[cell].site == site)
                });
                let passive = all - here.map(users).sum::<f64>();
                let of_region = at_sites
                    .entry((site.index(), row.profile.index()))
                    .or_insert_with(|| vec![0.0; inventory.client_regions.len()]);
                of_region[row.client_region.index()] += passive.max(0.0);
            }
        }
        let stages = field.stages.iter().enumerate();
        let of_sites = stages.filter_map(|(stage, replay_stage)| {
            let Where::Component(component) = replay_stage.place else {
                return None;
            };
            let Obstacle::Resource(resource) = replay_stage.obstacle else {
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
                    for (region, users) in users.iter().enumerate().filter(|user| *user.1 > 0.0) {
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
    shards.any(|shard| !inventory.replicas_of(shard).is_empty())
}
