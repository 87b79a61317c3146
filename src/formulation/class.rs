//! Classes: shards that nothing in the model tells apart (`docs/model.md` §1, `docs/design.md`).
//!
//! A shard that is split now is in the class of each of its current sites, with its share of the users.
//! The set of allowed sites is compared, not the text of the rules that lead to it; the tier is no part of
//! the key, since loads do not depend on it: unserved users of a rank are a column of their own.

use super::demand::{Demand, DemandId, Group, GroupId};
use super::rules::Rules;
use super::setting::Setting;
use crate::graph::PricedPaths;
use crate::ids::{ClientRegionId, JurisdictionId, ProfileId, ShardId, SiteId};
use crate::model::{ByHome, Home, MoveRule, ReplicaState};
use std::collections::HashMap;
use std::sync::Arc;

/// Position of a [`Class`].
pub type ClassId = usize;

/// Shards that nothing in the model tells apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// Its group.
    pub group: GroupId,
    /// Users of all its shards, of a split shard those at `current`.
    pub users: f64,
    /// The same by rank, in the order of [`Classes::ranks`].
    pub users_of_rank: Vec<f64>,
    /// Allowed, open sites that some path reaches, ascending; empty for a trapped class.
    pub sites: Vec<SiteId>,
    /// Where its shards are now.
    pub current: Option<SiteId>,
    /// Sites that hold a copy of its shards, ascending; empty for shards without replicas.
    pub copies: Vec<SiteId>,
    /// Whether an event or growth touches it.
    pub is_affected: bool,
    /// Its shards, ascending.
    pub shards: Vec<ShardId>,
}

impl Class {
    /// The current home of one of its shards.
    pub fn home(&self, shard: ShardId) -> Home {
        Home {
            shard,
            site: self.current,
        }
    }
}

impl Class {
    /// Counts the users of its shards, in their order. `ranks` are those of [`Classes::ranks`].
    pub(super) fn count(&mut self, setting: &Setting<'_>, ranks: &[u32]) {
        self.users = 0.0;
        self.users_of_rank = vec![0.0; ranks.len()];
        for &shard in &self.shards {
            let users = setting.users(self.home(shard));
            self.users += users;
            self.users_of_rank[rank_index(setting, ranks, shard.index())] += users;
        }
    }
}

/// All classes of a setting.
#[derive(Debug, Clone)]
pub struct Classes {
    /// In the order of their first shard.
    pub classes: Vec<Class>,
    /// Groups, in the order of their first shard.
    pub groups: Vec<Group>,
    /// Demands, in the order of their first shard.
    pub demands: Vec<Demand>,
    /// Ranks of tiers that have users, ascending.
    pub ranks: Vec<u32>,
    /// By current home; `None` for a shard without users.
    pub class_of: ByHome<Option<ClassId>>,
}

/// What a shard's class can depend on, before any rule is asked.
#[derive(PartialEq, Eq, Hash)]
struct Attributes {
    group: GroupId,
    current: Option<SiteId>,
    home: Option<SiteId>,
    jurisdiction: Option<JurisdictionId>,
    move_rule: MoveRule,
    is_affected: bool,
    replicas: Vec<(SiteId, ReplicaState)>,
    narrowed: Option<Vec<SiteId>>,
}

/// What a class does depend on.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    group: GroupId,
    current: Option<SiteId>,
    is_affected: bool,
    copies: Vec<SiteId>,
    sites: Vec<SiteId>,
}

/// Groups and demands by what tells them apart.
#[derive(Default)]
struct Groups {
    all: Vec<Group>,
    demands: Vec<Demand>,
    demand_of: HashMap<(ProfileId, u64), DemandId>,
    group_of: HashMap<(ClientRegionId, DemandId, Option<u64>), GroupId>,
}

impl Groups {
    fn of(&mut self, setting: &Setting<'_>, shard: usize) -> GroupId {
        let row = &setting.inventory.shards[shard];
        let factor = setting.case.factor[shard];
        let demands = &mut self.demands;
        let demand = *self
            .demand_of
            .entry((row.profile, factor.to_bits()))
            .or_insert_with(|| {
                let profile = &setting.inventory.profiles[row.profile.index()];
                let of_user = setting.inventory.resources.iter().zip(&profile.demand);
                demands.push(Demand {
                    profile: row.profile,
                    factor,
                    of_user: of_user
                        .map(|(resource, demand)| {
                            if resource.varies {
                                *demand
                            } else {
                                demand / factor
                            }
                        })
                        .collect(),
                });
                demands.len() - 1
            });
        let max_latency = row.max_latency.or(setting.policy.max_latency);
        let groups = &mut self.all;
        *self
            .group_of
            .entry((
                row.client_region,
                demand,
                max_latency.map(|limit| limit.0.to_bits()),
            ))
            .or_insert_with(|| {
                groups.push(Group {
                    client_region: row.client_region,
                    demand,
                    max_latency: max_latency.map(|limit| limit.0),
                });
                groups.len() - 1
            })
    }
}

impl Classes {
    /// The classes of a setting. `by_latency` are the least-latency paths by profile, with every access point
    /// that may be open.
    pub fn new(setting: &Setting<'_>, by_latency: &[Arc<PricedPaths<'_>>]) -> Self {
        let inventory = setting.inventory;
        let rules = Rules::new(*setting);
        let ranks = ranks_in_use(setting);
        let mut groups = Groups::default();
        let mut classes: Vec<Class> = Vec::new();
        let mut by_attributes: HashMap<Attributes, ClassId> = HashMap::new();
        let mut by_key: HashMap<Key, ClassId> = HashMap::new();
        let class_of = ByHome::of(setting.current, |home| {
            let index = home.shard.index();
            let users = setting.users(home);
            if users <= 0.0 {
                return None;
            }
            let attributes = attributes(setting, home, groups.of(setting, index));
            let class = *by_attributes
                .entry(attributes)
                .or_insert_with_key(|attributes| {
                    let group = &groups.all[attributes.group];
                    let paths = &by_latency[inventory.shards[index].profile.index()];
                    let mut sites = rules.sites(home);
                    sites.retain(|&site| {
                        paths
                            .cost(group.client_region, site, group.max_latency)
                            .is_some()
                    });
                    let key = Key {
                        group: attributes.group,
                        current: attributes.current,
                        is_affected: attributes.is_affected,
                        copies: copies(attributes),
                        sites,
                    };
                    *by_key.entry(key).or_insert_with_key(|key| {
                        classes.push(Class {
                            group: key.group,
                            users: 0.0,
                            users_of_rank: vec![0.0; ranks.len()],
                            sites: key.sites.clone(),
                            current: key.current,
                            copies: key.copies.clone(),
                            is_affected: key.is_affected,
                            shards: Vec::new(),
                        });
                        classes.len() - 1
                    })
                });
            let rank = rank_index(setting, &ranks, index);
            let class_row = &mut classes[class];
            class_row.users += users;
            class_row.users_of_rank[rank] += users;
            class_row.shards.push(home.shard);
            Some(class)
        });
        Self {
            classes,
            groups: groups.all,
            demands: groups.demands,
            ranks,
            class_of,
        }
    }
}

/// The position of a shard's rank among the ranks in use.
fn rank_index(setting: &Setting<'_>, ranks: &[u32], shard: usize) -> usize {
    let tier = setting.inventory.shards[shard].tier;
    let rank = setting.inventory.tiers[tier.index()].rank;
    ranks.partition_point(|&other| other < rank)
}

fn ranks_in_use(setting: &Setting<'_>) -> Vec<u32> {
    let mut has_users = vec![false; setting.inventory.tiers.len()];
    for (index, shard) in setting.inventory.shards.iter().enumerate() {
        has_users[shard.tier.index()] |= setting.case.users(index) > 0.0;
    }
    let mut ranks: Vec<u32> = setting
        .inventory
        .tiers
        .iter()
        .zip(has_users)
        .filter(|(_, has_users)| *has_users)
        .map(|(tier, _)| tier.rank)
        .collect();
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}

fn attributes(setting: &Setting<'_>, current: Home, group: GroupId) -> Attributes {
    let shard = current.shard;
    let row = &setting.inventory.shards[shard.index()];
    Attributes {
        group,
        current: current.site,
        home: row.site,
        jurisdiction: row.jurisdiction,
        move_rule: row.move_rule,
        is_affected: setting.is_affected.get(current),
        replicas: setting
            .inventory
            .replicas_of(shard)
            .iter()
            .map(|replica| (replica.site, replica.state))
            .collect(),
        narrowed: setting
            .narrowed
            .and_then(|narrowed| narrowed[shard.index()].clone()),
    }
}

/// Where a shard with replicas has copies: its home and its replicas' sites.
fn copies(attributes: &Attributes) -> Vec<SiteId> {
    if attributes.replicas.is_empty() {
        return Vec::new();
    }
    let mut copies: Vec<SiteId> = attributes.replicas.iter().map(|(site, _)| *site).collect();
    copies.extend(attributes.home);
    copies.sort_unstable();
    copies.dedup();
    copies
}
