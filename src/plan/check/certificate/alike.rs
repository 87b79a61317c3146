//! Alike: shards that no rule and no load tells apart, found by walking all of them once, with the users of each and what these
//! demand. No event but a surge changes them.
//!
//! What is looked at for every shard is packed into a few words, so that the walk costs little more than reading.

use super::super::affected::Affected;
use super::super::assignment::shares;
use super::super::context::RefereeContext;
use super::super::period::PeriodState;
use super::search::position;
use super::sum::CompensatedSum;
use crate::ids::{ProfileId, ShardId, SiteId, TierId};
use crate::model::{Homes, MoveRule, ReplicaState};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::Hash;

/// Users who take the same paths at the same prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::plan::check) struct PricedGroup {
    pub(in crate::plan::check) region: usize,
    /// Position among [`AllAlike::demands`].
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

/// Shards that are alike: the first of them.
pub(in crate::plan::check) struct AlikeShards {
    pub(in crate::plan::check) shard: usize,
    pub(in crate::plan::check) current: Option<SiteId>,
    /// Position among [`AllAlike::groups`].
    pub(in crate::plan::check) group: usize,
    /// How they stand at their site: a number below [`AllAlike::standings`].
    pub(super) standing: usize,
}

impl AlikeShards {
    /// `true` if an event touches them.
    pub(in crate::plan::check) fn is_affected(&self, affected: &mut Affected<'_>) -> bool {
        let current = self.current;
        current.is_some_and(|site| affected.is_affected(self.shard, site))
    }
}

/// All shards with users, by what tells them apart.
#[derive(Default)]
pub(in crate::plan::check) struct AllAlike {
    /// In the order of the first of them. Those who are alike are named by their position here.
    pub(in crate::plan::check) all: Vec<AlikeShards>,
    pub(in crate::plan::check) groups: Vec<PricedGroup>,
    pub(in crate::plan::check) demands: Vec<UserDemand>,
    pub(super) standings: usize,
    /// Ranks that have users, ascending.
    pub(in crate::plan::check) ranks: Vec<u32>,
    tiers: usize,
    /// By those who are alike, then tier.
    of_tiers: Vec<CompensatedSum>,
    /// By those who are alike, then rank.
    of_ranks: Vec<f64>,
    /// Users of all.
    all_users: f64,
}

/// About how many of a large inventory are alike: only what is asked for at once depends on it.
const SHARDS_ALIKE: usize = 6;

/// How shards stand at a site, everything about them that a rule looks at but their group and what touches them: the current
/// site and that of shards.csv, each one more than its position, 0 for none; the jurisdiction likewise, then the move rule;
/// the number of the list of replicas.
type ShardStanding = [u64; 3];

impl AllAlike {
    /// Walks the shards of a period once. `then` learns of each shard with users at each of its sites who is like it there.
    pub(in crate::plan::check) fn new(
        situation: &PeriodState,
        current: &Homes,
        mut then: impl FnMut(usize, u32),
    ) -> Self {
        let (context, case) = (situation.context, &situation.case);
        let inventory = context.inventory;
        let about = inventory.shards.len() / SHARDS_ALIKE;
        let mut found = Self {
            tiers: inventory.tiers.len(),
            ..Self::default()
        };
        let mut numbers = NumbersOfAlike::default();
        // How they stand; the number of the surges on them, and their position among the groups of the referee.
        let mut positions: FxHashMap<(ShardStanding, u64), u32> =
            FxHashMap::with_capacity_and_hasher(about, FxBuildHasher);
        // Shards of one tenant stand together and are often alike.
        let mut last = None;
        for (shard, row) in inventory.shards.iter().enumerate() {
            let users = case.users(shard);
            if users <= 0.0 {
                continue;
            }
            let replicas = context.replicas_of(shard).iter();
            let replicas =
                replicas.map(|replica| (replica.site, replica.state == ReplicaState::Ready));
            let replicas = u64::from(numbers.replicas.of(replicas.collect::<Vec<_>>()));
            let surges = (case.factor[shard].to_bits(), case.surged[shard]);
            let of_group =
                u64::from(numbers.surges.of(surges)) << 32 | context.group_of(shard) as u64;
            let jurisdiction = row
                .jurisdiction
                .map_or(0, |jurisdiction| jurisdiction.index() as u64 + 1);
            let needs = (jurisdiction << 8) | of_move_rule(row.move_rule);
            let mut add = |site: Option<SiteId>, users: f64| {
                let standing = [(of_site(site) << 32) | of_site(row.site), needs, replicas];
                let key = (standing, of_group);
                let position = match last {
                    Some((known, position)) if known == key => position,
                    _ => *positions.entry(key).or_insert_with(|| {
                        found.add((shard, site), standing, situation, &mut numbers)
                    }),
                };
                last = Some((key, position));
                found.of_tiers[position as usize * found.tiers + row.tier.index()].add(users);
                then(shard, position);
            };
            if current.is_split(ShardId::new(shard)) {
                for (site, share) in shares(current, shard) {
                    add(site, users * share);
                }
            } else {
                add(current.main(ShardId::new(shard)), users);
            }
        }
        found.standings = numbers.standings.known.len();
        found.count_ranks(context);
        found
    }

    /// Takes over shards that nobody was like before; their position.
    fn add(
        &mut self,
        (shard, current): (usize, Option<SiteId>),
        standing: ShardStanding,
        situation: &PeriodState,
        numbers: &mut NumbersOfAlike,
    ) -> u32 {
        let (context, case) = (situation.context, &situation.case);
        let inventory = context.inventory;
        let factor = case.factor[shard].to_bits();
        let profile = inventory.shards[shard].profile;
        let of_shard = &context.groups[context.group_of(shard)];
        let of_hours = (0..case.hours.slice_count())
            .map(|slice| case.hours.factor(slice, of_shard.client_region).to_bits());
        let of_hours: Vec<u64> = of_hours.collect();
        let demand = numbers.demands.of((profile, factor, of_hours.clone())) as usize;
        if demand == self.demands.len() {
            let in_slice = |of_hour: u64| {
                let resources = inventory.resources.iter().enumerate();
                let demanded = resources.map(|(resource, row)| {
                    let of_hour = if row.varies {
                        f64::from_bits(of_hour)
                    } else {
                        1.0
                    };
                    context.demand(case, shard, resource) * of_hour
                });
                demanded.collect()
            };
            self.demands.push(UserDemand {
                profile,
                of_user: of_hours.into_iter().map(in_slice).collect(),
            });
        }
        let group = numbers.groups.of((context.group_of(shard), factor)) as usize;
        if group == self.groups.len() {
            self.groups.push(PricedGroup {
                region: of_shard.client_region.index(),
                demand,
                limit: of_shard.limit,
            });
        }
        self.all.push(AlikeShards {
            shard,
            current,
            group,
            standing: numbers.standings.of(standing) as usize,
        });
        let users = self.all.len() * self.tiers;
        self.of_tiers.resize(users, CompensatedSum::default());
        position(self.all.len() - 1)
    }

    /// Counts users by rank.
    fn count_ranks(&mut self, context: &RefereeContext) {
        let tiers = &context.inventory.tiers;
        let has_users = |tier: &usize| {
            let mut of_tier = self.of_tiers.iter().skip(*tier).step_by(tiers.len());
            of_tier.any(|users| users.value() > 0.0)
        };
        let ranks = (0..tiers.len()).filter(has_users);
        let mut ranks: Vec<u32> = ranks.map(|tier| tiers[tier].rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let mut total = CompensatedSum::default();
        self.of_ranks = vec![0.0; self.all.len() * ranks.len()];
        let by_rank = self.of_ranks.chunks_exact_mut(ranks.len().max(1));
        let by_tier = self.of_tiers.chunks_exact(tiers.len().max(1));
        for (of_ranks, of_tiers) in by_rank.zip(by_tier) {
            for (users, tier) in of_tiers.iter().zip(tiers) {
                if let Ok(rank) = ranks.binary_search(&tier.rank) {
                    of_ranks[rank] += users.value();
                }
            }
            for users in of_ranks {
                total.add(*users);
            }
        }
        self.all_users = total.value();
        self.ranks = ranks;
    }

    /// The group of those who are alike.
    pub(in crate::plan::check) fn group(&self, alike: usize) -> &PricedGroup {
        &self.groups[self.all[alike].group]
    }

    /// Users by rank of those who are alike.
    pub(in crate::plan::check) fn users(&self, alike: usize) -> &[f64] {
        &self.of_ranks[alike * self.ranks.len()..][..self.ranks.len()]
    }

    /// Users of a tier of those who are alike.
    pub(in crate::plan::check) fn users_of(&self, alike: usize, tier: TierId) -> f64 {
        self.of_tiers[alike * self.tiers + tier.index()].value()
    }

    /// Fewer users than this are nobody.
    pub(in crate::plan::check) fn nobody(&self) -> f64 {
        1e-9 * self.all_users.max(1.0)
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

/// What the walk has met of everything that tells shards apart.
#[derive(Default)]
struct NumbersOfAlike {
    /// Surge factor, and the surges themselves.
    surges: Numbers<(u64, bool)>,
    /// Sites, and whether the copy there is ready.
    replicas: Numbers<Vec<(SiteId, bool)>>,
    standings: Numbers<ShardStanding>,
    /// The referee's group, surge factor.
    groups: Numbers<(usize, u64)>,
    /// Profile, surge factor, factors of the hours.
    demands: Numbers<(ProfileId, u64, Vec<u64>)>,
}

/// Numbers of values, in the order in which they come; the next value is often the last one again.
struct Numbers<T> {
    known: FxHashMap<T, u32>,
    last: Option<(T, u32)>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self {
            known: FxHashMap::default(),
            last: None,
        }
    }
}

impl<T: Clone + Eq + Hash> Numbers<T> {
    fn of(&mut self, value: T) -> u32 {
        match &self.last {
            Some((last, number)) if *last == value => *number,
            _ => {
                let next = position(self.known.len());
                let number = *self.known.entry(value.clone()).or_insert(next);
                self.last = Some((value, number));
                number
            }
        }
    }
}
