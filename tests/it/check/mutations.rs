//! Every cell and row of a written plan matters.

use super::plans::all;
use super::written::{Judged, Written};
use crate::messages::assert_short_numbers;

/// Columns that say in words, or in prices, what the referee does not judge.
const NOT_JUDGED: [(&str, &str); 5] = [
    ("moves.csv", "wave"),
    ("headroom.csv", "shadow_price"),
    ("headroom.csv", "price_stage"),
    ("access_points.csv", "reason"),
    ("unserved.csv", "reason"),
];

/// The plan with the text of a file replaced.
fn replaced(plan: &Written, file: &'static str, lines: &[String]) -> Written {
    let mut changed = plan.clone();
    let text = lines.join("\n") + "\n";
    changed.files.insert(file, text);
    changed
}

/// Asserts that something is found fault with, and, where the row is still there, that its file is named.
fn assert_caught(name: &str, file: &str, what: &str, plan: &Written) {
    match plan.judge() {
        Judged::Unreadable(codes) => assert!(!codes.is_empty(), "{name}: {file}: {what}"),
        Judged::Read(verdict) => {
            assert!(!verdict.holds(), "{name}: {file}: {what}: {verdict}");
            assert_short_numbers(&verdict.to_string());
        }
    }
}

#[test]
fn every_changed_cell_is_caught() {
    for (name, plan) in all() {
        for (file, text) in plan
            .files
            .iter()
            .filter(|(file, _)| **file != "summary.json")
        {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let columns: Vec<&str> = lines[0].split(',').collect();
            for row in 1..lines.len() {
                let cells: Vec<&str> = lines[row].split(',').collect();
                for (column, cell) in columns
                    .iter()
                    .zip(&cells)
                    .enumerate()
                    .map(|(i, (name, cell))| ((i, *name), *cell))
                {
                    if NOT_JUDGED.contains(&(*file, column.1)) {
                        continue;
                    }
                    let others: Vec<&str> = lines[1..]
                        .iter()
                        .filter_map(|line| line.split(',').nth(column.0))
                        .filter(|other| *other != cell)
                        .collect();
                    let number = cell
                        .parse::<f64>()
                        .ok()
                        .map(|number| format!("{}", number * 1.0001 + 0.001));
                    let mut values = vec!["zz", "", "-1", "7", "1.7e308"];
                    values.extend(others);
                    values.extend(number.as_deref());
                    for value in values.into_iter().filter(|value| *value != cell) {
                        let mut changed = cells.clone();
                        changed[column.0] = value;
                        let mut lines = lines.clone();
                        lines[row] = changed.join(",");
                        let what = format!("line {}: {} {cell:?} to {value:?}", row + 1, column.1);
                        assert_caught(name, file, &what, &replaced(&plan, file, &lines));
                    }
                }
            }
        }
    }
}

#[test]
fn every_dropped_or_doubled_row_is_caught() {
    for (name, plan) in all() {
        for (file, text) in plan
            .files
            .iter()
            .filter(|(file, _)| **file != "summary.json")
        {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            for row in 1..lines.len() {
                let mut dropped = lines.clone();
                dropped.remove(row);
                let what = format!("line {} dropped", row + 1);
                assert_caught(name, file, &what, &replaced(&plan, file, &dropped));
                let mut doubled = lines.clone();
                doubled.push(lines[row].clone());
                let what = format!("line {} doubled", row + 1);
                assert_caught(name, file, &what, &replaced(&plan, file, &doubled));
            }
        }
    }
}

/// Change lists are carried out from the first row on: their rows stay, and their columns are turned.
#[test]
fn order_of_rows_and_columns_does_not_matter() {
    for (name, plan) in all() {
        let mut turned = plan.clone();
        for (file, text) in turned
            .files
            .iter_mut()
            .filter(|(file, _)| **file != "summary.json")
        {
            let mut lines = text.lines();
            let header = lines.next().into_iter();
            let mut rows: Vec<&str> = lines.collect();
            if !file.starts_with("changes") {
                rows.reverse();
            }
            let lines = header.chain(rows);
            *text = lines
                .map(|line| {
                    let cells: Vec<&str> = line.split(',').rev().collect();
                    cells.join(",") + "\r\n"
                })
                .collect();
            assert!(!text.is_empty(), "{file}");
        }
        let verdict = turned.verdict();
        assert!(verdict.holds(), "{name}: {verdict}");
    }
}

#[test]
fn every_forged_number_of_the_summary_is_caught() {
    for (name, plan) in all() {
        let text = plan.files["summary.json"].clone();
        for total in [
            "users",
            "unserved_users",
            "moved_users",
            "copied_users",
            "returned_users",
            "reconnecting_users",
            "worst_shortfall",
            "bound",
            "gap",
            "plan",
            "period",
        ] {
            let key = format!("\"{total}\": ");
            for (at, _) in text.match_indices(&key) {
                let begin = at + key.len();
                let end = begin + text[begin..].find([',', '}']).expect("a number ends");
                let number: f64 = text[begin..end].parse().expect("a number");
                let mut changed = plan.clone();
                let forged = format!("{}{}{}", &text[..begin], number + 1.0, &text[end..]);
                changed.files.insert("summary.json", forged);
                assert_caught(name, "summary.json", &format!("{total} at {at}"), &changed);
            }
        }
    }
}

#[test]
fn absurd_amounts_are_findings_never_a_panic() {
    for (name, plan) in all() {
        for (file, text) in plan
            .files
            .iter()
            .filter(|(file, _)| **file != "summary.json")
        {
            let lines: Vec<String> = text
                .lines()
                .enumerate()
                .map(|(index, line)| {
                    let absurd = |cell: &str| match cell.parse::<f64>() {
                        Ok(number) if index > 0 && number > 1.0 => "1.7e308".to_owned(),
                        _ => cell.to_owned(),
                    };
                    line.split(',').map(absurd).collect::<Vec<_>>().join(",")
                })
                .collect();
            let changed = replaced(&plan, file, &lines);
            let codes = changed.judge().codes();
            assert_eq!(
                codes.is_empty(),
                changed.files[file] == *text,
                "{name}: {file}: {codes:?}"
            );
        }
    }
}
