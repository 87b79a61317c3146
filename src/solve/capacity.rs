//! The least capacity that is missing to serve everyone who has an open site (`docs/model.md` §11).

use super::master::Master;
use super::stop::Stop;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::formulation::rows::RowId;
use crate::formulation::{ColumnKey, Problem};

/// By row, ascending, how much more capacity would be enough together, in the resource's unit: the least, each counted
/// in the average users that it serves. Nothing is to stay free of it. `None` if every method of the solver failed,
/// or a stop was raised.
///
/// # Errors
/// `Error::Internal`, which is a bug.
pub fn least_capacity(problem: &Problem<'_>, stop: &Stop) -> Result<Option<Vec<(RowId, f64)>>> {
    match search(problem, stop) {
        Ok(found) => Ok(Some(found)),
        Err(Error::Solver { .. } | Error::StoppedEarly) => Ok(None),
        Err(other) => Err(other),
    }
}

fn search(problem: &Problem<'_>, stop: &Stop) -> Result<Vec<(RowId, f64)>> {
    let mut master = Master::new(problem, stop)?;
    master.closed.levels[Level::Relief] = false;
    master.closed.levels.unserved.fill(true);
    master.apply_bounds()?;
    let mut overload = master.nothing();
    overload.overload = 1.0;
    master.optimise(&overload, f64::INFINITY)?;
    let mut found: Vec<(RowId, f64)> = master
        .amounts()
        .filter_map(|(key, amount)| match key {
            ColumnKey::Overload(row) => {
                let missing = amount * problem.rows.rows[row].capacity;
                let users = missing / problem.rows.rows[row].mean_demand.max(f64::MIN_POSITIVE);
                (!master.is_nobody(users)).then_some((row, missing))
            }
            _ => None,
        })
        .collect();
    found.sort_by_key(|(row, _)| *row);
    Ok(found)
}
