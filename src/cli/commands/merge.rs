//! `plimsoll merge`: the parts of one sweep put together.

use crate::cli::args::{MergeArgs, SweepTask};
use crate::cli::clock::{run_on, stop_after};
use crate::cli::sweep_folder::{Swept, advised, recalled};
use crate::cli::terminal::Terminal;
use crate::cli::{files, folder, input, sweep_task};
use crate::diagnostic::{Code, Finding, Place};
use crate::engine::{NoWatch, Options};
use crate::error::{Error, Result};
use crate::inventory::SourceFile;
use crate::plan::sweep::SweepTally;
use crate::plan_files::{PROOFS_FILE, SWEEP_FILE, SweepStatus, SweepSummary, read_json};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Parts that do not make a whole.
const NO_WHOLE: Code = Code("P6023");

/// The folder of a part, read.
struct PartFolder {
    path: PathBuf,
    summary: SweepSummary,
    files: Vec<SourceFile>,
}

/// Joins parts of a sweep: what is written is what one run would have written.
pub(crate) fn run(args: &MergeArgs, terminal: &mut Terminal) -> Result<u8> {
    let output = args.run.output;
    let verbosity = output.verbosity();
    folder::SWEEP.may_be_written(&args.out)?;
    run_on(args.run.threads)?;
    let stop = stop_after(None, verbosity)?;
    let parts = args.parts.iter().map(|path| read(path, terminal));
    let mut parts = parts.collect::<Result<Vec<PartFolder>>>()?;
    parts.sort_by_key(|part| part.summary.first_case);
    if let Some(finding) = fault_of(&parts) {
        return Err(Error::Unfit(vec![finding]));
    }
    let input = input::read_all(&args.input, terminal, verbosity)?;
    // The arguments ask for one at least.
    let first = &parts[0];
    let begun = sweep_task::begun(&first.summary, &args.out).ok_or_else(|| {
        let found = "words unknown to this version".to_owned();
        Error::Unfit(vec![no_whole(&first.path, found)])
    })?;
    let task = SweepTask {
        part: None,
        ..begun
    };
    sweep_task::can_be_asked(&input, &task.asked)?;
    let progress = verbosity.progress("joining the parts");
    let options = Options {
        stop: &stop,
        watch: &NoWatch,
    };
    let (sweeper, inputs) = sweep_task::load(&input, &task.asked, &options)?;
    drop(progress);
    sweep_task::has_inputs(&first.summary.inputs, &inputs, &first.path)?;
    let mut tally = SweepTally::default();
    for part in &parts {
        let sweep = sweeper.sweep(SweepTally::default(), 0..0);
        tally.add(recalled(&input.inventory, &sweep, &part.files, terminal)?);
    }
    let about = sweep_task::about(&task, inputs, SweepStatus::Complete);
    let all = 0..sweeper.contingencies().count();
    let sweep = sweeper.sweep(tally, all.clone());
    let swept = Swept {
        input: &input,
        asked: all,
        because: advised(&sweeper, &sweep, &options)?,
        sweep,
        sweeper: &sweeper,
        about,
        out: &args.out,
    };
    let proofs = parts.iter().flat_map(|part| &part.files);
    let mut proofs = proofs.filter(|file| file.name == PROOFS_FILE);
    let verdict = swept.write(
        |to| proofs.try_for_each(|file| to.write_all(&file.bytes)),
        args.run,
    )?;
    swept.print(&verdict, output.format(), terminal)
}

fn read(path: &Path, terminal: &mut Terminal) -> Result<PartFolder> {
    let files = files::plan(path)?;
    let mark = files.iter().find(|file| file.name == SWEEP_FILE);
    let mut findings = Vec::new();
    let summary = mark.and_then(|file| read_json::<SweepSummary>(&file.bytes, &mut findings));
    let Some(summary) = summary else {
        if findings.is_empty() {
            findings.push(no_whole(path, format!("a folder without {SWEEP_FILE}")));
        }
        return Err(terminal.refuse(&findings, &files));
    };
    Ok(PartFolder {
        path: path.to_owned(),
        summary,
        files,
    })
}

/// What keeps parts, in the order of their cases, from being all of one sweep.
fn fault_of(parts: &[PartFolder]) -> Option<Finding> {
    let mut next = 0;
    let first = parts.first()?;
    for part in parts {
        let (sweep_summary, of_first) = (&part.summary, &first.summary);
        let asked = |of: &SweepSummary| {
            let what = (of.over.clone(), of.failures, of.recoveries.clone());
            (
                of.inputs.clone(),
                what,
                of.gray.clone(),
                (of.full, of.from),
                of.period,
                of.cases,
            )
        };
        if asked(sweep_summary) != asked(of_first) {
            let found = format!("a sweep other than that of `{}`", first.path.display());
            return Some(no_whole(&part.path, found));
        }
        if sweep_summary.status == SweepStatus::Partial {
            let found = format!("an unfinished part, {} cases", sweep_summary.cases_done);
            return Some(no_whole(&part.path, found));
        }
        if sweep_summary.first_case != next {
            let found = if sweep_summary.first_case < next {
                format!(
                    "cases from {} on, which an earlier part has too",
                    sweep_summary.first_case
                )
            } else {
                format!(
                    "cases from {} on; no part has those from {next} on",
                    sweep_summary.first_case
                )
            };
            return Some(no_whole(&part.path, found));
        }
        next += sweep_summary.cases_done;
    }
    let last = parts.last()?;
    (next < last.summary.cases).then(|| {
        let all = last.summary.cases;
        no_whole(
            &last.path,
            format!("the last part, up to case {next} of {all}"),
        )
    })
}

fn no_whole(path: &Path, found: String) -> Finding {
    let place = Place::whole(path.display().to_string());
    let expected = "the parts of one sweep, each once and complete";
    let hint = "name one folder for each part; continue an unfinished one with `plimsoll sweep … --resume`";
    Finding::error(NO_WHOLE, place, found, expected, hint)
}
