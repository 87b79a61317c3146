//! Reading the inventory folder: what is accepted, what is found wrong, and what is said about it.

mod as_people_write;
mod cells;
mod command;
mod documents;
mod fuzz;
mod growth;
mod large;
mod meant;
mod nothing;
mod one_mistake;
mod resumed;
mod rules;
mod shape;
mod sound;
mod swapped_names;
mod wide;

use crate::folders::with;
use crate::messages::assert_short_numbers;
use plimsoll::diagnostic::Severity;
use plimsoll::inventory::{SourceFile, read};
use std::fmt::Write as _;

/// Every finding about the smallest sound inventory with some files replaced or added.
fn findings(changed: &[(&str, &str)]) -> String {
    findings_of(&with(changed))
}

/// Every finding about these files, each with its severity and hint.
fn findings_of(files: &[SourceFile]) -> String {
    let reading = read(files);
    assert_eq!(reading.inventory.is_none(), reading.errors > 0);
    let mut text = String::new();
    for finding in &reading.findings {
        let word = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        assert_short_numbers(&finding.to_string());
        let _ = writeln!(text, "{word}: {finding}");
    }
    text
}

/// Gives a file other bytes.
fn replace_bytes(files: &mut Vec<SourceFile>, name: &str, bytes: &[u8]) {
    files.retain(|file| file.name != name);
    files.push(SourceFile {
        name: name.to_owned(),
        bytes: bytes.to_vec(),
    });
}
