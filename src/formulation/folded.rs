//! Folded demand: what is demanded in a case by shards at their current homes, before any rule, event or path.

use super::kinds::{Crowd, Kinds, Mark};
use crate::ids::ShardId;
use crate::model::{Case, Home, Homes, Inventory, PerShard};
use ndarray::Array2;
use std::sync::Arc;

/// What is demanded in a case, and what of it no decision changes. Everything here is found by walking all shards;
/// cases with the same demand and the same current homes share it.
#[derive(Debug, Clone)]
pub struct Folded {
    /// Shards at their current homes.
    pub kinds: Arc<Kinds>,
    /// By resource: mean demand per user, `q̄` (`model.md` §4).
    pub mean_demand: Arc<Vec<f64>>,
    /// By rhythm, sites × resources: copies at the peak while nothing is gone (`model.md` §1, `F`).
    pub copies: Arc<Vec<Array2<f64>>>,
    /// What was folded.
    base_users: PerShard<f64>,
    factor: PerShard<f64>,
    surged: PerShard<bool>,
}

impl Folded {
    /// Folds the demand of a case for shards at these homes.
    pub fn new(inventory: &Inventory, case: &Case, current: &Homes) -> Self {
        Self::marked(inventory, case, current, None)
    }

    /// The same with shards distinguished by their marks, if there are any.
    pub fn marked(
        inventory: &Inventory,
        case: &Case,
        current: &Homes,
        marks: Option<&[Mark]>,
    ) -> Self {
        let (kinds, (mean_demand, copies)) = rayon::join(
            || Kinds::new(inventory, case, current, marks),
            || rayon::join(|| mean_demand(inventory, case), || copies(inventory, case)),
        );
        Self {
            kinds: Arc::new(kinds),
            mean_demand: Arc::new(mean_demand),
            copies: Arc::new(copies),
            base_users: case.base_users.clone(),
            factor: case.factor.clone(),
            surged: case.surged.clone(),
        }
    }

    /// The same, taken from what is known if that is it.
    pub fn known_or_new(
        known: Option<&Self>,
        inventory: &Inventory,
        case: &Case,
        current: &Homes,
    ) -> Self {
        let same = known.filter(|known| known.is_of(case, current));
        same.map_or_else(|| Self::new(inventory, case, current), Self::clone)
    }

    /// `true` if this is the folded demand of a case for shards at these homes.
    pub fn is_of(&self, case: &Case, current: &Homes) -> bool {
        let is_same_demand = self.base_users == case.base_users
            && self.factor == case.factor
            && self.surged == case.surged;
        is_same_demand
            && (0..current.shard_count()).map(ShardId::new).all(|shard| {
                let site = current.main(shard);
                let kind = self.kinds.of(Home { shard, site });
                !current.is_split(shard) && self.kinds.standing(kind).current == site
            })
    }

    /// By shard: users before surges.
    pub fn base_users(&self) -> &PerShard<f64> {
        &self.base_users
    }

    /// `true` if surges do to every shard what they do in a case.
    pub fn has_surges_of(&self, case: &Case) -> bool {
        self.factor == case.factor && self.surged == case.surged
    }

    /// The longest latency limit that any shard has of its own; 0 if none has one.
    pub fn longest_shard_limit(&self) -> f64 {
        let crowds = self.kinds.crowds.iter();
        crowds.filter_map(Crowd::max_latency).fold(0.0, f64::max)
    }
}

/// Mean demand per user by resource over all shards with the case's users.
fn mean_demand(inventory: &Inventory, case: &Case) -> Vec<f64> {
    let mut demand = vec![0.0; inventory.resources.len()];
    let mut users = 0.0;
    for (index, shard) in inventory.shards.iter().enumerate() {
        let counted = case.users(index);
        users += counted;
        let of_user = &inventory.profiles[shard.profile.index()].demand;
        for (total, (resource, of_user)) in demand
            .iter_mut()
            .zip(inventory.resources.iter().zip(of_user))
        {
            *total += of_user
                * if resource.varies {
                    counted
                } else {
                    case.base_users[index]
                };
        }
    }
    if users > 0.0 {
        for total in &mut demand {
            *total /= users;
        }
    }
    demand
}

/// What copies load at the peak, by the rhythm of their users: a shard with replicas costs `replica_share` of its demand
/// at its home and at every replica site.
fn copies(inventory: &Inventory, case: &Case) -> Vec<Array2<f64>> {
    let shape = (inventory.sites.len(), inventory.resources.len());
    let mut load = vec![Array2::zeros(shape); case.hours.rhythm_count()];
    let mut rest = inventory.replicas.as_slice();
    while let Some(first) = rest.first() {
        let shard = first.shard;
        let count = rest
            .iter()
            .take_while(|replica| replica.shard == shard)
            .count();
        let (replicas, others) = rest.split_at(count);
        let home = inventory.shards[shard.index()].site;
        for site in home
            .into_iter()
            .chain(replicas.iter().map(|replica| replica.site))
        {
            let region = inventory.shards[shard.index()].client_region;
            let load = &mut load[case.hours.rhythm(region)];
            add_copy(inventory, case, shard, site.index(), load);
        }
        rest = others;
    }
    load
}

/// Adds one copy of a shard at a site.
fn add_copy(
    inventory: &Inventory,
    case: &Case,
    shard: ShardId,
    site: usize,
    load: &mut Array2<f64>,
) {
    let demand = &inventory.profiles[inventory.shards[shard.index()].profile.index()].demand;
    for (index, resource) in inventory.resources.iter().enumerate() {
        let users = if resource.varies {
            case.users(shard.index())
        } else {
            case.base_users[shard.index()]
        };
        load[[site, index]] += users * demand[index] * resource.replica_share;
    }
}
