//! Runway folder: what was found is written with its proofs, and printed.

use super::args::RunArgs;
use super::files;
use super::folder;
use super::input::Input;
use super::new_folder::NewFolder;
use super::render;
use crate::engine::{DayProof, NoWatch, Options, Planner, RunwayProver, RunwayRequest, Sweeper};
use crate::error::{Error, Result};
use crate::plan::check::{ProofSweep, check_runway, rules_broken};
use crate::plan::runway::Runway;
use crate::plan::sweep::SweepTally;
use crate::plan_files::{
    FailureRow, Inputs, PROOFS_FILE, RUNWAY_PROOFS, RUNWAY_SCENARIO, Row as _, RunwayProof,
    SweepStatus, UnservedByTierRow, WrittenRunway, read_runway_folder, read_sweep_folder,
};
use crate::report::grammar::count;
use crate::report::html::Figure;
use crate::report::runway::{
    AboutRunway, RunwayReport, runway_charts, runway_report, written_date,
};
use crate::report::table::wrapped;
use crate::report::written::{
    AboutSweep, Listed, WrittenFile, before_file, displaced_file, document_file, proof_lines,
    sweep_summary, sweep_tables,
};
use crate::solve::Stop;
use std::fs;
use std::path::Path;

/// Tables of a sweep that a proof has.
const TABLES: [&str; 2] = [FailureRow::FILE, UnservedByTierRow::FILE];

pub(super) struct FoundRunway<'a> {
    pub(super) input: &'a Input,
    pub(super) asked: &'a RunwayRequest,
    pub(super) runway: &'a Runway,
    pub(super) out: Option<&'a Path>,
}

impl FoundRunway<'_> {
    fn report(&self) -> RunwayReport<'_> {
        RunwayReport {
            inventory: &self.input.inventory,
            scenario: &self.input.scenario,
            over: self.asked.over,
            runway: self.runway,
        }
    }

    /// Writes the folder whole or not at all, if one was named; gives back runway.json, and whether a stop left the proofs out.
    pub(super) fn write(&self, run: RunArgs, stop: &Stop) -> Result<(String, bool)> {
        let report = self.report();
        let inputs = self.input.each_file(drop);
        let about = |proofs: &[DayProof], lacks_proofs: bool| AboutRunway {
            inputs: inputs.clone(),
            recoveries: self.asked.recoveries.clone(),
            bands: self.asked.bands.clone(),
            step: self.asked.step,
            proofs: proofs.iter().map(|proof| self.proof(proof)).collect(),
            lacks_proofs,
        };
        let json = |about: &AboutRunway| -> Result<String> {
            let document = document_file(&report.summary(about))?;
            Ok(String::from_utf8_lossy(&document.bytes).into_owned())
        };
        let Some(out) = self.out else {
            return Ok((json(&about(&[], false))?, false));
        };
        let never = Stop::default();
        let (inventory, scenario) = (&self.input.inventory, &self.input.scenario);
        let prover = RunwayProver::new(inventory, scenario, self.asked, &never)?;
        let new = NewFolder::beside(out)?;
        let proofs = self.put_proofs(&new, &prover, &inputs, stop)?;
        let lacks_proofs = proofs.is_empty() && stop.is_raised();
        let about = about(&proofs, lacks_proofs);
        let document = json(&about)?;
        new.put(&report.tables(&about, &prover.placed())?)?;
        new.put(&[before_file(inventory, prover.before())?])?;
        if let Some(layer) = self.made_scenario() {
            new.put(&[WrittenFile::text(RUNWAY_SCENARIO, layer)])?;
        }
        judged(self.input, new.path())?;
        let figures = if run.no_charts {
            Vec::new()
        } else {
            runway_charts(&report)?
        };
        let page = runway_report(&report, &report.words(), figures.clone())?;
        new.put(&[page])?;
        let charts: Vec<WrittenFile> = figures.into_iter().flat_map(Figure::files).collect();
        new.put(&charts)?;
        new.take_place_of(out, &folder::RUNWAY)?;
        Ok((document, lacks_proofs))
    }

    /// The scenario that was made where none was named, so that `verify` has one.
    fn made_scenario(&self) -> Option<Vec<u8>> {
        let first = self.input.layers.first()?;
        (first.name == RUNWAY_SCENARIO).then(|| first.bytes.clone())
    }

    fn proof(&self, proof: &DayProof) -> RunwayProof {
        let date = written_date(self.runway.begins(proof.day));
        let side = if proof.holds { "holds" } else { "fails" };
        let row = proof.row + 1;
        RunwayProof {
            name: format!("{row:02}-{side}-{date}"),
            row: u32::try_from(row).unwrap_or(u32::MAX),
            date,
            holds: proof.holds,
        }
    }

    /// Writes the proofs into a new folder, and says which; none where a stop is raised meanwhile.
    fn put_proofs(
        &self,
        new: &NewFolder,
        prover: &RunwayProver<'_>,
        inputs: &Inputs,
        stop: &Stop,
    ) -> Result<Vec<DayProof>> {
        let proofs = prover.days(self.runway);
        let mut each = proofs.iter();
        let put = each.try_for_each(|proof| {
            if stop.is_raised() {
                return Err(Error::StoppedEarly);
            }
            new.put(&self.proof_files(prover, proof, inputs, stop)?)
        });
        match put {
            Ok(()) => Ok(proofs),
            Err(Error::StoppedEarly) => {
                // A row with some of its proofs would look forged: it has all of them, or none.
                let within = new.path().join(RUNWAY_PROOFS);
                if within.is_dir() {
                    let removed = fs::remove_dir_all(&within);
                    removed.map_err(|error| folder::cannot("remove", &within, error))?;
                }
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    /// The sweep of a proof's day, by the names that its files have in the folder.
    fn proof_files(
        &self,
        prover: &RunwayProver<'_>,
        proof: &DayProof,
        inputs: &Inputs,
        stop: &Stop,
    ) -> Result<Vec<WrittenFile>> {
        let row = &self.runway.rows[proof.row];
        let options = Options {
            stop,
            watch: &NoWatch,
        };
        let sweeper = prover.sweeper(self.runway, proof, &options)?;
        let cases = if row.condition.is_under_failures() {
            sweeper.contingencies().count()
        } else {
            1
        };
        let name = self.proof(proof).name;
        let files = sweep_files(&sweeper, cases, inputs, stop)?.into_iter();
        let within = files.map(|file| WrittenFile {
            name: format!("{RUNWAY_PROOFS}/{name}/{}", file.name),
            bytes: file.bytes,
        });
        Ok(within.collect())
    }

    pub(super) fn text(&self, lacks_proofs: bool, width: Option<u16>) -> String {
        let out = self.out.map(render::path);
        let left_out = lacks_proofs.then(|| {
            let words = "Not proven in the folder: it was stopped before the proofs of the dates. `verify` does not check them.";
            wrapped(words, width)
        });
        let left_out = left_out.unwrap_or_default();
        self.report().text(width) + &left_out + &where_it_is(out.as_deref(), width)
    }

    /// `true` if every row holds and nobody is trapped.
    pub(super) fn is_sound(&self) -> bool {
        self.runway.holds() && !self.runway.is_stopped
    }
}

/// What the referee says of a folder.
///
/// # Errors
/// [`Error::Internal`] if it cannot be read back or does not hold, which is a bug; [`Error::Io`] if a file cannot be read.
fn judged(input: &Input, path: &Path) -> Result<()> {
    let files = files::plan(path)?;
    let (written, findings) = read_runway_folder(&files::as_plan_files(&files));
    let first = findings
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    let written = written.ok_or_else(|| {
        Error::Internal(format!("the written runway cannot be read back: {first}"))
    })?;
    let proofs = proofs_of(path, &written)?;
    let verdict = check_runway(&input.inventory, &input.scenario, &written, proofs);
    match verdict.broken.first() {
        None => Ok(()),
        Some(first) => Err(Error::Internal(format!(
            "the runway fails its verification ({}): {first}; nothing was written",
            count(rules_broken(&verdict.broken), "rule")
        ))),
    }
}

/// The sweeps in the proofs of a folder, by their names.
///
/// # Errors
/// Those of reading files; a proof that is not there, or cannot be read, is `None`.
pub(super) fn proofs_of(path: &Path, written: &WrittenRunway) -> Result<Vec<ProofSweep>> {
    let all = written.summary.proofs.iter().map(|proof| {
        let name = &proof.name;
        let is_name = name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        let within = path.join(RUNWAY_PROOFS).join(name);
        if !is_name || !within.is_dir() {
            return Ok((name.clone(), None));
        }
        let files = files::plan(&within)?;
        let (sweep, _) = read_sweep_folder(&files::as_plan_files(&files));
        Ok((name.clone(), sweep))
    });
    all.collect()
}

/// Where tables and page are, or how to have them.
fn where_it_is(out: Option<&str>, width: Option<u16>) -> String {
    match out {
        Some(out) => wrapped(
            &format!("The runway is in {out}; open {out}/report.html"),
            width,
        ),
        None => wrapped(
            "--out DIR writes all rows, a page with charts, and the proofs of the dates.",
            width,
        ),
    }
}

/// The first cases of a sweep with what proves them, and nothing that says the same again.
fn sweep_files(
    sweeper: &Sweeper,
    cases: usize,
    inputs: &Inputs,
    stop: &Stop,
) -> Result<Vec<WrittenFile>> {
    let planner: &Planner = sweeper.planner();
    let (inventory, scenario) = (planner.inventory(), planner.scenario());
    let stretch = sweeper.course().tally(0..cases, stop, &|| {})?;
    if stretch.count < cases {
        return Err(Error::StoppedEarly);
    }
    let sweep = sweeper.sweep(stretch.tally, 0..cases);
    let about = AboutSweep {
        inputs: inputs.clone(),
        status: if cases < sweep.contingencies.count() {
            SweepStatus::Partial
        } else {
            SweepStatus::Complete
        },
        part: None,
        gray: None,
    };
    let mut files = sweep_tables(inventory, &sweep, Listed::Broken)?;
    files.retain(|file| TABLES.contains(&file.name.as_str()));
    files.push(document_file(&sweep_summary(scenario, &sweep, &about))?);
    let displaced = sweeper.displaced()?;
    let names = sweeper.sweep(SweepTally::default(), 0..0);
    let lines = proof_lines(inventory, &names, &displaced, &stretch.witnesses)?;
    files.push(displaced_file(inventory, &displaced)?);
    files.push(WrittenFile::text(PROOFS_FILE, lines));
    Ok(files)
}
