//! Narrowed homes: which sites are left to the shards of a problem, class by class.
//!
//! Nearly every class is left one site for all of its shards. So what is narrowed down is kept by class, and the
//! classes that come of it are made from those of the problem without looking at shards one by one.

use super::class::{Class, Classes, Detail};
use super::class_of::{ClassPart, PartedKinds};
use super::column::{LoadsTable, PathTable};
use super::ids::{ClassId, GroupId, WhoId};
use super::interner::{ShardLists, SiteLists};
use super::per_class::PerClass;
use super::problem::Problem;
use super::reused_classes::Begun;
use super::setting::Setting;
use crate::ids::{ShardId, SiteId};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Which sites are left to the shards of a problem's classes.
#[derive(Debug, Clone)]
pub struct Narrowed {
    lists: SiteLists,
    /// By class.
    left: Vec<Left>,
}

/// What is left to the shards of a class: positions of lists of sites.
#[derive(Debug, Clone, PartialEq)]
enum Left {
    /// All that the class may use.
    Everything,
    /// The same to all of them.
    ToAll(u32),
    /// By shard, in the order of the class.
    ToEach(Vec<u32>),
}

impl Narrowed {
    /// Everything is left to every class of a problem.
    pub fn none(problem: &Problem<'_>) -> Self {
        Self {
            lists: SiteLists::default(),
            left: vec![Left::Everything; problem.classes.classes.len()],
        }
    }

    /// Leaves these sites to all shards of a class.
    pub fn leave_to_class(&mut self, class: ClassId, sites: &[SiteId]) {
        self.left[class] = Left::ToAll(self.lists.of(sites));
    }

    /// Leaves these sites to a shard, in all of its classes that may use one of them.
    pub fn leave_to_shard(&mut self, problem: &Problem<'_>, shard: ShardId, sites: &[SiteId]) {
        let homes = problem.setting.current.of(shard);
        let classes = homes.filter_map(|home| problem.classes.class_of.get(home));
        let classes: Vec<ClassId> = classes.collect();
        for &id in &classes {
            let class = problem.class(id);
            let may_use = |site: &SiteId| class.sites.binary_search(site).is_ok();
            let is_meant = classes.len() == 1 || sites.iter().any(may_use);
            if is_meant && let Ok(position) = class.shards.binary_search(&shard) {
                self.leave_to_part(id, class, position, sites);
            }
        }
    }

    /// The same for the shard at a position of one of its classes.
    fn leave_to_part(&mut self, id: ClassId, class: &Class, position: usize, sites: &[SiteId]) {
        let list = self.lists.of(sites);
        if let Left::ToEach(lists) = &mut self.left[id] {
            lists[position] = list;
            return;
        }
        let before = match self.left[id] {
            Left::ToAll(list) => list,
            _ => self.lists.of(&class.sites),
        };
        let mut lists = vec![before; class.shards.len()];
        lists[position] = list;
        self.left[id] = Left::ToEach(lists);
    }

    /// Leaves to every split shard in all of its classes what is left to it in the last.
    pub fn join_split(&mut self, problem: &Problem<'_>) {
        let current = problem.setting.current;
        let classes = &problem.classes;
        for shard in current.split_shards() {
            let last = current.of(shard).last();
            let Some(class) = last.and_then(|home| classes.class_of.get(home)) else {
                continue;
            };
            if let Ok(position) = problem.class(class).shards.binary_search(&shard)
                && let Some(sites) = self.left_to(class, position).map(<[SiteId]>::to_vec)
            {
                self.leave_to_shard(problem, shard, &sites);
            }
        }
    }

    /// The sites that are left to the shard at a position of a class; `None` if all are.
    pub fn left_to(&self, class: ClassId, position: usize) -> Option<&[SiteId]> {
        let list = match &self.left[class] {
            Left::Everything => return None,
            Left::ToAll(list) => *list,
            Left::ToEach(lists) => lists[position],
        };
        Some(self.lists.get(list))
    }

    /// The sites that are left to a shard; `None` if all are, or if it has no users.
    pub fn left_to_shard(&self, problem: &Problem<'_>, shard: ShardId) -> Option<&[SiteId]> {
        let home = problem.setting.current.of(shard).next()?;
        let class = problem.classes.class_of.get(home)?;
        let position = problem.class(class).shards.binary_search(&shard).ok()?;
        self.left_to(class, position)
    }

    /// The sites that are left to a whole class, if they are the same to all of its shards.
    pub fn left_to_class(&self, class: ClassId) -> Option<&[SiteId]> {
        match &self.left[class] {
            Left::ToAll(list) => Some(self.lists.get(*list)),
            Left::Everything | Left::ToEach(_) => None,
        }
    }
}

/// What a narrowed class depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct RestrictionKey {
    group: GroupId,
    current: Option<SiteId>,
    is_affected: bool,
    who: WhoId,
    /// Positions of lists of sites; of copies those among its sites, since others tell nothing apart.
    sites: u32,
    copies: u32,
}

/// Makes narrowed classes.
struct Parting<'c> {
    lists: SiteLists,
    by_key: FxHashMap<RestrictionKey, ClassId>,
    classes: Vec<Class>,
    /// By narrowed class, the first class that it came of.
    from: Vec<ClassId>,
    ranks: usize,
    before: &'c PerClass<Arc<Class>>,
    /// By class and list that is left, the sites and the copies: mostly those of the one before.
    sites: Vec<SiteId>,
    copies: Vec<SiteId>,
}

impl Parting<'_> {
    /// The narrowed class for shards of a class to which these sites are left.
    fn class_of(&mut self, id: ClassId, left: &[SiteId]) -> ClassId {
        let class = &self.before[id];
        self.sites.clear();
        self.copies.clear();
        let may_use = |site: &&SiteId| class.sites.binary_search(site).is_ok();
        self.sites.extend(left.iter().filter(may_use));
        self.sites.sort_unstable();
        let has_copy = |site: &&SiteId| class.copies.binary_search(site).is_ok();
        self.copies.extend(self.sites.iter().filter(has_copy));
        let key = RestrictionKey {
            group: class.group,
            current: class.current,
            is_affected: class.is_affected,
            who: class.who,
            sites: self.lists.of(&self.sites),
            copies: self.lists.of(&self.copies),
        };
        *self.by_key.entry(key).or_insert_with(|| {
            self.from.push(id);
            self.classes.push(Class {
                group: class.group,
                users: 0.0,
                users_of_rank: vec![0.0; self.ranks],
                sites: Arc::clone(self.lists.get(key.sites)),
                current: class.current,
                copies: Arc::clone(self.lists.get(key.copies)),
                is_affected: class.is_affected,
                who: class.who,
                shards: ShardLists::default(),
            });
            self.classes.len() - 1
        })
    }
}

impl Problem<'_> {
    /// The same problem with its classes narrowed down; all that does not depend on that is shared.
    #[must_use]
    pub fn narrowed(&self, narrowed: &Narrowed, detail: Detail) -> Self {
        let (classes, from) = self.classes.narrowed(&self.setting, narrowed, detail);
        // Users that may still be at their default site stay on their path.
        let known = classes.classes.iter().zip(from).map(|(class, before)| {
            let default = self.defaults[before]?;
            let is_same = *class.sites == [default.site];
            is_same.then_some((Some(default), self.loads_by_default[before]))
        });
        let begun = Begun {
            paths: PathTable::after(&self.paths),
            loads: LoadsTable::after(&self.loads),
            known: known.collect(),
            ..Begun::default()
        };
        self.with_classes(classes, begun)
    }
}

impl Classes {
    /// These classes narrowed down, and by narrowed class one that it came of.
    pub(super) fn narrowed(
        &self,
        setting: &Setting<'_>,
        narrowed: &Narrowed,
        detail: Detail,
    ) -> (Self, Vec<ClassId>) {
        let mut parting = Parting {
            lists: SiteLists::default(),
            by_key: FxHashMap::default(),
            classes: Vec::new(),
            from: Vec::new(),
            ranks: self.ranks.len(),
            before: &self.classes,
            sites: Vec::new(),
            copies: Vec::new(),
        };
        let mut parted = Vec::with_capacity(self.classes.len());
        for (id, class) in self.classes.iter().enumerate() {
            let whole = match &narrowed.left[id] {
                Left::Everything => parting.class_of(id, &class.sites),
                Left::ToAll(list) => parting.class_of(id, narrowed.lists.get(*list)),
                Left::ToEach(lists) => {
                    let mut classes = Vec::with_capacity(lists.len());
                    for (&shard, &list) in class.shards.iter().zip(lists) {
                        let part = parting.class_of(id, narrowed.lists.get(list));
                        let users = setting.users(class.home(shard));
                        let rank = self.rank_of(setting, shard);
                        parting.classes[part].users += users;
                        parting.classes[part].users_of_rank[rank] += users;
                        classes.push(part);
                    }
                    parted.push(ClassPart::Each(class.shards.clone(), classes));
                    continue;
                }
            };
            let row = &mut parting.classes[whole];
            row.users += class.users;
            for (sum, users) in row.users_of_rank.iter_mut().zip(&class.users_of_rank) {
                *sum += users;
            }
            parted.push(ClassPart::Whole(whole));
        }
        let Parting {
            mut classes, from, ..
        } = parting;
        if detail == Detail::Plan {
            self.list_shards(&parted, &mut classes);
        }
        let narrowed = Self {
            classes: classes.into_iter().map(Arc::new).collect(),
            groups: self.groups.clone(),
            demands: self.demands.clone(),
            ranks: self.ranks.clone(),
            who: Arc::clone(&self.who),
            class_of: self.class_of.narrowed(PartedKinds(parted)),
        };
        (narrowed, from)
    }

    /// The position of a shard's rank among those in use.
    fn rank_of(&self, setting: &Setting<'_>, shard: ShardId) -> usize {
        let tier = setting.inventory.shards[shard.index()].tier;
        let rank = setting.inventory.tiers[tier.index()].rank;
        self.ranks.partition_point(|&other| other < rank)
    }

    /// Gives narrowed classes the shards of those that they came of.
    fn list_shards(&self, parted: &[ClassPart], narrowed: &mut [Class]) {
        let mut lengths = vec![0; narrowed.len()];
        for (class, part) in self.classes.iter().zip(parted) {
            match part {
                ClassPart::Whole(id) => lengths[*id] += class.shards.len(),
                ClassPart::Each(_, classes) => classes.iter().for_each(|&id| lengths[id] += 1),
            }
        }
        let shards = ShardLists::listed(&lengths, |put| {
            for (class, part) in self.classes.iter().zip(parted) {
                for (position, &shard) in class.shards.iter().enumerate() {
                    match part {
                        ClassPart::Whole(id) => put(*id, shard),
                        ClassPart::Each(_, classes) => put(classes[position], shard),
                    }
                }
            }
        });
        for (class, shards) in narrowed.iter_mut().zip(shards) {
            class.shards = shards;
        }
    }
}

#[cfg(test)]
mod tests;
