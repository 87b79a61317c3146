//! Classes: shards that nothing in the model tells apart (`model.md` §1), formed by walking them once.

use super::super::affected::Affected;
use super::super::ground::Ground;
use super::super::homes::Homes;
use super::super::period::Situation;
use super::roads::Roads;
use super::rules::Rules;
use super::sum::Sum;
use crate::ids::{JurisdictionId, ProfileId, SiteId};
use crate::model::{MoveRule, ReplicaState};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Some sites, ascending; classes with the same ones share them.
type Sites = Arc<[usize]>;

/// Shards that nothing in the model tells apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Class {
    /// Position among [`Classes::groups`].
    pub(super) group: usize,
    /// By rank of [`Classes::ranks`].
    pub(super) users: Box<[f64]>,
    /// Sites where they may be and that some open path reaches, ascending; none for those who are trapped.
    pub(super) sites: Sites,
    pub(super) current: Option<usize>,
    /// Sites with a copy, ascending.
    pub(super) copies: Sites,
    pub(super) is_affected: bool,
}

impl Class {
    /// `true` if its users leave their site when they are served at `site`.
    pub(super) fn leaves_for(&self, site: usize) -> bool {
        self.current.is_some_and(|current| current != site)
    }

    /// `true` if the site holds a copy.
    pub(super) fn has_copy(&self, site: usize) -> bool {
        self.copies.binary_search(&site).is_ok()
    }
}

/// Users who take the same paths at the same prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Group {
    pub(super) region: usize,
    /// Position among [`Classes::demands`].
    pub(super) demand: usize,
    /// Milliseconds.
    pub(super) limit: Option<f64>,
}

/// What one counted user demands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Demand {
    pub(super) profile: ProfileId,
    /// By resource.
    pub(super) of_user: Vec<f64>,
}

/// All classes of a period.
pub(super) struct Classes {
    pub(super) all: Vec<Class>,
    pub(super) groups: Vec<Group>,
    pub(super) demands: Vec<Demand>,
    /// Ranks that have users, ascending.
    pub(super) ranks: Vec<u32>,
    /// Users of all classes.
    pub(super) all_users: f64,
}

/// Everything about a shard at a site that any rule or load looks at.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    /// Position among those of the referee: client region, profile, latency limit.
    group: usize,
    /// Bits of the surges on it.
    factor: u64,
    is_surged: bool,
    current: Option<SiteId>,
    /// Its site of shards.csv.
    home: Option<SiteId>,
    jurisdiction: Option<JurisdictionId>,
    move_rule: MoveRule,
    /// Which of the lists of replicas it has.
    replicas: u32,
}

/// Shards that agree in their key: one of them.
struct Alike {
    shard: usize,
    current: Option<SiteId>,
}

/// All shards with users, by their keys.
struct AllAlike {
    /// In the order of the first of them.
    all: Vec<Alike>,
    /// By those, then tier.
    users: Vec<Sum>,
}

/// Lists of sites, each of which is kept once.
#[derive(Default)]
struct Lists(FxHashSet<Sites>);

impl Lists {
    /// The list of these sites.
    fn of(&mut self, sites: &[usize]) -> Sites {
        if let Some(known) = self.0.get(sites) {
            return Arc::clone(known);
        }
        let list: Sites = sites.into();
        self.0.insert(Arc::clone(&list));
        list
    }
}

impl Classes {
    /// Walks the shards once; rules are asked once for all that are alike.
    pub(super) fn new(
        ground: &Ground<'_>,
        situation: &Situation,
        current: &Homes,
        affected: &mut Affected<'_>,
        roads: &Roads<'_>,
    ) -> Self {
        let inventory = ground.inventory;
        let AllAlike {
            all,
            users: users_of_tiers,
        } = alike(ground, situation, current);
        let tiers = inventory.tiers.len();
        let (ranks, rank_of_tier) = ranks(ground, &users_of_tiers);
        let mut classes = Self {
            all: Vec::with_capacity(all.len()),
            groups: Vec::new(),
            demands: Vec::new(),
            ranks,
            all_users: 0.0,
        };
        let mut total = Sum::default();
        let mut group_of: BTreeMap<(usize, u64), usize> = BTreeMap::new();
        let mut demand_of: BTreeMap<(ProfileId, u64), usize> = BTreeMap::new();
        let mut lists = Lists::default();
        let mut open: Vec<usize> = Vec::new();
        for (alike, users_of_tiers) in all
            .into_iter()
            .zip(users_of_tiers.chunks_exact(tiers.max(1)))
        {
            let shard = alike.shard;
            let factor = situation.case.factor[shard].to_bits();
            let profile = inventory.shards[shard].profile;
            let of_shard = &ground.groups[ground.group_of(shard)];
            let demand = *demand_of.entry((profile, factor)).or_insert_with(|| {
                let resources = 0..inventory.resources.len();
                classes.demands.push(Demand {
                    profile,
                    of_user: resources
                        .map(|resource| ground.demand(&situation.case, shard, resource))
                        .collect(),
                });
                classes.demands.len() - 1
            });
            let group = *group_of
                .entry((ground.group_of(shard), factor))
                .or_insert_with(|| {
                    classes.groups.push(Group {
                        region: of_shard.client_region.index(),
                        demand,
                        limit: of_shard.limit,
                    });
                    classes.groups.len() - 1
                });
            let is_affected = alike
                .current
                .is_some_and(|site| affected.is_affected(shard, site));
            let region = of_shard.client_region.index();
            let rules = Rules::new(ground, situation, shard, alike.current, is_affected);
            open.clear();
            open.extend(
                (0..inventory.sites.len())
                    .map(SiteId::new)
                    .filter(|site| !situation.case.gone[site.index()])
                    .filter(|&site| rules.permit(site))
                    .map(SiteId::index)
                    .filter(|&site| roads.reaches(profile, region, site, of_shard.limit)),
            );
            let mut users = vec![0.0; classes.ranks.len()].into_boxed_slice();
            for (of_tier, rank) in users_of_tiers.iter().zip(&rank_of_tier) {
                if let Some(users) = users.get_mut(*rank) {
                    *users += of_tier.value();
                }
            }
            for users in &*users {
                total.add(*users);
            }
            classes.all.push(Class {
                group,
                users,
                sites: lists.of(&open),
                current: alike.current.map(SiteId::index),
                copies: lists.of(&rules.copies),
                is_affected,
            });
        }
        classes.all_users = total.value();
        classes
    }

    /// Fewer users than this are nobody.
    pub(super) fn nobody(&self) -> f64 {
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

/// Shards that are alike.
fn alike(ground: &Ground<'_>, situation: &Situation, current: &Homes) -> AllAlike {
    let inventory = ground.inventory;
    let tiers = inventory.tiers.len();
    let replicas = lists_of_replicas(ground);
    let mut positions: FxHashMap<Key, usize> = FxHashMap::default();
    let mut all: Vec<Alike> = Vec::new();
    let mut sums: Vec<Sum> = Vec::new();
    // Shards of one tenant stand together and are often alike.
    let mut last: Option<(Key, usize)> = None;
    let mut add = |shard: usize, site: Option<SiteId>, users: f64| {
        let row = &inventory.shards[shard];
        let key = Key {
            group: ground.group_of(shard),
            factor: situation.case.factor[shard].to_bits(),
            is_surged: situation.case.surged[shard],
            current: site,
            home: row.site,
            jurisdiction: row.jurisdiction,
            move_rule: row.move_rule,
            replicas: replicas.get(shard).copied().unwrap_or(0),
        };
        let position = match last {
            Some((known, position)) if known == key => position,
            _ => *positions.entry(key).or_insert_with(|| {
                all.push(Alike {
                    shard,
                    current: site,
                });
                sums.resize(all.len() * tiers, Sum::default());
                all.len() - 1
            }),
        };
        last = Some((key, position));
        sums[position * tiers + row.tier.index()].add(users);
    };
    for shard in 0..inventory.shards.len() {
        let users = situation.case.users(shard);
        if users <= 0.0 {
            continue;
        }
        if current.is_split(shard) {
            for (site, share) in current.shares(shard) {
                add(shard, site, users * share);
            }
        } else {
            add(shard, current.main(shard), users);
        }
    }
    AllAlike { all, users: sums }
}

/// By shard, a number for its list of replicas, 0 for none; nothing at all in an inventory without replicas.
fn lists_of_replicas(ground: &Ground<'_>) -> Vec<u32> {
    let inventory = ground.inventory;
    if inventory.replicas.is_empty() {
        return Vec::new();
    }
    let mut of_shard = vec![0; inventory.shards.len()];
    let mut known: FxHashMap<Vec<(SiteId, bool)>, u32> = FxHashMap::default();
    let mut numbers = 0;
    let mut last = (Vec::new(), 0);
    let mut list: Vec<(SiteId, bool)> = Vec::new();
    for own in inventory
        .replicas
        .chunk_by(|one, next| one.shard == next.shard)
    {
        list.clear();
        let replicas = own.iter();
        list.extend(replicas.map(|own| (own.site, own.state == ReplicaState::Ready)));
        if last.0 != list {
            let number = if let Some(number) = known.get(&list) {
                *number
            } else {
                numbers += 1;
                known.insert(list.clone(), numbers);
                numbers
            };
            last = (list.clone(), number);
        }
        of_shard[own[0].shard.index()] = last.1;
    }
    of_shard
}
