//! Classes that a case takes over as they are on a day without events.

use super::class::{Class, Classes};
use super::column::{LoadsTable, PathTable};
use super::default::DefaultPath;
use super::goals::{Level, Objective};
use super::ids::{ClassId, GroupId, LoadsId};
use super::kinds::KindId;
use super::per_class::PerClass;
use super::stays::{ChangedStays, Stay};
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
    pub(super) taken_over: Option<ReusedClasses>,
}

/// A default path and what it loads; a trapped class has none.
pub(super) type Known = (Option<DefaultPath>, Option<LoadsId>);

/// No class, or none that is taken over.
pub(super) const NONE: u32 = u32::MAX;

/// Which classes a case takes over, each first in the order in which it stood.
pub struct ReusedClasses {
    /// By class without events, its position here.
    pub(super) positions: Vec<u32>,
    /// By kind, the position of its class without events.
    pub(super) class_of: Arc<Vec<u32>>,
    /// Classes without events, ascending.
    pub(super) kept: Arc<[u32]>,
    pub(super) users: Arc<Vec<f64>>,
    pub(super) stays: Arc<ChangedStays>,
}

impl ReusedClasses {
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
                    all.levels[Level::Latency] += users * default.latency;
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
    for (sum, users) in all.levels.unserved.iter_mut().zip(&class.users_of_rank) {
        *sum += users;
    }
}
