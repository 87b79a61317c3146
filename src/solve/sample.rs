//! A sample of the classes solved first, whose prices say where most of them all go (`docs/design.md`).

use super::closed::Closed;
use super::master::Master;
use super::options::{CLASSES_OF_SAMPLED, LEAST_SAMPLE};
use super::service::{find_service_among, find_service_by, find_service_whole, tries};
use super::settled::{Settled, settle_all};
use super::stop::Stop;
use super::tariff::Tariff;
use crate::error::{Error, Result};
use crate::formulation::Problem;
use crate::units::WORTH_A_TRY;

/// What a sample tells.
pub(super) struct Sample {
    /// Somebody has to stay unserved who is not trapped.
    pub(super) is_short: bool,
    /// The prices of its last level, those of classes left out.
    pub(super) tariff: Tariff,
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

    fn solve(sampled: &Problem<'_>, stop: &Stop) -> Result<Option<Self>> {
        let mut master = Master::new(sampled, stop)?;
        // It is one of a large problem, and only where that begins.
        master.treat_as_large()?;
        let is_short = find_service_whole(&mut master)?;
        if !is_short && sampled.classes.classes.len() < LEAST_SAMPLE {
            return Ok(None);
        }
        master.close_enough = WORTH_A_TRY;
        let mut settled = Settled::default();
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
        master.closed.relief = false;
        master.closed.unserved.fill(!sample.is_short);
        master.begin_at(&sample.tariff, &sample.closed)?;
    }
    find_service_by(master, rest)
}
