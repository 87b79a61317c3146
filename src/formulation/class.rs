//! Classes: shards that nothing in the model tells apart (`docs/model.md` §1, `docs/design.md`).
//!
//! A shard that is split now is in the class of each of its current sites, with its share of the users.
//! The set of allowed sites is compared, not the text of the rules that lead to it; the tier is no part of
//! the key, since loads do not depend on it: unserved users of a rank are a column of their own.

use super::class_of::ClassOf;
use super::demand::{Demand, Group};
use super::ids::{ClassId, DemandId, GroupId, WhoId};
use super::interner::{ListInterner, ShardLists, SiteLists};
use super::kinds::{Crowd, KindId, Kinds, Mark, Standing};
use super::per_class::PerClass;
use super::rules::{Rules, SiteSet};
use super::setting::Setting;
use crate::graph::PricedPaths;
use crate::ids::{ClientRegionId, ProfileId, ShardId, SiteId};
use crate::model::{Home, MoveRule};
use rustc_hash::FxHashMap;
use std::sync::Arc;

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
    pub sites: Arc<[SiteId]>,
    /// Where its shards are now.
    pub current: Option<SiteId>,
    /// Sites that hold a copy of its shards, ascending; empty for shards without replicas.
    pub copies: Arc<[SiteId]>,
    /// Whether an event or growth touches it.
    pub is_affected: bool,
    /// Who its shards are: position in [`Classes::who`], where that is distinguished.
    pub who: WhoId,
    /// Its shards, ascending; none where only values are asked for.
    pub shards: ShardLists,
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

/// Who shards are, wherever a plan homes them: what decides where they may go once something else fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Who {
    /// Their crowd: position in [`Kinds::crowds`].
    pub crowd: u32,
    /// Its group.
    pub group: GroupId,
    /// What lets them leave; without where they are.
    pub standing: Standing,
    /// What they are marked with.
    pub mark: Mark,
}

/// What classes are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// A plan: they list their shards.
    Plan,
    /// Values of the levels up to headroom alone, with no limit on moves: they list no shards, and where their shards
    /// are now is forgotten once nothing is left of that site.
    Values,
    /// Loads of users whose paths are known: no path is looked for, and no class has a default path.
    Loads,
}

/// All classes of a setting.
#[derive(Debug, Clone)]
pub struct Classes {
    /// In the order of their first shard; shared with other cases in which they are the same.
    pub classes: PerClass<Arc<Class>>,
    /// Groups, in the order of their first shard.
    pub groups: Vec<Group>,
    /// Demands, in the order of their first shard.
    pub demands: Vec<Demand>,
    /// Ranks of tiers that have users, ascending.
    pub ranks: Vec<u32>,
    /// Who there is, where classes tell that apart.
    pub who: Arc<Vec<Who>>,
    /// By current home; `None` for a shard without users.
    pub class_of: ClassOf,
}

/// What a class depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ClassKey {
    group: GroupId,
    current: Option<SiteId>,
    is_affected: bool,
    who: WhoId,
    /// Positions among lists of copies and sets of sites.
    copies: u32,
    sites: u32,
}

impl Classes {
    /// The classes of a setting, whose shards are folded into `kinds`. `by_latency` are the least-latency paths by
    /// profile, with every access point that may be open.
    pub fn new(
        setting: &Setting<'_>,
        kinds: &Arc<Kinds>,
        by_latency: &[Arc<PricedPaths<'_>>],
        detail: Detail,
    ) -> Self {
        let ranks = ranks_in_use(setting, kinds);
        let mut derived = Derivation::new(setting, kinds, by_latency, detail, ranks);
        derived.by_key.reserve(kinds.kinds.len());
        let by_kind: Vec<Option<ClassId>> = kinds
            .ids()
            .map(|kind| {
                let has_users = kinds.kinds[kind as usize].has_users;
                has_users.then(|| derived.class_of(kind))
            })
            .collect();
        let rank_of_tier = derived.rank_of_tier();
        let mut classes = derived.classes;
        for (kind, id) in kinds.kinds.iter().zip(&by_kind) {
            if let Some(id) = *id {
                let class = &mut classes[id];
                class.users += kind.users;
                class.users_of_rank[rank_of_tier[kind.tier.index()]] += kind.users;
            }
        }
        if detail == Detail::Plan {
            let mut lengths = vec![0; classes.len()];
            for (kind, id) in kinds.kinds.iter().zip(&by_kind) {
                if let Some(id) = *id {
                    lengths[id] += kind.homes;
                }
            }
            let shards = ShardLists::listed(&lengths, |put| {
                for (home, kind) in kinds.of_homes(setting.current) {
                    if let Some(id) = by_kind[kind as usize] {
                        put(id, home.shard);
                    }
                }
            });
            for (class, shards) in classes.iter_mut().zip(shards) {
                class.shards = shards;
            }
        }
        Self {
            classes: classes.into_iter().map(Arc::new).collect(),
            groups: derived.groups.all,
            demands: derived.groups.demands,
            ranks: derived.ranks,
            who: Arc::new(derived.who.into_all()),
            class_of: ClassOf::new(Arc::clone(kinds), by_kind),
        }
    }
}

/// From kinds to classes, kind by kind.
pub(super) struct Derivation<'a, 'n> {
    setting: &'a Setting<'a>,
    kinds: &'a Kinds,
    by_latency: &'a [Arc<PricedPaths<'n>>],
    rules: Rules<'a>,
    detail: Detail,
    pub(super) ranks: Vec<u32>,
    pub(super) groups: Groups,
    /// By crowd.
    pub(super) group_of: Vec<Option<GroupId>>,
    /// By road, the sites that were asked for and those of them that some path reaches.
    reached: Vec<Option<(SiteSet, SiteSet)>>,
    /// By standing and whether it is affected, the position of the open sites that the rules permit.
    permitted: Vec<[Option<u32>; 2]>,
    permitted_sets: ListInterner<SiteSet>,
    /// By group, its road.
    road_of: Vec<Option<u32>>,
    roads: ListInterner<ClassRoad>,
    /// By permitted sites and road, the position of those that some path reaches.
    sites_among: FxHashMap<(u32, u32), u32>,
    /// By standing, the position of its list of copies.
    copies_of: Vec<Option<u32>>,
    copies: SiteLists,
    /// By list of copies and set of sites, the list of those among the sites.
    copies_among: FxHashMap<(u32, u32), u32>,
    sites: ListInterner<SiteSet>,
    /// By set of sites, its list.
    listed: Vec<Arc<[SiteId]>>,
    by_key: FxHashMap<ClassKey, ClassId>,
    who: ListInterner<Who>,
    pub(super) classes: Vec<Class>,
}

/// What groups have in common that reach the same sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ClassRoad {
    client_region: ClientRegionId,
    /// The first profile whose paths are the same.
    profile: usize,
    /// Bits of the latency limit, if there is one.
    max_latency: Option<u64>,
}

impl<'a, 'n> Derivation<'a, 'n> {
    /// `ranks` are those of tiers that have users, ascending.
    pub(super) fn new(
        setting: &'a Setting<'a>,
        kinds: &'a Kinds,
        by_latency: &'a [Arc<PricedPaths<'n>>],
        detail: Detail,
        ranks: Vec<u32>,
    ) -> Self {
        Self {
            detail,
            setting,
            kinds,
            by_latency,
            rules: Rules::new(*setting),
            ranks,
            groups: Groups::default(),
            group_of: vec![None; kinds.crowds.len()],
            reached: Vec::new(),
            permitted: vec![[None, None]; kinds.standings.len()],
            permitted_sets: ListInterner::default(),
            road_of: Vec::new(),
            roads: ListInterner::default(),
            sites_among: FxHashMap::default(),
            copies_of: vec![None; kinds.standings.len()],
            copies: SiteLists::default(),
            copies_among: FxHashMap::default(),
            sites: ListInterner::default(),
            listed: Vec::new(),
            by_key: FxHashMap::default(),
            who: ListInterner::default(),
            classes: Vec::new(),
        }
    }

    /// The same with groups that are known; `group_of` is by crowd.
    pub(super) fn with_groups(mut self, groups: Groups, group_of: Vec<Option<GroupId>>) -> Self {
        self.road_of = vec![None; groups.all.len()];
        self.groups = groups;
        self.group_of = group_of;
        self
    }

    /// By tier, the position of its rank among those in use.
    pub(super) fn rank_of_tier(&self) -> Vec<usize> {
        let tiers = self.setting.inventory.tiers.iter();
        tiers
            .map(|tier| self.ranks.partition_point(|&rank| rank < tier.rank))
            .collect()
    }

    /// The class of a kind with users.
    pub(super) fn class_of(&mut self, id: KindId) -> ClassId {
        let kind = &self.kinds.kinds[id as usize];
        let standing = self.kinds.standing(id);
        let is_affected = self.setting.is_affected.of_kind(id);
        let group = self.group_of(kind.crowd as usize);
        let of_standing = &mut self.copies_of[kind.standing as usize];
        let copies =
            *of_standing.get_or_insert_with(|| self.copies.of(&copies(self.kinds, standing)));
        let sites = self.sites_of(kind.standing as usize, is_affected, group);
        let (current, copies) = match self.detail {
            Detail::Plan | Detail::Loads => (standing.current, copies),
            Detail::Values => {
                let gone = &self.setting.case.gone;
                (
                    standing.current.filter(|site| !gone[site.index()]),
                    self.copies_among(copies, sites),
                )
            }
        };
        let who = if self.setting.is_distinguished {
            let has_copies = !self.kinds.replicas(standing).is_empty()
                || standing.move_rule == MoveRule::ReplicaOnly;
            let standing = Standing {
                current: None,
                home: standing.home.filter(|_| has_copies),
                ..*standing
            };
            self.who.of(&Who {
                crowd: kind.crowd,
                group,
                standing,
                mark: kind.mark,
            })
        } else {
            0
        };
        let key = ClassKey {
            group,
            current,
            is_affected,
            who,
            copies,
            sites,
        };
        let classes = &mut self.classes;
        *self.by_key.entry(key).or_insert_with(|| {
            classes.push(Class {
                group,
                users: 0.0,
                users_of_rank: vec![0.0; self.ranks.len()],
                sites: Arc::clone(&self.listed[sites as usize]),
                current,
                copies: Arc::clone(self.copies.get(copies)),
                is_affected,
                who,
                shards: ShardLists::default(),
            });
            classes.len() - 1
        })
    }

    /// Those of a list of copies that are among a set of sites: elsewhere they tell nothing apart.
    fn copies_among(&mut self, copies: u32, sites: u32) -> u32 {
        if let Some(&known) = self.copies_among.get(&(copies, sites)) {
            return known;
        }
        let set = &self.sites.all()[sites as usize];
        let mut among = self.copies.get(copies).to_vec();
        among.retain(|site| set.contains(site.index()));
        let position = self.copies.of(&among);
        self.copies_among.insert((copies, sites), position);
        position
    }

    /// The group of a crowd.
    pub(super) fn group_of(&mut self, crowd: usize) -> GroupId {
        if let Some(known) = self.group_of[crowd] {
            return known;
        }
        let group = self.groups.of(self.setting, &self.kinds.crowds[crowd]);
        if group == self.road_of.len() {
            self.road_of.push(None);
        }
        *self.group_of[crowd].insert(group)
    }

    /// The position of the set of sites where shards that stand so may be homed, as far as some path leads there.
    fn sites_of(&mut self, standing: usize, is_affected: bool, group: GroupId) -> u32 {
        let of_standing = &mut self.permitted[standing][usize::from(is_affected)];
        let permitted = *of_standing.get_or_insert_with(|| {
            let standing = &self.kinds.standings[standing];
            self.permitted_sets
                .of(&self.rules.sites(standing, is_affected))
        });
        if self.detail == Detail::Loads {
            // Whether a path leads there is known to those who ask.
            let sites = self.permitted_sets.all()[permitted as usize].clone();
            return self.listed_sites(&sites);
        }
        let road = self.road_of(group);
        if let Some(&known) = self.sites_among.get(&(permitted, road)) {
            return known;
        }
        let position = self.sites_among(permitted, road, group);
        self.sites_among.insert((permitted, road), position);
        position
    }

    /// The position of the road of a group.
    fn road_of(&mut self, group: GroupId) -> u32 {
        if let Some(known) = self.road_of[group] {
            return known;
        }
        let of = &self.groups.all[group];
        let index = self.groups.demands[of.demand].profile.index();
        let is_same = |paths: &Arc<PricedPaths<'_>>| Arc::ptr_eq(paths, &self.by_latency[index]);
        let road = self.roads.of(&ClassRoad {
            client_region: of.client_region,
            profile: self.by_latency.iter().position(is_same).unwrap_or(index),
            max_latency: of.max_latency.map(f64::to_bits),
        });
        if road as usize == self.reached.len() {
            self.reached.push(None);
        }
        *self.road_of[group].insert(road)
    }

    /// The position of the set of those permitted sites that some path of a group reaches, which takes this road.
    fn sites_among(&mut self, permitted: u32, road: u32, group: GroupId) -> u32 {
        let permitted = &self.permitted_sets.all()[permitted as usize];
        let (asked, reached) = self.reached[road as usize].get_or_insert_with(|| {
            let nowhere = SiteSet::with_capacity(self.setting.inventory.sites.len());
            (nowhere.clone(), nowhere)
        });
        if !permitted.is_subset(asked) {
            let of = &self.groups.all[group];
            let paths = &self.by_latency[self.groups.demands[of.demand].profile.index()];
            for site in permitted.difference(asked) {
                let cost = paths.cost(of.client_region, SiteId::new(site), of.max_latency);
                reached.set(site, cost.is_some());
            }
            asked.union_with(permitted);
        }
        let mut sites = permitted.clone();
        sites.intersect_with(reached);
        self.listed_sites(&sites)
    }

    /// The position of a set of sites among those of classes.
    fn listed_sites(&mut self, sites: &SiteSet) -> u32 {
        let position = self.sites.of(sites);
        if position as usize == self.listed.len() {
            self.listed.push(sites.ones().map(SiteId::new).collect());
        }
        position
    }
}

/// Groups and demands by what tells them apart.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    pub(super) all: Vec<Group>,
    pub(super) demands: Vec<Demand>,
    demand_of: FxHashMap<(ProfileId, u64, usize), DemandId>,
    group_of: FxHashMap<(ClientRegionId, DemandId, Option<u64>), GroupId>,
}

impl Groups {
    /// The group of a crowd under a setting's policy.
    fn of(&mut self, setting: &Setting<'_>, crowd: &Crowd) -> GroupId {
        let demands = &mut self.demands;
        let hours = &setting.case.hours;
        let rhythm = hours.rhythm(crowd.client_region);
        let demand = *self
            .demand_of
            .entry((crowd.profile, crowd.factor().to_bits(), rhythm))
            .or_insert_with(|| {
                demands.push(Demand::of(setting.inventory, hours, crowd));
                demands.len() - 1
            });
        let max_latency = crowd
            .max_latency()
            .or(setting.policy.max_latency.map(|limit| limit.0));
        let groups = &mut self.all;
        *self
            .group_of
            .entry((crowd.client_region, demand, max_latency.map(f64::to_bits)))
            .or_insert_with(|| {
                groups.push(Group {
                    client_region: crowd.client_region,
                    demand,
                    max_latency,
                });
                groups.len() - 1
            })
    }
}

/// Ranks of tiers that have users, ascending.
fn ranks_in_use(setting: &Setting<'_>, kinds: &Kinds) -> Vec<u32> {
    let tiers = &setting.inventory.tiers;
    let mut has_users = vec![false; tiers.len()];
    for kind in &kinds.kinds {
        has_users[kind.tier.index()] |= kind.has_users;
    }
    let in_use = tiers
        .iter()
        .zip(has_users)
        .filter(|(_, has_users)| *has_users);
    let mut ranks: Vec<u32> = in_use.map(|(tier, _)| tier.rank).collect();
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}

/// Where shards with replicas have copies: their home and their replicas' sites, ascending.
pub fn copies(kinds: &Kinds, standing: &Standing) -> Vec<SiteId> {
    let replicas = kinds.replicas(standing);
    if replicas.is_empty() {
        return Vec::new();
    }
    let mut copies: Vec<SiteId> = replicas.iter().map(|(site, _)| *site).collect();
    copies.extend(standing.home);
    copies.sort_unstable();
    copies.dedup();
    copies
}
