//! The plan as the rows and bytes of its output folder.

mod end_state;
mod file;
mod paths;
mod proofs;
mod rows;
mod summary;
mod sweep;

use crate::error::Result;
use crate::model::{Inventory, Scenario};
use crate::plan::{PeriodPlan, Plan, Protection, Step, rollback};
use crate::plan_files::{ChangeBackRow, MoveRow};
use file::large_file;
pub use file::{AboutPlan, WrittenFile, document_file, instant};
pub(in crate::report) use file::{file, internal, json_file, number};
pub use paths::{before_file, sweep_start};
pub use proofs::{certificate, displaced_file, proof_lines};
use rayon::prelude::*;
use rows::PlanRows;
pub use summary::summary;
pub use sweep::{AboutSweep, Listed, sweep_summary, sweep_tables};

/// The tables of a plan: every file of the output folder but the charts and summary.json. `steps` are the plan's
/// [`changes`](crate::plan::changes).
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn tables(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    steps: &[Step],
) -> Result<Vec<WrittenFile>> {
    let writer = PlanRows {
        inventory,
        scenario,
        plan,
    };
    let periods = || plan.periods.iter();
    let parts: Vec<_> = periods()
        .map(|period| (period, period.parts.as_slice()))
        .collect();
    let waves = paths::wave_of_moves(plan);
    let moves: Vec<Vec<_>> = periods()
        .zip(&waves)
        .map(|(period_plan, waves)| period_plan.moves.iter().zip(waves).collect())
        .collect();
    let moves: Vec<_> = periods()
        .zip(&moves)
        .map(|(period_plan, moves)| (period_plan, moves.as_slice()))
        .collect();
    let made: [&(dyn Fn() -> Result<WrittenFile> + Sync); 15] = [
        &|| {
            large_file(&parts, |period, part| {
                rows::assignment(inventory, period, part)
            })
        },
        &|| {
            large_file(&moves, |period, (moved, wave)| MoveRow {
                wave: **wave,
                ..moved.row(inventory, period.period.number())
            })
        },
        &|| {
            let rows = |period_plan: &_| paths::steering(inventory, period_plan);
            file(&writer.rows(rows))
        },
        &|| {
            let margins = periods().flat_map(|period| &period.margins);
            file(margins.map(|margin| &margin.row))
        },
        &|| {
            let row = |period: &PeriodPlan| {
                let affected = period.blind.iter();
                affected
                    .map(|blind_impact| blind_impact.row(inventory, period.period.number()))
                    .collect()
            };
            file(&writer.rows(row))
        },
        &|| file(&paths::before(inventory, &plan.before.flows)),
        &|| file(&writer.rows(|period| writer.access_points(period))),
        &|| file(&writer.rows(|period| writer.unserved(period))),
        &|| {
            large_file(&[((), plan.tenants.as_slice())], |(), account| {
                account.row(inventory)
            })
        },
        &|| large_file(&[((), steps)], |(), step| writer.change(step)),
        &|| {
            let back = rollback(inventory, steps);
            large_file(&[((), &back)], |(), step| {
                ChangeBackRow(writer.change(step))
            })
        },
        &|| file(&writer.waves()),
        &|| file(&writer.ramp()),
        &|| file(&writer.wave_weights()),
        &|| file(&writer.wave_loads()),
    ];
    let files: Result<Vec<WrittenFile>> = made.par_iter().map(|make| make()).collect();
    let mut files = files?;
    let before = std::iter::once(&plan.before.case);
    let mut cases = before.chain(periods().map(|period| &period.case));
    if cases.any(|case| case.hours.slice_count() > 1) {
        files.push(file(&paths::hours(plan))?);
    }
    if inventory.has_retries() {
        files.push(file(&writer.rows(|period| writer.stability(period)))?);
    }
    if periods().any(|period| period.protection.is_some()) {
        files.push(file(&writer.rows(|period| writer.unprotected(period)))?);
    }
    let has_gray = |protection: &Protection| protection.gray.is_some();
    if periods().any(|period| period.protection.as_ref().is_some_and(has_gray)) {
        files.push(file(&writer.rows(|period| writer.losses(period)))?);
    }
    Ok(files)
}
