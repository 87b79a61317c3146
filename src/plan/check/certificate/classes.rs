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
use std::collections::{BTreeMap, HashMap};

/// Shards that nothing in the model tells apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Class {
    /// Position among [`Classes::groups`].
    pub(super) group: usize,
    /// By rank of [`Classes::ranks`].
    pub(super) users: Vec<f64>,
    /// Sites where they may be and that some open path reaches, ascending; none for those who are trapped.
    pub(super) sites: Vec<usize>,
    pub(super) current: Option<usize>,
    /// Sites with a copy, ascending.
    pub(super) copies: Vec<usize>,
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
    replicas: usize,
}

/// Shards that agree in their key: one of them, and their users by tier.
struct Alike {
    shard: usize,
    current: Option<SiteId>,
    users: Vec<Sum>,
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
        let all = alike(ground, situation, current);
        let (ranks, rank_of_tier) = ranks(ground, &all);
        let mut classes = Self {
            all: Vec::new(),
            groups: Vec::new(),
            demands: Vec::new(),
            ranks,
            all_users: 0.0,
        };
        let mut total = Sum::default();
        let mut group_of: BTreeMap<(usize, u64), usize> = BTreeMap::new();
        let mut demand_of: BTreeMap<(ProfileId, u64), usize> = BTreeMap::new();
        for alike in all {
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
            let sites = (0..inventory.sites.len())
                .map(SiteId::new)
                .filter(|site| !situation.case.gone[site.index()])
                .filter(|&site| rules.permit(site))
                .map(SiteId::index)
                .filter(|&site| roads.reaches(profile, region, site, of_shard.limit))
                .collect();
            let mut users = vec![0.0; classes.ranks.len()];
            for (of_tier, rank) in alike.users.iter().zip(&rank_of_tier) {
                if let Some(users) = users.get_mut(*rank) {
                    *users += of_tier.value();
                }
            }
            for users in &users {
                total.add(*users);
            }
            classes.all.push(Class {
                group,
                users,
                sites,
                current: alike.current.map(SiteId::index),
                copies: rules.copies,
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
fn ranks(ground: &Ground<'_>, all: &[Alike]) -> (Vec<u32>, Vec<usize>) {
    let tiers = &ground.inventory.tiers;
    let has_users = |tier: usize| all.iter().any(|alike| alike.users[tier].value() > 0.0);
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

/// Shards that are alike, in the order of the first of them.
fn alike(ground: &Ground<'_>, situation: &Situation, current: &Homes) -> Vec<Alike> {
    let inventory = ground.inventory;
    let replicas = lists_of_replicas(ground);
    let mut positions: HashMap<Key, usize> = HashMap::new();
    let mut all: Vec<Alike> = Vec::new();
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
                    users: vec![Sum::default(); inventory.tiers.len()],
                });
                all.len() - 1
            }),
        };
        last = Some((key, position));
        all[position].users[row.tier.index()].add(users);
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
    all
}

/// By shard, a number for its list of replicas, 0 for none; nothing at all in an inventory without replicas.
fn lists_of_replicas(ground: &Ground<'_>) -> Vec<usize> {
    let inventory = ground.inventory;
    if inventory.replicas.is_empty() {
        return Vec::new();
    }
    let mut of_shard = vec![0; inventory.shards.len()];
    let mut known: HashMap<Vec<(SiteId, bool)>, usize> = HashMap::new();
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
            let next = known.len() + 1;
            let number = *known.entry(list.clone()).or_insert(next);
            last = (list.clone(), number);
        }
        of_shard[own[0].shard.index()] = last.1;
    }
    of_shard
}
