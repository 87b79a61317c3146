//! Setting: everything that one plan of one period is made from.

use super::affected::Affected;
use super::folded::Folded;
use crate::graph::Network;
use crate::model::{AccessPointState, Case, Home, Homes, Inventory, Policy};
use ndarray::Array2;

/// What may be done with standby access points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandbyUse {
    /// They stay closed.
    Closed,
    /// Any of them may be opened.
    Openable,
    /// Those are open that an earlier plan has opened, the others stay closed: the state before.
    AsBefore,
}

impl StandbyUse {
    /// `true` if an access point in this state may be entered, whatever is decided of openings.
    pub fn is_open(self, state: AccessPointState) -> bool {
        match self {
            Self::Closed | Self::Openable => state == AccessPointState::Active,
            Self::AsBefore => state.is_open_at_start(),
        }
    }

    /// What a policy says of them.
    pub fn of(policy: &Policy) -> Self {
        if policy.open_standby {
            Self::Openable
        } else {
            Self::Closed
        }
    }
}

/// Which shards are narrowed down to which sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrowing {
    /// None: all is left to the rules.
    Rules,
    /// Every shard to its current site; one that is to be placed to none.
    Home,
}

/// Everything that one plan of one period is made from.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// What there is.
    pub inventory: &'a Inventory,
    /// Its graph.
    pub network: &'a Network,
    /// What is available and demanded.
    pub case: &'a Case,
    /// What is permitted and preferred.
    pub policy: &'a Policy,
    /// Current sites (`model.md` §4).
    pub current: &'a Homes,
    /// What is demanded in the case, folded for these homes.
    pub folded: &'a Folded,
    /// By current home, whether an event or growth touches it (`model.md` §1).
    pub is_affected: &'a Affected,
    /// Components × resources: share of the headroom target that was missing before, `s⁰`.
    pub kept_shortfall: &'a Array2<f64>,
    /// Whether standby access points may be opened.
    pub standby: StandbyUse,
    /// Which shards are narrowed down to which sites.
    pub narrowed: Narrowing,
    /// Whether classes tell apart who would be treated differently once something else fails.
    pub is_distinguished: bool,
}

impl Setting<'_> {
    /// Users who are at a current home: all of a shard, or its share there if it is split.
    pub fn users(&self, home: Home) -> f64 {
        self.case.users(home.shard.index()) * self.current.share(home)
    }
}
