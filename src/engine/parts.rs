//! Parts: a case settled without solving anything, by plans of smaller cases put together, and by their prices.
//!
//! Failures far from each other affect different places: what each of them displaces, put on one another, is a plan of
//! both; users who no longer fit then go where capacity is spare, and prices of the two may prove the plan to be best
//! (`docs/design.md`).

use super::relieve::relieve;
use super::settled::{Displaced, SettledCase};
use crate::formulation::goals::{Level, per_user};
use crate::formulation::rows::target_limit;
use crate::formulation::{ClassId, KindId, PathTable, Problem, Route};
use crate::ids::SiteId;
use crate::solve::{LevelOutcome, Proof, Served, prove};
use crate::units::{NOBODY, SOLVER_NOISE};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A smaller case that was settled: who is not on their default path, by kind, and what proves it.
#[derive(Debug, Default)]
pub(super) struct SettledPart {
    /// Empty where the default paths settle it.
    pub(super) levels: Vec<LevelOutcome>,
    /// Kinds, the route of some of their users, and how many.
    served: Vec<(KindId, Arc<Route>, f64)>,
    /// The same of unserved users who could be served.
    unserved: Vec<(KindId, f64)>,
    /// A user that nothing happened to is moved or unserved in it.
    pub(super) moves_anybody: bool,
    pub(super) is_proven: bool,
}

impl SettledPart {
    /// What is kept of a settled case.
    pub(super) fn of(settled: &SettledCase<'_, '_>) -> Self {
        let mut part = Self {
            levels: settled.levels.clone(),
            is_proven: settled.proof == Proof::Proven,
            moves_anybody: !settled.is_spared,
            ..Self::default()
        };
        let paths = &settled.displaced.paths;
        for (kind, whereto, users) in settled.by_kind() {
            match whereto {
                Some(path) => part.served.push((kind, Arc::clone(paths.get(path)), users)),
                None => part.unserved.push((kind, users)),
            }
        }
        part
    }

    /// Users who are not on their default path, by kind: on which route, if on any, and how many.
    pub(super) fn displaced(&self) -> impl Iterator<Item = (KindId, Option<&Route>, f64)> {
        let served = self.served.iter();
        let served = served.map(|(kind, path, users)| (*kind, Some(path.as_ref()), *users));
        let unserved = self.unserved.iter();
        served.chain(unserved.map(|(kind, users)| (*kind, None, *users)))
    }
}

/// Settles a case by smaller ones: a plan put together of theirs, and what proves it to be best. `None` if that is no
/// plan, or not proven.
pub(super) fn settle_by_parts(
    problem: &Problem<'_>,
    parts: &[&SettledPart],
) -> Option<(Displaced, Vec<LevelOutcome>)> {
    if parts.iter().any(|part| !part.is_proven) {
        return None;
    }
    let mut displaced = together(problem, parts);
    let missing = if problem.levels.contains(&Level::Worst) {
        let levels = parts.iter().flat_map(|part| &part.levels);
        let worst = levels.filter(|level| level.level == Level::Worst);
        worst
            .map(|level_outcome| level_outcome.value)
            .fold(0.0, f64::max)
    } else {
        // Nobody asks how much is missing.
        1.0
    };
    if !relieve(problem, &mut displaced, missing) {
        return None;
    }
    let values = values(problem, &displaced)?;
    let others: Vec<&[LevelOutcome]> = parts.iter().map(|part| part.levels.as_slice()).collect();
    let levels = prove(problem, &values, &others)?;
    Some((displaced, levels))
}

/// Users who are displaced in any of these plans, as far as they may be here.
fn together(problem: &Problem<'_>, parts: &[&SettledPart]) -> Displaced {
    let kinds = &problem.setting.folded.kinds;
    let mut class_of: FxHashMap<KindId, ClassId> = FxHashMap::default();
    for part in parts {
        let served = part.served.iter().map(|(kind, ..)| *kind);
        let unserved = part.unserved.iter().map(|(kind, _)| *kind);
        class_of.extend(served.chain(unserved).map(|kind| (kind, ClassId::MAX)));
    }
    for (kind, class) in problem.classes.class_of.kinds() {
        if let Some(index) = class_of.get_mut(&kind) {
            *index = class;
        }
    }
    // A kind is taken from one plan only: from the first in which it is displaced.
    let mut taken_from: FxHashMap<KindId, usize> = FxHashMap::default();
    let mut paths = PathTable::after(&problem.paths);
    let mut served: BTreeMap<(ClassId, usize), f64> = BTreeMap::new();
    let mut unserved: BTreeMap<ClassId, Vec<f64>> = BTreeMap::new();
    let rank_of = |kind: KindId| {
        let tier = kinds.kinds[kind as usize].tier;
        let rank = problem.setting.inventory.tiers[tier.index()].rank;
        problem
            .classes
            .ranks
            .partition_point(|number| *number < rank)
    };
    for (position, part) in parts.iter().enumerate() {
        for (kind, path, users) in &part.served {
            let class = class_of[kind];
            if class == ClassId::MAX
                || *taken_from.entry(*kind).or_insert(position) != position
                || !is_open(problem, class, path)
            {
                continue;
            }
            let default = problem.defaults[class];
            let id = paths.intern(Arc::clone(path));
            if default.is_some_and(|default| default.path == id) {
                continue;
            }
            *served.entry((class, id)).or_insert(0.0) += users;
        }
        for (kind, users) in &part.unserved {
            let class = class_of[kind];
            if class == ClassId::MAX
                || *taken_from.entry(*kind).or_insert(position) != position
                || problem.defaults[class].is_none()
            {
                continue;
            }
            let ranks = problem.classes.ranks.len();
            let of_class = unserved.entry(class).or_insert_with(|| vec![0.0; ranks]);
            of_class[rank_of(*kind)] += users;
        }
    }
    let served = served.into_iter();
    Displaced {
        served: served
            .map(|((class, path), users)| Served { class, path, users })
            .collect(),
        unserved,
        paths,
    }
}

/// `true` if users of a class may take a route.
fn is_open(problem: &Problem<'_>, class: ClassId, route: &Route) -> bool {
    let one_class = problem.class(class);
    if problem.defaults[class].is_none() || one_class.sites.binary_search(&route.site).is_err() {
        return false;
    }
    let group = &problem.classes.groups[one_class.group];
    let profile = problem.classes.demands[group.demand].profile;
    let usable = &problem.profile_paths.usable[profile.index()];
    let network = problem.setting.network;
    let mut links = route.legs().iter().flat_map(|leg| &leg.links);
    links.all(|&link| usable.permits(link, network.ends(link).1))
}

/// What a plan comes to, level by level; `None` if it overloads something, or a level is none of a verdict's.
fn values(problem: &Problem<'_>, displaced: &Displaced) -> Option<Vec<f64>> {
    let loads = displaced.loads(problem);
    let mut worst: f64 = 0.0;
    for (row, load) in problem.rows.rows.iter().zip(loads) {
        let beyond = load / row.capacity - target_limit(row.target, row.kept);
        if beyond <= SOLVER_NOISE {
            continue;
        }
        if row.has_shortfall() && load <= row.capacity * (1.0 + SOLVER_NOISE) {
            worst = worst.max((beyond / row.target).min(1.0 - row.kept));
        } else {
            return None;
        }
    }
    let by_default = problem.amounts_by_default();
    let mut unserved = by_default.levels.unserved.clone();
    let mut movers = Level::OF_MOVERS.map(|level| by_default.levels[level]);
    let mut add = |class: ClassId, site: SiteId, users: f64| {
        for (sum, level) in movers.iter_mut().zip(Level::OF_MOVERS) {
            *sum += users * per_user(level, problem.class(class), site);
        }
    };
    let mut left: BTreeMap<ClassId, f64> = BTreeMap::new();
    let mut leave = |class: ClassId, users: f64| {
        *left.entry(class).or_insert(0.0) += users;
        problem.defaults[class].map(|default| default.site)
    };
    for served in &displaced.served {
        add(
            served.class,
            displaced.paths.get(served.path).site,
            served.users,
        );
        if let Some(site) = leave(served.class, served.users) {
            add(served.class, site, -served.users);
        }
    }
    for (&class, by_rank) in &displaced.unserved {
        for (sum, users) in unserved.iter_mut().zip(by_rank) {
            *sum += users;
        }
        let users = by_rank.iter().sum();
        if let Some(site) = leave(class, users) {
            add(class, site, -users);
        }
    }
    let is_too_many = left
        .into_iter()
        .any(|(class, users)| users > problem.class(class).users * (1.0 + 1e-9) + NOBODY);
    if is_too_many {
        return None;
    }
    let values = problem.levels.iter().map(|level| match level {
        Level::Unserved(rank) => Some(unserved[*rank]),
        Level::Worst => Some(worst),
        _ => Some(movers[level.of_movers()?].max(0.0)),
    });
    values.collect()
}
