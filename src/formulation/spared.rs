//! Spared classes: who stays at his site in every case that does not touch him.
//!
//! While nobody but the affected may move, a case changes nothing for anybody else: his class, his default path and
//! what that loads are those of a day without events. They are made once, and a case adds the classes of the affected.
//! What a case does with the others is to leave some out and to add up the rest, in the order in which they stand.

use super::class::{Class, ClassId, Classes, Derivation, Detail, Groups};
use super::class_of::ClassOf;
use super::column::PathTable;
use super::default::DefaultPath;
use super::demand::GroupId;
use super::goals::Objective;
use super::kinds::{KindId, Kinds};
use super::loads_table::{LoadsId, LoadsTable};
use super::per_class::PerClass;
use super::problem::Problem;
use super::rows::LoadRows;
use super::setting::Setting;
use super::stays::{OwnStays, Stay};
use crate::graph::PricedPaths;
use std::sync::Arc;

/// What is known of the default paths of a problem's classes.
#[derive(Default)]
pub(super) struct Begun {
    /// It has the paths below.
    pub(super) paths: PathTable,
    /// It has the loads below.
    pub(super) loads: LoadsTable,
    /// Those of the classes that are taken over.
    pub(super) defaults: PerClass<Option<DefaultPath>>,
    /// The same.
    pub(super) loads_by_default: PerClass<Option<LoadsId>>,
    /// By class that is not taken over, as far as there are entries.
    pub(super) known: Vec<Option<Known>>,
    pub(super) taken_over: Option<TakenOver>,
}

/// A default path and what it loads; a trapped class has none.
pub(super) type Known = (Option<DefaultPath>, Option<LoadsId>);

/// No class, or none that is taken over.
const NONE: u32 = u32::MAX;

/// The position of a class in four bytes.
fn position(class: ClassId) -> u32 {
    u32::try_from(class)
        .expect("invariant: no more classes than kinds, of which there are fewer than 2^32")
}

/// Classes while nothing happens and nobody moves, with their default paths.
pub struct Spared {
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
    stays: Arc<OwnStays>,
    loads: Arc<LoadsTable>,
    paths: Arc<PathTable>,
    rows: Arc<LoadRows>,
}

/// Which classes a case takes over, each first in the order in which it stood.
pub struct TakenOver {
    /// By class without events, its position here.
    positions: Vec<u32>,
    /// By kind, the position of its class without events.
    class_of: Arc<Vec<u32>>,
    /// Classes without events, ascending.
    kept: Arc<[u32]>,
    users: Arc<Vec<f64>>,
    stays: Arc<OwnStays>,
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
            stays: Arc::new(OwnStays::new(&problem)),
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

    /// Kinds with users whom nobody serves even without events.
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
    /// told of the latter alone.
    pub(super) fn beside(
        &self,
        setting: &Setting<'_>,
        by_latency: &[Arc<PricedPaths<'_>>],
    ) -> (Classes, Begun) {
        let kinds: &Arc<Kinds> = &setting.folded.kinds;
        let mut positions = vec![NONE; self.classes.len()];
        let mut kept: Vec<u32> = Vec::with_capacity(self.classes.len());
        let mut next = 0;
        for ((id, spot), own) in (0u32..).zip(&self.spots).zip(&mut positions) {
            let is_placed = kinds.spots[*spot as usize].current.is_some();
            if is_placed && !setting.is_affected.of_spot(*spot) {
                *own = next;
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
        let mut told = Vec::new();
        for (kind, known) in kinds.ids().zip(self.class_of.iter()) {
            if *known == NONE || positions[*known as usize] != NONE {
                continue;
            }
            let id = derivation.class_of(kind);
            let row = &kinds.kinds[kind as usize];
            let class = &mut derivation.classes[id];
            class.users += row.users;
            class.users_of_rank[rank_of_tier[row.tier.index()]] += row.users;
            told.push((kind, kept.len() + id));
        }
        let own = derivation.classes.into_iter().map(Arc::new).collect();
        let classes = Classes {
            classes: PerClass::after(&self.classes, &kept, own),
            groups: derivation.groups.all,
            demands: derivation.groups.demands,
            ranks: derivation.ranks,
            who: Arc::default(),
            class_of: ClassOf::of_kinds(Arc::clone(kinds), told),
        };
        let begun = Begun {
            paths: PathTable::after(&self.paths),
            loads: LoadsTable::after(&self.loads),
            defaults: PerClass::after(&self.defaults, &kept, Vec::new()),
            loads_by_default: PerClass::after(&self.loads_by_default, &kept, Vec::new()),
            known: Vec::new(),
            taken_over: Some(TakenOver {
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

impl TakenOver {
    /// Kinds with users of classes that are taken over, and these classes, ascending by kind.
    pub(super) fn kinds(&self) -> impl Iterator<Item = (KindId, ClassId)> + '_ {
        let kinds = (0..).zip(self.class_of.iter());
        kinds.filter_map(|(kind, class)| {
            let position = *self.positions.get(*class as usize)?;
            (position != NONE).then_some((kind, position as ClassId))
        })
    }

    /// By class, its users.
    pub(super) fn users(&self) -> impl Iterator<Item = f64> + '_ {
        self.kept.iter().map(|&class| self.users[class as usize])
    }

    /// What all of them do together on their default paths: they are at their own sites, so nobody moves.
    pub(super) fn add_up(
        &self,
        classes: &Classes,
        defaults: &PerClass<Option<DefaultPath>>,
        all: &mut Objective,
    ) {
        for (id, (users, default)) in self.users().zip(defaults).enumerate() {
            match default {
                Some(default) => {
                    all.latency += users * default.latency;
                    all.entry[default.access_point.index()] += users;
                }
                None => add_unserved(&classes.classes[id], all),
            }
        }
    }

    /// Those of a group that are not trapped, ascending.
    pub(super) fn stays_of(&self, group: GroupId) -> impl Iterator<Item = Stay> + '_ {
        self.stays.of_group(group).iter().filter_map(|stay| {
            let class = self.positions[stay.class];
            (class != NONE).then(|| stay.as_class(class as ClassId))
        })
    }
}

/// Adds users of a trapped class.
pub(super) fn add_unserved(class: &Class, all: &mut Objective) {
    for (sum, users) in all.unserved.iter_mut().zip(&class.users_of_rank) {
        *sum += users;
    }
}
