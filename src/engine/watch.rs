//! Watch: says what is being done, to whatever code may read a clock.

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Classes, default paths, rows.
    Model,
    /// Levels.
    Solve,
    /// Homes of whole shards.
    WholeShards,
    /// Homes that survive what is to be survived.
    Protect,
    /// How large an error the plan stands.
    Margin,
    /// This many of all periods are planned.
    Periods(usize, usize),
    /// What is decided of all periods together, and both ends of the forecast.
    AllPeriods,
    /// Waves from state to state, and what each tenant has of it.
    Waves,
    /// The plan's own replay, and what it recovers from.
    Replay,
}

/// Hears when a stage begins.
pub trait Watch: Sync {
    /// A stage begins; the one before has ended.
    fn enter(&self, stage: Stage);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWatch;

impl Watch for NoWatch {
    fn enter(&self, _: Stage) {}
}
