//! Tables of very many columns: what a column costs does not grow with how many there are.

use crate::folders::with;
use plimsoll::inventory::{SourceFile, read};
use std::fmt::Write as _;
use std::time::Instant;

/// The smallest inventory with so many more columns of sites.csv.
fn wide(columns: usize, name: impl Fn(usize) -> String) -> Vec<SourceFile> {
    let mut text = "site,cpu".to_owned();
    for number in 0..columns {
        let _ = write!(text, ",{}", name(number));
    }
    let _ = writeln!(text, "\na,100{}", ",".repeat(columns));
    with(&[("sites.csv", &text)])
}

/// The same with so many resources, each with a column.
fn of_resources(count: usize) -> Vec<SourceFile> {
    let [mut resources, mut header, mut row] = [
        "resource,unit,scope\ncpu,vCPU,site\n".to_owned(),
        "site,cpu".to_owned(),
        "a,100".to_owned(),
    ];
    for number in 0..count {
        let _ = writeln!(resources, "r{number},u,site");
        let _ = write!(header, ",r{number}");
        row.push_str(",1");
    }
    let sites = format!("{header}\n{row}\n");
    with(&[("resources.csv", &resources), ("sites.csv", &sites)])
}

/// The least of three times, since others use the machine too.
fn seconds(files: &[SourceFile]) -> f64 {
    let times = (0..3).map(|_| {
        let start = Instant::now();
        let _ = read(files);
        start.elapsed()
    });
    times.min().unwrap_or_default().as_secs_f64().max(1e-3)
}

/// Ten times as many columns take some ten times as long, not a hundred times.
#[track_caller]
fn assert_linear(few: &[SourceFile], many: &[SourceFile]) {
    let [few, many] = [few, many].map(seconds);
    assert!(many < 40.0 * few, "{few} s, then {many} s");
}

#[test]
fn unknown_columns_are_found_in_linear_time() {
    let name = |number: usize| format!("column{number}");
    assert_linear(&wide(10_000, name), &wide(100_000, name));
}

#[test]
fn repeated_columns_are_found_in_linear_time() {
    let name = |number: usize| format!("column{}", number / 2);
    assert_linear(&wide(10_000, name), &wide(100_000, name));
}

#[test]
fn columns_of_resources_are_read_in_linear_time() {
    assert_linear(&of_resources(5_000), &of_resources(50_000));
}
