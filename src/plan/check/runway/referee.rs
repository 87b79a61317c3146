//! The judgement of a written runway.

use super::super::report::Report;
use super::asked::AskedRunway;
use super::{as_is, days, proofs, rows};
use crate::diagnostic::Finding;
use crate::model::{Inventory, Scenario};
use crate::plan_files::{PlacedRow, Row as _, RunwayRow, WrittenRunway, WrittenSweep};

/// Whether a written runway holds, and what was looked at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunwayVerdict {
    /// Every broken rule, with the row that breaks it.
    pub broken: Vec<Finding>,
    /// The files that were checked.
    pub checked: Vec<&'static str>,
    /// What could not be checked, and why.
    pub not_checked: Vec<String>,
    /// How many days were judged by their sweeps, of how many that have one.
    pub days: [usize; 2],
    /// How many dates are shown on both sides, of how many.
    pub dates: [usize; 2],
}

impl RunwayVerdict {
    /// `true` if no rule is broken.
    pub fn holds(&self) -> bool {
        self.broken.is_empty()
    }
}

/// The sweep of a proof; `None` where it cannot be read.
pub type ProofSweep = (String, Option<WrittenSweep>);

/// Judges a written runway with the sweeps that prove its dates, by the names of their folders.
pub fn check_runway(
    inventory: &Inventory,
    scenario: &Scenario,
    written: &WrittenRunway,
    proofs: Vec<ProofSweep>,
) -> RunwayVerdict {
    let mut report = Report::default();
    let mut verdict = RunwayVerdict {
        checked: written.files(),
        ..RunwayVerdict::default()
    };
    if !written.summary.complete {
        verdict.not_checked.push(format!(
            "rows that {} lacks, and proofs, since the runway was stopped",
            RunwayRow::FILE
        ));
    }
    if let Some(asked) = AskedRunway::new(inventory, scenario, written, &mut report) {
        if asked.has_placed() {
            let file = PlacedRow::FILE;
            verdict.not_checked.push(format!(
                "whether the homes of {file} are those of the best plan"
            ));
        }
        rows::check(&asked, written, &mut report);
        let shown = proofs::check(&asked, written, proofs, &mut verdict, &mut report);
        days::check(&asked, written, &shown, &mut verdict, &mut report);
        as_is::check(&asked, written, &mut verdict, &mut report);
    }
    verdict.broken = report.broken;
    verdict
}
