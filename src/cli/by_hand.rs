//! By hand: what `compare` needs of a plan that somebody made by hand, computed for the inputs that it is for.

use super::files;
use super::folder::INPUTS;
use super::stored::{Stored, StoredInputs, steering_of};
use super::terminal::Terminal;
use crate::engine::steering_for;
use crate::error::Result;
use crate::inventory::SourceFile;
use crate::plan::Plan;
use crate::plan_files::{HeadroomRow, Row as _, SUMMARY_FILE, WrittenPlan};
use crate::report::written::{AboutPlan, document_file, summary, tables};
use crate::solve::Stop;
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Reads a folder. For homes without summary.json its levels, totals and headroom are computed, with steering that is planned for
/// them, for the inputs of the plan that it is compared with; the flag says so. They are not where no inputs can be read, where a
/// shard is at several sites, or where the homes do not hold.
///
/// # Errors
/// Those of [`Stored::read`] and of [`steering_for`].
pub(super) fn read(folder: &Path, other: &Path, terminal: &mut Terminal) -> Result<(Stored, bool)> {
    let mut plan = files::plan(folder)?;
    let is_absent = |plan: &[SourceFile], name: &str| !plan.iter().any(|file| file.name == name);
    let of = |inputs: StoredInputs| {
        let inventory = inputs.inventory()?;
        let scenario = inputs.scenario(&inventory)?;
        Some((inventory, scenario))
    };
    // Of a folder with inputs, which `plan` wrote, summary.json is lost.
    let is_by_hand = is_absent(&plan, SUMMARY_FILE) && !folder.join(INPUTS).is_dir();
    let inputs = if is_by_hand {
        StoredInputs::read(&other.join(INPUTS))?.and_then(of)
    } else {
        None
    };
    let Some((inventory, scenario)) = inputs else {
        return Ok((Stored::of_files(folder, &plan, terminal)?, false));
    };
    plan.extend(steering_of(
        &plan,
        (&inventory, &scenario),
        &Stop::default(),
    )?);
    let stored = Stored::of_files(folder, &plan, terminal)?;
    let planned = steering_for(&inventory, &scenario, &stored.plan, &Stop::default())?;
    if !has_these_homes(&planned, &stored.plan) {
        return Ok((stored, false));
    }
    let about = AboutPlan::default();
    let document = document_file(&summary(&inventory, &scenario, &planned, &about))?;
    plan.push(SourceFile::from(document));
    if is_absent(&plan, HeadroomRow::FILE) {
        let all = tables(&inventory, &scenario, &planned, &[])?.into_iter();
        let headroom = all.filter(|file| file.name == HeadroomRow::FILE);
        plan.extend(headroom.map(SourceFile::from));
    }
    Ok((Stored::of_files(folder, &plan, terminal)?, true))
}

/// `true` if a plan leaves as many users unserved in every period as the homes that it was made for, which are whole shards.
fn has_these_homes(planned: &Plan, written: &WrittenPlan) -> bool {
    let mut unserved: BTreeMap<u32, f64> = BTreeMap::new();
    let mut homed = BTreeSet::new();
    for row in written.assignment.iter().map(|lined| &lined.row) {
        let left = unserved.entry(row.period).or_default();
        if row.to_site.is_none() {
            *left += row.users;
        } else if !homed.insert((row.period, &*row.shard)) {
            return false;
        }
    }
    let is_same = |(period, left): (u32, f64)| {
        let written = unserved.get(&period);
        written.is_some_and(|written| (written - left).abs() <= NOBODY)
    };
    let periods = planned.periods.iter();
    let mut periods = periods.map(|period| (period.period.number(), period.totals.unserved));
    planned.periods.len() == unserved.len() && periods.all(is_same)
}
