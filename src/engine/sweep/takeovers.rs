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

use super::survivors::Survivors;
use crate::formulation::{KindId, Rules, SiteSet};
use crate::ids::SiteId;
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// Where users of a crowd go who have lost their site.
#[derive(Debug)]
pub(super) struct Takeover {
    pub(super) crowd: u32,
    /// Sites, ascending, each with its share of the users; nowhere if there are none, else all of them go.
    pub(super) to: Vec<(SiteId, f64)>,
    /// How many.
    pub(super) users: f64,
}

/// Where all users go who have lost their site.
#[derive(Debug, Default)]
pub(super) struct Takeovers {
    pub(super) all: Vec<Takeover>,
    /// Positions of residents, and of their takeover, ascending.
    pub(super) of: Vec<(usize, usize)>,
}

/// A rule of takeovers.
pub(super) trait TakeoverRule {
    /// What the sites of a group's users depend on.
    type Key: Copy + Eq + Hash;

    /// The key of a kind, whose group is given.
    fn key(&mut self, kind: KindId, group: usize) -> Self::Key;

    /// Where users of a group go, ascending, with shares that sum to 1; nowhere if there are none.
    fn sites(&self, key: Self::Key, group: usize) -> Vec<(SiteId, f64)>;
}

impl Takeovers {
    /// The takeovers that a rule gives.
    pub(super) fn by<R: TakeoverRule>(survivors: &Survivors<'_>, mut rule: R) -> Self {
        let kinds = &survivors.setting.folded.kinds;
        let mut known: FxHashMap<(u32, R::Key), usize> = FxHashMap::default();
        let mut takeovers = Self::default();
        for resident in survivors.displaced_residents() {
            let (kind, users) = survivors.base.cells.residents[resident];
            let crowd = kinds.kinds[kind as usize].crowd;
            let group = survivors.group_of(kind);
            let key = rule.key(kind, group);
            let all = &mut takeovers.all;
            let takeover = *known.entry((crowd, key)).or_insert_with(|| {
                all.push(Takeover {
                    crowd,
                    to: rule.sites(key, group),
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

/// The open sites where shards may be homed, each set once.
pub(super) struct Permitted<'s, 'a> {
    survivors: &'s Survivors<'a>,
    rules: Rules<'a>,
    of_standing: FxHashMap<u32, usize>,
    position_of: FxHashMap<SiteSet, usize>,
    sets: Vec<SiteSet>,
}

impl<'s, 'a> Permitted<'s, 'a> {
    /// Those of a case.
    pub(super) fn new(survivors: &'s Survivors<'a>) -> Self {
        Self {
            rules: Rules::new(survivors.setting),
            survivors,
            of_standing: FxHashMap::default(),
            position_of: FxHashMap::default(),
            sets: Vec::new(),
        }
    }

    /// The set at a position.
    pub(super) fn get(&self, position: usize) -> &SiteSet {
        &self.sets[position]
    }

    /// The position of the set of a kind.
    pub(super) fn of(&mut self, kind: KindId) -> usize {
        let kinds = &self.survivors.setting.folded.kinds;
        let (rules, sets) = (&self.rules, &mut self.sets);
        let position_of = &mut self.position_of;
        let standing = kinds.kinds[kind as usize].standing;
        *self.of_standing.entry(standing).or_insert_with(|| {
            // Who has lost his way is affected.
            let set = rules.sites(kinds.standing(kind), true);
            *position_of.entry(set).or_insert_with_key(|set| {
                sets.push(set.clone());
                sets.len() - 1
            })
        })
    }
}

/// The rule in one case.
pub(super) struct Replicas<'s, 'a> {
    survivors: &'s Survivors<'a>,
    permitted: Permitted<'s, 'a>,
}

impl<'s, 'a> Replicas<'s, 'a> {
    /// The rule in a case.
    pub(super) fn new(survivors: &'s Survivors<'a>) -> Self {
        Self {
            survivors,
            permitted: Permitted::new(survivors),
        }
    }
}

impl TakeoverRule for Replicas<'_, '_> {
    /// The site that takes over.
    type Key = Option<SiteId>;

    fn key(&mut self, kind: KindId, group: usize) -> Option<SiteId> {
        let set = self.permitted.of(kind);
        replica(self.survivors, kind, group, self.permitted.get(set))
    }

    fn sites(&self, site: Option<SiteId>, _: usize) -> Vec<(SiteId, f64)> {
        site.into_iter().map(|site| (site, 1.0)).collect()
    }
}

/// The most preferred ready replica of a kind at one of these sites that its users reach; then its site of shards.csv,
/// which counts as a ready copy of a shard that has replicas.
fn replica(
    survivors: &Survivors<'_>,
    kind: KindId,
    group: usize,
    permitted: &SiteSet,
) -> Option<SiteId> {
    let kinds = &survivors.setting.folded.kinds;
    let standing = kinds.standing(kind);
    kinds.takeovers(standing).find(|site| {
        let is_reached = || {
            survivors.steered_to(group, *site).is_some()
                || survivors.latency(group, *site).is_some()
        };
        permitted.contains(site.index()) && is_reached()
    })
}

/// The rule in one case.
pub(super) struct Rescale<'s, 'a> {
    survivors: &'s Survivors<'a>,
    permitted: Permitted<'s, 'a>,
}

impl<'s, 'a> Rescale<'s, 'a> {
    /// The rule in a case.
    pub(super) fn new(survivors: &'s Survivors<'a>) -> Self {
        Self {
            survivors,
            permitted: Permitted::new(survivors),
        }
    }
}

impl TakeoverRule for Rescale<'_, '_> {
    /// The position of the set of permitted sites.
    type Key = usize;

    fn key(&mut self, kind: KindId, _: usize) -> usize {
        self.permitted.of(kind)
    }

    fn sites(&self, set: usize, group: usize) -> Vec<(SiteId, f64)> {
        sites(self.survivors, group, self.permitted.get(set))
    }
}

/// Where users of a group go who may go to these sites.
fn sites(survivors: &Survivors<'_>, group: usize, permitted: &SiteSet) -> Vec<(SiteId, f64)> {
    let cells = &survivors.base.cells;
    let of_group = cells.of_group(group);
    let left = of_group.filter(|&cell| permitted.contains(cells.all[cell].site.index()));
    let mut sites: Vec<(SiteId, f64)> = left
        .map(|cell| (cells.all[cell].site, survivors.left[cell]))
        .filter(|(_, users)| *users > 0.0)
        .collect();
    let all: f64 = sites.iter().map(|(_, users)| users).sum();
    for (_, share) in &mut sites {
        *share /= all;
    }
    if sites.is_empty() {
        sites.extend(nearest(survivors, group, permitted).map(|site| (site, 1.0)));
    }
    sites
}

/// The one of these sites with the least latency, if any is reached.
fn nearest(survivors: &Survivors<'_>, group: usize, permitted: &SiteSet) -> Option<SiteId> {
    let reached = permitted.ones().map(SiteId::new).filter_map(|site| {
        let latency = survivors.latency(group, site)?;
        Some((latency, site))
    });
    let nearest = reached.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    nearest.map(|(_, site)| site)
}
