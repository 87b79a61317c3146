//! Progress: a sign of life on standard error while something takes long, on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
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
    /// Shows how many of so many are done, how fast, and how long the rest takes.
    pub(crate) fn counting(what: &'static str, all: u64, done: u64) -> Self {
        let style = ProgressStyle::with_template(
            "{msg} {wide_bar} {human_pos} of {human_len}, {per_sec}, {eta} left",
        );
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

    /// One more is done.
    pub(crate) fn step(&self) {
        self.spinner.inc(1);
    }

    /// Shows that there are so many in all.
    pub(crate) fn of(&self, all: u64) {
        self.spinner.set_length(all);
    }

    /// Shows something else.
    pub(crate) fn say(&self, what: String) {
        self.spinner.set_message(what);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.spinner.finish_and_clear();
    }
}
