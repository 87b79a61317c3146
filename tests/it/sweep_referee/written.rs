//! A sweep's folder as text, made from what the engine finds, and judged as `plimsoll verify` would.

use plimsoll::engine::{NoWatch, Options, SweepRequest, Sweeper};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::check::{SweepVerdict, check_sweep};
use plimsoll::plan_files::{GraySummary, PROOFS_FILE, PlanFile, SweepStatus, read_sweep_folder};
use plimsoll::report::written::{
    AboutSweep, Listed, displaced_file, document_file, proof_lines, sweep_start, sweep_summary,
    sweep_tables,
};
use plimsoll::solve::Stop;
use std::collections::BTreeMap;
use std::ops::Range;

/// A sweep's folder, and what it was made for.
#[derive(Clone)]
pub(super) struct Written {
    pub(super) inventory: Inventory,
    pub(super) scenario: Scenario,
    pub(super) files: BTreeMap<String, String>,
}

/// What became of a folder: unreadable (the codes of its files), or judged.
pub(super) enum Judged {
    Unreadable(Vec<&'static str>),
    Read(SweepVerdict),
}

impl Judged {
    /// The codes of what is wrong.
    pub(super) fn codes(&self) -> Vec<&'static str> {
        match self {
            Self::Unreadable(codes) => codes.clone(),
            Self::Read(verdict) => {
                let broken = verdict.broken.iter();
                broken.map(|finding| finding.code.0).collect()
            }
        }
    }
}

impl Written {
    /// The folder of a sweep over all its cases.
    pub(super) fn of(inventory: &Inventory, scenario: &Scenario, asked: SweepRequest) -> Self {
        Self::of_part(inventory, scenario, asked, SweepStatus::Complete, |all| {
            0..all
        })
    }

    /// The folder of a sweep over some of its cases.
    pub(super) fn of_part(
        inventory: &Inventory,
        scenario: &Scenario,
        asked: SweepRequest,
        status: SweepStatus,
        cases: impl FnOnce(usize) -> Range<usize>,
    ) -> Self {
        let gray = asked.gray.clone();
        let stop = Stop::default();
        let options = Options {
            stop: &stop,
            watch: &NoWatch,
        };
        let sweeper = Sweeper::new(inventory.clone(), scenario.clone(), asked, &options)
            .expect("small ones are loaded");
        let cases = cases(sweeper.contingencies().count());
        let stretch = sweeper
            .course()
            .tally(cases.clone(), &stop, &|| {})
            .expect("small cases are solved");
        let sweep = sweeper.sweep(stretch.tally, cases);
        let about = AboutSweep {
            inputs: plimsoll::plan_files::Inputs::default(),
            status,
            part: (status == SweepStatus::Part).then(|| "2/3".to_owned()),
            gray: gray.map(|gray_asked| GraySummary {
                over: gray_asked.over.word().to_owned(),
                most: u32::try_from(gray_asked.most).expect("few"),
                severity: gray_asked.severity,
                detect_minutes: gray_asked.minutes,
            }),
        };
        let mut files = sweep_tables(inventory, &sweep, Listed::All).expect("numbers are finite");
        let summary = sweep_summary(scenario, &sweep, &about);
        files.push(document_file(&summary).expect("numbers are finite"));
        let mut all: BTreeMap<String, String> = files
            .into_iter()
            .map(|file| (file.name, text(file.bytes)))
            .collect();
        let displaced = sweeper.displaced().expect("small cases are solved");
        let lines = proof_lines(inventory, &sweep, &displaced, &stretch.witnesses);
        all.insert(PROOFS_FILE.to_owned(), lines.expect("numbers are finite"));
        let displaced = displaced_file(inventory, &displaced).expect("numbers are finite");
        all.insert(displaced.name, text(displaced.bytes));
        let planner = sweeper.planner();
        let start = (planner.before(), planner.homes());
        let start = sweep_start(inventory, &sweep, start, sweeper.plan());
        let start = start.expect("numbers are finite");
        all.extend(start.into_iter().map(|file| (file.name, text(file.bytes))));
        Self {
            inventory: inventory.clone(),
            scenario: scenario.clone(),
            files: all,
        }
    }

    /// The same with the text of a file replaced.
    pub(super) fn with(&self, file: &str, text: impl Into<String>) -> Self {
        let mut changed = self.clone();
        changed.files.insert(file.to_owned(), text.into());
        changed
    }

    /// Reads it back and judges it.
    pub(super) fn judge(&self) -> Judged {
        let files = self.files.iter();
        let files: Vec<PlanFile<'_>> = files
            .map(|(name, text)| PlanFile {
                name,
                bytes: text.as_bytes(),
            })
            .collect();
        let (written, findings) = read_sweep_folder(&files);
        match written {
            None => Judged::Unreadable(findings.iter().map(|finding| finding.code.0).collect()),
            Some(written) => {
                assert_eq!(findings, [], "nothing is odd about the files");
                Judged::Read(check_sweep(&self.inventory, &self.scenario, written))
            }
        }
    }

    /// What the referee says of it, which must be readable.
    pub(super) fn verdict(&self) -> SweepVerdict {
        match self.judge() {
            Judged::Unreadable(codes) => panic!("{codes:?}"),
            Judged::Read(verdict) => verdict,
        }
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text is written")
}
