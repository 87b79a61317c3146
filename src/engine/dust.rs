//! Dust: what a solver's tolerances leave of nobody, and of everybody.

use super::settle::Displaced;
use crate::formulation::{ClassId, Problem};
use std::collections::BTreeMap;

/// Share of a class that tolerances leave.
const DUST_OF_CLASS: f64 = 2e-8;

/// Relative difference of a sum of users that tolerances leave.
const DUST_OF_SUM: f64 = 1e-8;

impl Displaced {
    /// Gives what is left of nobody to those from whom it was taken, so that classes that go somewhere as a whole are
    /// whole.
    pub(super) fn without_dust(mut self, problem: &Problem<'_>) -> Self {
        let dust = |class: ClassId| DUST_OF_CLASS * problem.class(class).users;
        self.served.retain(|own| own.users > dust(own.class));
        for (class, by_rank) in &mut self.unserved {
            let all = &problem.class(*class).users_of_rank;
            for (users, all) in by_rank.iter_mut().zip(all) {
                if *users <= dust(*class) {
                    *users = 0.0;
                } else if (*users - all).abs() <= dust(*class) {
                    *users = *all;
                }
            }
        }
        self.unserved
            .retain(|_, by_rank| by_rank.iter().any(|users| *users > 0.0));
        // By class: users on the default path, and the path that most of the others take.
        let mut by_class: BTreeMap<ClassId, (f64, usize)> = BTreeMap::new();
        for (position, own) in self.served.iter().enumerate() {
            let first = || (problem.class(own.class).users, position);
            let (left, most) = by_class.entry(own.class).or_insert_with(first);
            *left -= own.users;
            if own.users > self.served[*most].users {
                *most = position;
            }
        }
        for (class, (left, most)) in by_class {
            let unserved = self.unserved.get(&class);
            let left = left - unserved.map_or(0.0, |own| own.iter().sum());
            if left.abs() <= dust(class) {
                self.served[most].users += left;
            }
        }
        self
    }
}

/// A number of users as a plan has it, where that is the value of its level but for dust.
pub(super) fn counted(value: f64, of_plan: f64) -> f64 {
    if (value - of_plan).abs() <= DUST_OF_SUM * value {
        of_plan
    } else {
        value
    }
}
