//! Where a search begins: at another outcome, so that few columns are left to be found.

use super::options::COLUMNS_OF_GROUPS;
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

    /// Those whom the outcome serves, as classes of a problem, each on the path where it is served, if it may go there.
    pub(super) fn columns(&self, problem: &Problem<'_>) -> Vec<(ClassId, &'a Path)> {
        let own = &self.problem.classes;
        let Some(pairs) = own.class_of.beside(&problem.classes.class_of) else {
            return Vec::new();
        };
        let mut columns = Vec::new();
        for served in &self.outcome.served {
            let path = self.outcome.paths.get(served.path);
            let first = pairs.partition_point(|(class, _)| *class < served.class);
            let same = pairs[first..].iter();
            for &(_, id) in same.take_while(|(class, _)| *class == served.class) {
                if may_be_added(problem, id, path) {
                    columns.push((id, path));
                }
            }
        }
        columns
    }
}

/// `true` if a class may use a path and is not on it by default.
fn may_be_added(problem: &Problem<'_>, class: ClassId, path: &Path) -> bool {
    let is_free = |default: DefaultPath| {
        problem.class(class).sites.binary_search(&path.site).is_ok()
            && problem.paths.get(default.path).links != path.links
    };
    problem.defaults[class].is_some_and(is_free)
}
