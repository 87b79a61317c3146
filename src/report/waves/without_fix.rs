//! Without a fix: what was tried for a refused transition, and what to do, where nothing that was tried makes it safe.

use super::in_force::Runbook;
use super::writer::TransitionWriter;
use crate::plan::{Plan, Refusal, Timing, Transition};
use jiff::{SignedDuration, Timestamp};

/// A minute, in seconds: times are named to the minute.
const MINUTE: i64 = 60;

/// How many refusals of a plan have a fix, and how many have none.
fn fixes(plan: &Plan) -> [usize; 2] {
    let refused = || {
        let transitions = plan.transitions.iter();
        transitions.filter(|transition| transition.refusal.is_some())
    };
    let without = refused().filter(|transition| transition.remedies.is_empty());
    let without = without.count();
    // What spares a change of weights between hours is always named.
    let turns = plan.hour_turns.iter();
    let turns = turns.filter(|turn| turn.refusal.is_some()).count();
    [refused().count() - without + turns, without]
}

impl TransitionWriter<'_> {
    /// What was tried for a refused transition, and what to do; nothing where it has a fix, or is not refused.
    pub(in crate::report) fn without_fix(&self, transition: &Transition) -> Vec<String> {
        let Some(refusal) = transition
            .refusal
            .filter(|_| transition.remedies.is_empty())
        else {
            return Vec::new();
        };
        let tried = match refusal {
            Refusal::TooLong => {
                "No fix was found among more accepted sessions, more pool members, access points or elements, and longer waves."
            }
            Refusal::Never(_) => {
                "No fix was found among more accepted sessions, access points and elements."
            }
            Refusal::Unsafe(_) => "No fix was found among more capacity where it is short.",
            Refusal::Unfinished(_)
            | Refusal::Overloaded(_)
            | Refusal::Early(_)
            | Refusal::TurnedBeside(_) => "No fix was tried: the refusal says what has to change.",
        };
        vec![tried.to_owned(), self.what_to_do(transition, refusal)]
    }

    fn what_to_do(&self, transition: &Transition, refusal: Refusal) -> String {
        let inputs = if self.inventory.resumed.is_empty() {
            "in the scenario"
        } else {
            "in the scenario files of inputs/"
        };
        let again = if self.inventory.resumed.is_empty() {
            "plan again"
        } else {
            "plan again from inputs/"
        };
        let is_ahead = transition.timing == Timing::Ahead;
        match (refusal, self.in_time_from(transition)) {
            (Refusal::TooLong, Some(at)) if is_ahead => format!(
                "To do: postpone the maintenance to {} or later {inputs}, and {again}.",
                self.clock().moment(at)
            ),
            (Refusal::TooLong, Some(at)) => format!(
                "To do: let the next change begin at {} or later {inputs}, and {again}.",
                self.clock().moment(at)
            ),
            (Refusal::TooLong | Refusal::Never(_) | Refusal::Unsafe(_), _) => format!(
                "To do: postpone the maintenance, or move fewer users at a time {inputs}, and {again}."
            ),
            _ => format!("To do: change that {inputs}, and {again}."),
        }
    }

    /// The full minute from which on waves would be done that take too long: the start of the period, or of the next change, and
    /// what they lack.
    fn in_time_from(&self, transition: &Transition) -> Option<Timestamp> {
        let needed = transition.seconds?;
        let allowed = transition.allowed?.seconds();
        let start = self.plan.periods.get(transition.period)?.period.start;
        let due = match transition.timing {
            Timing::Ahead => start,
            Timing::After => start
                .checked_add(SignedDuration::try_from_secs_f64(allowed).ok()?)
                .ok()?,
        };
        let lacking = SignedDuration::try_from_secs_f64((needed - allowed).max(0.0)).ok()?;
        let at = due.checked_add(lacking).ok()?;
        let beyond = at.as_second().rem_euclid(MINUTE);
        let is_full = beyond == 0 && at.subsec_nanosecond() == 0;
        let more = if is_full { 0 } else { MINUTE - beyond };
        Timestamp::from_second(at.as_second() + more).ok()
    }
}

impl Runbook<'_> {
    /// That no wave of a refused plan may begin, and what its refusals have: a fix, or what was tried and what to do.
    pub(super) fn refused(&self) -> String {
        let gives = match fixes(self.writer.plan) {
            [_, 0] => {
                "Each refused transition below gives the reason and a fix. Apply a fix, plan again, and work by the new runbook."
            }
            [0, _] => {
                "Each refused transition below gives the reason, what was tried, and what to do. \
                 No fix was found. Work by the runbook of the next plan."
            }
            _ => {
                "Each refused transition below gives the reason. Some have a fix; the others say what was tried, and what to do. \
                 Do that for all of them, plan again, and work by the new runbook."
            }
        };
        format!(
            "**The plan is refused: do not begin any of its waves.** {gives} Start times are left out on purpose."
        )
    }

    /// Where the script of a refused plan sends its reader.
    pub(super) fn refused_script(&self) -> &'static str {
        if fixes(self.writer.plan)[1] == 0 {
            "runbook.md says what you can do now, and what would make the plan safe. Plan again, and use the new runbook.sh."
        } else {
            "runbook.md says what you can do now, what was tried, and what to do. Not every refusal has a fix. \
             Plan again, and use the new runbook.sh."
        }
    }
}
