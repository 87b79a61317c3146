//! A written period, as far as questions about it look at it.

use crate::formulation::Problem;
use crate::plan::access_points::AccessPointChange;
use crate::plan::moves::Origin;
use crate::plan::stability::Loaded;
use crate::plan::state::{Flow, Part};
use crate::plan::steering_groups::SteeringGroups;

/// A written period, as far as reasons look at it.
#[derive(Clone, Copy)]
pub struct Written<'a> {
    /// What it was planned with; nothing narrowed down.
    pub problem: &'a Problem<'a>,
    /// The steering groups of its shards.
    pub groups: &'a SteeringGroups,
    /// Where the shards come from.
    pub origin: Origin<'a>,
    /// Assignment.
    pub parts: &'a [Part],
    /// Steering.
    pub flows: &'a [Flow],
    /// What every row carries.
    pub load: Loaded<'a>,
    /// What every access point is.
    pub access_points: &'a [AccessPointChange],
    /// Whether homes were settled for all periods together.
    pub is_joint: bool,
}
