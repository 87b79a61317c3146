//! Trajectories: where users are homed in every period, and how they get there.

use crate::formulation::Route;
use crate::ids::SiteId;
use std::sync::Arc;

/// Where users are homed in every period, and how they get there.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// By period, where they are served; `None` where the class has no users, or the plan of before goes on.
    pub homes: Vec<Option<SiteId>>,
    /// By period, the way there; where there is a home there is one.
    pub routes: Vec<Option<Arc<Route>>>,
}

impl Trajectory {
    /// `true` if both take the same ways in every period.
    pub fn is_same(&self, other: &Self) -> bool {
        let mut pairs = self.routes.iter().zip(&other.routes);
        self.homes == other.homes
            && pairs.all(|(own, other)| match (own, other) {
                (Some(own), Some(other)) => own.is_same(other),
                (None, None) => true,
                _ => false,
            })
    }
}
