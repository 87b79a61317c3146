//! Again: whether the files of a written replay have what the same replay comes to when it is played again.

use super::tables::REPLAY_TABLES;
use crate::diagnostic::{Code, Finding, Place, Severity};
use crate::plan_files::{PlanFile, REPLAY_FILE};
use crate::report::written::WrittenFile;
use crate::units::ROUNDING;
use csv::StringRecord;
use serde_json::Value;
use std::collections::BTreeMap;

/// A cell or a key has another value.
const VALUE: Code = Code("P8001");

/// A table has other columns, or another number of rows.
const SHAPE: Code = Code("P8002");

/// Findings of one file that are told one by one.
const MOST_TOLD: usize = 20;

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

impl ReplayVerdict {
    /// Compares a written folder with the files that the same replay comes to.
    pub fn new(written: &[PlanFile<'_>], again: &[WrittenFile]) -> Self {
        let mut verdict = Self {
            broken: Vec::new(),
            checked: Vec::new(),
            not_checked: Vec::new(),
        };
        for name in std::iter::once(REPLAY_FILE).chain(REPLAY_TABLES) {
            let own = written.iter().find(|file| file.name == name);
            let expected = again.iter().find(|file| file.name == name);
            let (Some(own), Some(expected)) = (own, expected) else {
                verdict.not_checked.push(name);
                continue;
            };
            verdict.checked.push(name);
            let mut differences = Differences {
                file: name,
                ..Differences::default()
            };
            let both = [own.bytes, &expected.bytes];
            match name {
                REPLAY_FILE => differences.document(both),
                _ => differences.table(both),
            }
            verdict.broken.extend(differences.told());
        }
        verdict
    }

    /// `true` if nothing is otherwise.
    pub fn holds(&self) -> bool {
        self.broken.is_empty()
    }
}

/// What is otherwise in one file.
#[derive(Default)]
struct Differences {
    file: &'static str,
    found: Vec<Finding>,
    /// Those that are not told one by one.
    more: usize,
}

impl Differences {
    fn finding(
        &self,
        code: Code,
        (line, column): (Option<u64>, Option<&str>),
        [found, expected]: [String; 2],
    ) -> Finding {
        Finding {
            severity: Severity::Error,
            code,
            place: Place {
                file: self.file.to_owned(),
                line,
                column: column.map(str::to_owned),
            },
            found,
            expected,
            hint: "replay again; if the folder is to be as it is, find what changed it".to_owned(),
        }
    }

    fn add(&mut self, code: Code, at: (Option<u64>, Option<&str>), found: [String; 2]) {
        if self.found.len() < MOST_TOLD {
            self.found.push(self.finding(code, at, found));
        } else {
            self.more += 1;
        }
    }

    /// All of them; how many more there are stands last.
    fn told(mut self) -> Vec<Finding> {
        if self.more > 0 {
            let more = format!("{} more that differ", self.more);
            let expected = "what the replay comes to when it is played again".to_owned();
            let last = self.finding(VALUE, (None, None), [more, expected]);
            self.found.push(last);
        }
        self.found
    }

    fn table(&mut self, both: [&[u8]; 2]) {
        let [written, again] = both.map(rows);
        let (Some(written), Some(again)) = (written, again) else {
            let told = ["no CSV in UTF-8", "a table"].map(str::to_owned);
            self.add(SHAPE, (None, None), told);
            return;
        };
        let columns = [&written, &again].map(|rows| {
            let first = rows.first().map(|own| own.iter().collect::<Vec<_>>());
            first.unwrap_or_default().join(",")
        });
        if columns[0] != columns[1] {
            let told = columns.map(|own| format!("the columns {own}"));
            self.add(SHAPE, (Some(1), None), told);
            return;
        }
        if written.len() != again.len() {
            let told =
                [&written, &again].map(|own| format!("{} rows", own.len().saturating_sub(1)));
            self.add(SHAPE, (None, None), told);
        }
        let names: Vec<&str> = columns[0].split(',').collect();
        for (own, expected) in written.iter().zip(&again).skip(1) {
            let line = own.position().map(csv::Position::line);
            for at in 0..own.len().max(expected.len()) {
                let cells = [own.get(at), expected.get(at)].map(Option::unwrap_or_default);
                if !is_same_text(cells) {
                    let told = cells.map(|own| format!("`{own}`"));
                    self.add(VALUE, (line, names.get(at).copied()), told);
                }
            }
        }
    }

    fn document(&mut self, both: [&[u8]; 2]) {
        let values = both.map(|own| serde_json::from_slice::<Value>(own).ok());
        let [Some(written), Some(again)] = values else {
            let told = ["no JSON", "a JSON object"].map(str::to_owned);
            self.add(SHAPE, (None, None), told);
            return;
        };
        let [written, again] = [&written, &again].map(|own| {
            let mut all = BTreeMap::new();
            leaves(String::new(), own, &mut all);
            all
        });
        let keys = written
            .keys()
            .chain(again.keys().filter(|own| !written.contains_key(*own)));
        for key in keys.filter(|own| *own != VERSION) {
            let values = [written.get(key), again.get(key)];
            let is_same = match values {
                [Some(Value::Number(a)), Some(Value::Number(b))] => {
                    is_same_text([&a.to_string(), &b.to_string()])
                }
                [a, b] => a == b,
            };
            if !is_same {
                let told = values
                    .map(|own| own.map_or_else(|| "nothing".to_owned(), |own| format!("`{own}`")));
                self.add(VALUE, (None, Some(key)), told);
            }
        }
    }
}

/// All rows of a table, the header first.
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
    let numbers = cells.map(|own| own.parse::<f64>().ok());
    a == b
        || match numbers {
            [Some(a), Some(b)] => (a - b).abs() <= ROUNDING * a.abs().max(b.abs()),
            _ => false,
        }
}

/// The values of a document that hold no others, by key as in `runs[0].tiers[1].served`.
fn leaves(key: String, value: &Value, all: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(own) if !own.is_empty() => {
            for (name, value) in own {
                let point = if key.is_empty() { "" } else { "." };
                leaves(format!("{key}{point}{name}"), value, all);
            }
        }
        Value::Array(own) if !own.is_empty() => {
            for (at, value) in own.iter().enumerate() {
                leaves(format!("{key}[{at}]"), value, all);
            }
        }
        _ => {
            all.insert(key, value.clone());
        }
    }
}
