//! CaseResult: what one case comes to under one recovery.

use crate::ids::{AccessPointId, ComponentId, ResourceId};
use crate::model::Recovery;
use crate::plan_files::SettledBy;
use crate::units::NOBODY;

/// What one case comes to under one recovery.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseResult {
    /// Its position among the [`Contingencies`](crate::model::Contingencies).
    pub case: usize,
    /// How the failures are answered.
    pub recovery: Recovery,
    /// Unserved users by rank of tiers that have users, first rank first.
    pub unserved: Vec<f64>,
    /// Of these, whom no site can serve where they may be: none is open and reached by a path. `None` where a rule answers, which
    /// looks for no other sites.
    pub no_site: Option<Vec<f64>>,
    /// What headroom is missing at worst; `None` if no target is missed.
    pub missing: Option<Missing>,
    /// What binds: more of it would help first. Ascending.
    pub binding: Vec<(ComponentId, ResourceId)>,
    /// Users served at another site than their current one, in the plan that shows the rest; all users who move to a
    /// site where they are not now.
    pub moved: f64,
    /// Standby access points that carry users in that plan, ascending.
    pub opened: Vec<AccessPointId>,
    /// What settled it.
    pub settled: SettledBy,
    /// Value and bound of every level agree.
    pub is_proven: bool,
}

impl CaseResult {
    /// Unserved users of all ranks.
    pub fn unserved_users(&self) -> f64 {
        self.unserved.iter().sum()
    }

    /// Of these, whom no site can serve where they may be; `None` where a rule answers.
    pub fn no_site_users(&self) -> Option<f64> {
        self.no_site.as_ref().map(|own| own.iter().sum())
    }

    /// `true` if everybody is served and no headroom target is missed.
    pub fn holds(&self) -> bool {
        self.missing.is_none() && self.unserved_users() <= NOBODY
    }

    /// The worst missing share of a headroom target; 0 if none is missed.
    pub fn worst_shortfall(&self) -> f64 {
        self.missing.map_or(0.0, |missing| missing.share)
    }
}

/// The worst missing share of a headroom target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Missing {
    /// The share of the target that is missing beyond what was missing before, `s⁰`, above 0; above `1 − s⁰` where more
    /// than the capacity is asked for, which only happens without a controller.
    pub share: f64,
    /// A component that misses so much; where several do, the one where more capacity would help most.
    pub component: ComponentId,
    /// Of which resource.
    pub resource: ResourceId,
}
