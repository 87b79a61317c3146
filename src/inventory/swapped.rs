//! Swapped names: two columns of a file whose names stand above each other's values.
//!
//! One such slip breaks a reference in every row of other tables. Whether it is the cause is tried out: with both names swapped the
//! inventory has no error.

use super::findings::{Findings, place};
use super::named::NO_SUCH_ID;
use super::schema::{self, TABLES};
use super::source::SourceFile;
use super::table::SWAPPED;
use crate::diagnostic::{Code, Severity};
use std::collections::BTreeSet;

/// Two names of columns in each other's place.
pub(crate) const SWAPPED_NAMES: Code = Code("P1105");

/// How many bytes are read at most to find out.
const MOST_BYTES: usize = 64 << 20;

/// How many columns a file has at most for its names to be tried.
const MOST_NAMES: usize = 64;

/// How many pairs of names are tried at most.
const MOST_TRIALS: usize = 200;

/// Two names in the header of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct NamePair {
    file: &'static str,
    names: [String; 2],
}

/// The findings that are left where the names of two columns are swapped and nothing else is wrong: one error about the header,
/// and the warnings about the inventory that is meant. `None` where that is not the cause; `read` reads files.
pub(super) fn as_one_finding(
    files: &[SourceFile],
    findings: &Findings,
    read: impl Fn(&[SourceFile]) -> Findings,
) -> Option<Findings> {
    let errors = findings.count_of_rows();
    let is_of_places = findings.errors().any(|finding| finding.code == SWAPPED);
    // A file that cannot be read row by row has the same names whichever are swapped.
    let is_of_shape = findings
        .errors()
        .any(|finding| finding.code.0.starts_with("P1"));
    if is_of_shape || errors < 2 && !is_of_places {
        return None;
    }
    let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
    let trials = (MOST_BYTES / bytes.max(1)).min(MOST_TRIALS);
    let mut best: Option<(usize, NamePair, Findings)> = None;
    for pair in candidates(files, findings).into_iter().take(trials) {
        let Some((swapped, rows)) = with_names_swapped(files, &pair) else {
            continue;
        };
        // What is wrong in few rows is wrong there.
        if rows < 2 || !is_of_places && 2 * errors < rows {
            continue;
        }
        let left = read(&swapped);
        let warnings = left.count(Severity::Warning);
        let is_better = best.as_ref().is_none_or(|(fewest, ..)| warnings < *fewest);
        // Where the rows that were right are doubtful then, the names are right.
        let is_cause = warnings <= findings.count(Severity::Warning);
        if left.count(Severity::Error) == 0 && is_cause && is_better {
            best = Some((warnings, pair, left));
        }
    }
    let (_, pair, mut left) = best?;
    let [name, other] = &pair.names;
    left.error(
        SWAPPED_NAMES,
        place(pair.file, 1, Some(name)),
        format!("the names `{name}` and `{other}` in each other's place"),
        "each name above its own values",
        format!("swap `{name}` and `{other}` in the header row; the inventory then has no errors"),
    );
    Some(left)
}

/// Pairs of names that could be swapped: a name with an error and any other of its file, and names of ids where ids are unknown.
fn candidates(files: &[SourceFile], findings: &Findings) -> Vec<NamePair> {
    let mut suspected: Vec<(&'static str, &str)> = Vec::new();
    for finding in findings.errors() {
        let table = schema::table(&finding.place.file);
        if let (Some(table), Some(column)) = (table, &finding.place.column) {
            suspected.push((table.file, column));
        }
    }
    if findings.errors().any(|finding| finding.code == NO_SUCH_ID) {
        let ids = TABLES.iter().filter_map(|table| {
            let column = table.columns.first()?;
            Some((table.file, column.name.as_str()))
        });
        suspected.extend(ids);
    }
    let mut known = BTreeSet::new();
    let mut pairs = Vec::new();
    for (file, name) in suspected {
        let Some(source) = files.iter().find(|source| source.name == file) else {
            continue;
        };
        let names = header(source).map_or_else(Vec::new, |(names, _)| names);
        if names.len() > MOST_NAMES || !names.contains(&name) {
            continue;
        }
        for other in names.into_iter().filter(|other| *other != name) {
            // In the order of the header, so that either name leads to the same pair.
            let mut both = [name.to_owned(), other.to_owned()];
            both.sort_unstable();
            if known.insert((file, both)) {
                let names = [name.to_owned(), other.to_owned()];
                pairs.push(NamePair { file, names });
            }
        }
    }
    pairs
}

/// The names of a header row without quotes, and what stands after them; `None` of any other.
fn header(file: &SourceFile) -> Option<(Vec<&str>, &[u8])> {
    let bytes = &file.bytes;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let end = bytes
        .iter()
        .position(|byte| matches!(byte, b'\r' | b'\n'))?;
    let (line, rest) = bytes.split_at(end);
    let line = std::str::from_utf8(line).ok()?;
    let is_plain = !line.is_empty() && !line.contains('"');
    is_plain.then(|| (line.split(',').collect(), rest))
}

/// The files with two names of a header swapped, and how many rows that file has.
fn with_names_swapped(files: &[SourceFile], pair: &NamePair) -> Option<(Vec<SourceFile>, usize)> {
    let mut swapped = files.to_vec();
    let file = swapped.iter_mut().find(|file| file.name == pair.file)?;
    let (names, rest) = header(file)?;
    let [one, other] = &pair.names;
    let names = names.into_iter().map(|name| match name {
        name if name == one => other,
        name if name == other => one,
        name => name,
    });
    let mut bytes = names.collect::<Vec<&str>>().join(",").into_bytes();
    bytes.extend_from_slice(rest);
    let lines = rest.split(|byte| *byte == b'\n');
    let rows = lines.filter(|line| !line.trim_ascii().is_empty()).count();
    file.bytes = bytes;
    Some((swapped, rows))
}
