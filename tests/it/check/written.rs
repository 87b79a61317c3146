//! A written plan as text, judged as `plimsoll verify` would.

use crate::folders::folder;
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::check::{Verdict, check};
use plimsoll::plan_files::{PlanFile, read};
use plimsoll::scenario::{self, ScenarioText};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The files of a plan, and what it was made for.
#[derive(Clone)]
pub(super) struct Written {
    pub(super) inventory: Inventory,
    pub(super) scenario: Scenario,
    pub(super) files: BTreeMap<&'static str, String>,
}

/// What became of a plan: unreadable (the codes of its files), or judged.
#[derive(Debug)]
pub(super) enum Judged {
    Unreadable(Vec<&'static str>),
    Read(Verdict),
}

impl Judged {
    /// The codes of what is wrong.
    pub(super) fn codes(&self) -> Vec<&'static str> {
        match self {
            Self::Unreadable(codes) => codes.clone(),
            Self::Read(verdict) => verdict
                .broken
                .iter()
                .map(|finding| finding.code.0)
                .collect(),
        }
    }
}

/// The inventory of a case of `tests/cases`.
pub(super) fn inventory_of(case: &str) -> Inventory {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(case);
    let reading = inventory::read(&folder(&path));
    reading
        .inventory
        .unwrap_or_else(|| panic!("{case}: {:?}", reading.findings))
}

/// A scenario of a case.
pub(super) fn scenario_of(case: &str, file: &str, inventory: &Inventory) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(case)
        .join(file);
    scenario_text(
        &fs::read_to_string(path).expect("the case has the file"),
        inventory,
    )
}

/// A scenario of a text.
pub(super) fn scenario_text(text: &str, inventory: &Inventory) -> Scenario {
    let layer = ScenarioText {
        name: "scenario.toml".to_owned(),
        text: text.to_owned(),
    };
    let reading = scenario::read(&[layer], inventory);
    reading
        .scenario
        .unwrap_or_else(|| panic!("{:?}", reading.findings))
}

impl Written {
    /// A plan for a case.
    pub(super) fn new(case: &str, scenario: &str, files: &[(&'static str, &str)]) -> Self {
        let inventory = inventory_of(case);
        let scenario = scenario_of(case, scenario, &inventory);
        Self::of(inventory, scenario, files)
    }

    /// A plan for values of the test's own.
    pub(super) fn of(
        inventory: Inventory,
        scenario: Scenario,
        files: &[(&'static str, &str)],
    ) -> Self {
        let files = files
            .iter()
            .map(|(name, text)| (*name, (*text).to_owned()))
            .collect();
        Self {
            inventory,
            scenario,
            files,
        }
    }

    /// Reads and judges it.
    pub(super) fn judge(&self) -> Judged {
        let files: Vec<PlanFile<'_>> = self
            .files
            .iter()
            .map(|(name, text)| PlanFile {
                name,
                bytes: text.as_bytes(),
            })
            .collect();
        let (plan, findings) = read(&files);
        match plan {
            Some(plan) => Judged::Read(check(&self.inventory, &self.scenario, plan)),
            None => Judged::Unreadable(findings.iter().map(|finding| finding.code.0).collect()),
        }
    }

    /// The verdict on a plan that can be read.
    pub(super) fn verdict(&self) -> Verdict {
        match self.judge() {
            Judged::Read(verdict) => verdict,
            Judged::Unreadable(codes) => panic!("unreadable: {codes:?}"),
        }
    }

    /// The plan with one text of one file, which stands there once, changed.
    pub(super) fn with(&self, file: &str, from: &str, to: &str) -> Self {
        let mut changed = self.clone();
        let text = changed.files.get_mut(file).expect("the plan has the file");
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}:\n{text}");
        *text = text.replace(from, to);
        changed
    }

    /// The plan without a file.
    pub(super) fn without(&self, file: &str) -> Self {
        let mut changed = self.clone();
        changed.files.remove(file).expect("the plan has the file");
        changed
    }
}

/// One stage: goal, tier or measure, value (its own bound) and what the plan has.
pub(super) type StageText<'a> = (&'a str, &'a str, f64, f64);

/// One period of a summary: start, end, the totals as JSON, stages.
pub(super) type PeriodText<'a> = (&'a str, &'a str, &'a str, &'a [StageText<'a>]);

/// summary.json of a scenario.
pub(super) fn summary(scenario: &str, periods: &[PeriodText<'_>]) -> String {
    let mut text = format!(
        r#"{{"format": "plimsoll-plan/1", "plimsoll": "0.1.0", "scenario": "{scenario}", "status": "complete",
"inputs": {{"inventory": "blake3:", "scenario": "blake3:"}},
"model": {{"shards": 0, "classes": 0, "groups": 0, "paths": 0, "rows": 0, "columns": 0, "nonzeros": 0}},
"seconds": {{"read": 0, "model": 0, "solve": 0, "whole_shards": 0, "verify": 0, "write": 0}}, "warnings": 0,
"periods": ["#
    );
    for (index, (start, end, totals, stages)) in periods.iter().enumerate() {
        let comma = if index > 0 { ",\n" } else { "" };
        write!(
            text,
            r#"{comma}{{"period": {index}, "start": "{start}", "end": "{end}", {totals}, "stages": ["#
        )
        .expect("a String takes everything");
        for (index, (goal, which, value, plan)) in stages.iter().enumerate() {
            let comma = if index > 0 { ",\n" } else { "" };
            let which = match *goal {
                _ if which.is_empty() => String::new(),
                "unserved" => format!(r#""tier": "{which}", "#),
                _ => format!(r#""measure": "{which}", "#),
            };
            write!(
                text,
                r#"{comma}{{"goal": "{goal}", {which}"value": {value}, "bound": {value}, "gap": 0, "plan": {plan}, "skipped": false}}"#
            )
            .expect("a String takes everything");
        }
        text.push_str("]}");
    }
    text.push_str("]}\n");
    text
}
