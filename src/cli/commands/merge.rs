//! `plimsoll merge`: the parts of one sweep put together.

use crate::cli::clock::{run_on, stop_after};
use crate::cli::input::Told;
use crate::cli::options::{Format, MergeOptions};
use crate::cli::progress::Progress;
use crate::cli::swept::{self, Swept, Task, load, tell};
use crate::cli::terminal::Terminal;
use crate::cli::{exit, files, folder, input, recalled};
use crate::diagnostic::{Code, Finding, Place, Severity};
use crate::engine::{NoWatch, Options};
use crate::error::Result;
use crate::inventory::SourceFile;
use crate::plan::sweep::Tally;
use crate::plan_files::{PROOFS_FILE, SWEEP_FILE, SweepStatus, SweepSummary, read_sweep};
use crate::report::written::AboutSweep;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Parts that do not make a whole.
const NO_WHOLE: Code = Code("P6023");

/// The folder of a part, read.
struct Folder {
    path: PathBuf,
    summary: SweepSummary,
    files: Vec<SourceFile>,
}

/// Joins parts of a sweep: what is written is what one run would have written.
pub(crate) fn run(options: &MergeOptions, terminal: &mut Terminal) -> Result<u8> {
    folder::SWEEP.may_be_written(&options.out)?;
    run_on(options.threads)?;
    let is_quiet = options.format == Format::Quiet;
    let told = if is_quiet { Told::Errors } else { Told::All };
    let stop = stop_after(None, told)?;
    let mut parts = Vec::with_capacity(options.parts.len());
    for path in &options.parts {
        let Some(part) = read(path, terminal)? else {
            return Ok(exit::BAD_INPUT);
        };
        parts.push(part);
    }
    parts.sort_by_key(|part| part.summary.first_case);
    if let Some(finding) = fault_of(&parts) {
        tell(&[finding], &[], terminal);
        return Ok(exit::BAD_INPUT);
    }
    let Some(input) = input::read(&options.inventory, &options.scenarios, terminal, told)? else {
        return Ok(exit::BAD_INPUT);
    };
    let Some(first) = parts.first() else {
        return Ok(exit::BAD_INPUT);
    };
    let Some(begun) = swept::begun(&first.summary, &options.out) else {
        let finding = no_whole(
            &first.path,
            "words that this version does not know".to_owned(),
        );
        tell(&[finding], &[], terminal);
        return Ok(exit::BAD_INPUT);
    };
    let task = Task {
        part: None,
        ..begun.task
    };
    if let Some(reason) = swept::refusal(&input, &task.asked) {
        return Ok(swept::refuse(&reason, terminal));
    }
    let progress = (!is_quiet).then(|| Progress::start("joining the parts"));
    let options_of_plan = Options {
        stop: &stop,
        watch: &NoWatch,
    };
    let (sweeper, inputs) = load(&input, &task.asked, &options_of_plan)?;
    drop(progress);
    if !swept::is_of(&first.summary.inputs, &inputs, &first.path, terminal) {
        return Ok(exit::BAD_INPUT);
    }
    let mut tally = Tally::default();
    for part in &parts {
        let sweep = sweeper.sweep(Tally::default(), 0..0);
        let own = recalled::recalled(&input.inventory, &sweep, &part.files, terminal);
        let Some(own) = own else {
            return Ok(exit::BAD_INPUT);
        };
        tally.add(own);
    }
    let about = AboutSweep {
        inputs,
        status: SweepStatus::Complete,
        part: None,
        gray: swept::gray_summary(&task.asked),
    };
    let all = 0..sweeper.contingencies().count();
    let sweep = sweeper.sweep(tally, all.clone());
    let swept = Swept {
        input: &input,
        asked: all,
        because: swept::advised(&sweeper, &sweep, &options_of_plan)?,
        sweep,
        sweeper: &sweeper,
        about,
        out: &options.out,
    };
    let proofs = parts.iter().flat_map(|part| &part.files);
    let mut proofs = proofs.filter(|file| file.name == PROOFS_FILE);
    let verdict = swept.write(
        |to| proofs.try_for_each(|file| to.write_all(&file.bytes)),
        options.charts,
    )?;
    swept.tell(&verdict, options.format, terminal)
}

/// The folder of a part; `None` if it cannot be read, which is told.
fn read(path: &Path, terminal: &mut Terminal) -> Result<Option<Folder>> {
    let files = files::plan(path)?;
    let mark = files.iter().find(|file| file.name == SWEEP_FILE);
    let mut findings = Vec::new();
    let summary = mark.and_then(|file| read_sweep(&file.bytes, &mut findings));
    let Some(summary) = summary else {
        if findings.is_empty() {
            findings.push(no_whole(path, format!("a folder without {SWEEP_FILE}")));
        }
        tell(&findings, &files, terminal);
        return Ok(None);
    };
    Ok(Some(Folder {
        path: path.to_owned(),
        summary,
        files,
    }))
}

/// What keeps parts, in the order of their cases, from being all of one sweep.
fn fault_of(parts: &[Folder]) -> Option<Finding> {
    let mut next = 0;
    let first = parts.first()?;
    for part in parts {
        let (own, of_first) = (&part.summary, &first.summary);
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
        if asked(own) != asked(of_first) {
            let found = format!("another sweep than that of `{}`", first.path.display());
            return Some(no_whole(&part.path, found));
        }
        if own.status == SweepStatus::Partial {
            let found = format!("an unfinished part, {} cases", own.cases_done);
            return Some(no_whole(&part.path, found));
        }
        if own.first_case != next {
            let found = if own.first_case < next {
                format!(
                    "cases from {} on, which another part has too",
                    own.first_case
                )
            } else {
                format!(
                    "cases from {} on; no part has those from {next} on",
                    own.first_case
                )
            };
            return Some(no_whole(&part.path, found));
        }
        next += own.cases_done;
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
    Finding {
        severity: Severity::Error,
        code: NO_WHOLE,
        place: Place {
            file: path.display().to_string(),
            line: None,
            column: None,
        },
        found,
        expected: "the parts of one sweep, each once and whole".to_owned(),
        hint: "name one folder for each part; go on with an unfinished one by `plimsoll sweep … --resume`".to_owned(),
    }
}
