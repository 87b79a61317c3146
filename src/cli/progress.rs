//! Progress: a sign of life on standard error while something takes long, on a terminal only.

use crate::report::numbers;
use crate::report::waves::duration;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::io::IsTerminal;
use std::time::Duration;

/// What is being done right now; it disappears when dropped.
pub(crate) struct Progress {
    spinner: ProgressBar,
}

impl Progress {
    /// Shows `what`, such as `reading the inventory`, if standard error is a terminal.
    pub(crate) fn start(what: &'static str) -> Self {
        let spinner = ProgressBar::new_spinner().with_message(what);
        if std::io::stderr().is_terminal() {
            spinner.enable_steady_tick(Duration::from_millis(120));
        } else {
            spinner.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { spinner }
    }
}

impl Progress {
    /// Shows how many of all are done, how fast, and how long the rest takes.
    pub(crate) fn counting(what: &'static str, all: u64, done: u64) -> Self {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {done}").map(|style| {
            style.with_key("done", |state: &ProgressState, text: &mut dyn Write| {
                let all = state.len().unwrap_or(0);
                let words = how_far((state.pos(), all), state.per_sec(), state.eta());
                // Writing to a string does not fail.
                let _ = text.write_str(&words);
            })
        });
        let bar = ProgressBar::new(all).with_message(what).with_position(done);
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.reset_eta();
        if std::io::stderr().is_terminal() {
            bar.enable_steady_tick(Duration::from_millis(250));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { spinner: bar }
    }

    pub(crate) fn step(&self) {
        self.spinner.inc(1);
    }

    pub(crate) fn of(&self, all: u64) {
        self.spinner.set_length(all);
    }

    pub(crate) fn say(&self, what: String) {
        self.spinner.set_message(what);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.spinner.finish_and_clear();
    }
}

/// How many of all are done, how fast, and how long the rest takes; empty as long as their number is unknown.
fn how_far((done, all): (u64, u64), per_second: f64, rest: Duration) -> String {
    if all == 0 {
        return String::new();
    }
    let [some, of] = [done, all].map(|number| numbers::users(number as f64));
    let mut words = format!("{some} of {of}");
    if per_second > 0.0 {
        let rate = match per_second {
            10.0.. => numbers::users(per_second),
            _ => numbers::amount((per_second * 10.0).ceil() / 10.0),
        };
        words = format!("{words}, {rate} a second");
    }
    if done > 0 && done < all && rest > Duration::ZERO {
        let rest = duration(rest.as_secs_f64().ceil());
        words = format!("{words}, {rest} left");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_has_round_rates_and_never_nothing_of_nothing() {
        let rest = Duration::from_millis(41_300);
        assert_eq!(how_far((0, 0), 0.0, Duration::ZERO), "");
        assert_eq!(how_far((0, 168), 0.0, Duration::ZERO), "0 of 168");
        assert_eq!(
            how_far((12, 1168), 3.461_9, rest),
            "12 of 1,168, 3.5 a second, 42 s left"
        );
        assert_eq!(
            how_far((12, 168), 1_234.567, rest),
            "12 of 168, 1,235 a second, 42 s left"
        );
        assert_eq!(how_far((168, 168), 3.0, rest), "168 of 168, 3 a second");
    }
}
