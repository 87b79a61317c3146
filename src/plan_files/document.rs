//! A JSON document of the output folder: read if it is of the format that this version writes, or of an earlier number.

use crate::diagnostic::{Code, Finding, Place};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use std::io;

/// A JSON document of the output folder.
pub trait JsonFile: DeserializeOwned {
    /// File name.
    const FILE: &'static str;
    /// The format that this version writes; earlier numbers of it are read too.
    const FORMAT: &'static str;
    /// What is expected of the file, for findings.
    #[doc(hidden)]
    const EXPECTED: &'static str;

    /// The format that it says to be of.
    fn format(&self) -> &str;
}

/// Writes a document with a line break at its end.
///
/// # Errors
/// What `writer` reports, and a number that is not finite.
pub fn write_json<T: JsonFile + Serialize>(
    document: &T,
    mut writer: impl io::Write,
) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut writer, document)?;
    writer.write_all(b"\n")
}

/// Reads a document; `None` if it cannot be read, with the reason among the findings.
pub fn read_json<T: JsonFile>(bytes: &[u8], findings: &mut Vec<Finding>) -> Option<T> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut place = Place::whole(T::FILE);
    findings.push(match serde_json::from_slice::<T>(bytes) {
        Ok(read) if is_read(T::FORMAT, read.format()) => return Some(read),
        Ok(read) => {
            place.column = Some("format".to_owned());
            let [found, expected] = [read.format(), T::FORMAT].map(|text| format!("{text:?}"));
            let hint = "read it with the version of Plimsoll that wrote it";
            Finding::error(Code("P6014"), place, found, expected, hint)
        }
        Err(problem) => {
            place.line = u64::try_from(problem.line()).ok().filter(|&line| line > 0);
            Finding::error(
                UNREADABLE,
                place,
                problem.to_string(),
                T::EXPECTED,
                AS_WRITTEN,
            )
        }
    });
    None
}

/// A document, or a value of it, that cannot be read.
pub(super) const UNREADABLE: Code = Code("P6010");

/// What to do about it.
pub(super) const AS_WRITTEN: &str = "use the file as it was written; it is not meant to be edited";

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
    let parts = |text: &str| {
        let (name, number) = text.rsplit_once('/')?;
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
