//! Survivors: what a case leaves of the plan that was in force, before anybody's takeover (`docs/model.md` §10).
//!
//! Users of a cell are on each of its flows in proportion; those who lose theirs share out over the flows that are left:
//!
//! ```text
//! users on p of a cell of N:  N · f[g,p] / Σ_{p' left} f[g,p']
//! ```
//!
//! Takeovers: where users go who have lost their site.
//!
//! Replicas: each shard's precomputed takeover, its most preferred ready replica that is left (`docs/model.md` §10).
//!
//! ```text
//! first site of (ready replicas in their order, site of shards.csv) that is open, permitted and reached
//! ```
//!
//! Rescale: no controller; the flows that are left keep their weights, renormalised (`docs/model.md` §10).
//!
//! ```text
//! to site d:  Σ_{p→d left} f[g,p] / Σ_{d' permitted} Σ_{p→d' left} f[g,p]
//! ```
//!
//! over the permitted sites d where flows of the group g are left; where there are none, the nearest permitted site.

use super::base::Base;
use super::cells::lost_hops;
use crate::formulation::rows::LoadRows;
use crate::formulation::{FixedLoads, KindId, OpenProfilePaths, Rules, Setting, SiteSet};
use crate::graph::Path;
use crate::ids::{ProfileId, SiteId};
use crate::model::Recovery;
use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;

/// What a case leaves of the plan that was in force.
pub(super) struct Survivors<'a> {
    pub(super) base: &'a Base,
    pub(super) setting: Setting<'a>,
    pub(super) rows: LoadRows,
    paths: OpenProfilePaths<'a>,
    /// Flows that are lost.
    is_lost: FixedBitSet,
    /// By cell: the plan's users on those of its flows that are left.
    pub(super) left: Vec<f64>,
    /// Cells that lost flows, ascending.
    pub(super) touched: Vec<usize>,
    /// Those of them that have no flow left, while their site is reached over another path.
    pub(super) detoured: Vec<usize>,
    /// Those of them whose site is not reached any more.
    pub(super) displaced: Vec<usize>,
}

impl<'a> Survivors<'a> {
    pub(super) fn new(base: &'a Base, setting: Setting<'a>) -> Self {
        let fixed = FixedLoads::new(setting.inventory, setting.case, setting.folded);
        let cells = &base.cells;
        let mut all = Self {
            base,
            rows: LoadRows::of_capacity(&setting, &fixed, &setting.folded.mean_demand),
            paths: OpenProfilePaths::new(&setting, &fixed, &base.is_open, Some(&base.found)),
            setting,
            is_lost: FixedBitSet::with_capacity(cells.flows.len()),
            left: cells.all.iter().map(|cell| cell.steered).collect(),
            touched: Vec::new(),
            detoured: Vec::new(),
            displaced: Vec::new(),
        };
        all.lose_flows();
        for &cell in &all.touched {
            let left = all.flows_left(cell);
            let left = left.map(|flow| cells.flows[flow].users).sum();
            all.left[cell] = left;
            if all.left[cell] > 0.0 {
                continue;
            }
            let (group, site) = (cells.all[cell].group, cells.all[cell].site);
            if all.latency(group, site).is_some() {
                all.detoured.push(cell);
            } else {
                all.displaced.push(cell);
            }
        }
        all
    }

    fn lose_flows(&mut self) {
        let base = self.base;
        let cells = &base.cells;
        for (profile, before) in base.usable.iter().enumerate() {
            let profile = ProfileId::new(profile);
            for hop in lost_hops(before, self.paths.usable(profile)) {
                for &flow in &cells.passing[hop as usize] {
                    let cell = cells.flows[flow].cell;
                    if base.groups[cells.all[cell].group].profile == profile {
                        self.is_lost.insert(flow);
                        self.touched.push(cell);
                    }
                }
            }
        }
        self.touched.sort_unstable();
        self.touched.dedup();
    }

    pub(super) fn is_left(&self, flow: usize) -> bool {
        !self.is_lost[flow]
    }

    pub(super) fn flows_left(&self, cell: usize) -> impl Iterator<Item = usize> + '_ {
        let flows = self.base.cells.all[cell].flows.clone();
        flows.filter(|flow| self.is_left(*flow))
    }

    /// The cell of a group at a site, if flows of it are left.
    pub(super) fn steered_to(&self, group: usize, site: SiteId) -> Option<usize> {
        let cell = self.base.cells.at(group, site)?;
        (self.left[cell] > 0.0).then_some(cell)
    }

    /// Round trip in milliseconds of the least-latency path of a group to a site, if one is open within its limit.
    pub(super) fn latency(&self, group: usize, site: SiteId) -> Option<f64> {
        let key = &self.base.groups[group];
        let paths = self.paths.paths(key.profile);
        let cost = paths.cost(key.client_region, site, key.max_latency)?;
        Some(cost.latency)
    }

    pub(super) fn path(&self, group: usize, site: SiteId) -> Option<Path> {
        let key = &self.base.groups[group];
        let paths = self.paths.paths(key.profile);
        paths.path(key.client_region, site, key.max_latency)
    }

    /// Positions of the residents whose site is lost, ascending.
    pub(super) fn displaced_residents(&self) -> impl Iterator<Item = usize> + '_ {
        let cells = self.displaced.iter();
        cells.flat_map(|&cell| self.base.cells.all[cell].residents.clone())
    }

    pub(super) fn group_of(&self, kind: KindId) -> usize {
        let kinds = &self.setting.folded.kinds;
        self.base.group_of[kinds.kinds[kind as usize].crowd as usize]
    }
}

/// Where users of a crowd go who have lost their site.
#[derive(Debug)]
pub(super) struct Takeover {
    pub(super) crowd: u32,
    /// Sites, ascending, each with its share of the users; nowhere if there are none, else all of them go.
    pub(super) to: Vec<(SiteId, f64)>,
    pub(super) users: f64,
}

/// Where all users go who have lost their site.
#[derive(Debug, Default)]
pub(super) struct Takeovers {
    pub(super) all: Vec<Takeover>,
    /// Positions of residents, and of their takeover, ascending.
    pub(super) of: Vec<(usize, usize)>,
}

impl Takeovers {
    pub(super) fn by(survivors: &Survivors<'_>, recovery: Recovery) -> Self {
        let kinds = &survivors.setting.folded.kinds;
        let mut permitted = PermittedSets::new(survivors);
        let mut known: FxHashMap<(u32, TakeoverKey), usize> = FxHashMap::default();
        let mut takeovers = Self::default();
        for resident in survivors.displaced_residents() {
            let (kind, users) = survivors.base.cells.residents[resident];
            let crowd = kinds.kinds[kind as usize].crowd;
            let group = survivors.group_of(kind);
            let set = permitted.of(kind);
            let key = if recovery == Recovery::Replicas {
                let sites = permitted.get(set);
                TakeoverKey::Replica(survivors.replica(kind, group, sites))
            } else {
                TakeoverKey::Set(set)
            };
            let all = &mut takeovers.all;
            let takeover = *known.entry((crowd, key)).or_insert_with(|| {
                let to = match key {
                    TakeoverKey::Replica(site) => {
                        site.into_iter().map(|site| (site, 1.0)).collect()
                    }
                    TakeoverKey::Set(set) => survivors.rescaled(group, permitted.get(set)),
                };
                all.push(Takeover {
                    crowd,
                    to,
                    users: 0.0,
                });
                all.len() - 1
            });
            all[takeover].users += users;
            takeovers.of.push((resident, takeover));
        }
        takeovers
    }
}

/// What the sites of a crowd's users depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum TakeoverKey {
    /// The replica that takes over, if one does.
    Replica(Option<SiteId>),
    /// The position of the set of permitted sites.
    Set(usize),
}

/// The open sites where shards may be homed, each set once.
struct PermittedSets<'s, 'a> {
    survivors: &'s Survivors<'a>,
    rules: Rules<'a>,
    of_standing: FxHashMap<u32, usize>,
    position_of: FxHashMap<SiteSet, usize>,
    sets: Vec<SiteSet>,
}

impl<'s, 'a> PermittedSets<'s, 'a> {
    fn new(survivors: &'s Survivors<'a>) -> Self {
        Self {
            rules: Rules::new(survivors.setting),
            survivors,
            of_standing: FxHashMap::default(),
            position_of: FxHashMap::default(),
            sets: Vec::new(),
        }
    }

    fn get(&self, position: usize) -> &SiteSet {
        &self.sets[position]
    }

    fn of(&mut self, kind: KindId) -> usize {
        let kinds = &self.survivors.setting.folded.kinds;
        let (rules, sets) = (&self.rules, &mut self.sets);
        let position_of = &mut self.position_of;
        let standing = kinds.kinds[kind as usize].standing;
        *self.of_standing.entry(standing).or_insert_with(|| {
            // Users who have lost their path are affected.
            let set = rules.sites(kinds.standing(kind), true);
            *position_of.entry(set).or_insert_with_key(|set| {
                sets.push(set.clone());
                sets.len() - 1
            })
        })
    }
}

impl Survivors<'_> {
    /// The most preferred ready replica of a kind at one of these sites that its users reach; then its site of shards.csv,
    /// which counts as a ready copy of a shard that has replicas.
    fn replica(&self, kind: KindId, group: usize, permitted: &SiteSet) -> Option<SiteId> {
        let kinds = &self.setting.folded.kinds;
        kinds.takeovers(kinds.standing(kind)).find(|site| {
            let is_reached =
                || self.steered_to(group, *site).is_some() || self.latency(group, *site).is_some();
            permitted.contains(site.index()) && is_reached()
        })
    }

    /// Where users of a group go who may go to these sites and who nobody controls, ascending, with shares that sum to
    /// 1; nowhere if there are none.
    fn rescaled(&self, group: usize, permitted: &SiteSet) -> Vec<(SiteId, f64)> {
        let cells = &self.base.cells;
        let of_group = cells.of_group(group);
        let left = of_group.filter(|&cell| permitted.contains(cells.all[cell].site.index()));
        let mut sites: Vec<(SiteId, f64)> = left
            .map(|cell| (cells.all[cell].site, self.left[cell]))
            .filter(|(_, users)| *users > 0.0)
            .collect();
        let all: f64 = sites.iter().map(|(_, users)| users).sum();
        for (_, share) in &mut sites {
            *share /= all;
        }
        if sites.is_empty() {
            sites.extend(self.nearest(group, permitted).map(|site| (site, 1.0)));
        }
        sites
    }

    fn nearest(&self, group: usize, permitted: &SiteSet) -> Option<SiteId> {
        let reached = permitted.ones().map(SiteId::new).filter_map(|site| {
            let latency = self.latency(group, site)?;
            Some((latency, site))
        });
        let nearest = reached.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        nearest.map(|(_, site)| site)
    }
}
