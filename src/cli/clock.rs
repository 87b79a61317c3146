//! The clock: how long each phase took, when to stop, and what is shown meanwhile.

use super::args::Verbosity;
use super::progress::Progress;
use super::{exit, new_folder};
use crate::engine::{Stage, Watch};
use crate::error::{Error, Result};
use crate::plan_files::Seconds;
use crate::solve::Stop;
use std::error::Error as _;
use std::io::{self, IsTerminal, Write};
use std::process;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Measures the phases of a plan and shows them.
pub(super) struct PhaseClock {
    state: Mutex<PhaseTimes>,
    progress: Option<Progress>,
}

struct PhaseTimes {
    since: Instant,
    stage: Stage,
    /// Such as `planning period 2 of 6`.
    period: String,
    seconds: Seconds,
}

impl PhaseClock {
    /// A clock that starts now. `progress` shows what is being done, if anything is to be shown.
    pub(super) fn start(progress: Option<Progress>) -> Self {
        Self {
            state: Mutex::new(PhaseTimes {
                since: Instant::now(),
                stage: Stage::Model,
                period: "planning".to_owned(),
                seconds: Seconds::default(),
            }),
            progress,
        }
    }

    /// What was measured up to now.
    pub(super) fn seconds(&self) -> Seconds {
        self.turn(None);
        self.state
            .lock()
            .map_or_else(|_| Seconds::default(), |state| state.seconds)
    }

    fn turn(&self, next: Option<Stage>) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        let spent = state.since.elapsed().as_secs_f64();
        let stage = state.stage;
        let seconds = &mut state.seconds;
        let phase = match stage {
            Stage::Model | Stage::Periods(..) => &mut seconds.model,
            Stage::Solve => &mut seconds.solve,
            Stage::WholeShards | Stage::Protect => &mut seconds.whole_shards,
            Stage::Margin => &mut seconds.margin,
            Stage::AllPeriods => &mut seconds.all_periods,
            Stage::Waves => &mut seconds.waves,
            Stage::Replay => &mut seconds.replay,
        };
        *phase += spent;
        state.since = Instant::now();
        state.stage = next.unwrap_or(stage);
    }
}

impl Watch for PhaseClock {
    fn enter(&self, stage: Stage) {
        self.turn(Some(stage));
        let (Some(progress), Ok(mut state)) = (&self.progress, self.state.lock()) else {
            return;
        };
        let part = match stage {
            Stage::Periods(done, all) => {
                state.period = format!("planning period {} of {all}", (done + 1).min(all));
                return;
            }
            Stage::Model => "model",
            Stage::Solve => "levels",
            Stage::WholeShards => "whole shards",
            Stage::Protect => "protection",
            Stage::Margin => "margin",
            Stage::AllPeriods => "all periods",
            Stage::Waves => "waves",
            Stage::Replay => "replay",
        };
        progress.say(format!("{}: {part}", state.period));
    }
}

/// Works on this number of threads; without one on as many as there are processors.
///
/// # Errors
/// [`Error::Io`] if the system does not give as many.
pub(super) fn run_on(threads: Option<usize>) -> Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0));
    let Err(error) = pool.build_global() else {
        return Ok(());
    };
    // A second pool in one process can only be asked for by tests; the first one stays.
    match error.source().map(ToString::to_string) {
        None => Ok(()),
        Some(reason) => Err(cannot_start("the threads", &reason)),
    }
}

fn cannot_start(what: &str, reason: &str) -> Error {
    let hint = "raise the limits of processes and of memory, or lower --threads";
    Error::Io {
        action: "start",
        path: what.to_owned(),
        source: io::Error::other(format!("{reason}; {hint}")),
    }
}

/// A stop that Ctrl-C raises, and the clock after `limit`. A second Ctrl-C ends the program at once.
pub(super) fn stop_after(limit: Option<Duration>, verbosity: Verbosity) -> Result<Stop> {
    let stop = Stop::default();
    let of_signal = stop.clone();
    let is_asked = AtomicBool::new(false);
    ctrlc::set_handler(move || {
        if is_asked.swap(true, Ordering::SeqCst) {
            end_at_once();
        }
        of_signal.raise();
        if verbosity == Verbosity::All && std::io::stderr().is_terminal() {
            print("\rending with the best plan so far; Ctrl-C again ends at once\n");
        }
    })
    .map_err(|error| match error {
        ctrlc::Error::System(source) => {
            cannot_start("the thread that waits for Ctrl-C", &source.to_string())
        }
        other => Error::Internal(format!("cannot handle Ctrl-C: {other}")),
    })?;
    if limit == Some(Duration::ZERO) {
        stop.raise();
    } else if let Some(limit) = limit {
        let of_clock = stop.clone();
        let waits = move || {
            thread::sleep(limit);
            of_clock.raise();
        };
        let started = thread::Builder::new().spawn(waits);
        started.map_err(|source| {
            cannot_start(
                "the thread that waits for --time-limit",
                &source.to_string(),
            )
        })?;
    }
    Ok(stop)
}

/// Ends the program without a plan. What stands in the output folder is whole: it is put there by a rename.
#[expect(
    clippy::exit,
    reason = "who asks twice does not want to wait for a solver that does not listen"
)]
fn end_at_once() -> ! {
    new_folder::remove_unfinished();
    print("\rstopped\n");
    process::exit(i32::from(exit::STOPPED))
}

fn print(words: &str) {
    // Without standard error there is nowhere to report to.
    let _ = std::io::stderr().write_all(words.as_bytes());
}
/// The full minute that has begun last.
pub(super) fn this_minute() -> jiff::Timestamp {
    let now = jiff::Timestamp::now().as_second();
    jiff::Timestamp::from_second(now - now.rem_euclid(60)).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}
