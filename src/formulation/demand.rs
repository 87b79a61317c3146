//! Demand and groups: what steering can tell apart.

use super::kinds::Crowd;
use super::rows::RowId;
use crate::ids::{ClientRegionId, ProfileId};
use crate::model::Inventory;

/// Position of a [`Demand`].
pub type DemandId = usize;

/// Position of a [`Group`].
pub type GroupId = usize;

/// What one user demands in the case at hand: a profile under a surge.
///
/// Users are counted with the surge in them, so a resource that does not vary is demanded by each of them
/// `1/factor` times.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Whose demand.
    pub profile: ProfileId,
    /// Product of the surges in force.
    pub factor: f64,
    /// By resource, of one counted user, in the resource's unit.
    pub of_user: Vec<f64>,
    /// What he counts in exposure rows for each of their members that he crosses.
    pub exposed: Vec<(RowId, f64)>,
}

impl Demand {
    /// What one user of a crowd demands.
    pub fn of(inventory: &Inventory, crowd: &Crowd) -> Self {
        let factor = crowd.factor();
        let profile = &inventory.profiles[crowd.profile.index()];
        let of_user = inventory.resources.iter().zip(&profile.demand);
        Self {
            profile: crowd.profile,
            factor,
            of_user: of_user
                .map(|(resource, demand)| {
                    if resource.varies {
                        *demand
                    } else {
                        demand / factor
                    }
                })
                .collect(),
            exposed: Vec::new(),
        }
    }
}

/// Users whom steering cannot tell apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Where they are.
    pub client_region: ClientRegionId,
    /// What one of them demands.
    pub demand: DemandId,
    /// Limit of their paths in milliseconds.
    pub max_latency: Option<f64>,
}
