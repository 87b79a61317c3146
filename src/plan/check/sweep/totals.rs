//! Totals: whether sweep.json counts the rows of `by_failure.csv`.

use super::super::report::{At, Report, Rule, is_same_count};
use super::asked::Asked;
use super::tables::Tables;
use crate::plan_files::{FailureRow, Lined, SWEEP_FILE, SettledBy, SweepTotals, decimal};
use crate::units::NOBODY;

const RULE: Rule = Rule {
    code: "P7832",
    hint: "count the rows of by_failure.csv, recovery by recovery",
};

/// P7832: the totals of every recovery are those of its rows.
pub(super) fn check(asked: &Asked, tables: &Tables<'_>, report: &mut Report) {
    let found = &tables.written.summary.found;
    let words = |names: Vec<&str>| format!("`{}`", names.join("`, `"));
    let named: Vec<&str> = found.iter().map(|own| own.recovery.as_str()).collect();
    let expected: Vec<&str> = asked.recoveries.iter().map(|own| own.word()).collect();
    if named != expected {
        let at = At::cell(SWEEP_FILE, 0, "found");
        report.add(RULE, at, words(named), words(expected));
        return;
    }
    for (position, (totals, recovery)) in found.iter().zip(&asked.recoveries).enumerate() {
        let of_recovery = tables.by_case.iter().filter(|(key, _)| key.1 == *recovery);
        let rows: Vec<&Lined<FailureRow>> =
            of_recovery.filter_map(|(_, rows)| rows.failure).collect();
        of_recovery_are_true(position, totals, &rows, report);
    }
}

fn of_recovery_are_true(
    position: usize,
    totals: &SweepTotals,
    rows: &[&Lined<FailureRow>],
    report: &mut Report,
) {
    let mut wrong = |column: &str, found: String, expected: String| {
        let key = format!("found[{position}].{column}");
        report.add(RULE, At::cell(SWEEP_FILE, 0, &key), found, expected);
    };
    let is_unserved = |row: &FailureRow| row.unserved_users > NOBODY;
    let is_missed = |row: &FailureRow| row.component.is_some();
    let count = |is: &dyn Fn(&FailureRow) -> bool| {
        rows.iter().filter(|lined| is(&lined.row)).count() as u64
    };
    let counts = [
        (
            "hold",
            totals.hold,
            count(&|row| !is_unserved(row) && !is_missed(row)),
        ),
        ("unserved", totals.unserved, count(&is_unserved)),
        (
            "target_missed",
            totals.target_missed,
            count(&|row| is_missed(row) && !is_unserved(row)),
        ),
        ("unproven", totals.unproven, count(&|row| !row.proven)),
    ];
    for (column, found, expected) in counts {
        if found != expected {
            wrong(column, found.to_string(), expected.to_string());
        }
    }
    let mut worst: Option<&FailureRow> = None;
    for lined in rows {
        let most = worst.map_or(NOBODY, |worst| worst.unserved_users);
        if lined.row.unserved_users > most {
            worst = Some(&lined.row);
        }
    }
    let most = worst.map_or(0.0, |worst| worst.unserved_users);
    if !is_same_count(totals.most_unserved_users, most) {
        let found = decimal(totals.most_unserved_users);
        wrong("most_unserved_users", found, decimal(most));
    }
    let case = worst.map(|worst| u64::from(worst.case));
    if totals.worst_case != case {
        let words = |case: Option<u64>| case.map_or("none".to_owned(), |case| case.to_string());
        wrong("worst_case", words(totals.worst_case), words(case));
    }
    let settled = SettledBy::ALL.iter().map(|way| {
        let cases = count(&|row| row.settled_by == *way);
        (way.word().to_owned(), cases)
    });
    let settled: Vec<(String, u64)> = settled.filter(|(_, cases)| *cases > 0).collect();
    let found = totals.settled_by.iter();
    let found: Vec<(String, u64)> = found.map(|own| (own.by.clone(), own.cases)).collect();
    if found != settled {
        let words = |all: Vec<(String, u64)>| {
            let all = all.iter().map(|(by, cases)| format!("{cases} by {by}"));
            all.collect::<Vec<_>>().join(", ")
        };
        wrong("settled_by", words(found), words(settled));
    }
}
