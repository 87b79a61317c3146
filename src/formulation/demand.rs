//! Demand and groups: what steering can tell apart.

use super::ids::{DemandId, RowId};
use super::kinds::Crowd;
use crate::ids::{ClientRegionId, ProfileId};
use crate::model::{Hours, Inventory, Retries};
use ndarray::Array2;

/// What one user demands in the case at hand: a profile under a surge, in the hours of a rhythm.
///
/// Users are counted with the surge in them, so a resource that does not vary is demanded by each of them
/// `1/factor` times; and they are counted as at the peak, so one that does varies with the hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Whose demand.
    pub profile: ProfileId,
    /// Product of the surges in force.
    pub factor: f64,
    /// Which of the hours' rhythms it follows.
    pub rhythm: usize,
    /// How they try again.
    pub retries: Retries,
    /// Slices × resources, of one counted user, in the resource's unit.
    pub of_user: Array2<f64>,
    /// What a user counts in exposure rows for each of their members that the user crosses.
    pub exposed: Vec<(RowId, f64)>,
}

impl Demand {
    /// What one user of a crowd demands.
    pub fn of(inventory: &Inventory, hours: &Hours, crowd: &Crowd) -> Self {
        let factor = crowd.factor();
        let demand = &inventory.profiles[crowd.profile.index()].demand;
        let rhythm = hours.rhythm(crowd.client_region);
        let shape = (hours.slice_count(), demand.len());
        Self {
            profile: crowd.profile,
            factor,
            rhythm,
            retries: Retries::of(&inventory.profiles[crowd.profile.index()]),
            of_user: Array2::from_shape_fn(shape, |(slice, resource)| {
                if inventory.resources[resource].varies {
                    demand[resource] * hours.factors()[[slice, rhythm]]
                } else {
                    demand[resource] / factor
                }
            }),
            exposed: Vec::new(),
        }
    }
}

/// Users that steering cannot distinguish.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Where they are.
    pub client_region: ClientRegionId,
    /// What one of them demands.
    pub demand: DemandId,
    /// Limit of their paths in milliseconds.
    pub max_latency: Option<f64>,
}
