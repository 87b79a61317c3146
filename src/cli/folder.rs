//! Output folder: written whole or not at all, and never over what Plimsoll did not write.

use super::files::{self, FileKind};
use crate::error::{Error, Result};
use crate::inventory::is_known_file;
use crate::plan_files::{
    AssignmentRow, FORMAT, JOURNAL_FILE, NOT_READ, PLAN_FILES, REPLAY_FILE, REPLAY_FORMAT,
    RUNWAY_FILE, RUNWAY_FILES, RUNWAY_FORMAT, RUNWAY_PROOFS, RUNWAY_SCENARIO, Row as _, RunwayRow,
    SUMMARY_FILE, SWEEP_FILE, SWEEP_FILES, SWEEP_FORMAT, is_read,
};
use crate::report::comparison::{
    COMPARISON_FILE, COMPARISON_FORMAT, COMPARISON_PAGE, RUNWAY_COMPARISON_FORMAT,
    RUNWAY_COMPARISON_TABLES,
};
use crate::report::html::REPORT_FILE;
use crate::report::replay::REPLAY_TABLES;
use crate::report::windows::{MAINTENANCE_FILE, WINDOWS_FILE, WINDOWS_FORMAT, WINDOWS_TABLE};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of the charts in an output folder.
const CHARTS: &str = "charts";

/// The folder of what a plan was made from.
pub(super) const INPUTS: &str = "inputs";

/// Charts of one period or of one component, by what stands before its number.
const CHARTS_OF_PERIODS: [&str; 7] = [
    "headroom", "map", "moves", "steering", "waves", "offered", "queue",
];

/// Charts of all periods, of comparisons, of sweeps and of replays.
const CHARTS_OF_ALL: [&str; 13] = [
    "headroom",
    "headroom-through",
    "users",
    "impact",
    "utilization",
    "pairs",
    "survivability",
    "exposure",
    "windows",
    "down",
    "runway",
    "load-line",
    "calendar",
];

/// What a kind of output folder holds.
pub(super) struct Contents {
    /// What it is, in words.
    what: &'static str,
    mark: &'static str,
    format: &'static str,
    is_ours: IsOurs,
}

pub(super) const PLAN: Contents = Contents {
    what: "a plan",
    mark: SUMMARY_FILE,
    format: FORMAT,
    is_ours: |name| {
        name != JOURNAL_FILE && (PLAN_FILES.contains(&name) || NOT_READ.contains(&name))
    },
};

pub(super) const COMPARISON: Contents = Contents {
    what: "a comparison",
    mark: COMPARISON_FILE,
    format: COMPARISON_FORMAT,
    is_ours: |name| {
        [
            "headroom.csv",
            "shards.csv",
            "inputs.csv",
            "tenants.csv",
            COMPARISON_PAGE,
            COMPARISON_FILE,
        ]
        .contains(&name)
    },
};

pub(super) const RUNWAY_COMPARISON: Contents = Contents {
    what: "a comparison of runways",
    mark: COMPARISON_FILE,
    format: RUNWAY_COMPARISON_FORMAT,
    is_ours: |name| {
        RUNWAY_COMPARISON_TABLES.contains(&name)
            || [COMPARISON_PAGE, COMPARISON_FILE].contains(&name)
    },
};

pub(super) const SWEEP: Contents = Contents {
    what: "a sweep",
    mark: SWEEP_FILE,
    format: SWEEP_FORMAT,
    is_ours: |name| SWEEP_FILES.contains(&name) || name == REPORT_FILE,
};

pub(super) const WINDOWS: Contents = Contents {
    what: "ranked windows",
    mark: WINDOWS_FILE,
    format: WINDOWS_FORMAT,
    is_ours: |name| [WINDOWS_FILE, WINDOWS_TABLE, MAINTENANCE_FILE, REPORT_FILE].contains(&name),
};

pub(super) const RUNWAY: Contents = Contents {
    what: "a runway",
    mark: RUNWAY_FILE,
    format: RUNWAY_FORMAT,
    is_ours: |name| RUNWAY_FILES.contains(&name) || [REPORT_FILE, RUNWAY_SCENARIO].contains(&name),
};

pub(super) const REPLAY: Contents = Contents {
    what: "a replay",
    mark: REPLAY_FILE,
    format: REPLAY_FORMAT,
    is_ours: |name| REPLAY_TABLES.contains(&name) || [REPLAY_FILE, REPORT_FILE].contains(&name),
};

/// The file that marks the folder of a generated inventory.
pub(super) const INVENTORY_MARK: &str = "generated.json";

pub(super) const INVENTORY_FORMAT: &str = "plimsoll-inventory/1";

/// Files of a generated inventory beside its tables.
const BESIDE_TABLES: [&str; 5] = [
    INVENTORY_MARK,
    "README.md",
    "drain.toml",
    "shortage.toml",
    "gray.toml",
];

pub(super) const INVENTORY: Contents = Contents {
    what: "a generated inventory",
    mark: INVENTORY_MARK,
    format: INVENTORY_FORMAT,
    is_ours: |name| is_known_file(name) || BESIDE_TABLES.contains(&name),
};

/// All kinds of folders.
const KINDS: [&Contents; 8] = [
    &PLAN,
    &COMPARISON,
    &RUNWAY_COMPARISON,
    &SWEEP,
    &WINDOWS,
    &RUNWAY,
    &REPLAY,
    &INVENTORY,
];

impl Contents {
    /// Makes sure that such a folder may be written to `out`: absent, empty, or all of it one that Plimsoll wrote.
    pub(super) fn may_be_written(&self, out: &Path) -> Result<()> {
        let refused = |reason: &str| Error::Io {
            action: "replace",
            path: out.display().to_string(),
            source: io::Error::new(io::ErrorKind::AlreadyExists, reason.to_owned()),
        };
        let out = &written_through(out)?;
        let entries = match fs::read_dir(out) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(refused("it is a file; name another folder"));
            }
            other => other.map_err(|source| cannot("read", out, source))?,
        };
        let entries = entries_of(entries).map_err(|source| cannot("read", out, source))?;
        if entries.is_empty() {
            return Ok(());
        }
        if !is_marked(out, self) {
            let other = KINDS.iter().find(|contents| is_marked(out, contents));
            return Err(refused(&match other {
                Some(other) => format!(
                    "it holds {}, and this would be {}; name another folder",
                    other.what, self.what
                ),
                None => "the folder has files that Plimsoll did not write; name another folder"
                    .to_owned(),
            }));
        }
        let foreign = foreign(out, &entries, self.is_ours);
        match foreign.map_err(|source| cannot("read", out, source))? {
            Some(other) => Err(refused(&format!(
                "`{other}` in it was not written by Plimsoll; move it away or name another folder"
            ))),
            None => Ok(()),
        }
    }
}

/// The folder that a symbolic link leads to, which is written in place of the link; any other path as it is.
pub(super) fn written_through(out: &Path) -> Result<PathBuf> {
    let is_link = fs::symlink_metadata(out).is_ok_and(|metadata| metadata.is_symlink());
    if !is_link {
        return Ok(out.to_path_buf());
    }
    fs::canonicalize(out).map_err(|source| cannot("follow the symbolic link", out, source))
}

/// The name of an entry of a folder, and whether it is a folder; `None` for what is neither that nor a file.
type Entry = (String, Option<bool>);

fn entries_of(entries: fs::ReadDir) -> io::Result<Vec<Entry>> {
    let entries = entries.map(|entry| {
        let entry = entry?;
        let kind = entry.file_type()?;
        let is_folder = (kind.is_dir() || kind.is_file()).then(|| kind.is_dir());
        Ok((entry.file_name().to_string_lossy().into_owned(), is_folder))
    });
    entries.collect()
}

/// `true` for the name of a file that Plimsoll writes.
type IsOurs = fn(&str) -> bool;

/// The folders in a folder of ours, each with what it holds.
const FOLDERS: [(&str, IsOurs); 2] = [(CHARTS, is_chart), (INPUTS, is_input)];

/// The first entry, by name, that is not ours by its name and kind.
fn foreign(path: &Path, entries: &[Entry], is_ours: IsOurs) -> io::Result<Option<String>> {
    let mut all = Vec::new();
    for (name, is_folder) in entries {
        let of_folder = FOLDERS.iter().find(|(folder, _)| folder == name);
        match (of_folder, is_folder) {
            (Some((folder, is_ours)), Some(true)) => {
                let within = entries_of(fs::read_dir(path.join(folder))?)?;
                let foreign = within
                    .into_iter()
                    .filter(|(name, is_folder)| *is_folder != Some(false) || !is_ours(name));
                all.extend(foreign.map(|(name, _)| format!("{folder}/{name}")));
            }
            (None, Some(true)) if name == RUNWAY_PROOFS => {
                all.extend(foreign_proof(&path.join(name))?);
            }
            (None, Some(false)) if is_ours(name) => {}
            _ => all.push(name.clone()),
        }
    }
    all.sort();
    Ok(all.into_iter().next())
}

/// The first entry of the proofs of a runway that is not ours: each is the folder of a sweep.
fn foreign_proof(path: &Path) -> io::Result<Option<String>> {
    let mut all = Vec::new();
    for (name, is_folder) in entries_of(fs::read_dir(path)?)? {
        if is_folder != Some(true) {
            all.push(format!("{RUNWAY_PROOFS}/{name}"));
            continue;
        }
        let within = entries_of(fs::read_dir(path.join(&name))?)?;
        let foreign = within.into_iter().filter(|(file, is_folder)| {
            *is_folder != Some(false) || !SWEEP_FILES.contains(&&**file)
        });
        all.extend(foreign.map(|(file, _)| format!("{RUNWAY_PROOFS}/{name}/{file}")));
    }
    all.sort();
    Ok(all.into_iter().next())
}

/// Removes a folder if all in it is ours, by name and kind; else it stays whole.
pub(super) fn remove_ours(path: &Path) -> io::Result<()> {
    let entries = entries_of(fs::read_dir(path)?)?;
    let is_ours = |name: &str| KINDS.iter().any(|contents| (contents.is_ours)(name));
    if let Some(other) = foreign(path, &entries, is_ours)? {
        let reason = format!("`{other}` in it was not written by Plimsoll");
        return Err(io::Error::other(reason));
    }
    fs::remove_dir_all(path)
}

/// `true` if a plan is written in the folder.
pub(super) fn has_plan(out: &Path) -> bool {
    is_marked(out, &PLAN)
}

/// `true` if a runway is written in the folder, whole or in part.
pub(super) fn is_runway(path: &Path) -> bool {
    [RUNWAY_FILE, RunwayRow::FILE]
        .iter()
        .any(|name| path.join(name).is_file())
}

/// What a folder holds, in words.
pub(super) fn kind_words(path: &Path) -> &'static str {
    let kind = KINDS.iter().find(|contents| is_marked(path, contents));
    match kind {
        Some(contents) => contents.what,
        None if path.join(AssignmentRow::FILE).is_file() => PLAN.what,
        None if path.is_dir() => "neither a plan nor a runway",
        None => "no folder",
    }
}

/// `true` if the folder has the file that marks it as one of these.
fn is_marked(out: &Path, contents: &Contents) -> bool {
    files::read(&out.join(contents.mark), FileKind::Output)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok())
        .and_then(|mark| Some(is_read(contents.format, mark["format"].as_str()?)))
        == Some(true)
}

/// `true` for `headroom-3.svg`, `users.png` and the like; folders of earlier versions have a CSV beside each, which is ours too.
fn is_chart(name: &str) -> bool {
    let Some((stem, ending)) = name.split_once('.') else {
        return false;
    };
    let is_of_period = stem
        .rsplit_once('-')
        .is_some_and(|(what, number)| CHARTS_OF_PERIODS.contains(&what) && is_number(number));
    ["svg", "png", "csv"].contains(&ending) && (is_of_period || CHARTS_OF_ALL.contains(&stem))
}

/// `true` for the files of an inventory and for `scenario-1.toml` and the like.
fn is_input(name: &str) -> bool {
    let layer = name
        .strip_prefix("scenario-")
        .and_then(|rest| rest.strip_suffix(".toml"));
    is_known_file(name) || layer.is_some_and(is_number)
}

fn is_number(text: &str) -> bool {
    text.parse::<usize>().is_ok()
}

pub(super) fn cannot(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::Io {
        action,
        path: path.display().to_string(),
        source,
    }
}
