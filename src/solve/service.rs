//! Who can be served at all: a point that overloads nothing, and a start near the unserved levels.

use super::master::Master;
use crate::error::{Error, Result};

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
    let mut relief = master.nothing();
    relief.relief = 1.0;
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
/// `None` if something is overloaded every way.
pub(super) fn find_service_among(
    master: &mut Master<'_>,
    tries: &[(bool, bool)],
) -> Result<Option<bool>> {
    let mut overload = master.nothing();
    overload.overload = 1.0;
    for &(closes_relief, closes_unserved) in tries {
        master.closed.relief = closes_relief;
        master.closed.unserved.fill(closes_unserved);
        master.apply_bounds()?;
        // That somebody is overloaded settles it, where others are moved next or nothing is tried next.
        let is_enough = closes_relief || closes_unserved && tries.len() == 1;
        let enough = if is_enough {
            master.nobody()
        } else {
            f64::INFINITY
        };
        let end = master.optimise_until(&overload, enough)?;
        if master.is_nobody(end.value) {
            master.closed.relief = false;
            master.close_overload()?;
            if master.run_again().is_ok() {
                return Ok(Some(!closes_unserved));
            }
            master.open_overload()?;
        }
        if end.is_stopped {
            return Err(Error::StoppedEarly);
        }
    }
    Ok(None)
}
