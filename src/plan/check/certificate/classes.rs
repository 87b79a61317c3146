//! Classes: shards that nothing in the model tells apart (`model.md` §1), formed by walking them once.

use super::super::affected::Affected;
use super::super::ground::Ground;
use super::super::homes::Homes;
use super::super::period::Situation;
use super::alike::{AllAlike, Standing};
use super::roads::Roads;
use super::rules::Rules;
use super::steps::position;
use super::sum::Sum;
use crate::ids::{ProfileId, SiteId};
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

/// The site of a class where its users may stay: all that most of them ask for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Home {
    pub(super) site: u32,
    /// Position among [`Classes::groups`].
    pub(super) group: u32,
    pub(super) has_copy: bool,
}

impl Home {
    /// That of a class.
    fn of(class: &Class) -> Option<Self> {
        let site = class.current?;
        class.sites.binary_search(&site).ok()?;
        Some(Self {
            site: position(site),
            group: position(class.group),
            has_copy: class.has_copy(site),
        })
    }
}

/// All classes of a period.
pub(super) struct Classes {
    pub(super) all: Vec<Class>,
    /// By class, its site if users may be there and some open way leads there.
    pub(super) homes: Vec<Option<Home>>,
    pub(super) groups: Vec<Group>,
    pub(super) demands: Vec<Demand>,
    /// Ranks that have users, ascending.
    pub(super) ranks: Vec<u32>,
    /// Users of all classes.
    pub(super) all_users: f64,
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

/// What the rules say of shards that stand alike.
struct Permitted {
    /// Open sites where they may be, ascending, whether or not a way leads there.
    sites: Sites,
    copies: Sites,
}

impl Permitted {
    fn new(
        ground: &Ground<'_>,
        situation: &Situation,
        rules: &Rules<'_>,
        lists: &mut Lists,
    ) -> Self {
        let sites: Vec<usize> = (0..ground.inventory.sites.len())
            .map(SiteId::new)
            .filter(|site| !situation.case.gone[site.index()])
            .filter(|&site| rules.permit(site))
            .map(SiteId::index)
            .collect();
        Self {
            sites: lists.of(&sites),
            copies: lists.of(&rules.copies),
        }
    }
}

/// What the rules say, by how shards stand and whether they are affected.
#[derive(Default)]
struct Permissions(FxHashMap<(Standing, bool), Permitted>);

impl Permissions {
    fn of(&mut self, of: (Standing, bool), ask: impl FnOnce() -> Permitted) -> &Permitted {
        self.0.entry(of).or_insert_with(ask)
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
        } = AllAlike::new(ground, situation, current);
        let tiers = inventory.tiers.len();
        let (ranks, rank_of_tier) = ranks(ground, &users_of_tiers);
        let mut classes = Self {
            homes: Vec::with_capacity(all.len()),
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
        let mut permissions = Permissions::default();
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
            let permitted = permissions.of((alike.standing, is_affected), || {
                let rules = Rules::new(ground, situation, shard, alike.current, is_affected);
                Permitted::new(ground, situation, &rules, &mut lists)
            });
            let copies = Arc::clone(&permitted.copies);
            let reached = roads.reached(profile, region, of_shard.limit);
            open.clear();
            open.extend(
                permitted
                    .sites
                    .iter()
                    .filter(|site| reached.contains(**site)),
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
            let class = Class {
                group,
                users,
                sites: lists.of(&open),
                current: alike.current.map(SiteId::index),
                copies,
                is_affected,
            };
            classes.homes.push(Home::of(&class));
            classes.all.push(class);
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
