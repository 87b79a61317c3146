//! Situation: what the referee knows of one period, or of the state before.

use super::fixed::Fixed;
use super::ground::Ground;
use super::pools::carrying_members;
use crate::ids::ComponentId;
use crate::model::Case;

/// What is available and demanded, with what follows from it for loads.
pub(super) struct Situation {
    pub(super) case: Case,
    pub(super) fixed: Fixed,
    /// Pools: the members that carry an equal share.
    pub(super) members: Vec<Vec<ComponentId>>,
    /// Groups: users without surges ÷ users, the mean over the group's shards.
    unsurged: Vec<f64>,
    /// Groups: the same for the shard of it that surges most.
    least_unsurged: Vec<f64>,
    /// Resources: mean demand per user over all shards, q̄.
    pub(super) mean_demand: Vec<f64>,
    /// Users of all shards.
    pub(super) users: f64,
}

impl Situation {
    /// What follows from a case.
    pub(super) fn new(ground: &Ground<'_>, case: Case) -> Self {
        let fixed = Fixed::new(ground, &case);
        let members = carrying_members(ground, &case, &fixed);
        let resources = ground.inventory.resources.len();
        let mut base = vec![0.0; ground.groups.len()];
        let mut counted = vec![0.0; ground.groups.len()];
        let mut least = vec![1.0_f64; ground.groups.len()];
        let mut demand = vec![0.0; resources];
        let mut users = 0.0;
        for shard in 0..ground.inventory.shards.len() {
            let of_shard = case.users(shard);
            users += of_shard;
            base[ground.group_of(shard)] += case.base_users[shard];
            counted[ground.group_of(shard)] += of_shard;
            if of_shard > 0.0 {
                let unsurged = &mut least[ground.group_of(shard)];
                *unsurged = unsurged.min(case.base_users[shard] / of_shard);
            }
            for (resource, demand) in demand.iter_mut().enumerate() {
                *demand += ground.demand(&case, shard, resource) * of_shard;
            }
        }
        Self {
            fixed,
            members,
            unsurged: base
                .into_iter()
                .zip(counted)
                .map(|(base, counted)| if counted > 0.0 { base / counted } else { 1.0 })
                .collect(),
            least_unsurged: least,
            mean_demand: demand
                .into_iter()
                .map(|demand| if users > 0.0 { demand / users } else { 0.0 })
                .collect(),
            users,
            case,
        }
    }

    /// How much less than the mean a user of `group` may demand along a path.
    pub(super) fn untold_demand(&self, ground: &Ground<'_>, group: usize, resource: usize) -> f64 {
        let profile = ground.groups[group].profile;
        let demand = ground.inventory.profiles[profile.index()].demand[resource];
        if ground.inventory.resources[resource].varies {
            0.0
        } else {
            demand * (self.unsurged[group] - self.least_unsurged[group]).max(0.0)
        }
    }

    /// Demand of one counted user of `group` along a path.
    pub(super) fn group_demand(&self, ground: &Ground<'_>, group: usize, resource: usize) -> f64 {
        let profile = ground.groups[group].profile;
        let demand = ground.inventory.profiles[profile.index()].demand[resource];
        if ground.inventory.resources[resource].varies {
            demand
        } else {
            demand * self.unsurged[group]
        }
    }
}
