//! What is said of slow work, and of steering that has no safe turn between hours.

use crate::plan::HourTurn;
use crate::plan::replay::{Conduct, SlowWork};
use crate::report::grammar::listed;
use crate::report::numbers;
use crate::report::replay::ReplayReport;
use crate::report::replay::report::RunFacts;
use serde_json::{Value, json};

const MOST_COMPONENTS: usize = 3;
const MOST_HOURS: usize = 3;

impl ReplayReport<'_> {
    /// Sentences about the slow work that is more than can be worked; of the rest that it is not.
    pub(in crate::report) fn of_slow_work(&self, run: &RunFacts<'_>) -> Vec<String> {
        let slow = &run.run.slow;
        let (behind, ahead): (Vec<_>, Vec<_>) = slow.iter().partition(|own| own.falls_behind());
        let mut all: Vec<String> = (behind.iter().take(MOST_COMPONENTS))
            .map(|own| self.of_slow(own))
            .collect();
        let more = behind.len().saturating_sub(MOST_COMPONENTS);
        if more > 0 {
            all.push(format!(
                "{} more fall behind with slow work (replay.json has what would be enough).",
                numbers::users(more as f64)
            ));
        }
        if behind.is_empty() && !ahead.is_empty() {
            let most = ahead.iter().map(|own| own.inflation).fold(1.0, f64::max);
            all.push(format!(
                "Slow work makes work take up to {} times as much, and it is kept ahead of.",
                numbers::amount(most)
            ));
        }
        all
    }

    /// `Slow work makes work at Filter 1 take 1.72 times as much: …`.
    fn of_slow(&self, own: &SlowWork) -> String {
        let name = self.component(own.component);
        let unit = self.inventory.resources[own.resource.index()].unit.as_str();
        let come = numbers::quantity(own.load, unit);
        let room = numbers::amount(own.capacity / own.inflation);
        let remedies = remedies(own);
        let remedy = match remedies.as_slice() {
            [] => {
                "No shorter timeout, fewer retries or quarantine alone would be enough".to_owned()
            }
            [one] => format!("Enough would be {one}"),
            [head @ .., last] => {
                format!("Enough would be any one of {} or {last}", head.join(", "))
            }
        };
        format!(
            "Slow work makes work at {name} take {} times as much: at most {come} come, and it can take {room}. {remedy}.",
            numbers::amount(own.inflation)
        )
    }
}

/// What would be enough, each alone; rounded so that it still is.
fn remedies(own: &SlowWork) -> Vec<String> {
    let timeout = own.longest_timeout;
    let timeout =
        timeout.map(|own| format!("a timeout of at most {} s", numbers::amount_down(own)));
    let retries = own.most_retries.map(|own| {
        let retries = numbers::amount_down(own);
        match retries.as_str() {
            "0" => "no retries".to_owned(),
            _ => format!("at most {retries} retries"),
        }
    });
    let kept_away = own.least_quarantine.map(|own| {
        let share = numbers::short_percent_up(own);
        format!("{share} of the slow work in quarantine")
    });
    timeout
        .into_iter()
        .chain(retries)
        .chain(kept_away)
        .collect()
}

impl ReplayReport<'_> {
    /// The hours before which steering of the state before has no safe way to turn, where users are down in a run of it.
    pub(super) fn unsafe_turns(&self, run: &RunFacts<'_>) -> Option<String> {
        let turns = self.unsafe_turns_of(run);
        let first = turns.first().filter(|_| run.is_anybody_down())?;
        let clock = self.clock();
        let times = turns
            .iter()
            .take(MOST_HOURS)
            .map(|own| clock.moment(own.at));
        let mut times: Vec<String> = times.collect();
        if turns.len() > times.len() {
            let more = numbers::users((turns.len() - times.len()) as f64);
            times.push(format!("{more} more hours"));
        }
        let times: Vec<&str> = times.iter().map(String::as_str).collect();
        let fullest = first.fullest.filter(|own| own.load > own.capacity);
        let place = fullest.map_or_else(String::new, |own| {
            let resource = &self.inventory.resources[own.resource.index()];
            let [load, capacity] =
                [own.load, own.capacity].map(|amount| numbers::quantity(amount, &resource.unit));
            format!(
                ": the first would bring {} of {} to {load}, and it can take {capacity}",
                resource.id,
                self.component(own.component)
            )
        });
        Some(format!(
            "Steering of the state before has no safe turn between hours at {}{place}. Users may be down then without any event.",
            listed(&times)
        ))
    }

    fn unsafe_turns_of(&self, run: &RunFacts<'_>) -> &[HourTurn] {
        match run.run.conduct {
            Conduct::Nothing => &self.replay.unsafe_turns,
            Conduct::Plan => &[],
        }
    }

    /// The same for replay.json, each hour.
    pub(in crate::report::replay) fn unsafe_turns_value(&self, run: &RunFacts<'_>) -> Value {
        let clock = self.clock();
        let turns = self.unsafe_turns_of(run).iter();
        turns.map(|own| json!(clock.instant(own.at))).collect()
    }
}
