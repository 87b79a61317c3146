//! Named: who is down in the replay of a plan that it names, and who is not.

use super::falling::{AGAIN_SECONDS, ANYBODY, HOUR, Load, beyond, falls};
use super::naming::{NamedShare, NamedUsers, Naming, PassingUsers};
use super::replay::{Passed, RunCrowd, RunCrowds};
use crate::ids::ComponentId;
use crate::plan::replay::Moment;
use crate::units::NOBODY;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

/// What a plan names, and what its replay shows of it.
pub(super) struct NamedComponents<'a> {
    moments: &'a [Moment],
    crowds: &'a RunCrowds,
    /// By moment, what waits.
    waits: &'a [f64],
    /// By moment.
    found: Vec<FoundNames>,
}

/// Users who are down in a moment, and not among those that the plan names.
#[derive(Debug, Clone, Default)]
struct FoundNames {
    /// Those left apart from users that it names then.
    now: Unnamed,
    /// Those left apart from users that it names then, or has named before and who have been down again and again since.
    since: Unnamed,
    /// More users are down than those that it names or has named, and that wait with them: never more than they were.
    is_more: bool,
}

/// Users who are not named.
#[derive(Debug, Clone, Default)]
struct Unnamed {
    users: f64,
    /// More than a rough count of the others on each path explains.
    excess: f64,
    /// By stream, where anybody is.
    on_streams: Vec<(usize, f64)>,
}

/// Which users an outage is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// All users that the plan does not name at the time: they stay down, whatever began it.
    LockedIn,
    /// All users that it has not named before either.
    Others,
}

/// More users than a plan names are down on a path if they are so by more than this share of those.
const ROUGHNESS: f64 = 0.01;

/// Users on no path.
const NOWHERE: usize = usize::MAX;

impl<'a> NamedComponents<'a> {
    /// What a plan names at these times, and what of it `moments` show, in which such `crowds` are down.
    /// `waits` is what waits in each of
    /// them, `is_limited` by stream whether something on it limits new sessions.
    pub(super) fn new(
        times: &[Naming],
        (moments, crowds): (&'a [Moment], &'a RunCrowds),
        (waits, is_limited): (&'a [f64], &[bool]),
    ) -> Self {
        Self {
            found: found(times, moments, crowds, is_limited),
            moments,
            crowds,
            waits,
        }
    }

    fn unnamed(&self, at: usize, of: Of) -> &Unnamed {
        match of {
            Of::LockedIn => &self.found[at].now,
            Of::Others => &self.found[at].since,
        }
    }

    pub(super) fn users(&self, at: usize, of: Of) -> f64 {
        self.unnamed(at, of).users
    }

    /// The components that users pass who are down in some moments and not named; none if they are on no path.
    pub(super) fn passed(&self, range: Range<usize>, of: Of) -> BTreeSet<ComponentId> {
        let on_streams = range.flat_map(|at| &self.unnamed(at, of).on_streams);
        let streams: BTreeSet<usize> = on_streams.map(|on_stream| on_stream.0).collect();
        let streams = streams.into_iter();
        let passed = streams.filter_map(|index| self.crowds.streams.get(index));
        passed.flat_map(Passed::components).collect()
    }

    /// `true` if more users are down in a moment than are named.
    pub(super) fn is_beyond(&self, at: usize, of: Of) -> bool {
        let all = beyond(&self.moments[at]);
        let unnamed = self.unnamed(at, of);
        let is_anybody_named = all - unnamed.users > NOBODY;
        let least = if is_anybody_named { ANYBODY } else { 0.0 };
        all >= ANYBODY && unnamed.excess > least
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
            if self.is_beyond(at, Of::LockedIn) {
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
            if !self.is_beyond(at, Of::LockedIn) {
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
    /// they are locked in, whatever ends it. Moments in which others are named beside them, or they too, do not count, as long
    /// as no fewer are down.
    pub(super) fn locked_in_from(&self, range: Range<usize>) -> Option<Timestamp> {
        self.no_less_from(range, HOUR)
    }

    /// `true` if as many are down and not named over the last half hour of some moments, and neither they nor what waits becomes
    /// less.
    pub(super) fn are_locked_in_at_the_end(&self, range: Range<usize>) -> bool {
        let half = HOUR / 2.0;
        let mut seconds = 0.0;
        let first = range.clone().rev().find(|at| {
            seconds += self.moments[*at].seconds();
            seconds >= half
        });
        first.is_some_and(|first| self.no_less_from(first..range.end, half).is_some())
    }

    /// The same over `whole_seconds`.
    fn no_less_from(&self, range: Range<usize>, whole_seconds: f64) -> Option<Timestamp> {
        // What is reported in long parts says nothing of what happens in them.
        let is_meant = |at: usize| {
            self.is_beyond(at, Of::LockedIn) && self.moments[at].seconds() <= whole_seconds / 4.0
        };
        let mut since: Vec<(usize, Load)> = Vec::new();
        for at in range {
            let moment = &self.moments[at];
            if !is_meant(at) {
                let last = since.last().map_or(0.0, |pair| pair.1.down);
                if beyond(moment) < last * (1.0 - ROUGHNESS) || last < ANYBODY {
                    since.clear();
                }
                continue;
            }
            let load = Load {
                seconds: moment.seconds() * HOUR / whole_seconds,
                waits: self.waits[at],
                down: self.users(at, Of::LockedIn),
            };
            since.push((at, load));
            let mut seconds = 0.0;
            let whole = since.iter().rposition(|(_, load)| {
                seconds += load.seconds;
                seconds >= HOUR
            });
            let Some(first) = whole else {
                continue;
            };
            let loads: Vec<Load> = since[first..].iter().map(|pair| pair.1).collect();
            if !falls(&loads) {
                return Some(self.moments[since[first].0].start);
            }
        }
        None
    }

    /// The first of some moments in which more users are down than those who are named, or were, and who waits with them.
    pub(super) fn first_beyond(&self, mut range: Range<usize>) -> Option<Timestamp> {
        let first = range.find(|at| self.found[*at].is_more);
        first.map(|index| self.moments[index].start)
    }
}

/// By moment, who is down and not named; `is_limited` is by stream, whether something on it limits new sessions.
fn found(
    times: &[Naming],
    moments: &[Moment],
    crowds: &RunCrowds,
    is_limited: &[bool],
) -> Vec<FoundNames> {
    // By stream, which of its users those times name that name any of them.
    let passing: Vec<(&Naming, &PassingUsers, BTreeMap<usize, NamedShare>)> = times
        .iter()
        .filter_map(|time| match &time.who {
            NamedUsers::Passing(passing_users) => {
                let streams = crowds.streams.iter().zip(is_limited).enumerate();
                let shares = streams.map(|(stream, (passed, limited))| {
                    (stream, passing_users.of(passed, *limited))
                });
                let shares = shares
                    .filter(|(_, named_share)| named_share.is_any())
                    .collect();
                Some((time, passing_users, shares))
            }
            NamedUsers::Connecting { .. } | NamedUsers::Waiting(_) => None,
        })
        .collect();
    // By stream: users named because they have to connect, and users that the plan has named.
    let mut connecting = BTreeMap::new();
    let mut known: BTreeMap<usize, NamedPeak> = BTreeMap::new();
    let mut come: BTreeMap<usize, Come> = BTreeMap::new();
    let mut credits: BTreeMap<(usize, usize), NamedCredit> = BTreeMap::new();
    let mut most = NamedPeak::default();
    let mut all = Vec::with_capacity(moments.len());
    for (moment, crowd) in moments.iter().zip(&crowds.moments) {
        let meeting = times.iter().filter(|naming| naming.meets(moment));
        let meeting = meeting.filter_map(|naming| match naming.who {
            NamedUsers::Connecting { cut_off } => Some(cut_off),
            NamedUsers::Passing(_) | NamedUsers::Waiting(_) => None,
        });
        let are_named = meeting.fold(None, |all, flag| Some(flag || all.unwrap_or(false)));
        connecting = who_connects(&connecting, crowd, are_named);
        for run_crowd in crowd {
            come.entry(run_crowd.stream)
                .or_default()
                .see(moment, run_crowd.users);
        }
        if beyond(moment) < ANYBODY {
            all.push(FoundNames::default());
            continue;
        }
        let down: f64 = crowd.iter().map(|run_crowd| run_crowd.down).sum();
        let nowhere = (beyond(moment) - down).max(0.0);
        // By stream: users without a session, and others who are down, less those that the plan names.
        let mut left: Vec<(usize, [f64; 2])> = crowd
            .iter()
            .map(|run_crowd| {
                let connecting = connecting.get(&run_crowd.stream).copied().unwrap_or(0.0);
                let apart = run_crowd.apart.min(run_crowd.down);
                let [without, rest] = less(apart, connecting);
                (
                    run_crowd.stream,
                    [without, less(run_crowd.down - apart, rest)[0]],
                )
            })
            .collect();
        left.push((NOWHERE, [nowhere, 0.0]));
        let waiting = times.iter().filter(|naming| naming.meets(moment));
        let waiting = waiting.filter_map(|naming| match &naming.who {
            NamedUsers::Waiting(waiting_for_waves) => Some(waiting_for_waves),
            NamedUsers::Passing(_) | NamedUsers::Connecting { .. } => None,
        });
        for waiting_for_waves in waiting {
            let mut users = waiting_for_waves.users;
            for (stream, [without, _]) in &mut left {
                let passed = crowds.streams.get(*stream);
                if passed.is_none_or(|passed| waiting_for_waves.is_cut_off(passed)) {
                    [*without, users] = less(*without, users);
                }
            }
        }
        let meeting = passing.iter().enumerate();
        let meeting = meeting.filter(|(_, entry)| entry.0.meets(moment));
        for (number, (_, passing_users, shares)) in meeting {
            for ((stream, [without, others]), crowd) in left.iter_mut().zip(crowd) {
                let Some(share) = shares.get(stream) else {
                    continue;
                };
                let [coming, seconds] = share.coming;
                let coming = coming * come[stream].within(moment, seconds);
                let apart = without.min(crowd.users * share.without_session + coming);
                *without -= apart;
                let rest = crowd.users * (share.without_session + share.failing) + coming - apart;
                *others -= others.min(rest);
                let [most, mean] = share.losing.map(|value| value * crowd.users);
                let credit = credits.entry((number, *stream)).or_default();
                *others -= credit.taken(moment, others.min(most), mean);
            }
            if let Some((_, [without, _])) = left.last_mut() {
                *without -= without.min(passing_users.users);
            }
        }
        let downs = crowd
            .iter()
            .map(|run_crowd| run_crowd.down)
            .chain([nowhere]);
        let mut found_names = FoundNames::default();
        let mut all_named = 0.0;
        for ((stream, left), down) in left.into_iter().zip(downs) {
            let left = left[0] + left[1];
            let peak = known.entry(stream).or_default();
            let named = (down - left).max(peak.at(moment)).min(down);
            // Who has to connect only at its end is down from then on.
            let connecting = connecting.get(&stream).copied().unwrap_or(0.0);
            peak.see(moment, named.max(connecting));
            all_named += named.max(connecting);
            found_names.now.add(stream, left, down);
            found_names.since.add(stream, down - named, down);
        }
        let named = (beyond(moment) - found_names.since.users).max(0.0);
        let waits = named.max(most.at(moment));
        let least = if waits > 0.0 { ANYBODY } else { 0.0 };
        found_names.is_more = beyond(moment) > waits * (1.0 + ROUGHNESS) + least;
        let down = if found_names.is_more {
            waits
        } else {
            beyond(moment)
        };
        most.see(moment, down.max(all_named));
        all.push(found_names);
    }
    all
}

impl Unnamed {
    /// A number of those who are down on a stream.
    fn add(&mut self, stream: usize, users: f64, down: f64) {
        self.users += users;
        self.excess += (users - (down - users) * ROUGHNESS).max(0.0);
        if users >= NOBODY {
            self.on_streams.push((stream, users));
        }
    }
}

/// How many of a stream have come of late, as far as it is seen.
#[derive(Debug, Clone, Default)]
struct Come {
    users: Option<f64>,
    /// When how many came.
    more: VecDeque<(Timestamp, f64)>,
}

impl Come {
    /// Notes that `users` are there in a moment.
    fn see(&mut self, moment: &Moment, users: f64) {
        let before = self.users.replace(users).unwrap_or(users);
        if users > before {
            self.more.push_back((moment.end, users - before));
        }
        // Nothing is asked further back than a day.
        let day = SignedDuration::from_hours(24);
        let is_old = |pair: &(Timestamp, f64)| moment.end.duration_since(pair.0) > day;
        while self.more.front().is_some_and(is_old) {
            self.more.pop_front();
        }
    }

    /// Users who have come within `seconds` before the end of a moment.
    fn within(&self, moment: &Moment, seconds: f64) -> f64 {
        let is_late = |pair: &&(Timestamp, f64)| {
            moment.end.duration_since(pair.0).as_secs_f64() <= seconds + moment.seconds()
        };
        self.more
            .iter()
            .rev()
            .take_while(is_late)
            .map(|pair| pair.1)
            .sum()
    }
}

/// Users whose work fails because some is lost: a mean number of them, and more at times, since attempts bunch.
#[derive(Debug, Clone, Copy, Default)]
struct NamedCredit {
    user_seconds: f64,
    until: Option<Timestamp>,
}

impl NamedCredit {
    /// Of some users those whose work fails in a moment because some is lost, where `mean` do on average.
    fn taken(&mut self, moment: &Moment, users: f64, mean: f64) -> f64 {
        let since = self.until.unwrap_or(moment.start);
        let elapsed = moment.end.duration_since(since).as_secs_f64();
        self.until = Some(moment.end);
        let most = mean * AGAIN_SECONDS as f64;
        self.user_seconds =
            (self.user_seconds + mean * elapsed.max(0.0)).min(most.max(mean * moment.seconds()));
        let taken = users.min(self.user_seconds / moment.seconds());
        self.user_seconds -= taken * moment.seconds();
        taken
    }
}

/// What is left of `users` once `taken` of them are taken, and what is left of these.
fn less(users: f64, taken: f64) -> [f64; 2] {
    [(users - taken).max(0.0), (taken - users).max(0.0)]
}

/// How many were down at most, as far as that counts: who is down again within ten minutes is so for the same reason.
#[derive(Debug, Clone, Copy, Default)]
struct NamedPeak {
    users: f64,
    /// When they were.
    until: Option<Timestamp>,
    /// How many were last, and when.
    last: Option<(f64, Timestamp)>,
}

impl NamedPeak {
    /// How many count in a moment.
    fn at(&self, moment: &Moment) -> f64 {
        let again = SignedDuration::from_secs(AGAIN_SECONDS);
        let is_recent = |instant: Timestamp| moment.start.duration_since(instant) <= again;
        if self.until.is_some_and(is_recent) {
            return self.users;
        }
        let last = self.last.filter(|pair| is_recent(pair.1));
        last.map_or(0.0, |pair| pair.0)
    }

    /// Notes that `users` are down in a moment.
    fn see(&mut self, moment: &Moment, users: f64) {
        let again = SignedDuration::from_secs(AGAIN_SECONDS);
        let is_past = |instant: Timestamp| moment.start.duration_since(instant) > again;
        if users >= self.at(moment) || self.until.is_some_and(is_past) {
            (self.users, self.until) = (users, Some(moment.end));
        }
        self.last = Some((users, moment.end));
    }
}

/// By stream, users named in a moment because they have to connect, given those of the moment before: those not back yet, and
/// those who have to in this one; those who are cut off too, if any time names them. `None` is no such time.
fn who_connects(
    before: &BTreeMap<usize, f64>,
    crowds: &[RunCrowd],
    are_named: Option<bool>,
) -> BTreeMap<usize, f64> {
    let Some(cut_off) = are_named else {
        return BTreeMap::new();
    };
    let of = |run_crowd: &RunCrowd| {
        let before = before.get(&run_crowd.stream).copied().unwrap_or(0.0);
        let cut_off = if cut_off { run_crowd.cut_off } else { 0.0 };
        (
            run_crowd.stream,
            before.min(run_crowd.down) + run_crowd.brought + cut_off,
        )
    };
    crowds.iter().map(of).collect()
}
