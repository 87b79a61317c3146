//! Tables: the rows of a written sweep, case by case, whether each is of a case that it has and stands in its order, and
//! whether sweep.json counts them.

use super::super::context::RefereeContext;
use super::super::judge::Keys;
use super::super::report::{At, Report, Rule, is_same_count};
use super::super::stages::ranks;
use super::asked::AskedSweep;
use crate::diagnostic::amounts::rounded;
use crate::ids::{TenantId, TierId};
use crate::model::{CaseKind, Recovery};
use crate::plan::sweep::{CaseInTotals, totals};
use crate::plan_files::{
    CaseProof, ComponentRow, FailureRow, InvolvedRow, Lined, PROOFS_FILE, Role, Row, SWEEP_FILE,
    SiteUtilizationRow, SurvivableRow, SweepTotals, Text, UnservedByTierRow, WorstRow,
    WrittenSweep,
};
use std::collections::{BTreeMap, HashMap};

/// A row about one case under one recovery.
pub(super) trait RowOfCase: Row {
    /// Its case, how that is answered, and what is said to fail in it.
    fn of_case(&self) -> (u32, Recovery, Option<&Text>);
}

macro_rules! row_of_case {
    ($($row:ty),*) => {$(
        impl RowOfCase for $row {
            fn of_case(&self) -> (u32, Recovery, Option<&Text>) {
                (self.case, self.recovery, self.failing.as_ref())
            }
        }
    )*};
}

row_of_case!(
    FailureRow,
    UnservedByTierRow,
    InvolvedRow,
    ComponentRow,
    SiteUtilizationRow,
    WorstRow
);

/// A case under a recovery.
pub(super) type CaseKey = (usize, Recovery);

/// The rows of one case under one recovery.
pub(super) struct RowsOfCase<'w> {
    pub(super) failure: &'w Lined<FailureRow>,
    pub(super) unserved: Vec<&'w Lined<UnservedByTierRow>>,
    pub(super) involved: Vec<&'w Lined<InvolvedRow>>,
    pub(super) sites: Vec<&'w Lined<SiteUtilizationRow>>,
}

/// The referee of a sweep: what it was asked, and its rows.
pub(super) struct SweepReferee<'w> {
    pub(super) context: &'w RefereeContext<'w>,
    pub(super) asked: &'w AskedSweep,
    pub(super) written: &'w WrittenSweep,
    pub(super) by_case: BTreeMap<CaseKey, RowsOfCase<'w>>,
    /// By case.
    pub(super) proofs: BTreeMap<usize, &'w Lined<CaseProof>>,
    /// Some case that planning again answers is said to be proven, which none is unless the state before is.
    pub(super) is_any_proven: bool,
    /// Whether the files tell who has no site: those written before there was a column for it do not.
    pub(super) lists_no_site: bool,
    /// Ranks by the names of their tiers.
    pub(super) ranks: HashMap<String, u32>,
}

pub(super) const OF_NO_CASE: Rule = Rule::new(
    "P7833",
    "write exactly one row for each case, recovery and subject",
);

/// The cell of a row.
pub(super) fn at<'c, R: Row>(lined: &Lined<R>, column: &'c str) -> At<'c> {
    At::cell(R::FILE, lined.line, column)
}

/// The rule of a column.
pub(super) fn rule_of<R: Row>(column: &str) -> Rule {
    let declared = R::DECLARED
        .iter()
        .find(|declared_column| declared_column.name == column);
    let rule = declared.and_then(|declared_column| declared_column.rule);
    let rule = rule.expect("invariant: the column is declared with a rule");
    Rule::new(rule.code, rule.hint)
}

/// P7833: nothing stands twice.
pub(super) fn stands_twice<R: Row>(lined: &Lined<R>, first: u64, report: &mut Report) {
    let found = format!("the same row as on line {first}");
    report.add(
        OF_NO_CASE,
        at(lined, R::COLUMNS[0]),
        found,
        "one row for it",
    );
}

/// P7833: a row tells of something that the inventory has.
pub(super) fn is_of_nothing<R: Row>(
    lined: &Lined<R>,
    column: &str,
    found: &str,
    report: &mut Report,
) {
    let expected = "a name of the inventory, where the case has one";
    report.add(
        OF_NO_CASE,
        at(lined, column),
        format!("`{found}`"),
        expected,
    );
}

impl<'w> SweepReferee<'w> {
    /// Sorts the rows of a sweep.
    pub(super) fn new(
        context: &'w RefereeContext<'w>,
        asked: &'w AskedSweep,
        written: &'w WrittenSweep,
        report: &mut Report,
    ) -> Self {
        let ranks = ranks(context).into_iter();
        let mut failures = written.failures.iter();
        let mut referee = Self {
            context,
            asked,
            written,
            by_case: BTreeMap::new(),
            proofs: BTreeMap::new(),
            is_any_proven: failures.clone().any(|failure_row| {
                failure_row.row.recovery == Recovery::Replan && failure_row.row.proven
            }),
            lists_no_site: failures.any(|failure| failure.row.no_site_users.is_some()),
            ranks: ranks.map(|(rank, names)| (names.join("+"), rank)).collect(),
        };
        for (key, row) in referee.of_cases(&written.failures, report) {
            if let Some(first) = referee.by_case.get(&key) {
                stands_twice(row, first.failure.line, report);
            } else {
                let rows = RowsOfCase {
                    failure: row,
                    unserved: Vec::new(),
                    involved: Vec::new(),
                    sites: Vec::new(),
                };
                referee.by_case.insert(key, rows);
            }
        }
        macro_rules! sort {
            ($($table:ident),*) => {$(
                for (key, row) in referee.of_cases(written.$table.iter().flatten(), report) {
                    if let Some(rows) = referee.by_case.get_mut(&key) {
                        rows.$table.push(row);
                    }
                }
            )*};
        }
        sort!(unserved, involved, sites);
        referee.sort_proofs(report);
        referee.every_case_has_a_row(report);
        referee.rows_stand_in_order(report);
        referee.totals_are_true(report);
        referee
    }

    /// The rows that are of a case that is here, under a recovery that was asked about.
    pub(super) fn of_cases<R: RowOfCase + 'w>(
        &self,
        rows: impl IntoIterator<Item = &'w Lined<R>>,
        report: &mut Report,
    ) -> Vec<(CaseKey, &'w Lined<R>)> {
        let asked = self.asked;
        let mut all = Vec::new();
        let mut last: Option<(usize, Option<Text>)> = None;
        for lined in rows {
            let (case, recovery, failing) = lined.row.of_case();
            let position = usize::try_from(case).ok();
            let Some(position) = position.filter(|case| asked.done.contains(case)) else {
                let (first, end) = (asked.done.start, asked.done.end);
                let expected = format!("a case from {first} to {}", end.saturating_sub(1));
                report.add(OF_NO_CASE, at(lined, "case"), case.to_string(), expected);
                continue;
            };
            if !asked.recoveries.contains(&recovery) {
                let found = format!("`{}`", recovery.word());
                let expected = format!("a recovery of {SWEEP_FILE}");
                report.add(OF_NO_CASE, at(lined, "recovery"), found, expected);
                continue;
            }
            if last.as_ref().is_none_or(|(of, _)| *of != position) {
                last = Some((position, self.failing(position)));
            }
            let expected = last.as_ref().and_then(|(_, failing)| failing.as_ref());
            if failing != expected {
                let words = |lean_string: Option<&Text>| {
                    lean_string.map_or("a blank cell".to_owned(), |lean_string| {
                        format!("`{lean_string}`")
                    })
                };
                let place = at(lined, "failing");
                report.add(
                    rule_of::<R>("failing"),
                    place,
                    words(failing),
                    words(expected),
                );
            }
            all.push(((position, recovery), lined));
        }
        all
    }

    /// What fails in a case, as a cell has it: blank where nothing does.
    pub(super) fn failing(&self, case: usize) -> Option<Text> {
        let failing = self.asked.cases.name(self.context.inventory, case);
        (!failing.is_empty()).then(|| Text::from(&*failing))
    }

    /// P7834: every case has a row under every recovery; a gap is reported once.
    fn every_case_has_a_row(&self, report: &mut Report) {
        const RULE: Rule = Rule::new("P7834", "add a row for every case and recovery");
        for &recovery in &self.asked.recoveries {
            let has_row = |key: &CaseKey| (key.1 == recovery).then_some(key.0);
            let mut next = self.asked.done.start;
            let ends = std::iter::once(self.asked.done.end);
            for case in self.by_case.keys().filter_map(has_row).chain(ends) {
                if next < case {
                    let (last, word) = (case - 1, recovery.word());
                    let found = format!("no row of the cases {next} to {last} under {word}");
                    let expected = "a row for every case of the folder";
                    report.add(RULE, At::file(FailureRow::FILE), found, expected);
                }
                next = case + 1;
            }
        }
    }

    /// P7833: the lines of proofs.jsonl, one for a case that is here. P7836: in the order of cases.
    fn sort_proofs(&mut self, report: &mut Report) {
        for lined in self.written.proofs.iter().flatten() {
            let place = At::cell(PROOFS_FILE, lined.line, "case");
            let case = usize::try_from(lined.row.case).ok();
            let Some(case) = case.filter(|case| self.asked.done.contains(case)) else {
                let found = lined.row.case.to_string();
                report.add(OF_NO_CASE, place, found, "a case of the folder");
                continue;
            };
            if let Some(first) = self.proofs.get(&case) {
                let found = format!("the same case as on line {}", first.line);
                report.add(OF_NO_CASE, place, found, "one line for it");
            } else {
                self.proofs.insert(case, lined);
            }
        }
    }

    /// Tenant and tier of a row.
    pub(super) fn tenant(&self, row: &SurvivableRow) -> (Option<TenantId>, Option<TierId>) {
        let inventory = self.context.inventory;
        let tenant = inventory
            .tenants
            .binary_search_by(|tenant| tenant.as_str().cmp(&row.tenant));
        let tier = inventory.tiers.iter().position(|tier| tier.id == row.tier);
        (tenant.ok().map(TenantId::new), tier.map(TierId::new))
    }

    /// P7836: rows stand in their order, none twice. Rows of nothing that is known are found fault with elsewhere.
    fn rows_stand_in_order(&self, report: &mut Report) {
        let (context, written) = (self.context, self.written);
        let of = |component: &str, resource: &str| context.limit(component, resource);
        let key = |case: (u32, Recovery, Option<&Text>)| (case.0, case.1);
        let failures = |row: &FailureRow| Some(key(row.of_case()));
        in_order(Some(&written.failures), failures, report);
        let unserved = |row: &UnservedByTierRow| {
            Some((key(row.of_case()), *self.ranks.get(row.tier.as_str())?))
        };
        in_order(written.unserved.as_ref(), unserved, report);
        let involved = |row: &InvolvedRow| {
            let is_opened = row.role == Role::Opened;
            let resource = row.resource.as_deref();
            let resource = resource.and_then(|name| context.resources.get(name));
            let component = context.components.get(row.component.as_str())?;
            Some((key(row.of_case()), is_opened, *component, resource.copied()))
        };
        in_order(written.involved.as_ref(), involved, report);
        let components = |row: &ComponentRow| {
            let of = of(&row.component, &row.resource)?;
            Some((row.recovery, of, row.place))
        };
        in_order(written.components.as_ref(), components, report);
        let worst = |row: &WorstRow| {
            let kind = CaseKind::of_word(&row.kind_of_case)?;
            Some((row.recovery, kind, of(&row.component, &row.resource)?))
        };
        in_order(written.worst.as_ref(), worst, report);
        let survivable = |row: &SurvivableRow| {
            let (tenant, tier) = self.tenant(row);
            Some((row.recovery, tenant?, tier?))
        };
        in_order(written.survivable.as_ref(), survivable, report);
        let sites = |row: &SiteUtilizationRow| {
            Some((key(row.of_case()), *context.sites.get(row.site.as_str())?))
        };
        in_order(written.sites.as_ref(), sites, report);
        for pair in written.proofs.iter().flat_map(|rows| rows.windows(2)) {
            if pair[1].row.case < pair[0].row.case {
                let place = At::cell(PROOFS_FILE, pair[1].line, "case");
                let found = format!("case {} after a later one", pair[1].row.case);
                report.add(OUT_OF_ORDER, place, found, "cases ascending");
            }
        }
    }

    /// P7832: the totals of every recovery are those of its rows; most unserved users as they are written, if that is
    /// as many.
    fn totals_are_true(&self, report: &mut Report) {
        const RULE: Rule = Rule::new(
            "P7832",
            "count the rows of by_failure.csv, recovery by recovery",
        );
        let found = &self.written.summary.found;
        let words = |names: Vec<&str>| format!("`{}`", names.join("`, `"));
        let named: Vec<&str> = found
            .iter()
            .map(|sweep_totals| sweep_totals.recovery.as_str())
            .collect();
        let expected: Vec<&str> = self
            .asked
            .recoveries
            .iter()
            .map(|recovery| recovery.word())
            .collect();
        let mut keys = Keys::new(SWEEP_FILE, "", report);
        if named != expected {
            keys.note(RULE, "found", words(named), words(expected));
            return;
        }
        for (position, (found, &recovery)) in found.iter().zip(&self.asked.recoveries).enumerate() {
            let of_recovery = self.by_case.iter().filter(|(key, _)| key.1 == recovery);
            let cases = of_recovery.map(|(_, rows)| (&rows.failure.row).into());
            let cases: Vec<CaseInTotals> = cases.collect();
            let may_split = self.context.scenario.policy.split_shards;
            let mut expected = totals(recovery, may_split, &cases);
            // Files written before it was there do not have it.
            if found.whole_shards_not_checked.is_none() {
                expected.whole_shards_not_checked = None;
            }
            if found.whole_shards_unserved.is_none() {
                expected.whole_shards_unserved = None;
            }
            if found.whole_shards_target_missed.is_none() {
                expected.whole_shards_target_missed = None;
            }
            if let (Some(found), Some(most)) = (
                found.whole_shards_most_unserved_users,
                &mut expected.whole_shards_most_unserved_users,
            ) && is_same_count(found, *most)
            {
                *most = found;
            }
            if is_same_count(found.most_unserved_users, expected.most_unserved_users) {
                expected.most_unserved_users = found.most_unserved_users;
            }
            let mut keys = keys.of(&format!("found[{position}]"));
            for ((column, found), (_, expected)) in cells(found).into_iter().zip(cells(&expected)) {
                if found != expected {
                    keys.note(RULE, column, found, expected);
                }
            }
        }
    }
}

/// What totals say, in words.
fn cells(totals: &SweepTotals) -> [(&'static str, String); 11] {
    let case = totals.worst_case;
    let cases = |cases: Option<u64>| cases.map_or("none".to_owned(), |cases| cases.to_string());
    let most_whole = totals.whole_shards_most_unserved_users;
    let settled = totals.settled_by.iter();
    let settled =
        settled.map(|settled_count| format!("{} by {}", settled_count.cases, settled_count.by));
    [
        ("hold", totals.hold.to_string()),
        ("unserved", totals.unserved.to_string()),
        ("target_missed", totals.target_missed.to_string()),
        ("unproven", totals.unproven.to_string()),
        (
            "whole_shards_not_checked",
            cases(totals.whole_shards_not_checked),
        ),
        ("whole_shards_unserved", cases(totals.whole_shards_unserved)),
        (
            "whole_shards_target_missed",
            cases(totals.whole_shards_target_missed),
        ),
        (
            "whole_shards_most_unserved_users",
            most_whole.map_or("none".to_owned(), rounded),
        ),
        ("most_unserved_users", rounded(totals.most_unserved_users)),
        (
            "worst_case",
            case.map_or("none".to_owned(), |case| case.to_string()),
        ),
        ("settled_by", settled.collect::<Vec<_>>().join(", ")),
    ]
}

const OUT_OF_ORDER: Rule = Rule::new(
    "P7836",
    "order rows by case and recovery, then by subject as in the inventory",
);

/// P7836: the rows of one file, if it is there.
fn in_order<R: Row, K: Ord>(
    rows: Option<&Vec<Lined<R>>>,
    key: impl Fn(&R) -> Option<K>,
    report: &mut Report,
) {
    let mut last: Option<(K, u64)> = None;
    for lined in rows.into_iter().flatten() {
        let Some(item) = key(&lined.row) else {
            continue;
        };
        match &last {
            Some((last, _)) if item < *last => {
                let found = "a row after one that it belongs before";
                let place = at(lined, R::COLUMNS[0]);
                report.add(OUT_OF_ORDER, place, found, "rows in their order");
            }
            // Rows of a case are distinguished where they are counted.
            Some((last, line)) if item == *last && R::FILE != FailureRow::FILE => {
                stands_twice(lined, *line, report);
            }
            _ => {}
        }
        last = Some((item, lined.line));
    }
}
