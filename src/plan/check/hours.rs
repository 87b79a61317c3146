//! Hours: whether hours.csv says which slice of the hours holds when.

use super::ground::Ground;
use super::report::{At, Report, Rule};
use crate::model::Hours;
use crate::plan_files::{HoursRow, Lined, Row};
use crate::scenario::Period;
use jiff::Timestamp;

const RULE: Rule = Rule {
    code: "P7320",
    hint: "load_curves.csv and the time zones of client_regions.csv say what is demanded when; a slice covers every hour \
           with at most its demand everywhere",
};

/// P7320: the rows of one period are its stretches of time, in order, each with its slice.
pub(super) fn check(
    hours: &Hours,
    period: &Period,
    rows: &[&Lined<HoursRow>],
    report: &mut Report,
) {
    rows_are_stretches(hours, &format!("period {}", period.index), rows, report);
}

/// P7320 of a period or the state before.
fn rows_are_stretches(hours: &Hours, of: &str, rows: &[&Lined<HoursRow>], report: &mut Report) {
    let stretches = hours.stretches();
    for (row, stretch) in rows.iter().zip(stretches) {
        for (column, found, expected) in [
            ("start", &row.row.start, stretch.start),
            ("end", &row.row.end, stretch.end),
        ] {
            if found.parse::<Timestamp>().ok() != Some(expected) {
                let at = At::cell(HoursRow::FILE, row.line, column);
                report.add(RULE, at, format!("`{found}`"), expected.to_string());
            }
        }
        if row.row.slice as usize != stretch.slice {
            let at = At::cell(HoursRow::FILE, row.line, "slice");
            let expected = stretch.slice.to_string();
            report.add(RULE, at, row.row.slice.to_string(), expected);
        }
    }
    if rows.len() != stretches.len() {
        let found = format!("{} rows of {of}", rows.len());
        let line = rows.last().map_or(0, |row| row.line);
        let at = At::cell(HoursRow::FILE, line, "period");
        report.add(RULE, at, found, format!("{} rows", stretches.len()));
    }
}

/// P7320: the same of the state before.
pub(super) fn check_before(ground: &Ground<'_>, rows: &[Lined<HoursRow>], report: &mut Report) {
    let own: Vec<&Lined<HoursRow>> = rows.iter().filter(|row| row.row.period.is_none()).collect();
    rows_are_stretches(&ground.before.hours, "the state before", &own, report);
}
