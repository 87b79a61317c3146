//! Naming: when a plan names that users are down, who they are, and how many.

use super::replay::{MOST_RETRIES, hops};
use crate::graph::Network;
use crate::ids::ComponentId;
use crate::model::{EventKind, Inventory, Phase, Profile, ReplayPolicy, Scenario};
use crate::plan::replay::Moment;
use crate::plan::{Flow, Hurt, PeriodPlan, Plan};
use crate::scenario::acted_on;
use crate::units::{FEASIBILITY, NOBODY};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

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
    let stretches = stretches(scenario, plan);
    let mut times = not_known(inventory, plan, &stretches);
    for event in &scenario.events {
        let acted = acted_on(event, &scenario.policy);
        match &event.kind {
            EventKind::Gray(own) if own.loss > 0.0 => {
                let losses = vec![own.loss; inventory.profiles.len()];
                let failing = Failing::new(inventory, scenario, plan, (&own.components, &losses));
                let answered = acted.max(event.start);
                // Part of the work fails for as long as it lasts; until it is answered blind.csv has it.
                let until = answered.min(event.end);
                let blind = [event.start, until.checked_sub(INSTANT).unwrap_or(until)];
                times.extend(failing.named(&stretches, (blind, &own.components), 0.0));
                let known = [answered, event.end.max(acted)];
                times.extend(failing.named(&stretches, (known, &own.components), 1.0));
            }
            // The share that is given up fails whether that is known or not; what ends in time does not.
            EventKind::Slow(own) => {
                let profiles = inventory.profiles.iter().enumerate();
                let losses = profiles.map(|(index, profile)| {
                    let is_meant = own.profile.is_none_or(|own| own.index() == index);
                    if is_meant && own.gives_up(profile) {
                        own.share
                    } else {
                        0.0
                    }
                });
                let losses: Vec<f64> = losses.collect();
                let failing = Failing::new(inventory, scenario, plan, (&own.components, &losses));
                let span = [event.start, event.end];
                times.extend(failing.named(&stretches, (span, &own.components), 1.0));
            }
            EventKind::Maintenance(_) | EventKind::Failure(_) | EventKind::Gray(_) => {
                // Who is cut off or sent elsewhere connects then.
                for at in [acted, event.end] {
                    times.push(Naming {
                        span: [at; 2],
                        who: Who::Connecting { cut_off: true },
                    });
                }
            }
            // Who comes with a surge, or is back after it, has to be accepted as others are.
            EventKind::Surge(_) | EventKind::Disconnect(_) => {}
        }
    }
    let waves = plan.transitions.iter().flat_map(|way| &way.waves);
    times.extend(waves.map(|wave| Naming {
        span: [wave.start, wave.end],
        who: Who::Connecting { cut_off: false },
    }));
    times
}

/// A stretch of time, the periods whose users may be there, and so many times as many.
struct Stretch {
    span: [Timestamp; 2],
    periods: Vec<usize>,
    times: f64,
}

/// All stretches of a plan: the period in force counts, while waves go on those that they lead from and to, and while users
/// go because of a surge as many as were there before.
fn stretches(scenario: &Scenario, plan: &Plan) -> Vec<Stretch> {
    let in_force = |at: Timestamp| {
        let begun = |own: &PeriodPlan| own.period.start <= at;
        plan.periods.partition_point(begun).max(1) - 1
    };
    let mut others: Vec<([Timestamp; 2], Vec<usize>, f64)> = Vec::new();
    for way in plan.transitions.iter().filter(|own| !own.waves.is_empty()) {
        let both = vec![way.period.saturating_sub(1), way.period];
        others.push(([way.start, way.end], both, 1.0));
    }
    for event in &scenario.events {
        let EventKind::Surge(own) = &event.kind else {
            continue;
        };
        let (at, times) = if own.factor < 1.0 {
            (event.start, 1.0 / own.factor)
        } else {
            (event.end, own.factor)
        };
        let over = SignedDuration::try_from_secs_f64(own.arrive_minutes * 60.0);
        let end = over.ok().and_then(|own| at.checked_add(own).ok());
        let before = at.checked_sub(INSTANT).map_or(0, in_force);
        let span = [at, end.unwrap_or(Timestamp::MAX)];
        // Of nobody so many times as many says nothing.
        others.push(if times.is_finite() {
            (span, Vec::new(), times)
        } else {
            (span, vec![before], 1.0)
        });
    }
    let periods = plan.periods.iter();
    let periods = periods.flat_map(|own| [own.period.start, own.period.end]);
    let mut cuts: BTreeSet<Timestamp> = periods.collect();
    cuts.extend(others.iter().flat_map(|own| own.0));
    cuts.extend([Timestamp::MIN, Timestamp::MAX]);
    let cuts: Vec<Timestamp> = cuts.into_iter().collect();
    let stretches = cuts.windows(2).map(|pair| {
        let [start, end] = [pair[0], pair[1]];
        let going_on = others.iter();
        let going_on = going_on.filter(|(own, ..)| own[0] < end && start < own[1]);
        let of_others = going_on.clone().flat_map(|own| own.1.iter().copied());
        let mut periods: BTreeSet<usize> = of_others.collect();
        periods.insert(in_force(start));
        Stretch {
            span: [start, end],
            periods: periods.into_iter().collect(),
            times: going_on.map(|own| own.2).product(),
        }
    });
    stretches.collect()
}

/// The shortest time: a stretch ends so much before the next one begins.
const INSTANT: SignedDuration = SignedDuration::from_nanos(1);

impl Stretch {
    /// What of some time lies in it.
    fn within(&self, [from, until]: [Timestamp; 2]) -> Option<[Timestamp; 2]> {
        let start = self.span[0].max(from);
        let end = if until < self.span[1] {
            until
        } else {
            self.span[1]
                .checked_sub(INSTANT)
                .unwrap_or(self.span[1])
                .min(until)
        };
        (start <= end).then_some([start, end])
    }
}

/// The times in which not everything is known: whom blind.csv says to be hurt.
fn not_known(inventory: &Inventory, plan: &Plan, stretches: &[Stretch]) -> Vec<Naming> {
    let mut times = Vec::new();
    for period in plan
        .periods
        .iter()
        .filter(|own| own.period.phase != Phase::Known)
    {
        let span = [period.period.start, period.period.end];
        for (component, [users, excess]) in affected(&period.blind) {
            // Where nobody finds room nobody has a session; where some do, sessions fail if they take anything.
            let is_nothing_left = excess >= users * (1.0 - FEASIBILITY);
            let has_none = is_nothing_left || takes_sessions(inventory, component);
            let crossing = |own: usize| plan.periods[own].crossing_within(component.index());
            let here = period.period.index;
            for stretch in stretches {
                let Some(span) = stretch.within(span) else {
                    continue;
                };
                // As many more as cross it in a period of which users are still there.
                let most = stretch.periods.iter().map(|own| crossing(*own));
                let most = most.fold(crossing(here), f64::max);
                let more = most / crossing(here).max(f64::MIN_POSITIVE);
                let users = users * more * stretch.times;
                times.push(Naming {
                    span,
                    who: Who::Passing {
                        users,
                        without_session: if has_none { users } else { 0.0 },
                        components: vec![component],
                    },
                });
            }
        }
    }
    times
}

/// By period, users whose work fails with a known loss, or because it is slow and given up, and of whom some wait for a session
/// because attempts at one fail too.
struct Failing {
    /// Who waits, and whose work fails besides.
    by_period: Vec<[f64; 2]>,
}

impl Failing {
    /// Of users who pass any of some components, where a share of what a profile sends is lost.
    fn new(
        inventory: &Inventory,
        scenario: &Scenario,
        plan: &Plan,
        (components, losses): (&[ComponentId], &[f64]),
    ) -> Self {
        let network = Network::new(inventory);
        let profiles = inventory.profiles.iter().zip(losses);
        let waits: Vec<f64> = profiles
            .map(|(profile, loss)| sessionless(profile, &scenario.replay, *loss))
            .collect();
        // Who crosses one of them on a path, who of these waits, and whose work fails besides.
        let of_flow = |flow: &Flow| -> [f64; 3] {
            let profile = flow.group.profile.index();
            let hops = hops(inventory, &network, &flow.path);
            let mut along = hops.iter().flat_map(|(_, components)| components);
            let is_limited = inventory.profiles[profile].session_cost > 0.0
                || along.any(|at| inventory.accepts_per_second(*at).is_some());
            let crossing = hops.iter().map(|(_, own)| {
                let hurt = own.iter().filter(|at| components.contains(at));
                hurt.count() as f64 / own.len() as f64
            });
            let crossing = flow.users * crossing.sum::<f64>().min(1.0);
            let waiting = if is_limited {
                crossing * waits[profile]
            } else {
                0.0
            };
            [crossing, waiting, losses[profile] * (crossing - waiting)]
        };
        let of_period = |period: &PeriodPlan| {
            // Members of pools get more where others are out.
            let all = components
                .iter()
                .map(|at| period.crossing_within(at.index()));
            let all: f64 = all.sum();
            let slices = period.flows.chunk_by(|a, b| a.slice == b.slice);
            slices.fold([0.0; 2], |most, flows| {
                let sums = flows
                    .iter()
                    .map(of_flow)
                    .fold([0.0; 3], |sum, own| [0, 1, 2].map(|at| sum[at] + own[at]));
                let more = (all / sums[0].max(f64::MIN_POSITIVE)).max(1.0);
                let more = if sums[0] > 0.0 { more } else { 1.0 };
                [0, 1].map(|at| f64::max(most[at], sums[at + 1] * more))
            })
        };
        Self {
            by_period: plan.periods.iter().map(of_period).collect(),
        }
    }

    /// The same as times; of those whose work fails besides so much counts.
    fn named(
        &self,
        stretches: &[Stretch],
        (span, components): ([Timestamp; 2], &[ComponentId]),
        counts: f64,
    ) -> Vec<Naming> {
        let of_stretch = |own: &Stretch| {
            let span = own.within(span)?;
            let periods = own.periods.iter().map(|own| self.by_period[*own]);
            let times = own.times;
            let [waiting, failing] = periods.fold([0.0; 2], |most, own| {
                [0, 1].map(|at| f64::max(most[at], own[at]))
            });
            Some(Naming {
                span,
                who: Who::Passing {
                    users: times * (waiting + counts * failing),
                    without_session: times * waiting,
                    components: components.to_vec(),
                },
            })
        };
        stretches.iter().filter_map(of_stretch).collect()
    }
}

/// `true` if new sessions take anything at a component that it may have too little of.
fn takes_sessions(inventory: &Inventory, component: ComponentId) -> bool {
    let mut profiles = inventory.profiles.iter();
    profiles.any(|own| own.session_cost > 0.0) || inventory.accepts_per_second(component).is_some()
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
