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
use crate::model::Recovery;
use rustc_hash::FxHashMap;

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

impl Takeovers {
    /// The takeovers of a recovery that follows a rule.
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
                    TakeoverKey::Replica(site) => site.into_iter().map(|own| (own, 1.0)).collect(),
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
    /// Those of a case.
    fn new(survivors: &'s Survivors<'a>) -> Self {
        Self {
            rules: Rules::new(survivors.setting),
            survivors,
            of_standing: FxHashMap::default(),
            position_of: FxHashMap::default(),
            sets: Vec::new(),
        }
    }

    /// The set at a position.
    fn get(&self, position: usize) -> &SiteSet {
        &self.sets[position]
    }

    /// The position of the set of a kind.
    fn of(&mut self, kind: KindId) -> usize {
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

    /// Where users of a group go who may go to these sites and whom nobody controls, ascending, with shares that sum to
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

    /// The one of these sites with the least latency, if any is reached.
    fn nearest(&self, group: usize, permitted: &SiteSet) -> Option<SiteId> {
        let reached = permitted.ones().map(SiteId::new).filter_map(|site| {
            let latency = self.latency(group, site)?;
            Some((latency, site))
        });
        let nearest = reached.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        nearest.map(|(_, site)| site)
    }
}
