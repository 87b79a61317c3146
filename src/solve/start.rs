//! Where a search begins: at another outcome, so that few columns are left to be found.

use super::options::{COLUMNS_OF_GROUPS, DUST_OF_CLASS};
use super::outcome::Outcome;
use crate::formulation::{ClassId, DefaultPath, GroupId, PathId, Problem};
use crate::graph::Path;
use std::collections::{BTreeMap, BTreeSet};

/// Where a search begins: an outcome of the same setting, with other homes or the same.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    /// Whose outcome.
    pub problem: &'a Problem<'a>,
    /// Who is served on which paths.
    pub outcome: &'a Outcome,
}

impl<'a> Start<'a> {
    /// `true` if somebody is unserved there who is not trapped.
    pub(super) fn leaves_unserved(&self) -> bool {
        self.outcome.unserved.iter().any(|(&class, unserved)| {
            let users: f64 = unserved.iter().sum();
            self.problem.defaults[class].is_some()
                && users > DUST_OF_CLASS * self.problem.class(class).users
        })
    }

    /// Columns over the outcome's paths, for every class of a group and every site that it may use; those of
    /// [`columns`](Self::columns) alone if these are too many.
    pub(super) fn columns_of_groups(&self, problem: &Problem<'_>) -> Vec<(ClassId, &'a Path)> {
        let mut known: BTreeMap<GroupId, BTreeSet<PathId>> = BTreeMap::new();
        for served in &self.outcome.served {
            let group = self.problem.class(served.class).group;
            known.entry(group).or_default().insert(served.path);
        }
        let mut columns = Vec::new();
        for (id, class) in problem.classes.classes.iter().enumerate() {
            for &path in known.get(&class.group).into_iter().flatten() {
                let path = self.outcome.paths.get(path);
                if may_be_added(problem, id, path) {
                    columns.push((id, path));
                }
            }
            if columns.len() > COLUMNS_OF_GROUPS {
                return self.columns(problem);
            }
        }
        columns
    }

    /// Those whom the outcome leaves unserved, as classes of a problem and ranks.
    pub(super) fn unserved(&self, problem: &Problem<'_>) -> Vec<(ClassId, usize)> {
        if self.outcome.unserved.is_empty() {
            return Vec::new();
        }
        let pairs = self.classes_in(problem);
        let mut columns = BTreeSet::new();
        for (class, unserved) in &self.outcome.unserved {
            let ranks = || (0..unserved.len()).filter(|&rank| unserved[rank] > 0.0);
            for id in pairs.of(*class) {
                if problem.defaults[id].is_some() {
                    let users = &problem.class(id).users_of_rank;
                    columns.extend(
                        ranks()
                            .filter(|&rank| users[rank] > 0.0)
                            .map(|rank| (id, rank)),
                    );
                }
            }
        }
        columns.into_iter().collect()
    }

    /// Those whom the outcome serves, as classes of a problem, each on the path where it is served, if it may go there.
    pub(super) fn columns(&self, problem: &Problem<'_>) -> Vec<(ClassId, &'a Path)> {
        let pairs = self.classes_in(problem);
        let mut columns = Vec::new();
        for served in &self.outcome.served {
            let path = self.outcome.paths.get(served.path);
            for id in pairs.of(served.class) {
                if may_be_added(problem, id, path) {
                    columns.push((id, path));
                }
            }
        }
        columns
    }

    /// What the outcome's classes are in a problem.
    fn classes_in(&self, problem: &Problem<'_>) -> Pairs {
        let own = &self.problem.classes.class_of;
        Pairs(own.beside(&problem.classes.class_of).unwrap_or_default())
    }
}

/// Classes and what they are elsewhere, ascending.
struct Pairs(Vec<(ClassId, ClassId)>);

impl Pairs {
    fn of(&self, class: ClassId) -> impl Iterator<Item = ClassId> + '_ {
        let first = self.0.partition_point(|(own, _)| *own < class);
        let same = self.0[first..].iter();
        same.take_while(move |(own, _)| *own == class)
            .map(|(_, other)| *other)
    }
}

/// `true` if a class may use a path and is not on it by default.
pub(super) fn may_be_added(problem: &Problem<'_>, class: ClassId, path: &Path) -> bool {
    let is_free = |default: DefaultPath| {
        problem.class(class).sites.binary_search(&path.site).is_ok()
            && problem.paths.get(default.path).links != path.links
    };
    problem.defaults[class].is_some_and(is_free)
}
