//! Where a search begins: at another outcome, so that few columns are left to be found.

use super::outcome::Outcome;
use crate::formulation::{ClassId, DefaultPath, Problem};
use crate::graph::Path;
use std::collections::BTreeSet;

/// Where a search begins: an outcome of the same setting, with other homes or the same.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    /// Whose outcome.
    pub problem: &'a Problem<'a>,
    /// Who is served on which paths.
    pub outcome: &'a Outcome,
}

impl<'a> Start<'a> {
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
                let is_free = |default: DefaultPath| {
                    problem.class(id).sites.binary_search(&path.site).is_ok()
                        && problem.paths.get(default.path).links != path.links
                };
                if known.insert(id) && problem.defaults[id].is_some_and(is_free) {
                    columns.push((id, path));
                }
            }
        }
        columns
    }
}
