//! Every cell of the change lists and of the files of waves is judged by the referee.

use super::read;
use crate::draw::Size;
use crate::levels::{judged_files, planned, written};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::report::written::WrittenFile;

struct Plan {
    inventory: Inventory,
    scenario: Scenario,
    files: Vec<WrittenFile>,
}

impl Plan {
    fn new() -> Self {
        let scenarios = ["scenario.toml", "clients.toml"];
        let (inventory, scenario) = read("tests/it/laws/steps/pool-step", &scenarios);
        Self::of(inventory, scenario)
    }

    fn of(inventory: Inventory, scenario: Scenario) -> Self {
        let plan = planned(&inventory, &scenario);
        let files = written(&inventory, &scenario, &plan);
        let plan = Self {
            inventory,
            scenario,
            files,
        };
        assert_eq!(plan.codes(&plan.files), [""; 0]);
        plan
    }

    fn codes(&self, files: &[WrittenFile]) -> Vec<&'static str> {
        let verdict = judged_files(&self.inventory, &self.scenario, files);
        verdict
            .broken
            .iter()
            .map(|finding| finding.code.0)
            .collect()
    }

    fn lines(&self, file: &str) -> Vec<String> {
        let written_file = self
            .files
            .iter()
            .find(|written_file| written_file.name == file);
        let bytes = written_file.expect("it is written").bytes.clone();
        let text = String::from_utf8(bytes).expect("text");
        text.lines().map(str::to_owned).collect()
    }

    fn with(&self, file: &str, lines: &[String]) -> Vec<&'static str> {
        let mut files = self.files.clone();
        let written_file = files
            .iter_mut()
            .find(|written_file| written_file.name == file);
        written_file.expect("it is written").bytes = (lines.join("\n") + "\n").into_bytes();
        self.codes(&files)
    }

    /// The position of the first row with a text in it.
    fn row(&self, file: &str, text: &str) -> usize {
        let lines = self.lines(file);
        let index = lines.iter().skip(1).position(|line| line.contains(text));
        index.unwrap_or_else(|| panic!("no {text} in {file}")) + 1
    }
}

/// A part of a shard that moves, and who is let in with it: others of it stay.
#[test]
fn users_who_are_let_in_with_a_part_that_moves_are_judged() {
    let (inventory, scenario) = super::drawn(4584, Size::FULL);
    let plan = Plan::of(inventory, scenario);
    let lines = plan.lines("changes.csv");
    let cells = |row: usize| lines[row].split(',').map(str::to_owned).collect::<Vec<_>>();
    let columns = cells(0);
    let at = |column: &str| {
        columns
            .iter()
            .position(|text| text == column)
            .expect("there")
    };
    let keys = ["period", "shard", "to_site", "wave"].map(at);
    let key = |row: usize| keys.map(|column| cells(row)[column].clone());
    let is_moving =
        |row: &usize| ["copy", "takeover", "return"].contains(&&*cells(*row)[at("action")]);
    let lets_in = |row: &usize| cells(*row)[at("action")] == "let_in";
    let mut moving = (1..lines.len()).filter(is_moving);
    let both = moving.find_map(|moved| {
        let mut letting_in = (1..lines.len()).filter(lets_in);
        Some((moved, letting_in.find(|index| key(*index) == key(moved))?))
    });
    let (moved, let_in) = both.expect("users are let in with a move");
    let with_cell = |row: usize, column: &str, text: &str| {
        let (mut cells, mut lines) = (cells(row), lines.clone());
        cells[at(column)] = text.to_owned();
        lines[row] = cells.join(",");
        plan.with("changes.csv", &lines)
    };
    assert!(with_cell(moved, "users", "0.5").contains(&"P7965"));
    assert!(with_cell(let_in, "users", "0.5").contains(&"P7965"));
    assert!(with_cell(let_in, "share", "0.01").contains(&"P7964"));
    assert!(with_cell(let_in, "wave", "").contains(&"P7961"));
    let mut without = lines.clone();
    without.remove(let_in);
    assert!(plan.with("changes.csv", &without).contains(&"P7962"));
}

/// Another value of a cell, such as it might be; other instants in place of instants.
fn other(cell: &str, column: &str) -> String {
    match column {
        "at" => "2030-03-01T02:30:00+00:00".to_owned(),
        "wave" | "during" | "slice" | "period" if cell.is_empty() => "1".to_owned(),
        "event" => "gray".to_owned(),
        _ if cell.is_empty() => "0.5".to_owned(),
        _ => match cell.parse::<f64>() {
            Ok(0.0) => "1".to_owned(),
            Ok(number) if column == "step" || column == "period" => format!("{}", number + 1.0),
            Ok(number) if column == "wave" => format!("{}", number + 1.0),
            Ok(number) => format!("{}", number * 0.9),
            Err(_) => "zz".to_owned(),
        },
    }
}

#[test]
fn every_cell_of_steps_and_of_the_files_of_waves_is_judged() {
    let plan = Plan::new();
    let rows = [
        ("changes.csv", ",take_out,"),
        ("changes.csv", ",takeover,"),
        ("changes.csv", ",shed,"),
        ("changes.csv", ",let_in,"),
        ("changes.csv", ",weight,"),
        ("changes.csv", ",begins,"),
        ("changes_back.csv", ",put_back,"),
        ("changes_back.csv", ",let_in,"),
        ("wave_weights.csv", ","),
        ("wave_loads.csv", ","),
    ];
    for (file, text) in rows {
        let lines = plan.lines(file);
        let row = plan.row(file, text);
        let columns: Vec<&str> = lines[0].split(',').collect();
        for (at, column) in columns.iter().enumerate() {
            let mut changed = lines.clone();
            let mut cells: Vec<String> = lines[row].split(',').map(str::to_owned).collect();
            cells[at] = other(&cells[at], column);
            changed[row] = cells.join(",");
            // What cannot be read is found too.
            let codes = std::panic::catch_unwind(|| plan.with(file, &changed));
            let is_found = codes.as_ref().map_or(true, |texts| !texts.is_empty());
            assert!(is_found, "{file}: {column} of {:?}", lines[row]);
        }
        let mut without = lines.clone();
        without.remove(row);
        assert!(
            !plan.with(file, &without).is_empty(),
            "{file}: {}",
            lines[row]
        );
        let mut twice = lines.clone();
        twice.push(lines[row].clone());
        assert!(
            !plan.with(file, &twice).is_empty(),
            "{file}: {}",
            lines[row]
        );
    }
}

#[test]
fn a_step_that_is_left_out_or_untrue_is_named() {
    let plan = Plan::new();
    let finds = |file: &str, text: &str, from: &str, to: &str, code: &str| {
        let mut lines = plan.lines(file);
        let row = plan.row(file, text);
        assert!(lines[row].contains(from), "{}", lines[row]);
        lines[row] = lines[row].replacen(from, to, 1);
        let codes = plan.with(file, &lines);
        assert!(codes.contains(&code), "{code} is not among {codes:?}");
    };
    finds(
        "changes.csv",
        ",take_out,",
        ",0.25,0,",
        ",0.25,0.1,",
        "P7968",
    );
    finds(
        "changes.csv",
        ",take_out,",
        "lb-s01-1.0",
        "lb-s01-1.1",
        "P7968",
    );
    finds(
        "changes.csv",
        ",takeover,",
        "2030-03-01T02:58",
        "2030-03-01T02:57",
        "P7969",
    );
    finds("changes.csv", ",begins,", ",maintenance", ",gray", "P7970");
    finds("wave_weights.csv", "ap00", "ap00,", "ap01,", "P7978");
    finds("wave_loads.csv", ",site,", ",site,", ",link,", "P7979");
}
