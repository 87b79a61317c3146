//! Where a search begins: at another outcome, so that few columns are left to be found.

use super::outcome::Outcome;
use super::placement::Placement;
use crate::formulation::goals::Level;
use crate::formulation::{ClassId, Problem};
use crate::units::{NUMERICAL_NOISE, SOLVER_NOISE};

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

    /// `true` if somebody moves there whom nothing happened to.
    fn moves_unaffected(&self) -> bool {
        let mut levels = self.outcome.levels.iter();
        levels.any(|own| {
            own.level == Level::Relief && own.value > NUMERICAL_NOISE * self.problem.users
        })
    }

    /// Where the outcome has the users of every class of a problem, unless that is their default path alone.
    pub(super) fn placement(&self, problem: &Problem<'_>) -> Placement {
        let pairs = self.classes_in(problem);
        let mut placement = Placement::default();
        placement.leaves_unserved = self.leaves_unserved();
        placement.moves_unaffected = self.moves_unaffected();
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
        let own = &self.problem.classes.class_of;
        Pairs(own.beside(&problem.classes.class_of).unwrap_or_default())
    }
}

/// Classes and what they are elsewhere, ascending.
struct Pairs(Vec<(ClassId, ClassId)>);

impl Pairs {
    fn of(&self, class: ClassId) -> impl Iterator<Item = ClassId> + '_ {
        let first = self.0.partition_point(|(own, _)| *own < class);
        let same = self.0[first..].iter();
        same.take_while(move |(own, _)| *own == class)
            .map(|(_, other)| *other)
    }
}
