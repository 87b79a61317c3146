//! Stages: how long the engine is in each part of a plan.

use plimsoll::engine::{Stage, Watch};
use std::sync::Mutex;
use std::time::Instant;

/// Adds up the stages of a plan.
pub(crate) struct Stages(Mutex<(Option<Stage>, Instant, [f64; 4])>);

impl Stages {
    /// Parts of the plan, which stands above them.
    pub(crate) const NAMES: [&str; 4] = ["· model", "· solve", "· whole shards", "· margin"];

    pub(crate) fn start() -> Self {
        Self(Mutex::new((None, Instant::now(), [0.0; 4])))
    }

    pub(crate) fn turn(&self, next: Option<Stage>) {
        let Ok(mut state) = self.0.lock() else { return };
        let (stage, since, sums) = &mut *state;
        let position = match stage {
            Some(Stage::Model) => Some(0),
            Some(Stage::Solve) => Some(1),
            Some(Stage::WholeShards | Stage::Protect) => Some(2),
            Some(Stage::Margin) => Some(3),
            Some(Stage::Periods(..) | Stage::AllPeriods | Stage::Waves | Stage::Replay) | None => {
                None
            }
        };
        if let Some(position) = position {
            sums[position] += 1e3 * since.elapsed().as_secs_f64();
        }
        (*stage, *since) = (next, Instant::now());
    }

    /// Milliseconds in model, solve, whole shards and margin.
    pub(crate) fn sums(self) -> [f64; 4] {
        self.turn(None);
        self.0.into_inner().map_or([0.0; 4], |(_, _, sums)| sums)
    }
}

impl Watch for Stages {
    fn enter(&self, stage: Stage) {
        self.turn(Some(stage));
    }
}
