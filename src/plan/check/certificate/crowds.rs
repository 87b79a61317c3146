//! Crowds: what of classes no event changes but a surge: who they are, how many, what they demand.

use super::super::ground::Ground;
use super::super::period::Situation;
use super::alike::{AllAlike, Standing};
use super::steps::position;
use super::sum::Sum;
use crate::ids::ProfileId;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Users who take the same paths at the same prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::plan::check) struct Group {
    pub(in crate::plan::check) region: usize,
    /// Position among [`Crowds::demands`].
    pub(in crate::plan::check) demand: usize,
    /// Milliseconds.
    pub(in crate::plan::check) limit: Option<f64>,
}

/// What one counted user demands.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plan::check) struct Demand {
    pub(in crate::plan::check) profile: ProfileId,
    /// By slice of the hours, then resource.
    pub(in crate::plan::check) of_user: Vec<Vec<f64>>,
}

/// What of the classes is the same in all cases of one demand. Those who are alike are told by their position.
pub(in crate::plan::check) struct Crowds {
    pub(in crate::plan::check) groups: Vec<Group>,
    pub(in crate::plan::check) demands: Vec<Demand>,
    /// By those who are alike.
    group_of: Vec<u32>,
    /// By those who are alike: how they stand, as a number.
    standing_of: Vec<u32>,
    pub(super) standings: usize,
    /// Ranks that have users, ascending.
    pub(in crate::plan::check) ranks: Vec<u32>,
    /// By tier, the position of its rank among those that have users.
    pub(in crate::plan::check) rank_of_tier: Vec<usize>,
    /// By those who are alike, then rank.
    users: Vec<f64>,
    /// Users of all.
    all_users: f64,
}

impl Crowds {
    /// Those of shards that are alike.
    pub(in crate::plan::check) fn new(
        ground: &Ground<'_>,
        situation: &Situation,
        AllAlike { all, users }: &AllAlike,
    ) -> Self {
        let inventory = ground.inventory;
        let tiers = inventory.tiers.len();
        let (ranks, rank_of_tier) = ranks(ground, users);
        let mut crowds = Self {
            groups: Vec::new(),
            demands: Vec::new(),
            group_of: Vec::with_capacity(all.len()),
            standing_of: Vec::with_capacity(all.len()),
            standings: 0,
            users: vec![0.0; all.len() * ranks.len()],
            ranks,
            rank_of_tier,
            all_users: 0.0,
        };
        let mut total = Sum::default();
        let mut group_of: BTreeMap<(usize, u64), u32> = BTreeMap::new();
        let mut demand_of: BTreeMap<(ProfileId, u64, Vec<u64>), usize> = BTreeMap::new();
        let hours = &situation.case.hours;
        let mut standing_of: FxHashMap<Standing, u32> = FxHashMap::default();
        let by_rank = crowds.users.chunks_exact_mut(crowds.ranks.len().max(1));
        for ((alike, of_tiers), of_ranks) in all
            .iter()
            .zip(users.chunks_exact(tiers.max(1)))
            .zip(by_rank)
        {
            let shard = alike.shard;
            let factor = situation.case.factor[shard].to_bits();
            let profile = inventory.shards[shard].profile;
            let of_shard = &ground.groups[ground.group_of(shard)];
            let of_hours: Vec<f64> = (0..hours.slice_count())
                .map(|slice| hours.factor(slice, of_shard.client_region))
                .collect();
            let bits = of_hours.iter().map(|factor| factor.to_bits()).collect();
            let key = (profile, factor, bits);
            let demand = *demand_of.entry(key).or_insert_with(|| {
                let in_slice = |of_hour: &f64| -> Vec<f64> {
                    let resources = inventory.resources.iter().enumerate();
                    resources
                        .map(|(resource, row)| {
                            let of_hour = if row.varies { *of_hour } else { 1.0 };
                            ground.demand(&situation.case, shard, resource) * of_hour
                        })
                        .collect()
                };
                crowds.demands.push(Demand {
                    profile,
                    of_user: of_hours.iter().map(in_slice).collect(),
                });
                crowds.demands.len() - 1
            });
            let group = group_of.entry((ground.group_of(shard), factor));
            crowds.group_of.push(*group.or_insert_with(|| {
                crowds.groups.push(Group {
                    region: of_shard.client_region.index(),
                    demand,
                    limit: of_shard.limit,
                });
                position(crowds.groups.len() - 1)
            }));
            let next = position(standing_of.len());
            let standing = standing_of.entry(alike.standing).or_insert(next);
            crowds.standing_of.push(*standing);
            for (of_tier, rank) in of_tiers.iter().zip(&crowds.rank_of_tier) {
                if let Some(users) = of_ranks.get_mut(*rank) {
                    *users += of_tier.value();
                }
            }
            for users in of_ranks {
                total.add(*users);
            }
        }
        crowds.standings = standing_of.len();
        crowds.all_users = total.value();
        crowds
    }

    /// The position of their group.
    pub(in crate::plan::check) fn group_of(&self, alike: usize) -> usize {
        self.group_of[alike] as usize
    }

    /// How they stand: a number below [`Crowds::standings`].
    pub(super) fn standing_of(&self, alike: usize) -> usize {
        self.standing_of[alike] as usize
    }

    /// Their users by rank.
    pub(in crate::plan::check) fn users(&self, alike: usize) -> &[f64] {
        &self.users[alike * self.ranks.len()..][..self.ranks.len()]
    }

    /// Fewer users than this are nobody.
    pub(in crate::plan::check) fn nobody(&self) -> f64 {
        1e-9 * self.all_users.max(1.0)
    }
}

/// Ranks that have users, ascending, and by tier its position among them.
fn ranks(ground: &Ground<'_>, users: &[Sum]) -> (Vec<u32>, Vec<usize>) {
    let tiers = &ground.inventory.tiers;
    let has_users = |tier: usize| {
        let mut of_tier = users.iter().skip(tier).step_by(tiers.len());
        of_tier.any(|users| users.value() > 0.0)
    };
    let mut ranks: Vec<u32> = (0..tiers.len())
        .filter(|&tier| has_users(tier))
        .map(|tier| tiers[tier].rank)
        .collect();
    ranks.sort_unstable();
    ranks.dedup();
    let of_tier = tiers
        .iter()
        .map(|tier| ranks.partition_point(|rank| *rank < tier.rank))
        .collect();
    (ranks, of_tier)
}
