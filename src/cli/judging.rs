//! Judging: a sweep is judged as it is written, before anybody reads of it.

use super::files;
use super::input::Input;
use super::render;
use crate::error::{Error, Result};
use crate::plan::check::{SweepVerdict, check_sweep_sample};
use crate::plan_files::{PROOFS_FILE, PlanFile, read_sweep_folder};
use crate::report::numbers;
use std::path::Path;

/// Cases that are judged at most; `plimsoll verify` judges all.
const MOST_CASES: usize = 200;

/// Bytes of proofs that are read back at most: more take too much memory beside a sweep.
const MOST_PROOFS: u64 = 1 << 28;

/// What the referee says of the tables and proofs of a sweep in a folder.
///
/// # Errors
/// [`Error::Internal`] if they cannot be read back or do not hold, which is a bug; [`Error::Io`] if a file cannot be read.
pub(super) fn judged(input: &Input, folder: &Path) -> Result<SweepVerdict> {
    let proofs = folder.join(PROOFS_FILE);
    let is_read = proofs.metadata().is_ok_and(|own| own.len() <= MOST_PROOFS);
    let all = if is_read {
        files::plan(folder)?
    } else {
        files::plan_without(folder, PROOFS_FILE)?
    };
    let read: Vec<PlanFile<'_>> = all.iter().map(PlanFile::from).collect();
    let (written, findings) = read_sweep_folder(&read);
    let first = findings.first().map(ToString::to_string);
    let written = written.ok_or_else(|| {
        let first = first.unwrap_or_default();
        Error::Internal(format!("the written sweep cannot be read back: {first}"))
    })?;
    drop(all);
    let verdict = check_sweep_sample(&input.inventory, &input.scenario, written, MOST_CASES);
    match verdict.broken.first() {
        None => Ok(verdict),
        Some(first) => Err(Error::Internal(format!(
            "the sweep does not hold by the referee's count ({}): {first}; nothing was written",
            render::counted(verdict.broken.len(), "rule")
        ))),
    }
}

/// How much of a sweep was judged, in a sentence.
pub(super) fn sentence(verdict: &SweepVerdict) -> String {
    let [done, _] = verdict.extent;
    let [followed, by_rule] = verdict.by_rule;
    let all = verdict.replanned + by_rule;
    let judged = verdict.cases + followed;
    let count = |own: usize| numbers::users(own as f64);
    if judged == all {
        let cases = render::counted(done, "case");
        return format!("The referee recomputed {cases} before this was written: all hold.");
    }
    format!(
        "Not recomputed by the referee before this was written: {} of {} answers; `plimsoll verify` recomputes all. The others hold.",
        count(all - judged),
        count(all)
    )
}
