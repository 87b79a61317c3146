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
        let classes = self.problem.classes.classes.iter();
        let classes = classes
            .zip(&self.problem.defaults)
            .zip(&self.outcome.unserved);
        classes
            .filter(|((_, default), _)| default.is_some())
            .any(|((class, _), unserved)| {
                unserved.iter().sum::<f64>() > DUST_OF_CLASS * class.users
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
        let own = self.problem.classes.classes.iter();
        let mut columns = BTreeSet::new();
        for (class, unserved) in own.zip(&self.outcome.unserved) {
            for (rank, _) in unserved
                .iter()
                .enumerate()
                .filter(|(_, users)| **users > 0.0)
            {
                for &shard in &class.shards {
                    let id = problem.classes.class_of.get(class.home(shard));
                    let id = id.filter(|id| problem.defaults[*id].is_some());
                    columns.extend(id.map(|id| (id, rank)));
                }
            }
        }
        columns
            .into_iter()
            .filter(|(class, rank)| problem.class(*class).users_of_rank[*rank] > 0.0)
            .collect()
    }

    /// Those whom the outcome serves, as classes of a problem, each on the path where it is served, if it may go there.
    pub(super) fn columns(&self, problem: &Problem<'_>) -> Vec<(ClassId, &'a Path)> {
        let mut columns = Vec::new();
        for served in &self.outcome.served {
            let path = self.outcome.paths.get(served.path);
            let class = self.problem.class(served.class);
            let mut known = BTreeSet::new();
            for &shard in &class.shards {
                let Some(id) = problem.classes.class_of.get(class.home(shard)) else {
                    continue;
                };
                if known.insert(id) && may_be_added(problem, id, path) {
                    columns.push((id, path));
                }
            }
        }
        columns
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
