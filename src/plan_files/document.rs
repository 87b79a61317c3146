//! A JSON document of the output folder: read if it is of the format that this version writes, or of an earlier number.

use crate::diagnostic::{Code, Finding, Place, Severity};
use serde::Serializer;
use serde::de::DeserializeOwned;

/// What a document is.
pub(super) struct JsonFormat {
    /// File name.
    pub(super) file: &'static str,
    /// The format that this version writes; earlier numbers of it are read too.
    pub(super) format: &'static str,
    /// What is expected of the file, for findings.
    pub(super) expected: &'static str,
}

/// Reads a document; `None` if it cannot be read, with the reason among the findings.
pub(super) fn read_document<T: DeserializeOwned>(
    document: &JsonFormat,
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
        Ok(read) if is_read(document.format, format_of(&read)) => return Some(read),
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

/// `true` if a document says that it is of a format, or of an earlier number of it.
///
/// Numbers rise where a folder has less than before, and readers do not ask for what has gone.
///
/// ```
/// use plimsoll::plan_files::is_read;
/// assert!(is_read("plimsoll-plan/2", "plimsoll-plan/1"));
/// assert!(!is_read("plimsoll-plan/2", "plimsoll-plan/3"));
/// assert!(!is_read("plimsoll-plan/2", "plimsoll-sweep/2"));
/// ```
pub fn is_read(format: &str, found: &str) -> bool {
    let parts = |own: &str| {
        let (name, number) = own.rsplit_once('/')?;
        Some((name.to_owned(), number.parse::<u32>().ok()?))
    };
    match (parts(format), parts(found)) {
        (Some((name, newest)), Some((other, number))) => {
            name == other && (1..=newest).contains(&number)
        }
        _ => false,
    }
}

/// A whole number without a decimal point, any other with the digits that read back; never `null`.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
pub(super) fn shortest<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    /// Whole numbers up to here are exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !value.is_finite() {
        return Err(serde::ser::Error::custom("a number that is not finite"));
    }
    if value.fract().abs() > 0.0 || value.abs() > EXACT {
        return serializer.serialize_f64(*value);
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    serializer.serialize_i64(*value as i64)
}

/// The same of a number that may be absent.
#[expect(clippy::ref_option, reason = "serde asks for a reference to the field")]
pub(super) fn shortest_if_any<S: Serializer>(
    value: &Option<f64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => shortest(value, serializer),
        None => serializer.serialize_none(),
    }
}

/// `true` for what an absent key stands for.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
