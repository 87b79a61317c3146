//! Protection: whether protection.csv and summary.json agree about what a plan survives, and, where failures are
//! answered by a rule, whether that is so: what each case comes to is recomputed from the assignment and the steering.

use super::context::RefereeContext;
use super::judge::Keys;
use super::period::PeriodState;
use super::report::{At, Report, Rule};
use super::sweep::{InForceAt, unserved_by_rule};
use crate::diagnostic::amounts::rounded;
use crate::model::{Contingencies, Protect, Recovery};
use crate::plan_files::{
    By, Lined, PeriodSummary, ProtectionRow, ProtectionSummary, Row, SUMMARY_FILE,
};
use crate::units::{AGREEMENT, NOBODY};
use std::collections::BTreeMap;

/// P7938: the summary tells what was asked.
pub(super) const ASKED: Rule = Rule::new(
    "P7938",
    "write the settings of [protect] and the number of cases; the others survive, so count those without a row",
);

/// The rows that name a case.
type ReportedCases<'w> = BTreeMap<usize, &'w Lined<ProtectionRow>>;

/// Checks the rows of a period, and what the summary says of them, if there is one.
pub(super) fn check(
    situation: &PeriodState,
    (period, protect): (usize, &Protect),
    in_force: &InForceAt<'_>,
    (rows, summary): (&[&Lined<ProtectionRow>], Option<&PeriodSummary>),
    report: &mut Report,
) {
    let context = situation.context;
    let Some(cases) = cases(situation.context, situation, protect) else {
        return;
    };
    let positions: Vec<usize> = (1..cases.count())
        .filter(|case| !cases.is_repeated(*case))
        .collect();
    let names: BTreeMap<String, usize> = positions
        .iter()
        .map(|case| (name(context, &cases, *case), *case))
        .collect();
    let protection_rows = reported(&names, rows, report);
    match summary.map(|period_summary| period_summary.protection.as_ref()) {
        Some(Some(summary)) => {
            let asked = (period, protect, positions.len());
            summary_counts_them(asked, rows, summary, report);
        }
        Some(None) => {
            let key = format!("periods[{period}].protection");
            let at = At::cell(SUMMARY_FILE, 0, &key);
            let expected = format!("the number of survived cases of {}", positions.len());
            report.add(ASKED, at, "nothing", expected);
        }
        None => {}
    }
    if protect.recovery == Recovery::Replan {
        return;
    }
    let unserved = unserved_by_rule(situation, in_force, (cases, protect.recovery));
    for (name, case) in &names {
        let both = unserved[*case].values().zip(unserved[0].values());
        let lost: f64 = both
            .map(|(value, without)| (value - without).max(0.0))
            .sum();
        let row = protection_rows.get(case).copied();
        loss_is_true(name, row, (lost, situation.demanded.users), report);
    }
}

/// The cases that are to be survived; `None` if there are more than can be counted.
fn cases(
    context: &RefereeContext,
    situation: &PeriodState,
    protect: &Protect,
) -> Option<Contingencies> {
    let gray = protect.gray.as_ref();
    let gray = gray.map(|gray| (gray.over, gray.most as usize, gray.severity));
    let asked = (protect.over, protect.failures as usize);
    Contingencies::left_in(context.inventory, &situation.case, asked, false, gray)
}

/// What fails in a case, then what is gray.
fn name(context: &RefereeContext, cases: &Contingencies, case: usize) -> String {
    let failing = cases.failing(case);
    let failing = failing.map(|failing| failing.name(context.inventory).to_owned());
    let gray = cases.gray(case);
    let gray = gray.map(|failing| format!("~{}", failing.name(context.inventory)));
    failing.chain(gray).collect::<Vec<_>>().join(" + ")
}

fn cell<'a>(row: &Lined<ProtectionRow>, column: &'a str) -> At<'a> {
    At::cell(ProtectionRow::FILE, row.line, column)
}

/// P7936: every row is of a case, once, in their order, and tells of somebody.
fn reported<'w>(
    names: &BTreeMap<String, usize>,
    rows: &[&'w Lined<ProtectionRow>],
    report: &mut Report,
) -> ReportedCases<'w> {
    const RULE: Rule = Rule::new(
        "P7936",
        "write exactly one row for every case that is not survived, in the order of a sweep's cases",
    );
    let mut protection_rows = ReportedCases::new();
    for row in rows {
        let failing = row.row.failing.as_str();
        let mut note =
            |column, found: String, expected| report.add(RULE, cell(row, column), found, expected);
        let Some(case) = names.get(failing) else {
            note("failing", format!("`{failing}`"), "a case of [protect]");
            continue;
        };
        if protection_rows
            .last_key_value()
            .is_some_and(|(last, _)| last >= case)
        {
            let found = format!("`{failing}` after a later case, or twice");
            note("failing", found, "cases ascending, each once");
        }
        if row.row.unserved_users <= 0.0 {
            note(
                "unserved_users",
                rounded(row.row.unserved_users),
                "somebody",
            );
        }
        protection_rows.insert(*case, row);
    }
    protection_rows
}

/// P7937: where failures are answered by a rule, users who are unserved in a case are those that the rule leaves so.
fn loss_is_true(
    name: &str,
    row: Option<&Lined<ProtectionRow>>,
    (lost, users): (f64, f64),
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7937",
        "count, rank by rank, the users who are unserved in the case and served without it",
    );
    let found = row.map_or(0.0, |row| row.row.unserved_users);
    if (found - lost).abs() <= AGREEMENT * lost + 1e-9 * users + 2.0 * NOBODY {
        return;
    }
    if let Some(row) = row {
        let at = cell(row, "unserved_users");
        report.add(RULE, at, rounded(found), rounded(lost));
    } else {
        let expected = format!("a row of `{name}` with {} users", rounded(lost));
        report.add(
            RULE,
            At::file(ProtectionRow::FILE),
            "no row of it",
            expected,
        );
    }
}

/// P7938: the summary tells what was asked, and counts the rows.
fn summary_counts_them(
    (period, protect, cases): (usize, &Protect, usize),
    rows: &[&Lined<ProtectionRow>],
    summary: &ProtectionSummary,
    report: &mut Report,
) {
    let mut keys = Keys::new(
        SUMMARY_FILE,
        format!("periods[{period}].protection"),
        report,
    );
    let survived = cases.saturating_sub(rows.len());
    for (key, found, expected) in [
        (
            "failures",
            u64::from(summary.failures),
            protect.failures as usize,
        ),
        ("cases", summary.cases, cases),
        ("survived", summary.survived, survived),
    ] {
        keys.compare(ASKED, By::Exact, key, [found, expected as u64]);
    }
    let over = [&*summary.over, protect.over.word()];
    keys.compare(ASKED, By::Exact, "over", over);
    let recovery = [&*summary.recovery, protect.recovery.word()];
    keys.compare(ASKED, By::Exact, "recovery", recovery);
    let users: f64 = rows.iter().map(|row| row.row.unserved_users).sum();
    let both = [summary.unserved_users, users];
    keys.compare(ASKED, By::Amount(1.0), "unserved_users", both);
    let least = summary.least_unserved_users;
    if least > users + AGREEMENT * users + NOBODY || least < 0.0 {
        let expected = format!("at most the {} that exist", rounded(users));
        keys.note(ASKED, "least_unserved_users", rounded(least), expected);
    }
}
