//! In force: which weights hold from when on, by the steps of the runbook.

use super::steering::{Turning, rows, turning, until};
use super::steps::{Instant, instants};
use super::words::Teller;
use crate::plan::{Step, Timing, Transition, Wave, are_paths_changed};
use jiff::{SignedDuration, Timestamp};

/// Where weights are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weights {
    /// In steering.csv, with this period.
    Steering(usize),
    /// In `wave_weights.csv`, with this period and wave.
    Wave(usize, u32),
}

/// What sets weights: a wave of a period, or a step of it that no wave does.
pub(super) type By = (usize, Option<u32>);

/// When a step begins, of which period, in which turn, and the number of its wave.
pub(super) type Place = (Timestamp, usize, Turn, u32);

/// What comes first of what happens at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    Ahead,
    Alone,
    Behind,
}

/// Every weight is set.
#[derive(Debug, Clone, Copy)]
struct Set {
    by: By,
    /// When the first weight changes, and in which turn.
    place: Place,
    /// When all have changed.
    turned: Timestamp,
    weights: Weights,
    /// Weights that were there stay: only those of users who have none yet are set.
    is_only_new: bool,
}

/// What sets every weight, in order of time; what is undone is taken out.
#[derive(Debug)]
pub(super) struct InForce {
    sets: Vec<Set>,
}

impl InForce {
    /// All that the steps of a runbook set.
    pub(super) fn new(teller: &Teller<'_>, steps: &[Step]) -> Self {
        let transitions = teller.plan.transitions.iter();
        let transitions = transitions.filter(|own| own.refusal.is_none());
        let waves = transitions.flat_map(|own| own.waves.iter().map(move |wave| (own, wave)));
        let by_waves = waves.map(|(transition, wave)| {
            let number = (transition.period, wave.number);
            let (is_only_new, from) = match turning(teller, transition, wave) {
                Turning::Sets { from } => (false, from),
                Turning::Leaves => (true, wave.start),
            };
            Set {
                by: (number.0, Some(number.1)),
                place: (from, number.0, turn(transition.timing), number.1),
                turned: wave.turned.max(from),
                weights: Weights::Wave(number.0, number.1),
                is_only_new,
            }
        });
        let instants = instants(teller.plan, steps);
        let alone = instants
            .iter()
            .filter(|instant| teller.sets_weights(instant));
        let alone = alone.map(|instant: &Instant| Set {
            by: (instant.period, None),
            place: (instant.at, instant.period, Turn::Alone, 0),
            turned: instant.at,
            weights: teller.weights_at(instant),
            is_only_new: false,
        });
        let mut sets: Vec<Set> = by_waves.chain(alone).collect();
        sets.sort_by_key(|set| set.place);
        Self { sets }
    }

    /// Whether a step changes weights that are there.
    pub(super) fn is_set(&self, by: By) -> bool {
        self.sets.iter().any(|set| set.by == by && !set.is_only_new)
    }

    /// The file and the rows whose weights hold when a wave begins; `None` if they are on their way to others then.
    pub(super) fn before_wave(
        &self,
        teller: &Teller<'_>,
        (transition, wave): (&Transition, &Wave),
    ) -> Option<String> {
        let place = (
            wave.start,
            transition.period,
            turn(transition.timing),
            wave.number,
        );
        let set = self.before(place);
        if set.is_some_and(|set| set.turned > wave.start) {
            return None;
        }
        let periods = &teller.plan.periods;
        let begun = match transition.timing {
            Timing::Ahead => periods.partition_point(|period| period.period.start <= wave.start),
            Timing::Behind => transition.period,
        };
        // The rows of the last wave have what an earlier period set after it only once that period has begun.
        let has_rows_of = |set: &Set| {
            let turn = turn(transition.timing);
            let place = |last: &Wave| (last.start, transition.period, turn, last.number);
            set.by.0 < begun
                || last_before(transition, wave).is_some_and(|last| set.place < place(last))
        };
        if let (Some(set), Some(rows)) = (set, rows_of_last(teller, (transition, wave), begun))
            && set.by.0 < transition.period
            && has_rows_of(set)
        {
            if transition.timing == Timing::Behind {
                return Some(rows);
            }
            return Some(rows + &later_steering(teller, (transition, wave), begun));
        }
        let begun = begun.min(transition.period);
        // Those of a wave of a later period change as this one begins: undone they are those of just before.
        let is_of_later = set.is_some_and(|set| set.by.0 > transition.period);
        let just_before = wave.start - SignedDuration::from_nanos(1);
        let span = if is_of_later && begun == transition.period {
            [just_before; 2]
        } else {
            [wave.start, wave.end]
        };
        let rows = named(teller, set, begun, span);
        if rows != until(teller.plan, begun) || transition.timing == Timing::Behind {
            return Some(rows);
        }
        Some(rows + &later_steering(teller, (transition, wave), begun))
    }

    /// From when on no file has the weights with which a wave begins: those of a wave before it that is over, where a period begins
    /// with others.
    pub(super) fn rows_until(
        &self,
        teller: &Teller<'_>,
        (transition, wave): (&Transition, &Wave),
    ) -> Option<Timestamp> {
        let turn = turn(transition.timing);
        let set = self.before((wave.start, transition.period, turn, wave.number))?;
        let Weights::Wave(period, number) = set.weights else {
            return None;
        };
        let plan = teller.plan;
        let transitions = plan.transitions.iter().filter(|own| own.period == period);
        let mut waves = transitions.flat_map(|own| &own.waves);
        let standing = &waves.find(|own| own.number == number)?.standing;
        let later = plan.periods.iter().enumerate().take(period);
        let mut later = later.filter(|(_, own)| own.period.start > wave.start);
        let ends = later.find(|(during, own)| {
            let mut standing = standing.iter();
            !standing.any(|own| own.during == Some(*during))
                && are_paths_changed(plan.flows_until(*during), own.first_flows())
        });
        ends.map(|(_, own)| own.period.start)
    }

    /// The file and the rows whose weights held before a step set others, which is undone with it; `None` if it sets none.
    pub(super) fn undo(&mut self, teller: &Teller<'_>, by: By) -> Option<String> {
        let at = self.sets.iter().rposition(|set| set.by == by)?;
        let set = self.sets.remove(at);
        let before = named(teller, self.before(set.place), by.0, [set.place.0; 2]);
        Some(before).filter(|_| !set.is_only_new)
    }

    /// The file and the rows whose weights hold when a step begins that sets none.
    pub(super) fn held(&self, teller: &Teller<'_>, (period, number): By) -> String {
        let place = place_of(teller, (period, number));
        named(teller, self.before(place), period, [place.0; 2])
    }

    fn before(&self, place: Place) -> Option<&Set> {
        let mut earlier = self.sets.iter().rev().filter(|set| set.place < place);
        let last = earlier.next()?;
        // What was turned while another period only added weights holds for whoever had some.
        let is_turning = |set: &&Set| set.by.0 != last.by.0 && set.turned > last.place.0;
        let turning = earlier.find(|set| !set.is_only_new).filter(is_turning);
        Some(turning.filter(|_| last.is_only_new).unwrap_or(last))
    }
}

/// The wave of a transition before one of it.
fn last_before<'t>(transition: &'t Transition, wave: &Wave) -> Option<&'t Wave> {
    let mut waves = transition.waves.iter();
    waves.rfind(|before| before.number < wave.number)
}

/// The rows of the wave before one, in the period that is under way when this begins, if it has such: they have also the weights that
/// it added, which no earlier period has.
fn rows_of_last(
    teller: &Teller<'_>,
    (transition, wave): (&Transition, &Wave),
    begun: usize,
) -> Option<String> {
    let last = last_before(transition, wave)?;
    let during = begun.checked_sub(1);
    let mut standing = last.standing.iter();
    standing.find(|own| own.during == during)?;
    let rows = rows(teller, (transition.period, last), [wave.start; 2]);
    Some(format!("wave_weights.csv with {rows}"))
}

/// Which steering holds from when on instead of that before a wave ahead of a period, of periods that begin before that one.
fn later_steering(
    teller: &Teller<'_>,
    (transition, wave): (&Transition, &Wave),
    begun: usize,
) -> String {
    let plan = teller.plan;
    let later = begun..transition.period;
    let later = later.filter(|own| {
        let period = &plan.periods[*own];
        let is_later = period.period.start > wave.start;
        is_later && are_paths_changed(plan.flows_until(*own), period.first_flows())
    });
    let told = later.map(|own| {
        let at = teller.clock().second(plan.periods[own].period.start);
        format!(", from {at} on {}", until(plan, own + 1))
    });
    told.collect()
}

/// The place of a step; what no wave does begins with its period.
pub(super) fn place_of(teller: &Teller<'_>, (period, number): By) -> Place {
    let transitions = teller.plan.transitions.iter();
    let own = transitions.filter(|own| own.period == period);
    let mut waves = own.flat_map(|own| own.waves.iter().map(move |wave| (own.timing, wave)));
    if let Some((timing, wave)) = waves.find(|(_, wave)| Some(wave.number) == number) {
        return (wave.start, period, turn(timing), wave.number);
    }
    let start = teller.plan.periods[period].period.start;
    (start, period, Turn::Alone, 0)
}

fn turn(timing: Timing) -> Turn {
    match timing {
        Timing::Ahead => Turn::Ahead,
        Timing::Behind => Turn::Behind,
    }
}

/// The file and the rows of what is set, in a span, once so many periods have begun; those of the state before if nothing is.
fn named(teller: &Teller<'_>, set: Option<&Set>, begun: usize, span: [Timestamp; 2]) -> String {
    match set.map(|set| set.weights) {
        None => until(teller.plan, begun),
        Some(Weights::Steering(period)) => until(teller.plan, begun.max(period + 1)),
        Some(Weights::Wave(period, number)) => {
            let transitions = teller.plan.transitions.iter();
            let own: Vec<_> = transitions.filter(|own| own.period == period).collect();
            let mut waves = own.iter().flat_map(|own| &own.waves);
            let is_over = waves.all(|wave| wave.end <= span[0]);
            let mut waves = own.iter().flat_map(|own| &own.waves);
            match waves.find(|wave| wave.number == number) {
                Some(wave) if begun <= period || !is_over => {
                    let rows = rows(teller, (period, wave), span);
                    format!("wave_weights.csv with {rows}")
                }
                _ => until(teller.plan, begun),
            }
        }
    }
}
