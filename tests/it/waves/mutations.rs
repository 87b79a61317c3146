//! Every rule about waves is found broken where it is.

use super::incident::shipped;
use crate::levels::{judged_files, planned, written};
use jiff::Timestamp;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::report::written::WrittenFile;
use serde_json::{Value, json};
use std::path::Path;

/// A written plan, and what it was made for.
pub(crate) struct Subject {
    inventory: Inventory,
    scenario: Scenario,
    files: Vec<WrittenFile>,
}

impl Subject {
    fn staged() -> Self {
        let (inventory, scenario) = shipped("staged.toml");
        Self::of(inventory, scenario)
    }

    pub(crate) fn of(inventory: Inventory, scenario: Scenario) -> Self {
        let plan = planned(&inventory, &scenario);
        let files = written(&inventory, &scenario, &plan);
        let subject = Self {
            inventory,
            scenario,
            files,
        };
        subject.finds_nothing();
        subject
    }

    /// Start, turn of steering and end of the first wave.
    fn first_wave(&self) -> [Timestamp; 3] {
        let waves = self
            .files
            .iter()
            .find(|written_file| written_file.name == "waves.csv");
        let waves = String::from_utf8(waves.expect("it is written").bytes.clone());
        let waves = waves.expect("text");
        let row: Vec<&str> = waves
            .lines()
            .nth(1)
            .expect("there are waves")
            .split(',')
            .collect();
        [3, 4, 5].map(|at: usize| row[at].parse().expect("an instant"))
    }

    fn codes(&self) -> Vec<&'static str> {
        let verdict = judged_files(&self.inventory, &self.scenario, &self.files);
        verdict
            .broken
            .iter()
            .map(|finding| finding.code.0)
            .collect()
    }

    /// The same with cells of a column changed where `is_meant` says so of the row.
    pub(crate) fn with(
        &self,
        file: &str,
        column: &str,
        is_meant: impl Fn(&[&str]) -> bool,
        value: impl Fn(&str) -> String,
    ) -> Self {
        let mut files = self.files.clone();
        let written_file = files
            .iter_mut()
            .find(|written_file| written_file.name == file)
            .expect("it is written");
        let text = String::from_utf8(written_file.bytes.clone()).expect("text");
        let header: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
        let at = header
            .iter()
            .position(|text| *text == column)
            .expect("a column");
        let lines = text.lines().enumerate().map(|(line, text)| {
            let mut cells: Vec<&str> = text.split(',').collect();
            let changed = value(cells[at]);
            if line > 0 && is_meant(&cells) {
                cells[at] = &changed;
            }
            cells.join(",")
        });
        written_file.bytes = (lines.collect::<Vec<_>>().join("\n") + "\n").into_bytes();
        Self {
            inventory: self.inventory.clone(),
            scenario: self.scenario.clone(),
            files,
        }
    }

    /// The same without the rows of which `is_meant` says so.
    pub(crate) fn without(&self, file: &str, is_meant: impl Fn(&[&str]) -> bool) -> Self {
        let mut files = self.files.clone();
        let written_file = files
            .iter_mut()
            .find(|written_file| written_file.name == file);
        let written_file = written_file.expect("it is written");
        let text = String::from_utf8(written_file.bytes.clone()).expect("text");
        let lines = text.lines().enumerate().filter(|(line, text)| {
            let cells: Vec<&str> = text.split(',').collect();
            *line == 0 || !is_meant(&cells)
        });
        let lines: Vec<&str> = lines.map(|(_, text)| text).collect();
        written_file.bytes = (lines.join("\n") + "\n").into_bytes();
        Self {
            inventory: self.inventory.clone(),
            scenario: self.scenario.clone(),
            files,
        }
    }

    /// summary.json.
    pub(crate) fn summary(&self) -> Value {
        let written_file = self.files.iter().find(|file| file.name == "summary.json");
        serde_json::from_slice(&written_file.expect("it is written").bytes).expect("it is JSON")
    }

    /// The same with something else told of a period in summary.json.
    pub(crate) fn with_period(&self, period: usize, then: impl Fn(&mut Value)) -> Self {
        let mut summary = self.summary();
        then(&mut summary["periods"][period]);
        let mut files = self.files.clone();
        let mut iter_mut = files.iter_mut();
        let written_file = iter_mut.find(|written_file| written_file.name == "summary.json");
        written_file.expect("it is written").bytes = summary.to_string().into_bytes();
        Self {
            inventory: self.inventory.clone(),
            scenario: self.scenario.clone(),
            files,
        }
    }

    pub(crate) fn finds_nothing(&self) {
        assert_eq!(self.codes(), [""; 0]);
    }

    pub(crate) fn finds(&self, code: &str) {
        let codes = self.codes();
        assert!(codes.contains(&code), "{code} is not among {codes:?}");
    }
}

/// Rows of waves.csv of a wave.
pub(super) fn of_wave(number: &'static str) -> impl Fn(&[&str]) -> bool {
    move |cells| cells[2] == number
}

#[test]
fn changed_waves_are_found() {
    let plan = Subject::staged();
    let in_waves = |column: &str, wave: &'static str, value: &str| {
        plan.with("waves.csv", column, of_wave(wave), |_| value.to_owned())
    };
    in_waves("start", "1", "yesterday").finds("P7980");
    in_waves("turned", "1", "yesterday").finds("P7980");
    in_waves("turned", "1", "2026-01-21T20:00:00-06:00").finds("P7980");
    in_waves("wave", "1", "9").finds("P7981");
    let first_of_wave = |cells: &[&str]| cells[2] == "1" && cells[9] == "chi";
    let share = plan.with("waves.csv", "steering_share", first_of_wave, |_| {
        "0.7".to_owned()
    });
    share.finds("P7981");
    in_waves("site", "1", "chi").finds("P7982");
    in_waves("timing", "1", "behind").finds("P7984");
    in_waves("gate_minutes", "1", "0").finds("P7985");
    in_waves("steering_share", "1", "1.5").finds("P7986");
    in_waves("fullest_utilization", "1", "0.1").finds("P7988");
    in_waves("fullest_component", "1", "chi--nowhere").finds("P7988");
    in_waves("stop_shortfall", "1", "0.5").finds("P7989");
    in_waves("users_in", "1", "17").finds("P7990");
    in_waves("users_out_per_hour", "2", "17").finds("P7990");
    in_waves("move_in_per_hour", "2", "17").finds("P7990");
    in_waves("site", "1", "sjc").finds("P7990");
}

#[test]
fn moves_without_their_wave_are_found() {
    let plan = Subject::staged();
    let in_moves = |wave: &'static str, value: &str| {
        plan.with(
            "moves.csv",
            "wave",
            move |cells| cells[1] == wave,
            |_| value.to_owned(),
        )
    };
    in_moves("1", "").finds("P7983");
    in_moves("1", "17").finds("P7983");
    // All in one wave: more come at once than are accepted.
    in_moves("2", "1").finds("P7992");
}

#[test]
fn changed_ramps_are_found() {
    let plan = Subject::staged();
    for column in [
        "arrivals",
        "arrivals_per_second",
        "background_per_second",
        "accepts_per_second",
        "smallest_window_seconds",
        "queue_at_once",
    ] {
        let changed = plan.with("ramp.csv", column, |_| true, |cell| format!("1{cell}"));
        changed.finds("P7991");
    }
    let component = plan.with("ramp.csv", "component", |_| true, |_| "lb-sjc-1".to_owned());
    component.finds("P7991");
    // All waves together need what they need one by one, and not all arrivals beside the most of normal operation.
    let of_all = |cells: &[&str]| cells[2].is_empty();
    plan.with("ramp.csv", "smallest_window_seconds", of_all, |cell| {
        let longer = |seconds: f64| (seconds * 1.01).to_string();
        cell.parse().map_or_else(|_| cell.to_owned(), longer)
    })
    .finds("P7991");
    // Cut short, more come a second than are accepted.
    let [_, turned, end] = plan.first_wave();
    let half = end.duration_since(turned) / 2;
    let early = plan.with("waves.csv", "end", of_wave("1"), |_| {
        (turned + half).to_string()
    });
    early.finds("P7992");
    early.finds("P7985");
    // Nobody is left time to move in.
    let late = plan.with("waves.csv", "turned", of_wave("1"), |_| end.to_string());
    late.finds("P7990");
    late.finds("P7992");
}

#[test]
fn steering_that_turns_too_fast_is_found() {
    let (inventory, scenario) = super::staying::one_transition_fails();
    let plan = Subject::of(inventory, scenario);
    let [start, ..] = plan.first_wave();
    let at_once = plan.with("waves.csv", "turned", of_wave("1"), |_| start.to_string());
    at_once.finds("P7992");
}

#[test]
fn changed_summaries_of_the_transition_are_found() {
    let plan = Subject::staged();
    let call =
        |name: &'static str, value: Value| plan.with_period(1, |item| item[name] = value.clone());
    call("waves", json!(17)).finds("P7993");
    call("wave_minutes", json!(17)).finds("P7993");
    call("wave_minutes", Value::Null).finds("P7993");
    call("least_minutes", json!(1700)).finds("P7993");
    call("latest_start", json!("2026-01-22T05:00:00-06:00")).finds("P7993");
    call("refused", json!("it is late")).finds("P7993");
}

#[test]
fn a_plan_that_is_refused_may_not_say_that_it_is_not() {
    let (inventory, scenario) = shipped("at-once.toml");
    let plan = Subject::of(inventory, scenario);
    assert!(plan.summary()["periods"][1]["refused"].is_string());
    let forged = plan.with_period(1, |value| value["refused"] = Value::Null);
    forged.finds("P7993");
}

#[test]
fn waves_of_which_a_part_overloads_a_site_are_found() {
    // u1 has to leave b before e1 comes: with e1 there first, b holds 120 of 100.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/two-keep");
    let files = crate::folders::folder(&path);
    let inventory = plimsoll::inventory::read(&files)
        .inventory
        .expect("the case is sound");
    let text = std::fs::read_to_string(path.join("scenario.toml")).expect("the case has it");
    let name = "scenario.toml".to_owned();
    let layer = plimsoll::scenario::ScenarioText { name, text };
    let scenario = plimsoll::scenario::read(&[layer], &inventory)
        .scenario
        .expect("sound");
    let plan = Subject::of(inventory, scenario);
    let merged = plan.with("moves.csv", "wave", |_| true, |_| "1".to_owned());
    merged.finds("P7987");
}
