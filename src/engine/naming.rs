//! Naming: when a plan names that users are down, who they are, and how many.

use super::replay::{MOST_RETRIES, hops};
use crate::graph::Network;
use crate::ids::ComponentId;
use crate::model::{EventKind, Inventory, Phase, Profile, Reduction, ReplayPolicy, Scenario};
use crate::plan::replay::Moment;
use crate::plan::{Flow, Hurt, PeriodPlan, Plan};
use crate::scenario::acted_on;
use crate::units::{FEASIBILITY, NOBODY};
use jiff::Timestamp;

/// A time in which a plan names that users are down.
pub(super) struct Naming {
    pub(super) span: [Timestamp; 2],
    pub(super) who: Who,
}

/// Whom a plan names.
pub(super) enum Who {
    /// So many at most of those who pass any of some components, and of these so many who have no session.
    Passing {
        users: f64,
        without_session: f64,
        components: Vec<ComponentId>,
    },
    /// Those who have to connect because they are brought to another path or site; and those whose sessions end with what they
    /// pass, if `cut_off`.
    Connecting { cut_off: bool },
}

impl Naming {
    /// `true` if a moment lies in it, in part or whole.
    pub(super) fn meets(&self, moment: &Moment) -> bool {
        self.span[0] < moment.end && moment.start <= self.span[1]
    }
}

/// The times in which a plan names that users are down.
pub(super) fn times(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Vec<Naming> {
    let mut times = Vec::new();
    let mut name = |span: [Timestamp; 2], who: Who| times.push(Naming { span, who });
    for period in &plan.periods {
        if period.period.phase != Phase::Known {
            let span = [period.period.start, period.period.end];
            for (component, [users, excess]) in affected(&period.blind) {
                // Where nobody finds room nobody has a session; where some do, sessions fail if they take anything.
                let is_nothing_left = excess >= users * (1.0 - FEASIBILITY);
                let without_session = if is_nothing_left || takes_sessions(inventory, component) {
                    users
                } else {
                    0.0
                };
                let components = vec![component];
                name(
                    span,
                    Who::Passing {
                        users,
                        without_session,
                        components,
                    },
                );
            }
        }
    }
    for event in &scenario.events {
        let acted = acted_on(event, &scenario.policy);
        match &event.kind {
            EventKind::Gray(own) if own.loss > 0.0 => {
                // Whoever waits for a session sends no work that could fail.
                let waiting = waiting(inventory, scenario, plan, own);
                let crossing = most_crossing(plan, &own.components);
                let failing = own.loss * (crossing - waiting).max(0.0);
                let answered = acted.max(event.start);
                // Part of the work fails for as long as it lasts; until it is answered blind.csv has it.
                for (span, failing) in [
                    ([event.start, answered.min(event.end)], 0.0),
                    ([answered, event.end.max(acted)], failing),
                ] {
                    name(
                        span,
                        Who::Passing {
                            users: waiting + failing,
                            without_session: waiting,
                            components: own.components.clone(),
                        },
                    );
                }
            }
            // The share fails whether that is known or not.
            EventKind::Slow(own) => {
                let users = own.share * most_crossing(plan, &own.components);
                let mut components = own.components.iter();
                let takes_sessions = components.any(|own| takes_sessions(inventory, *own));
                name(
                    [event.start, event.end],
                    Who::Passing {
                        users,
                        without_session: if takes_sessions { users } else { 0.0 },
                        components: own.components.clone(),
                    },
                );
            }
            EventKind::Maintenance(_) | EventKind::Failure(_) | EventKind::Gray(_) => {
                // Who is cut off or sent elsewhere connects then.
                for at in [acted, event.end] {
                    name([at; 2], Who::Connecting { cut_off: true });
                }
            }
            // Who comes with a surge, or is back after it, has to be accepted as others are.
            EventKind::Surge(_) | EventKind::Disconnect(_) => {}
        }
    }
    for wave in plan.transitions.iter().flat_map(|way| &way.waves) {
        name([wave.start, wave.end], Who::Connecting { cut_off: false });
    }
    times
}

/// `true` if new sessions take anything at a component that it may have too little of.
fn takes_sessions(inventory: &Inventory, component: ComponentId) -> bool {
    let mut profiles = inventory.profiles.iter();
    profiles.any(|own| own.session_cost > 0.0) || inventory.accepts_per_second(component).is_some()
}

/// Users at most who wait for a new session because attempts at one fail with a known loss: those on whose path sessions cost
/// something or are accepted no faster than so many a second.
fn waiting(inventory: &Inventory, scenario: &Scenario, plan: &Plan, gray: &Reduction) -> f64 {
    let network = Network::new(inventory);
    let profiles = inventory.profiles.iter();
    let shares = profiles.map(|profile| sessionless(profile, &scenario.replay, gray.loss));
    let shares: Vec<f64> = shares.collect();
    let of_flow = |flow: &Flow| {
        let profile = flow.group.profile.index();
        let hops = hops(inventory, &network, &flow.path);
        let mut components = hops.iter().flat_map(|(_, components)| components);
        let is_limited = inventory.profiles[profile].session_cost > 0.0
            || components.any(|at| inventory.accepts_per_second(*at).is_some());
        let crossing = hops.iter().map(|(_, components)| {
            let lossy = components.iter().filter(|at| gray.components.contains(at));
            lossy.count() as f64 / components.len() as f64
        });
        if is_limited {
            flow.users * crossing.sum::<f64>().min(1.0) * shares[profile]
        } else {
            0.0
        }
    };
    let of_period = |period: &PeriodPlan| {
        let slices = period.flows.chunk_by(|a, b| a.slice == b.slice);
        let sums = slices.map(|flows| flows.iter().map(of_flow).sum::<f64>());
        sums.fold(0.0, f64::max)
    };
    plan.periods.iter().map(of_period).fold(0.0, f64::max)
}

/// Of a profile's users, the share who wait for a new session while a share of all attempts fails: s·T / (1 + s·T) of those whose
/// sessions end s times a second, each of which takes T seconds to replace. A client notices a loss at its timeout, and tries
/// again no earlier than once a step is over.
fn sessionless(profile: &Profile, policy: &ReplayPolicy, loss: f64) -> f64 {
    let [mut reached, mut seconds, mut given_up] = [1.0, 0.0, 0.0];
    let noticed = profile.timeout_seconds.unwrap_or(0.0);
    let mut backoff = policy.backoff_seconds;
    let mut retries = profile.retries.min(MOST_RETRIES);
    while reached > 0.0 {
        let failed = reached * loss;
        reached = failed * retries.clamp(0.0, 1.0);
        given_up += failed - reached;
        seconds += reached * (noticed + backoff).max(policy.step_seconds);
        backoff *= policy.backoff_factor;
        retries -= 1.0;
    }
    seconds += given_up * (noticed + policy.return_seconds).max(policy.step_seconds);
    let waits = profile.sessions_per_hour / 3600.0 * seconds / (1.0 - given_up);
    1.0 / (1.0 + 1.0 / waits)
}

/// Users whom a period that does not know everything says are affected, and of these those for whom there is no room: by
/// component, of its resources the most.
fn affected(hurts: &[Hurt]) -> impl Iterator<Item = (ComponentId, [f64; 2])> {
    let of_components = hurts.chunk_by(|a, b| a.component == b.component);
    let most = |rows: &[Hurt]| {
        let users = rows
            .iter()
            .map(|own| [own.users_affected, own.users_excess]);
        let most = users.fold([0.0; 2], |all, own| {
            [0, 1].map(|at| f64::max(all[at], own[at]))
        });
        (rows[0].component, most)
    };
    of_components.map(most).filter(|own| own.1[0] > NOBODY)
}

/// Users who cross some components in any period, at most.
fn most_crossing(plan: &Plan, components: &[ComponentId]) -> f64 {
    let of_period = |own: &PeriodPlan| -> f64 {
        let all = components.iter();
        all.map(|at| own.crossing_within(at.index())).sum()
    };
    plan.periods.iter().map(of_period).fold(0.0, f64::max)
}
