//! Situation: what the referee knows of one period, or of the state before.

use super::fixed::{Copies, Fixed};
use super::ground::Ground;
use super::pools::carrying_members;
use crate::ids::{ClientRegionId, ComponentId};
use crate::model::Case;
use std::sync::Arc;

/// What is available and demanded, with what follows from it for loads.
pub(super) struct Situation<'a> {
    pub(super) context: &'a Ground<'a>,
    pub(super) case: Case,
    /// Which slice of the case's hours it is.
    pub(super) slice: usize,
    pub(super) fixed: Fixed,
    /// Pools: the members that carry an equal share.
    pub(super) members: Vec<Vec<ComponentId>>,
    /// What follows from the demand alone.
    pub(super) demanded: Arc<Demanded>,
}

/// What follows from the demand of a case, whatever is available.
pub(super) struct Demanded {
    copies: Copies,
    /// Groups: users without surges ÷ users, the mean over the group's shards.
    unsurged: Vec<f64>,
    /// Groups: the same for the shard of it that surges most.
    least_unsurged: Vec<f64>,
    /// Resources: mean demand per user over all shards, q̄.
    pub(super) mean: Vec<f64>,
    /// Users of all shards.
    pub(super) users: f64,
}

impl Demanded {
    /// Walks the shards of a case once.
    fn new(ground: &Ground<'_>, case: &Case) -> Self {
        let copies = Copies::new(ground, case);
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
                *demand += ground.demand(case, shard, resource) * of_shard;
            }
        }
        Self {
            copies,
            unsurged: base
                .into_iter()
                .zip(counted)
                .map(|(base, counted)| if counted > 0.0 { base / counted } else { 1.0 })
                .collect(),
            least_unsurged: least,
            mean: demand
                .into_iter()
                .map(|demand| if users > 0.0 { demand / users } else { 0.0 })
                .collect(),
            users,
        }
    }
}

impl<'a> Situation<'a> {
    /// What follows from a case in the slice that has most demand of all.
    pub(super) fn new(context: &'a Ground<'a>, case: Case) -> Self {
        let demanded = Arc::new(Demanded::new(context, &case));
        Self::of_demand(context, case, demanded, 0)
    }

    /// The same for a case with the demand of this one.
    pub(super) fn beside(&self, case: Case) -> Self {
        Self::of_demand(self.context, case, Arc::clone(&self.demanded), self.slice)
    }

    /// The same in every slice of the hours.
    pub(super) fn in_slices(&self) -> Vec<Self> {
        let slices = 0..self.case.hours.slice_count();
        slices.map(|slice| self.in_slice(slice)).collect()
    }

    /// The same in one of them.
    pub(super) fn in_slice(&self, slice: usize) -> Self {
        Self::of_demand(
            self.context,
            self.case.clone(),
            Arc::clone(&self.demanded),
            slice,
        )
    }

    fn of_demand(
        context: &'a Ground<'a>,
        case: Case,
        demanded: Arc<Demanded>,
        slice: usize,
    ) -> Self {
        let fixed = Fixed::new(&demanded.copies, &case, slice);
        Self {
            context,
            slice,
            members: carrying_members(context, &case, &fixed),
            fixed,
            case,
            demanded,
        }
    }

    /// Demand of one counted user of `shard` in the slice: hours and surges do not change what does not vary.
    pub(super) fn demand(&self, shard: usize, resource: usize) -> f64 {
        let region = self.context.inventory.shards[shard].client_region;
        self.context.demand(&self.case, shard, resource) * self.of_hour(region, resource)
    }

    /// What the hour makes of a demand at the peak.
    fn of_hour(&self, region: ClientRegionId, resource: usize) -> f64 {
        if self.context.inventory.resources[resource].varies {
            self.case.hours.factor(self.slice, region)
        } else {
            1.0
        }
    }

    /// How much less than the mean a user of `group` may demand along a path.
    pub(super) fn untold_demand(&self, group: usize, resource: usize) -> f64 {
        let ground = self.context;
        let profile = ground.groups[group].profile;
        let demand = ground.inventory.profiles[profile.index()].demand[resource];
        if ground.inventory.resources[resource].varies {
            0.0
        } else {
            demand * (self.demanded.unsurged[group] - self.demanded.least_unsurged[group]).max(0.0)
        }
    }

    /// Demand of one counted user of `group` along a path.
    pub(super) fn group_demand(&self, group: usize, resource: usize) -> f64 {
        let ground = self.context;
        let profile = ground.groups[group].profile;
        let demand = ground.inventory.profiles[profile.index()].demand[resource];
        if ground.inventory.resources[resource].varies {
            demand * self.of_hour(ground.groups[group].client_region, resource)
        } else {
            demand * self.demanded.unsurged[group]
        }
    }
}
