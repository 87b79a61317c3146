//! Sweep folder: what was swept is written, judged and reported, and what an earlier run wrote is read again.

use super::args::{Format, RunArgs};
use super::exit;
use super::files;
use super::folder;
use super::input::Input;
use super::new_folder::NewFolder;
use super::render;
use super::terminal::Terminal;
use crate::engine::{Options, Sweeper};
use crate::error::{Error, Result};
use crate::inventory::SourceFile;
use crate::model::{CaseKind, Inventory, Recovery};
use crate::plan::check::{SweepVerdict, check_sweep_sample, rules_broken};
use crate::plan::sweep::{Sweep, SweepTally};
use crate::plan_files::{
    ComponentRow, FailureRow, InvolvedRow, PROOFS_FILE, Row, SWEEP_FILE, SiteUtilizationRow,
    SurvivableRow, SweepStatus, SweepSummary, UnservedByTierRow, WorstRow, read_json,
    read_sweep_folder,
};
use crate::report::grammar::count;
use crate::report::html::{Figure, REPORT_FILE};
use crate::report::numbers::whole;
use crate::report::sweep::{Because, Extent, SweepReport, because, sheet_file};
use crate::report::table::wrapped;
use crate::report::written::{
    AboutSweep, Listed, WrittenFile, displaced_file, document_file, sweep_start, sweep_summary,
    sweep_tables,
};
use crate::units::NOBODY;
use std::fmt::Write as _;
use std::io::{self, BufWriter};
use std::ops::Range;
use std::path::Path;

/// Cases that are judged at most; `plimsoll verify` judges all.
const MOST_CASES: usize = 200;

/// Bytes of proofs that are read back at most: more take too much memory beside a sweep.
const MOST_PROOFS: u64 = 1 << 28;

pub(super) struct Swept<'a> {
    pub(super) input: &'a Input,
    pub(super) sweeper: &'a Sweeper,
    pub(super) sweep: Sweep,
    pub(super) asked: Range<usize>,
    pub(super) because: Because,
    pub(super) about: AboutSweep,
    pub(super) out: &'a Path,
}

/// Sentences about the worst cases of a sweep that was planned again: why they are so, and what would help.
pub(super) fn advised(sweeper: &Sweeper, sweep: &Sweep, options: &Options<'_>) -> Result<Because> {
    let mut advice = Vec::new();
    let kinds = sweep.contingencies.kinds();
    for kind in kinds.filter(|kind| *kind != CaseKind::Gray) {
        let cases = sweep.contingencies.of_kind(kind);
        let found = sweep.tally.of(Recovery::Replan);
        let found = found.filter(|case_result| cases.contains(&case_result.case));
        let worst = found.max_by(|a, b| {
            let users = a.unserved_users().total_cmp(&b.unserved_users());
            users.then(b.case.cmp(&a.case))
        });
        if let Some(worst) = worst.filter(|case_result| case_result.unserved_users() > NOBODY) {
            advice.extend(sweeper.advice(worst.case, options)?);
        }
    }
    Ok(because(sweeper.planner().inventory(), sweep, &advice))
}

impl Swept<'_> {
    /// Writes the folder whole or not at all, once the referee has judged it; `proofs` appends the lines that prove its cases.
    pub(super) fn write(
        &self,
        proofs: impl FnOnce(&mut BufWriter<std::fs::File>) -> io::Result<()>,
        run: RunArgs,
    ) -> Result<SweepVerdict> {
        let inventory = &self.input.inventory;
        let new = NewFolder::beside(self.out)?;
        let mut files = sweep_tables(inventory, &self.sweep, Listed::All)?;
        files.push(document_file(&self.summary())?);
        let planner = self.sweeper.planner();
        let start = (planner.before(), planner.homes());
        files.extend(sweep_start(
            inventory,
            &self.sweep,
            start,
            self.sweeper.plan(),
        )?);
        files.push(displaced_file(inventory, &self.sweeper.displaced()?)?);
        new.put(&files)?;
        new.put_stream(PROOFS_FILE, proofs)?;
        drop(files);
        let verdict = judged(self.input, new.path())?;
        let sweep_report = self.report();
        let sheet = self
            .sweep
            .recoveries
            .iter()
            .map(|recovery| sweep_report.sheet(*recovery));
        let mut files = vec![sheet_file(inventory, &self.sweep, sheet)?];
        let drawings = if run.no_charts {
            Vec::new()
        } else {
            sweep_report.drawings()?
        };
        files.push(sweep_report.page(drawings.clone())?);
        files.extend(drawings.into_iter().flat_map(Figure::files));
        new.put(&files)?;
        new.take_place_of(self.out, &folder::SWEEP)?;
        Ok(verdict)
    }

    /// What is reported of it.
    fn report(&self) -> SweepReport<'_> {
        SweepReport {
            inventory: &self.input.inventory,
            scenario: &self.input.scenario,
            sweep: &self.sweep,
            before: Some(self.sweeper.planner().before()),
            extent: Extent {
                first: self.sweep.cases.start,
                asked: self.asked.len(),
                done: self.sweep.cases.len(),
            },
            because: Some(&self.because),
        }
    }

    fn summary(&self) -> SweepSummary {
        sweep_summary(&self.input.scenario, &self.sweep, &self.about)
    }

    /// Tells what was found, and the exit code.
    pub(super) fn print(
        &self,
        verdict: &SweepVerdict,
        format: Format,
        terminal: &mut Terminal,
    ) -> Result<u8> {
        let text = match format {
            Format::Quiet => String::new(),
            Format::Json => {
                let file = document_file(&self.summary())?;
                String::from_utf8_lossy(&file.bytes).into_owned()
            }
            Format::Text => self.text(verdict, terminal.width),
        };
        terminal.print(&text)?;
        let found = self.sweep.tally.found.iter();
        let is_sound = found
            .into_iter()
            .all(|found| found.holds() && found.is_proven && !found.is_worse_whole());
        let is_whole = self.about.status != SweepStatus::Partial;
        Ok(exit::sound_if(is_sound && is_whole))
    }

    fn text(&self, verdict: &SweepVerdict, width: Option<u16>) -> String {
        let out = render::path(self.out);
        let mut text = self.report().text(width);
        if self.about.status == SweepStatus::Partial {
            let _ = writeln!(text, "To continue: plimsoll sweep … --resume {out}");
        }
        text.push_str(&wrapped(&sentence(verdict), width));
        let words = format!("The sweep is in {out}; open {out}/{REPORT_FILE}");
        text.push_str(&wrapped(&words, width));
        text
    }
}

/// What the referee says of the tables and proofs of a sweep in a folder.
///
/// # Errors
/// [`Error::Internal`] if they cannot be read back or do not hold, which is a bug; [`Error::Io`] if a file cannot be read.
fn judged(input: &Input, folder: &Path) -> Result<SweepVerdict> {
    let proofs = folder.join(PROOFS_FILE);
    let is_read = proofs
        .metadata()
        .is_ok_and(|metadata| metadata.len() <= MOST_PROOFS);
    let all = if is_read {
        files::plan(folder)?
    } else {
        files::plan_without(folder, PROOFS_FILE)?
    };
    let (written, findings) = read_sweep_folder(&files::as_plan_files(&all));
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
            "the sweep fails its verification ({}): {first}; nothing was written",
            count(rules_broken(&verdict.broken), "rule")
        ))),
    }
}

/// How much of a sweep was judged, in a sentence.
fn sentence(verdict: &SweepVerdict) -> String {
    let [done, _] = verdict.extent;
    let [followed, by_rule] = verdict.by_rule;
    let all = verdict.replanned + by_rule;
    let judged = verdict.cases + followed;
    if judged == all {
        let cases = count(done, "case");
        return format!("Recomputed by the verifier before this was written: {cases}; all hold.");
    }
    format!(
        "Not verified before this was written: {} of {} answers; `plimsoll verify` recomputes all. The others hold.",
        whole(all - judged),
        whole(all)
    )
}

/// The cases, tables and proofs of a folder that was written when a sweep was stopped; `None` if there is none.
#[expect(
    clippy::type_complexity,
    reason = "three parts of one folder, taken apart at once"
)]
pub(super) fn partial(out: &Path) -> Result<Option<(Range<usize>, Vec<WrittenFile>, Vec<u8>)>> {
    if !out.join(SWEEP_FILE).exists() {
        return Ok(None);
    }
    let mut all = files::plan(out)?;
    let mark = all.iter().find(|file| file.name == SWEEP_FILE);
    let summary = mark.and_then(|file| read_json::<SweepSummary>(&file.bytes, &mut Vec::new()));
    let Some(summary) =
        summary.filter(|sweep_summary| sweep_summary.status == SweepStatus::Partial)
    else {
        return Ok(None);
    };
    let first = usize::try_from(summary.first_case).unwrap_or(usize::MAX);
    let done = usize::try_from(summary.cases_done).unwrap_or(0);
    let proofs = all.iter().position(|file| file.name == PROOFS_FILE);
    let proofs = proofs.map_or_else(Vec::new, |position| all.swap_remove(position).bytes);
    all.retain(|file| TABLES.contains(&file.name.as_str()));
    let files = all.into_iter().map(WrittenFile::from).collect();
    Ok(Some((first..first.saturating_add(done), files, proofs)))
}

/// The tables that say what cases came to.
const TABLES: [&str; 7] = [
    FailureRow::FILE,
    UnservedByTierRow::FILE,
    InvolvedRow::FILE,
    ComponentRow::FILE,
    WorstRow::FILE,
    SurvivableRow::FILE,
    SiteUtilizationRow::FILE,
];

/// The tally of tables that were written before; what cannot be read in them is reported.
pub(super) fn recalled(
    inventory: &Inventory,
    sweep: &Sweep,
    files: &[SourceFile],
    terminal: &mut Terminal,
) -> Result<SweepTally> {
    let tally = sweep.recall(inventory, &files::as_plan_files(files));
    tally.map_err(|findings| terminal.refuse(&findings, files))
}
