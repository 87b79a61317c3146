//! What a plan's homes come to in every case that is to be survived.

use super::super::instant::Asking;
use super::super::parted::Parted;
use super::super::settle::Depth;
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::model::{Case, Contingencies};
use crate::solve::Stop;
use crate::units::NOBODY;
use rayon::prelude::*;

/// A case that is not survived.
#[derive(Debug, Clone)]
pub(super) struct Lost {
    pub(super) case: usize,
    /// Users who are unserved in it and would not be without it.
    pub(super) users: f64,
}

/// What fails in a case, on top of what is in force.
pub(super) fn known(asking: Asking<'_>, contingencies: &Contingencies, case: usize) -> Case {
    asking.case(&contingencies.events(asking.backdrop.inventory, case))
}

/// The cases that are not survived, ascending; `None` if a stop was raised.
pub(super) fn lost(
    asking: Asking<'_>,
    contingencies: &Contingencies,
    stop: &Stop,
) -> Result<Option<Vec<Lost>>> {
    let parted = Parted::new(contingencies);
    let unserved = |case: usize| -> Result<f64> {
        let known = known(asking, contingencies, case);
        let own = (case, &known);
        parted.settle(asking, contingencies, own, Depth::Verdict, |settled| {
            let ranks = 0..settled.problem.classes.ranks.len();
            ranks
                .map(|rank| settled.value(Level::Unserved(rank)))
                .sum::<f64>()
        })
    };
    let without = unserved(0)?;
    let all: Result<Vec<Option<Lost>>> = (1..contingencies.count())
        .into_par_iter()
        .map(|case| {
            if stop.is_raised() {
                return Ok(None);
            }
            let users = unserved(case)? - without;
            Ok(Some(Lost { case, users }))
        })
        .collect();
    let all: Option<Vec<Lost>> = all?.into_iter().collect();
    Ok(all.map(|all| all.into_iter().filter(|own| own.users > NOBODY).collect()))
}
