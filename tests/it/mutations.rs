//! Mutations: every cell and key of a written plan, sweep or replay is judged, or is on the list of what is not.

use crate::command_line::{contents, place, plimsoll, root};
use crate::tables::Cells;
use plimsoll::diagnostic::has_errors;
use plimsoll::engine::replay_findings;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::check::{
    REPLAY_UNJUDGED, SWEEP_UNJUDGED, UNJUDGED, Unjudged, check, check_sweep,
};
use plimsoll::plan_files::{self, PlanFile};
use plimsoll::report::replay::ReplayVerdict;
use plimsoll::report::written::WrittenFile;
use plimsoll::solve::Stop;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Of every column so many rows are changed, and of every key so many of a list; `PLIMSOLL_CELLS` is another number.
fn of_each() -> usize {
    let asked = std::env::var("PLIMSOLL_CELLS");
    asked.map_or(3, |text| text.parse().expect("a number"))
}

/// A smaller number is what arithmetic leaves of zero: it is changed as zero is.
const NOTHING: f64 = 1e-8;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plan,
    Sweep,
    Replay,
}

impl Kind {
    /// What the referee does not judge of it.
    fn unjudged(self) -> &'static [Unjudged] {
        match self {
            Self::Plan => &UNJUDGED,
            Self::Sweep => &SWEEP_UNJUDGED,
            Self::Replay => &REPLAY_UNJUDGED,
        }
    }
}

/// What was written, file by file, and what it was made from.
struct Written {
    kind: Kind,
    inventory: Inventory,
    scenario: Scenario,
    files: BTreeMap<String, String>,
    /// What summary.json says of its replay is played again.
    is_played: bool,
}

/// One file with one thing changed in it.
struct Mutant {
    file: String,
    field: String,
    text: String,
}

impl Written {
    fn of(kind: Kind, folder: &str, layers: &[&str]) -> Self {
        let (inventory, scenario) = crate::laws::steps::read(folder, layers);
        let place = place();
        let mut command = plimsoll(place.path());
        command.arg(match kind {
            Kind::Plan => "plan",
            Kind::Sweep => "sweep",
            Kind::Replay => "replay",
        });
        command.arg(root(folder));
        for layer in layers {
            command.arg("--scenario").arg(root(folder).join(layer));
        }
        command.args(["--out", "plan", "--no-charts", "--quiet"]);
        if kind == Kind::Sweep {
            command.args(["--recovery", "all"]);
        }
        let code = command.output().expect("it runs").status.code();
        assert!(code < Some(2), "{code:?}");
        let files = contents(&place.path().join("plan")).into_iter();
        let files = files.filter_map(|(name, bytes)| {
            let name = name.to_string_lossy().into_owned();
            let is_own = ["csv", "json", "jsonl"].contains(&ending(&name)) && !name.contains('/');
            is_own.then(|| Some((name, String::from_utf8(bytes).ok()?)))?
        });
        let files: BTreeMap<String, String> = files.collect();
        let summary = files.get("summary.json");
        let summary: Option<Value> =
            summary.map(|text| serde_json::from_str(text).expect("it is JSON"));
        Self {
            kind,
            inventory,
            scenario,
            is_played: summary.is_some_and(|value| value["replayed"]["checked"] == "all"),
            files,
        }
    }

    /// `true` if the referee finds anything wrong, or the files cannot be read, with one of them changed.
    fn is_caught(&self, changed: Option<&Mutant>) -> bool {
        let files: Vec<PlanFile<'_>> = self
            .files
            .iter()
            .map(|(name, text)| {
                let mutant = changed.filter(|mutant| mutant.file == *name);
                PlanFile {
                    name: name.as_str(),
                    bytes: mutant.map_or(text, |mutant| &mutant.text).as_bytes(),
                }
            })
            .collect();
        let of = (&self.inventory, &self.scenario);
        if self.kind == Kind::Replay {
            let again = self.files.iter().map(|(name, text)| WrittenFile {
                name: name.clone(),
                bytes: text.clone().into_bytes(),
            });
            let again: Vec<WrittenFile> = again.collect();
            return !ReplayVerdict::new(&files, &again).holds();
        }
        if self.kind == Kind::Sweep {
            let (written, findings) = plan_files::read_sweep_folder(&files);
            let written = written.filter(|_| !has_errors(&findings));
            return written
                .is_none_or(|written_sweep| !check_sweep(of.0, of.1, written_sweep).holds());
        }
        let (written, findings) = plan_files::read(&files);
        let Some(written) = written.filter(|_| !has_errors(&findings)) else {
            return true;
        };
        let replayed = replay_findings(of.0, of.1, &written, &Stop::default());
        let replayed = replayed.expect("it is played").unwrap_or_default();
        !check(of.0, of.1, written).holds() || !replayed.is_empty()
    }

    fn mutants(&self) -> Vec<Mutant> {
        let mut all = Vec::new();
        for (file, text) in &self.files {
            let named = |(field, text): (String, String)| Mutant {
                file: file.clone(),
                field,
                text,
            };
            if ending(file) == "csv" {
                all.extend(cells_changed(text).into_iter().map(named));
            } else if ending(file) == "json" && file != "explanations.json" {
                all.extend(keys_changed(text).into_iter().map(named));
            }
        }
        all
    }
}

/// What a file's name ends with.
fn ending(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Another value of a cell, such as it might be: a whole number is one more, and a thousandth.
fn other(cell: &str) -> String {
    if cell.is_empty() {
        return "0.5".to_owned();
    }
    if let Ok(number) = cell.parse::<i64>() {
        return (number + 1 + number / 1_000).to_string();
    }
    if let Ok(number) = cell.parse::<f64>() {
        if number.abs() < NOTHING {
            return "0.5".to_owned();
        }
        return (number * 1.01).to_string();
    }
    if let Ok(at) = cell.parse::<jiff::Timestamp>() {
        return (at + jiff::SignedDuration::from_mins(7)).to_string();
    }
    format!("{cell}x")
}

/// The texts of a table with one cell changed, by column.
fn cells_changed(text: &str) -> Vec<(String, String)> {
    let cells = Cells::of(text);
    let count = cells.rows.len();
    let chosen = of_each().min(count);
    let rows: BTreeSet<usize> = (0..chosen)
        .map(|number| number * (count - 1) / (chosen - 1).max(1))
        .collect();
    let mut all = Vec::new();
    for row in rows {
        for (column, name) in cells.header.iter().enumerate() {
            let mut changed = cells.clone();
            let cell = &mut changed.rows[row][column];
            *cell = other(cell);
            all.push((name.clone(), changed.text()));
        }
    }
    all
}

/// The texts of a document with one value changed, by key.
fn keys_changed(text: &str) -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(text).expect("it is JSON");
    let mut leaves = Vec::new();
    collect(
        &document,
        &mut String::new(),
        &mut String::new(),
        &mut leaves,
    );
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = Vec::new();
    for (pointer, key) in leaves {
        let times = seen.entry(key.clone()).or_default();
        *times += 1;
        if *times > of_each() {
            continue;
        }
        let mut changed = document.clone();
        let value = changed.pointer_mut(&pointer).expect("it is there");
        *value = match &value {
            Value::Bool(known) => Value::Bool(!known),
            Value::Number(number) => {
                let text = other(&number.to_string());
                serde_json::from_str(&text).expect("a number")
            }
            Value::String(text) => Value::String(other(text)),
            _ => Value::from(0.5),
        };
        all.push((key, changed.to_string()));
    }
    all
}

/// By pointer, the key of every value that is no list and no object.
fn collect(value: &Value, pointer: &mut String, key: &mut String, all: &mut Vec<(String, String)>) {
    let [pointers, keys] = [pointer.len(), key.len()];
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let _ = write!(pointer, "/{name}");
                key.push_str(if key.is_empty() { "" } else { "." });
                key.push_str(name);
                collect(field, pointer, key, all);
                pointer.truncate(pointers);
                key.truncate(keys);
            }
        }
        Value::Array(list) => {
            for (number, field) in list.iter().enumerate() {
                let _ = write!(pointer, "/{number}");
                key.push_str("[]");
                collect(field, pointer, key, all);
                pointer.truncate(pointers);
                key.truncate(keys);
            }
        }
        _ => all.push((pointer.clone(), key.clone())),
    }
}

/// How many of a file's field were changed, and found.
type Counts = BTreeMap<(String, String), [usize; 2]>;

/// What is changed and neither found nor on the list, by file and field; how many were changed, and found. `golden` is
/// where that is recorded.
fn missed(written: &Written, golden: &str) -> (BTreeSet<(String, String)>, [usize; 2]) {
    assert!(!written.is_caught(None));
    let mut missed = BTreeSet::new();
    let mut counts = Counts::new();
    for mutant in written.mutants() {
        let count = counts
            .entry((mutant.file.clone(), mutant.field.clone()))
            .or_default();
        count[0] += 1;
        if written.is_caught(Some(&mutant)) {
            count[1] += 1;
            continue;
        }
        let mut listed = written.kind.unjudged().iter();
        let is_listed = listed.any(|entry| entry.has(&mutant.file, &mutant.field));
        let key = (mutant.file.as_str(), mutant.field.as_str());
        // Of a plan that is not played `verify` says so.
        let is_replay = !written.is_played && key.1.starts_with("replayed.");
        if !is_listed && !is_replay {
            missed.insert((mutant.file, mutant.field));
        }
    }
    assert_recorded(golden, &counts);
    let of_all = |at: usize| counts.values().map(|indexes| indexes[at]).sum();
    (missed, [of_all(0), of_all(1)])
}

/// Asserts that as many are found as are recorded in tests/goldens/mutants; with `PLIMSOLL_BLESS` they are recorded.
fn assert_recorded(golden: &str, counts: &Counts) {
    if std::env::var_os("PLIMSOLL_CELLS").is_some() {
        return;
    }
    let path = root("tests/goldens/mutants").join(format!("{golden}.csv"));
    let mut text = "file,field,changed,found\n".to_owned();
    for ((file, field), [changed, found]) in counts {
        let _ = writeln!(text, "{file},{field},{changed},{found}");
    }
    if std::env::var_os("PLIMSOLL_BLESS").is_some() {
        std::fs::write(&path, &text).expect("there is room for a file");
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    let difference = similar::TextDiff::from_lines(recorded.as_str(), &text);
    let difference = difference.unified_diff().context_radius(0).to_string();
    assert!(difference.is_empty(), "{}:\n{difference}", path.display());
}

#[test]
fn every_cell_and_key_of_a_plan_is_judged_or_listed() {
    for (folder, layers, golden) in [
        ("data/tiny", &["drain-chicago.toml"][..], "plan-tiny"),
        (
            "tests/it/laws/steps/pool-step",
            &["scenario.toml", "clients.toml"],
            "plan-pool-step",
        ),
    ] {
        let written = Written::of(Kind::Plan, folder, layers);
        let (missed, [all, caught]) = missed(&written, golden);
        assert!(
            missed.is_empty(),
            "{folder}: {caught} of {all} found: {missed:#?}"
        );
        assert!(caught > 500, "{folder}: {caught} of {all}");
    }
}

#[test]
fn every_cell_and_key_of_a_sweep_is_judged_or_listed() {
    let written = Written::of(Kind::Sweep, "data/tiny", &["drain-chicago.toml"]);
    let (missed, [all, caught]) = missed(&written, "sweep-tiny");
    assert!(missed.is_empty(), "{caught} of {all} found: {missed:#?}");
    assert!(caught > 200, "{caught} of {all}");
}

/// The files of a replay are compared with those that it comes to when it is played again.
#[test]
fn every_cell_and_key_of_a_replay_is_compared_or_listed() {
    let folder = "data/incidents/22-january-2026";
    let written = Written::of(Kind::Replay, folder, &["at-once.toml"]);
    let (missed, [all, caught]) = missed(&written, "replay-january");
    assert!(missed.is_empty(), "{caught} of {all} found: {missed:#?}");
    assert!(caught > 200, "{caught} of {all}");
}
