//! Takeovers: where users go who have lost their site.

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
