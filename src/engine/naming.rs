//! Naming: when a plan names that users are down, who they are, and how many.

use super::busy_hours::WaitingForWaves;
use super::replay::{MOST_RETRIES, Passed, late_after};
use crate::ids::ComponentId;
use crate::model::{EventKind, Inventory, Phase, Profile, ReplayPolicy, Scenario};
use crate::plan::replay::Moment;
use crate::plan::{BlindImpact, Plan, waiting};
use crate::scenario::acted_on;
use crate::units::{FEASIBILITY, NOBODY};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::ops::Range;

/// A time in which a plan names that users are down.
pub(super) struct Naming {
    pub(super) span: [Timestamp; 2],
    pub(super) who: NamedUsers,
}

/// The users that a plan names.
pub(super) enum NamedUsers {
    /// A share of those who pass any of some components.
    Passing(PassingUsers),
    /// Those who have to connect because they are brought to another path or site; and those whose sessions end with what they
    /// pass, if `cut_off`.
    Connecting { cut_off: bool },
    /// Those that waves have yet to let in, or to move from where they are cut off.
    Waiting(WaitingForWaves),
}

/// Of users who pass any of some components, by profile, who is down.
#[derive(Debug, Clone)]
pub(super) struct PassingUsers {
    pub(super) components: Vec<ComponentId>,
    by_profile: Vec<AffectedShare>,
    /// Of the periods on whose paths users may be: by component, whether anybody crosses it.
    crossed: Vec<Vec<bool>>,
    /// At most this many of all users together.
    pub(super) users: f64,
}

/// Of the users of a profile who pass what is affected, who is down.
#[derive(Debug, Clone, Copy, Default)]
struct AffectedShare {
    /// Who tries again for a session, where something limits new ones.
    losing: Option<Losing>,
    /// Who has none, whatever limits them.
    without_session: f64,
    /// Whose work fails in addition.
    failing: f64,
    /// Nobody else says whose work fails because of what is lost.
    is_known: bool,
    /// Of those who come, who has none yet, where something limits new ones; and for how many seconds.
    coming: [f64; 2],
}

/// A share of what clients send is lost.
#[derive(Debug, Clone, Copy)]
struct Losing {
    loss: f64,
    /// It is the same work that is given up with every attempt.
    is_slow: bool,
    /// Sessions that end a second, of each user.
    ends: f64,
    retries: f64,
    /// Seconds after which a client notices a loss.
    noticed: f64,
    /// Seconds after which work counts as down.
    late: f64,
    policy: ReplayPolicy,
}

/// Of the users of a path, those that a plan names, as shares.
#[derive(Debug, Clone, Copy)]
pub(super) struct NamedShare {
    pub(super) without_session: f64,
    pub(super) failing: f64,
    /// Whose work fails because some is lost: at most at any time, and on average.
    pub(super) losing: [f64; 2],
    /// Of those who have come lately, the share that is named; and within how many seconds they have come.
    pub(super) coming: [f64; 2],
}

impl NamedShare {
    pub(super) fn is_any(&self) -> bool {
        self.without_session + self.failing + self.losing[0] + self.coming[0] > 0.0
    }
}

pub(super) fn limited(inventory: &Inventory, streams: &[Passed]) -> Vec<bool> {
    let of_stream = |passed: &Passed| {
        let mut along = passed.components();
        inventory.profiles[passed.profile.index()].session_cost > 0.0
            || along.any(|at| inventory.accepts_per_second(at).is_some())
    };
    streams.iter().map(of_stream).collect()
}

impl PassingUsers {
    /// The users of a path that it names; nobody if none of it is there. `is_limited` if something on it limits new sessions.
    pub(super) fn of(&self, passed: &Passed, is_limited: bool) -> NamedShare {
        let shares = self.crossed.iter().map(|crossed| {
            let of_hops = passed
                .hops
                .iter()
                .map(|components| self.of_hop(components, crossed));
            of_hops.sum::<f64>()
        });
        let crossing = shares.fold(0.0, f64::max).min(1.0);
        let affected_share = self.by_profile[passed.profile.index()];
        let limited = affected_share.losing.filter(|_| is_limited);
        let limited = limited.map_or(0.0, |losing| losing.waiting(crossing));
        let losing = affected_share.losing.filter(|_| affected_share.is_known);
        let losing = losing.map_or([0.0; 2], |losing| [crossing, losing.failing(crossing)]);
        let without_session = limited.max(crossing * affected_share.without_session);
        NamedShare {
            without_session,
            failing: crossing * affected_share.failing * (1.0 - without_session),
            losing: losing.map(|value| value * (1.0 - without_session)),
            coming: if is_limited {
                [
                    crossing * affected_share.coming[0],
                    affected_share.coming[1],
                ]
            } else {
                [0.0; 2]
            },
        }
    }

    /// Of those who pass a hop, who pass what is affected: members of a pool that anybody crosses get the same.
    fn of_hop(&self, hop: &[ComponentId], crossed: &[bool]) -> f64 {
        let is_hurt = |component: &&ComponentId| self.components.contains(component);
        let is_crossed = |component: &&ComponentId| crossed[component.index()];
        let all = hop.iter().filter(is_crossed).count();
        if all == 0 {
            return hop.iter().filter(is_hurt).count() as f64 / hop.len().max(1) as f64;
        }
        let affected = hop.iter().filter(is_crossed).filter(is_hurt);
        affected.count() as f64 / all as f64
    }
}

impl Naming {
    pub(super) fn meets(&self, moment: &Moment) -> bool {
        self.span[0] < moment.end && moment.start <= self.span[1]
    }
}

pub(super) fn times(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Vec<Naming> {
    let mut times = not_known(inventory, plan);
    for event in &scenario.events {
        let acted = acted_on(event, &scenario.policy);
        let losing = |components: &[ComponentId], losses: &[f64], span, is_known: bool| {
            let both = inventory.profiles.iter().zip(losses);
            let shares = both.map(|(profile, loss)| {
                let is_slow = event.slow().is_some();
                AffectedShare::losing(profile, &scenario.replay, (*loss, is_slow), is_known)
            });
            passing(plan, span, (components, shares.collect()))
        };
        match &event.kind {
            EventKind::Gray(reduction) if reduction.loss > 0.0 => {
                let losses = vec![reduction.loss; inventory.profiles.len()];
                let answered = acted.max(event.start);
                // Part of the work fails for as long as it lasts; until it is answered blind.csv has it.
                let blind = [event.start, before(answered.min(event.end))];
                times.extend(losing(&reduction.components, &losses, blind, false));
                let known = [answered, event.end.max(acted)];
                times.extend(losing(&reduction.components, &losses, known, true));
            }
            // The share that is given up fails whether that is known or not; what ends in time does not.
            EventKind::Slow(slow) => {
                let profiles = inventory.profiles.iter().enumerate();
                let losses = profiles.map(|(index, profile)| {
                    let is_meant = slow.profile.is_none_or(|profile| profile.index() == index);
                    if is_meant && slow.gives_up(profile) {
                        slow.share
                    } else {
                        0.0
                    }
                });
                let losses: Vec<f64> = losses.collect();
                let span = [event.start, event.end];
                times.extend(losing(&slow.components, &losses, span, true));
            }
            _ if event.reduction().is_some() => {
                // Who is cut off or sent elsewhere connects then.
                for at in [event.start, acted, event.end] {
                    times.push(Naming {
                        span: [at; 2],
                        who: NamedUsers::Connecting { cut_off: true },
                    });
                }
            }
            // Who comes with a surge, or is back after it, has to be accepted as others are.
            _ => {}
        }
    }
    times.extend(times_of_waiting(inventory, plan));
    let waves = plan
        .transitions
        .iter()
        .flat_map(|transition| &transition.waves);
    times.extend(waves.map(|wave| Naming {
        span: [wave.start, wave.end],
        who: NamedUsers::Connecting { cut_off: false },
    }));
    times
}

/// From the beginning of a period until its waves are done.
fn times_of_waiting(inventory: &Inventory, plan: &Plan) -> Vec<Naming> {
    let all = waiting(inventory, plan).into_iter().map(|waits| {
        let period = &plan.periods[waits.period];
        Naming {
            span: [period.period.start, before(waits.until)],
            who: NamedUsers::Waiting(WaitingForWaves {
                users: waits.users,
                gone: period.case.gone.clone(),
            }),
        }
    });
    all.collect()
}

/// The shortest time: what holds up to an instant ends so much before it.
const INSTANT: SignedDuration = SignedDuration::from_nanos(1);

pub(super) fn before(at: Timestamp) -> Timestamp {
    at.checked_sub(INSTANT).unwrap_or(at)
}

/// Those who pass some components in some time, period by period: on the paths of the period, and on those of its neighbours
/// while waves lead from one to the other.
fn passing(
    plan: &Plan,
    [from, until]: [Timestamp; 2],
    (components, by_profile): (&[ComponentId], Vec<AffectedShare>),
) -> Vec<Naming> {
    let most = by_profile.iter().map(|affected_share| {
        let limited = affected_share
            .losing
            .map_or(0.0, |losing| losing.waiting(1.0));
        limited.max(affected_share.without_session) + affected_share.failing
    });
    let most = most.fold(0.0, f64::max).min(1.0);
    let on_paths = OnPaths::new(plan);
    let mut times = Vec::new();
    for (number, period) in plan.periods.iter().enumerate() {
        let is_first = number == 0;
        let is_last = number + 1 == plan.periods.len();
        let begins = if is_first { from } else { period.period.start };
        let ends = if is_last {
            until
        } else {
            before(period.period.end)
        };
        let span = [from.max(begins), until.min(ends)];
        if span[0] > span[1] {
            continue;
        }
        for (span, periods) in on_paths.within(number, span) {
            let periods = &plan.periods[periods];
            let crossed = periods.iter().map(|period| {
                let all = 0..period.crossing.len();
                all.map(|at| period.crossing_within(at) > NOBODY).collect()
            });
            let users = periods.iter().map(|period| {
                let each = components
                    .iter()
                    .map(|at| period.crossing_within(at.index()));
                each.sum::<f64>()
            });
            times.push(Naming {
                span,
                who: NamedUsers::Passing(PassingUsers {
                    components: components.to_vec(),
                    by_profile: by_profile.clone(),
                    crossed: crossed.collect(),
                    users: most * users.fold(0.0, f64::max),
                }),
            });
        }
    }
    times
}

/// On the paths of which periods users are.
struct OnPaths {
    /// By period: until when waves lead to it, gates of earlier ones included.
    settled: Vec<Timestamp>,
    /// By period: from when on waves lead to it.
    begun: Vec<Timestamp>,
}

impl OnPaths {
    fn new(plan: &Plan) -> Self {
        let count = plan.periods.len();
        let mut settled = vec![Timestamp::MIN; count];
        let mut begun = vec![Timestamp::MAX; count];
        // The gates of a period end before steps of a later one are made.
        let mut passed = vec![Timestamp::MIN; count + 1];
        for transition in &plan.transitions {
            for wave in &transition.waves {
                settled[transition.period] = settled[transition.period].max(wave.end);
                begun[transition.period] = begun[transition.period].min(wave.start);
                passed[transition.period + 1] = passed[transition.period + 1].max(transition.end);
            }
        }
        for number in 0..count {
            settled[number] = settled[number].max(passed[number]);
            passed[number + 1] = passed[number + 1].max(passed[number]);
        }
        Self { settled, begun }
    }

    /// A time within a period in parts, each with the periods on whose paths users are.
    fn within(
        &self,
        number: usize,
        [from, until]: [Timestamp; 2],
    ) -> Vec<([Timestamp; 2], Range<usize>)> {
        let cuts = self.settled[..=number]
            .iter()
            .chain(&self.begun[number + 1..]);
        let cuts = cuts.filter(|at| from < **at && **at <= until);
        let cuts: BTreeSet<Timestamp> = cuts.copied().collect();
        let starts = std::iter::once(from).chain(cuts.iter().copied());
        let ends = cuts.iter().map(|at| before(*at)).chain([until]);
        let parts = starts.zip(ends).map(|(start, end)| {
            let earlier = self.settled[..=number].iter().position(|at| start < *at);
            let first = earlier.map_or(number, |unsettled| unsettled.saturating_sub(1));
            let later = self.begun.iter().rposition(|at| *at <= start);
            let last = later.map_or(number, |begun| begun.max(number));
            ([start, end], first..last + 1)
        });
        parts.collect()
    }
}

impl AffectedShare {
    /// Where a share of what a profile sends is lost; `is_known` if nobody else says whose work fails.
    fn losing(
        profile: &Profile,
        policy: &ReplayPolicy,
        (loss, is_slow): (f64, bool),
        is_known: bool,
    ) -> Self {
        let losing = Losing {
            loss,
            is_slow,
            ends: profile.sessions_per_hour / 3600.0,
            retries: profile.retries.min(MOST_RETRIES),
            noticed: profile.timeout_seconds.unwrap_or(0.0),
            late: late_after(profile),
            policy: *policy,
        };
        let seconds = losing.takes_longer(1.0);
        Self {
            losing: (loss > 0.0).then_some(losing),
            is_known,
            without_session: 0.0,
            failing: 0.0,
            coming: if loss > 0.0 {
                [(loss / (1.0 - loss)).min(1.0), seconds / loss]
            } else {
                [0.0; 2]
            },
        }
    }
}

/// The times in which not everything is known: users that blind.csv says are affected.
fn not_known(inventory: &Inventory, plan: &Plan) -> Vec<Naming> {
    let mut times = Vec::new();
    for period in plan
        .periods
        .iter()
        .filter(|period| period.period.phase != Phase::Known)
    {
        for (component, [users, excess]) in affected(&period.blind) {
            // Where nobody fits nobody has a session; where some do, sessions fail if they take anything.
            let is_nothing_left = excess >= users * (1.0 - FEASIBILITY);
            let has_none = is_nothing_left || takes_sessions(inventory, component);
            let crossing = period.crossing_within(component.index());
            let affected = (users / crossing.max(f64::MIN_POSITIVE)).min(1.0);
            let share = AffectedShare {
                without_session: if has_none { affected } else { 0.0 },
                failing: if has_none { 0.0 } else { affected },
                ..AffectedShare::default()
            };
            let span = [period.period.start, before(period.period.end)];
            let shares = vec![share; inventory.profiles.len()];
            let mut namings = passing(plan, span, (&[component], shares));
            // What was lost or waits when it is answered comes again then.
            let next = plan.periods.get(period.period.index + 1);
            if next.is_none_or(|period_plan| period_plan.period.phase == Phase::Known)
                && let Some(last) = namings.last_mut()
            {
                last.span[1] = period.period.end;
            }
            times.extend(namings);
        }
    }
    times
}

/// `true` if new sessions take anything at a component that it may have too little of.
fn takes_sessions(inventory: &Inventory, component: ComponentId) -> bool {
    let mut profiles = inventory.profiles.iter();
    profiles.any(|profile| profile.session_cost > 0.0)
        || inventory.accepts_per_second(component).is_some()
}

impl Losing {
    /// Of the users of a path, who waits for a session, where such a share of all attempts passes what loses: s·T / (1 + s·T) if
    /// sessions end s times a second and take T seconds longer.
    fn waiting(&self, crossing: f64) -> f64 {
        let ended = self.ends * self.takes_longer(crossing);
        // Where T is endless everybody waits.
        1.0 - 1.0 / (1.0 + ended)
    }

    /// The share of all work that fails with all its attempts, or is late before one is served, where such a share of all attempts
    /// passes what loses; no less than of those who pass it with every attempt.
    fn failing(&self, crossing: f64) -> f64 {
        if self.is_slow {
            return crossing * self.loss;
        }
        let of_all = |loss: f64| {
            let [mut reached, mut served, mut seconds] = [1.0, 0.0, 0.0];
            let mut backoff = self.policy.backoff_seconds;
            let mut retries = self.retries;
            while reached > 0.0 && seconds < self.late {
                served += reached * (1.0 - loss);
                reached *= loss * retries.clamp(0.0, 1.0);
                seconds += (self.noticed + backoff).max(self.policy.step_seconds);
                backoff *= self.policy.backoff_factor;
                retries -= 1.0;
            }
            1.0 - served
        };
        of_all(self.loss * crossing).max(crossing * of_all(self.loss))
    }

    /// Seconds that a new session takes longer where such a share of all attempts passes what loses. A client notices a loss at
    /// its timeout, and tries again no earlier than once a step is over.
    fn takes_longer(&self, crossing: f64) -> f64 {
        let [mut reached, mut seconds, mut given_up] = [1.0, 0.0, 0.0];
        let step = self.policy.step_seconds;
        let mut backoff = self.policy.backoff_seconds;
        let mut retries = self.retries;
        while reached > 0.0 {
            let failed = reached * self.loss * crossing;
            reached = failed * retries.clamp(0.0, 1.0);
            given_up += failed - reached;
            seconds += reached * (self.noticed + backoff).max(step);
            backoff *= self.policy.backoff_factor;
            retries -= 1.0;
        }
        seconds += given_up * (self.noticed + self.policy.return_seconds).max(step);
        // Where every attempt fails nobody ever gets one.
        (seconds / (1.0 - given_up)).min(1e12)
    }
}

/// Users affected according to a period that does not know everything, and of these those that exceed the capacity: by
/// component, of its resources the most.
fn affected(hurts: &[BlindImpact]) -> impl Iterator<Item = (ComponentId, [f64; 2])> {
    let of_components = hurts.chunk_by(|a, b| a.component == b.component);
    let most = |rows: &[BlindImpact]| {
        let users = rows
            .iter()
            .map(|blind_impact| [blind_impact.users_affected, blind_impact.users_excess]);
        let most = users.fold([0.0; 2], |all, values| {
            [0, 1].map(|at| f64::max(all[at], values[at]))
        });
        (rows[0].component, most)
    };
    of_components.map(most).filter(|pair| pair.1[0] > NOBODY)
}
