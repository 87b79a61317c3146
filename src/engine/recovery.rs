//! Recovery: plays triggers that nobody knows of, and finds out what recovers by itself (`docs/model.md` §9, Recovery).

use super::busy_hours::{busy_hours, demanded_all_along};
use super::downtime::{ANYBODY, beyond, shortage};
use super::falling::falls;
use super::outage_relief::{Outcome, relief};
use super::replay::{Held, Play, Played, held};
use crate::error::Result;
use crate::graph::Network;
use crate::ids::ComponentId;
use crate::model::{
    Disconnect, Event, EventKind, Failing, FailureSet, Inventory, Phase, ReplayPolicy, Scenario,
};
use crate::plan::{Loses, PeriodPlan, Plan, Recovery, Relief, Stability, Trial};
use crate::scenario::acted_on;
use crate::solve::Stop;
use crate::units::NOBODY;
use jiff::{SignedDuration, Timestamp};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Pieces of work that are spent on playing triggers, as [`downtime`](super::downtime) counts them.
const MOST_WORK: f64 = 4e6;

/// Of these, pieces of work that are spent on one rough play: what takes more is not checked, and leaves something to others.
const MOST_OF_ONE: f64 = 2e6;

/// A play in parts as long as those of a replay, and a rough one.
const EXACT: fn(f64) -> Play = Play::Within;
const ROUGH: fn(f64) -> Play = |left| Play::Roughly(left.min(MOST_OF_ONE));

/// The share of it where a plan does not have to recover.
const UNASKED: f64 = 0.25;

/// What is played before a trigger begins: who is down then is not down because of it.
const AHEAD: SignedDuration = SignedDuration::from_mins(2);

/// How long a trigger lasts.
const LASTS: SignedDuration = SignedDuration::from_mins(10);

/// How long after a trigger everything should have recovered.
const SOON: SignedDuration = SignedDuration::from_hours(2);

/// How long after a trigger a play goes on where what waits falls steadily.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// What has recovered within so many seconds has recovered at once; what takes longer is played once more, exactly.
const AT_ONCE: f64 = 600.0;

/// Hours beside the busiest in which a trigger is played at most.
const MOST_HOURS: usize = 24;

/// Seconds of the steps of a play.
const STEP: f64 = 60.0;

/// Plays every trigger against every period that is known, the tightest first.
///
/// # Errors
/// [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) if a stop is raised; `Error::Internal` if a replay loses work.
pub fn recovery(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    stop: &Stop,
) -> Result<Recovery> {
    recovery_within(inventory, scenario, plan, MOST_WORK, stop)
}

/// The same with so many pieces of work.
///
/// # Errors
/// Those of [`recovery`].
pub fn recovery_within(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    most_work: f64,
    stop: &Stop,
) -> Result<Recovery> {
    let network = Network::new(inventory);
    let is_required = scenario.policy.require_stable;
    let periods = plan.periods.iter();
    let known = periods.filter(|own| own.period.phase == Phase::Known);
    let is_vulnerable = |own: &&PeriodPlan| {
        let mut margins = own.stability.iter();
        is_required || margins.any(|own| own.stability == Stability::Vulnerable)
    };
    let mut triggers: Vec<Trigger<'_>> = known
        .filter(is_vulnerable)
        .flat_map(|own| triggers(inventory, &network, own))
        .filter(|own| is_required || own.hits_what_is_vulnerable())
        .collect();
    triggers.sort_by(|a, b| b.is_tighter(a));
    let mut found = Recovery {
        is_required,
        ..Recovery::default()
    };
    let of = (inventory, scenario);
    let most_work = if is_required {
        most_work
    } else {
        most_work * UNASKED
    };
    let mut left = most_work;
    let mut slow = Vec::new();
    for trigger in &triggers {
        match trigger.play_in_any_hour(of, &mut left, stop)? {
            // Clients that come back together may get through a gate by chance, by how long the parts of a rough play are.
            Some(trial) if trial.clears_after.is_some_and(|own| own > AT_ONCE) => {
                slow.push((trigger, trial));
            }
            Some(trial) => found.trials.push(trial),
            None => found.not_checked += 1,
        }
    }
    let mut left = most_work;
    for (trigger, rough) in slow {
        match trigger.play(of, rough.start, EXACT, &mut left, stop)? {
            Some(exact) if exact.is_worse_than(&rough) => found.trials.push(exact),
            Some(_) => found.trials.push(rough),
            None => found.not_checked += 1,
        }
    }
    if is_required {
        found.relief = relief_of(inventory, scenario, (&found, &triggers, most_work), stop)?;
    }
    Ok(found)
}

/// What would let a plan recover from the trigger after which most users stay down, as far as so much work shows.
fn relief_of(
    inventory: &Inventory,
    scenario: &Scenario,
    (found, triggers, most_work): (&Recovery, &[Trigger<'_>], f64),
    stop: &Stop,
) -> Result<Vec<Relief>> {
    let Some(worst) = found.worst() else {
        return Ok(Vec::new());
    };
    let mut triggers = triggers.iter();
    let trigger = triggers.find(|own| own.is_of(worst));
    let (Some(trigger), Some(shortage)) = (trigger, worst.shortage) else {
        return Ok(Vec::new());
    };
    let mut left = most_work;
    let mut play = |inventory: &Inventory, scenario: &Scenario| {
        let of = (inventory, scenario);
        let rough = trigger.play(of, worst.start, ROUGH, &mut left, stop)?;
        let trial = match rough {
            // Nobody believes a rough play that all is well.
            Some(rough) if !rough.is_locked_in() => {
                trigger.play(of, worst.start, EXACT, &mut left, stop)?
            }
            other => other,
        };
        Ok(trial.map(|own| Outcome {
            is_over: !own.is_locked_in(),
            shortage: own.shortage,
        }))
    };
    relief(inventory, scenario, &shortage, &mut play)
}

/// A trigger in the hours of a period.
struct Trigger<'a> {
    period: &'a PeriodPlan,
    hit: Failing,
    loses: Loses,
    /// When it may begin: in each hour that is like no other, first where most is used of what users of it pass.
    begins: Vec<Timestamp>,
    /// The most that anything is used then which users of what is hit pass.
    utilization: f64,
    /// Users who pass what is hit.
    users: f64,
}

/// Everything that users of a period pass, as often as it can lose something.
fn triggers<'a>(
    inventory: &Inventory,
    network: &Network,
    period: &'a PeriodPlan,
) -> Vec<Trigger<'a>> {
    let lasts = |start: Timestamp| after(after(start, AHEAD), LASTS + SOON);
    let hours = busy_hours(inventory, network, (period, lasts));
    let mut seen: BTreeSet<Vec<ComponentId>> = BTreeSet::new();
    let mut all = Vec::new();
    for set in [FailureSet::Components, FailureSet::RiskGroups] {
        for hit in set.left_in(inventory, &period.case) {
            let components = hit.components(inventory);
            let by_hour = hours.iter().map(|own| (own.start, own.at(&components)));
            let mut by_hour: Vec<(Timestamp, [f64; 2])> = by_hour.collect();
            by_hour.sort_by(|(start, a), (than, b)| {
                let order = b[0].total_cmp(&a[0]).then(b[1].total_cmp(&a[1]));
                // Of equals the earlier.
                order.then(start.cmp(than))
            });
            let Some(&(_, [utilization, users])) = by_hour.first() else {
                continue;
            };
            let begins = by_hour.iter().map(|(start, _)| after(*start, AHEAD));
            let begins: Vec<Timestamp> = begins.collect();
            if users <= NOBODY || !seen.insert(components) {
                continue;
            }
            all.extend(Loses::ALL.map(|loses| Trigger {
                period,
                hit,
                loses,
                begins: begins.clone(),
                utilization,
                users,
            }));
        }
    }
    all
}

impl Trigger<'_> {
    fn is_of(&self, trial: &Trial) -> bool {
        (self.period.period.index, self.hit, self.loses) == (trial.period, trial.hit, trial.loses)
    }

    fn is_tighter(&self, than: &Self) -> std::cmp::Ordering {
        let order = self.utilization.total_cmp(&than.utilization);
        let order = order.then(self.users.total_cmp(&than.users));
        // Of equals the earlier, in the order of the inventory.
        order
            .then(than.period.period.index.cmp(&self.period.period.index))
            .then((than.hit, than.loses).cmp(&(self.hit, self.loses)))
    }

    /// `true` if retries may lock in an overload at what is hit.
    fn hits_what_is_vulnerable(&self) -> bool {
        let mut margins = self.period.stability.iter();
        margins.any(|own| {
            own.stability == Stability::Vulnerable && self.hit == Failing::Component(own.component)
        })
    }

    /// Plays it roughly in the hour in which most is used. Where it recovers then, and would not if demand stayed as it is in
    /// that hour, it is played in others too, up to the first in which it does not recover; `None` as below.
    fn play_in_any_hour(
        &self,
        (inventory, scenario): (&Inventory, &Scenario),
        left: &mut f64,
        stop: &Stop,
    ) -> Result<Option<Trial>> {
        let Some((first, others)) = self.begins.split_first() else {
            return Ok(None);
        };
        let of = (inventory, scenario);
        let busiest = self.play(of, *first, ROUGH, left, stop)?;
        let Some(mut found) = busiest else {
            return Ok(None);
        };
        if found.is_locked_in() || others.is_empty() {
            return Ok(Some(found));
        }
        let lasting = demanded_all_along(inventory, *first);
        match self.play((&lasting, scenario), *first, ROUGH, left, stop)? {
            None => return Ok(None),
            // Taken for enough, which it is not: fewer users may lock in where more come through by chance
            // (tests/found/recovers-at-the-peak-alone).
            Some(own) if !own.is_locked_in() => return Ok(Some(found)),
            Some(_) => {}
        }
        for begins in others.iter().take(MOST_HOURS) {
            match self.play(of, *begins, ROUGH, left, stop)? {
                None => return Ok(None),
                Some(own) if own.is_worse_than(&found) => found = own,
                Some(_) => {}
            }
            if found.is_locked_in() {
                return Ok(Some(found));
            }
        }
        Ok(Some(found).filter(|_| others.len() <= MOST_HOURS))
    }

    /// Plays it from an instant on; `None` if the work for it was spent before anything was known.
    fn play(
        &self,
        (inventory, scenario): (&Inventory, &Scenario),
        begins: Timestamp,
        how: fn(f64) -> Play,
        left: &mut f64,
        stop: &Stop,
    ) -> Result<Option<Trial>> {
        let start = begins.checked_sub(AHEAD).unwrap_or(begins);
        let over = after(begins, LASTS);
        let inventory = frozen(inventory, start);
        for lasting in [SOON, LATE] {
            if *left <= 0.0 {
                return Ok(None);
            }
            let end = after(over, lasting);
            let scenario = self.scenario(&inventory, scenario, [begins, over], end);
            let asked = Held {
                period: self.period,
                start,
                play: how(*left),
            };
            let played = held(&inventory, &scenario, &asked, stop)?;
            *left -= played.work;
            if played.spent.is_some() {
                return Ok(None);
            }
            let trial = self.judged(&played, [begins, over]);
            if !trial.is_locked_in() || lasting == LATE || !falls(&played.run.moments) {
                return Ok(Some(trial));
            }
        }
        Ok(None)
    }

    /// The scenario in which what is in force goes on, and the trigger is all that happens.
    fn scenario(
        &self,
        inventory: &Inventory,
        scenario: &Scenario,
        [begins, over]: [Timestamp; 2],
        end: Timestamp,
    ) -> Scenario {
        let in_force = |own: &&Event| {
            let is_meant = !matches!(own.kind, EventKind::Disconnect(_));
            is_meant
                && acted_on(own, &scenario.policy) <= self.period.period.start
                && own.end > self.period.period.start
        };
        let events = scenario.events.iter().filter(in_force).cloned();
        let mut events: Vec<Event> = events
            .map(|own| Event {
                end: Timestamp::MAX,
                ..own
            })
            .collect();
        let components = self.hit.components(inventory);
        events.push(Event {
            kind: match self.loses {
                Loses::Sessions => EventKind::Disconnect(Disconnect {
                    components,
                    client_region: None,
                }),
                Loses::Capacity => self.hit.event(inventory),
            },
            start: begins,
            end: over,
            // Nobody knows of it before it is over.
            detected: match self.loses {
                Loses::Sessions => begins,
                Loses::Capacity => over,
            },
            drain_minutes: None,
        });
        Scenario {
            end,
            events,
            queued: Vec::new(),
            replay: ReplayPolicy {
                step_seconds: STEP,
                ..scenario.replay
            },
            ..scenario.clone()
        }
    }

    fn judged(&self, played: &Played, [begins, over]: [Timestamp; 2]) -> Trial {
        let moments = &played.run.moments;
        let before = moments.iter().filter(|own| own.end <= begins);
        let usual = before.map(beyond).fold(0.0, f64::max);
        let because = |own: &crate::plan::replay::Moment| (beyond(own) - usual).max(0.0);
        let is_down = |own: &&crate::plan::replay::Moment| because(own) >= ANYBODY;
        let last = moments.iter().rev().find(is_down);
        let still = moments.last().filter(is_down);
        let end = last.map_or(over, |own| own.end.max(over));
        let count = moments.len();
        Trial {
            period: self.period.period.index,
            hit: self.hit,
            loses: self.loses,
            start: begins,
            clears_after: (still.is_none()).then(|| end.duration_since(over).as_secs_f64()),
            still_down: still.map_or(0.0, because),
            all_users: moments.last().map_or(0.0, |own| own.users),
            shortage: still.and_then(|_| shortage(&played.run, [count - 1, count])),
        }
    }
}

/// The inventory in which nobody joins, and nothing is built, after a play begins.
fn frozen(inventory: &Inventory, start: Timestamp) -> Cow<'_, Inventory> {
    let is_later = |date: Timestamp| date > start;
    let rows = inventory.onboarding.iter().map(|own| own.date);
    let mut dates = rows.chain(inventory.capacity_changes.iter().map(|own| own.date));
    if !dates.any(is_later) {
        return Cow::Borrowed(inventory);
    }
    let mut frozen = inventory.clone();
    frozen.onboarding.retain(|own| !is_later(own.date));
    frozen.capacity_changes.retain(|own| !is_later(own.date));
    Cow::Owned(frozen)
}

fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}
