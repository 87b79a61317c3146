//! Sweep task: what a sweep is asked, whether it is begun, gone on with, or put together from parts.

use super::args::SweepTask;
use super::files::{self, FileKind};
use super::input::Input;
use super::journal::Journal;
use super::terminal::Terminal;
use crate::diagnostic::{Code, Finding, Place};
use crate::engine::{Begin, GrayAsked, Options, SweepRequest, Sweeper};
use crate::error::{Error, Result};
use crate::model::{Contingencies, FailureSet, Recovery};
use crate::plan_files::{
    GraySummary, Inputs, SWEEP_FILE, SweepFrom, SweepStatus, SweepSummary, read_json,
};
use crate::report::grammar::count;
use crate::report::written::AboutSweep;
use crate::scenario::periods;
use std::io;
use std::ops::Range;
use std::path::Path;

/// There is nothing to go on with.
const NOTHING_UNFINISHED: Code = Code("P6020");
/// Other inputs than those of the sweep.
const OTHER_INPUTS: Code = Code("P6021");

/// The loaded planner, and the hashes of what it was made from.
pub(super) fn load(
    input: &Input,
    asked: &SweepRequest,
    options: &Options<'_>,
) -> Result<(Sweeper, Inputs)> {
    let (sweeper, inputs) = rayon::join(
        || {
            let (inventory, scenario) = (input.inventory.clone(), input.scenario.clone());
            Sweeper::new(inventory, scenario, asked.clone(), options)
        },
        || input.each_file(drop),
    );
    Ok((sweeper?, inputs))
}

/// Refuses to begin a sweep beside an unfinished one.
pub(super) fn nothing_unfinished(out: &Path) -> Result<()> {
    let journal = Journal::place(out);
    if std::fs::symlink_metadata(&journal).is_ok() {
        let is_sweep = journal.join(SWEEP_FILE).is_file();
        let out = out.display();
        let reason = if is_sweep {
            format!(
                "it is an unfinished sweep for `{out}`; continue it with `--resume {out}`, or remove it"
            )
        } else {
            "no sweep wrote it, and a sweep needs that name; move it or name another --out"
                .to_owned()
        };
        return Err(Error::Io {
            action: "begin beside",
            path: journal.display().to_string(),
            source: io::Error::new(io::ErrorKind::AlreadyExists, reason),
        });
    }
    Ok(())
}

/// The task of the unfinished sweep that was to be written to `out`; a finding if there is none.
pub(super) fn unfinished(out: &Path, terminal: &mut Terminal) -> Result<SweepTask> {
    let refused = |found: &str, hint: &str| {
        let expected = "the folder of a sweep that was stopped";
        let finding = Finding::error(NOTHING_UNFINISHED, place(out), found, expected, hint);
        Err(Error::Unfit(vec![finding]))
    };
    let file = match Journal::open(out)? {
        Some((_, file)) => file,
        None if out.join(SWEEP_FILE).exists() => {
            files::file(&out.join(SWEEP_FILE), FileKind::Output)?
        }
        None => {
            return refused("no unfinished sweep", "begin with `plimsoll sweep … --out`");
        }
    };
    let mut findings = Vec::new();
    let read: Option<SweepSummary> = read_json(&file.bytes, &mut findings);
    let begun = read
        .as_ref()
        .and_then(|sweep_summary| begun(sweep_summary, out));
    match (read, begun) {
        (Some(read), _) if read.status != SweepStatus::Partial => {
            refused("a sweep that is complete", "nothing is left to do")
        }
        (_, Some(begun)) => Ok(begun),
        _ => Err(terminal.refuse(&findings, &[file])),
    }
}

/// What a written sweep was asked; `None` if its words are not known.
pub(super) fn begun(summary: &SweepSummary, out: &Path) -> Option<SweepTask> {
    let recoveries = summary.recoveries.iter();
    let asked = SweepRequest {
        over: FailureSet::of_word(&summary.over)?,
        failures: summary.failures as usize,
        recoveries: recoveries
            .map(|word| Recovery::of_word(word))
            .collect::<Option<_>>()?,
        period: Some(summary.period as usize),
        begin: match summary.from {
            SweepFrom::Start => Begin::Start,
            SweepFrom::Plan => Begin::Plan,
        },
        is_full: summary.full,
        gray: match &summary.gray {
            Some(gray) => Some(GrayAsked {
                over: FailureSet::of_word(&gray.over)?,
                most: gray.most as usize,
                severity: gray.severity,
                minutes: gray.detect_minutes,
            }),
            None => None,
        },
    };
    let part = match &summary.part {
        Some(text) => Some(text.parse().ok()?),
        None => None,
    };
    Some(SweepTask {
        out: out.to_owned(),
        asked,
        part,
        inputs: Some(summary.inputs.clone()),
    })
}

/// What sweep.json tells of a task.
pub(super) fn about(task: &SweepTask, inputs: Inputs, status: SweepStatus) -> AboutSweep {
    AboutSweep {
        inputs,
        status,
        part: task.part.map(|case_part| case_part.to_string()),
        gray: task.asked.gray.as_ref().map(|gray| GraySummary {
            over: gray.over.word().to_owned(),
            most: u32::try_from(gray.most).unwrap_or(u32::MAX),
            severity: gray.severity,
            detect_minutes: gray.minutes,
        }),
    }
}

/// Rule: what is read now is what a sweep was made from.
pub(super) fn has_inputs(expected: &Inputs, now: &Inputs, of: &Path) -> Result<()> {
    let what = match (
        expected.inventory == now.inventory,
        expected.scenario == now.scenario,
    ) {
        (true, true) => return Ok(()),
        (false, true) => "the inventory",
        (true, false) => "the scenario",
        (false, false) => "inventory and scenario",
    };
    let found = format!("a sweep of other inputs: {what} changed since");
    let expected = "the inputs of its beginning";
    let hint = "name those inputs, or begin a new sweep";
    let finding = Finding::error(OTHER_INPUTS, place(of), found, expected, hint);
    Err(Error::Unfit(vec![finding]))
}

/// Rule: a sweep can be asked so.
pub(super) fn can_be_asked(input: &Input, asked: &SweepRequest) -> Result<()> {
    let refused = |reason: String| Err(Error::Refused(reason));
    let all = periods(&input.inventory, &input.scenario).len();
    if let Some(period) = asked.period.filter(|period| *period >= all) {
        return refused(format!(
            "--period {period}: the scenario has {}, counted from 0",
            count(all, "period")
        ));
    }
    let members = asked.over.members(&input.inventory);
    if members.is_empty() {
        let over = asked.over.word();
        return refused(format!("--over {over}: the inventory has none"));
    }
    let (size, most) = (members.len(), u32::MAX as usize);
    let hard = Contingencies::new(members, asked.failures);
    let with_gray = |cases: Contingencies| match &asked.gray {
        Some(gray) => {
            let members = gray.over.members(&input.inventory);
            cases.with_gray(members, gray.most, gray.severity)
        }
        None => Some(cases),
    };
    match hard.and_then(with_gray).map(|cases| cases.count()) {
        Some(cases) if cases < most => Ok(()),
        _ => refused(format!(
            "--failures {}: {size} members have more than {most} such cases; choose fewer simultaneous failures",
            asked.failures
        )),
    }
}

pub(super) fn cases(sweeper: &Sweeper, task: &SweepTask) -> Range<usize> {
    let all = sweeper.contingencies().count();
    match task.part {
        Some(part) => {
            let end = |position: usize| all * position / part.of;
            end(part.position - 1)..end(part.position)
        }
        None => 0..all,
    }
}

fn place(folder: &Path) -> Place {
    Place::whole(folder.display().to_string())
}
