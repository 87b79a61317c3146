//! Recovery: plays triggers that nobody knows of, and finds out what recovers by itself (`docs/model.md` §9, Recovery).

use super::busy_hours::busy_hours;
use super::downtime::{ANYBODY, beyond, shortage};
use super::falling::falls;
use super::outage_relief::{Outcome, relief};
use super::replay::{Held, Play, Played, held};
use crate::error::Result;
use crate::graph::Network;
use crate::ids::ComponentId;
use crate::model::{
    Disconnect, Event, EventKind, Failing, FailureSet, Inventory, Phase, ReplayPolicy, Scenario,
    Surge,
};
use crate::plan::{Loses, PeriodPlan, Plan, Recovery, Relief, Stability, Trial};
use crate::scenario::acted_on;
use crate::solve::Stop;
use crate::units::NOBODY;
use jiff::{SignedDuration, Timestamp};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Pieces of work that are spent on playing all triggers roughly, and again on playing them closely, as
/// [`downtime`](super::downtime) counts them.
const MOST_WORK: f64 = 4e6;

/// Of these, the share that is spent on one play: what takes more is not checked, and leaves something to others.
const OF_ONE: f64 = 0.25;

/// The share of it where a plan does not have to recover.
const UNASKED: f64 = 0.25;

/// Parts of a play in which clients come again and again for a day.
const PARTS: f64 = 1e4;

/// What is played before a trigger begins: who is down then is not down because of it.
const AHEAD: SignedDuration = SignedDuration::from_mins(2);

/// How long a trigger lasts.
const LASTS: SignedDuration = SignedDuration::from_mins(10);

/// How long after a trigger everything should have recovered.
const SOON: SignedDuration = SignedDuration::from_hours(2);

/// How long after a trigger a play goes on where what waits falls steadily.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// Seconds of the steps of a play, and of one that is closer.
const STEP: f64 = 60.0;
const SHORT_STEP: f64 = 5.0;

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
    let is_known = |own: &&PeriodPlan| own.period.phase == Phase::Known;
    let (known, unknown): (Vec<&PeriodPlan>, Vec<&PeriodPlan>) =
        plan.periods.iter().partition(is_known);
    // Where nobody asks, and nothing is a gate, only what retries may lock in is hit.
    let is_every = is_required || has_gates(inventory);
    let known = known.into_iter();
    let mut triggers: Vec<Trigger<'_>> = known
        .filter(|own| is_every || has_vulnerable(own))
        .flat_map(|own| triggers(inventory, &network, own))
        .filter(|own| is_every || own.hits_what_is_vulnerable())
        .collect();
    triggers.sort_by(|a, b| b.is_tighter(a));
    let mut found = Recovery {
        is_required,
        unknown_periods: unknown.iter().map(|own| own.period.index).collect(),
        ..Recovery::default()
    };
    let of = (inventory, scenario);
    // Whether a gate recovers only plays can tell; where they take long few would be made, and all would wait for them.
    let is_short = |own: &PeriodPlan| own.flows.len() as f64 * PARTS <= OF_ONE * most_work;
    let most_work = if is_required || is_every && plan.periods.iter().all(is_short) {
        most_work
    } else {
        most_work * UNASKED
    };
    let mut played = Vec::new();
    let mut left = Work::of(most_work);
    for trigger in &triggers {
        let busiest = trigger.begins[0];
        match trigger.play(of, busiest, Parts::Rough, &mut left, stop)? {
            Some(trial) => played.push(PlayedTrigger {
                trigger,
                trial,
                is_close: true,
            }),
            None => found.not_checked += 1,
        }
    }
    play_closely(of, &mut played, most_work, stop)?;
    let only_rough = |own: &&PlayedTrigger<'_>| !own.is_close && !own.trial.is_locked_in();
    found.only_rough = played.iter().filter(only_rough).count();
    found.trials = played.into_iter().map(|own| own.trial).collect();
    if is_required {
        found.relief = relief_of(inventory, scenario, (&found, &triggers, most_work), stop)?;
    }
    Ok(found)
}

/// `true` if a plan has to recover from triggers, or they may lock something in: at what retries overload by the condition of
/// `docs/model.md` §9, and at gates, where clients come again for ever.
pub fn may_lock_in(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> bool {
    scenario.policy.require_stable
        || has_gates(inventory)
        || plan.periods.iter().any(has_vulnerable)
}

/// `true` if something accepts no more than so many new sessions a second.
fn has_gates(inventory: &Inventory) -> bool {
    let mut components = (0..inventory.component_count()).map(ComponentId::new);
    components.any(|own| inventory.accepts_per_second(own).is_some())
}

/// `true` if retries may lock in an overload at a component of a period.
fn has_vulnerable(period: &PeriodPlan) -> bool {
    let mut margins = period.stability.iter();
    margins.any(|own| own.stability == Stability::Vulnerable)
}

/// Pieces of work that may be spent.
struct Work {
    all: f64,
    left: f64,
}

impl Work {
    fn of(all: f64) -> Self {
        Self { all, left: all }
    }

    /// What one play may spend.
    fn of_one(&self) -> f64 {
        self.left.min(OF_ONE * self.all)
    }
}

/// A trigger that was played.
struct PlayedTrigger<'a> {
    trigger: &'a Trigger<'a>,
    /// The worst of its plays.
    trial: Trial,
    /// It was played in steps of both lengths in each of its hours, up to the first in which it does not recover.
    is_close: bool,
}

/// How a trigger is played.
#[derive(Debug, Clone, Copy)]
enum Parts {
    /// In long parts where clients try again soon.
    Rough,
    /// As exactly as a replay in steps of so many seconds.
    Exact(f64),
}

/// Plays triggers again that were played roughly, as exactly as replays are: first those that lock in so, then all others in
/// their busiest hours, then in their other hours. So much work is spent on it.
fn play_closely(
    of: (&Inventory, &Scenario),
    all: &mut [PlayedTrigger<'_>],
    most_work: f64,
    stop: &Stop,
) -> Result<()> {
    let mut left = Work::of(most_work);
    let mut play = |own: &mut PlayedTrigger<'_>, begins: Timestamp, is_first: bool| {
        match own.trigger.play_closely(of, begins, &mut left, stop)? {
            // Clients that come back together may get through a gate by chance in rough parts, or by chance not get through.
            Some(trial) if is_first || trial.is_worse_than(&own.trial) => own.trial = trial,
            Some(_) => {}
            None => own.is_close = false,
        }
        Ok(())
    };
    let (locked_in, others): (Vec<_>, Vec<_>) =
        all.iter_mut().partition(|own| own.trial.is_locked_in());
    let mut all: Vec<&mut PlayedTrigger<'_>> = locked_in.into_iter().chain(others).collect();
    for own in &mut all {
        play(own, own.trigger.begins[0], true)?;
    }
    // Recovery is not monotone in demand: fewer users may lock in where more come through.
    let most_hours = all.iter().map(|own| own.trigger.begins.len());
    for hour in 1..most_hours.max().unwrap_or(0) {
        for own in all.iter_mut().filter(|own| !own.trial.is_locked_in()) {
            if let Some(begins) = own.trigger.begins.get(hour) {
                play(own, *begins, false)?;
            }
        }
    }
    Ok(())
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
    let mut left = Work::of(most_work);
    let mut play = |inventory: &Inventory, scenario: &Scenario| {
        let of = (inventory, scenario);
        let trial = trigger.play_closely(of, worst.start, &mut left, stop)?;
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

    /// Plays it as exactly as replays are, in steps of both lengths; the worse of both, `None` as below.
    ///
    /// The longer the steps, the later clients try again: what recovers in long steps may not in short ones, and the other way
    /// round.
    fn play_closely(
        &self,
        of: (&Inventory, &Scenario),
        begins: Timestamp,
        left: &mut Work,
        stop: &Stop,
    ) -> Result<Option<Trial>> {
        let Some(trial) = self.play(of, begins, Parts::Exact(STEP), left, stop)? else {
            return Ok(None);
        };
        if trial.is_locked_in() {
            return Ok(Some(trial));
        }
        let shorter = self.play(of, begins, Parts::Exact(SHORT_STEP), left, stop)?;
        Ok(shorter.map(|own| {
            if own.is_worse_than(&trial) {
                own
            } else {
                trial
            }
        }))
    }

    /// Plays it from an instant on; `None` if the work for it was spent before anything was known.
    fn play(
        &self,
        (inventory, scenario): (&Inventory, &Scenario),
        begins: Timestamp,
        parts: Parts,
        left: &mut Work,
        stop: &Stop,
    ) -> Result<Option<Trial>> {
        let start = begins.checked_sub(AHEAD).unwrap_or(begins);
        let over = after(begins, LASTS);
        let inventory = frozen(inventory, start);
        for lasting in [SOON, LATE] {
            if left.left <= 0.0 {
                return Ok(None);
            }
            let end = after(over, lasting);
            let scenario = self.scenario(&inventory, scenario, ([begins, over], end), parts);
            let asked = Held {
                period: self.period,
                start,
                play: match parts {
                    Parts::Rough => Play::Roughly(left.of_one()),
                    Parts::Exact(_) => Play::Within(left.of_one()),
                },
            };
            let played = held(&inventory, &scenario, &asked, stop)?;
            left.left -= played.work;
            if played.spent.is_some() {
                return Ok(None);
            }
            let trial = self.judged(&played, [begins, over]);
            if !trial.is_locked_in()
                || lasting == LATE
                || !falls(&played.run.moments, |at| beyond(&played.run.moments[at]))
            {
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
        ([begins, over], end): ([Timestamp; 2], Timestamp),
        parts: Parts,
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
                kind: arrived(own.kind),
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
            // Who has joined by then is there.
            start: begins.checked_sub(AHEAD).unwrap_or(begins),
            end,
            events,
            queued: Vec::new(),
            replay: ReplayPolicy {
                step_seconds: match parts {
                    Parts::Rough => STEP,
                    Parts::Exact(seconds) => seconds,
                },
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
            shortage: still.and_then(|_| shortage(&played.run, [count - 1, count], |_| true)),
        }
    }
}

/// The same, of which everybody has come who comes with it.
fn arrived(kind: EventKind) -> EventKind {
    match kind {
        EventKind::Surge(own) => EventKind::Surge(Surge {
            arrive_minutes: 0.0,
            ..own
        }),
        other => other,
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
