//! Pieces: what a runbook tells one after the other, transitions with their waves and what no wave does between.

use super::in_force::Runbook;
use super::instants::{StepsAt, instants};
use super::wave_of_transition::WaveOfTransition;
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
    Wave(WaveOfTransition<'a>),
    /// Weights change from hour to hour.
    Hours,
}

impl Runbook<'_> {
    /// All transitions in order of time, or those that are refused first.
    pub(super) fn transitions(&self) -> Vec<&Transition> {
        let plan = self.writer.plan;
        let mut in_time: Vec<&Transition> = plan.transitions.iter().collect();
        if plan.is_refused() {
            // What is refused comes first: the others are not to be begun because of it.
            in_time.sort_by_key(|transition| (transition.refusal.is_none(), transition.period));
        } else {
            in_time.sort_by_key(|transition| (transition.start, transition.period));
        }
        in_time
    }

    /// The pieces of a plan that is not refused, in the order of the runbook.
    pub(super) fn pieces(&self) -> Vec<RunbookPiece<'_>> {
        let (writer, plan) = (self.writer, self.writer.plan);
        let has_steps = self.has_steps();
        let mut pieces = Vec::new();
        let mut instants = instants(plan, self.steps).into_iter().peekable();
        for transition in self.transitions() {
            let start = writer.period(transition).period.start;
            // What a wave of no length does before a period is done when the period begins.
            let is_last = transition.timing == Timing::Ahead && transition.start >= start;
            // What closes for the period does so once its waves are over.
            let waits =
                |steps_at: &StepsAt| steps_at.closes && steps_at.period == transition.period;
            let is_before = |steps_at: &StepsAt| {
                !waits(steps_at)
                    && (steps_at.at < transition.start
                        || steps_at.at == transition.start && !is_last)
            };
            while let Some(steps_at) = instants.next_if(|steps_at| has_steps && is_before(steps_at))
            {
                pieces.push(RunbookPiece::Instant(steps_at));
            }
            let now = instants.peek_mut().filter(|steps_at| {
                let at = (steps_at.at, steps_at.period);
                has_steps && is_last && at == (transition.start, transition.period)
            });
            pieces.extend(now.and_then(StepsAt::opening).map(RunbookPiece::Instant));
            pieces.push(RunbookPiece::Transition(transition));
            for at in WaveOfTransition::each(writer, transition) {
                let begins = at.wave.start;
                // What no wave does in the period itself is done after the waves before it.
                let is_over = |steps_at: &StepsAt| {
                    let is_ahead = transition.timing == Timing::Ahead;
                    let is_after =
                        is_ahead && begins >= start && steps_at.period >= transition.period;
                    !waits(steps_at) && (steps_at.at < begins || steps_at.at == begins && !is_after)
                };
                let is_between = has_steps && !at.is_first();
                while let Some(steps_at) =
                    instants.next_if(|steps_at| is_between && is_over(steps_at))
                {
                    pieces.push(RunbookPiece::Between(steps_at));
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
        self.steps.iter().any(|step| step.number > 0)
    }
}
