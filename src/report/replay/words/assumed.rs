//! What a replay assumes.

use crate::report::numbers;
use crate::report::replay::Told;
use crate::report::waves::duration;

impl Told<'_> {
    /// What is assumed of clients, and how users are counted, a sentence each.
    pub(in crate::report) fn assumed(&self) -> Vec<String> {
        let own = &self.replay.policy;
        let mut wait = if own.backoff_seconds > 0.0 {
            format!("{} after a failure", duration(own.backoff_seconds))
        } else {
            "at once".to_owned()
        };
        if own.backoff_seconds > 0.0 && own.backoff_factor > 1.0 {
            let factor = numbers::amount(own.backoff_factor);
            wait = format!("{wait}, every further wait {factor} times as long");
        }
        let spread = if own.jitter > 0.0 {
            let jitter = numbers::short_percent(own.jitter);
            format!(", spread by {jitter} to both sides")
        } else {
            String::new()
        };
        if own.backoff_seconds > 0.0 {
            wait.push_str(&spread);
        }
        let mut all = vec![
            format!(
                "Played in steps of at most {}. Clients retry {wait}; whoever has given up connecting tries anew after {}{spread}; a new session waits at most {} to be accepted.",
                duration(own.step_seconds),
                duration(own.return_seconds),
                duration(own.accept_queue_seconds),
            ),
            "Users count as at the peak; those who are away at the hour are down as far as those who are there."
                .to_owned(),
        ];
        all.extend(self.too_coarse());
        all
    }

    /// That clients try again sooner than is played, if anything is tried again.
    fn too_coarse(&self) -> Option<String> {
        let own = &self.replay.policy;
        let mut moments = self.replay.runs.iter().flat_map(|run| &run.moments);
        let is_tried_again = moments.any(|own| own.again > 0.0);
        let profiles = self.inventory.profiles.iter();
        let soonest = profiles
            .filter(|profile| profile.retries > 0.0)
            .map(|profile| profile.timeout_seconds.unwrap_or(0.0) + own.backoff_seconds)
            .reduce(f64::min)
            .filter(|_| own.shortest_seconds() > 1.0)
            .filter(|soonest| is_tried_again && *soonest < own.shortest_seconds())?;
        let when = if soonest > 0.0 {
            format!("after {}", duration(soonest))
        } else {
            "at once".to_owned()
        };
        Some(format!(
            "Clients try again {when} where they are not answered, and here after {} at the soonest: a shorter --step tells more exactly what that does.",
            duration(own.shortest_seconds()),
        ))
    }
}
