//! Ratios: what phases take as multiples of reading, and what they may take.

use super::Result;
use plimsoll::report::table::{Align, Column, lines};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A phase may take so much of its ratio.
const MOST: f64 = 1.5;

/// Seconds by which a phase exceeds its ratio that are no more than chance.
const CHANCE: f64 = 0.1;

/// A phase of summary.json is missing if more of the whole run than this is in none of them.
const OUTSIDE: f64 = 0.05;

/// What the whole run is called.
const WHOLE: &str = "whole";

/// What a case takes.
pub(crate) struct Measured {
    case: &'static str,
    /// Seconds that reading takes.
    read: f64,
    /// Seconds of each phase, in the order of summary.json, and of the whole run.
    phases: Vec<(String, f64)>,
    /// Seconds of a run that no phase has, or that several have; of the run with fewest.
    outside: f64,
}

impl Measured {
    pub(crate) fn new(case: &'static str) -> Self {
        Self {
            case,
            read: f64::INFINITY,
            phases: Vec::new(),
            outside: f64::INFINITY,
        }
    }

    /// Reading took so many seconds.
    pub(crate) fn reads(&mut self, seconds: f64) {
        self.read = self.read.min(seconds);
    }

    /// Its phases and the whole of it took so many seconds by the clock, in such a share of which it ran; an error if the phases
    /// are not those of the run before.
    pub(crate) fn add(
        &mut self,
        mut run: Vec<(String, f64)>,
        whole: f64,
        share: f64,
    ) -> Result<()> {
        let all: f64 = run.iter().map(|pair| pair.1).sum();
        self.outside = self.outside.min((whole - all).abs());
        run.push((WHOLE.to_owned(), whole));
        for (_, seconds) in &mut run {
            *seconds *= share;
        }
        if self.phases.is_empty() {
            self.phases = run;
            return Ok(());
        }
        let names =
            |all: &[(String, f64)]| all.iter().map(|pair| pair.0.clone()).collect::<Vec<_>>();
        if names(&self.phases) != names(&run) {
            return Err(format!("{}: a run has other phases than the first", self.case).into());
        }
        for (known, (_, seconds)) in self.phases.iter_mut().zip(run) {
            known.1 = known.1.min(seconds);
        }
        Ok(())
    }
}

/// By case and phase, what the phase takes as a multiple of reading.
pub(crate) struct Ratios(BTreeMap<(String, String), f64>);

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/budget/ratios.csv")
}

impl Ratios {
    pub(crate) fn read() -> Result<Self> {
        let mut all = BTreeMap::new();
        for row in csv::Reader::from_path(path())?.deserialize() {
            let (case, phase, ratio): (String, String, f64) = row?;
            all.insert((case, phase), ratio);
        }
        Ok(Self(all))
    }
}

/// Writes what was measured as what phases may take.
pub(crate) fn write(all: &[Measured]) -> Result<String> {
    let mut writer = csv::Writer::from_path(path())?;
    writer.write_record(["case", "phase", "ratio"])?;
    for measured in all {
        for (phase, seconds) in &measured.phases {
            let ratio = format!("{:.3}", seconds / measured.read);
            writer.write_record([measured.case, phase, &ratio])?;
        }
    }
    writer.flush()?;
    Ok(format!("{} is written\n", path().display()))
}

/// What was measured beside what it may be; an error where a phase takes too much, or no ratio is known of it, or a known one
/// was not measured.
pub(crate) fn judged(all: &[Measured], ratios: &Ratios) -> Result<String> {
    let mut left = ratios.0.clone();
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for measured in all {
        let whole = measured.phases.last().map_or(0.0, |pair| pair.1);
        if measured.outside > OUTSIDE * whole + CHANCE {
            let [case, outside] = [measured.case.to_owned(), format!("{:.3}", measured.outside)];
            faults.push(format!("{case}: the phases of summary.json are {outside} s from the whole run of {whole:.3} s"));
        }
        for (phase, seconds) in &measured.phases {
            let (case, phase) = (measured.case.to_owned(), phase.clone());
            let known = left.remove(&(case.clone(), phase.clone()));
            let ratio = seconds / measured.read;
            let allowed = known.map(|known| MOST * known * measured.read + CHANCE);
            let shown = known.map_or_else(|| "none".to_owned(), |value| format!("{value:.2}"));
            match allowed {
                None => faults.push(format!("{case}: no ratio is known of {phase}")),
                Some(allowed) if *seconds > allowed => faults.push(format!(
                    "{case}: {phase} takes {ratio:.2} times as long as reading, and {shown} is its ratio"
                )),
                Some(_) => {}
            }
            let seconds = format!("{seconds:.3}");
            rows.push(vec![case, phase, seconds, format!("{ratio:.2}"), shown]);
        }
    }
    faults.extend(
        left.keys()
            .map(|(case, phase)| format!("{case}: {phase} was not measured")),
    );
    let column = |words: &str, align| Column::new(words, align);
    let columns = [
        column("case", Align::Left),
        column("phase", Align::Left),
        column("seconds", Align::Right),
        column("÷ reading", Align::Right),
        column("ratio", Align::Right),
    ];
    let text = lines(&columns, &rows, None);
    if faults.is_empty() {
        return Ok(text);
    }
    Err(format!(
        "{text}\n{}\nwhat has to take longer is written with --write, and the commit says why",
        faults.join("\n")
    )
    .into())
}
