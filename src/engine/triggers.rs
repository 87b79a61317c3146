//! Triggers: what is hit, when, and how it is played.

mod trigger;

use super::busy_hours::busy_hours;
use super::downtime::shortage;
use super::falling::{ANYBODY, HOUR, Load, beyond, clears_in, falls_by, waits};
use super::replay::{Held, Play, Played, held};
use crate::error::Result;
use crate::graph::Network;
use crate::ids::ComponentId;
use crate::model::{Disconnect, Event, EventKind, Failing, FailureSet, Inventory, Scenario};
use crate::plan::replay::Moment;
use crate::plan::{Loses, PeriodPlan, Trial};
use crate::solve::Stop;
use crate::units::NOBODY;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use trigger::{AHEAD, STEP, frozen, varying};
pub(super) use trigger::{Trigger, TriggerParts};

/// The share of all work that is spent on one play: what takes more is not checked, and leaves something to others.
pub(super) const OF_ONE: f64 = 0.25;

const LASTS: SignedDuration = SignedDuration::from_mins(10);

/// How long after a trigger everything should have recovered.
const SOON: SignedDuration = SignedDuration::from_hours(2);

/// How long after a trigger a play goes on where what waits falls steadily.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// A play goes on if what waits, or who is down, falls by this share from one half hour to the next.
const FALLS_SLOWLY: f64 = 0.001;

/// Beside who is down without a trigger a hundredth more is what steps of other lengths make of it.
const ROUGHLY: f64 = 1.01;

/// Seconds of work that may wait at the end of a play beside what waited before.
const WAITING: f64 = 1.0;

/// Pieces of work that may be spent, and what was played without a trigger.
pub(super) struct WorkBudget {
    all: f64,
    pub(super) left: f64,
    /// By period, where a play begins and ends, and its steps; `None` if that took too much.
    quiet: BTreeMap<(usize, [Timestamp; 2], u64), Option<QuietTrigger>>,
}

/// Who is down without a trigger: up to which instant how many.
#[derive(Debug, Clone)]
struct QuietTrigger(Vec<(Timestamp, f64)>);

impl QuietTrigger {
    /// Who is down in the middle of a moment.
    fn down(&self, moment: &Moment) -> f64 {
        let half = SignedDuration::from_secs_f64(moment.seconds() / 2.0);
        let middle = after(moment.start, half);
        let at = self.0.partition_point(|pair| pair.0 <= middle);
        self.0.get(at).or(self.0.last()).map_or(0.0, |pair| pair.1)
    }
}

impl WorkBudget {
    pub(super) fn of(all: f64) -> Self {
        Self {
            all,
            left: all,
            quiet: BTreeMap::new(),
        }
    }

    fn of_one(&self) -> f64 {
        self.left.min(OF_ONE * self.all)
    }
}

/// Everything that users of a period pass, as often as it can lose something.
pub(super) fn triggers<'a>(
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
            let by_hour = hours.iter().map(|hour| (hour.start, hour.at(&components)));
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
            let is_working = limits_work(inventory, &hit.components(inventory));
            let losses = Loses::ALL.into_iter();
            let losses = losses.filter(|loses| *loses != Loses::Work || is_working);
            all.extend(losses.map(|loses| Trigger {
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

/// `true` if any of some components limits how much work it does.
fn limits_work(inventory: &Inventory, components: &[ComponentId]) -> bool {
    let limits = |component: &ComponentId| {
        let mut resources = varying(inventory);
        resources
            .any(|resource| inventory.capacity[[component.index(), resource.index()]].is_some())
    };
    components.iter().any(limits)
}

impl Trigger<'_> {
    pub(super) fn is_of(&self, trial: &Trial) -> bool {
        (self.period.period.index, self.hit, self.loses) == (trial.period, trial.hit, trial.loses)
    }

    pub(super) fn is_tighter(&self, than: &Self) -> std::cmp::Ordering {
        let order = self.utilization.total_cmp(&than.utilization);
        let order = order.then(self.users.total_cmp(&than.users));
        // Of equals the earlier, in the order of the inventory.
        order
            .then(than.period.period.index.cmp(&self.period.period.index))
            .then((than.hit, than.loses).cmp(&(self.hit, self.loses)))
    }

    /// `true` if what is hit is one of some components.
    pub(super) fn hits_any_of(&self, components: &BTreeSet<ComponentId>) -> bool {
        matches!(self.hit, Failing::Component(component) if components.contains(&component))
    }

    /// Plays it as exactly as replays are, in steps of both lengths; the worse of both, `None` as below.
    pub(super) fn play_closely(
        &self,
        of: (&Inventory, &Scenario),
        begins: Timestamp,
        left: &mut WorkBudget,
        stop: &Stop,
    ) -> Result<Option<Trial>> {
        let mut worst: Option<Trial> = None;
        for parts in TriggerParts::EXACT {
            let Some(trial) = self.play(of, begins, parts, left, stop)? else {
                return Ok(None);
            };
            if trial.is_locked_in() {
                return Ok(Some(trial));
            }
            if worst
                .as_ref()
                .is_none_or(|candidate| trial.is_worse_than(candidate))
            {
                worst = Some(trial);
            }
        }
        Ok(worst)
    }

    /// Plays it from an instant on; `None` if the work for it was spent before anything was known.
    pub(super) fn play(
        &self,
        (inventory, scenario): (&Inventory, &Scenario),
        begins: Timestamp,
        parts: TriggerParts,
        left: &mut WorkBudget,
        stop: &Stop,
    ) -> Result<Option<Trial>> {
        let start = begins.checked_sub(AHEAD).unwrap_or(begins);
        let over = after(begins, LASTS);
        let is_too_much = |lasting, left: &WorkBudget| {
            left.left <= 0.0 || self.least_work(lasting, parts) > left.of_one()
        };
        // Before anything is copied: many triggers are not played.
        if is_too_much(SOON, left) {
            return Ok(None);
        }
        let inventory = frozen(inventory, scenario, start);
        for lasting in [SOON, LATE] {
            if is_too_much(lasting, left) {
                return Ok(None);
            }
            let end = after(over, lasting);
            let span = ([begins, over], end);
            let asked = Held {
                period: self.period,
                start,
                play: match parts {
                    TriggerParts::Rough => Play::Roughly(left.of_one()),
                    TriggerParts::Exact(_) => Play::Within(left.of_one()),
                },
            };
            let quiet = self.quiet((&inventory, scenario), span, (parts, &asked), left, stop)?;
            let scenario = self.scenario(&inventory, scenario, span, parts);
            let played = held(&inventory, &scenario, &asked, stop)?;
            left.left -= played.work;
            if played.spent.is_some() && lasting == SOON {
                return Ok(None);
            }
            let mut trial = self.judged(&played, [begins, over], quiet.as_ref());
            let waits = waits(&played.run);
            let moments = played.run.moments.iter().enumerate();
            let moments = moments.filter(|(_, moment)| moment.start >= over);
            let loads = moments.map(|(at, moment)| Load {
                seconds: moment.seconds(),
                waits: waits[at],
                down: beyond(moment) - quiet.as_ref().map_or(0.0, |quiet| quiet.down(moment)),
            });
            let loads: Vec<Load> = loads.collect();
            if played.spent.is_some() {
                // What has not fallen for an hour is as locked in as it is two hours after a trigger.
                let is_known = are_down_for_an_hour(&loads) && !falls_by(&loads, FALLS_SLOWLY);
                return Ok((trial.is_locked_in() && is_known).then_some(trial));
            }
            if !trial.is_locked_in() {
                // Who sleeps finds later what waits.
                if lasting == SOON && is_waiting_on(&played.run.moments, &waits, begins) {
                    continue;
                }
                return Ok(Some(trial));
            }
            if lasting == LATE {
                trial.clears_after = clears_in(&loads).map(|value| value + LATE.as_secs_f64());
                return Ok(Some(trial));
            }
            if !falls_by(&loads, FALLS_SLOWLY) {
                return Ok(Some(trial));
            }
        }
        Ok(None)
    }

    /// Pieces of work that the shortest play takes at least.
    pub(super) fn least_rough_work(&self) -> f64 {
        self.least_work(SOON, TriggerParts::Rough)
    }

    /// Pieces of work that a play takes at least: every path in every step.
    fn least_work(&self, lasting: SignedDuration, parts: TriggerParts) -> f64 {
        let mut slices = self.period.flows.chunk_by(|a, b| a.slice == b.slice);
        let paths = slices.next().map_or(0, <[_]>::len);
        let step = match parts {
            TriggerParts::Rough => STEP,
            TriggerParts::Exact(seconds) => seconds,
        };
        let seconds = (AHEAD + LASTS + lasting).as_secs_f64();
        paths as f64 * seconds / step
    }

    /// Who is down in each moment of a play without the trigger, where users that it does not hit may be down: something in
    /// force loses work, or demand is not the same at every hour. `None` where neither is so, or the work for that was spent.
    fn quiet(
        &self,
        (inventory, scenario): (&Inventory, &Scenario),
        span: ([Timestamp; 2], Timestamp),
        (parts, asked): (TriggerParts, &Held<'_>),
        left: &mut WorkBudget,
        stop: &Stop,
    ) -> Result<Option<QuietTrigger>> {
        let mut quiet = self.scenario(inventory, scenario, span, parts);
        let Some(trigger) = quiet.events.last_mut() else {
            return Ok(None);
        };
        trigger.kind = EventKind::Disconnect(Disconnect {
            components: Vec::new(),
            client_region: None,
        });
        let loses = |event: &Event| {
            event.slow().is_some()
                || event
                    .reduction()
                    .is_some_and(|reduction| reduction.loss > 0.0)
        };
        // Where demand rises after the period, its homes may not carry what comes then, with a trigger or without.
        let rises = !inventory.load_curves.is_empty();
        if !rises && !quiet.events.iter().any(loses) {
            return Ok(None);
        }
        let step = quiet.replay.step_seconds.to_bits();
        let exact = u64::from(matches!(parts, TriggerParts::Exact(_)));
        let key = (
            self.period.period.index,
            [asked.start, span.1],
            step ^ exact,
        );
        if let Some(known) = left.quiet.get(&key) {
            return Ok(known.clone());
        }
        let played = held(inventory, &quiet, asked, stop)?;
        left.left -= played.work;
        let moments = played.run.moments.iter();
        let down = moments.map(|moment| (moment.end, beyond(moment))).collect();
        let found = played.spent.is_none().then_some(QuietTrigger(down));
        left.quiet.insert(key, found.clone());
        Ok(found)
    }

    /// What a play comes to, beside who is down in the same moments without the trigger.
    fn judged(
        &self,
        played: &Played,
        [begins, over]: [Timestamp; 2],
        quiet: Option<&QuietTrigger>,
    ) -> Trial {
        let moments = &played.run.moments;
        let before = moments.iter().filter(|moment| moment.end <= begins);
        let usual = before.map(beyond).fold(0.0, f64::max);
        let because = |at: usize| {
            let moment = &moments[at];
            let usual = quiet.map_or(usual, |quiet| quiet.down(moment) * ROUGHLY);
            (beyond(moment) - usual).max(0.0)
        };
        let is_down = |at: &usize| because(*at) >= ANYBODY;
        let last = (0..moments.len()).rfind(is_down);
        let last = last.map(|at| &moments[at]);
        let still = moments.len().checked_sub(1).filter(is_down);
        let end = last.map_or(over, |moment| moment.end.max(over));
        let count = moments.len();
        Trial {
            period: self.period.period.index,
            hit: self.hit,
            loses: self.loses,
            start: begins,
            clears_after: (still.is_none()).then(|| end.duration_since(over).as_secs_f64()),
            is_close: true,
            still_down: still.map_or(0.0, because),
            still_down_before: None,
            all_users: moments.last().map_or(0.0, |moment| moment.users),
            shortage: still.and_then(|_| shortage(&played.run, [count - 1, count], |_| true)),
        }
    }
}

fn are_down_for_an_hour(loads: &[Load]) -> bool {
    let mut seconds = 0.0;
    let down = loads.iter().rev().take_while(|load| load.down >= ANYBODY);
    down.into_iter().any(|load| {
        seconds += load.seconds;
        seconds >= HOUR
    })
}

/// `true` if more waits at the end of a play than ever before its trigger.
fn is_waiting_on(moments: &[Moment], waits: &[f64], begins: Timestamp) -> bool {
    let before = moments.iter().zip(waits);
    let before = before.take_while(|(moment, _)| moment.end <= begins);
    let usual = before.map(|(_, waits)| *waits).fold(0.0, f64::max);
    let last = waits.last().copied().unwrap_or(0.0);
    last > usual * ROUGHLY + WAITING
}

fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}
