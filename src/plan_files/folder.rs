//! The files of an output folder: each once, and none that nobody knows.

use super::read_table::{nearest, read_rows};
use super::{Lined, Row, SteeringRow};
use crate::diagnostic::{Code, Finding, Place, Severity};

/// One file of an output folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanFile<'a> {
    /// Its name, such as `assignment.csv`.
    pub name: &'a str,
    /// All of it.
    pub bytes: &'a [u8],
}

/// P6015: no file is there twice.
pub(super) fn each_stands_once(files: &[PlanFile<'_>], findings: &mut Vec<Finding>) {
    for (position, file) in files.iter().enumerate() {
        if files[..position]
            .iter()
            .any(|other| other.name == file.name)
        {
            let (found, expected) = ("the file a second time", "each file once");
            findings.push(about_file(
                "P6015",
                file.name,
                Severity::Error,
                found,
                expected,
                "remove one",
            ));
        }
    }
}

/// P6012: every file is `known`, or one of those that are made from them and are `not_read`.
pub(super) fn each_is_known(
    files: &[PlanFile<'_>],
    known: &[&str],
    not_read: &[&str],
    findings: &mut Vec<Finding>,
) {
    for file in files {
        if !known.contains(&file.name) && !not_read.contains(&file.name) {
            let hint = nearest(file.name, known).map_or_else(
                || "nothing needs to be done: the file is not read".to_owned(),
                |known| format!("did you mean `{known}`?"),
            );
            let expected = "a file of an output folder";
            findings.push(about_file(
                "P6012",
                file.name,
                Severity::Warning,
                "an unknown file",
                expected,
                &hint,
            ));
        }
    }
}

/// P6011: the bytes of a file that has to be there, as `expected` says.
pub(super) fn required<'a>(
    files: &[PlanFile<'a>],
    name: &str,
    expected: &str,
    findings: &mut Vec<Finding>,
) -> Option<&'a [u8]> {
    let bytes = bytes_of(files, name);
    if bytes.is_none() {
        findings.push(about_file(
            "P6011",
            name,
            Severity::Error,
            "no such file",
            expected,
            if name == SteeringRow::FILE {
                "add the file; `verify` and `replay` plan steering for homes that have none, and the others may be absent"
            } else {
                "add the file; the others may be absent"
            },
        ));
    }
    bytes
}

/// The bytes of a file, if it is there.
pub(super) fn bytes_of<'a>(files: &[PlanFile<'a>], name: &str) -> Option<&'a [u8]> {
    let file = files.iter().find(|file| file.name == name);
    file.map(|file| file.bytes)
}

/// The rows of a file, if it is there.
pub(super) fn rows<R: Row>(
    files: &[PlanFile<'_>],
    findings: &mut Vec<Finding>,
) -> Option<Vec<Lined<R>>> {
    bytes_of(files, R::FILE).map(|bytes| read_rows(bytes, findings))
}

/// A finding about a whole file.
fn about_file(
    code: &'static str,
    file: &str,
    severity: Severity,
    found: &str,
    expected: &str,
    hint: &str,
) -> Finding {
    Finding {
        severity,
        code: Code(code),
        place: Place {
            file: file.to_owned(),
            line: None,
            column: None,
        },
        found: found.to_owned(),
        expected: expected.to_owned(),
        hint: hint.to_owned(),
    }
}
