//! What the waves of a transition are made from, apart from the users who move.
//!
//! One thing that may be asked for is steering with one more access point open, through which half of those come who
//! would pass something that is too slow.

use crate::graph::{Network, PricedPaths, Prices, Usable};
use crate::ids::{AccessPointId, ComponentId, PoolId, ProfileId, ResourceId, SiteId};
use crate::model::{Inventory, LinkEnd, Scenario};
use crate::plan::{Before, Flow, SteeringGroups, spare_sessions};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What transitions are made from, apart from the plan.
#[derive(Clone, Copy)]
pub(in crate::engine) struct TransitionInputs<'a> {
    pub(in crate::engine) inventory: &'a Inventory,
    pub(in crate::engine) network: &'a Network,
    pub(in crate::engine) groups: &'a SteeringGroups,
    pub(in crate::engine) scenario: &'a Scenario,
    /// Refused transitions and turns get the remedies that were found.
    pub(in crate::engine) seeks_remedies: bool,
}

/// What limits and paths follow from, apart from cases.
#[derive(Clone, Copy)]
pub(super) struct WaveContext<'a> {
    pub(super) inputs: &'a TransitionInputs<'a>,
    pub(super) before: &'a Before,
    /// By pool: the members that carry its load before, and in the period.
    pub(super) members: [&'a [Vec<ComponentId>]; 2],
    /// What waves of other periods bring meanwhile.
    pub(super) beside: &'a [Beside],
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct WaveChange {
    /// New sessions per second that components accept.
    pub(super) accepts: Vec<(ComponentId, f64)>,
    /// A pool that has one more member.
    pub(super) pool: Option<PoolId>,
    /// The longest wave, in minutes.
    pub(super) minutes: Option<f64>,
    /// How much more components hold.
    pub(super) capacity: Vec<(ComponentId, ResourceId, f64)>,
    /// Which users are tried first in a wave.
    pub(super) order: Order,
    /// An access point or an element that stands alone and has another like it beside it.
    pub(super) twin: Option<ComponentId>,
    /// An access point on standby that is opened.
    pub(super) opened: Option<Opened>,
}

/// From where to where.
pub(super) type FromTo = (Option<SiteId>, SiteId);

/// Who is asked first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// The most users.
    #[default]
    Largest,
    /// The fewest users.
    Smallest,
    /// All pairs of sites in proportion.
    InProportion,
    /// Those who go where most is free.
    Roomiest,
    /// Those who go where least is free.
    Tightest,
    /// Those from one site to another, then all others as the largest come.
    First(FromTo),
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
    /// Users who reconnect in them, per second.
    pub(super) per_second: f64,
    /// New sessions per second of normal operation, of all users.
    pub(super) background: f64,
    /// Users who are where the other waves bring them, or still where they leave, and who the transition steers too.
    pub(super) arrivals: f64,
}

impl Beside {
    pub(super) fn nothing(component: ComponentId) -> Self {
        Self {
            component,
            per_second: 0.0,
            background: 0.0,
            arrivals: 0.0,
        }
    }

    pub(super) fn spare(&self, accepts: f64, background: f64) -> f64 {
        spare_sessions(accepts, background.max(self.background) + self.per_second)
    }
}

/// An access point that is opened, and what it relieves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Opened {
    pub(super) access_point: AccessPointId,
    pub(super) relieved: ComponentId,
}

impl Opened {
    /// The steering with it; `None` if no path of anybody who passes what is too slow leads over it.
    pub(super) fn steering(
        self,
        transitions: &TransitionInputs<'_>,
        flows: &[Flow],
    ) -> Option<Vec<Flow>> {
        let network = transitions.network;
        let limits = flows.iter().filter_map(|flow| flow.group.max_latency);
        let longest = limits.fold(0.0, f64::max);
        let mut paths: BTreeMap<ProfileId, PricedPaths<'_>> = BTreeMap::new();
        let mut all = Vec::with_capacity(flows.len());
        let mut is_of_use = false;
        for flow in flows {
            let group = flow.group;
            let through = self.passes(transitions, flow).then(|| {
                let priced_paths = paths.entry(group.profile).or_insert_with(|| {
                    let usable = Arc::new(self.usable(network, group.profile));
                    PricedPaths::new(network, usable, Prices::zero(network), longest)
                });
                priced_paths.path(group.client_region, flow.path.site, group.max_latency)
            });
            let other = through.flatten().map(|path| Flow {
                path,
                users: flow.users / 2.0,
                ..flow.clone()
            });
            let other = other.filter(|flow| !self.passes(transitions, flow));
            is_of_use |= other.is_some();
            let stays = if other.is_some() { 0.5 } else { 1.0 };
            all.push(Flow {
                users: flow.users * stays,
                ..flow.clone()
            });
            all.extend(other);
        }
        is_of_use.then_some(all)
    }

    fn usable(self, network: &Network, profile: ProfileId) -> Usable {
        let mut usable = Usable::of_profile(network, profile);
        for index in 0..network.access_point_count() {
            let access_point = AccessPointId::new(index);
            let place = network.place(LinkEnd::AccessPoint(access_point));
            usable.places[place.index()] = access_point == self.access_point;
        }
        usable
    }

    fn passes(self, transitions: &TransitionInputs<'_>, flow: &Flow) -> bool {
        let mut places = flow.path.places(transitions.network).into_iter();
        places.any(|place| {
            let components = transitions
                .network
                .components_of(transitions.inventory, place);
            components.contains(&self.relieved)
        })
    }
}
