//! A sample of a problem: a few classes that stand for all, to find prices near those of the whole
//! (`docs/design.md`).

use super::class::{Class, Classes};
use super::column::{LoadsTable, PathTable};
use super::ids::{ClassId, DemandId};
use super::per_class::PerClass;
use super::problem::Problem;
use super::reused_classes::Begun;
use crate::ids::SiteId;
use std::sync::Arc;

impl Problem<'_> {
    /// The same problem with one class for `of` that are much alike, which has the users of all of them.
    #[must_use]
    pub fn sampled(&self, of: usize) -> Self {
        let all = &self.classes.classes;
        let mut order: Vec<ClassId> = (0..all.len())
            .filter(|&id| self.defaults[id].is_some())
            .collect();
        order.sort_by_key(|&id| {
            let class = &all[id];
            let by = self.defaults[id].map(|default| default.access_point);
            (self.likeness(id), &class.sites, by, class.group, id)
        });
        let (classes, known): (Vec<Arc<Class>>, Vec<_>) = order
            .chunk_by(|&one, &next| self.likeness(one) == self.likeness(next))
            .flat_map(|alike| alike.chunks(of))
            .map(|some| {
                let larger = |one: ClassId, other: ClassId| {
                    let is_larger = all[other].users > all[one].users;
                    if is_larger { other } else { one }
                };
                let id = some.iter().copied().fold(some[0], larger);
                let mut class = Class::clone(&all[id]);
                class.users = some.iter().map(|&index| all[index].users).sum();
                for (rank, users) in class.users_of_rank.iter_mut().enumerate() {
                    *users = some
                        .iter()
                        .map(|&index| all[index].users_of_rank[rank])
                        .sum();
                }
                let known = (self.defaults[id], self.loads_by_default[id]);
                (Arc::new(class), Some(known))
            })
            .unzip();
        let classes = Classes {
            classes: PerClass::from(classes),
            groups: self.classes.groups.clone(),
            demands: self.classes.demands.clone(),
            ranks: self.classes.ranks.clone(),
            who: Arc::clone(&self.classes.who),
            class_of: self.classes.class_of.forgotten(),
        };
        let begun = Begun {
            paths: PathTable::after(&self.paths),
            loads: LoadsTable::after(&self.loads),
            known,
            ..Begun::default()
        };
        self.with_classes(classes, begun)
    }

    /// What classes that differ little have in common.
    fn likeness(&self, id: ClassId) -> (DemandId, bool, Option<SiteId>) {
        let class = self.class(id);
        let demand = self.classes.groups[class.group].demand;
        (demand, class.is_affected, class.current)
    }
}
