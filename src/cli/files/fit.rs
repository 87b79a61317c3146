//! Fit: whether a file is one, and no larger than files of its kind are; only then is it read.

use crate::diagnostic::{Code, Finding, Place};
use crate::error::{Error, Result};
use crate::inventory::FILE_TOO_LARGE;
use crate::plan_files::explanations::EXPLANATIONS_FILE;
use crate::plan_files::{PLAN_FILES, REPLAY_FILE, SWEEP_FILES};
use crate::report::replay::REPLAY_TABLES;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// A folder, pipe or device where a file is to be read.
pub(super) const NOT_A_FILE: Code = Code("P1008");

const MIB: u64 = 1 << 20;

/// What a file is read as, which says how large it may be. The limits stand in docs/errors.md too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A table of the inventory with rows of shards: a million of them are some 60 MB.
    Shards,
    /// Another table of the inventory.
    Table,
    /// A layer of a scenario.
    Scenario,
    /// A file of an output folder, or of the journal of a sweep.
    Output,
}

impl Kind {
    /// The kind of a table of the inventory.
    pub(super) fn of_table(name: &str) -> Self {
        match name {
            "shards.csv" | "replicas.csv" => Self::Shards,
            _ => Self::Table,
        }
    }

    /// The kind of a file of an output folder; `None` if no reader asks for files of this name.
    pub(super) fn of_output(name: &str) -> Option<Self> {
        let is_read = PLAN_FILES.contains(&name)
            || SWEEP_FILES.contains(&name)
            || REPLAY_TABLES.contains(&name)
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
pub(crate) fn read(path: &Path, kind: Kind) -> Result<Vec<u8>> {
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
fn fits(path: &Path, kind: Kind, found: &Metadata) -> Result<()> {
    if !found.is_file() {
        let (found, hint) = if found.is_dir() {
            ("a folder", "remove the folder, or rename it")
        } else {
            (
                "a pipe or a device",
                "write what comes from it to a file first, and name that",
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

fn too_large(path: &Path, kind: Kind, bytes: u64) -> Error {
    let hint = "check that it is the file you mean; if it is, divide it";
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

pub(super) fn cannot_read(path: &Path, source: io::Error) -> Error {
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
            assert_eq!(Kind::of_output(name), None, "{name}");
        }
        for name in [
            "summary.json",
            "assignment.csv",
            "sweep.json",
            "replay.json",
        ] {
            assert_eq!(Kind::of_output(name), Some(Kind::Output), "{name}");
        }
    }

    #[test]
    fn limits_are_said_in_words() {
        assert_eq!(
            Kind::of_table("shards.csv").words(),
            "a table of the inventory of at most 2 GiB"
        );
        assert_eq!(Kind::Scenario.words(), "a scenario of at most 16 MiB");
    }
}
