//! Who can be served at all: a point that overloads nothing, and a start near the unserved levels.
//!
//! A sample of the classes solved first, whose prices say where most of them all go (`docs/design.md`).

use super::closed::Closed;
use super::master::Master;
use super::options::{CLASSES_OF_SAMPLED, LEAST_SAMPLE};
use super::prices::DualPrices;
use super::settled::{LevelsSoFar, settle_all};
use super::stop::Stop;
use crate::error::{Error, Result};
use crate::formulation::Problem;
use crate::formulation::goals::Level;
use crate::units::WORTH_A_TRY;

/// Tries that begin with moving anybody: whether moves of the unaffected are closed, and whether leaving users unserved
/// is.
const MOVING: [(bool, bool); 2] = [(false, true), (false, false)];

/// The same without a sample.
pub(super) fn find_service_whole(master: &mut Master<'_>) -> Result<bool> {
    let tries = tries(master);
    find_service_by(master, tries)
}

/// In which order it is tried: whether moves of the unaffected are closed, and whether leaving users unserved is.
pub(super) fn tries(master: &Master<'_>) -> &'static [(bool, bool)] {
    let relief = master.problem.objective(Level::Relief);
    if master.is_free_by_default(&relief) {
        &[(true, true), (false, true), (false, false)]
    } else {
        &MOVING
    }
}

/// The same where the unaffected probably have to move: anybody may from the start.
pub(super) fn find_service_moving(master: &mut Master<'_>) -> Result<bool> {
    find_service_by(master, &MOVING)
}

/// The same where somebody probably has to stay unserved: anybody may from the start.
pub(super) fn find_service_short(master: &mut Master<'_>) -> Result<bool> {
    find_service_by(master, &[(false, false)])
}

/// The same by these tries; where all of them fail, users are left unserved without the solver.
pub(super) fn find_service_by(master: &mut Master<'_>, tries: &[(bool, bool)]) -> Result<bool> {
    if let Some(is_short) = find_service_among(master, tries)? {
        return Ok(is_short);
    }
    master.leave_unserved()?;
    Ok(true)
}

/// The same, trying only these: whether moves of the unaffected are closed, and whether leaving users unserved is.
/// `None` if something is overloaded in every case.
pub(super) fn find_service_among(
    master: &mut Master<'_>,
    tries: &[(bool, bool)],
) -> Result<Option<bool>> {
    for &(closes_relief, closes_unserved) in tries {
        // That somebody is overloaded settles it, where others are moved next or nothing is tried next.
        let is_enough = closes_relief || closes_unserved && tries.len() == 1;
        let tried = try_service(master, (closes_relief, closes_unserved), is_enough)?;
        if tried == ServiceSearch::Found {
            return Ok(Some(!closes_unserved));
        }
    }
    Ok(None)
}

/// What a search for a point that overloads nothing comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServiceSearch {
    /// There is one.
    Found,
    /// It is proven that there is none.
    ProvenShort,
    /// Neither.
    Open,
}

/// One try, with moves of the unaffected closed or not, and leaving users unserved closed or not; where that is enough, only
/// until it is proven that something is overloaded.
fn try_service(
    master: &mut Master<'_>,
    (closes_relief, closes_unserved): (bool, bool),
    is_enough: bool,
) -> Result<ServiceSearch> {
    let mut overload = master.nothing();
    overload.overload = 1.0;
    master.closed.levels[Level::Relief] = closes_relief;
    master.closed.levels.unserved.fill(closes_unserved);
    master.apply_bounds()?;
    let enough = if is_enough {
        master.nobody()
    } else {
        f64::INFINITY
    };
    let end = master.optimise(&overload, enough)?;
    if master.is_nobody(end.value) {
        master.closed.levels[Level::Relief] = false;
        master.close_overload()?;
        if master.run_again().is_ok() {
            return Ok(ServiceSearch::Found);
        }
        master.open_overload()?;
    }
    if end.is_stopped {
        return Err(Error::StoppedEarly);
    }
    Ok(if end.bound > master.nobody() {
        ServiceSearch::ProvenShort
    } else {
        ServiceSearch::Open
    })
}

/// Whether a point that overloads nothing leaves nobody unserved but the trapped. Nothing is optimised beyond that.
pub(super) fn seek_service(master: &mut Master<'_>, stop: &Stop) -> Result<ServiceSearch> {
    let tries = tries(master);
    let mut found = ServiceSearch::Open;
    let closing = tries.iter().filter(|(_, closes_unserved)| *closes_unserved);
    for &(closes_relief, closes_unserved) in closing {
        if !closes_relief
            && master.is_large
            && let Some(sample) = Sample::of(master.problem, stop)?
            && !sample.is_short
        {
            sample.begin(master)?;
        }
        found = try_service(master, (closes_relief, closes_unserved), true)?;
        if found == ServiceSearch::Found {
            break;
        }
    }
    Ok(found)
}

/// What a sample tells.
pub(super) struct Sample {
    /// Somebody has to stay unserved who is not trapped.
    pub(super) is_short: bool,
    /// The prices of its last level, those of classes left out.
    pub(super) tariff: DualPrices,
    /// What its levels closed.
    pub(super) closed: Closed,
}

impl Sample {
    /// Solves one class for several; `None` where that leads nowhere.
    pub(super) fn of(problem: &Problem<'_>, stop: &Stop) -> Result<Option<Self>> {
        let sampled = problem.sampled(CLASSES_OF_SAMPLED);
        match Self::solve(&sampled, stop) {
            Ok(Some(mut sample)) => {
                sample.tariff.classes = vec![0.0; problem.classes.classes.len()];
                Ok(Some(sample))
            }
            Err(Error::StoppedEarly) => Err(Error::StoppedEarly),
            // Nothing of a sample is believed, so nothing ends by it either.
            Ok(None) | Err(_) => Ok(None),
        }
    }

    /// Begins a program where the sample sends classes.
    fn begin(&self, master: &mut Master<'_>) -> Result<()> {
        master.closed.levels[Level::Relief] = false;
        master.closed.levels.unserved.fill(!self.is_short);
        master.begin_at(&self.tariff, &self.closed)
    }

    fn solve(sampled: &Problem<'_>, stop: &Stop) -> Result<Option<Self>> {
        let mut master = Master::new(sampled, stop)?;
        // It is one of a large problem, and only where that begins.
        master.treat_as_large()?;
        let is_short = find_service_whole(&mut master)?;
        if !is_short && sampled.classes.classes.len() < LEAST_SAMPLE {
            return Ok(None);
        }
        master.close_enough = WORTH_A_TRY;
        let mut settled = LevelsSoFar::default();
        settle_all(&mut master, &sampled.levels, is_short, &mut settled)?;
        Ok(Some(Self {
            is_short,
            tariff: master.last_tariff(),
            closed: master.closed.clone(),
        }))
    }
}

/// Finds a point that overloads nothing: first moving nobody but the affected, then anybody, then leaving users
/// unserved. `true` if somebody has to stay unserved who is not trapped.
pub(super) fn find_service(master: &mut Master<'_>, stop: &Stop) -> Result<bool> {
    if !master.is_large {
        return find_service_whole(master);
    }
    let tries = tries(master);
    let (first, mut rest) = match tries {
        [first @ (true, _), rest @ ..] => (Some(*first), rest),
        _ => (None, tries),
    };
    if let Some(first) = first
        && let Some(is_short) = find_service_among(master, &[first])?
    {
        return Ok(is_short);
    }
    if let Some(sample) = Sample::of(master.problem, stop)? {
        if sample.is_short {
            rest = &[(false, false)];
        }
        sample.begin(master)?;
    }
    find_service_by(master, rest)
}
