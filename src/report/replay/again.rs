//! Again: whether the files of a written replay have what the same replay comes to when it is played again.

use super::files::REPLAY_TABLES;
use crate::diagnostic::{Code, Finding, Place};
use crate::plan_files::{PlanFile, REPLAY_FILE};
use crate::report::written::WrittenFile;
use crate::units::ROUNDING;
use csv::StringRecord;
use serde_json::Value;
use std::collections::BTreeMap;

const VALUE: Code = Code("P8001");

const SHAPE: Code = Code("P8002");

const MOST_NAMED: usize = 20;

/// The key that says which version wrote the file: it is not compared.
const VERSION: &str = "plimsoll";

/// What is said of a written replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayVerdict {
    /// Whatever is otherwise than when it is played again.
    pub broken: Vec<Finding>,
    /// The files that were compared.
    pub checked: Vec<&'static str>,
    /// The files that the folder does not have.
    pub not_checked: Vec<&'static str>,
}

/// What is otherwise: the rule, line and column or key, and what is there and what should be.
type ReplayDifference = (Code, (Option<u64>, Option<String>), [String; 2]);

impl ReplayVerdict {
    /// Compares a written folder with the files that the same replay comes to.
    pub fn new(written: &[PlanFile<'_>], again: &[WrittenFile]) -> Self {
        let mut verdict = Self {
            broken: Vec::new(),
            checked: Vec::new(),
            not_checked: Vec::new(),
        };
        for name in std::iter::once(REPLAY_FILE).chain(REPLAY_TABLES) {
            let plan_file = written.iter().find(|file| file.name == name);
            let expected = again.iter().find(|file| file.name == name);
            let (Some(plan_file), Some(expected)) = (plan_file, expected) else {
                verdict.not_checked.push(name);
                continue;
            };
            verdict.checked.push(name);
            let both = [plan_file.bytes, &expected.bytes];
            let mut all = match name {
                REPLAY_FILE => document(both),
                _ => table(both),
            };
            let more = all.len().saturating_sub(MOST_NAMED);
            all.truncate(MOST_NAMED);
            // How many more there are stands last.
            all.extend((more > 0).then(|| {
                let more = format!("{more} more that differ");
                let expected = "what the replay comes to when it is played again".to_owned();
                (VALUE, (None, None), [more, expected])
            }));
            let findings = all.into_iter().map(|entry| finding(name, entry));
            verdict.broken.extend(findings);
        }
        verdict
    }

    /// `true` if nothing is otherwise.
    pub fn holds(&self) -> bool {
        self.broken.is_empty()
    }
}

fn finding(file: &str, (code, (line, column), [found, expected]): ReplayDifference) -> Finding {
    let place = Place {
        file: file.to_owned(),
        line,
        column,
    };
    let hint = "replay again; if the folder is to be as it is, find what changed it";
    Finding::error(code, place, found, expected, hint)
}

fn table(both: [&[u8]; 2]) -> Vec<ReplayDifference> {
    let [Some(written), Some(again)] = both.map(rows) else {
        let texts = ["no CSV in UTF-8", "a table"].map(str::to_owned);
        return vec![(SHAPE, (None, None), texts)];
    };
    let columns = [&written, &again].map(|rows| {
        let first = rows
            .first()
            .map(|string_record| string_record.iter().collect::<Vec<_>>());
        first.unwrap_or_default().join(",")
    });
    if columns[0] != columns[1] {
        let texts = columns.map(|column| format!("the columns {column}"));
        return vec![(SHAPE, (Some(1), None), texts)];
    }
    let counts = [&written, &again]
        .map(|string_records| format!("{} rows", string_records.len().saturating_sub(1)));
    let is_longer = written.len() != again.len();
    let mut all = Vec::from_iter(is_longer.then_some((SHAPE, (None, None), counts)));
    let names: Vec<&str> = columns[0].split(',').collect();
    for (string_record, expected) in written.iter().zip(&again).skip(1) {
        let line = string_record.position().map(csv::Position::line);
        for at in 0..string_record.len().max(expected.len()) {
            let cells = [string_record.get(at), expected.get(at)].map(Option::unwrap_or_default);
            if !is_same_text(cells) {
                let name = names.get(at).map(|text| (*text).to_owned());
                all.push((VALUE, (line, name), cells.map(|cell| format!("`{cell}`"))));
            }
        }
    }
    all
}

fn document(both: [&[u8]; 2]) -> Vec<ReplayDifference> {
    let values = both.map(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    let [Some(written), Some(again)] = values else {
        let texts = ["no JSON", "a JSON object"].map(str::to_owned);
        return vec![(SHAPE, (None, None), texts)];
    };
    let [written, again] = [written, again].map(|value| {
        let mut all = BTreeMap::new();
        leaves(String::new(), value, &mut all);
        all
    });
    let others = again.keys().filter(|key| !written.contains_key(*key));
    let keys = written.keys().chain(others);
    let differences = keys.filter(|key| *key != VERSION).filter_map(|key| {
        let values = [written.get(key), again.get(key)];
        let is_same = match values {
            [Some(Value::Number(a)), Some(Value::Number(b))] => {
                is_same_text([&a.to_string(), &b.to_string()])
            }
            [a, b] => a == b,
        };
        let words = |value: Option<&Value>| match value {
            Some(value) => format!("`{value}`"),
            None => "nothing".to_owned(),
        };
        (!is_same).then(|| (VALUE, (None, Some(key.clone())), values.map(words)))
    });
    differences.collect()
}

fn rows(bytes: &[u8]) -> Option<Vec<StringRecord>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    reader.records().collect::<Result<_, _>>().ok()
}

/// `true` if two cells are the same text, or numbers that differ by no more than rounding.
fn is_same_text(cells: [&str; 2]) -> bool {
    let [a, b] = cells;
    let numbers = cells.map(|cell| cell.parse::<f64>().ok());
    a == b
        || match numbers {
            [Some(a), Some(b)] => (a - b).abs() <= ROUNDING * a.abs().max(b.abs()),
            _ => false,
        }
}

/// The values of a document that hold no others, by key as in `runs[0].tiers[1].served`.
fn leaves(key: String, value: Value, all: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let point = if key.is_empty() { "" } else { "." };
            for (name, value) in map {
                leaves(format!("{key}{point}{name}"), value, all);
            }
        }
        Value::Array(values) if !values.is_empty() => {
            for (at, value) in values.into_iter().enumerate() {
                leaves(format!("{key}[{at}]"), value, all);
            }
        }
        leaf => {
            all.insert(key, leaf);
        }
    }
}
