//! The plan as the rows and bytes of its output folder.

mod certificate;
mod changes;
mod downtime;
mod hour_turns;
mod paths;
mod proofs;
mod protection;
mod recovery;
mod rows;
mod stability;
mod start;
mod sweep;
mod tenants;
mod wave_states;
mod waves;

use super::margin;
use super::text;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::model::{Inventory, Scenario};
use crate::plan::{AccessPointChange, Plan, Protection, Stage, Status, Step, Totals, way_back};
use crate::plan_files::{
    self, AccessPointUse, Band, ChangeBackRow, Inputs, JointSummary, Measure, ModelSize,
    PeriodSummary, PlanFile, Row, SUMMARY_FILE, Seconds, Summary, write_rows, write_summary,
    written_rows,
};
use crate::scenario::Period;
pub use certificate::{certificate, certificate_file};
pub use proofs::{displaced_file, proof_lines};
use rayon::prelude::*;
use rows::Writer;
pub use start::{SweepStart, sweep_start};
pub use sweep::{AboutSweep, Listed, sweep_file, sweep_summary, sweep_tables};

/// A file of the output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Path inside the folder, such as `charts/headroom-0.svg`.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

impl<'a> From<&'a WrittenFile> for PlanFile<'a> {
    fn from(file: &'a WrittenFile) -> Self {
        Self {
            name: &file.name,
            bytes: &file.bytes,
        }
    }
}

/// What summary.json tells besides the plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct About {
    /// Hashes of what was read.
    pub inputs: Inputs,
    /// How long each phase took.
    pub seconds: Seconds,
    /// How many warnings were printed.
    pub warnings: u64,
}

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
    let writer = Writer { inventory, plan };
    let periods = || plan.periods.iter();
    let parts: Vec<_> = periods().map(|own| (own, own.parts.as_slice())).collect();
    let waves = waves::wave_of_moves(plan);
    let moves: Vec<Vec<_>> = periods()
        .zip(&waves)
        .map(|(own, waves)| own.moves.iter().zip(waves).collect())
        .collect();
    let moves: Vec<_> = periods()
        .zip(&moves)
        .map(|(own, moves)| (own, moves.as_slice()))
        .collect();
    let made: [&(dyn Fn() -> Result<WrittenFile> + Sync); 15] = [
        &|| {
            large_file(&parts, |period, part| {
                rows::assignment(inventory, period, part)
            })
        },
        &|| {
            large_file(&moves, |period, (moved, wave)| {
                writer.moved(period, moved, **wave)
            })
        },
        &|| file(&writer.steering()),
        &|| file(&writer.headroom()),
        &|| file(&writer.blind()),
        &|| file(&writer.before()),
        &|| file(&writer.access_points()),
        &|| file(&writer.unserved()),
        &|| {
            large_file(&[((), plan.tenants.as_slice())], |(), account| {
                writer.account(account)
            })
        },
        &|| large_file(&[((), steps)], |(), step| writer.change(scenario, step)),
        &|| {
            let back = way_back(inventory, steps);
            large_file(&[((), &back)], |(), step| {
                ChangeBackRow(writer.change(scenario, step))
            })
        },
        &|| file(&writer.waves(scenario)),
        &|| file(&writer.ramp()),
        &|| file(&writer.wave_weights()),
        &|| file(&writer.wave_loads()),
    ];
    let files: Result<Vec<WrittenFile>> = made.par_iter().map(|make| make()).collect();
    let mut files = files?;
    let before = std::iter::once(&plan.before.case);
    let mut cases = before.chain(periods().map(|own| &own.case));
    if cases.any(|case| case.hours.slice_count() > 1) {
        files.push(file(&paths::hours(plan))?);
        files.push(file(&writer.hour_turns(scenario))?);
    }
    if inventory.has_retries() {
        files.push(file(&writer.stability())?);
    }
    if periods().any(|own| own.protection.is_some()) {
        files.push(file(&writer.rows(|period| writer.unprotected(period)))?);
    }
    let has_gray = |own: &Protection| own.gray.is_some();
    if periods().any(|own| own.protection.as_ref().is_some_and(has_gray)) {
        files.push(file(&writer.rows(|period| writer.losses(period)))?);
    }
    Ok(files)
}

/// summary.json of a plan.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn summary_file(summary: &Summary) -> Result<WrittenFile> {
    let mut bytes = Vec::new();
    write_summary(summary, &mut bytes).map_err(|error| Error::Internal(error.to_string()))?;
    json_file(SUMMARY_FILE, bytes)
}

/// A JSON document as a file in which no hidden character stands bare.
pub(in crate::report) fn json_file(name: &str, document: Vec<u8>) -> Result<WrittenFile> {
    let text = String::from_utf8(document).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(WrittenFile {
        name: name.to_owned(),
        bytes: text::json(&text).into_owned().into_bytes(),
    })
}

/// The summary of a plan.
pub fn summary(inventory: &Inventory, scenario: &Scenario, plan: &Plan, about: &About) -> Summary {
    let size = plan
        .periods
        .iter()
        .map(|period| period.size)
        .max_by_key(|size| (size.columns, size.rows))
        .unwrap_or_default();
    Summary {
        format: plan_files::FORMAT.to_owned(),
        plimsoll: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario.name.clone(),
        status: match plan.status {
            Status::Complete => plan_files::Status::Complete,
            Status::Unproven => plan_files::Status::Unproven,
            Status::Stopped => plan_files::Status::Stopped,
        },
        inputs: about.inputs.clone(),
        model: ModelSize {
            shards: inventory.shards.len() as u64,
            classes: size.classes as u64,
            groups: size.groups as u64,
            paths: size.paths as u64,
            rows: size.rows as u64,
            columns: size.columns as u64,
            nonzeros: size.nonzeros as u64,
        },
        periods: plan
            .periods
            .iter()
            .map(|period| PeriodSummary {
                period: number(&period.period),
                start: instant(scenario, period.period.start),
                end: instant(scenario, period.period.end),
                totals: totals(
                    &period.totals,
                    &period.stages,
                    opened(inventory, &period.access_points),
                ),
                targets_missed_before: Some(period.missed_before().count() as u64),
                band: period.band.as_ref().map(|[low, high]| Band {
                    low: totals(
                        &low.totals,
                        &low.stages,
                        opened(inventory, &low.access_points),
                    ),
                    high: totals(
                        &high.totals,
                        &high.stages,
                        opened(inventory, &high.access_points),
                    ),
                }),
                margin: period
                    .error_margin
                    .as_ref()
                    .map(|own| margin::of_period(inventory, own)),
                protection: period.protection.as_ref().map(protection::of_period),
                way: waves::way(inventory, scenario, plan, period),
                hour_turns: hour_turns::of_period(inventory, scenario, plan, period),
                stability: stability::of_period(inventory, period),
                downtime: downtime::of_period(scenario, plan, period.period.index),
            })
            .collect(),
        margin: margin::of_plan(inventory, plan),
        joint: plan.joint.map(|joint| JointSummary {
            moved_users: joint.moved,
            sequential_moved_users: joint.sequential,
            bound: joint.bound,
        }),
        replayed: downtime::replayed(inventory, scenario, plan),
        outages: downtime::outages(inventory, scenario, plan),
        recovery: recovery::of_plan(inventory, scenario, plan),
        seconds: about.seconds,
        warnings: about.warnings,
    }
}

/// An instant in the offset of the scenario, such as `2012-11-13T09:08:00-08:00`.
pub fn instant(scenario: &Scenario, at: jiff::Timestamp) -> String {
    at.display_with_offset(scenario.offset).to_string()
}

/// How a level is called in `price_stage` and in tables: its goal, then tier or measure.
///
/// ```
/// use plimsoll::formulation::goals::Level;
/// use plimsoll::report::written::stage_name;
/// assert_eq!(stage_name(Level::Worst, None), "headroom worst");
/// assert_eq!(stage_name(Level::Unserved(0), Some("gold")), "unserved gold");
/// ```
pub fn stage_name(level: Level, tier: Option<&str>) -> String {
    let goal = level.goal().word();
    match tier.or(level.measure()) {
        Some(part) => format!("{goal} {part}"),
        None => goal.to_owned(),
    }
}

/// Ids of the standby access points through which users enter.
fn opened(inventory: &Inventory, changes: &[AccessPointChange]) -> Vec<String> {
    changes
        .iter()
        .filter(|change| change.after == AccessPointUse::Opened)
        .map(|change| {
            inventory.access_points[change.access_point.index()]
                .id
                .clone()
        })
        .collect()
}

fn totals(totals: &Totals, stages: &[Stage], opened: Vec<String>) -> plan_files::Totals {
    plan_files::Totals {
        users: totals.users,
        unserved_users: totals.unserved,
        moved_users: totals.moved,
        copied_users: totals.copied,
        returned_users: totals.returned,
        reconnecting_users: totals.reconnecting,
        worst_shortfall: totals.worst_shortfall,
        opened_access_points: opened,
        stages: stages
            .iter()
            .map(|stage| plan_files::Stage {
                goal: stage.level.goal(),
                tier: stage.tier.clone(),
                measure: measure(stage.level),
                value: stage.value,
                bound: stage.bound,
                gap: stage.gap,
                plan: stage.plan,
                whole_bound: stage.whole_bound,
                skipped: stage.is_skipped,
            })
            .collect(),
    }
}

/// Which of the two numbers of its goal a level is.
fn measure(level: Level) -> Option<Measure> {
    match level {
        Level::Worst => Some(Measure::Worst),
        Level::Total => Some(Measure::Total),
        Level::Copied => Some(Measure::Copied),
        Level::Moved => Some(Measure::Moved),
        _ => None,
    }
}

fn number(period: &Period) -> u32 {
    u32::try_from(period.index).unwrap_or(u32::MAX)
}

/// A file whose rows may be as many as there are shards.
fn large_file<R: Row, L: Sync, T: Sync>(
    lists: &[(L, &[T])],
    row: impl Fn(&L, &T) -> R + Sync,
) -> Result<WrittenFile> {
    let bytes = written_rows(lists, row).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(WrittenFile {
        name: R::FILE.to_owned(),
        bytes,
    })
}

fn file<R: Row>(rows: &[R]) -> Result<WrittenFile> {
    let mut bytes = Vec::new();
    write_rows(rows, &mut bytes).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(WrittenFile {
        name: R::FILE.to_owned(),
        bytes,
    })
}
