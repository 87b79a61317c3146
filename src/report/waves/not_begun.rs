//! Ways of a refused plan in its runbook: why and what would help, and what the waves come to, without times and steps
//! that somebody might work by.

use super::durations::{duration, duration_down};
use super::runbook::shards;
use super::words::{Teller, waves};
use crate::plan::{Timing, Transition, Wave};
use crate::report::numbers;
use std::fmt::Write as _;

/// Waves of one way that are told one by one.
const MOST: usize = 12;

impl Teller<'_> {
    /// A way of a plan that is refused, because of it or of another.
    pub(super) fn write_not_begun(&self, transition: &Transition, text: &mut String) {
        if let Some(refusal) = self.refusal(transition) {
            let _ = writeln!(text, "**Refused: {refusal}.** Do not begin it.\n");
            for remedy in self.remedies(transition) {
                let _ = writeln!(text, "- {remedy}");
            }
            if !transition.remedies.is_empty() {
                text.push('\n');
            }
        } else {
            text.push_str(
                "**Do not begin it**: it is safe by itself, and something else of this plan is refused.\n\n",
            );
        }
        self.write_overloaded_now(transition, text);
        if transition.waves.is_empty() {
            text.push_str("There is not a single wave that would be safe.\n");
            return;
        }
        text.push_str("What its waves come to, to judge it by and not to be done:\n\n");
        self.write_length(transition, text);
        for wave in transition.waves.iter().take(MOST) {
            let _ = writeln!(text, "- {}", self.outline(transition, wave));
        }
        let others = transition.waves.len().saturating_sub(MOST);
        if others > 0 {
            let _ = writeln!(text, "- and {} more", waves(others));
        }
    }

    /// How long the waves take if there are enough of them, and what they wait for.
    fn write_length(&self, transition: &Transition, text: &mut String) {
        let count = waves(transition.waves.len());
        let _ = match transition.seconds {
            Some(seconds) if seconds > 0.0 => writeln!(
                text,
                "- {count} and {} (at least {})",
                duration(seconds),
                duration_down(transition.least_seconds)
            ),
            Some(_) => writeln!(text, "- {count}, and {}", self.unlimited()),
            None => writeln!(
                text,
                "- {count} would be safe; behind them it does not go on"
            ),
        };
        if let Some(slowest) = self.slowest(transition) {
            let _ = writeln!(text, "- what holds it up: {slowest}");
        }
    }

    /// What a wave comes to, without its time.
    fn outline(&self, transition: &Transition, wave: &Wave) -> String {
        let period = &self.plan.periods[transition.period];
        let moves = wave.moves.iter().map(|own| &period.moves[*own]);
        let users: f64 = moves.map(|own| own.users).sum();
        let mut told = Vec::new();
        if !wave.moves.is_empty() {
            let count = shards(wave.moves.len());
            told.push(format!("move {count} with {}", numbers::lost_users(users)));
        }
        if transition.restored > 0.0 {
            let share = numbers::amount(wave.restored_share * 100.0);
            told.push(format!("have {share} % back of those who are not served"));
        }
        if told.is_empty() {
            told.push("move nobody".to_owned());
        }
        let seconds = wave.end.duration_since(wave.start).as_secs_f64();
        let mut words = format!(
            "{} ({}) would {}, steering {} % of the way",
            self.numbered(transition, wave),
            duration(seconds),
            told.join(" and "),
            numbers::amount(wave.steering_share * 100.0),
        );
        if let Some(own) = wave.fullest.first() {
            let _ = write!(
                words,
                "; {} of {} is used to {} at most",
                self.inventory.resources[own.resource.index()].id,
                self.component(own.component),
                numbers::utilization(own.load.max(own.begun_load) / own.capacity)
            );
        }
        words
    }

    /// What is above its capacity already, whether or not a way that is refused would bring it down.
    fn write_overloaded_now(&self, transition: &Transition, text: &mut String) {
        let Some(first) = transition.waves.first() else {
            return;
        };
        let begun = first.overloaded.iter();
        let begun = begun.filter(|own| own.from == first.start);
        let told = begun
            .map(|own| &own.full)
            .take(MOST)
            .filter(|own| own.capacity > 0.0)
            .map(|own| {
                let share = numbers::utilization(own.begun_load / own.capacity);
                let resource = &self.inventory.resources[own.resource.index()].id;
                format!(
                    "{resource} of {} ({share})",
                    self.component_by_hand(own.component)
                )
            });
        let told: Vec<String> = told.collect();
        if told.is_empty() {
            return;
        }
        let when = match transition.timing {
            Timing::Ahead => "before",
            Timing::Behind => "once the period has begun",
        };
        let _ = writeln!(
            text,
            "Above its capacity {when}, as long as nothing is done: {}.\n",
            told.join(", ")
        );
    }
}
