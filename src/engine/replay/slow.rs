//! Slow: what would have kept components ahead of slow work (`docs/model.md` §9, Slow work).

use super::conditions::Conditions;
use super::field::{Field, Obstacle, Where};
use super::pools::Pools;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Event, Inventory, Profile, Scenario, Slow};
use crate::plan::replay::SlowWork;
use crate::scenario::{Knowledge, is_in_force};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What is known so far: by event, component and resource.
#[derive(Default)]
pub(super) struct SlowWorks(BTreeMap<(usize, ComponentId, usize), SlowWork>);

impl SlowWorks {
    /// Looks at a span; `users` are those of the streams who are there, `rooms` what stages can take. Of all spans that
    /// counts in which most of what can be taken would be.
    pub(super) fn look(
        &mut self,
        inventory: &Inventory,
        scenario: &Scenario,
        field: &Field,
        at: Timestamp,
        (users, rooms): (&[f64], &[f64]),
        (pools, conditions): (&Pools, &Conditions),
    ) {
        let slow = scenario.events.iter().enumerate();
        let is_slow_now = |own: &Event| is_in_force(own, scenario, at, Knowledge::True);
        for (event, own) in slow.filter(|(_, own)| is_slow_now(own)) {
            let Some(slow) = own.slow() else {
                continue;
            };
            for &component in &slow.components {
                for &stage in field.of_component(component) {
                    let Obstacle::Resource(resource) = field.stages[stage].obstacle else {
                        continue;
                    };
                    if !field.stages[stage].queues {
                        continue;
                    }
                    let mut by_profile = loads(inventory, field, pools, users, stage, resource);
                    let load: f64 = by_profile.iter().sum();
                    if load <= 0.0 {
                        continue;
                    }
                    for (profile, own) in by_profile.iter_mut().enumerate() {
                        *own *= conditions.takes_beside(inventory, stage, profile, slow);
                    }
                    let work = of_stage(inventory, slow, &by_profile, rooms[stage]);
                    let own = SlowWork {
                        event,
                        component,
                        resource: ResourceId::new(resource),
                        load,
                        inflation: work.inflation * work.load / load,
                        ..work
                    };
                    let known = self.0.entry((event, component, resource)).or_insert(own);
                    if own.utilization() > known.utilization() {
                        *known = own;
                    }
                }
            }
        }
    }

    pub(super) fn into_values(self) -> Vec<SlowWork> {
        self.0.into_values().collect()
    }
}

/// By profile, what comes to a stage where no work is slow.
fn loads(
    inventory: &Inventory,
    field: &Field,
    pools: &Pools,
    users: &[f64],
    stage: usize,
    resource: usize,
) -> Vec<f64> {
    let mut all = vec![0.0; inventory.profiles.len()];
    let Where::Component(component) = field.stages[stage].place else {
        return all;
    };
    for (stream, users) in field.streams.iter().zip(users) {
        for (pool, components) in &stream.hops {
            let Some(member) = components.iter().position(|own| *own == component) else {
                continue;
            };
            let share = pool.map_or(1.0, |own| pools.mean(own, member));
            let profile = stream.profile.index();
            all[profile] += share * users * inventory.profiles[profile].work[resource];
        }
    }
    all
}

/// What would be enough, of which all but one is left as it is; `by_profile` is what comes, as much as it takes without this.
fn of_stage(inventory: &Inventory, slow: &Slow, by_profile: &[f64], capacity: f64) -> SlowWork {
    let is_slow = |index: usize| slow.profile.is_none_or(|own| own.index() == index);
    let profiles = || {
        let own = inventory.profiles.iter().zip(by_profile).enumerate();
        own.filter(|(index, _)| is_slow(*index)).map(|(_, own)| own)
    };
    let load: f64 = by_profile.iter().sum();
    let slowed: f64 = profiles().map(|(_, load)| load).sum();
    let worked: f64 = profiles()
        .map(|(own, load)| load * slow.inflation(own))
        .sum();
    let inflation = (load - slowed + worked) / load;
    let service = |own: &Profile| own.service_seconds.unwrap_or(1.0);
    let tries = |own: &Profile| 1.0 + slow.retries.unwrap_or(own.retries);
    // Slow work may take so much: load · share · held ≤ spare.
    let spare = capacity - load + slow.share * slowed;
    let per_second: f64 = profiles()
        .map(|(own, load)| slow.share * load * tries(own) / service(own))
        .sum();
    let held_once: f64 = profiles()
        .filter(|(own, _)| slow.gives_up(own))
        .map(|(own, load)| {
            let patience = slow.timeout_seconds.or(own.timeout_seconds);
            let longest = patience.map_or(slow.factor, |timeout| timeout / service(own));
            slow.share * load * longest.min(slow.factor)
        })
        .sum();
    let held_otherwise: f64 = profiles()
        .filter(|(own, _)| !slow.gives_up(own))
        .map(|(_, load)| slow.share * load * slow.factor)
        .sum();
    let held = worked - (1.0 - slow.share) * slowed;
    // A timeout that is shorter than the work itself would give all of it up.
    let service_at_most = profiles().map(|(own, _)| service(own)).fold(0.0, f64::max);
    let is_ahead_without = held_once <= 0.0 && load * inflation <= capacity;
    let timeout = Some(spare / per_second)
        .filter(|own| own.is_finite() && *own >= service_at_most && !is_ahead_without);
    let retries = (spare - held_otherwise) / held_once - 1.0;
    let kept = spare / held;
    SlowWork {
        event: 0,
        component: ComponentId::new(0),
        resource: ResourceId::new(0),
        load,
        capacity,
        inflation,
        longest_timeout: timeout,
        most_retries: (held_once > 0.0 && retries >= 0.0).then_some(retries),
        least_quarantine: (spare >= 0.0).then_some((1.0 - kept).clamp(0.0, 1.0)),
    }
}
