//! What a settled case does to kinds of shards.

use super::super::settled::Settled;
use super::context::SweepContext;
use crate::formulation::KindId;
use crate::plan::sweep::Displacement;
use fixedbitset::FixedBitSet;

/// What a settled case does to kinds of shards.
pub(super) struct OfKinds {
    /// Kinds of which users are unserved, ascending.
    pub(super) unserved: Vec<KindId>,
    /// By rank: unserved users of kinds that no site can serve where they may be.
    pub(super) no_site: Vec<f64>,
    /// Users of shards whose site is gone, who are served elsewhere without being counted in their class.
    pub(super) moved_from_gone: f64,
    /// Who is not on his default path, but for the trapped, ascending by shard.
    pub(super) displaced: Vec<Displacement>,
}

impl OfKinds {
    /// Tells by kind what a case does to classes.
    pub(super) fn of(settled: &Settled<'_, '_>, context: &SweepContext) -> Self {
        let problem = settled.problem;
        let setting = &problem.setting;
        let kinds = &setting.folded.kinds;
        let is_gone = |kind: KindId| {
            let current = kinds.standing(kind).current;
            current.is_some_and(|site| setting.case.gone[site.index()])
        };
        let mut is_told = FixedBitSet::with_capacity(kinds.kinds.len());
        let mut unserved: Vec<KindId> = Vec::new();
        let mut no_site = vec![0.0; context.ranks.len()];
        let mut nowhere = |kind: KindId| {
            let own = &kinds.kinds[kind as usize];
            no_site[context.rank_of_tier[own.tier.index()]] += own.users;
        };
        let mut moved_from_gone = 0.0;
        for (kind, class) in problem.classes.class_of.kinds() {
            is_told.insert(kind as usize);
            if problem.defaults[class].is_none() {
                unserved.push(kind);
                nowhere(kind);
            } else if problem.class(class).current.is_none() && is_gone(kind) {
                moved_from_gone += kinds.kinds[kind as usize].users;
            }
        }
        let untold = context.always_trapped.iter();
        for kind in untold.filter(|kind| !is_told[**kind as usize]) {
            unserved.push(*kind);
            nowhere(*kind);
        }
        let paths = &settled.displaced.paths;
        let mut displaced = Vec::new();
        for (kind, path, users) in settled.by_kind() {
            if path.is_none() {
                unserved.push(kind);
                if settled.forgets_sites && is_gone(kind) {
                    moved_from_gone -= users;
                }
            }
            let path = path.map(|path| &**paths.get(path));
            displaced.push(context.displacement(kind, path, users));
        }
        unserved.sort_unstable();
        unserved.dedup();
        displaced.sort_by_key(|own| own.like);
        Self {
            unserved,
            no_site,
            moved_from_gone,
            displaced,
        }
    }
}
