//! One mistake in an inventory as people have it is one finding, with nothing beside it.

use crate::folders::folder;
use plimsoll::diagnostic::Finding;
use plimsoll::inventory::{SourceFile, read};
use std::path::Path;

/// The shipped inventories whose rows are changed.
const NAMES: [&str; 2] = ["americas-2012", "global"];

fn shipped(name: &str) -> Vec<SourceFile> {
    folder(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("data")
            .join(name),
    )
}

/// The inventory with one file written otherwise.
fn with(name: &str, file: &str, change: impl Fn(&str) -> String) -> Vec<SourceFile> {
    let mut files = shipped(name);
    let source = files
        .iter_mut()
        .find(|source| source.name == file)
        .unwrap_or_else(|| panic!("{name} has {file}"));
    let text = std::str::from_utf8(&source.bytes).expect("text in UTF-8");
    source.bytes = change(text).into_bytes();
    files
}

/// The one finding.
fn only(files: &[SourceFile], of: &str) -> Finding {
    let found = read(files).findings;
    let [finding] = &found[..] else {
        let all: Vec<String> = found.iter().map(ToString::to_string).collect();
        panic!("{of}: {} findings: {all:#?}", found.len());
    };
    finding.clone()
}

/// Code, file and line of the one finding.
fn only_at(files: &[SourceFile], of: &str) -> (&'static str, String, Option<u64>) {
    let finding = only(files, of);
    (finding.code.0, finding.place.file, finding.place.line)
}

/// A table with the cells of a column of some rows written otherwise; rows are counted from 1, and no rows are all.
fn cells(text: &str, column: &str, rows: &[usize], change: impl Fn(&str) -> String) -> String {
    let mut lines = text.lines();
    let header = lines.next().expect("a header row");
    let at = header.split(',').position(|name| name == column);
    let at = at.unwrap_or_else(|| panic!("no column {column}"));
    let changed = (1..).zip(lines).map(|(row, line)| {
        if !rows.is_empty() && !rows.contains(&row) {
            return line.to_owned();
        }
        let cells = line.split(',').enumerate();
        let cells = cells.map(|(position, cell)| {
            if position == at {
                change(cell)
            } else {
                cell.to_owned()
            }
        });
        cells.collect::<Vec<String>>().join(",")
    });
    std::iter::once(header.to_owned())
        .chain(changed)
        .map(|line| line + "\n")
        .collect()
}

/// Digits with a mark between thousands.
fn grouped(digits: &str, mark: char) -> String {
    if digits.len() < 4 || digits.len() > 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.to_owned();
    }
    let (before, after) = digits.split_at(digits.len() - 3);
    format!("{before}{mark}{after}")
}

fn other_sign(cell: &str) -> String {
    match cell.strip_prefix('-') {
        Some(rest) => rest.to_owned(),
        None => format!("-{cell}"),
    }
}

#[test]
fn a_wrong_sign_of_a_coordinate_is_one_finding_of_its_place() {
    for name in NAMES {
        let files = with(name, "access_points.csv", |text| {
            cells(text, "longitude", &[1], other_sign)
        });
        let finding = only(&files, name);
        assert_eq!((finding.code.0, finding.place.line), ("P3105", Some(2)));
        assert_eq!(finding.place.file, "access_points.csv");
        assert!(finding.found.contains("of its links too fast"), "{finding}");
    }
    let files = with("americas-2012", "client_regions.csv", |text| {
        cells(text, "longitude", &[1], other_sign)
    });
    let finding = only(&files, "a client region");
    assert_eq!(
        finding.to_string(),
        "client_regions.csv:2: column client_region: found `atlanta` at latitude 33.749 and longitude 84.388, and 4 of its links too fast for that, such as `atlanta--ap-atl` with 3 ms for 12419 km, expected coordinates that fit its latencies: light in a straight fibre takes 121.64 ms there [P3105]
hint: check its latitude and longitude, and their signs; if both are right, correct the latencies of these links"
    );
}

#[test]
fn coordinates_that_cannot_be_read_are_not_said_again_for_each_link() {
    let blank = |text: &str| cells(text, "latency_ms", &[], |_| String::new());
    for (cell, code) in [
        ("4l.85", "P2101"),
        ("191.85", "P2102"),
        ("", "P2201"),
        ("41.85° N", "P2109"),
    ] {
        for file in [
            "sites.csv",
            "access_points.csv",
            "client_regions.csv",
            "elements.csv",
        ] {
            let mut files = with("americas-2012", file, |text| {
                cells(text, "latitude", &[1], |_| cell.to_owned())
            });
            for source in &mut files {
                if source.name == "links.csv" {
                    let text = std::str::from_utf8(&source.bytes).expect("text in UTF-8");
                    source.bytes = blank(text).into_bytes();
                }
            }
            let expected = (code, file.to_owned(), Some(2));
            assert_eq!(only_at(&files, file), expected, "{cell} in {file}");
        }
    }
}

#[test]
fn a_place_without_coordinates_is_one_finding_whatever_its_links() {
    let mut files = with("americas-2012", "access_points.csv", |text| {
        let text = cells(text, "latitude", &[1], |_| String::new());
        cells(&text, "longitude", &[1], |_| String::new())
    });
    for source in &mut files {
        if source.name == "links.csv" {
            let text = std::str::from_utf8(&source.bytes).expect("text in UTF-8");
            source.bytes = cells(text, "latency_ms", &[], |_| String::new()).into_bytes();
        }
    }
    let finding = only(&files, "a place");
    assert_eq!(finding.code.0, "P3104");
    assert!(
        finding
            .found
            .contains("\"ap-sea\" has no coordinates (the first of "),
        "{finding}"
    );
}

#[test]
fn a_row_of_totals_is_one_finding() {
    let files = [
        "sites.csv",
        "shards.csv",
        "links.csv",
        "access_points.csv",
        "elements.csv",
        "client_regions.csv",
        "profiles.csv",
        "tiers.csv",
        "replicas.csv",
        "onboarding.csv",
        "background.csv",
    ];
    for (name, words) in [
        ("americas-2012", &["Total", "grand total:", ""][..]),
        ("global", &["Sum"]),
    ] {
        for file in files {
            for word in words {
                let with_totals = with(name, file, |text| with_totals(text, word));
                let lines = shipped(name);
                let before = lines.iter().find(|source| source.name == file);
                let before = &before.expect("it is shipped").bytes;
                let rows = String::from_utf8_lossy(before).matches('\n').count() as u64;
                let found = only_at(&with_totals, file);
                // Without a number, and without a word, it is a blank row.
                let code = if found.0 == "P1205" && word.is_empty() {
                    "P1205"
                } else {
                    "P1206"
                };
                assert_eq!(
                    found,
                    (code, file.to_owned(), Some(rows + 1)),
                    "{name} {word}"
                );
            }
        }
    }
}

/// The table with the sums of its columns below it.
fn with_totals(text: &str, word: &str) -> String {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().expect("a header row");
    let rows: Vec<Vec<&str>> = lines.collect();
    let of_no_sum = ["latitude", "longitude", "rank", "preference", "latency_ms"];
    let sums = header.iter().enumerate().map(|(at, name)| {
        let values = rows.iter().map(|row| row[at].parse::<f64>());
        let sum: Result<f64, _> = values.sum();
        match sum {
            _ if at == 0 => word.to_owned(),
            Ok(sum) if !of_no_sum.contains(name) => format!("{sum:.6}"),
            _ => String::new(),
        }
    });
    format!("{text}{}\n", sums.collect::<Vec<_>>().join(","))
}

#[test]
fn the_last_row_of_a_table_is_no_row_of_totals_because_of_its_name() {
    let sites = "site,cpu\na,100\ntotal,90\n";
    let links = "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,total,5\n";
    let files = crate::folders::with(&[("sites.csv", sites), ("links.csv", links)]);
    assert_eq!(read(&files).findings, []);
}

#[test]
fn commas_within_some_numbers_are_one_finding() {
    for name in NAMES {
        for (file, column) in [("shards.csv", "users"), ("sites.csv", "cpu")] {
            let files = with(name, file, |text| {
                cells(text, column, &[1, 3, 9], |cell| grouped(cell, ','))
            });
            let finding = only(&files, file);
            assert_eq!((finding.code.0, finding.place.line), ("P1201", Some(2)));
            assert!(finding.found.contains("too many in 3 of "), "{finding}");
            assert!(
                finding.found.ends_with("rows (lines 2, 4 and 10)"),
                "{finding}"
            );
            assert!(
                finding
                    .hint
                    .ends_with("a comma within a number splits its cell"),
                "{finding}"
            );
        }
    }
}

#[test]
fn units_in_cells_are_one_finding_of_a_column() {
    for (name, rows) in [("americas-2012", &[][..]), ("global", &[2, 5])] {
        for (file, column, unit, shown) in [
            ("sites.csv", "cpu", " vCPU", "without its unit, here `"),
            (
                "sites.csv",
                "accepts_per_second",
                " rps",
                "without its unit, here `",
            ),
            ("sites.csv", "storage", "TiB", "without its unit, here `"),
            ("shards.csv", "users", " users", "without its unit, here `"),
            ("shards.csv", "users", "k", "write all digits, here `"),
            ("links.csv", "latency_ms", " ms", "without its unit, here `"),
        ] {
            let files = with(name, file, |text| {
                cells(text, column, rows, |cell| match cell {
                    "" => String::new(),
                    _ => format!("{cell}{unit}"),
                })
            });
            let finding = only(&files, file);
            assert_eq!(finding.code.0, "P2109", "{finding}");
            assert_eq!(finding.place.column.as_deref(), Some(column));
            assert!(finding.hint.contains(shown), "{finding}");
        }
    }
}

#[test]
fn a_point_between_thousands_is_one_finding_and_overloads_nothing() {
    for name in NAMES {
        for (file, column, cell) in [
            ("shards.csv", "users", "34.000"),
            ("sites.csv", "cpu", "8.750"),
        ] {
            let files = with(name, file, |text| {
                cells(text, column, &[1], |_| cell.to_owned())
            });
            assert_eq!(
                only_at(&files, file),
                ("P2109", file.to_owned(), Some(2)),
                "{name}"
            );
        }
        // Where the users of every row have one, some of them are no whole numbers.
        let files = with(name, "shards.csv", |text| {
            cells(text, "users", &[], |cell| grouped(cell, '.'))
        });
        let finding = only(&files, name);
        assert_eq!(finding.code.0, "P2109");
        assert!(
            finding.hint.contains("if the point separates thousands"),
            "{finding}"
        );
    }
    let files = with("tiny", "shards.csv", |text| {
        cells(text, "users", &[], |cell| grouped(cell, '.'))
    });
    assert_eq!(only_at(&files, "tiny").0, "P2109");
}

#[test]
fn an_id_that_one_table_spells_otherwise_is_a_finding_of_each_column_that_names_it() {
    let files = with("global", "sites.csv", |text| {
        cells(text, "site", &[1], |_| "iadd".to_owned())
    });
    let found = read(&files).findings;
    let mut columns: Vec<_> = found
        .iter()
        .map(|finding| {
            assert_eq!(finding.code.0, "P3002", "{finding}");
            assert!(
                finding.found.starts_with("\"iad\", an unknown id"),
                "{finding}"
            );
            (&finding.place.file, &finding.place.column)
        })
        .collect();
    assert!(columns.len() > 1, "{found:?}");
    columns.dedup();
    assert_eq!(columns.len(), found.len());
}

#[test]
fn a_word_that_no_column_has_is_one_finding_however_many_rows_have_it() {
    for (file, column, cell, code) in [
        ("sites.csv", "cpu", "n/a", "P2101"),
        ("shards.csv", "profile", "", "P2001"),
        ("shards.csv", "tier", "golden", "P3002"),
        ("access_points.csv", "state", "up", "P2105"),
    ] {
        let files = with("americas-2012", file, |text| {
            cells(text, column, &[], |_| cell.to_owned())
        });
        let finding = only(&files, file);
        assert_eq!(finding.code.0, code, "{finding}");
        assert!(
            finding.found.contains(" (also on lines 3, 4, 5, 6, 7 and "),
            "{finding}"
        );
    }
}
