//! What `verify` finds in runways of which rows, proofs and spans were left out together, so that the rest fits.

use super::runway::{CASE, asked, place, said, verified};
use crate::command_line::root;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Leaves out lines of a table that begin so.
fn without_lines(folder: &TempDir, file: &str, start: &str) {
    let path = folder.path().join("runway").join(file);
    let text = fs::read_to_string(&path).expect("it is written");
    let kept: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with(start))
        .collect();
    assert!(kept.len() < text.lines().count(), "{file}: {start}");
    fs::write(path, kept.join("\n") + "\n").expect("it can be written");
}

/// The number of the row that begins so, from 1.
fn row_number(folder: &TempDir, start: &str) -> u64 {
    let text = fs::read_to_string(folder.path().join("runway/runway.csv")).expect("written");
    let mut rows = text.lines().skip(1).zip(1..);
    let (_, number) = rows
        .find(|(line, _)| line.starts_with(start))
        .expect("it is there");
    number
}

/// Leaves out the proofs of a row, and counts the rows after it one lower where the row is left out too.
fn without_proofs(folder: &TempDir, row: u64, is_row_gone: bool) {
    let path = folder.path().join("runway/runway.json");
    let text = fs::read_to_string(&path).expect("it is written");
    let mut document: Value = serde_json::from_str(&text).expect("it is JSON");
    let proofs = document["proofs"].as_array_mut().expect("there are proofs");
    proofs.retain(|proof| proof["row"] != row);
    for proof in proofs {
        let number = proof["row"].as_u64().expect("it is a number");
        if is_row_gone && number > row {
            proof["row"] = Value::from(number - 1);
        }
    }
    let text = serde_json::to_string_pretty(&document).expect("it can be written");
    fs::write(path, text + "\n").expect("it can be written");
}

#[test]
fn row_left_out_with_its_proofs_is_missed() {
    let folder = place();
    asked(&folder, "2028-01-01", &[]);
    let row = "stable_under_failures,,replan,rebalanced,expected,";
    let number = row_number(&folder, row);
    without_lines(&folder, "runway.csv", row);
    without_lines(&folder, "gaps.csv", row);
    without_proofs(&folder, number, true);
    let (text, code) = verified(&folder);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("[P7871]"), "{text}");
}

#[test]
fn date_raised_beyond_the_horizon_without_its_proofs_is_no_proven_one() {
    let folder = place();
    asked(&folder, "2028-01-01", &[]);
    let rows =
        ["as_is", "rebalanced"].map(|moves| format!("served_under_failures,,replan,{moves},"));
    for row in &rows {
        let number = row_number(&folder, row);
        without_lines(&folder, "gaps.csv", row);
        without_proofs(&folder, number, false);
    }
    let path = folder.path().join("runway/runway.csv");
    let text = fs::read_to_string(&path).expect("it is written");
    let header: Vec<&str> = text
        .lines()
        .next()
        .expect("it has a header")
        .split(',')
        .collect();
    let raised = text.lines().map(|line| {
        let cells = line
            .split(',')
            .zip(&header)
            .map(|(cell, column)| match *column {
                "holds_through" => "2027-12-31",
                "days" => "369",
                "fails_from"
                | "case"
                | "failing"
                | "component"
                | "resource"
                | "short"
                | "users_unserved"
                | "trapped_users"
                | "whole_shards_fail_from" => "",
                _ => cell,
            });
        if rows.iter().any(|row| line.starts_with(row)) {
            cells.collect::<Vec<&str>>().join(",") + "\n"
        } else {
            format!("{line}\n")
        }
    });
    let raised: String = raised.collect();
    assert_ne!(raised, text);
    fs::write(&path, raised).expect("it can be written");
    let (text, code) = verified(&folder);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("no proof that it holds on"), "{text}");
    assert!(text.contains("[P7875]"), "{text}");
}

/// The case by hand with more capacity at A from 3 January 2028 on, in `inventory`.
fn with_capacity(folder: &TempDir) {
    let inventory = folder.path().join("inventory");
    fs::create_dir(&inventory).expect("there is space");
    for entry in fs::read_dir(root(CASE)).expect("it is there") {
        let path = entry.expect("it can be listed").path();
        let is_meant = path
            .extension()
            .is_some_and(|of| of == "csv" || of == "toml")
            && !path.ends_with("options.csv");
        if is_meant {
            let name = path.file_name().expect("it has one");
            fs::copy(&path, inventory.join(name)).expect("it can be copied");
        }
    }
    let changes = "date,component,resource,capacity\n2028-01-03,a,cpu,120\n";
    fs::write(inventory.join("capacity_changes.csv"), changes).expect("it can be written");
}

#[test]
fn date_as_is_moved_past_a_span_that_fails_is_found() {
    let folder = place();
    with_capacity(&folder);
    let scenario = "inventory/scenario.toml";
    let base = ["inventory", "--scenario", scenario];
    let until = ["--until", "2028-06-01", "--out", "runway", "--no-charts"];
    said(&folder, &[&["runway"], &base[..], &until[..]].concat());
    let row = "target,,,as_is,expected,";
    let lines = |file: &str| -> Vec<String> {
        let path = folder.path().join("runway").join(file);
        let text = fs::read_to_string(path).expect("it is written");
        text.lines().map(str::to_owned).collect()
    };
    let spans: Vec<String> = lines("gaps.csv")
        .into_iter()
        .filter(|line| line.starts_with(row))
        .collect();
    assert_eq!(spans.len(), 2, "{spans:?}");
    let kept: Vec<String> = lines("gaps.csv")
        .into_iter()
        .filter(|line| *line != spans[0])
        .collect();
    let write = |file: &str, lines: &[String]| {
        let path: &Path = &folder.path().join("runway").join(file);
        fs::write(path, lines.join("\n") + "\n").expect("it can be written");
    };
    write("gaps.csv", &kept);
    let rows = lines("runway.csv").into_iter().map(|line| {
        line.replace(
            &format!("{row}2027-10-10,2027-10-11,287"),
            &format!("{row}2028-01-30,2028-01-31,399"),
        )
    });
    let rows: Vec<String> = rows.collect();
    assert!(
        rows.iter().any(|line| line.contains("2028-01-31,399")),
        "{rows:?}"
    );
    write("runway.csv", &rows);
    let (text, code) = said(&folder, &[&["verify"], &base[..], &["runway"]].concat());
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("[P7874]"), "{text}");
}

#[test]
fn every_recovery_is_written_and_verifies() {
    let folder = place();
    let (text, code) = asked(&folder, "2027-02-01", &["--recovery", "all"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("only copies take over"), "{text}");
    let (text, code) = verified(&folder);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("of recoveries by rule"), "{text}");
}
