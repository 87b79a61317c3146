//! In force: which weights hold from when on, by the steps of the runbook, and which rows of which file have them.

use super::instants::{StepsAt, instants};
use super::wave_of_transition::{WaveOfTransition, WeightSetter};
use super::writer::TransitionWriter;
use crate::plan::{Plan, Step, Timing, Transition, Wave, are_paths_changed};
use crate::report::grammar::only_if;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// When a step begins, of which period, in which turn, and the number of its wave.
pub(super) type Place = (Timestamp, usize, u8, u32);

/// What comes first of what happens at one instant: waves before a period, what no wave does, waves after its start.
const AHEAD: u8 = 0;
const ALONE: u8 = 1;
const AFTER: u8 = 2;

/// Every weight is set.
#[derive(Debug, Clone, Copy)]
struct WeightSet {
    by: WeightSetter,
    /// When the first weight changes, and in which turn.
    place: Place,
    /// When all have changed.
    turned: Timestamp,
    weights: WeightSetter,
    /// Weights that were there stay: only those of users who have none yet are set.
    is_only_new: bool,
}

/// What the sections of a runbook are made from.
#[derive(Clone, Copy)]
pub(super) struct Runbook<'a> {
    pub(super) writer: &'a TransitionWriter<'a>,
    /// All that is done.
    pub(super) steps: &'a [Step],
    pub(super) in_force: &'a WeightsInForce,
}

/// What sets every weight, in order of time; what is undone is taken out.
#[derive(Debug, Clone)]
pub(super) struct WeightsInForce {
    sets: Vec<WeightSet>,
}

impl WeightsInForce {
    /// All that the steps of a runbook set.
    pub(super) fn new(writer: &TransitionWriter<'_>, steps: &[Step]) -> Self {
        let transitions = writer.plan.transitions.iter();
        let transitions = transitions.filter(|transition| transition.refusal.is_none());
        let waves = transitions.flat_map(|transition| WaveOfTransition::each(writer, transition));
        let by_waves = waves.map(|wave| {
            let set_from = wave.sets_weights_from();
            let from = set_from.unwrap_or(wave.wave.start);
            let (_, period, turn, number) = place(wave.transition, wave.wave);
            WeightSet {
                by: wave.setter(),
                place: (from, period, turn, number),
                turned: wave.wave.turned.max(from),
                weights: wave.setter(),
                is_only_new: set_from.is_none(),
            }
        });
        let instants = instants(writer.plan, steps);
        let alone = instants
            .iter()
            .filter(|steps_at| writer.sets_weights(steps_at));
        let alone = alone.map(|instant: &StepsAt| WeightSet {
            by: (instant.period, None),
            place: (instant.at, instant.period, ALONE, 0),
            turned: instant.at,
            weights: writer.weights_at(instant),
            is_only_new: false,
        });
        let mut sets: Vec<WeightSet> = by_waves.chain(alone).collect();
        sets.sort_by_key(|set| set.place);
        Self { sets }
    }

    /// Whether a step changes weights that are there.
    pub(super) fn is_set(&self, by: WeightSetter) -> bool {
        self.sets.iter().any(|set| set.by == by && !set.is_only_new)
    }

    /// The file and the rows whose weights hold when a wave begins; `None` if they turn to others then.
    pub(super) fn before_wave(&self, at: WaveOfTransition<'_>) -> Option<String> {
        let WaveOfTransition {
            writer,
            transition,
            wave,
        } = at;
        let set = self.before(place(transition, wave));
        if set.is_some_and(|set| set.turned > wave.start) {
            return None;
        }
        let begun = match transition.timing {
            Timing::Ahead => writer.begun(wave.start),
            Timing::After => transition.period,
        };
        let later = |rows: String| match transition.timing {
            Timing::Ahead => rows + &later_steering(at, begun),
            Timing::After => rows,
        };
        let last = transition
            .waves
            .iter()
            .rfind(|one_wave| one_wave.number < wave.number);
        // The rows of the last wave have what an earlier period set after it only once that period has begun.
        let has_rows_of = |set: &WeightSet| {
            set.by.0 < begun || last.is_some_and(|last| set.place < place(transition, last))
        };
        // Those of the current period when this begins have also the weights that it added, which no earlier period has.
        let has_rows = |last: &&Wave| {
            let mut standing = last.standing.iter();
            standing.any(|standing| standing.during == begun.checked_sub(1))
        };
        if let (Some(set), Some(last)) = (set, last.filter(has_rows))
            && set.by.0 < transition.period
            && has_rows_of(set)
        {
            return Some(later(wave_rows(
                writer,
                (transition.period, last),
                [wave.start; 2],
            )));
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
        let rows = named(writer, set, begun, span).words(writer);
        Some(if rows == until(writer.plan, begun) {
            later(rows)
        } else {
            rows
        })
    }

    /// From when on no file has the weights with which a wave begins: those of a wave before it that is over, where a period begins
    /// with others.
    pub(super) fn rows_until(&self, at: WaveOfTransition<'_>) -> Option<Timestamp> {
        let (plan, start) = (at.writer.plan, at.wave.start);
        let set = self.before(place(at.transition, at.wave))?;
        let (period, Some(number)) = set.weights else {
            return None;
        };
        let standing = &at.writer.wave(period, number)?.1.standing;
        let later = plan.periods.iter().enumerate().take(period);
        let mut later = later.filter(|(_, period_plan)| period_plan.period.start > start);
        let ends = later.find(|(during, period_plan)| {
            let mut standing = standing.iter();
            !standing.any(|standing| standing.during == Some(*during))
                && are_paths_changed(plan.flows_until(*during), period_plan.first_flows())
        });
        ends.map(|(_, period_plan)| period_plan.period.start)
    }

    /// The file and the rows whose weights held before a step set others, which is undone with it; `None` if it sets none.
    pub(super) fn undo(
        &mut self,
        writer: &TransitionWriter<'_>,
        by: WeightSetter,
    ) -> Option<NamedRows> {
        let at = self.sets.iter().rposition(|set| set.by == by)?;
        let set = self.sets.remove(at);
        let before = named(writer, self.before(set.place), by.0, [set.place.0; 2]);
        Some(before).filter(|_| !set.is_only_new)
    }

    /// The file and the rows whose weights hold when a step begins that sets none.
    pub(super) fn held(&self, writer: &TransitionWriter<'_>, by: WeightSetter) -> NamedRows {
        let place = place_of(writer, by);
        named(writer, self.before(place), by.0, [place.0; 2])
    }

    fn before(&self, place: Place) -> Option<&WeightSet> {
        let mut earlier = self.sets.iter().rev().filter(|set| set.place < place);
        let last = earlier.next()?;
        // What was turned while another period only added weights holds for users who had some.
        let is_turning = |set: &&WeightSet| set.by.0 != last.by.0 && set.turned > last.place.0;
        let turning = earlier.find(|set| !set.is_only_new).filter(is_turning);
        Some(turning.filter(|_| last.is_only_new).unwrap_or(last))
    }
}

/// Which steering holds from when on instead of that before a wave that precedes a period, of periods that begin before that one.
fn later_steering(
    WaveOfTransition {
        writer,
        transition,
        wave,
    }: WaveOfTransition<'_>,
    begun: usize,
) -> String {
    let plan = writer.plan;
    let later = (begun..transition.period).filter(|index| {
        let period = &plan.periods[*index];
        let is_later = period.period.start > wave.start;
        is_later && are_paths_changed(plan.flows_until(*index), period.first_flows())
    });
    let words = later.map(|index| {
        let at = writer.clock().second(plan.periods[index].period.start);
        format!(", from {at} on {}", until(plan, index + 1))
    });
    words.collect()
}

fn place(transition: &Transition, wave: &Wave) -> Place {
    let turn = match transition.timing {
        Timing::Ahead => AHEAD,
        Timing::After => AFTER,
    };
    (wave.start, transition.period, turn, wave.number)
}

/// The place of a step; what no wave does begins with its period.
pub(super) fn place_of(writer: &TransitionWriter<'_>, (period, number): WeightSetter) -> Place {
    match number.and_then(|number| writer.wave(period, number)) {
        Some((transition, wave)) => place(transition, wave),
        None => (writer.plan.periods[period].period.start, period, ALONE, 0),
    }
}

/// The file and the rows of what is set, in a span, once the given number of periods have begun; those of the state before if nothing is.
fn named(
    writer: &TransitionWriter<'_>,
    set: Option<&WeightSet>,
    begun: usize,
    span: [Timestamp; 2],
) -> NamedRows {
    match set.map(|set| set.weights) {
        None => NamedRows::until(begun),
        Some((period, None)) => NamedRows::until(begun.max(period + 1)),
        Some((period, Some(number))) => {
            let is_over = || writer.waves_of(period).all(|pair| pair.1.end <= span[0]);
            match writer.wave(period, number) {
                Some((_, wave)) if begun <= period || !is_over() => {
                    NamedRows::Wave(held_rows(writer, (period, wave), span))
                }
                _ => NamedRows::until(begun),
            }
        }
    }
}

/// Rows of weights as a rollback names them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum NamedRows {
    /// before.csv.
    Before,
    /// steering.csv with this period.
    Period(usize),
    /// `wave_weights.csv`.
    Wave(HeldRows),
}

impl NamedRows {
    /// Those that hold until a period begins.
    fn until(period: usize) -> Self {
        period.checked_sub(1).map_or(Self::Before, Self::Period)
    }

    /// The file and the rows.
    pub(super) fn words(&self, writer: &TransitionWriter<'_>) -> String {
        match self {
            Self::Before => until(writer.plan, 0),
            Self::Period(period) => until(writer.plan, period + 1),
            Self::Wave(rows) => rows.words(writer),
        }
    }

    /// The rows that hold at first.
    pub(super) fn rows(&self) -> WeightRows {
        match self {
            Self::Before => WeightRows::Before,
            Self::Period(period) => WeightRows::Period(*period),
            Self::Wave(held_rows) => {
                WeightRows::Wave(held_rows.period, held_rows.wave, held_rows.first)
            }
        }
    }
}

/// Rows of weights, of a file of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WeightRows {
    /// before.csv.
    Before,
    /// steering.csv with this period.
    Period(usize),
    /// The same with this slice of its hours, or those of a wave before a later period that is done.
    Hour(usize, usize),
    /// `wave_weights.csv` with this period, wave and `during`.
    Wave(usize, u32, Option<usize>),
}

/// The rows of `wave_weights.csv` that hold while a wave does: by their `during`, from when on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HeldRows {
    pub(super) period: usize,
    pub(super) wave: u32,
    pub(super) first: Option<usize>,
    /// Then from this instant on those of this period; `true` if its own waves turn weights to them.
    pub(super) later: Vec<(Timestamp, usize, bool)>,
}

/// The rows of `wave_weights.csv` that hold from one instant to another.
pub(super) fn held_rows(
    writer: &TransitionWriter<'_>,
    (period, wave): (usize, &Wave),
    [from, to]: [Timestamp; 2],
) -> HeldRows {
    let written: BTreeSet<Option<usize>> = wave
        .standing
        .iter()
        .map(|standing| standing.during)
        .collect();
    let begun = writer.begun(from);
    // What takes no time before a period is over when that begins, and has the rows of the time before.
    let first = written.range(..=begun.checked_sub(1)).next_back();
    let first = first.or_else(|| written.first());
    let first = first.copied().unwrap_or(begun.checked_sub(1));
    let mut later = Vec::new();
    for (during, period_plan) in writer.plan.periods.iter().enumerate().skip(begun) {
        let is_next = period_plan.period.start < to && Some(during) != first;
        if is_next && written.contains(&Some(during)) {
            let turns = |pair: (&Transition, &Wave)| pair.1.turned > pair.1.start;
            let is_turned = during != period && writer.waves_of(during).any(turns);
            later.push((period_plan.period.start, during, is_turned));
        }
    }
    HeldRows {
        period,
        wave: wave.number,
        first,
        later,
    }
}

/// `` `during` 2 ``, as rows of `wave_weights.csv` have it.
fn during_word(during: Option<usize>) -> String {
    match during {
        Some(index) => format!("`during` {index}"),
        None => "no `during`".to_owned(),
    }
}

impl HeldRows {
    /// The same as the end of an instruction: a sentence, and one more for each time at which they change.
    pub(super) fn instruction(&self, writer: &TransitionWriter<'_>) -> String {
        let (period, number, first) = (self.period, self.wave, during_word(self.first));
        let mut words =
            format!("wave_weights.csv with period {period}, wave {number} and {first}.");
        for (at, during, is_turned) in &self.later {
            let at = writer.clock().second(*at);
            let rows = during_word(Some(*during));
            let _ = write!(words, " From {at} on take the rows with {rows}");
            if *is_turned {
                let _ = write!(words, ", to which the waves of period {during} turn");
            }
            words.push('.');
        }
        words
    }

    /// The file and the rows, with when they change.
    pub(super) fn words(&self, writer: &TransitionWriter<'_>) -> String {
        let word = during_word;
        let mut words = word(self.first);
        for (at, during, is_turned) in &self.later {
            let at = writer.clock().second(*at);
            let _ = write!(words, ", from {at} on {}", word(Some(*during)));
            if *is_turned {
                let _ = write!(words, ", to which the waves of period {during} turn");
            }
        }
        let (period, number) = (self.period, self.wave);
        format!("wave_weights.csv with period {period}, wave {number} and {words}")
    }
}

/// The rows of `wave_weights.csv` that hold from one instant to another, by their period, wave and `during`.
pub(super) fn wave_rows(
    writer: &TransitionWriter<'_>,
    wave: (usize, &Wave),
    span: [Timestamp; 2],
) -> String {
    held_rows(writer, wave, span).words(writer)
}

/// The file and the rows whose weights hold until a period begins.
pub(super) fn until(plan: &Plan, period: usize) -> String {
    match period.checked_sub(1) {
        Some(before) => format!("steering.csv with period {before}{}", no_rows(plan, before)),
        None => "before.csv".to_owned(),
    }
}

/// That steering.csv has no rows with a period, where it has none.
pub(super) fn no_rows(plan: &Plan, period: usize) -> &'static str {
    let period = plan.periods.get(period);
    only_if(
        period.is_some_and(|period| period.flows.is_empty()),
        || " (no rows: nobody is served then)",
    )
}
