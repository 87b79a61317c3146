//! Turning: where users reconnect that steering brings to another path or to another member of a pool.
//!
//! Held is a scenario played forward while nobody changes anything of a period's plan.

use super::field::Stream;
use super::grid::Play;
use super::pools::Pools;
use super::run::{Played, RunContext};
use super::script::Script;
use crate::error::Result;
use crate::graph::Network;
use crate::ids::{ComponentId, PoolId};
use crate::model::{Inventory, Scenario};
use crate::plan::replay::Conduct;
use crate::plan::{PeriodPlan, SteeringGroups};
use crate::solve::Stop;
use crate::units::NUMERICAL_NOISE;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The turned users, by group at a site: where they reconnect, and on which members of pools.
#[derive(Debug, Default)]
pub(super) struct Turning {
    /// By group at a site and component that they come to: the share of them who did not pass it.
    reconnecting: BTreeMap<(usize, ComponentId), f64>,
    /// By group at a site and pool: the shares of its members.
    members: BTreeMap<(usize, PoolId), Vec<f64>>,
}

/// Users of a stream who stay in their group at a site, counted alike before and now.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StayingUsers {
    pub(super) before: f64,
    pub(super) now: f64,
}

impl StayingUsers {
    /// Who is on another path than before.
    pub(super) fn turned(self) -> f64 {
        (self.now - self.before).max(0.0)
    }
}

/// By stream, who stays in their group at a site, of `before` and `now`.
pub(super) fn staying(streams: &[Stream], before: &[f64], now: &[f64]) -> Vec<StayingUsers> {
    let cells = streams
        .iter()
        .map(|stream| stream.cell + 1)
        .max()
        .unwrap_or(0);
    let mut sums = vec![[0.0_f64; 2]; cells];
    for (stream, one_stream) in streams.iter().enumerate() {
        sums[one_stream.cell][0] += before[stream];
        sums[one_stream.cell][1] += now[stream];
    }
    let of = |(stream, one_stream): (usize, &Stream)| {
        let [was, is] = sums[one_stream.cell];
        let least = was.min(is);
        if least <= 0.0 {
            return StayingUsers::default();
        }
        let staying_users = StayingUsers {
            before: before[stream] * least / was,
            now: now[stream] * least / is,
        };
        // What arithmetic makes of equals is no turn.
        if (staying_users.now - staying_users.before).abs() <= NUMERICAL_NOISE * least {
            StayingUsers {
                before: staying_users.now,
                ..staying_users
            }
        } else {
            staying_users
        }
    };
    streams.iter().enumerate().map(of).collect()
}

impl Turning {
    /// Looks at a step in which anybody of some groups is turned: `turned` by stream are the shares of those who stay there
    /// that other members of pools get.
    pub(super) fn look(
        &mut self,
        streams: &[Stream],
        staying: &[StayingUsers],
        turned: &[f64],
        pools: &Pools,
    ) {
        let mut is_turned: BTreeMap<usize, bool> = BTreeMap::new();
        for ((stream, staying), turned) in streams.iter().zip(staying).zip(turned) {
            *is_turned.entry(stream.cell).or_default() |= staying.turned() > 0.0 || *turned > 0.0;
        }
        let is_meant = |stream: &Stream| is_turned.get(&stream.cell).is_some_and(|flag| *flag);
        self.reconnecting
            .retain(|(cell, _), _| !is_turned.get(cell).is_some_and(|flag| *flag));
        self.members
            .retain(|(cell, _), _| !is_turned.get(cell).is_some_and(|flag| *flag));
        // How many of a group pass a component, before and now.
        let mut pass: BTreeMap<(usize, ComponentId), [f64; 2]> = BTreeMap::new();
        for (stream, users) in streams
            .iter()
            .zip(staying)
            .filter(|(stream, _)| is_meant(stream))
        {
            for (pool, components) in &stream.hops {
                for (member, component) in components.iter().enumerate() {
                    let shares =
                        pool.map_or([1.0; 2], |pool| pools.of(pool).map(|values| values[member]));
                    let sums = pass.entry((stream.cell, *component)).or_default();
                    sums[0] += users.before * shares[0];
                    sums[1] += users.now * shares[1];
                }
            }
        }
        let more = |cell: usize, component: ComponentId| {
            let [before, now] = pass.get(&(cell, component)).copied().unwrap_or_default();
            let more = now - before;
            if more > NUMERICAL_NOISE * now {
                more
            } else {
                0.0
            }
        };
        // Of those who are turned, how many come to it.
        let mut come: BTreeMap<(usize, ComponentId), f64> = BTreeMap::new();
        for (stream, one_stream) in streams
            .iter()
            .enumerate()
            .filter(|(_, stream)| is_meant(stream))
        {
            let users = staying[stream].turned()
                + turned[stream] * staying[stream].before.min(staying[stream].now);
            for (pool, components) in &one_stream.hops {
                let shares = match pool {
                    None => vec![1.0; components.len()],
                    Some(pool) => {
                        let gains = components
                            .iter()
                            .map(|component| more(one_stream.cell, *component));
                        let gains: Vec<f64> = gains.collect();
                        let sum: f64 = gains.iter().sum();
                        let shares = if sum > 0.0 {
                            gains.into_iter().map(|value| value / sum).collect()
                        } else {
                            pools.of(*pool)[1].to_vec()
                        };
                        self.members
                            .insert((one_stream.cell, *pool), shares.clone());
                        shares
                    }
                };
                for (component, share) in components.iter().zip(shares) {
                    *come.entry((one_stream.cell, *component)).or_default() += users * share;
                }
            }
        }
        for ((cell, component), users) in come {
            let share = if users > 0.0 {
                (more(cell, component) / users).min(1.0)
            } else {
                0.0
            };
            self.reconnecting.insert((cell, component), share);
        }
    }

    /// Of the turned users of a group at a site, the share who reconnect at a component.
    pub(super) fn reconnecting(&self, cell: usize, component: ComponentId) -> f64 {
        self.reconnecting
            .get(&(cell, component))
            .copied()
            .unwrap_or(1.0)
    }

    /// By member of a pool, the share of those who are turned that it gets; `None` if nobody was.
    pub(super) fn members(&self, cell: usize, pool: PoolId) -> Option<&[f64]> {
        self.members.get(&(cell, pool)).map(Vec::as_slice)
    }
}

/// What of a plan is held, and from when on it is played.
pub(in crate::engine) struct Held<'a> {
    pub(in crate::engine) period: &'a PeriodPlan,
    pub(in crate::engine) start: Timestamp,
    pub(in crate::engine) play: Play,
}

/// Plays a scenario forward while homes, steering and pools stay as a period of a plan has them.
///
/// # Errors
/// Those of [`super::replay_plan`].
pub(in crate::engine) fn held(
    inventory: &Inventory,
    scenario: &Scenario,
    held: &Held<'_>,
    stop: &Stop,
) -> Result<Played> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let script = Script::of_period(held.period);
    let conditions = RunContext {
        inventory,
        scenario,
        network: &network,
        groups: &groups,
        play: held.play,
        reports_crowds: false,
        is_accounted: false,
    };
    conditions.run(Conduct::Plan, &script, held.start, stop)
}
