//! A settled case by kind: who of a class is where; and cases that are settled by smaller ones where those will do.
//!
//! A class is several kinds of shards.

use super::instant::Asking;
use super::parts::SettledPart;
use super::settle::{settle, settle_unless_short};
use super::settled::{Depth, SettledCase};
use crate::error::Result;
use crate::formulation::{ClassId, KindId, PathId};
use crate::model::{Case, Contingencies};
use crate::units::NOBODY;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Users of a kind who are not on their default path: on which path they are, `None` if they are unserved, and how
/// many.
pub(super) type OfKind = (KindId, Option<PathId>, f64);

/// Users of a kind who are not reported yet.
struct KindsLeft {
    kind: KindId,
    rank: usize,
    users: f64,
}

impl SettledCase<'_, '_> {
    /// Users who are not on their default path, except the trapped. Where users of a class are in several places, its kinds are
    /// reported in their order, so that most of them are in one.
    pub(super) fn by_kind(&self) -> Vec<OfKind> {
        let problem = self.problem;
        let kinds = &problem.setting.folded.kinds;
        let tiers = &problem.setting.inventory.tiers;
        let ranks = &problem.classes.ranks;
        let displaced = &self.displaced;
        let mut lefts: FxHashMap<ClassId, Vec<KindsLeft>> = FxHashMap::default();
        let served = displaced.served.iter().map(|served| served.class);
        for class in displaced.unserved.keys().copied().chain(served) {
            lefts.entry(class).or_default();
        }
        if lefts.is_empty() {
            return Vec::new();
        }
        let pairs = problem.classes.class_of.kinds();
        for (kind, class) in pairs.chain(problem.spared_kinds()) {
            if let Some(left) = lefts.get_mut(&class) {
                let row = &kinds.kinds[kind as usize];
                let rank = tiers[row.tier.index()].rank;
                left.push(KindsLeft {
                    kind,
                    rank: ranks.partition_point(|number| *number < rank),
                    users: row.users,
                });
            }
        }
        let mut all = Vec::new();
        for (class, by_rank) in &displaced.unserved {
            for (rank, users) in by_rank.iter().enumerate() {
                let left = lefts.get_mut(class).map_or(&mut [][..], Vec::as_mut_slice);
                let taken = take(left, *users, |kinds_left| kinds_left.rank == rank);
                all.extend(taken.into_iter().map(|(kind, users)| (kind, None, users)));
            }
        }
        let mut on_paths: BTreeMap<ClassId, Vec<(PathId, f64)>> = BTreeMap::new();
        for served in &displaced.served {
            let of_class = on_paths.entry(served.class).or_default();
            of_class.push((served.path, served.users));
        }
        for (class, paths) in on_paths {
            let left = lefts.get_mut(&class).map_or(&mut [][..], Vec::as_mut_slice);
            for (path, users) in paths {
                let taken = take(left, users, |_| true);
                all.extend(
                    taken
                        .into_iter()
                        .map(|(kind, users)| (kind, Some(path), users)),
                );
            }
        }
        all
    }
}

/// Takes a number of users of those kinds that `may` accepts, in their order.
fn take(
    left: &mut [KindsLeft],
    users: f64,
    may: impl Fn(&KindsLeft) -> bool,
) -> Vec<(KindId, f64)> {
    let mut missing = users;
    let mut taken = Vec::new();
    for kinds_left in left.iter_mut().filter(|kinds_left| may(kinds_left)) {
        let part = kinds_left.users.min(missing);
        if part > NOBODY {
            kinds_left.users -= part;
            missing -= part;
            taken.push((kinds_left.kind, part));
        }
        if missing <= NOBODY {
            break;
        }
    }
    taken
}

/// The cases of at most one failure, kept as parts of others once they are settled.
#[derive(Debug)]
pub(super) struct Parted {
    parts: Vec<OnceLock<Arc<SettledPart>>>,
    depth: Depth,
}

impl Parted {
    pub(super) fn new(contingencies: &Contingencies, depth: Depth) -> Self {
        let count = contingencies.of_size(1).end.max(1);
        Self {
            parts: vec![OnceLock::new(); count],
            depth,
        }
    }

    /// As far as its cases are settled.
    pub(super) fn depth(&self) -> Depth {
        self.depth
    }

    /// Settles a case, in which this is available and demanded, and tells of it what `then` takes from it.
    pub(super) fn settle<T>(
        &self,
        asking: Asking<'_>,
        contingencies: &Contingencies,
        (case, known): (usize, &Case),
        depth: Depth,
        then: impl FnOnce(&SettledCase<'_, '_>) -> T,
    ) -> Result<T> {
        let parts = if matches!(depth, Depth::Unserved | Depth::Verdict) {
            self.parts_of(asking, contingencies, case)?
        } else {
            Vec::new()
        };
        let parts: Vec<&SettledPart> = parts.iter().map(Arc::as_ref).collect();
        settle(asking, known, depth, Some(&parts), |settled| {
            if depth == self.depth {
                self.keep(case, settled);
            }
            then(settled)
        })
    }

    /// The same as far as cases are settled here; `None` if it is proven that the best plan leaves users unserved who are not
    /// trapped, or misses a target of that depth.
    pub(super) fn settle_unless_short<T>(
        &self,
        asking: Asking<'_>,
        contingencies: &Contingencies,
        (case, known): (usize, &Case),
        then: impl FnOnce(&SettledCase<'_, '_>) -> T,
    ) -> Result<Option<T>> {
        let parts = self.parts_of(asking, contingencies, case)?;
        let parts: Vec<&SettledPart> = parts.iter().map(Arc::as_ref).collect();
        settle_unless_short(asking, known, self.depth, Some(&parts), |settled| {
            self.keep(case, settled);
            then(settled)
        })
    }

    /// Keeps a case as a part of others.
    fn keep(&self, case: usize, settled: &SettledCase<'_, '_>) {
        if let Some(part) = self.parts.get(case) {
            part.get_or_init(|| Arc::new(SettledPart::of(settled)));
        }
    }

    /// Smaller cases that may settle a case: of several failures each one alone, else the case without a failure.
    fn parts_of(
        &self,
        asking: Asking<'_>,
        contingencies: &Contingencies,
        case: usize,
    ) -> Result<Vec<Arc<SettledPart>>> {
        if case == 0 {
            return Ok(Vec::new());
        }
        let positions = contingencies.positions(case);
        let is_alone = positions.len() == 1 && contingencies.gray_size(case) == 0;
        if positions.is_empty() || is_alone {
            return Ok(vec![self.part(asking, contingencies, 0)?]);
        }
        let alone = positions.iter();
        alone
            .map(|position| {
                let case = contingencies.case_of(&[*position]);
                self.part(asking, contingencies, case)
            })
            .collect()
    }

    /// A case of at most one failure as a part of others. It is settled where it is first asked for, and the same
    /// for every caller.
    pub(super) fn part(
        &self,
        asking: Asking<'_>,
        contingencies: &Contingencies,
        case: usize,
    ) -> Result<Arc<SettledPart>> {
        if let Some(part) = self.parts[case].get() {
            return Ok(Arc::clone(part));
        }
        let events = contingencies.events(asking.backdrop.inventory, case);
        let known = asking.case(&events);
        let part = self.settle(
            asking,
            contingencies,
            (case, &known),
            self.depth,
            SettledPart::of,
        )?;
        Ok(Arc::clone(self.parts[case].get_or_init(|| Arc::new(part))))
    }
}
