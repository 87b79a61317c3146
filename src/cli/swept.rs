//! Swept: what a sweep and the parts of one have in common: what is asked, and writing what was found.

use super::args::Part;
use super::exit;
use super::files::{self, Kind};
use super::folder;
use super::input::Input;
use super::journal::Journal;
use super::judging;
use super::new_folder::NewFolder;
use super::options::{Charts, Format};
use super::render::{self, Sources};
use super::run::written;
use super::terminal::Terminal;
use crate::diagnostic::{Code, Finding, Place, Severity};
use crate::engine::{Asked, Begin, GrayAsked, Options, Sweeper};
use crate::error::{Error, Result};
use crate::inventory::SourceFile;
use crate::model::{CaseKind, Contingencies, FailureSet, GrayMembers, Recovery};
use crate::plan::check::SweepVerdict;
use crate::plan::sweep::Sweep;
use crate::plan_files::{
    GraySummary, Inputs, PROOFS_FILE, SWEEP_FILE, SweepFrom, SweepStatus, SweepSummary, read_sweep,
};
use crate::report::drawn::Drawing;
use crate::report::html::{Figure, REPORT_FILE, sweep_report};
use crate::report::sweep::{Because, Extent, SweepReport, because, sheet_file};
use crate::report::table::wrapped;
use crate::report::written::{
    AboutSweep, Listed, SweepStart, displaced_file, sweep_file, sweep_start, sweep_summary,
    sweep_tables,
};
use crate::scenario::periods;
use crate::units::NOBODY;
use std::fmt::Write as _;
use std::io::{self, BufWriter};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// There is nothing to go on with.
const NOTHING_UNFINISHED: Code = Code("P6020");
/// Other inputs than those of the sweep.
const OTHER_INPUTS: Code = Code("P6021");

/// What is to be done, whether it is begun or gone on with.
pub(super) struct Task {
    pub(super) out: PathBuf,
    pub(super) asked: Asked,
    pub(super) part: Option<Part>,
}

/// A task that was begun, maybe by an earlier run.
pub(super) struct Begun {
    pub(super) task: Task,
    /// What the earlier run was made from.
    pub(super) inputs: Option<Inputs>,
}

/// The loaded planner, and the hashes of what it was made from.
pub(super) fn load(
    input: &Input,
    asked: &Asked,
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

/// A sweep that is to be written.
pub(super) struct Swept<'a> {
    pub(super) input: &'a Input,
    pub(super) sweeper: &'a Sweeper,
    pub(super) sweep: Sweep,
    /// The cases that were asked for.
    pub(super) asked: Range<usize>,
    /// Sentences about its worst cases.
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
        let found = found.filter(|own| cases.contains(&own.case));
        let worst = found.max_by(|a, b| {
            let users = a.unserved_users().total_cmp(&b.unserved_users());
            users.then(b.case.cmp(&a.case))
        });
        if let Some(worst) = worst.filter(|own| own.unserved_users() > NOBODY) {
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
        charts: Charts,
    ) -> Result<SweepVerdict> {
        let inventory = &self.input.inventory;
        let new = NewFolder::beside(self.out)?;
        let mut files = sweep_tables(inventory, &self.sweep, Listed::All)?;
        files.push(sweep_file(&self.summary())?);
        let planner = self.sweeper.planner();
        let start = SweepStart {
            before: planner.before(),
            homes: planner.homes(),
            plan: self.sweeper.plan(),
        };
        files.extend(sweep_start(inventory, &self.sweep, start)?);
        files.push(displaced_file(inventory, &self.sweeper.displaced()?)?);
        new.put(&files)?;
        new.put_stream(PROOFS_FILE, proofs)?;
        drop(files);
        let verdict = judging::judged(self.input, new.path())?;
        let told = self.told();
        let sheet = self.sweep.recoveries.iter().map(|own| told.sheet(*own));
        let mut files = vec![sheet_file(inventory, &self.sweep, sheet)?];
        let drawings = match charts {
            Charts::Drawn => told.drawings()?,
            Charts::None => Vec::new(),
        };
        files.push(sweep_report(
            &told,
            drawings.iter().map(Figure::from).collect(),
        )?);
        files.extend(drawings.into_iter().flat_map(Drawing::files));
        new.put(&files)?;
        new.take_place_of(self.out, &folder::SWEEP)?;
        Ok(verdict)
    }

    /// What is told of it.
    fn told(&self) -> SweepReport<'_> {
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
    pub(super) fn tell(
        &self,
        verdict: &SweepVerdict,
        format: Format,
        terminal: &mut Terminal,
    ) -> Result<u8> {
        let text = match format {
            Format::Quiet => String::new(),
            Format::Json => {
                let file = sweep_file(&self.summary())?;
                String::from_utf8_lossy(&file.bytes).into_owned()
            }
            Format::Text => self.text(verdict, terminal.width),
        };
        written(terminal.out.write_all(text.as_bytes()))?;
        let found = self.sweep.tally.found.iter();
        let is_sound = found.into_iter().all(|own| own.holds() && own.is_proven);
        Ok(if is_sound && self.about.status != SweepStatus::Partial {
            exit::SOUND
        } else {
            exit::SHORT
        })
    }

    fn text(&self, verdict: &SweepVerdict, width: Option<u16>) -> String {
        let out = render::escaped(&self.out.display().to_string());
        let mut text = self.told().text(width);
        if self.about.status == SweepStatus::Partial {
            let _ = writeln!(text, "Go on with: plimsoll sweep … --resume {out}");
        }
        text.push_str(&wrapped(&judging::sentence(verdict), width));
        let words = format!("The sweep is in {out}; open {out}/{REPORT_FILE}");
        text.push_str(&wrapped(&words, width));
        text
    }
}

/// Refuses to begin a sweep beside an unfinished one.
pub(super) fn nothing_unfinished(out: &Path) -> Result<()> {
    let journal = Journal::place(out);
    if std::fs::symlink_metadata(&journal).is_ok() {
        let is_sweep = journal.join(SWEEP_FILE).is_file();
        let out = out.display();
        let reason = if is_sweep {
            format!(
                "an unfinished sweep for `{out}` stands there; go on with `--resume {out}`, or remove it"
            )
        } else {
            "no sweep wrote what stands there, and a sweep needs that name; move it away or name another --out".to_owned()
        };
        return Err(Error::Io {
            action: "begin beside",
            path: journal.display().to_string(),
            source: io::Error::new(io::ErrorKind::AlreadyExists, reason),
        });
    }
    Ok(())
}

/// The task of the unfinished sweep that was to be written to `out`; `None` if there is none, which is told.
pub(super) fn unfinished(out: &Path, terminal: &mut Terminal) -> Result<Option<Begun>> {
    let file = match Journal::open(out)? {
        Some((_, file)) => Some(file),
        None if out.join(SWEEP_FILE).exists() => {
            Some(files::file(&out.join(SWEEP_FILE), Kind::Output)?)
        }
        None => None,
    };
    let Some(file) = file else {
        let finding = Finding {
            severity: Severity::Error,
            code: NOTHING_UNFINISHED,
            place: place(out),
            found: "no unfinished sweep".to_owned(),
            expected: "the folder of a sweep that was stopped".to_owned(),
            hint: "begin with `plimsoll sweep … --out`".to_owned(),
        };
        tell(&[finding], &[], terminal);
        return Ok(None);
    };
    let mut findings = Vec::new();
    let read = read_sweep(&file.bytes, &mut findings);
    let begun = read.as_ref().and_then(|own| begun(own, out));
    match (read, begun) {
        (Some(read), _) if read.status != SweepStatus::Partial => {
            let finding = Finding {
                severity: Severity::Error,
                code: NOTHING_UNFINISHED,
                place: place(out),
                found: "a sweep that is complete".to_owned(),
                expected: "the folder of a sweep that was stopped".to_owned(),
                hint: "nothing is left to do".to_owned(),
            };
            tell(&[finding], &[], terminal);
            Ok(None)
        }
        (_, Some(begun)) => Ok(Some(begun)),
        _ => {
            tell(&findings, &[file], terminal);
            Ok(None)
        }
    }
}

/// What a written sweep was asked; `None` if its words are not known.
pub(super) fn begun(summary: &SweepSummary, out: &Path) -> Option<Begun> {
    let recoveries = summary.recoveries.iter().map(|word| {
        let mut known = Recovery::ALL.into_iter();
        known.find(|own| own.word() == word)
    });
    let asked = Asked {
        over: failure_set(&summary.over)?,
        failures: summary.failures as usize,
        recoveries: recoveries.collect::<Option<_>>()?,
        period: Some(summary.period as usize),
        begin: match summary.from {
            SweepFrom::Start => Begin::Start,
            SweepFrom::Plan => Begin::Plan,
        },
        is_full: summary.full,
        gray: match &summary.gray {
            Some(gray) => Some(GrayAsked {
                over: failure_set(&gray.over)?,
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
    Some(Begun {
        task: Task {
            out: out.to_owned(),
            asked,
            part,
        },
        inputs: Some(summary.inputs.clone()),
    })
}

/// The set of a word.
fn failure_set(word: &str) -> Option<FailureSet> {
    FailureSet::ALL.into_iter().find(|own| own.word() == word)
}

/// What a task was asked about members that silently deliver less, as sweep.json tells it.
pub(super) fn gray_summary(asked: &Asked) -> Option<GraySummary> {
    asked.gray.as_ref().map(|gray| GraySummary {
        over: gray.over.word().to_owned(),
        most: u32::try_from(gray.most).unwrap_or(u32::MAX),
        severity: gray.severity,
        detect_minutes: gray.minutes,
    })
}

/// `true` if what is read now is what a sweep was made from; else that is told.
pub(super) fn is_of(expected: &Inputs, now: &Inputs, of: &Path, terminal: &mut Terminal) -> bool {
    let what = match (
        expected.inventory == now.inventory,
        expected.scenario == now.scenario,
    ) {
        (true, true) => return true,
        (false, true) => "the inventory",
        (true, false) => "the scenario",
        (false, false) => "inventory and scenario",
    };
    let finding = Finding {
        severity: Severity::Error,
        code: OTHER_INPUTS,
        place: place(of),
        found: format!("a sweep of other inputs: {what} changed since"),
        expected: "the inputs that it was begun with".to_owned(),
        hint: "name those inputs, or begin anew".to_owned(),
    };
    tell(&[finding], &[], terminal);
    false
}

/// Why a sweep cannot be asked so, if it cannot.
pub(super) fn refusal(input: &Input, asked: &Asked) -> Option<String> {
    let count = periods(&input.inventory, &input.scenario).len();
    if let Some(period) = asked.period.filter(|period| *period >= count) {
        return Some(format!(
            "--period {period}: the scenario has {}, counted from 0",
            render::counted(count, "period")
        ));
    }
    let members = asked.over.members(&input.inventory);
    if members.is_empty() {
        let over = asked.over.word();
        return Some(format!("--over {over}: the inventory has none"));
    }
    let (size, most) = (members.len(), u32::MAX as usize);
    let hard = Contingencies::new(members, asked.failures);
    let with_gray = |cases: Contingencies| match &asked.gray {
        Some(gray) => cases.with_gray(GrayMembers {
            members: gray.over.members(&input.inventory),
            most: gray.most,
            severity: gray.severity,
        }),
        None => Some(cases),
    };
    match hard.and_then(with_gray).map(|cases| cases.count()) {
        Some(cases) if cases < most => None,
        _ => Some(format!(
            "--failures {}: that many of {size} have more than {most} cases; ask for fewer at once",
            asked.failures
        )),
    }
}

/// The cases of a task.
pub(super) fn cases(sweeper: &Sweeper, task: &Task) -> Range<usize> {
    let all = sweeper.contingencies().count();
    match task.part {
        Some(part) => {
            let end = |position: usize| all * position / part.of;
            end(part.position - 1)..end(part.position)
        }
        None => 0..all,
    }
}

/// A folder as a place of a finding.
fn place(folder: &Path) -> Place {
    Place {
        file: folder.display().to_string(),
        line: None,
        column: None,
    }
}

/// Prints findings.
pub(super) fn tell(findings: &[Finding], files: &[SourceFile], terminal: &mut Terminal) {
    let text = render::findings(findings, &Sources::of(files), terminal);
    // Nobody is left to be told if standard error is gone.
    let _ = terminal.err.write_all(text.as_bytes());
}

/// Prints why something cannot be asked.
pub(super) fn refuse(reason: &str, terminal: &mut Terminal) -> u8 {
    let _ = terminal
        .err
        .write_all(format!("error: {reason}\n").as_bytes());
    exit::BAD_INPUT
}
