//! Placement: where the users of classes are in a plan at which a search begins, so that few columns are left to be
//! found.

use super::outcome::Outcome;
use crate::formulation::goals::Level;
use crate::formulation::{ClassId, DefaultPath, Problem, Route};
use crate::units::{NUMERICAL_NOISE, SOLVER_NOISE};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where users of a class are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PlacedUsers {
    /// Served on the default path of their class.
    Default,
    /// Served on another route.
    On(Arc<Route>),
    /// Unserved, of a rank.
    Unserved(usize),
}

/// Where the users of classes are, of those that are not on their default paths alone.
#[derive(Debug, Clone, Default)]
pub struct Placement {
    of_classes: BTreeMap<ClassId, Vec<(PlacedUsers, f64)>>,
    /// Somebody is unserved there who is not trapped, and probably is again.
    pub(super) leaves_unserved: bool,
    /// Unaffected users move there, and probably do again.
    pub(super) moves_unaffected: bool,
}

impl Placement {
    /// Adds users who are served on a route; `false`, and nobody is added, if that is the default path of their class.
    /// A route that their class may not use is left out.
    pub fn add_served(
        &mut self,
        problem: &Problem<'_>,
        class: ClassId,
        route: &Arc<Route>,
        users: f64,
    ) -> bool {
        if problem.defaults[class].is_some_and(|default| is_default(problem, default, route)) {
            return false;
        }
        if may_use(problem, class, route) {
            self.add(class, PlacedUsers::On(Arc::clone(route)), users);
        }
        true
    }

    /// Adds users who are on the default path of their class, if others of it are elsewhere already.
    pub fn add_default(&mut self, class: ClassId, users: f64) {
        if users > 0.0 && self.of_classes.contains_key(&class) {
            self.add(class, PlacedUsers::Default, users);
        }
    }

    /// Adds unserved users of a rank, unless nobody of their class could be served.
    pub fn add_unserved(&mut self, problem: &Problem<'_>, class: ClassId, rank: usize, users: f64) {
        let has_them = problem.class(class).users_of_rank[rank] > 0.0;
        if users > 0.0 && has_them && problem.defaults[class].is_some() {
            self.add(class, PlacedUsers::Unserved(rank), users);
        }
    }

    /// Says that users of a class are unserved, without saying of which rank: it makes no difference if nobody of the
    /// class could be served.
    pub fn leave_unserved(&mut self, problem: &Problem<'_>, class: ClassId) {
        self.leaves_unserved |= problem.defaults[class].is_some();
    }

    fn add(&mut self, class: ClassId, placed: PlacedUsers, users: f64) {
        let all = self.of_classes.entry(class).or_default();
        match all
            .iter_mut()
            .find(|(placed_users, _)| *placed_users == placed)
        {
            Some((_, sum)) => *sum += users,
            None => all.push((placed, users)),
        }
    }

    /// Class by class, where how many of its users are.
    pub(super) fn by_class(self) -> impl Iterator<Item = (ClassId, Vec<(PlacedUsers, f64)>)> {
        self.of_classes.into_iter()
    }
}

/// `true` if a class may use a route.
fn may_use(problem: &Problem<'_>, class: ClassId, route: &Route) -> bool {
    problem.defaults[class].is_some()
        && (problem.class(class).sites.binary_search(&route.site)).is_ok()
}

fn is_default(problem: &Problem<'_>, default: DefaultPath, route: &Route) -> bool {
    default.site == route.site && problem.paths.get(default.path).is_same(route)
}

/// Where a search begins: an outcome of the same setting, with other homes or the same.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    /// Whose outcome.
    pub problem: &'a Problem<'a>,
    /// Who is served on which paths.
    pub outcome: &'a Outcome,
}

impl Start<'_> {
    /// `true` if somebody is unserved there who is not trapped.
    fn leaves_unserved(&self) -> bool {
        self.outcome.unserved.iter().any(|(&class, unserved)| {
            let users: f64 = unserved.iter().sum();
            self.problem.defaults[class].is_some()
                && users > SOLVER_NOISE * self.problem.class(class).users
        })
    }

    /// `true` if unaffected users move there.
    fn moves_unaffected(&self) -> bool {
        let mut levels = self.outcome.levels.iter();
        levels.any(|level| {
            level.level == Level::Relief && level.value > NUMERICAL_NOISE * self.problem.users
        })
    }

    /// Where the outcome has the users of every class of a problem, unless that is their default path alone.
    pub(super) fn placement(&self, problem: &Problem<'_>) -> Placement {
        let pairs = self.classes_in(problem);
        let mut placement = Placement {
            leaves_unserved: self.leaves_unserved(),
            moves_unaffected: self.moves_unaffected(),
            ..Placement::default()
        };
        for (class, unserved) in &self.outcome.unserved {
            for id in pairs.of(*class) {
                for (rank, &users) in unserved.iter().enumerate() {
                    placement.add_unserved(problem, id, rank, users);
                }
            }
        }
        let mut by_default = Vec::new();
        for served in &self.outcome.served {
            let path = self.outcome.paths.get(served.path);
            for id in pairs.of(served.class) {
                if !placement.add_served(problem, id, path, served.users) {
                    by_default.push((id, served.users));
                }
            }
        }
        for (id, users) in by_default {
            placement.add_default(id, users);
        }
        placement
    }

    /// What the outcome's classes are in a problem.
    fn classes_in(&self, problem: &Problem<'_>) -> Pairs {
        let class_of = &self.problem.classes.class_of;
        Pairs(
            class_of
                .beside(&problem.classes.class_of)
                .unwrap_or_default(),
        )
    }
}

/// Classes and what they are elsewhere, ascending.
struct Pairs(Vec<(ClassId, ClassId)>);

impl Pairs {
    fn of(&self, class: ClassId) -> impl Iterator<Item = ClassId> + '_ {
        let first = self.0.partition_point(|(index, _)| *index < class);
        let same = self.0[first..].iter();
        same.take_while(move |(index, _)| *index == class)
            .map(|(_, other)| *other)
    }
}
