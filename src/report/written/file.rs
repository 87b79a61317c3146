//! Files: what is written into the output folder, as bytes.

use crate::error::{Error, Result};
use crate::model::Scenario;
use crate::plan_files::{
    Inputs, JsonFile, PlanFile, Row, Seconds, write_json, write_rows, written_rows,
};
use crate::report::text;
use serde::Serialize;

/// A file of the output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Path inside the folder, such as `charts/headroom-0.svg`.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

impl WrittenFile {
    pub(in crate::report) fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let name = name.into();
        Self { name, bytes }
    }
}

impl<'a> From<&'a WrittenFile> for PlanFile<'a> {
    fn from(file: &'a WrittenFile) -> Self {
        Self {
            name: &file.name,
            bytes: &file.bytes,
        }
    }
}

/// The content of summary.json apart from the plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AboutPlan {
    /// Hashes of what was read.
    pub inputs: Inputs,
    /// How long each phase took.
    pub seconds: Seconds,
    /// How many warnings were printed.
    pub warnings: u64,
}

/// A JSON document as a file.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn document_file<T: JsonFile + Serialize>(document: &T) -> Result<WrittenFile> {
    let mut bytes = Vec::new();
    write_json(document, &mut bytes).map_err(internal)?;
    json_file(T::FILE, bytes)
}

/// A JSON document as a file in which no hidden character stands bare.
pub(in crate::report) fn json_file(name: &str, document: Vec<u8>) -> Result<WrittenFile> {
    let text = String::from_utf8(document).map_err(internal)?;
    let bytes = text::json(&text).into_owned().into_bytes();
    Ok(WrittenFile::new(name, bytes))
}

/// An instant in the offset of the scenario, such as `2012-11-13T09:08:00-08:00`.
pub fn instant(scenario: &Scenario, at: jiff::Timestamp) -> String {
    at.display_with_offset(scenario.offset).to_string()
}

/// A file whose rows may be as many as there are shards.
pub(super) fn large_file<R: Row, L: Sync, T: Sync>(
    lists: &[(L, &[T])],
    row: impl Fn(&L, &T) -> R + Sync,
) -> Result<WrittenFile> {
    let bytes = written_rows(lists, row).map_err(internal)?;
    Ok(WrittenFile::new(R::FILE, bytes))
}

pub(in crate::report) fn file<'r, R: Row + 'r>(
    rows: impl IntoIterator<Item = &'r R>,
) -> Result<WrittenFile> {
    let mut bytes = Vec::new();
    write_rows(rows, &mut bytes).map_err(internal)?;
    Ok(WrittenFile::new(R::FILE, bytes))
}

/// A position as files have it.
pub(in crate::report) fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "`map_err` hands the error over"
)]
pub(in crate::report) fn internal(error: impl ToString) -> Error {
    Error::Internal(error.to_string())
}
