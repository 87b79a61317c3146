//! Protection: what a plan survives beyond what its scenario says (`docs/model.md` §10).

use super::sweep::{GrayLoss, GraySweep, Repair};
use crate::model::{Failing, Protect};
use crate::units::NOBODY;

/// Tenants and tiers at most whose losses to silent faults are looked at while homes are sought, those with most users:
/// the shards of each are classes of their own. Of all others the plan says what they come to.
pub const MOST_WATCHED: usize = 4_000;

/// What a plan survives of what it was asked to.
#[derive(Debug, Clone, PartialEq)]
pub struct Protection {
    /// What it was asked to survive.
    pub protect: Protect,
    /// How many cases there are.
    pub cases: usize,
    /// Cases answered by planning again with shards that may be split, for which no placement of whole shards is known that does as
    /// well.
    pub whole_not_checked: usize,
    /// Those that it does not survive, in the order of the cases.
    pub unprotected: Vec<Unprotected>,
    /// Users that any plan that serves as many loses together, unserved in the cases and beyond what silent faults may
    /// cost: a proven bound, 0 where nothing is proven.
    pub least_lost: f64,
    /// Those that any such plan leaves unserved in all cases together, apart from users who are unserved without them: the same.
    pub least_unserved: f64,
    /// What silent faults cost, where it was asked.
    pub gray: Option<GraySweep>,
}

impl Protection {
    /// Users who are unserved in the cases that are not survived, all of them together.
    pub fn unserved_users(&self) -> f64 {
        self.unprotected
            .iter()
            .map(|unprotected| unprotected.users)
            .sum()
    }

    /// `true` if every case is survived, and nobody loses more to silent faults than they may.
    pub fn is_whole(&self) -> bool {
        self.unprotected.is_empty() && self.beyond().next().is_none()
    }

    /// Tenants who may lose more of their work to silent faults than they should, with the users of them beyond that:
    /// those who lose most first.
    pub fn beyond(&self) -> impl Iterator<Item = (&GrayLoss, f64)> {
        let max_loss = self.protect.gray.as_ref().map(|gray| &gray.max_loss);
        let losses = self.gray.iter().flat_map(|gray| &gray.losses);
        losses.filter_map(move |loss| {
            let beyond = loss.beyond(max_loss?);
            (beyond > NOBODY).then_some((loss, beyond))
        })
    }

    /// Users of them who lose their work beyond what they may, all together.
    pub fn users_beyond(&self) -> f64 {
        self.beyond().map(|(_, users)| users).sum()
    }

    /// Cases that are not survived, and that would not be even without those that the rules leave no open site.
    pub fn short_cases(&self) -> usize {
        let unprotected = self.unprotected.iter();
        unprotected
            .filter(|unprotected| unprotected.users - unprotected.stuck > NOBODY)
            .count()
    }
}

/// A case that a plan does not survive.
#[derive(Debug, Clone, PartialEq)]
pub struct Unprotected {
    /// What fails.
    pub failing: Vec<Failing>,
    /// What is gray, and known to be.
    pub gray: Vec<Failing>,
    /// Users who are unserved then and would not be without the failures.
    pub users: f64,
    /// Those among them that the rules leave no open site then, however much capacity there is.
    pub stuck: f64,
    /// The least capacity that would serve more of them, as planning again found it; given for the worst cases only.
    pub repair: Option<Repair>,
}
