//! Tables: the rows of a written sweep, case by case, and whether each is of a case that it has.

use super::super::ground::Ground;
use super::super::judge::{Expected, judge_cells};
use super::super::report::{At, Report, Rule};
use super::asked::Asked;
use crate::model::Recovery;
use crate::plan_files::{
    CaseProof, ComponentRow, FailureRow, InvolvedRow, Lined, PROOFS_FILE, Row, SWEEP_FILE,
    SiteUtilizationRow, Text, UnservedByTierRow, WorstRow, WrittenSweep,
};
use std::collections::BTreeMap;

/// A row about one case under one recovery.
pub(super) trait OfCase: Row + Clone {
    /// Its case, and how that is answered.
    fn key(&self) -> (u32, Recovery);

    /// The row, with what fails in its case.
    fn failing(&self, names: &str) -> Self;
}

/// What fails in a case, as a cell has it: blank where nothing does.
pub(super) fn names(failing: &str) -> Option<Text> {
    (!failing.is_empty()).then(|| Text::from(failing))
}

macro_rules! of_case {
    ($($row:ty),*) => {$(
        impl OfCase for $row {
            fn key(&self) -> (u32, Recovery) {
                (self.case, self.recovery)
            }

            fn failing(&self, failing: &str) -> Self {
                Self { failing: names(failing), ..self.clone() }
            }
        }
    )*};
}

of_case!(
    FailureRow,
    UnservedByTierRow,
    InvolvedRow,
    ComponentRow,
    SiteUtilizationRow,
    WorstRow
);

/// A case under a recovery.
pub(super) type Key = (usize, Recovery);

/// The rows of one case under one recovery.
#[derive(Default)]
pub(super) struct Rows<'w> {
    pub(super) failure: Option<&'w Lined<FailureRow>>,
    pub(super) unserved: Vec<&'w Lined<UnservedByTierRow>>,
    pub(super) involved: Vec<&'w Lined<InvolvedRow>>,
    pub(super) sites: Vec<&'w Lined<SiteUtilizationRow>>,
}

/// The rows of a sweep.
pub(super) struct Tables<'w> {
    pub(super) written: &'w WrittenSweep,
    pub(super) by_case: BTreeMap<Key, Rows<'w>>,
    /// By case.
    pub(super) proofs: BTreeMap<usize, &'w Lined<CaseProof>>,
    /// Some case that planning again answers is said to be proven, which none is unless the state before is.
    pub(super) is_any_proven: bool,
    /// Whether the files tell who has no site: those written before there was a column for it do not.
    pub(super) tells_no_site: bool,
}

impl<'w> Tables<'w> {
    /// Sorts the rows of a sweep.
    pub(super) fn new(
        ground: &Ground<'_>,
        asked: &Asked,
        written: &'w WrittenSweep,
        report: &mut Report,
    ) -> Self {
        let mut by_case: BTreeMap<Key, Rows<'w>> = BTreeMap::new();
        for row in of_cases(ground, asked, &written.failures, report) {
            let (key, row) = row;
            let rows = by_case.entry(key).or_default();
            match rows.failure {
                Some(first) => stands_twice::<FailureRow>(row.line, first.line, report),
                None => rows.failure = Some(row),
            }
        }
        macro_rules! sort {
            ($($table:ident),*) => {$(
                let rows = written.$table.iter().flatten();
                for (key, row) in of_cases(ground, asked, rows, report) {
                    by_case.entry(key).or_default().$table.push(row);
                }
            )*};
        }
        sort!(unserved, involved, sites);
        let mut failures = written.failures.iter();
        let tables = Self {
            tells_no_site: failures.any(|lined| lined.row.no_site_users.is_some()),
            written,
            by_case,
            proofs: proofs(asked, written, report),
            is_any_proven: written
                .failures
                .iter()
                .any(|lined| lined.row.recovery == Recovery::Replan && lined.row.proven),
        };
        every_case_has_a_row(asked, &tables, report);
        tables
    }
}

const OF_NO_CASE: Rule = Rule {
    code: "P7833",
    hint: "keep one row for each case, recovery and thing that it tells of, and no other",
};

/// The rule of a column.
pub(super) fn rule_of<R: Row>(column: &str) -> Rule {
    let declared = R::DECLARED.iter().find(|own| own.name == column);
    let rule = declared.and_then(|own| own.rule);
    let rule = rule.expect("invariant: the column is declared with a rule");
    let (code, hint) = (rule.code, rule.hint);
    Rule { code, hint }
}

/// P7833: nothing stands twice.
pub(super) fn stands_twice<R: Row>(line: u64, first: u64, report: &mut Report) {
    let found = format!("the row of line {first} again");
    let at = At::cell(R::FILE, line, R::COLUMNS[0]);
    report.add(OF_NO_CASE, at, found, "one row for it");
}

/// P7833: a row tells of something that the inventory has.
pub(super) fn is_of_nothing<R: Row>(line: u64, column: &str, found: &str, report: &mut Report) {
    let at = At::cell(R::FILE, line, column);
    let expected = "a name of the inventory, for what the case has";
    report.add(OF_NO_CASE, at, format!("`{found}`"), expected);
}

/// The rows that are of a case that is here, under a recovery that was asked about.
pub(super) fn of_cases<'w, R: OfCase + 'w>(
    ground: &Ground<'_>,
    asked: &Asked,
    rows: impl IntoIterator<Item = &'w Lined<R>>,
    report: &mut Report,
) -> Vec<(Key, &'w Lined<R>)> {
    let mut all = Vec::new();
    let mut name: Option<(usize, String)> = None;
    for lined in rows {
        let (case, recovery) = lined.row.key();
        let position = usize::try_from(case).ok();
        let position = position.filter(|case| asked.done.contains(case));
        let Some(position) = position else {
            let expected = format!(
                "a case from {} to {}",
                asked.done.start,
                asked.done.end.saturating_sub(1)
            );
            let at = At::cell(R::FILE, lined.line, "case");
            report.add(OF_NO_CASE, at, case.to_string(), expected);
            continue;
        };
        if !asked.recoveries.contains(&recovery) {
            let at = At::cell(R::FILE, lined.line, "recovery");
            let expected = format!("a recovery of {SWEEP_FILE}");
            report.add(OF_NO_CASE, at, format!("`{}`", recovery.word()), expected);
            continue;
        }
        if name.as_ref().is_none_or(|(of, _)| *of != position) {
            name = Some((position, asked.cases.name(ground.inventory, position)));
        }
        let expected = name.as_ref().map_or("", |(_, name)| name.as_str());
        judge_cells(lined, &Expected::from(lined.row.failing(expected)), report);
        all.push(((position, recovery), lined));
    }
    all
}

/// P7834: every case has a row under every recovery; a gap is told once.
fn every_case_has_a_row(asked: &Asked, tables: &Tables<'_>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7834",
        hint: "add a row for every case and recovery",
    };
    for &recovery in &asked.recoveries {
        let has_row = |(key, rows): (&Key, &Rows<'_>)| {
            (key.1 == recovery && rows.failure.is_some()).then_some(key.0)
        };
        let mut next = asked.done.start;
        let ends = std::iter::once(asked.done.end);
        for case in tables.by_case.iter().filter_map(has_row).chain(ends) {
            if next < case {
                let last = case - 1;
                let found = format!(
                    "no row of the cases {next} to {last} under {}",
                    recovery.word()
                );
                let expected = "a row for every case that is here";
                report.add(RULE, At::file(FailureRow::FILE), found, expected);
            }
            next = case + 1;
        }
    }
}

/// P7833: the lines of proofs.jsonl, one for a case that is here.
fn proofs<'w>(
    asked: &Asked,
    written: &'w WrittenSweep,
    report: &mut Report,
) -> BTreeMap<usize, &'w Lined<CaseProof>> {
    let mut all: BTreeMap<usize, &Lined<CaseProof>> = BTreeMap::new();
    for lined in written.proofs.iter().flatten() {
        let case = usize::try_from(lined.row.case).ok();
        let at = At::cell(PROOFS_FILE, lined.line, "case");
        let Some(case) = case.filter(|case| asked.done.contains(case)) else {
            let found = lined.row.case.to_string();
            report.add(OF_NO_CASE, at, found, "a case that is here");
            continue;
        };
        if let Some(first) = all.get(&case) {
            let found = format!("the case of line {} again", first.line);
            report.add(OF_NO_CASE, at, found, "one line for it");
        } else {
            all.insert(case, lined);
        }
    }
    all
}
