//! Tables: the rows of a written sweep, case by case, whether each is of a case that it has and stands in its order, and
//! whether sweep.json counts them.

use super::super::ground::Ground;
use super::super::judge::{Expected, judge_cells};
use super::super::report::{At, Report, Rule, is_same_count};
use super::super::stages::ranks;
use super::asked::Asked;
use crate::ids::{TenantId, TierId};
use crate::model::{CaseKind, Recovery};
use crate::plan_files::{
    CaseProof, ComponentRow, FailureRow, InvolvedRow, Lined, PROOFS_FILE, Role, Row, SWEEP_FILE,
    SettledBy, SettledCount, SiteUtilizationRow, SurvivableRow, SweepTotals, Text,
    UnservedByTierRow, WorstRow, WrittenSweep, decimal,
};
use crate::units::NOBODY;
use std::collections::{BTreeMap, HashMap};

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
    pub(super) names: Names<'w>,
}

impl<'w> Tables<'w> {
    /// Sorts the rows of a sweep.
    pub(super) fn new(
        ground: &Ground<'w>,
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
            names: Names::new(ground),
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

/// What names of a sweep's files mean, beside those that the ground knows.
pub(super) struct Names<'a> {
    tenants: HashMap<&'a str, TenantId>,
    tiers: HashMap<&'a str, TierId>,
    /// Ranks by the names of their tiers.
    pub(super) ranks: HashMap<String, u32>,
}

impl<'a> Names<'a> {
    fn new(ground: &Ground<'a>) -> Self {
        let inventory = ground.inventory;
        let tenants = inventory.tenants.iter().enumerate();
        let tiers = inventory.tiers.iter().enumerate();
        let ranks = ranks(ground).into_iter();
        Self {
            tenants: tenants
                .map(|(index, name)| (name.as_str(), TenantId::new(index)))
                .collect(),
            tiers: tiers
                .map(|(index, row)| (row.id.as_str(), TierId::new(index)))
                .collect(),
            ranks: ranks.map(|(rank, names)| (names.join("+"), rank)).collect(),
        }
    }

    /// Tenant and tier of a row.
    pub(super) fn tenant(&self, row: &SurvivableRow) -> (Option<TenantId>, Option<TierId>) {
        let tenant = self.tenants.get(row.tenant.as_str());
        (tenant.copied(), self.tiers.get(row.tier.as_str()).copied())
    }
}

/// P7836: rows stand in their order, none twice. Rows of nothing that is known are found fault with elsewhere.
pub(super) fn rows_stand_in_order(
    ground: &Ground<'_>,
    names: &Names<'_>,
    written: &WrittenSweep,
    report: &mut Report,
) {
    let of = |component: &str, resource: &str| {
        let component = ground.components.get(component)?;
        Some((*component, *ground.resources.get(resource)?))
    };
    in_order(
        Some(&written.failures),
        |row| Some((row.case, row.recovery)),
        report,
    );
    let unserved = |row: &UnservedByTierRow| {
        Some((row.case, row.recovery, *names.ranks.get(row.tier.as_str())?))
    };
    in_order(written.unserved.as_ref(), unserved, report);
    let involved = |row: &InvolvedRow| {
        let component = ground.components.get(row.component.as_str())?;
        let resource = row.resource.as_deref();
        let resource = resource.and_then(|own| ground.resources.get(own));
        let is_opened = row.role == Role::Opened;
        Some((
            row.case,
            row.recovery,
            is_opened,
            *component,
            resource.copied(),
        ))
    };
    in_order(written.involved.as_ref(), involved, report);
    let components =
        |row: &ComponentRow| Some((row.recovery, of(&row.component, &row.resource)?, row.place));
    in_order(written.components.as_ref(), components, report);
    let worst = |row: &WorstRow| {
        let kind = CaseKind::of_word(&row.kind_of_case)?;
        Some((row.recovery, kind, of(&row.component, &row.resource)?))
    };
    in_order(written.worst.as_ref(), worst, report);
    let survivable = |row: &SurvivableRow| {
        let (tenant, tier) = names.tenant(row);
        Some((row.recovery, tenant?, tier?))
    };
    in_order(written.survivable.as_ref(), survivable, report);
    let sites = |row: &SiteUtilizationRow| {
        Some((
            row.case,
            row.recovery,
            *ground.sites.get(row.site.as_str())?,
        ))
    };
    in_order(written.sites.as_ref(), sites, report);
    let mut last = None;
    for lined in written.proofs.iter().flatten() {
        if last.is_some_and(|last| lined.row.case < last) {
            let at = At::cell(PROOFS_FILE, lined.line, "case");
            let found = format!("case {} behind a later one", lined.row.case);
            report.add(OUT_OF_ORDER, at, found, "cases ascending");
        }
        last = Some(lined.row.case);
    }
}

const OUT_OF_ORDER: Rule = Rule {
    code: "P7836",
    hint: "rows stand by case and recovery, what they tell of in the order of the inventory",
};

/// P7836: the rows of one file, if it is there.
fn in_order<R: Row, K: Ord>(
    rows: Option<&Vec<Lined<R>>>,
    key: impl Fn(&R) -> Option<K>,
    report: &mut Report,
) {
    let mut last: Option<(K, u64)> = None;
    for lined in rows.into_iter().flatten() {
        let Some(own) = key(&lined.row) else {
            continue;
        };
        match &last {
            Some((last, _)) if own < *last => {
                let at = At::cell(R::FILE, lined.line, R::COLUMNS[0]);
                let found = "a row behind one that it stands before";
                report.add(OUT_OF_ORDER, at, found, "rows in their order");
            }
            // Rows of a case are told apart where they are counted.
            Some((last, line)) if own == *last && R::FILE != FailureRow::FILE => {
                stands_twice::<R>(lined.line, *line, report);
            }
            _ => {}
        }
        last = Some((own, lined.line));
    }
}

const MISCOUNTED: Rule = Rule {
    code: "P7832",
    hint: "count the rows of by_failure.csv, recovery by recovery",
};

/// P7832: the totals of every recovery are those of its rows.
pub(super) fn totals_are_true(asked: &Asked, tables: &Tables<'_>, report: &mut Report) {
    let found = &tables.written.summary.found;
    let words = |names: Vec<&str>| format!("`{}`", names.join("`, `"));
    let named: Vec<&str> = found.iter().map(|own| own.recovery.as_str()).collect();
    let expected: Vec<&str> = asked.recoveries.iter().map(|own| own.word()).collect();
    if named != expected {
        let at = At::cell(SWEEP_FILE, 0, "found");
        report.add(MISCOUNTED, at, words(named), words(expected));
        return;
    }
    for (position, (found, recovery)) in found.iter().zip(&asked.recoveries).enumerate() {
        let of_recovery = tables.by_case.iter().filter(|(key, _)| key.1 == *recovery);
        let rows = of_recovery.filter_map(|(_, rows)| Some(&rows.failure?.row));
        let expected = totals(&rows.collect::<Vec<_>>(), found);
        for ((column, found), (_, expected)) in cells(found).into_iter().zip(cells(&expected)) {
            if found != expected {
                let key = format!("found[{position}].{column}");
                let at = At::cell(SWEEP_FILE, 0, &key);
                report.add(MISCOUNTED, at, found, expected);
            }
        }
    }
}

/// What totals say, in words.
fn cells(totals: &SweepTotals) -> [(&'static str, String); 7] {
    let case = totals.worst_case;
    let settled = totals.settled_by.iter();
    let settled = settled.map(|own| format!("{} by {}", own.cases, own.by));
    [
        ("hold", totals.hold.to_string()),
        ("unserved", totals.unserved.to_string()),
        ("target_missed", totals.target_missed.to_string()),
        ("unproven", totals.unproven.to_string()),
        ("most_unserved_users", decimal(totals.most_unserved_users)),
        (
            "worst_case",
            case.map_or("none".to_owned(), |case| case.to_string()),
        ),
        ("settled_by", settled.collect::<Vec<_>>().join(", ")),
    ]
}

/// The totals of some rows; most unserved users as they are written, if that is as many.
fn totals(rows: &[&FailureRow], found: &SweepTotals) -> SweepTotals {
    let is_unserved = |row: &FailureRow| row.unserved_users > NOBODY;
    let is_missed = |row: &FailureRow| row.component.is_some();
    let count = |is: &dyn Fn(&FailureRow) -> bool| rows.iter().filter(|own| is(own)).count() as u64;
    let mut worst: Option<&FailureRow> = None;
    for row in rows {
        if row.unserved_users > worst.map_or(NOBODY, |worst| worst.unserved_users) {
            worst = Some(row);
        }
    }
    let most = worst.map_or(0.0, |worst| worst.unserved_users);
    let settled = SettledBy::ALL.iter().map(|way| SettledCount {
        by: way.word().to_owned(),
        cases: count(&|row| row.settled_by == *way),
    });
    SweepTotals {
        recovery: found.recovery.clone(),
        hold: count(&|row| !is_unserved(row) && !is_missed(row)),
        unserved: count(&is_unserved),
        target_missed: count(&|row| is_missed(row) && !is_unserved(row)),
        unproven: count(&|row| !row.proven),
        most_unserved_users: if is_same_count(found.most_unserved_users, most) {
            found.most_unserved_users
        } else {
            most
        },
        worst_case: worst.map(|worst| u64::from(worst.case)),
        settled_by: settled.filter(|own| own.cases > 0).collect(),
    }
}
