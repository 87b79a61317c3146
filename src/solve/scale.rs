//! The least scale of all that rows allow at which everyone who can be served is (`docs/model.md` §11).

use super::master::Master;
use super::options::ITERATIONS_OF_MARGIN;
use super::outcome::Outcome;
use super::placement::Start;
use super::settled::LevelsSoFar;
use super::stop::Stop;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::formulation::rows::RowId;
use crate::formulation::{Problem, Scaling};

/// The least `β`, proven.
#[derive(Debug, Clone, Copy)]
pub struct LeastScale {
    /// At which everyone is served.
    pub value: f64,
    /// Below which nobody can.
    pub bound: f64,
    /// The load row that binds first; `None` if none does, or the move limit.
    pub first: Option<RowId>,
}

/// The least scale of a problem's rows; `None` if no scale serves everyone who is not trapped, if a stop was raised, or
/// if every method of the solver failed: a plan stands without its margin. The search begins at `start`.
///
/// # Errors
/// `Error::Internal`, which is a bug.
pub fn least_scale(
    problem: &Problem<'_>,
    scaling: &Scaling,
    start: Start<'_>,
    stop: &Stop,
) -> Result<Option<LeastScale>> {
    let found = search(problem, scaling, start, stop)?;
    Ok(found.map(|(least, _)| least))
}

/// The same, and who is served where at that scale; without levels.
///
/// # Errors
/// `Error::Internal`, which is a bug.
pub fn least_scale_and_outcome(
    problem: &Problem<'_>,
    scaling: &Scaling,
    start: Start<'_>,
    stop: &Stop,
) -> Result<Option<(LeastScale, Outcome)>> {
    let found = search(problem, scaling, start, stop)?;
    Ok(found.map(|(least, master)| (least, LevelsSoFar::default().into_outcome(&master))))
}

/// The least scale, and the program that found it; what a plan stands without is `None`.
fn search<'a>(
    problem: &'a Problem<'a>,
    scaling: &'a Scaling,
    start: Start<'_>,
    stop: &'a Stop,
) -> Result<Option<(LeastScale, Master<'a>)>> {
    if stop.is_raised() {
        return Ok(None);
    }
    match settle(problem, scaling, start, stop) {
        Err(Error::StoppedEarly) => Ok(None),
        Err(Error::Solver { status, .. }) => {
            tracing::warn!(status, "the margin is left out");
            Ok(None)
        }
        found => found,
    }
}

fn settle<'a>(
    problem: &'a Problem<'a>,
    scaling: &'a Scaling,
    start: Start<'_>,
    stop: &'a Stop,
) -> Result<Option<(LeastScale, Master<'a>)>> {
    let mut master = Master::scaled(problem, scaling, stop)?;
    master.place(start.placement(problem))?;
    if let Some(relieved) = scaling.relief {
        hold_relief(&mut master, relieved)?;
    }
    let mut overload = master.nothing();
    overload.overload = 1.0;
    let end = master.optimise(&overload, f64::INFINITY)?;
    if end.is_stopped || !master.is_nobody(end.value) {
        return Ok(None);
    }
    master.close_overload()?;
    let mut scale = master.nothing();
    scale.scale = 1.0;
    master.iterations_per_level = ITERATIONS_OF_MARGIN;
    let end = master.optimise(&scale, f64::INFINITY)?;
    let (rows, columns) = master.shape();
    let iterations = master.iterations();
    tracing::debug!(
        end.value,
        end.bound,
        rows,
        columns,
        iterations,
        "least scale"
    );
    if end.is_stopped {
        return Ok(None);
    }
    let least = LeastScale {
        value: end.value,
        bound: end.bound.max(0.0),
        first: master.binding_row(),
    };
    Ok(Some((least, master)))
}

/// No more users of unaffected shards move than `relieved`.
fn hold_relief(master: &mut Master<'_>, relieved: f64) -> Result<()> {
    let relief = master.problem.objective(Level::Relief);
    if master.is_nobody(relieved) && master.is_free_by_default(&relief) {
        master.closed.levels[Level::Relief] = true;
        master.apply_bounds()
    } else {
        master.hold(&relief, relieved)
    }
}
