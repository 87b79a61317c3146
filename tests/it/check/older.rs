//! Files that lack columns, as those of earlier versions and those made by hand do: they are judged by what they have, and what is
//! not checked is said.

use crate::levels::{judged_files, planned, written};
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::report::written::WrittenFile;
use std::path::Path;

fn flagship() -> (Inventory, Scenario, Vec<WrittenFile>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tiny");
    let scenario = text(&folder.join("drain-chicago.toml"));
    let (inventory, scenario) = read(&csv_files(&folder), &scenario);
    let files = written(&inventory, &scenario, &planned(&inventory, &scenario));
    (inventory, scenario, files)
}

/// The files without columns of one of them.
fn without(files: &[WrittenFile], name: &str, columns: &[&str]) -> Vec<WrittenFile> {
    let mut files = files.to_vec();
    let file = files.iter_mut().find(|file| file.name == name);
    let file = file.expect("it is written");
    let mut reader = csv::Reader::from_reader(&file.bytes[..]);
    let header = reader.headers().expect("it has a header").clone();
    let kept: Vec<usize> = (0..header.len())
        .filter(|at| !columns.contains(&&header[*at]))
        .collect();
    assert_eq!(kept.len() + columns.len(), header.len(), "{header:?}");
    let rows = reader.into_records().map(|row| row.expect("a row"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in std::iter::once(header).chain(rows) {
        let cells = kept.iter().map(|at| &row[*at]);
        writer.write_record(cells).expect("there is room");
    }
    file.bytes = writer.into_inner().expect("there is room");
    files
}

const MONTHS: &[&str] = &["month", "month_uptime", "month_kept"];

#[test]
fn what_older_files_lack_is_no_fault_and_is_named() {
    let (inventory, scenario, files) = flagship();
    for (name, columns, said) in [
        (
            "changes.csv",
            &["at", "wave"][..],
            "changes.csv (it lacks at, wave)",
        ),
        (
            "changes_back.csv",
            &["wave"],
            "changes_back.csv (it lacks wave)",
        ),
        (
            "moves.csv",
            &["wave"],
            "wave_loads.csv (moves.csv lacks wave)",
        ),
        (
            "headroom.csv",
            &["before_utilization", "written_target"],
            "before_utilization, written_target of headroom.csv (missing)",
        ),
        (
            "tenants.csv",
            MONTHS,
            "month, month_uptime, month_kept of tenants.csv (missing)",
        ),
    ] {
        let older = without(&files, name, columns);
        let verdict = judged_files(&inventory, &scenario, &older);
        assert!(verdict.holds(), "{name}: {verdict}");
        let words = verdict.lacking.iter().any(|text| text == said);
        assert!(words, "{name}: {:?}", verdict.lacking);
        // It is there, and what of it is not checked is said by these words alone.
        assert!(!verdict.not_checked.contains(&name), "{verdict}");
    }
    assert!(
        judged_files(&inventory, &scenario, &files)
            .lacking
            .is_empty()
    );
}

#[test]
fn what_older_files_have_is_judged() {
    let (inventory, scenario, files) = flagship();
    let mut older = without(&files, "headroom.csv", &["written_target"]);
    let file = older
        .iter_mut()
        .find(|written_file| written_file.name == "headroom.csv");
    let file = file.expect("it is written");
    let text = String::from_utf8(file.bytes.clone()).expect("text");
    let forged = text.replacen(",cpu,vCPU,42,", ",cpu,vCPU,43,", 1);
    assert_ne!(forged, text);
    file.bytes = forged.into_bytes();
    let verdict = judged_files(&inventory, &scenario, &older);
    assert!(!verdict.holds(), "{verdict}");
}
