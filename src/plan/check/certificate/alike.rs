//! Alike: shards that no rule and no load tells apart, found by walking all of them once; and crowds: what of them no
//! event changes but a surge.
//!
//! What is looked at for every shard is packed into a few words, so that the walk costs little more than reading.

use super::super::affected::Affected;
use super::super::assignment::shares;
use super::super::context::RefereeContext;
use super::super::period::PeriodState;
use super::search::position;
use super::sum::CompensatedSum;
use crate::ids::{ProfileId, ShardId, SiteId};
use crate::model::Homes;
use crate::model::{MoveRule, Replica, ReplicaState};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::collections::BTreeMap;

/// Users who take the same paths at the same prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::plan::check) struct PricedGroup {
    pub(in crate::plan::check) region: usize,
    /// Position among [`Crowds::demands`].
    pub(in crate::plan::check) demand: usize,
    /// Milliseconds.
    pub(in crate::plan::check) limit: Option<f64>,
}

/// What one counted user demands.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plan::check) struct UserDemand {
    pub(in crate::plan::check) profile: ProfileId,
    /// By slice of the hours, then resource.
    pub(in crate::plan::check) of_user: Vec<Vec<f64>>,
}

/// What of the classes is the same in all cases of one demand. Those who are alike are told by their position.
pub(in crate::plan::check) struct Crowds {
    pub(in crate::plan::check) groups: Vec<PricedGroup>,
    pub(in crate::plan::check) demands: Vec<UserDemand>,
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
        context: &RefereeContext,
        situation: &PeriodState,
        AllAlike { all, users }: &AllAlike,
    ) -> Self {
        let inventory = context.inventory;
        let tiers = inventory.tiers.len();
        let (ranks, rank_of_tier) = ranks(context, users);
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
        let mut total = CompensatedSum::default();
        let mut group_of: BTreeMap<(usize, u64), u32> = BTreeMap::new();
        let mut demand_of: BTreeMap<(ProfileId, u64, Vec<u64>), usize> = BTreeMap::new();
        let hours = &situation.case.hours;
        let mut standing_of: FxHashMap<ShardStanding, u32> = FxHashMap::default();
        let by_rank = crowds.users.chunks_exact_mut(crowds.ranks.len().max(1));
        for ((alike, of_tiers), of_ranks) in all
            .iter()
            .zip(users.chunks_exact(tiers.max(1)))
            .zip(by_rank)
        {
            let shard = alike.shard;
            let factor = situation.case.factor[shard].to_bits();
            let profile = inventory.shards[shard].profile;
            let of_shard = &context.groups[context.group_of(shard)];
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
                            context.demand(&situation.case, shard, resource) * of_hour
                        })
                        .collect()
                };
                crowds.demands.push(UserDemand {
                    profile,
                    of_user: of_hours.iter().map(in_slice).collect(),
                });
                crowds.demands.len() - 1
            });
            let group = group_of.entry((context.group_of(shard), factor));
            crowds.group_of.push(*group.or_insert_with(|| {
                crowds.groups.push(PricedGroup {
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

    /// Their group.
    pub(in crate::plan::check) fn group(&self, alike: usize) -> &PricedGroup {
        &self.groups[self.group_of(alike)]
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
fn ranks(context: &RefereeContext, users: &[CompensatedSum]) -> (Vec<u32>, Vec<usize>) {
    let tiers = &context.inventory.tiers;
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

/// About how many of a large inventory are alike: only what is asked for at once depends on it.
const SHARDS_ALIKE: usize = 6;

/// How shards stand at a site: everything about them that a rule looks at but their group and what touches them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ShardStanding {
    /// The current site and that of shards.csv, each one more than its position, 0 for none.
    sites: u64,
    /// The jurisdiction, one more than its position, 0 for none; then the move rule.
    needs: u64,
    /// Its list of replicas.
    replicas: u64,
}

/// Everything about a shard at a site that any rule or load looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    standing: ShardStanding,
    /// The number of the surges on it, and its position among the groups of the referee: client region, profile,
    /// latency limit.
    users: u64,
}

/// Shards that agree in their key: one of them.
pub(in crate::plan::check) struct AlikeShards {
    pub(in crate::plan::check) shard: usize,
    pub(in crate::plan::check) current: Option<SiteId>,
    pub(super) standing: ShardStanding,
}

impl AlikeShards {
    /// `true` if an event touches them.
    pub(in crate::plan::check) fn is_affected(&self, affected: &mut Affected<'_>) -> bool {
        self.current
            .is_some_and(|site| affected.is_affected(self.shard, site))
    }
}

/// All shards with users, by their keys.
pub(in crate::plan::check) struct AllAlike {
    /// In the order of the first of them.
    pub(in crate::plan::check) all: Vec<AlikeShards>,
    /// By those, then tier.
    pub(in crate::plan::check) users: Vec<CompensatedSum>,
}

impl AllAlike {
    /// Walks the shards of a period once. Told of each shard with users at each of its sites is who is like it there.
    pub(in crate::plan::check) fn new(
        context: &RefereeContext,
        situation: &PeriodState,
        current: &Homes,
        mut told: impl FnMut(usize, u32),
    ) -> Self {
        let inventory = context.inventory;
        let case = &situation.case;
        let tiers = inventory.tiers.len();
        let mut surges = Numbers::default();
        let mut replicas = ReplicaLists::default();
        let about = inventory.shards.len() / SHARDS_ALIKE;
        let mut positions: FxHashMap<Key, u32> =
            FxHashMap::with_capacity_and_hasher(about, FxBuildHasher);
        let mut found = Self {
            all: Vec::with_capacity(about),
            users: Vec::with_capacity(about * tiers),
        };
        // Shards of one tenant stand together and are often alike.
        let mut last: Option<(Key, u32)> = None;
        for shard in 0..inventory.shards.len() {
            let users = case.users(shard);
            if users <= 0.0 {
                continue;
            }
            let row = &inventory.shards[shard];
            let list = replicas.of(context.replicas_of(shard));
            let surges = surges.of((case.factor[shard].to_bits(), case.surged[shard]));
            let jurisdiction = row.jurisdiction.map_or(0, |own| own.index() as u64 + 1);
            let needs = (jurisdiction << 8) | of_move_rule(row.move_rule);
            let of_group = (surges << 32) | context.group_of(shard) as u64;
            let mut add = |site: Option<SiteId>, users: f64| {
                let standing = ShardStanding {
                    sites: (of_site(site) << 32) | of_site(row.site),
                    needs,
                    replicas: list,
                };
                let key = Key {
                    standing,
                    users: of_group,
                };
                let position = match last {
                    Some((known, position)) if known == key => position,
                    _ => *positions.entry(key).or_insert_with(|| {
                        found.all.push(AlikeShards {
                            shard,
                            current: site,
                            standing,
                        });
                        found
                            .users
                            .resize(found.all.len() * tiers, CompensatedSum::default());
                        u32::try_from(found.all.len() - 1)
                            .expect("invariant: there are fewer shards than 2^32")
                    }),
                };
                last = Some((key, position));
                found.users[position as usize * tiers + row.tier.index()].add(users);
                told(shard, position);
            };
            if current.is_split(ShardId::new(shard)) {
                for (site, share) in shares(current, shard) {
                    add(site, users * share);
                }
            } else {
                add(current.main(ShardId::new(shard)), users);
            }
        }
        found
    }
}

/// One more than the position of a site, 0 for none.
fn of_site(site: Option<SiteId>) -> u64 {
    site.map_or(0, |site| site.index() as u64 + 1)
}

/// A move rule as a number.
fn of_move_rule(rule: MoveRule) -> u64 {
    match rule {
        MoveRule::Free => 0,
        MoveRule::ReplicaOnly => 1,
        MoveRule::Pinned => 2,
    }
}

/// Numbers of values, in the order in which they come; the next value is often the last one again.
struct Numbers<T> {
    known: FxHashMap<T, u64>,
    last: Option<(T, u64)>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self {
            known: FxHashMap::default(),
            last: None,
        }
    }
}

impl<T: Copy + Eq + std::hash::Hash> Numbers<T> {
    fn of(&mut self, value: T) -> u64 {
        match self.last {
            Some((last, number)) if last == value => number,
            _ => {
                let next = self.known.len() as u64;
                let number = *self.known.entry(value).or_insert(next);
                self.last = Some((value, number));
                number
            }
        }
    }
}

/// Lists of replicas as numbers, each list another.
#[derive(Default)]
struct ReplicaLists {
    known: FxHashMap<Vec<(SiteId, bool)>, u64>,
    list: Vec<(SiteId, bool)>,
}

impl ReplicaLists {
    /// Different lists have different numbers: by site, state and order.
    fn of(&mut self, replicas: &[Replica]) -> u64 {
        let ready = |own: &Replica| own.state == ReplicaState::Ready;
        self.list.clear();
        self.list
            .extend(replicas.iter().map(|own| (own.site, ready(own))));
        if let Some(number) = self.known.get(&self.list) {
            return *number;
        }
        let number = self.known.len() as u64;
        self.known.insert(self.list.clone(), number);
        number
    }
}
