//! Steering of the state before that is not safe while it turns from hour to hour.

use crate::plan::HourTurn;
use crate::plan::replay::Conduct;
use crate::report::grammar::listed;
use crate::report::numbers;
use crate::report::replay::Told;
use crate::report::replay::run::RunFacts;
use serde_json::{Value, json};

/// Hours that are named.
const NAMED: usize = 3;

impl Told<'_> {
    /// The hours before which steering of the state before has no safe way to turn, where users are down in a run of it.
    pub(super) fn unsafe_turns(&self, run: &RunFacts<'_>) -> Option<String> {
        let turns = self.unsafe_turns_of(run);
        let first = turns.first().filter(|_| run.is_anybody_down())?;
        let clock = self.clock();
        let times = turns.iter().take(NAMED).map(|own| clock.moment(own.at));
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
