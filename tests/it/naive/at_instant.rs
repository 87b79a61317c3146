//! What is believed available and demanded at an instant.

use super::Band;
use super::hours::{Hours, hours, span};
use jiff::{SignedDuration, Timestamp};
use ndarray::Array2;
use plimsoll::ids::{ComponentId, ResourceId};
use plimsoll::model::{Event, EventKind, Inventory, Onboarding, Overload, Scenario, Slow, Surge};

/// Components × resources and shards as the planner believes them to be at an instant.
#[derive(Clone)]
pub(crate) struct Believed {
    /// Capacity with the capacity changes of the past, before any event; `None` is not limited.
    pub(crate) nominal: Array2<Option<f64>>,
    /// Share left by the known events in force.
    pub(crate) available: Array2<f64>,
    /// Components of which known events leave nothing.
    pub(crate) gone: Vec<bool>,
    /// Sites to which a known failure event leaves nothing.
    pub(crate) failed: Vec<bool>,
    /// Headroom target `h`.
    pub(crate) target: Array2<f64>,
    /// Users of every shard with its onboarding, before surges.
    pub(crate) base_users: Vec<f64>,
    /// Product of the surges on every shard.
    pub(crate) factor: Vec<f64>,
    /// Components that a known event in force touches.
    pub(crate) touched: Vec<bool>,
    /// Shards that a known surge in force touches.
    pub(crate) surged: Vec<bool>,
    /// How demand follows the hours over which the plan is meant to stand.
    pub(crate) hours: Hours,
}

impl Believed {
    /// Users of a shard as every level counts them.
    pub(crate) fn users(&self, shard: usize) -> f64 {
        self.base_users[shard] * self.factor[shard]
    }

    /// Capacity left; `None` is not limited.
    pub(crate) fn left(&self, component: usize, resource: usize) -> Option<f64> {
        self.nominal[[component, resource]]
            .map(|capacity| capacity * self.available[[component, resource]])
    }

    /// Demand of one counted user of a shard for a resource.
    ///
    /// Decision: a resource that does not vary keeps the demand of the unsurged users, so the share of one
    /// surged user in it is smaller by the factor.
    pub(crate) fn demand(&self, inventory: &Inventory, shard: usize, resource: usize) -> f64 {
        let profile = inventory.shards[shard].profile;
        let demand = inventory.profiles[profile.index()].demand[resource];
        if inventory.resources[resource].varies {
            demand
        } else {
            demand / self.factor[shard]
        }
    }

    /// The same in a slice of the hours.
    ///
    /// Decision: users are counted as at the peak, so the hour makes one of them demand less of what varies.
    pub(crate) fn demand_in(
        &self,
        inventory: &Inventory,
        slice: usize,
        shard: usize,
        resource: usize,
    ) -> f64 {
        let region = inventory.shards[shard].client_region.index();
        let of_hour = if inventory.resources[resource].varies {
            self.hours.factor[slice][region]
        } else {
            1.0
        };
        self.demand(inventory, shard, resource) * of_hour
    }

    /// How many slices there are.
    pub(crate) fn slices(&self) -> usize {
        self.hours.factor.len()
    }
}

/// What is believed at `at`.
pub(crate) fn at_instant(
    inventory: &Inventory,
    scenario: &Scenario,
    at: Timestamp,
    band: Band,
) -> Believed {
    let known: Vec<&Event> = scenario
        .events
        .iter()
        .filter(|event| is_planned_for(event, scenario, at) || goes_on(event, scenario, None, at))
        .collect();
    let components = inventory.component_count();
    let resources = inventory.resources.len();
    let shards = inventory.shards.len();
    let mut believed = Believed {
        nominal: nominal(inventory, at),
        available: Array2::ones((components, resources)),
        gone: vec![false; components],
        failed: vec![false; inventory.sites.len()],
        target: targets(inventory, scenario, !known.is_empty()),
        base_users: (0..shards)
            .map(|shard| base_users(inventory, scenario, shard, at, band))
            .collect(),
        factor: vec![1.0; shards],
        touched: vec![false; components],
        surged: vec![false; shards],
        hours: hours(inventory, scenario, span(inventory, scenario, at)),
    };
    let mut whole = vec![1.0; components];
    for event in known {
        if let EventKind::Surge(surge) = &event.kind {
            apply_surge(&mut believed, inventory, surge);
        }
        let is_on = |component: &&ComponentId| {
            is_planned_for(event, scenario, at) || goes_on(event, scenario, Some(**component), at)
        };
        if let EventKind::Slow(slow) = &event.kind {
            let components = slow.components.iter().filter(is_on).copied().collect();
            let slow = Slow {
                components,
                ..slow.clone()
            };
            apply_slow(&mut believed, inventory, &slow);
        }
        let Some(reduction) = event.reduction() else {
            continue;
        };
        for component in reduction.components.iter().filter(is_on) {
            let e = component.index();
            believed.touched[e] = true;
            let listed: Vec<usize> = reduction.resources.as_ref().map_or_else(
                || (0..resources).collect(),
                |listed| listed.iter().map(|resource| resource.index()).collect(),
            );
            // Decision: an event that leaves a part of the component leaves all of its gate; only one that names the gate
            // among its resources takes a part of that.
            let is_whole_gate = reduction.resources.is_none() && reduction.capacity > 0.0;
            let is_left = |r: usize| is_whole_gate && inventory.resources[r].is_sessions;
            for resource in listed.into_iter().filter(|index| !is_left(*index)) {
                believed.available[[e, resource]] *= reduction.capacity;
            }
            if reduction.resources.is_none() {
                whole[e] *= reduction.capacity;
                // Decision: one failure event that leaves the site nothing, not a product of several.
                let is_failure = matches!(event.kind, EventKind::Failure(_));
                if is_failure && reduction.capacity <= 0.0 && e < believed.failed.len() {
                    believed.failed[e] = true;
                }
            }
        }
    }
    // Decision: a component is gone only by events without a list of resources.
    for (gone, share) in believed.gone.iter_mut().zip(whole) {
        *gone = share <= 0.0;
    }
    believed
}

/// `true` if the event is in force, known, and reacted to. Nobody plans for sessions that end.
fn is_planned_for(event: &Event, scenario: &Scenario, at: Timestamp) -> bool {
    if matches!(event.kind, EventKind::Disconnect(_)) {
        return false;
    }
    event.start <= at && at < event.end && is_acted_on(event, scenario, at)
}

/// `true` unless it is a fault that is not known at `at`, or not reacted to.
fn is_acted_on(event: &Event, scenario: &Scenario, at: Timestamp) -> bool {
    let reaction = SignedDuration::from_secs_f64(scenario.policy.reaction_minutes * 60.0);
    !event.is_reacted_to()
        || event
            .detected
            .checked_add(reaction)
            .is_ok_and(|instant| instant <= at)
}

/// `true` if a fault that is over is still believed at `at` on the component (on any, if none is named): since its end
/// something that nobody acts on was there at every instant, and nothing has been learnt of.
pub(super) fn goes_on(
    event: &Event,
    scenario: &Scenario,
    component: Option<ComponentId>,
    at: Timestamp,
) -> bool {
    let Some(component) = component else {
        let mut named = affected(event).iter();
        return named.any(|component| goes_on(event, scenario, Some(*component), at));
    };
    let just_before = event.end - SignedDuration::from_nanos(1);
    if at < event.end || !event.is_reacted_to() || !is_planned_for(event, scenario, just_before) {
        return false;
    }
    let listed = |event: &Event| {
        event
            .reduction()
            .and_then(|reduction| reduction.resources.clone())
    };
    let others = scenario.events.iter().filter(|candidate| {
        let is_apart = listed(event).zip(listed(candidate));
        let is_apart =
            is_apart.is_some_and(|(a, b)| !a.iter().any(|resource| b.contains(resource)));
        candidate.is_reacted_to() && affected(candidate).contains(&component) && !is_apart
    });
    let others: Vec<&Event> = others.collect();
    let reaction = SignedDuration::from_secs_f64(scenario.policy.reaction_minutes * 60.0);
    let mut instants: Vec<Timestamp> = others
        .iter()
        .flat_map(|event| [event.start, event.end, event.detected + reaction])
        .filter(|instant| event.end < *instant && *instant <= at)
        .collect();
    instants.push(event.end);
    instants.into_iter().all(|instant| {
        let is_there = |event: &&&Event| event.start <= instant && instant < event.end;
        let mut here = others.iter().filter(is_there);
        let mut learnt = others.iter().filter(|candidate| {
            let answered = (candidate.detected + reaction).max(candidate.start);
            answered == instant && instant > event.end && instant < candidate.end
        });
        here.any(|event| !is_acted_on(event, scenario, instant)) && learnt.next().is_none()
    })
}

/// The components that an event names.
fn affected(event: &Event) -> &[ComponentId] {
    match &event.kind {
        EventKind::Slow(slow) => &slow.components,
        _ => event
            .reduction()
            .map_or(&[], |reduction| &reduction.components),
    }
}

/// Divides what work waits for by how much more work there is in it, `1 + f·(min(x, timeout ÷ service time)·(1 + r) − 1)`,
/// r only where that timeout is the smaller: as much as for the profile for which it is most, and never by less than 1.
fn apply_slow(believed: &mut Believed, inventory: &Inventory, slow: &Slow) {
    let mut most: f64 = 1.0;
    for (p, profile) in inventory.profiles.iter().enumerate() {
        if slow.profile.is_some_and(|id| id.index() != p) {
            continue;
        }
        // Decision: work whose time is not known takes a second.
        let service = profile.service_seconds.unwrap_or(1.0);
        let limit = match (slow.timeout_seconds, profile.timeout_seconds) {
            (Some(seconds), _) | (None, Some(seconds)) => seconds / service,
            (None, None) => f64::INFINITY,
        };
        let retries = slow.retries.unwrap_or(profile.retries);
        let held = if slow.factor <= limit {
            slow.factor
        } else {
            limit + limit * retries
        };
        most = most.max((1.0 - slow.share) + slow.share * held);
    }
    for component in &slow.components {
        believed.touched[component.index()] = true;
        for (r, resource) in inventory.resources.iter().enumerate() {
            // Decision: less than a millionth is nothing, as for other events.
            if resource.varies && resource.overload == Overload::Queue {
                let left = if most > 1e6 { 0.0 } else { 1.0 / most };
                believed.available[[component.index(), r]] *= left;
            }
        }
    }
}

/// Multiplies the demand of the shards that the surge names.
fn apply_surge(believed: &mut Believed, inventory: &Inventory, surge: &Surge) {
    for (s, shard) in inventory.shards.iter().enumerate() {
        let is_meant = surge
            .client_region
            .is_none_or(|id| id == shard.client_region)
            && surge.profile.is_none_or(|id| id == shard.profile)
            && surge.tenant.is_none_or(|id| id == shard.tenant);
        if is_meant {
            believed.factor[s] *= surge.factor;
            believed.surged[s] = true;
        }
    }
}

/// Capacities with every change dated up to `at`.
fn nominal(inventory: &Inventory, at: Timestamp) -> Array2<Option<f64>> {
    let mut nominal = inventory.capacity.clone();
    let mut changes: Vec<_> = inventory.capacity_changes.iter().collect();
    changes.sort_by_key(|change| change.date);
    for change in changes.into_iter().filter(|change| change.date <= at) {
        nominal[[change.component.index(), change.resource.index()]] = change.capacity;
    }
    nominal
}

/// Headroom targets: the component's own, else the scenario's, else the resource's; at most the event's.
fn targets(inventory: &Inventory, scenario: &Scenario, is_event_known: bool) -> Array2<f64> {
    Array2::from_shape_fn(
        (inventory.component_count(), inventory.resources.len()),
        |(component, r)| {
            let resource = &inventory.resources[r];
            let target = inventory
                .headroom_target(ComponentId::new(component))
                .or(scenario.policy.headroom_of(ResourceId::new(r)))
                .unwrap_or(resource.headroom);
            match resource.event_headroom {
                Some(most) if is_event_known => target.min(most),
                _ => target,
            }
        },
    )
}

/// Users of a shard with every onboarding row and the growth that count at `at`.
///
/// Decision: the sum of all rows is what is cut at 0, not every partial sum. At the ends of the band every
/// row counts with its low (high), also those dated before the scenario's start.
fn base_users(
    inventory: &Inventory,
    scenario: &Scenario,
    shard: usize,
    at: Timestamp,
    band: Band,
) -> f64 {
    let counts = |row: &&Onboarding| {
        let is_frozen = scenario.policy.freeze_onboarding && row.date >= scenario.start;
        row.shard.index() == shard && row.date <= at && !is_frozen
    };
    let until = super::growth::last_growth(scenario, at);
    let grown = |since| super::growth::grown(inventory, shard, since, until, band);
    let added: f64 = inventory
        .onboarding
        .iter()
        .filter(counts)
        .map(|row| {
            let users = match band {
                Band::Expected => row.users,
                Band::Low => row.low,
                Band::High => row.high,
            };
            users as f64 * grown(Some(row.date))
        })
        .sum();
    (inventory.shards[shard].users as f64 * grown(None) + added).max(0.0)
}
