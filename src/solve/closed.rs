//! What columns may not be used any more, and what stays unserved without one.

use crate::formulation::goals::{Level, per_user};
use crate::formulation::{Class, ClassId, Problem, Stay, Tie};
use crate::ids::SiteId;
use crate::model::ByLevel;
use std::collections::BTreeSet;

/// What is closed for columns: settled levels whose optimum is 0, and access points.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Closed {
    pub(super) levels: ByLevel<bool>,
    /// By access point.
    pub(super) access_points: Vec<bool>,
}

impl Closed {
    /// Nothing yet.
    pub(super) fn nothing(problem: &Problem<'_>) -> Self {
        Self {
            levels: ByLevel::new(problem.classes.ranks.len()),
            access_points: vec![false; problem.setting.inventory.access_points.len()],
        }
    }

    /// `true` if a user may be nowhere but where they are.
    pub(super) fn binds(&self, stay: &Stay) -> bool {
        match stay.tie {
            Tie::Only => true,
            Tie::Home => self.levels[Level::Moved] || self.levels[Level::Relief],
            Tie::Touched => self.levels[Level::Moved],
            Tie::New | Tie::Away => false,
        }
    }

    /// `true` if users of a class may not be served at a site.
    pub(super) fn forbids(&self, class: &Class, site: SiteId) -> bool {
        let mut counted = Level::OF_MOVERS.into_iter();
        counted.any(|level| self.levels[level] && per_user(level, class, site) > 0.0)
    }
}

/// Which tiers of which classes are parked.
///
/// Invariant: `classes` are those that have something in `of_class`.
#[derive(Debug)]
pub(super) struct Parked {
    /// By class, ranks in ascending order.
    pub(super) of_class: Vec<Vec<usize>>,
    /// Classes of which there are any.
    classes: BTreeSet<ClassId>,
}

impl Parked {
    /// None of this number of classes.
    pub(super) fn none(class_count: usize) -> Self {
        Self {
            of_class: vec![Vec::new(); class_count],
            classes: BTreeSet::new(),
        }
    }

    /// `true` if a tier of a class is parked.
    pub(super) fn has(&self, class: ClassId) -> bool {
        !self.of_class[class].is_empty()
    }

    /// `true` if the tier of a rank is.
    pub(super) fn has_rank(&self, class: ClassId, rank: usize) -> bool {
        self.of_class[class].contains(&rank)
    }

    /// Ranks by class.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ClassId, usize)> + '_ {
        let of_class = |&class: &ClassId| {
            let ranks = self.of_class[class].iter();
            ranks.map(move |&rank| (class, rank))
        };
        self.classes.iter().flat_map(of_class)
    }

    /// Parks tiers of a class.
    pub(super) fn park(&mut self, class: ClassId, ranks: Vec<usize>) {
        self.take(class);
        if !ranks.is_empty() {
            self.classes.insert(class);
            self.of_class[class] = ranks;
        }
    }

    /// Those of a class, which are parked no more.
    pub(super) fn take(&mut self, class: ClassId) -> Vec<usize> {
        self.classes.remove(&class);
        std::mem::take(&mut self.of_class[class])
    }

    /// None is parked any more.
    pub(super) fn clear(&mut self) {
        for class in std::mem::take(&mut self.classes) {
            self.of_class[class].clear();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }
}
