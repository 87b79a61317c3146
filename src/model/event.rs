//! Event: what happens to components or demand, and when.

use crate::ids::{ClientRegionId, ComponentId, ProfileId, ResourceId, TenantId};
use jiff::Timestamp;

/// What takes capacity away.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduction {
    /// The components named, a pool's members or a risk group's components; ascending.
    pub components: Vec<ComponentId>,
    /// Only these resources, ascending; `None` is the component itself: at share 0 nothing passes it.
    pub resources: Option<Vec<ResourceId>>,
    /// Share of capacity left, 0 to 1.
    pub capacity: f64,
    /// Gray only: share of the work through it that fails without slowing it down; 0 if not given.
    pub loss: f64,
}

impl Reduction {
    /// Nothing is left of one component: nobody passes it, nobody is homed there.
    pub fn all_of(component: ComponentId) -> Self {
        Self {
            components: vec![component],
            resources: None,
            capacity: 0.0,
            loss: 0.0,
        }
    }
}

/// What multiplies demand.
#[derive(Debug, Clone, PartialEq)]
pub struct Surge {
    /// Only users of this client region.
    pub client_region: Option<ClientRegionId>,
    /// Only users of this profile.
    pub profile: Option<ProfileId>,
    /// Only users of this tenant.
    pub tenant: Option<TenantId>,
    /// Above 0.
    pub factor: f64,
}

/// What an event is.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// Planned, known from its start.
    Maintenance(Reduction),
    /// A fault, known from `detected`.
    Failure(Reduction),
    /// A fault that nobody notices before `detected`.
    Gray(Reduction),
    /// More demand, known from its start.
    Surge(Surge),
}

/// What happens, from `start` up to, not including, `end`.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What happens.
    pub kind: EventKind,
    /// First instant in force.
    pub start: Timestamp,
    /// First instant no longer in force.
    pub end: Timestamp,
    /// When it is known: `start` unless a failure or gray event says later.
    pub detected: Timestamp,
    /// Maintenance only: minutes before its start in which users are moved away; `None` is as long as that takes.
    pub drain_minutes: Option<f64>,
}

impl Event {
    /// The capacity that it takes away, if it does.
    pub fn reduction(&self) -> Option<&Reduction> {
        match &self.kind {
            EventKind::Maintenance(reduction)
            | EventKind::Failure(reduction)
            | EventKind::Gray(reduction) => Some(reduction),
            EventKind::Surge(_) => None,
        }
    }

    /// `true` for failure and gray events: the plan reacts to them `reaction_minutes` after detection.
    pub fn is_reacted_to(&self) -> bool {
        matches!(self.kind, EventKind::Failure(_) | EventKind::Gray(_))
    }
}
