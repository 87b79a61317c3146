//! From a problem to its outcome: service first, then the levels in order (`docs/model.md` §4, `docs/design.md`).

use super::extract::extract;
use super::master::Master;
use super::openings::settle_openings;
use super::outcome::Outcome;
use super::placement::{Placement, Start};
use super::service::{
    ServiceSearch, find_service, find_service_among, find_service_moving, find_service_short,
    find_service_whole, seek_service,
};
use super::settled::{Beat, LevelsSoFar, MissedTargets, settle_all};
use super::stop::Stop;
use crate::error::{Error, Result};
use crate::formulation::Problem;
use crate::formulation::goals::Level;

/// Settles the levels of a problem in order.
///
/// Values and bounds are over fractional homes. When `stop` is raised the plan found so far comes back, marked
/// [`Proof::Stopped`](super::Proof::Stopped).
///
/// # Errors
/// `Error::StoppedEarly` if there was no plan yet; `Error::Solver` if every method of the solver failed.
pub fn solve(problem: &Problem<'_>, stop: &Stop) -> Result<Outcome> {
    solve_begun(problem, None, stop, None)?.ok_or_else(given_up)
}

/// The same, beginning at another outcome of the same setting.
///
/// # Errors
/// Those of [`solve`].
pub fn solve_from(problem: &Problem<'_>, start: Start<'_>, stop: &Stop) -> Result<Outcome> {
    let placement = start.placement(problem);
    solve_begun(problem, Some(placement), stop, None)?.ok_or_else(given_up)
}

/// The same, beginning at a plan of a setting like it, given by where its users are.
///
/// # Errors
/// Those of [`solve`].
pub fn solve_near(problem: &Problem<'_>, placement: Placement, stop: &Stop) -> Result<Outcome> {
    solve_begun(problem, Some(placement), stop, None)?.ok_or_else(given_up)
}

fn given_up() -> Error {
    Error::Internal("a plan was given up without a better one".into())
}

/// The same, or `None` as soon as it is clear that it is of no use beside `incumbent`: some level is worse than there where
/// it has to be better, and none before it is better.
///
/// # Errors
/// Those of [`solve`].
pub fn solve_to_beat(
    problem: &Problem<'_>,
    start: Option<Start<'_>>,
    stop: &Stop,
    incumbent: Option<(&Outcome, Beat)>,
) -> Result<Option<Outcome>> {
    let placement = start.map(|start| start.placement(problem));
    solve_begun(problem, placement, stop, incumbent)
}

fn solve_begun(
    problem: &Problem<'_>,
    placement: Option<Placement>,
    stop: &Stop,
    incumbent: Option<(&Outcome, Beat)>,
) -> Result<Option<Outcome>> {
    let mut master = Master::new(problem, stop)?;
    let is_near = placement.is_some();
    let is_short = match placement {
        None => find_service(&mut master, stop)?,
        Some(placement) => {
            let (leaves_unserved, moves_unaffected) =
                (placement.leaves_unserved, placement.moves_unaffected);
            master.closed.levels.unserved.fill(!leaves_unserved);
            master.place(placement)?;
            if leaves_unserved {
                find_service_short(&mut master)?
            } else if moves_unaffected {
                find_service_moving(&mut master)?
            } else {
                find_service_whole(&mut master)?
            }
        }
    };
    let mut settled = LevelsSoFar {
        incumbent: incumbent.map_or_else(Vec::new, |(outcome, _)| outcome.levels.clone()),
        beat: incumbent.map_or(Beat::default(), |(_, beat)| beat),
        is_stopped: stop.is_raised(),
        is_near,
        ..LevelsSoFar::default()
    };
    let split = problem
        .levels
        .iter()
        .position(|level| *level == Level::AccessPoints)
        .unwrap_or(problem.levels.len());
    let (before, after) = problem.levels.split_at(split);
    settle_all(&mut master, before, is_short, &mut settled)?;
    if let Some((_, rest)) = after.split_first() {
        settle_openings(&mut master, rest, is_short, &mut settled)?;
    }
    if settled.is_worse() {
        return Ok(None);
    }
    if settled.best.is_none() {
        settled.serve_who_fits(&mut master)?;
        settled.best = Some(extract(&master));
    }
    Ok(Some(settled.into_outcome(&master)))
}

/// The same for levels without access points among them; `None` as soon as somebody has to stay unserved who is not
/// trapped.
///
/// # Errors
/// Those of [`solve`].
pub fn solve_if_served(problem: &Problem<'_>, stop: &Stop) -> Result<Option<Outcome>> {
    let mut master = Master::new(problem, stop)?;
    if find_service_among(&mut master, &[(false, true)])?.is_none() {
        return Ok(None);
    }
    let mut settled = LevelsSoFar::default();
    settle_all(&mut master, &problem.levels, false, &mut settled)?;
    Ok(Some(settled.into_outcome(&master)))
}

/// What a problem comes to of which it is only asked whether everybody can be served within all targets.
#[derive(Debug)]
pub enum Unless {
    /// All is settled.
    Settled(Box<Outcome>),
    /// It is proven that somebody has to stay unserved who is not trapped.
    Short,
    /// It is proven that everybody can be served, and that the best plan misses a headroom target.
    Missed,
}

/// The same for levels that end with the worst missing share at most, only until it is proven that somebody has to stay unserved
/// who is not trapped, or that a headroom target has to be missed.
///
/// # Errors
/// Those of [`solve`].
pub fn solve_unless_short(problem: &Problem<'_>, stop: &Stop) -> Result<Unless> {
    let mut master = Master::new(problem, stop)?;
    match seek_service(&mut master, stop)? {
        ServiceSearch::Found => {}
        ServiceSearch::ProvenShort => return Ok(Unless::Short),
        ServiceSearch::Open => return Ok(Unless::Settled(Box::new(solve(problem, stop)?))),
    }
    let mut settled = LevelsSoFar {
        targets: MissedTargets::MissedEnds,
        ..LevelsSoFar::default()
    };
    settle_all(&mut master, &problem.levels, false, &mut settled)?;
    Ok(if settled.targets == MissedTargets::Missed {
        Unless::Missed
    } else {
        Unless::Settled(Box::new(settled.into_outcome(&master)))
    })
}
