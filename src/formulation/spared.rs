//! Spared classes: who stays at his site in every case that does not touch him.
//!
//! While nobody but the affected may move, a case changes nothing for anybody else: his class, his default path and
//! what that loads are those of a day without events. They are made once, and a case adds the classes of the affected.

use super::class::{Class, ClassId, ClassOf, Classes, Derivation, Detail, Groups};
use super::column::PathTable;
use super::default::DefaultPath;
use super::demand::GroupId;
use super::kinds::{KindId, Kinds};
use super::loads_table::{LoadsId, LoadsTable};
use super::problem::Problem;
use super::rows::LoadRows;
use super::setting::Setting;
use crate::graph::PricedPaths;
use std::sync::Arc;

/// What is known of the default paths of a problem's classes.
#[derive(Default)]
pub(super) struct Begun {
    /// It has the paths below.
    pub(super) paths: PathTable,
    /// It has the loads below.
    pub(super) loads: LoadsTable,
    /// By class, as far as there are entries.
    pub(super) known: Vec<Option<Known>>,
}

/// A default path and what it loads; a trapped class has none.
pub(super) type Known = (Option<DefaultPath>, Option<LoadsId>);

/// Classes while nothing happens and nobody moves, with their default paths.
pub struct Spared {
    classes: Classes,
    groups: Groups,
    /// By crowd.
    group_of: Vec<Option<GroupId>>,
    /// By class, the first of its kinds.
    first_kind: Vec<KindId>,
    defaults: Vec<Option<DefaultPath>>,
    loads_by_default: Vec<Option<LoadsId>>,
    loads: Arc<LoadsTable>,
    paths: Arc<PathTable>,
    rows: Arc<LoadRows>,
}

impl std::fmt::Debug for Spared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spared").finish_non_exhaustive()
    }
}

impl Spared {
    /// What is spared, from the problem of a day without events, in which nobody is affected and nobody but the
    /// affected may move, made for values alone.
    pub fn of(problem: Problem<'_>) -> Self {
        let kinds = &problem.setting.folded.kinds;
        let mut derivation = Derivation::new(
            &problem.setting,
            kinds,
            &problem.ways.with_standby,
            Detail::Values,
        );
        let mut first_kind = vec![None; problem.classes.classes.len()];
        for (kind, class) in kinds.ids().zip(problem.classes.class_of.by_kind()) {
            if let Some(class) = *class {
                first_kind[class].get_or_insert(kind);
                derivation.class_of(kind);
            }
        }
        Self {
            groups: derivation.groups,
            group_of: derivation.group_of,
            first_kind: first_kind.into_iter().flatten().collect(),
            defaults: problem.defaults,
            loads_by_default: problem.loads_by_default,
            loads: problem.loads,
            paths: problem.paths,
            rows: problem.rows,
            classes: problem.classes,
        }
    }

    /// The load rows without events: those of a case stand at the same positions.
    pub(super) fn rows(&self) -> &LoadRows {
        &self.rows
    }

    /// The classes of a case in which nobody but the affected may move: first the spared ones as they are, with what
    /// is known of them, then those of the affected, and of shards that are to be placed.
    pub(super) fn beside(
        &self,
        setting: &Setting<'_>,
        by_latency: &[Arc<PricedPaths<'_>>],
    ) -> (Classes, Begun) {
        let kinds: &Arc<Kinds> = &setting.folded.kinds;
        let mut begun = Begun {
            paths: PathTable::after(&self.paths),
            loads: LoadsTable::after(&self.loads),
            ..Begun::default()
        };
        let mut derivation = Derivation::new(setting, kinds, by_latency, Detail::Values)
            .with_groups(self.groups.clone(), self.group_of.clone());
        let mut classes: Vec<Arc<Class>> = Vec::with_capacity(self.first_kind.len());
        // By class without events, its position if it is spared.
        let mut spared: Vec<Option<ClassId>> = vec![None; self.first_kind.len()];
        for (id, class) in self.classes.classes.iter().enumerate() {
            let is_affected = setting.is_affected.of_kind(self.first_kind[id]);
            if is_affected || class.current.is_none() {
                continue;
            }
            spared[id] = Some(classes.len());
            classes.push(Arc::clone(class));
            let known = (self.defaults[id], self.loads_by_default[id]);
            begun.known.push(Some(known));
        }
        let first = classes.len();
        let rank_of_tier = derivation.rank_of_tier();
        let mut by_kind = Vec::with_capacity(kinds.kinds.len());
        for (kind, known) in kinds.ids().zip(self.classes.class_of.by_kind()) {
            let id = known.map(|known| {
                spared[known].unwrap_or_else(|| {
                    let id = derivation.class_of(kind);
                    let row = &kinds.kinds[kind as usize];
                    let class = &mut derivation.classes[id];
                    class.users += row.users;
                    class.users_of_rank[rank_of_tier[row.tier.index()]] += row.users;
                    first + id
                })
            });
            by_kind.push(id);
        }
        classes.extend(derivation.classes.into_iter().map(Arc::new));
        let classes = Classes {
            classes,
            groups: derivation.groups.all,
            demands: derivation.groups.demands,
            ranks: derivation.ranks,
            class_of: ClassOf::new(Arc::clone(kinds), by_kind),
        };
        (classes, begun)
    }
}
