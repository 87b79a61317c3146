//! Downtime: plays a plan forward before it is shown to anybody, and separates what it names from what it does not.

use super::falling::{AGAIN_SECONDS, ANYBODY, beyond, waits};
use super::named::{NamedComponents, Of};
use super::naming::{limited, times};
use super::outage_pace::paced;
use super::outage_relief::{ReliefOutcome, relief};
use super::replay::{Play, Played, played};
use super::worlds::worlds;
use crate::error::Result;
use crate::ids::ComponentId;
use crate::model::{Event, Inventory, Scenario};
use crate::plan::replay::{Moment, Run};
use crate::plan::{Downtime, NotCounted, Outage, PeriodDowntime, Plan, Relief, Shortage};
use crate::solve::Stop;
use crate::units::NOBODY;
use jiff::{SignedDuration, Timestamp};
use std::ops::Range;

/// Pieces of work that are spent on playing a plan: what streams, attempts and queues take in every part of time, and four for
/// every shard in every stretch of time in which nothing changes.
const MOST_WORK: f64 = 4e6;

/// The share of it for playing as exactly as a replay does; where that is not enough it is done roughly.
const EXACTLY: f64 = 0.25;

/// The share of it for playing once more in shorter steps where anybody is down; where that is not enough it counts as rough.
const FINER: f64 = 0.5;

/// The same where nobody is down.
const AT_LEISURE: f64 = 0.02;

/// How many of the shorter steps there are in one, at least, and how many seconds one of them has at most.
const FINER_STEPS: f64 = 12.0;
const FINER_SECONDS: f64 = 5.0;

/// The same of steps between these and its own, and the share of the work for them.
const BETWEEN_STEPS: f64 = 6.0;
const BETWEEN_SECONDS: f64 = 10.0;
const BETWEEN: f64 = 0.25;

/// How a plan is played whose whole replay is reported, in the scenario's steps or in shorter ones.
pub(super) fn exactly() -> Play {
    Play::Within(EXACTLY.max(FINER) * MOST_WORK)
}

/// What users feel of a plan, and what of it the plan names.
///
/// # Errors
/// [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) if a stop is raised; `Error::Internal` if the replay loses work.
pub fn downtime(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    stop: &Stop,
) -> Result<Downtime> {
    downtime_within(inventory, scenario, plan, MOST_WORK, stop)
}

/// The same with a given number of pieces of work.
///
/// # Errors
/// Those of [`downtime`].
pub fn downtime_within(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    most_work: f64,
    stop: &Stop,
) -> Result<Downtime> {
    let downtime = Downtime {
        not_counted: not_counted(scenario, plan),
        unchecked_from: None,
        is_rough: false,
        step_seconds: scenario.replay.step_seconds,
        periods: vec![PeriodDowntime::default(); plan.periods.len()],
        outages: Vec::new(),
        still_down: 0.0,
        accounts: Vec::new(),
        relief: Vec::new(),
    };
    if downtime.not_counted.is_some() {
        return Ok(downtime);
    }
    let least = 4.0 * inventory.shards.len() as f64 * (plan.periods.len() + 1) as f64;
    if least > most_work {
        return Ok(Downtime::unchecked(scenario.start, plan.periods.len()));
    }
    let play = |scenario: &Scenario, play: Play| -> Result<Downtime> {
        let played = played(inventory, scenario, plan, play, stop)?;
        let found = Downtime {
            unchecked_from: played.spent,
            is_rough: matches!(play, Play::Roughly(_)),
            step_seconds: scenario.replay.step_seconds,
            ..downtime.clone()
        };
        Ok(found.of_run((inventory, scenario), plan, played))
    };
    let finer = in_steps(scenario, FINER_STEPS, FINER_SECONDS);
    let is_shorter = finer.replay.step_seconds < scenario.replay.step_seconds;
    let mut found = play(scenario, Play::Within(EXACTLY * most_work))?;
    let is_rough = found.unchecked_from.is_some();
    // What soon takes too much in long steps takes more in shorter ones.
    let span = scenario.end.duration_since(scenario.start);
    let is_far = |at: Timestamp| at.duration_since(scenario.start) * 2 >= span;
    let is_worth = found.unchecked_from.is_none_or(is_far);
    if is_rough {
        let exactly = found;
        found = play(scenario, Play::Roughly(most_work))?;
        if exactly.has_more_outages_than(&found, plan) {
            found = exactly;
        }
    }
    let is_anybody_down = found.is_anybody_down();
    if is_shorter && is_worth && (is_anybody_down || !is_rough) {
        let work = match (is_rough, is_anybody_down) {
            (true, _) => EXACTLY,
            (false, true) => FINER,
            (false, false) => AT_LEISURE,
        };
        let again = play(&finer, Play::Within(work * most_work))?;
        // Where it is rough, only outages that it does not show are worth that less of the scenario is played.
        let is_worse = if found.is_rough {
            again.has_more_outages_than(&found, plan)
        } else {
            again.is_worse_than(&found, plan)
        };
        if is_worse {
            // Also where it did not come to its end: it shows an outage by then.
            let other = std::mem::replace(&mut found, again);
            found.lasts_as_long_as(&other);
        } else {
            found.lasts_as_long_as(&again);
            // Whether shorter parts say the same is not known.
            found.is_rough |= again.unchecked_from.is_some() && is_anybody_down;
        }
    }
    // Clients who get through by chance in both do not in steps between these.
    if is_shorter && !found.is_rough && found.unchecked_from.is_none() && found.is_anybody_down() {
        let between = in_steps(scenario, BETWEEN_STEPS, BETWEEN_SECONDS);
        let again = play(&between, Play::Within(BETWEEN * most_work))?;
        if again.has_more_outages_than(&found, plan) {
            let other = std::mem::replace(&mut found, again);
            found.lasts_as_long_as(&other);
        } else if again.unchecked_from.is_none() {
            found.lasts_as_long_as(&again);
        }
    }
    if found.is_rough || found.unchecked_from.is_some() {
        found.accounts.clear();
    }
    found.relief = relief_of(inventory, scenario, plan, (&found, most_work), stop)?;
    Ok(found)
}

/// The same scenario with at least `count` shorter steps in one, each no longer than `seconds`.
fn in_steps(scenario: &Scenario, count: f64, seconds: f64) -> Scenario {
    let step = scenario.replay.step_seconds;
    let mut other = scenario.clone();
    other.replay.step_seconds = (step / count).clamp(1.0, seconds).min(step);
    other
}

/// What would end the outages of a plan, as far as so much work shows.
fn relief_of(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    (downtime, most_work): (&Downtime, f64),
    stop: &Stop,
) -> Result<Vec<Relief>> {
    let mut outages = downtime.outages.iter();
    let Some(shortage) = outages.find_map(|outage| outage.shortage) else {
        return Ok(Vec::new());
    };
    let mut left = most_work;
    let mut play = |inventory: &Inventory, scenario: &Scenario, plan: &Plan| {
        let first = if downtime.is_rough {
            Play::Roughly
        } else {
            Play::Within
        };
        // In the scenario's steps and in shorter ones: what leaves no outage does so in all.
        let finer = in_steps(scenario, FINER_STEPS, FINER_SECONDS);
        let between = in_steps(scenario, BETWEEN_STEPS, BETWEEN_SECONDS);
        for (scenario, how) in [
            (scenario, first),
            (&finer, Play::Within),
            (&between, Play::Within),
        ] {
            let played = played(inventory, scenario, plan, how(left), stop)?;
            left -= played.work;
            let nothing = Downtime {
                unchecked_from: played.spent,
                periods: vec![PeriodDowntime::default(); plan.periods.len()],
                outages: Vec::new(),
                ..downtime.clone()
            };
            let found = nothing.of_run((inventory, scenario), plan, played);
            if !found.outages.is_empty() {
                let mut outages = found.outages.iter();
                return Ok(Some(ReliefOutcome {
                    is_over: false,
                    shortage: outages.find_map(|outage| outage.shortage),
                }));
            }
            if found.unchecked_from.is_some() {
                return Ok(None);
            }
        }
        Ok(Some(ReliefOutcome {
            is_over: true,
            shortage: None,
        }))
    };
    let mut found = Vec::new();
    found.extend(paced(
        (inventory, scenario, plan),
        &downtime.outages,
        &mut play,
    )?);
    let mut of_plan = |inventory: &Inventory, scenario: &Scenario| play(inventory, scenario, plan);
    found.extend(relief(inventory, scenario, &shortage, &mut of_plan)?);
    Ok(found)
}

/// Why playing a plan would not tell what it comes to.
fn not_counted(scenario: &Scenario, plan: &Plan) -> Option<NotCounted> {
    let ends_sessions = |event: &Event| event.disconnect().is_some();
    let is_disconnected = scenario.events.iter().any(ends_sessions);
    match (is_disconnected, !scenario.queued.is_empty()) {
        (true, true) => Some(NotCounted::DisconnectsAndQueued),
        (true, false) => Some(NotCounted::Disconnects),
        (false, true) => Some(NotCounted::Queued),
        (false, false) => plan.is_refused().then_some(NotCounted::Refused),
    }
}

fn period_at(plan: &Plan, at: Timestamp) -> usize {
    let begun = |period_plan: &crate::plan::PeriodPlan| period_plan.period.start <= at;
    plan.periods.partition_point(begun).max(1) - 1
}

/// Users that a plan serves nowhere at an instant: those of the period, and, while its waves let them in, of the one before;
/// `before` are those of the state before.
fn unserved(plan: &Plan, before: f64, at: Timestamp) -> f64 {
    let period = period_at(plan, at);
    let of_both = &plan.periods[period.saturating_sub(1)..=period];
    let first = if period == 0 { before } else { 0.0 };
    of_both
        .iter()
        .map(|period_plan| period_plan.totals.unserved)
        .fold(first, f64::max)
}

/// Moments in which anybody is down beyond those who are served nowhere: from the first on, up to the one after the last.
type Episode = Range<usize>;

/// Stretches of moments in which anybody is down, those together that are near each other.
fn episodes(moments: &[Moment]) -> Vec<Episode> {
    let mut all: Vec<Episode> = Vec::new();
    let each = moments.iter().enumerate();
    for (at, moment) in each.filter(|(_, moment)| beyond(moment) >= ANYBODY) {
        let last = all.last_mut().filter(|range| {
            let pause = moment.start.duration_since(moments[range.end - 1].end);
            pause <= SignedDuration::from_secs(AGAIN_SECONDS)
        });
        match last {
            Some(range) => range.end = at + 1,
            None => all.push(at..at + 1),
        }
    }
    all
}

impl Downtime {
    /// Counts users who are down in a run, by period, and what of it the plan names.
    fn of_run(
        mut self,
        (inventory, scenario): (&Inventory, &Scenario),
        plan: &Plan,
        played: Played,
    ) -> Self {
        let Played {
            mut run,
            crowds,
            unserved_before,
            ..
        } = played;
        for moment in &mut run.moments {
            let unserved = unserved(plan, unserved_before, moment.start);
            moment.nowhere = moment.nowhere.min(unserved);
        }
        self.accounts = std::mem::take(&mut run.accounts);
        let run = run;
        for moment in &run.moments {
            let period = period_at(plan, moment.start);
            let period_downtime = &mut self.periods[period];
            let minutes = moment.seconds() / 60.0;
            // Where users stay unserved, nobody is known to be placed.
            let unplaced = if plan.periods[period].totals.unserved <= NOBODY {
                moment.unplaced
            } else {
                0.0
            };
            // The plan names those that it does not leave unserved as waiting for a wave.
            let unplaced_named = (unplaced - moment.nowhere).max(0.0);
            period_downtime.unplaced_named_minutes += unplaced_named * minutes;
            let others = moment.most_down - unplaced;
            period_downtime.most_users = period_downtime.most_users.max(moment.most_down);
            period_downtime.most_others = period_downtime.most_others.max(others);
            period_downtime.most_unplaced = period_downtime.most_unplaced.max(unplaced);
            period_downtime.unplaced_minutes += unplaced * minutes;
            period_downtime.user_minutes += moment.down * minutes;
            period_downtime.unserved_minutes += moment.nowhere * minutes;
        }
        let times = times(inventory, scenario, plan);
        let waits = waits(&run);
        let is_limited = limited(inventory, &crowds.streams);
        for (moments, in_moments) in worlds(&times, &run, &crowds) {
            let of = (moments.as_ref(), in_moments.as_ref());
            let named = NamedComponents::new(&times, of, (&waits, &is_limited));
            for episode in episodes(&moments) {
                self.count(plan, (&run, &moments), &named, &episode);
            }
        }
        self.outages.sort_by_key(|outage| outage.start);
        self
    }

    /// Counts users who are down as named or as an outage.
    fn count(
        &mut self,
        plan: &Plan,
        (run, all): (&Run, &[Moment]),
        named: &NamedComponents<'_>,
        episode: &Episode,
    ) {
        let moments = &all[episode.clone()];
        let Some(last) = moments.last() else {
            return;
        };
        let is_over = episode.end < all.len();
        // What has only just begun when the replay ends may be over soon.
        let is_young = |from: Timestamp| {
            let lasts = last.end.duration_since(from);
            self.unchecked_from.is_none() && lasts <= SignedDuration::from_secs(AGAIN_SECONDS)
        };
        let range = || episode.clone();
        // What never ends is no aftermath, whatever is named meanwhile; and an aftermath becomes less.
        let endless = named.never_over_from(range()).filter(|_| !is_over);
        // Where the work is spent nobody knows whether what becomes less is over soon.
        let is_cut = self.unchecked_from.is_some() && !is_over;
        let endless = endless.filter(|_| !is_cut || named.are_locked_in_at_the_end(range()));
        let (young, endless) = match endless {
            Some(from) if is_young(from) => (true, None),
            other => (false, other),
        };
        let locked_in = named.locked_in_from(range());
        let locked_in = [endless, locked_in].into_iter().flatten().min();
        // It is of those who are named.
        let others = named.first_beyond(range());
        let outage_from = [locked_in, others].into_iter().flatten().min();
        if young && outage_from.is_none() {
            self.still_down += named.users(episode.end - 1, Of::LockedIn);
        }
        let of = |moment: &Moment| match locked_in {
            Some(from) if moment.start >= from => Of::LockedIn,
            _ => Of::Others,
        };
        let is_outage = |moment: &Moment| outage_from.is_some_and(|from| moment.start >= from);
        for (at, moment) in range().zip(moments) {
            let period_downtime = &mut self.periods[period_at(plan, moment.start)];
            let minutes = beyond(moment) * moment.seconds() / 60.0;
            let unnamed = named.users(at, of(moment)) * moment.seconds() / 60.0;
            if is_outage(moment) {
                period_downtime.outage_minutes += unnamed;
                period_downtime.named_minutes += minutes - unnamed;
            } else {
                period_downtime.named_minutes += minutes;
            }
            let is_of_outage = is_outage(moment) && named.is_beyond(at, of(moment));
            if !is_of_outage && named.is_beyond(at, Of::LockedIn) {
                period_downtime.aftermath_until =
                    period_downtime.aftermath_until.max(Some(moment.end));
            }
            if beyond(moment) >= ANYBODY {
                period_downtime.down_until = period_downtime.down_until.max(Some(moment.end));
            }
        }
        // From there on up to the last moment in which more users are down than are named.
        let mut of_outage = range().filter(|at| is_outage(&all[*at]));
        if let Some(first) = of_outage.next() {
            let is_more = |at: &usize| named.is_beyond(*at, of(&all[*at]));
            let last = of_outage.rfind(is_more).unwrap_or(first);
            self.outages
                .push(outage((run, all), named, [first, last + 1], of));
        }
    }
}

/// Users who are down beyond what the plan names, from one moment up to another; `of` says which users count in a moment.
fn outage(
    (run, all): (&Run, &[Moment]),
    named: &NamedComponents<'_>,
    [first, end]: [usize; 2],
    of: impl Fn(&Moment) -> Of,
) -> Outage {
    let moments = &all[first..end];
    let each = || {
        let both = (first..end).zip(moments);
        both.map(|(at, moment)| (moment, named.users(at, of(moment))))
    };
    let most = each().map(|(moment, unnamed)| moment.most_down - moment.down + unnamed);
    let named_users = each().map(|(moment, unnamed)| beyond(moment) - unnamed);
    let minutes = each().map(|(moment, unnamed)| unnamed * moment.seconds() / 60.0);
    let last = moments.last().map_or(Of::Others, &of);
    let passed = named.passed(first..end, last);
    let is_passed = |component: ComponentId| passed.is_empty() || passed.contains(&component);
    let is_over = end < all.len();
    Outage {
        start: moments[0].start,
        end: moments.last().filter(|_| is_over).map(|moment| moment.end),
        most_users: most.fold(0.0, f64::max),
        named_users: named_users.fold(0.0, f64::max),
        all_users: moments
            .iter()
            .map(|moment| moment.users)
            .fold(0.0, f64::max),
        user_minutes: minutes.sum(),
        shortage: shortage(run, [first, end], is_passed),
    }
}

/// What is short for the longest time from one moment up to another, of what is meant, and of that when most is missing.
pub(super) fn shortage(
    run: &Run,
    [first, end]: [usize; 2],
    is_meant: impl Fn(ComponentId) -> bool,
) -> Option<Shortage> {
    let mut longest: Option<(f64, Shortage)> = None;
    let passages = run.passages.iter();
    for passage in passages.filter(|passage| is_meant(passage.component)) {
        let both = run.moments[first..end]
            .iter()
            .zip(&passage.flows[first..end]);
        let short = both.filter(|(_, flow)| flow.is_beyond());
        let seconds: f64 = short.clone().map(|(moment, _)| moment.seconds()).sum();
        let lacks = |flow: &crate::plan::replay::PassageFlow| flow.offered / flow.capacity;
        let most = short.map(|(_, flow)| flow);
        let Some(most) = most.max_by(|a, b| lacks(a).total_cmp(&lacks(b))) else {
            continue;
        };
        if longest.is_none_or(|pair| seconds > pair.0) {
            let shortage = Shortage {
                component: passage.component,
                short: passage.short,
                offered: most.offered,
                capacity: most.capacity,
            };
            longest = Some((seconds, shortage));
        }
    }
    longest.map(|pair| pair.1)
}
