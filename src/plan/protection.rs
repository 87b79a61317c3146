//! Protection: what a plan survives besides what its scenario says (`docs/model.md` §10).

use super::sweep::Repair;
use crate::model::{Failing, Protect};
use crate::units::NOBODY;

/// What a plan survives of what it was asked to.
#[derive(Debug, Clone, PartialEq)]
pub struct Protection {
    /// What it was asked to survive.
    pub protect: Protect,
    /// How many cases there are.
    pub cases: usize,
    /// Those that it does not survive, in the order of the cases.
    pub unprotected: Vec<Unprotected>,
    /// Users whom any plan leaves unserved in all cases together, those besides who are unserved without them: a proven
    /// bound.
    pub least_lost: f64,
}

impl Protection {
    /// Users who are unserved in the cases that are not survived, all of them together.
    pub fn unserved_users(&self) -> f64 {
        self.unprotected.iter().map(|own| own.users).sum()
    }

    /// Cases that are not survived, and that would not be if those were left out whom the rules leave no open site.
    pub fn short_cases(&self) -> usize {
        let unprotected = self.unprotected.iter();
        unprotected
            .filter(|own| own.users - own.stuck > NOBODY)
            .count()
    }
}

/// A case that a plan does not survive.
#[derive(Debug, Clone, PartialEq)]
pub struct Unprotected {
    /// What fails.
    pub failing: Vec<Failing>,
    /// Users who are unserved then and would not be without the failures.
    pub users: f64,
    /// Those among them whom the rules leave no open site then, however much capacity there is.
    pub stuck: f64,
    /// The least capacity that would serve more of them, as planning again found it; told of the worst cases only.
    pub repair: Option<Repair>,
}
