//! Full back: a place that cannot carry all users that the state before serves there, once a scenario has ended.

use crate::ids::{ComponentId, ResourceId};

/// What a component would carry with everybody where they were before, when a scenario ends, and what it can.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FullBack {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// At the demand of the scenario's end, in the hour that has most of it.
    pub load: f64,
    /// Without the scenario's events.
    pub capacity: f64,
    /// The state before had as much there, and could carry no more: users of a group at a site are served alike, and some
    /// load the site with their copies anyway.
    pub is_as_before: bool,
}
