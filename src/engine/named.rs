//! Named: the times in which a plan says that users are down, who they are, and how many.

use super::downtime::{AGAIN_SECONDS, ANYBODY, beyond};
use super::falling::{HOUR, falls};
use super::replay::{Crowd, Crowds, MOST_RETRIES, hops};
use crate::graph::Network;
use crate::ids::ComponentId;
use crate::model::{EventKind, Inventory, Phase, Profile, Reduction, ReplayPolicy, Scenario};
use crate::plan::replay::Moment;
use crate::plan::{Flow, Hurt, PeriodPlan, Plan};
use crate::scenario::acted_on;
use crate::units::NOBODY;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Times in which a plan names that users are down, and what its replay says of them.
pub(super) struct Named<'a> {
    times: Vec<Naming>,
    moments: &'a [Moment],
    crowds: &'a Crowds,
    /// By moment.
    unnamed: Vec<Unnamed>,
}

/// Users who are down in a moment, and not among those whom the plan names then.
#[derive(Debug, Clone, Default)]
struct Unnamed {
    users: f64,
    /// By stream, where anybody is.
    on_streams: Vec<(usize, f64)>,
}

/// A time in which a plan names that users are down.
struct Naming {
    span: [Timestamp; 2],
    who: Who,
}

/// Whom a plan names.
enum Who {
    /// So many at most of those who pass any of some components.
    Passing {
        users: f64,
        components: Vec<ComponentId>,
    },
    /// Those who have to connect because they are brought to another path or site, or come; and those whose sessions end
    /// with what they pass, if `cut_off`.
    Connecting { cut_off: bool },
}

/// More users than a plan names are down if they are so by more than this share of those.
const ROUGHNESS: f64 = 0.01;

impl Naming {
    /// How many users at most; infinite where the plan gives no number.
    fn users(&self) -> f64 {
        match self.who {
            Who::Passing { users, .. } => users,
            Who::Connecting { .. } => f64::INFINITY,
        }
    }

    fn meets(&self, moment: &Moment) -> bool {
        self.span[0] < moment.end && moment.start <= self.span[1]
    }
}

impl<'a> Named<'a> {
    /// What a plan names, and what of it `moments` show, in which such `crowds` are down.
    pub(super) fn new(
        (inventory, scenario): (&Inventory, &Scenario),
        plan: &Plan,
        (moments, crowds): (&'a [Moment], &'a Crowds),
    ) -> Self {
        let times = times(inventory, scenario, plan);
        let unnamed = unnamed(&times, moments, crowds);
        Self {
            times,
            moments,
            crowds,
            unnamed,
        }
    }

    /// `true` if users are named to be down at an instant.
    pub(super) fn any_at(&self, at: Timestamp) -> bool {
        let mut spans = self.times.iter().map(|own| own.span);
        spans.any(|own| own[0] <= at && at <= own[1])
    }

    /// Users who are down in a moment, by its position, and not among those whom the plan names then.
    pub(super) fn unnamed(&self, at: usize) -> f64 {
        self.unnamed[at].users
    }

    /// The components that users pass who are down in some moments and not named; none if they are on no path.
    pub(super) fn passed(&self, range: Range<usize>) -> BTreeSet<ComponentId> {
        let on_streams = self.unnamed[range].iter().flat_map(|own| &own.on_streams);
        let streams: BTreeSet<usize> = on_streams.map(|own| own.0).collect();
        let streams = streams.into_iter().map(|own| &self.crowds.streams[own]);
        streams.flatten().copied().collect()
    }

    /// `true` if more users are down in a moment than are named in it.
    pub(super) fn is_beyond(&self, at: usize) -> bool {
        let all = beyond(&self.moments[at]);
        let unnamed = self.unnamed[at].users;
        all >= ANYBODY && unnamed > (all - unnamed) * ROUGHNESS
    }

    /// From when on more users are down than are named, in moments after which they never are so few again for ten minutes;
    /// `None` if they are at the end.
    ///
    /// It begins with the first ten minutes in which more are, or where those last that reach the end.
    pub(super) fn never_over_from(&self, range: Range<usize>) -> Option<Timestamp> {
        let long = SignedDuration::from_secs(AGAIN_SECONDS);
        // After the last ten minutes in which no more are down than are named.
        let mut begin = range.start;
        let mut as_named_from = None;
        for at in range.clone() {
            if self.is_beyond(at) {
                as_named_from = None;
                continue;
            }
            let moment = &self.moments[at];
            let from = *as_named_from.get_or_insert(moment.start);
            if moment.end.duration_since(from) > long {
                begin = at + 1;
            }
        }
        let mut last = None;
        let mut from = None;
        for at in begin..range.end {
            if !self.is_beyond(at) {
                from = None;
                continue;
            }
            let moment = &self.moments[at];
            let begun = *from.get_or_insert(moment.start);
            last = Some(begun);
            if moment.end.duration_since(begun) > long {
                break;
            }
        }
        last
    }

    /// From when on users are down for an hour who are not named then, and in which neither they nor what waits becomes less:
    /// they are locked in, whatever ends it.
    pub(super) fn locked_in_from(&self, range: Range<usize>) -> Option<Timestamp> {
        let hour = SignedDuration::from_secs_f64(HOUR);
        // What is told in long parts says nothing of what happens in them.
        let is_meant = |at: usize| self.is_beyond(at) && self.moments[at].seconds() <= HOUR / 4.0;
        let mut begin = range.start;
        for at in range {
            if !is_meant(at) {
                begin = at + 1;
                continue;
            }
            let end = self.moments[at].end;
            let own = &self.moments[begin..=at];
            let first = own.partition_point(|own| end.duration_since(own.start) > hour);
            let Some(before) = first.checked_sub(1) else {
                continue;
            };
            let of_hour = begin + before..at + 1;
            let down = |own: usize| self.unnamed[of_hour.start + own].users;
            if !falls(&self.moments[of_hour.clone()], down) {
                return Some(self.moments[of_hour.start].start);
            }
        }
        None
    }

    /// The first of some moments in which more users are down than are named in it or in any before it.
    pub(super) fn first_beyond(&self, range: Range<usize>) -> Option<Timestamp> {
        let mut most: f64 = 0.0;
        let mut moments = self.moments[range].iter();
        let first = moments.find(|own| {
            let times = self.times.iter().filter(|time| time.meets(own));
            most = most.max(times.map(Naming::users).sum());
            beyond(own) > most * (1.0 + ROUGHNESS) + ANYBODY
        });
        first.map(|own| own.start)
    }
}

/// The times in which a plan names that users are down.
fn times(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Vec<Naming> {
    let mut times = Vec::new();
    let mut name = |span: [Timestamp; 2], who: Who| times.push(Naming { span, who });
    for period in &plan.periods {
        if period.period.phase != Phase::Known {
            let span = [period.period.start, period.period.end];
            for (components, users) in affected(&period.blind) {
                name(span, Who::Passing { users, components });
            }
        }
    }
    for event in &scenario.events {
        let acted = acted_on(event, &scenario.policy);
        match &event.kind {
            EventKind::Gray(own) if own.loss > 0.0 => {
                // Whoever waits for a session sends no work that could fail.
                let waiting = (1.0 - own.loss) * waiting(inventory, scenario, plan, own);
                let crossing = own.loss * most_crossing(plan, &own.components);
                let answered = acted.max(event.start);
                // Part of the work fails for as long as it lasts; until it is answered blind.csv has it.
                for (span, users) in [
                    ([event.start, answered.min(event.end)], waiting),
                    ([answered, event.end.max(acted)], waiting + crossing),
                ] {
                    let components = own.components.clone();
                    name(span, Who::Passing { users, components });
                }
            }
            // The share fails whether that is known or not.
            EventKind::Slow(own) => {
                let users = own.share * most_crossing(plan, &own.components);
                let components = own.components.clone();
                name([event.start, event.end], Who::Passing { users, components });
            }
            EventKind::Maintenance(_) | EventKind::Failure(_) | EventKind::Gray(_) => {
                // Who is cut off or sent elsewhere connects then.
                for at in [acted, event.end] {
                    name([at; 2], Who::Connecting { cut_off: true });
                }
            }
            // Who comes with a surge connects while it arrives.
            EventKind::Surge(own) => {
                let minutes = SignedDuration::try_from_secs_f64(own.arrive_minutes * 60.0);
                let arrived = minutes
                    .ok()
                    .and_then(|own| event.start.checked_add(own).ok());
                let arrived = arrived.unwrap_or(event.end).min(event.end);
                name([event.start, arrived], Who::Connecting { cut_off: false });
            }
            EventKind::Disconnect(_) => {}
        }
    }
    for wave in plan.transitions.iter().flat_map(|way| &way.waves) {
        name([wave.start, wave.end], Who::Connecting { cut_off: false });
    }
    times
}

/// By moment: users who are down, and not among those whom a plan names then.
fn unnamed(times: &[Naming], moments: &[Moment], crowds: &Crowds) -> Vec<Unnamed> {
    let mut passing: Vec<(&Naming, f64, Vec<bool>)> = Vec::new();
    for time in times {
        if let Who::Passing { users, components } = &time.who {
            let passes = |own: &Vec<ComponentId>| own.iter().any(|own| components.contains(own));
            passing.push((time, *users, crowds.streams.iter().map(passes).collect()));
        }
    }
    // Whom few may name is named by them first.
    passing.sort_by_key(|(_, _, passes)| passes.iter().filter(|own| **own).count());
    let mut connecting = BTreeMap::new();
    let mut all = Vec::with_capacity(moments.len());
    for (moment, crowd) in moments.iter().zip(&crowds.moments) {
        let meeting = times.iter().filter(|own| own.meets(moment));
        let meeting = meeting.filter_map(|own| match own.who {
            Who::Connecting { cut_off } => Some(cut_off),
            Who::Passing { .. } => None,
        });
        let are_named = meeting.fold(None, |all, own| Some(own || all.unwrap_or(false)));
        connecting = who_connects(&connecting, crowd, are_named);
        if beyond(moment) < ANYBODY {
            all.push(Unnamed::default());
            continue;
        }
        let down: f64 = crowd.iter().map(|own| own.down).sum();
        let mut left: Vec<(usize, f64)> = crowd
            .iter()
            .map(|own| {
                let connecting = connecting.get(&own.stream).copied().unwrap_or(0.0);
                (own.stream, (own.down - connecting).max(0.0))
            })
            .collect();
        // Who is on no path.
        let mut nowhere = (beyond(moment) - down).max(0.0);
        for (_, users, passes) in passing.iter().filter(|own| own.0.meets(moment)) {
            let mut users = *users;
            let on_streams = left.iter_mut().filter(|own| passes[own.0]);
            for own in on_streams.map(|own| &mut own.1).chain([&mut nowhere]) {
                let named = own.min(users);
                *own -= named;
                users -= named;
            }
        }
        let on_paths: f64 = left.iter().map(|own| own.1).sum();
        left.retain(|own| own.1 >= NOBODY);
        all.push(Unnamed {
            users: (on_paths + nowhere).min(beyond(moment)),
            on_streams: left,
        });
    }
    all
}

/// By stream, who is named in a moment because he has to connect, given who was in the moment before: who is not back yet, and
/// who has to in this one; those who are cut off too, if any time names them. `None` is no such time.
fn who_connects(
    before: &BTreeMap<usize, f64>,
    crowds: &[Crowd],
    are_named: Option<bool>,
) -> BTreeMap<usize, f64> {
    let Some(cut_off) = are_named else {
        return BTreeMap::new();
    };
    let of = |own: &Crowd| {
        let before = before.get(&own.stream).copied().unwrap_or(0.0);
        let cut_off = if cut_off { own.cut_off } else { 0.0 };
        (own.stream, before.min(own.down) + own.brought + cut_off)
    };
    crowds.iter().map(of).collect()
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

/// Users whom a period that does not know everything says are affected: by component, of its resources the most.
fn affected(hurts: &[Hurt]) -> impl Iterator<Item = (Vec<ComponentId>, f64)> {
    let of_components = hurts.chunk_by(|a, b| a.component == b.component);
    let most = |rows: &[Hurt]| {
        let users = rows.iter().map(|own| own.users_affected);
        (vec![rows[0].component], users.fold(0.0, f64::max))
    };
    of_components.map(most).filter(|own| own.1 > NOBODY)
}

/// Users who cross some components in any period, at most.
fn most_crossing(plan: &Plan, components: &[ComponentId]) -> f64 {
    let of_period = |own: &PeriodPlan| -> f64 {
        let all = components.iter();
        all.map(|at| own.crossing_within(at.index())).sum()
    };
    plan.periods.iter().map(of_period).fold(0.0, f64::max)
}
