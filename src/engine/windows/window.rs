//! Window: one time at which a maintenance might begin, and what it costs then.

use crate::plan::sweep::Missing;
use crate::units::{AGREEMENT, NOBODY};
use jiff::Timestamp;

/// What a maintenance costs that begins at one time: the values of the levels up to moves over fractional homes, at the
/// worst hour of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Unserved users by rank of tiers that have users, first rank first.
    pub unserved: Vec<f64>,
    /// What headroom is missing at worst; `None` if no target is missed.
    pub missing: Option<Missing>,
    /// The same in all, in users.
    pub missing_users: f64,
    /// Users who move to another site.
    pub moved: f64,
    /// Users at its busiest instant: those of every client region times its factor of the peak.
    pub busiest_users: f64,
    /// What one more failure would do; `None` where it was not asked.
    pub failures: Option<OneMore>,
    /// `true` if value and bound of every level agree.
    pub is_proven: bool,
}

/// What one more failure would do at some hour of a maintenance, each at the hour at which it leaves most unserved, where
/// users may be moved anew for it.
#[derive(Debug, Clone, PartialEq)]
pub struct OneMore {
    /// How many failures were looked at; 0 where nothing is left that could fail.
    pub cases: usize,
    /// How many of them leave users unserved whom the maintenance does not.
    pub broken: usize,
    /// What fails in the one that leaves most unserved, by its id, and how many users those are; `None` if none leaves
    /// any.
    pub worst: Option<(String, f64)>,
}

impl Window {
    /// Unserved users of all ranks.
    pub fn unserved_users(&self) -> f64 {
        self.unserved.iter().sum()
    }

    /// The worst missing share of a headroom target; 0 if none is missed.
    pub fn worst_shortfall(&self) -> f64 {
        self.missing.map_or(0.0, |missing| missing.share)
    }

    /// Users whom one more failure would leave unserved at worst; 0 if that was not asked.
    pub fn at_risk(&self) -> f64 {
        let worst = self.failures.as_ref().and_then(|own| own.worst.as_ref());
        worst.map_or(0.0, |(_, users)| *users)
    }

    /// The same where there is something that could fail: no fewer than the maintenance alone leaves unserved.
    pub fn unserved_after_one_more(&self) -> Option<f64> {
        let asked = self.failures.as_ref().filter(|own| own.cases > 0);
        asked.map(|_| self.at_risk().max(self.unserved_users()))
    }

    /// `true` if everybody is served and no headroom target is missed.
    pub fn holds(&self) -> bool {
        self.unserved_users() <= NOBODY && self.worst_shortfall() <= AGREEMENT
    }
}
