//! Pieces: what a runbook tells one after the other, transitions with their waves and what no wave does between.

use super::in_force::Runbook;
use super::instants::{StepsAt, instants};
use super::on_way::WaveOnWay;
use crate::plan::{Timing, Transition};

/// A piece of a runbook.
pub(super) enum RunbookPiece<'a> {
    /// What no wave does at an instant.
    Instant(StepsAt),
    /// The same between waves of the transition that began last.
    Between(StepsAt),
    /// A transition begins.
    Transition(&'a Transition),
    /// A wave of it.
    Wave(WaveOnWay<'a>),
    /// Weights change from hour to hour.
    Hours,
}

impl Runbook<'_> {
    /// All transitions in order of time, or those that are refused first.
    pub(super) fn transitions(&self) -> Vec<&Transition> {
        let plan = self.teller.plan;
        let mut in_time: Vec<&Transition> = plan.transitions.iter().collect();
        if plan.is_refused() {
            // What is refused comes first: the others are not to be begun because of it.
            in_time.sort_by_key(|own| (own.refusal.is_none(), own.period));
        } else {
            in_time.sort_by_key(|own| (own.start, own.period));
        }
        in_time
    }

    /// The pieces of a plan that is not refused, in the order of the runbook.
    pub(super) fn pieces(&self) -> Vec<RunbookPiece<'_>> {
        let (teller, plan) = (self.teller, self.teller.plan);
        let has_steps = self.has_steps();
        let mut pieces = Vec::new();
        let mut instants = instants(plan, self.steps).into_iter().peekable();
        for way in self.transitions() {
            let start = teller.period(way).period.start;
            // What a wave of no length does before a period is done when the period begins.
            let is_last = way.timing == Timing::Ahead && way.start >= start;
            // What closes for the period does so once its waves are over.
            let waits = |own: &StepsAt| own.closes && own.period == way.period;
            let is_before = |own: &StepsAt| {
                !waits(own) && (own.at < way.start || own.at == way.start && !is_last)
            };
            while let Some(own) = instants.next_if(|own| has_steps && is_before(own)) {
                pieces.push(RunbookPiece::Instant(own));
            }
            let now = instants.peek_mut().filter(|own| {
                let at = (own.at, own.period);
                has_steps && is_last && at == (way.start, way.period)
            });
            pieces.extend(now.and_then(StepsAt::opening).map(RunbookPiece::Instant));
            pieces.push(RunbookPiece::Transition(way));
            for at in WaveOnWay::each(teller, way) {
                let begins = at.wave.start;
                // What no wave does in the period itself is done after the waves before it.
                let is_over = |own: &StepsAt| {
                    let is_ahead = way.timing == Timing::Ahead;
                    let is_after = is_ahead && begins >= start && own.period >= way.period;
                    !waits(own) && (own.at < begins || own.at == begins && !is_after)
                };
                let is_between = has_steps && !at.is_first();
                while let Some(own) = instants.next_if(|own| is_between && is_over(own)) {
                    pieces.push(RunbookPiece::Between(own));
                }
                pieces.push(RunbookPiece::Wave(at));
            }
        }
        if has_steps || !plan.transitions.is_empty() {
            pieces.extend(instants.map(RunbookPiece::Instant));
        }
        if !plan.hour_turns.is_empty() {
            pieces.push(RunbookPiece::Hours);
        }
        pieces
    }

    pub(super) fn has_steps(&self) -> bool {
        self.steps.iter().any(|own| own.number > 0)
    }
}
