//! Site: a datacenter, where shards are homed.

use crate::ids::JurisdictionId;

/// A point on the globe, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coordinates {
    /// −90 to 90, north positive.
    pub latitude: f64,
    /// −180 to 180, east positive.
    pub longitude: f64,
}

/// A datacenter. Its capacities stand in `Inventory::capacity`.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Unique among all components and client regions.
    pub id: String,
    /// What reports call it.
    pub name: String,
    /// Free text; empty if not given.
    pub region: String,
    /// Jurisdictions that it offers, ascending.
    pub jurisdictions: Vec<JurisdictionId>,
    /// Where it is.
    pub coordinates: Option<Coordinates>,
    /// Own headroom target of every resource, a share; `None` inherits.
    pub headroom: Option<f64>,
    /// Users that may move in per hour; `None` is unlimited.
    pub move_in_per_hour: Option<f64>,
    /// Users that may move out per hour; `None` is unlimited.
    pub move_out_per_hour: Option<f64>,
    /// New user sessions per second; `None` is unlimited.
    pub accepts_per_second: Option<f64>,
}
