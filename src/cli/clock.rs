//! The clock: how long each phase took, when to stop, and what is shown meanwhile.

use super::progress::Progress;
use crate::engine::{Stage, Watch};
use crate::error::{Error, Result};
use crate::plan_files::Seconds;
use crate::solve::Stop;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// Measures the phases of a plan and shows them.
pub(super) struct Clock {
    state: Mutex<State>,
    progress: Option<Progress>,
}

struct State {
    since: Instant,
    stage: Option<Stage>,
    seconds: Seconds,
}

impl Clock {
    /// A clock that starts now. `progress` shows what is being done, if anything is to be shown.
    pub(super) fn start(progress: Option<Progress>) -> Self {
        Self {
            state: Mutex::new(State {
                since: Instant::now(),
                stage: None,
                seconds: Seconds::default(),
            }),
            progress,
        }
    }

    /// Ends the stage at hand and gives what was measured.
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
        match state.stage {
            Some(Stage::Model) => state.seconds.model += spent,
            Some(Stage::Solve) => state.seconds.solve += spent,
            Some(Stage::WholeShards) => state.seconds.whole_shards += spent,
            Some(Stage::Periods(..)) | None => {}
        }
        state.since = Instant::now();
        state.stage = next;
    }
}

impl Watch for Clock {
    fn enter(&self, stage: Stage) {
        self.turn(Some(stage));
        if let (Some(progress), Stage::Periods(done, all)) = (&self.progress, stage) {
            progress.say(format!("planning period {} of {all}", done + 1));
        }
    }
}

/// A stop that Ctrl-C raises, and the clock after `limit`.
pub(super) fn stop_after(limit: Option<Duration>) -> Result<Stop> {
    let stop = Stop::default();
    let of_signal = stop.clone();
    ctrlc::set_handler(move || of_signal.raise())
        .map_err(|error| Error::Internal(format!("Ctrl-C cannot be caught: {error}")))?;
    if limit == Some(Duration::ZERO) {
        stop.raise();
    } else if let Some(limit) = limit {
        let of_clock = stop.clone();
        thread::spawn(move || {
            thread::sleep(limit);
            of_clock.raise();
        });
    }
    Ok(stop)
}
