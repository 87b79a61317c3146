//! Files: folders and files of the user as bytes. What is no file, or too large for its kind, is refused unread.

mod fit;

pub(super) use fit::{Kind, read};

use crate::diagnostic::Finding;
use crate::error::{Error, Result};
use crate::inventory::{SourceFile, is_known_file};
use crate::plan_files::PlanFile;
use crate::report::written::WrittenFile;
use fit::cannot_read;
use std::fs;
use std::path::Path;

impl<'a> From<&'a SourceFile> for PlanFile<'a> {
    fn from(file: &'a SourceFile) -> Self {
        Self {
            name: &file.name,
            bytes: &file.bytes,
        }
    }
}

impl From<SourceFile> for WrittenFile {
    fn from(file: SourceFile) -> Self {
        Self {
            name: file.name,
            bytes: file.bytes,
        }
    }
}

impl From<WrittenFile> for SourceFile {
    fn from(file: WrittenFile) -> Self {
        Self {
            name: file.name,
            bytes: file.bytes,
        }
    }
}

impl WrittenFile {
    /// A file of a text.
    pub(super) fn text(name: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            bytes: text.into(),
        }
    }
}

/// The files of an inventory folder, sorted by name. Of files that the inventory does not know only the name is
/// taken; subfolders are left out.
///
/// # Errors
/// [`Error::Io`] of what cannot be read, and [`Error::Unfit`] of all files that are refused.
pub(crate) fn inventory(folder: &Path) -> Result<Vec<SourceFile>> {
    each_of(folder, |name| {
        is_known_file(name).then(|| Kind::of_table(name))
    })
}

/// Files as readers of output folders take them.
pub(crate) fn as_plan_files(files: &[SourceFile]) -> Vec<PlanFile<'_>> {
    files.iter().map(PlanFile::from).collect()
}

/// One file, named as the user named it.
///
/// # Errors
/// As [`read`].
pub(crate) fn file(path: &Path, kind: Kind) -> Result<SourceFile> {
    Ok(SourceFile {
        name: path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        ),
        bytes: read(path, kind)?,
    })
}

/// The files of an output folder, sorted by name. Of files that no reader asks for only the name is taken; subfolders
/// are left out.
///
/// # Errors
/// As [`inventory`].
pub(crate) fn plan(folder: &Path) -> Result<Vec<SourceFile>> {
    each_of(folder, Kind::of_output)
}

/// The same without one of its files.
pub(super) fn plan_without(folder: &Path, left_out: &str) -> Result<Vec<SourceFile>> {
    let mut files = each_of(folder, |name| {
        Kind::of_output(name).filter(|_| name != left_out)
    })?;
    files.retain(|file| file.name != left_out);
    Ok(files)
}

/// The files of a folder, sorted by name, each with its bytes if it has a kind.
fn each_of(folder: &Path, kind: impl Fn(&str) -> Option<Kind>) -> Result<Vec<SourceFile>> {
    let cannot_list = |source| cannot_read(folder, source);
    let mut files = Vec::new();
    let mut refused: Vec<Finding> = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot_list)? {
        let entry = entry.map_err(cannot_list)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        let bytes = match kind(&name) {
            Some(kind) => match read(&path, kind) {
                Err(Error::Unfit(findings)) => {
                    refused.extend(findings);
                    continue;
                }
                other => other?,
            },
            None if path.is_dir() => continue,
            None => Vec::new(),
        };
        files.push(SourceFile { name, bytes });
    }
    if !refused.is_empty() {
        refused.sort_by(|a, b| a.place.cmp(&b.place));
        return Err(Error::Unfit(refused));
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}
