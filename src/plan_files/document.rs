//! A JSON document of the output folder: read if it is of the format that this version writes.

use crate::diagnostic::{Code, Finding, Place, Severity};
use serde::de::DeserializeOwned;

/// What a document is.
pub(super) struct Document {
    /// File name.
    pub(super) file: &'static str,
    /// The format that this version writes and reads.
    pub(super) format: &'static str,
    /// What is expected of the file, for findings.
    pub(super) expected: &'static str,
}

/// Reads a document; `None` if it cannot be read, with the reason among the findings.
pub(super) fn read_document<T: DeserializeOwned>(
    document: &Document,
    bytes: &[u8],
    format_of: fn(&T) -> &str,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let fault = |code, line, column: Option<&str>, [found, expected, hint]: [String; 3]| Finding {
        severity: Severity::Error,
        code: Code(code),
        place: Place {
            file: document.file.to_owned(),
            line,
            column: column.map(str::to_owned),
        },
        found,
        expected,
        hint,
    };
    let finding = match serde_json::from_slice::<T>(bytes) {
        Ok(read) if format_of(&read) == document.format => return Some(read),
        Ok(read) => {
            let found = format!("{:?}", format_of(&read));
            let expected = format!("{:?}", document.format);
            let hint = "read it with the version of Plimsoll that wrote it".to_owned();
            fault("P6014", None, Some("format"), [found, expected, hint])
        }
        Err(problem) => {
            let line = u64::try_from(problem.line()).ok().filter(|&line| line > 0);
            let expected = document.expected.to_owned();
            let hint = "take the file as it was written; it is not meant to be edited".to_owned();
            fault("P6010", line, None, [problem.to_string(), expected, hint])
        }
    };
    findings.push(finding);
    None
}

/// `true` for what an absent key stands for.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
