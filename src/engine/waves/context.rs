//! What the waves of a transition are made from besides who moves.

use super::opened::Opened;
use crate::graph::Network;
use crate::ids::{ComponentId, PoolId, ResourceId, SiteId};
use crate::model::{Inventory, Scenario};
use crate::plan::{Before, SteeringGroups, spare_sessions};
use jiff::Timestamp;

/// What transitions are made from besides the plan.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Ways<'a> {
    pub(in crate::engine) inventory: &'a Inventory,
    pub(in crate::engine) network: &'a Network,
    pub(in crate::engine) groups: &'a SteeringGroups,
    pub(in crate::engine) scenario: &'a Scenario,
    /// What would help where a way is refused is sought for periods that begin then or later.
    pub(in crate::engine) helped_from: Timestamp,
}

impl<'a> Ways<'a> {
    /// What limits follow from besides cases.
    pub(super) fn footing(&self, before: &'a Before) -> Footing<'a> {
        Footing {
            inventory: self.inventory,
            scenario: self.scenario,
            groups: self.groups,
            before,
            beside: &[],
        }
    }
}

/// What limits follow from besides cases.
#[derive(Clone, Copy)]
pub(super) struct Footing<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) scenario: &'a Scenario,
    pub(super) groups: &'a SteeringGroups,
    pub(super) before: &'a Before,
    /// What waves of other periods bring meanwhile.
    pub(super) beside: &'a [Beside],
}

/// What is asked instead of what the inventory says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Change {
    /// New sessions per second that components accept.
    pub(super) accepts: Vec<(ComponentId, f64)>,
    /// A pool that has one more member.
    pub(super) pool: Option<PoolId>,
    /// The longest wave, in minutes.
    pub(super) minutes: Option<f64>,
    /// How much more components hold.
    pub(super) capacity: Vec<(ComponentId, ResourceId, f64)>,
    /// Who is asked first whether he fits in a wave.
    pub(super) order: Order,
    /// An access point or an element that stands alone and has another like it beside it.
    pub(super) twin: Option<ComponentId>,
    /// An access point on standby that is opened.
    pub(super) opened: Option<Opened>,
}

/// From where to where.
pub(super) type Way = (Option<SiteId>, SiteId);

/// Who is asked first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// The most users.
    #[default]
    Largest,
    /// The fewest users.
    Smallest,
    /// All ways in proportion.
    InProportion,
    /// Those who go where most is free.
    Roomiest,
    /// Those who go where least is free.
    Tightest,
    /// Those of one way, all others as the largest come.
    First(Way),
    /// The most users, then the fewest, then the most of the rest.
    Alternating,
    /// Whatever needs fewest waves, where few users move.
    Exact,
    /// Without any rule, the same every time by its number.
    Mixed(u32),
}

/// What waves of other periods bring to a component while a transition goes on, at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Beside {
    pub(super) component: ComponentId,
    /// Users who connect anew in them, per second.
    pub(super) per_second: f64,
    /// New sessions per second of normal operation, of all users.
    pub(super) background: f64,
    /// Users who are where the other waves bring them, or still where they leave, and whom the transition steers too.
    pub(super) arrivals: f64,
}

impl Beside {
    /// Nothing.
    pub(super) fn nothing(component: ComponentId) -> Self {
        Self {
            component,
            per_second: 0.0,
            background: 0.0,
            arrivals: 0.0,
        }
    }

    /// New sessions a second that are accepted beside those, and so many of normal operation.
    pub(super) fn spare(&self, accepts: f64, background: f64) -> f64 {
        spare_sessions(accepts, background.max(self.background) + self.per_second)
    }
}
