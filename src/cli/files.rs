//! Files: folders and files of the user as bytes. What is no file, or too large for its kind, is refused unread.

use crate::diagnostic::{Code, Finding, Place};
use crate::error::{Error, Result};
use crate::inventory::{FILE_TOO_LARGE, SourceFile, is_known_file};
use crate::plan_files::explanations::EXPLANATIONS_FILE;
use crate::plan_files::{PLAN_FILES, PlanFile, REPLAY_FILE, RUNWAY_FILES, SWEEP_FILES};
use crate::report::replay::REPLAY_TABLES;
use crate::report::written::WrittenFile;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
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
        is_known_file(name).then(|| FileKind::of_table(name))
    })
}

pub(crate) fn as_plan_files(files: &[SourceFile]) -> Vec<PlanFile<'_>> {
    files.iter().map(PlanFile::from).collect()
}

/// One file, named as the user named it.
///
/// # Errors
/// As [`read`].
pub(crate) fn file(path: &Path, kind: FileKind) -> Result<SourceFile> {
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
    each_of(folder, FileKind::of_output)
}

pub(super) fn plan_without(folder: &Path, left_out: &str) -> Result<Vec<SourceFile>> {
    let mut files = each_of(folder, |name| {
        FileKind::of_output(name).filter(|_| name != left_out)
    })?;
    files.retain(|file| file.name != left_out);
    Ok(files)
}

/// The files of a folder, sorted by name, each with its bytes if it has a kind.
fn each_of(folder: &Path, kind: impl Fn(&str) -> Option<FileKind>) -> Result<Vec<SourceFile>> {
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

/// A folder, pipe or device where a file is to be read.
const NOT_A_FILE: Code = Code("P1008");

const MIB: u64 = 1 << 20;

/// What a file is read as, which says how large it may be. The limits stand in docs/errors.md too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A table of the inventory with rows of shards: a million of them are some 60 MB.
    Shards,
    /// Another table of the inventory.
    Table,
    /// A layer of a scenario.
    Scenario,
    /// A file of an output folder, or of the journal of a sweep.
    Output,
}

impl FileKind {
    fn of_table(name: &str) -> Self {
        match name {
            "shards.csv" | "replicas.csv" => Self::Shards,
            _ => Self::Table,
        }
    }

    /// The kind of a file of an output folder; `None` if no reader asks for files of this name.
    fn of_output(name: &str) -> Option<Self> {
        let is_read = PLAN_FILES.contains(&name)
            || SWEEP_FILES.contains(&name)
            || REPLAY_TABLES.contains(&name)
            || RUNWAY_FILES.contains(&name)
            || [REPLAY_FILE, EXPLANATIONS_FILE].contains(&name);
        is_read.then_some(Self::Output)
    }

    /// The most MiB that a file of this kind may have.
    fn most(self) -> u64 {
        match self {
            Self::Shards => 2048,
            Self::Table => 256,
            Self::Scenario => 16,
            Self::Output => 4096,
        }
    }

    /// What a file of this kind is, and how large at most.
    fn words(self) -> String {
        let what = match self {
            Self::Shards | Self::Table => "a table of the inventory",
            Self::Scenario => "a scenario",
            Self::Output => "a file of an output folder",
        };
        match self.most() {
            most if most >= 1024 => format!("{what} of at most {} GiB", most / 1024),
            most => format!("{what} of at most {most} MiB"),
        }
    }
}

/// The bytes of a file.
///
/// # Errors
/// [`Error::Unfit`] if it is no file or too large for its kind, before any of it is read; [`Error::Io`] if it cannot be
/// read.
pub(crate) fn read(path: &Path, kind: FileKind) -> Result<Vec<u8>> {
    let cannot = |source| cannot_read(path, source);
    // A pipe that nobody writes to is waited for by opening it.
    let found = fs::metadata(path).map_err(cannot)?;
    fits(path, kind, &found)?;
    let file = File::open(path).map_err(cannot)?;
    let found = file.metadata().map_err(cannot)?;
    fits(path, kind, &found)?;
    let mut bytes = Vec::new();
    bytes.reserve_exact(usize::try_from(found.len()).map_or(0, |length| length + 1));
    // Somebody may write to it meanwhile.
    let most = kind.most() * MIB;
    let read = file.take(most + 1).read_to_end(&mut bytes);
    read.map_err(cannot)?;
    if bytes.len() as u64 > most {
        return Err(too_large(path, kind, bytes.len() as u64));
    }
    Ok(bytes)
}

/// Rules: it is a file, and no larger than files of its kind.
fn fits(path: &Path, kind: FileKind, found: &Metadata) -> Result<()> {
    if !found.is_file() {
        let (found, hint) = if found.is_dir() {
            ("a folder", "remove the folder, or rename it")
        } else {
            (
                "a pipe or a device",
                "write its output to a file first, and name that file",
            )
        };
        let expected = format!("a file: {}", kind.words());
        return Err(refused(path, NOT_A_FILE, found.to_owned(), expected, hint));
    }
    if found.len() > kind.most() * MIB {
        return Err(too_large(path, kind, found.len()));
    }
    Ok(())
}

fn too_large(path: &Path, kind: FileKind, bytes: u64) -> Error {
    let hint = "check that this is the right file; if so, divide it";
    refused(
        path,
        FILE_TOO_LARGE,
        format!("{bytes} bytes"),
        kind.words(),
        hint,
    )
}

fn refused(path: &Path, code: Code, found: String, expected: String, hint: &str) -> Error {
    let place = Place::whole(path.display().to_string());
    Error::Unfit(vec![Finding::error(code, place, found, expected, hint)])
}

fn cannot_read(path: &Path, source: io::Error) -> Error {
    Error::Io {
        action: "read",
        path: path.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_reader_asks_for_has_no_kind() {
        for name in ["report.html", "runbook.md", "thesis.txt", "charts"] {
            assert_eq!(FileKind::of_output(name), None, "{name}");
        }
        for name in [
            "summary.json",
            "assignment.csv",
            "sweep.json",
            "replay.json",
        ] {
            assert_eq!(FileKind::of_output(name), Some(FileKind::Output), "{name}");
        }
    }

    #[test]
    fn limits_are_said_in_words() {
        assert_eq!(
            FileKind::of_table("shards.csv").words(),
            "a table of the inventory of at most 2 GiB"
        );
        assert_eq!(FileKind::Scenario.words(), "a scenario of at most 16 MiB");
    }
}
