//! Ways of a refused plan in its runbook: why and what would help, and what the waves come to, without times and steps
//! that somebody might work by.

use super::amounts::{duration, duration_down};
use super::teller::{WayTeller, waves};
use crate::plan::{Timing, Transition, Wave};
use crate::report::document::Section;
use crate::report::grammar::count;
use crate::report::numbers;

/// Waves of one way that are told one by one.
const MOST: usize = 12;

impl WayTeller<'_> {
    /// A way of a plan that is refused, because of it or of another.
    pub(super) fn not_begun(&self, way: &Transition) -> Section {
        let mut section = self.headed(way);
        if let Some(refusal) = self.refusal(way) {
            section.apart(format!("**Refused: {refusal}.** Do not begin it."));
            let remedies = self.remedies(way);
            if !remedies.is_empty() {
                section.items(remedies);
                section.say("");
            }
        } else {
            section.apart(
                "**Do not begin it**: it is safe by itself, and something else of this plan is refused.",
            );
        }
        if let Some(overloaded) = self.overloaded_now(way) {
            section.apart(overloaded);
        }
        if way.waves.is_empty() {
            section.say("There is not a single wave that would be safe.");
            return section;
        }
        section.apart("What its waves come to, to judge it by and not to be done:");
        section.items([self.length(way)]);
        if let Some(slowest) = self.slowest(way) {
            section.items([format!("what holds it up: {slowest}")]);
        }
        let outlines = way.waves.iter().map(|wave| self.outline(way, wave));
        section.first_items(outlines, MOST, |others| {
            format!("and {} more", waves(others))
        });
        section
    }

    /// How long the waves take if there are enough of them.
    fn length(&self, way: &Transition) -> String {
        let count = waves(way.waves.len());
        match way.seconds {
            Some(seconds) if seconds > 0.0 => {
                let least = duration_down(way.least_seconds);
                format!("{count} and {} (at least {least})", duration(seconds))
            }
            Some(_) => format!("{count}, and {}", self.unlimited()),
            None => format!("{count} would be safe; behind them it does not go on"),
        }
    }

    /// What a wave comes to, without its time.
    fn outline(&self, way: &Transition, wave: &Wave) -> String {
        let period = self.period(way);
        let moves = wave.moves.iter().map(|own| &period.moves[*own]);
        let users: f64 = moves.map(|own| own.users).sum();
        let mut told = Vec::new();
        if !wave.moves.is_empty() {
            let shards = count(wave.moves.len(), "shard");
            told.push(format!("move {shards} with {}", numbers::lost_users(users)));
        }
        if way.restored > 0.0 {
            let share = numbers::amount(wave.restored_share * 100.0);
            told.push(format!("have {share} % back of those who are not served"));
        }
        if told.is_empty() {
            told.push("move nobody".to_owned());
        }
        let seconds = wave.end.duration_since(wave.start).as_secs_f64();
        let fullest = wave.fullest.first().map_or_else(String::new, |own| {
            format!(
                "; {} of {} is used to {} at most",
                self.resource(own.resource).0,
                self.component(own.component),
                numbers::utilization(own.load.max(own.begun_load) / own.capacity)
            )
        });
        format!(
            "{} ({}) would {}, steering {} % of the way{fullest}",
            self.numbered(way, wave),
            duration(seconds),
            told.join(" and "),
            numbers::amount(wave.steering_share * 100.0),
        )
    }

    /// What is above its capacity already, whether or not a way that is refused would bring it down.
    fn overloaded_now(&self, way: &Transition) -> Option<String> {
        let first = way.waves.first()?;
        let begun = first.overloaded.iter();
        let begun = begun.filter(|own| own.from == first.start).take(MOST);
        let begun = begun.map(|own| &own.full).filter(|own| own.capacity > 0.0);
        let told = begun.map(|own| {
            let share = numbers::utilization(own.begun_load / own.capacity);
            let name = self.component_by_hand(own.component);
            format!("{} of {name} ({share})", self.resource(own.resource).0)
        });
        let told: Vec<String> = told.collect();
        let when = match way.timing {
            Timing::Ahead => "before",
            Timing::Behind => "once the period has begun",
        };
        (!told.is_empty()).then(|| {
            let told = told.join(", ");
            format!("Above its capacity {when}, as long as nothing is done: {told}.")
        })
    }
}
