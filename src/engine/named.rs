//! Named: the times in which a plan says that users are down, and how many.

use super::downtime::{AGAIN_SECONDS, ANYBODY, beyond};
use super::falling::{HOUR, falls};
use super::replay::{MOST_RETRIES, hops};
use crate::graph::Network;
use crate::ids::ComponentId;
use crate::model::{EventKind, Inventory, Phase, Profile, Reduction, ReplayPolicy, Scenario};
use crate::plan::replay::Moment;
use crate::plan::{Flow, Hurt, PeriodPlan, Plan};
use crate::scenario::acted_on;
use crate::units::NOBODY;
use jiff::{SignedDuration, Timestamp};

/// Times in which a plan names that users are down.
pub(super) struct Named {
    times: Vec<Naming>,
}

/// A time in which a plan names that users are down.
struct Naming {
    span: [Timestamp; 2],
    /// How many at most; infinite where the plan gives no number.
    users: f64,
}

/// More users than a plan names are down if they are so by more than this share of those.
const ROUGHNESS: f64 = 0.01;

impl Named {
    pub(super) fn new(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Self {
        let mut times = Vec::new();
        let mut name = |span: [Timestamp; 2], users: f64| times.push(Naming { span, users });
        for period in &plan.periods {
            if period.period.phase != Phase::Known {
                let users = affected(&period.blind);
                if users > NOBODY {
                    name([period.period.start, period.period.end], users);
                }
            }
        }
        for event in &scenario.events {
            let acted = acted_on(event, &scenario.policy);
            match &event.kind {
                // Part of the work fails for as long as it lasts; until it is answered blind.csv has it.
                EventKind::Gray(own) if own.loss > 0.0 => {
                    // Whoever waits for a session sends no work that could fail.
                    let waiting = waiting(inventory, scenario, plan, own);
                    let crossing = most_crossing(plan, &own.components);
                    let users = own.loss * crossing + (1.0 - own.loss) * waiting;
                    name([acted.max(event.start), event.end.max(acted)], users);
                }
                // The share fails whether that is known or not.
                EventKind::Slow(own) => {
                    let users = own.share * most_crossing(plan, &own.components);
                    name([event.start, event.end], users);
                }
                EventKind::Maintenance(_) | EventKind::Failure(_) | EventKind::Gray(_) => {
                    // Who is cut off or sent elsewhere connects then.
                    for at in [acted, event.end] {
                        name([at; 2], f64::INFINITY);
                    }
                }
                // Who comes with a surge connects while it arrives.
                EventKind::Surge(own) => {
                    let minutes = SignedDuration::try_from_secs_f64(own.arrive_minutes * 60.0);
                    let arrived = minutes
                        .ok()
                        .and_then(|own| event.start.checked_add(own).ok());
                    let arrived = arrived.unwrap_or(event.end).min(event.end);
                    name([event.start, arrived], f64::INFINITY);
                }
                EventKind::Disconnect(_) => {}
            }
        }
        for wave in plan.transitions.iter().flat_map(|way| &way.waves) {
            name([wave.start, wave.end], f64::INFINITY);
        }
        Self { times }
    }

    /// `true` if users are named to be down at an instant.
    pub(super) fn any_at(&self, at: Timestamp) -> bool {
        let spans = self.times.iter().map(|own| own.span);
        spans.into_iter().any(|own| own[0] <= at && at <= own[1])
    }

    /// How many users are named to be down in a moment.
    pub(super) fn users(&self, moment: &Moment) -> f64 {
        let meets = |own: &&Naming| own.span[0] < moment.end && moment.start <= own.span[1];
        let own = self.times.iter().filter(meets);
        own.map(|own| own.users).sum()
    }

    /// `true` if more users are down in a moment than are named in it.
    pub(super) fn is_beyond(&self, moment: &Moment) -> bool {
        let own = beyond(moment);
        own >= ANYBODY && own > self.users(moment) * (1.0 + ROUGHNESS)
    }

    /// From when on more users are down than are named, in moments after which they never are so few again for ten minutes;
    /// `None` if they are at the end.
    ///
    /// It begins with the first ten minutes in which more are, or where those last that reach the end.
    pub(super) fn never_over_from(&self, moments: &[Moment]) -> Option<Timestamp> {
        let long = SignedDuration::from_secs(AGAIN_SECONDS);
        // Behind the last ten minutes in which no more are down than are named, and those have a number.
        let mut begin = 0;
        let mut as_named_from = None;
        for (at, moment) in moments.iter().enumerate() {
            if self.is_beyond(moment) || self.users(moment).is_infinite() {
                as_named_from = None;
                continue;
            }
            let from = *as_named_from.get_or_insert(moment.start);
            if moment.end.duration_since(from) > long {
                begin = at + 1;
            }
        }
        let mut last = None;
        let mut from = None;
        for moment in &moments[begin..] {
            if self.is_beyond(moment) {
                let begun = *from.get_or_insert(moment.start);
                last = Some(begun);
                if moment.end.duration_since(begun) > long {
                    break;
                }
                continue;
            }
            from = None;
            if self.users(moment).is_infinite() {
                // Whoever is down then may be so because of that.
                last = None;
            }
        }
        last
    }

    /// From when on more users are down than are named for an hour in which nothing happens that they could be down because of,
    /// and in which neither they nor what waits becomes less: they are locked in, whatever ends it.
    pub(super) fn locked_in_from(&self, moments: &[Moment]) -> Option<Timestamp> {
        let hour = SignedDuration::from_secs_f64(HOUR);
        let is_unnamed = |own: &Moment| self.is_beyond(own) && !self.users(own).is_infinite();
        // What is told in long parts says nothing of what happens in them.
        let is_meant = |own: &Moment| is_unnamed(own) && own.seconds() <= HOUR / 4.0;
        let stretches = moments.chunk_by(|a, b| is_meant(a) && is_meant(b));
        let stretches = stretches.filter(|own| own.iter().all(is_meant));
        let mut of_stretches = stretches.flat_map(|own| {
            let ends = own.iter().enumerate().map(move |(at, own)| (at, own.end));
            ends.filter_map(move |(at, end)| {
                let first = own.partition_point(|own| end.duration_since(own.start) > hour);
                let begin = first.checked_sub(1)?;
                Some(&own[begin..=at])
            })
        });
        let locked_in = of_stretches.find(|own| !falls(own));
        locked_in.and_then(<[Moment]>::first).map(|own| own.start)
    }

    /// The first of some moments in which more users are down than are named in it or in any before it.
    pub(super) fn first_beyond(&self, moments: &[Moment]) -> Option<Timestamp> {
        let mut most: f64 = 0.0;
        let mut moments = moments.iter();
        let first = moments.find(|own| {
            most = most.max(self.users(own));
            beyond(own) > most * (1.0 + ROUGHNESS) + ANYBODY
        });
        first.map(|own| own.start)
    }
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

/// Users whom a period that does not know everything says are affected: of a component's resources the most, of all components
/// together.
fn affected(hurts: &[Hurt]) -> f64 {
    let of_components = hurts.chunk_by(|a, b| a.component == b.component);
    let most = |rows: &[Hurt]| {
        rows.iter()
            .map(|own| own.users_affected)
            .fold(0.0, f64::max)
    };
    of_components.map(most).sum()
}

/// Users who cross some components in any period, at most.
fn most_crossing(plan: &Plan, components: &[ComponentId]) -> f64 {
    let of_period = |own: &PeriodPlan| -> f64 {
        let all = components.iter();
        all.map(|at| own.crossing_within(at.index())).sum()
    };
    plan.periods.iter().map(of_period).fold(0.0, f64::max)
}
