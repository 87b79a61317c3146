//! Unchanged classes: who stays at their site in every case that does not touch them.
//!
//! While nobody but the affected may move, a case changes nothing for all others: their class, their default path and
//! what that loads are those of a day without events. They are made once, and a case adds the classes of the affected.
//! What a case does with the others is to leave some out and to add up the rest, in the order in which they stand.

use super::class::{Class, Classes, Derivation, Detail, Groups};
use super::class_of::ClassOf;
use super::column::{LoadsTable, PathTable};
use super::default::DefaultPath;
use super::ids::{ClassId, GroupId, LoadsId};
use super::kinds::{KindId, Kinds};
use super::per_class::PerClass;
use super::problem::Problem;
use super::reused_classes::{Begun, NONE, ReusedClasses};
use super::rows::LoadRows;
use super::setting::Setting;
use super::stays::{ChangedStays, Stay};
use crate::formulation::{FixedLoads, FoundProfilePaths, ProfilePaths};
use crate::graph::PricedPaths;
use std::sync::Arc;

/// The position of a class in four bytes.
fn position(class: ClassId) -> u32 {
    u32::try_from(class)
        .expect("invariant: no more classes than kinds, of which there are fewer than 2^32")
}

/// Classes while nothing happens and nobody moves, with their default paths.
pub struct UnchangedClasses {
    classes: Arc<Vec<Arc<Class>>>,
    ranks: Vec<u32>,
    groups: Groups,
    /// By crowd.
    group_of: Vec<Option<GroupId>>,
    /// By kind, the position of its class.
    class_of: Arc<Vec<u32>>,
    /// By class, the spot of its kinds.
    spots: Vec<u32>,
    /// By class, its users.
    users: Arc<Vec<f64>>,
    defaults: Arc<Vec<Option<DefaultPath>>>,
    loads_by_default: Arc<Vec<Option<LoadsId>>>,
    stays: Arc<ChangedStays>,
    loads: Arc<LoadsTable>,
    paths: Arc<PathTable>,
    rows: Arc<LoadRows>,
}

impl std::fmt::Debug for UnchangedClasses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnchangedClasses").finish_non_exhaustive()
    }
}

impl<'a> Problem<'a> {
    /// The problem of a setting in which nobody but the affected moves, made for values alone, where everybody else
    /// is as in `spared`.
    pub fn beside_spared(
        setting: Setting<'a>,
        found: &FoundProfilePaths,
        spared: &UnchangedClasses,
    ) -> Self {
        let folded = setting.folded;
        let fixed = FixedLoads::new(setting.inventory, setting.case, folded);
        let mean_demand = Arc::clone(&folded.mean_demand);
        let rows = LoadRows::new(&setting, &fixed, &mean_demand).in_order_of(spared.rows());
        let paths = ProfilePaths::new(&setting, &fixed, Some(found));
        let (classes, begun) = spared.beside(&setting, &paths.with_standby);
        Self::over(
            setting,
            classes,
            Arc::new(fixed),
            mean_demand,
            Arc::new(rows),
            Arc::new(paths),
            begun,
        )
    }
}

impl UnchangedClasses {
    /// What is spared, from the problem of a day without events, in which nobody is affected and nobody but the
    /// affected may move, made for values alone.
    pub fn of(problem: Problem<'_>) -> Self {
        let kinds = &problem.setting.folded.kinds;
        let mut derivation = Derivation::new(
            &problem.setting,
            kinds,
            &problem.profile_paths.with_standby,
            Detail::Values,
            problem.classes.ranks.clone(),
        );
        let mut spots = vec![NONE; problem.classes.classes.len()];
        let mut class_of = vec![NONE; kinds.kinds.len()];
        for (kind, class) in kinds.ids().zip(problem.classes.class_of.by_kind()) {
            if let Some(class) = *class {
                if spots[class] == NONE {
                    spots[class] = kinds.kinds[kind as usize].spot;
                }
                class_of[kind as usize] = position(class);
                derivation.group_of(kinds.kinds[kind as usize].crowd as usize);
            }
        }
        let users = problem.classes.classes.iter().map(|class| class.users);
        Self {
            users: Arc::new(users.collect()),
            stays: Arc::new(ChangedStays::of(
                &problem.classes,
                &problem.defaults,
                &problem.loads_by_default,
            )),
            groups: derivation.groups,
            group_of: derivation.group_of,
            class_of: Arc::new(class_of),
            spots,
            ranks: problem.classes.ranks,
            defaults: problem.defaults.into_shared(),
            loads_by_default: problem.loads_by_default.into_shared(),
            loads: problem.loads,
            paths: problem.paths,
            rows: problem.rows,
            classes: problem.classes.classes.into_shared(),
        }
    }

    /// Kinds with users that nobody serves even without events.
    pub fn trapped(&self) -> impl Iterator<Item = KindId> + '_ {
        let is_trapped = |class: u32| class != NONE && self.defaults[class as usize].is_none();
        let kinds = (0..).zip(self.class_of.iter());
        kinds.filter_map(move |(kind, class)| is_trapped(*class).then_some(kind))
    }

    /// The load rows without events: those of a case stand at the same positions.
    pub(super) fn rows(&self) -> &LoadRows {
        &self.rows
    }

    /// The classes of a case in which nobody but the affected may move: first the spared ones as they are, with what
    /// is known of them, then those of the affected, and of shards that are to be placed. Which class a kind is in is
    /// known of the latter alone.
    pub(super) fn beside(
        &self,
        setting: &Setting<'_>,
        by_latency: &[Arc<PricedPaths<'_>>],
    ) -> (Classes, Begun) {
        let kinds: &Arc<Kinds> = &setting.folded.kinds;
        let mut positions = vec![NONE; self.classes.len()];
        let mut kept: Vec<u32> = Vec::with_capacity(self.classes.len());
        let mut next = 0;
        for ((id, spot), number) in (0u32..).zip(&self.spots).zip(&mut positions) {
            let is_placed = kinds.spots[*spot as usize].current.is_some();
            if is_placed && !setting.is_affected.of_spot(*spot) {
                *number = next;
                next += 1;
                kept.push(id);
            }
        }
        let kept: Arc<[u32]> = kept.into();
        let mut derivation = Derivation::new(
            setting,
            kinds,
            by_latency,
            Detail::Values,
            self.ranks.clone(),
        )
        .with_groups(self.groups.clone(), self.group_of.clone());
        let rank_of_tier = derivation.rank_of_tier();
        let mut pairs = Vec::new();
        for (kind, known) in kinds.ids().zip(self.class_of.iter()) {
            if *known == NONE || positions[*known as usize] != NONE {
                continue;
            }
            let id = derivation.class_of(kind);
            let row = &kinds.kinds[kind as usize];
            let class = &mut derivation.classes[id];
            class.users += row.users;
            class.users_of_rank[rank_of_tier[row.tier.index()]] += row.users;
            pairs.push((kind, kept.len() + id));
        }
        let class = derivation.classes.into_iter().map(Arc::new).collect();
        let classes = Classes {
            classes: PerClass::after(&self.classes, &kept, class),
            groups: derivation.groups.all,
            demands: derivation.groups.demands,
            ranks: derivation.ranks,
            who: Arc::default(),
            class_of: ClassOf::of_kinds(Arc::clone(kinds), pairs),
        };
        let begun = Begun {
            paths: PathTable::after(&self.paths),
            loads: LoadsTable::after(&self.loads),
            defaults: PerClass::after(&self.defaults, &kept, Vec::new()),
            loads_by_default: PerClass::after(&self.loads_by_default, &kept, Vec::new()),
            known: Vec::new(),
            taken_over: Some(ReusedClasses {
                positions,
                class_of: Arc::clone(&self.class_of),
                kept,
                users: Arc::clone(&self.users),
                stays: Arc::clone(&self.stays),
            }),
        };
        (classes, begun)
    }
}

/// The classes of a problem that are not trapped, by group.
pub struct Stays<'p> {
    /// Those that are taken over.
    earlier: Option<&'p ReusedClasses>,
    changed: ChangedStays,
}

impl<'p> Stays<'p> {
    /// Those of a problem.
    pub fn new(problem: &'p Problem<'_>) -> Self {
        Self {
            earlier: problem.taken_over.as_ref(),
            changed: ChangedStays::of(
                &problem.classes,
                &problem.defaults,
                &problem.loads_by_default,
            ),
        }
    }

    /// The classes of a group, ascending.
    pub fn of_group(&self, group: GroupId) -> impl Iterator<Item = Stay> + '_ {
        let earlier = self.earlier.into_iter();
        earlier
            .flat_map(move |earlier| earlier.stays_of(group))
            .chain(self.changed.of_group(group).iter().copied())
    }
}
