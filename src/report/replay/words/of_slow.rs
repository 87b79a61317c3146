//! What is said of slow work: how much is left beside it, and what would have kept ahead of it.

use crate::plan::replay::SlowWork;
use crate::report::numbers;
use crate::report::replay::Told;
use crate::report::replay::run::RunFacts;

/// So many components with slow work have a sentence.
const MOST_COMPONENTS: usize = 3;

impl Told<'_> {
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
