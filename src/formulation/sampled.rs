//! A sample of a problem: a few classes that stand for all, to find prices near those of the whole
//! (`docs/design.md`).

use super::class::{Class, ClassId, Classes};
use super::column::PathTable;
use super::loads_table::LoadsTable;
use super::per_class::PerClass;
use super::problem::Problem;
use super::spared::Begun;
use std::sync::Arc;

impl Problem<'_> {
    /// The same problem with one class for so many that are much alike, which has the users of all of them.
    #[must_use]
    pub fn sampled(&self, of: usize) -> Self {
        let all = &self.classes.classes;
        let mut order: Vec<ClassId> = (0..all.len())
            .filter(|&id| self.defaults[id].is_some())
            .collect();
        order.sort_by_key(|&id| {
            let class = &all[id];
            let demand = self.classes.groups[class.group].demand;
            let by = self.defaults[id].map(|default| default.access_point);
            let alike = (demand, class.is_affected, class.current);
            (alike, &class.sites, by, class.group, id)
        });
        let (classes, known): (Vec<Arc<Class>>, Vec<_>) = order
            .chunk_by(|&one, &next| self.is_alike(one, next))
            .flat_map(|alike| alike.chunks(of))
            .map(|some| {
                let most = some
                    .iter()
                    .max_by(|&&a, &&b| all[a].users.total_cmp(&all[b].users).then(b.cmp(&a)));
                let id = most.copied().unwrap_or(some[0]);
                let mut class = Class::clone(&all[id]);
                class.users = some.iter().map(|&own| all[own].users).sum();
                for (rank, users) in class.users_of_rank.iter_mut().enumerate() {
                    *users = some.iter().map(|&own| all[own].users_of_rank[rank]).sum();
                }
                let known = self.defaults[id].is_some();
                let known = known.then_some((self.defaults[id], self.loads_by_default[id]));
                (Arc::new(class), known)
            })
            .unzip();
        let classes = Classes {
            classes: PerClass::from(classes),
            ..self.classes.clone()
        };
        let begun = Begun {
            paths: PathTable::after(&self.paths),
            loads: LoadsTable::after(&self.loads),
            known,
            ..Begun::default()
        };
        self.with_classes(classes, begun)
    }

    /// `true` if two classes differ little.
    fn is_alike(&self, one: ClassId, other: ClassId) -> bool {
        let key = |id: ClassId| {
            let class = self.class(id);
            let demand = self.classes.groups[class.group].demand;
            (demand, class.is_affected, class.current)
        };
        key(one) == key(other)
    }
}
