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
        if own.backoff_seconds > 0.0 && own.jitter > 0.0 {
            let jitter = numbers::short_percent(own.jitter);
            wait = format!("{wait}, spread by {jitter} to both sides");
        }
        vec![
            format!(
                "Played in steps of at most {}. Clients retry {wait}; whoever has given up connecting tries anew after {}; a new session waits at most {} to be accepted.",
                duration(own.step_seconds),
                duration(own.return_seconds),
                duration(own.accept_queue_seconds),
            ),
            "Users count as at the peak; those who are away at the hour are down as far as those who are there."
                .to_owned(),
        ]
    }
}
