//! Who of a class is where: a class is several kinds of shards, and a plan of classes is told by kind.

use super::super::settle::Settled;
use super::ground::Ground;
use crate::formulation::{ClassId, KindId};
use crate::ids::LinkId;
use crate::plan::sweep::Displacement;
use crate::units::NOBODY;
use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What a settled case does to kinds of shards.
#[derive(Default)]
pub(super) struct OfKinds {
    /// Kinds of which users are unserved, ascending.
    pub(super) unserved: Vec<KindId>,
    /// Users of shards whose site is gone, who are served elsewhere without being counted in their class.
    pub(super) moved_from_gone: f64,
    /// Who is not on his default path, but for the trapped, ascending by shard.
    pub(super) displaced: Vec<Displacement>,
}

/// Users of a kind who were not told of yet.
struct Left {
    kind: KindId,
    rank: usize,
    users: f64,
}

impl OfKinds {
    /// Tells apart by kind what a case does to classes.
    pub(super) fn of(settled: &Settled<'_, '_>, ground: &Ground) -> Self {
        let problem = settled.problem;
        let kinds = &problem.setting.folded.kinds;
        let rank_of_tier = &ground.rank_of_tier;
        let mut all = Self::default();
        let mut lefts: FxHashMap<ClassId, Vec<Left>> = FxHashMap::default();
        let unserved = settled.displaced.unserved.keys();
        let served = settled.displaced.served.iter().map(|own| &own.class);
        for class in unserved.chain(served) {
            lefts.entry(*class).or_default();
        }
        let mut is_told = FixedBitSet::with_capacity(kinds.kinds.len());
        for (kind, class) in problem.classes.class_of.kinds() {
            is_told.insert(kind as usize);
            let row = &kinds.kinds[kind as usize];
            let Some(_) = problem.defaults[class] else {
                all.unserved.push(kind);
                continue;
            };
            let is_forgotten =
                problem.class(class).current.is_none() && kinds.standing(kind).current.is_some();
            if is_forgotten {
                all.moved_from_gone += row.users;
            }
            if let Some(left) = lefts.get_mut(&class) {
                left.push(Left {
                    kind,
                    rank: rank_of_tier[row.tier.index()],
                    users: row.users,
                });
            }
        }
        let untold = ground.always_trapped.iter();
        all.unserved
            .extend(untold.filter(|kind| !is_told[**kind as usize]));
        for (class, by_rank) in &settled.displaced.unserved {
            let Some(left) = lefts.get_mut(class) else {
                continue;
            };
            for (rank, users) in by_rank.iter().enumerate() {
                let taken = take(left, *users, |own| own.rank == rank);
                for (kind, users) in taken {
                    all.unserved.push(kind);
                    all.displaced.push(displacement(ground, kind, None, users));
                    let is_forgotten = problem.class(*class).current.is_none()
                        && kinds.standing(kind).current.is_some();
                    if is_forgotten {
                        all.moved_from_gone -= users;
                    }
                }
            }
        }
        let mut on_paths: BTreeMap<ClassId, Vec<(&[LinkId], f64)>> = BTreeMap::new();
        for own in &settled.displaced.served {
            let path = settled.displaced.paths.get(own.path);
            let of_class = on_paths.entry(own.class).or_default();
            of_class.push((&path.links, own.users));
        }
        for (class, paths) in on_paths {
            let Some(left) = lefts.get_mut(&class) else {
                continue;
            };
            for (links, users) in paths {
                for (kind, users) in take(left, users, |_| true) {
                    let there = displacement(ground, kind, Some(links.to_vec()), users);
                    all.displaced.push(there);
                }
            }
        }
        all.unserved.sort_unstable();
        all.unserved.dedup();
        all.displaced.sort_by_key(|own| own.like);
        all
    }
}

fn displacement(
    ground: &Ground,
    kind: KindId,
    links: Option<Vec<LinkId>>,
    users: f64,
) -> Displacement {
    Displacement {
        like: ground.first_of_kind[kind as usize],
        links,
        users,
    }
}

/// Takes so many users of those kinds that `may` accepts, in their order.
fn take(left: &mut [Left], users: f64, may: impl Fn(&Left) -> bool) -> Vec<(KindId, f64)> {
    let mut missing = users;
    let mut taken = Vec::new();
    for own in left.iter_mut().filter(|own| may(own)) {
        let part = own.users.min(missing);
        if part > NOBODY {
            own.users -= part;
            missing -= part;
            taken.push((own.kind, part));
        }
        if missing <= NOBODY {
            break;
        }
    }
    taken
}
