//! Touched: through which hours of which cases a way goes, from the period's start outwards, and which steerings hold there.

use super::super::leg::Steered;
use super::super::period::Situation;
use super::super::pools::carrying_behind;
use super::judge::OfWay;
use super::shares::{Ends, Steering};
use super::state::Under;
use super::written::{WrittenWave, seconds};
use crate::model::Hours;
use crate::plan_files::Timing;
use crate::scenario::{Band, Knowledge, Period, case_at};
use jiff::Timestamp;
use rayon::prelude::*;

/// One slice of the hours of a case, for as long as it holds without a break.
struct Span<'a> {
    /// Ways that take longer than so many seconds go through it.
    beyond: f64,
    /// Of which case: positions from 0 are periods, and none is what holds ahead of the scenario.
    period: Option<usize>,
    slice: usize,
    steered: [&'a [Steered]; 2],
}

/// What a way goes through.
pub(super) struct Touched<'a> {
    /// Of which case, as a span has it, and in which slice.
    pub(super) key: (Option<usize>, usize),
    pub(super) situation: Situation,
    /// The hours of the case, of which the situation has one slice alone.
    pub(super) hours: Option<std::sync::Arc<Hours>>,
    pub(super) steered: [&'a [Steered]; 2],
}

/// The spans of one timing, the one next to the period's start first.
pub(super) struct Spans<'a> {
    timing: Timing,
    all: Vec<Span<'a>>,
}

/// Slices of a period in their time: slice, from when, until when.
pub(super) fn slices_in(hours: &Hours, period: &Period) -> Vec<(usize, Timestamp, Timestamp)> {
    let own = hours.stretches().iter().map(|stretch| {
        let from = stretch.start.max(period.start);
        (stretch.slice, from, stretch.end.min(period.end))
    });
    own.filter(|(_, from, to)| from < to).collect()
}

impl Spans<'_> {
    /// How many of them a way goes through that takes so long; the one next to the start always.
    pub(super) fn within(&self, seconds: f64) -> usize {
        let mut reached = 1;
        while self
            .all
            .get(reached)
            .is_some_and(|own| own.beyond < seconds)
        {
            reached += 1;
        }
        reached
    }
}

impl<'a> OfWay<'a> {
    /// All spans of a timing.
    pub(super) fn spans(&self, timing: Timing) -> Spans<'a> {
        let all = match timing {
            Timing::Ahead => self.spans_ahead(),
            Timing::Behind => self.spans_behind(),
        };
        Spans { timing, all }
    }

    /// "In a slice of an earlier period before is its own steering in the slice, and waves turn to that with which the
    /// period begins. Ahead of the scenario that slice of the state before counts with which it begins, and, if a way
    /// takes any time there, all of them."
    fn spans_ahead(&self) -> Vec<Span<'a>> {
        let way = self.way;
        let start = way.period.start;
        let turned = way.steered_at_start();
        let mut all = Vec::new();
        for (index, past) in way.past.iter().enumerate().rev() {
            let mut slices = slices_in(&past.situation.case.hours, &past.period);
            slices.reverse();
            all.extend(slices.into_iter().map(|(slice, _, to)| Span {
                beyond: seconds(to, start),
                period: Some(index),
                slice,
                steered: [past.steered.of(slice), turned],
            }));
        }
        let begin = way.periods.first().map_or(start, |own| own.start);
        let hours = &self.quiet.case.hours;
        let mut slices: Vec<usize> = (0..hours.slice_count()).collect();
        let first = hours.slice_at(begin);
        slices.sort_by_key(|slice| (*slice != first, *slice));
        all.extend(slices.into_iter().map(|slice| Span {
            beyond: seconds(begin, start),
            period: None,
            slice,
            steered: [way.before.steered.of(slice), turned],
        }));
        all
    }

    /// "In a slice of the period before is the steering with which the one before it ended, and waves turn to its own in
    /// the slice; in later periods to the one with which it ends."
    fn spans_behind(&self) -> Vec<Span<'a>> {
        let way = self.way;
        let start = way.period.start;
        let before = self.steered[0].rows;
        let mut all = Vec::new();
        for later in &way.periods[way.period.index..] {
            let is_own = later.index == way.period.index;
            let of_later = (!is_own).then(|| self.case_of(later).hours);
            let hours = of_later.as_ref().unwrap_or(&way.situation.case.hours);
            all.extend(slices_in(hours, later).into_iter().map(|(slice, from, _)| {
                let turned = if is_own {
                    way.steered.of(slice)
                } else {
                    way.steered_at_end()
                };
                Span {
                    beyond: seconds(start, from),
                    period: Some(later.index),
                    slice,
                    steered: [before, turned],
                }
            }));
        }
        all
    }

    fn case_of(&self, period: &Period) -> crate::model::Case {
        let (inventory, scenario) = (self.ground.inventory, self.ground.scenario);
        let believed = Knowledge::Believed;
        let mut case = case_at(inventory, scenario, period.start, believed, Band::Expected);
        case.share(&self.way.situation.case);
        case
    }

    /// How many spans written waves go through.
    pub(super) fn gone_through(
        &self,
        spans: &Spans<'_>,
        timing: Timing,
        waves: &[&WrittenWave<'_>],
    ) -> usize {
        let start = self.way.period.start;
        let reached = match timing {
            Timing::Ahead => waves.first().map(|own| seconds(own.start, start)),
            Timing::Behind => waves.last().map(|own| seconds(start, own.end) + own.gate()),
        };
        self.reached(spans, timing, reached.unwrap_or(0.0))
    }

    /// How many spans a way goes through that takes so long; nothing is done before an earlier change is.
    pub(super) fn reached(&self, spans: &Spans<'_>, timing: Timing, takes: f64) -> usize {
        let free = self.earliest().filter(|_| timing == Timing::Ahead);
        let most = free.map(|from| seconds(from, self.way.period.start).max(0.0));
        let within = spans.within(takes.min(most.unwrap_or(f64::INFINITY)));
        within.min(spans.all.len())
    }

    /// What holds in the first so many spans.
    pub(super) fn touched(&self, spans: &Spans<'a>, count: usize) -> Vec<Touched<'a>> {
        let mut known: Vec<(Option<usize>, usize)> = Vec::new();
        let mut all = Vec::new();
        for span in &spans.all[..count] {
            let key = (span.period, span.slice);
            if known.contains(&key) {
                continue;
            }
            known.push(key);
            all.push(Touched {
                key,
                hours: self.hours(span),
                situation: self.situation(span, spans.timing),
                steered: span.steered,
            });
        }
        all
    }

    /// The hours of a span's period.
    fn hours(&self, span: &Span<'_>) -> Option<std::sync::Arc<Hours>> {
        let way = self.way;
        let own = way.period.index;
        let hours = match span.period? {
            index if index < own => way.past[index].situation.case.hours.clone(),
            index if index == own => way.situation.case.hours.clone(),
            index => self.case_of(&way.periods[index]).hours,
        };
        Some(hours)
    }

    fn situation(&self, span: &Span<'_>, timing: Timing) -> Situation {
        let way = self.way;
        let own = way.period.index;
        let mut situation = match span.period {
            None => self.quiet.in_slice(self.ground, span.slice),
            Some(index) if index < own => {
                let past = &way.past[index].situation;
                past.in_slice(self.ground, span.slice)
            }
            Some(index) if index == own => way.situation.in_slice(self.ground, span.slice),
            Some(index) => {
                let later = Situation::new(self.ground, self.case_of(&way.periods[index]));
                later.in_slice(self.ground, span.slice)
            }
        };
        if timing == Timing::Behind {
            let states = self.steered.map(|own| own.members);
            let gone = [&*way.situation.case.gone, &*situation.case.gone];
            situation.members = carrying_behind(self.ground, states, gone, &situation.members);
        }
        situation
    }

    /// Who passes where in what is touched.
    pub(super) fn unders<'t>(&self, touched: &'t [Touched<'_>]) -> Vec<Under<'t>> {
        let [before, after] = self.steered;
        let under = |own: &'t Touched<'_>| {
            let steered = [
                Steering {
                    rows: own.steered[0],
                    ..before
                },
                Steering {
                    rows: own.steered[1],
                    ..after
                },
            ];
            Under {
                situation: &own.situation,
                ends: Ends::new(self.ground, &own.situation, steered),
            }
        };
        touched.par_iter().map(under).collect()
    }
}
