//! Every cell, row and number of a written sweep matters.

use super::folders::all;
use super::written::{Judged, Written};
use plimsoll::units::is_close;
use rayon::prelude::*;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;

/// Columns that the referee believes where the files leave it open: no file has the placements of whole shards.
const BELIEVED: [(&str, &str); 3] = [
    ("utilization_before.csv", "utilization"),
    ("by_failure.csv", "whole_unserved_users"),
    ("by_failure.csv", "whole_worst_shortfall"),
];

/// Columns in which another name may be as true: of several components that miss as much, or that bind.
const ONE_OF_SEVERAL: [(&str, &str); 4] = [
    ("by_failure.csv", "component"),
    ("by_failure.csv", "resource"),
    ("involved.csv", "component"),
    ("involved.csv", "resource"),
];

/// `true` if a file says less without a row, but nothing wrong: of what was full before, and what binds.
fn may_say_less(file: &str, line: &str) -> bool {
    file == "utilization_before.csv" || file == "involved.csv" && line.contains(",binds,")
}

/// Files whose rows may stand in any order, as in the folder of a plan.
const IN_ANY_ORDER: [&str; 5] = [
    "before.csv",
    "utilization_before.csv",
    "homes.csv",
    "assignment.csv",
    "steering.csv",
];

/// `true` if two cells are the same number, but for what arithmetic leaves.
fn is_same_number(one: &str, other: &str) -> bool {
    let both = one.parse::<f64>().ok().zip(other.parse::<f64>().ok());
    both.is_some_and(|(one, other)| is_close(one, other, 1e-6))
}

/// `true` if a cell left blank says the same: the only slice of the hours.
fn may_be_blank(column: &str, cell: &str) -> bool {
    column == "slice" && cell == "0"
}

/// The CSV files that have rows, line by line.
fn tables(sweep: &Written) -> Vec<(String, Vec<String>)> {
    let files = sweep
        .files
        .iter()
        .filter(|(name, _)| Path::new(name).extension().is_some_and(|end| end == "csv"));
    let lines = |text: &String| text.lines().map(str::to_owned).collect();
    files
        .map(|(name, text)| (name.clone(), lines(text)))
        .collect()
}

/// What was missed: changes with which the sweep still holds.
#[derive(Default)]
struct Missed(Vec<String>);

impl Missed {
    fn look(&mut self, name: &str, file: &str, what: &str, sweep: &Written) {
        let is_caught = match sweep.judge() {
            Judged::Unreadable(codes) => !codes.is_empty(),
            Judged::Read(verdict) => !verdict.holds(),
        };
        if !is_caught {
            self.0.push(format!("{name}: {file}: {what}"));
        }
    }

    /// The same of prices, which may prove as much when they are changed.
    fn look_at_prices(&mut self, name: &str, file: &str, what: &str, sweep: &Written) {
        let proves_as_much = match sweep.judge() {
            Judged::Unreadable(_) => false,
            Judged::Read(verdict) => {
                verdict.holds() && verdict.worst_gap.is_some_and(|gap| gap <= 1e-6)
            }
        };
        if !proves_as_much {
            self.look(name, file, what, sweep);
        }
    }
}

/// Fails where a change of one of the sweeps is missed; the sweeps are looked at side by side.
fn assert_caught(look: impl Fn(&mut Missed, &str, &Written) + Sync) {
    let missed = all().into_par_iter().flat_map_iter(|(name, sweep)| {
        let mut missed = Missed::default();
        look(&mut missed, &name, &sweep);
        missed.0
    });
    let missed: Vec<String> = missed.collect();
    let few = missed[..missed.len().min(40)].join("\n");
    assert!(missed.is_empty(), "{} missed\n{few}", missed.len());
}

fn with_lines(sweep: &Written, file: &str, lines: &[String]) -> Written {
    sweep.with(file, lines.join("\n") + "\n")
}

#[test]
fn every_changed_cell_is_caught() {
    assert_caught(|missed, name, sweep| {
        for (file, lines) in tables(sweep) {
            let columns: Vec<&str> = lines[0].split(',').collect();
            for row in 1..lines.len() {
                let cells: Vec<&str> = lines[row].split(',').collect();
                for (column, cell) in cells.iter().enumerate() {
                    let of = (file.as_str(), columns[column]);
                    if BELIEVED.contains(&of) {
                        continue;
                    }
                    let mut values: Vec<String> = Vec::new();
                    if !ONE_OF_SEVERAL.contains(&of) {
                        let others = lines[1..].iter();
                        let others = others.filter_map(|line| line.split(',').nth(column));
                        values.extend(others.map(str::to_owned));
                    }
                    values.extend(["zz", "-1", "7", "1.7e308"].map(str::to_owned));
                    if !may_be_blank(columns[column], cell) {
                        values.push(String::new());
                    }
                    let number = cell.parse::<f64>().ok();
                    values.extend(number.map(|value| format!("{}", value * 1.0001 + 0.001)));
                    values.sort();
                    values.dedup();
                    values.retain(|value| value != cell && !is_same_number(value, cell));
                    for value in values {
                        let mut changed = cells.clone();
                        changed[column] = &value;
                        let mut lines = lines.clone();
                        lines[row] = changed.join(",");
                        let what = format!(
                            "{} `{value}` for `{cell}` in line {}",
                            columns[column],
                            row + 1
                        );
                        missed.look(name, &file, &what, &with_lines(sweep, &file, &lines));
                    }
                }
            }
        }
    });
}

#[test]
fn every_missing_doubled_and_swapped_row_is_caught() {
    assert_caught(|missed, name, sweep| {
        for (file, lines) in tables(sweep) {
            let mut look = |what: String, lines: &[String]| {
                missed.look(name, &file, &what, &with_lines(sweep, &file, lines));
            };
            for row in 1..lines.len() {
                let mut without = lines.clone();
                let line = without.remove(row);
                if !may_say_less(&file, &line) {
                    look(format!("without line {}", row + 1), &without);
                }
                let mut doubled = lines.clone();
                doubled.push(line);
                look(format!("line {} twice", row + 1), &doubled);
                if row > 1 && !IN_ANY_ORDER.contains(&file.as_str()) {
                    let mut swapped = lines.clone();
                    swapped.swap(row - 1, row);
                    look(format!("lines {row} and {} swapped", row + 1), &swapped);
                }
            }
        }
    });
}

/// Every value of a document changed, one after the other: numbers a little, words to another; and every entry of a
/// list left out.
fn changes(document: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    collect(
        document,
        &mut String::new(),
        &mut |changed| changed,
        &mut all,
    );
    all
}

/// Collects the changes below a place; `put` gives the whole document with a value at that place.
fn collect(
    value: &Value,
    key: &mut String,
    put: &mut dyn FnMut(Value) -> Value,
    all: &mut Vec<(String, Value)>,
) {
    let mut at = |what: &str, changed: Value, put: &mut dyn FnMut(Value) -> Value| {
        all.push((format!("{key}: {what}"), put(changed)));
    };
    let put_root: &mut dyn FnMut(Value) -> Value = put;
    match value {
        Value::Number(number) => {
            let value = number.as_f64().expect("a number");
            let is_whole = number.is_u64();
            let changed = if is_whole {
                Value::from(number.as_u64().unwrap_or(0) + 1)
            } else {
                Value::from(value * 1.001 + 0.001)
            };
            at("more", changed, put_root);
        }
        Value::String(_) => at("zz", Value::from("zz"), put_root),
        Value::Bool(flag) => at("not", Value::from(!flag), put_root),
        Value::Array(items) => {
            for index in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(index);
                at(
                    &format!("without entry {index}"),
                    Value::Array(fewer),
                    put_root,
                );
            }
            for (index, item) in items.iter().enumerate() {
                let mut inner = |changed: Value| {
                    let mut values = items.clone();
                    values[index] = changed;
                    put_root(Value::Array(values))
                };
                let length = key.len();
                let _ = write!(key, "[{index}]");
                collect(item, key, &mut inner, all);
                key.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                let mut inner = |changed: Value| {
                    let mut map = fields.clone();
                    map.insert(name.clone(), changed);
                    put_root(Value::Object(map))
                };
                let length = key.len();
                let _ = write!(key, ".{name}");
                collect(item, key, &mut inner, all);
                key.truncate(length);
            }
        }
        Value::Null => {}
    }
}

/// Names in sweep.json that only say who wrote it.
const WHO_WROTE_IT: [&str; 2] = [".plimsoll", ".inputs"];

#[test]
fn every_changed_value_of_sweep_json_is_caught() {
    assert_caught(|missed, name, sweep| {
        let document: Value = serde_json::from_str(&sweep.files["sweep.json"]).expect("it is JSON");
        let recoveries = document["recoveries"].as_array().expect("a list");
        // How deep goals are settled is nothing to recoveries that have none.
        let is_planned = recoveries.contains(&Value::from("replan"));
        for (what, changed) in changes(&document) {
            let is_nothing = what.starts_with(".full") && !is_planned;
            if !is_nothing && !WHO_WROTE_IT.iter().any(|text| what.starts_with(text)) {
                missed.look(
                    name,
                    "sweep.json",
                    &what,
                    &sweep.with("sweep.json", changed.to_string()),
                );
            }
        }
    });
}

#[test]
fn every_changed_value_of_a_proof_is_caught() {
    assert_caught(|missed, name, sweep| {
        every_changed_line(missed, name, sweep, "proofs.jsonl");
    });
}

#[test]
fn every_changed_value_of_who_is_displaced_without_a_failure_is_caught() {
    assert_caught(|missed, name, sweep| {
        if sweep.files["proofs.jsonl"].starts_with("{\"case\":0,") {
            every_changed_line(missed, name, sweep, "displaced.jsonl");
        }
    });
}

fn every_changed_line(missed: &mut Missed, name: &str, sweep: &Written, file: &'static str) {
    let text = &sweep.files[file];
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (number, line) in lines.iter().enumerate() {
        let document: Value = serde_json::from_str(line).expect("it is JSON");
        for (what, changed) in changes(&document) {
            // Where the path of displaced.jsonl is the default path of the case, that they are on it says the same.
            if what.starts_with(".undisplaced: without") {
                continue;
            }
            let mut lines = lines.clone();
            lines[number] = changed.to_string();
            let changed = with_lines(sweep, file, &lines);
            let words = format!("line {} {what}", number + 1);
            if what.contains(".prices") {
                missed.look_at_prices(name, file, &words, &changed);
            } else {
                missed.look(name, file, &words, &changed);
            }
        }
        let mut without = lines.clone();
        without.remove(number);
        missed.look(
            name,
            file,
            &format!("without line {}", number + 1),
            &with_lines(sweep, file, &without),
        );
    }
}
