//! Output folder: written whole or not at all, and never over what Plimsoll did not write.

use crate::error::{Error, Result};
use crate::inventory::is_known_file;
use crate::plan_files::{
    FORMAT, PLAN_FILES, ProtectionRow, REPLAY_FILE, REPLAY_FORMAT, Row as _, SUMMARY_FILE,
    SWEEP_FILE, SWEEP_FILES, SWEEP_FORMAT,
};
use crate::report::comparison::{COMPARISON_FILE, COMPARISON_FORMAT};
use crate::report::html::{COMPARISON_PAGE, REPORT_FILE};
use crate::report::replay::REPLAY_TABLES;
use crate::report::windows::{MAINTENANCE_FILE, WINDOWS_FILE, WINDOWS_FORMAT, WINDOWS_TABLE};
use crate::report::written::WrittenFile;
use rayon::prelude::*;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The folder of the charts in an output folder.
const CHARTS: &str = "charts";

/// The folder of what a plan was made from.
pub(super) const INPUTS: &str = "inputs";

/// Charts of one period or of one component, by what stands before its number.
const CHARTS_OF_PERIODS: [&str; 7] = [
    "headroom", "map", "moves", "steering", "waves", "offered", "queue",
];

/// Charts of all periods, of comparisons, of sweeps and of replays.
const CHARTS_OF_ALL: [&str; 10] = [
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
];

/// Other names that Plimsoll writes into an output folder.
const ALSO_OURS: [&str; 4] = [
    "explanations.json",
    "report.html",
    "runbook.md",
    ProtectionRow::FILE,
];

/// What a kind of output folder holds.
struct Contents {
    /// What it is, in words.
    what: &'static str,
    /// The JSON file that marks it as ours.
    mark: &'static str,
    /// The format that this file names.
    format: &'static str,
    /// `true` for the name of a file in it that Plimsoll writes.
    is_ours: fn(&str) -> bool,
}

/// The folder of a plan.
const PLAN: Contents = Contents {
    what: "a plan",
    mark: SUMMARY_FILE,
    format: FORMAT,
    is_ours: |name| PLAN_FILES.contains(&name) || ALSO_OURS.contains(&name),
};

/// The folder of a comparison.
const COMPARISON: Contents = Contents {
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

/// The folder of a sweep.
const SWEEP: Contents = Contents {
    what: "a sweep",
    mark: SWEEP_FILE,
    format: SWEEP_FORMAT,
    is_ours: |name| SWEEP_FILES.contains(&name) || name == REPORT_FILE,
};

/// The folder of ranked windows.
const WINDOWS: Contents = Contents {
    what: "ranked windows",
    mark: WINDOWS_FILE,
    format: WINDOWS_FORMAT,
    is_ours: |name| [WINDOWS_FILE, WINDOWS_TABLE, MAINTENANCE_FILE].contains(&name),
};

/// The folder of a replay.
const REPLAY: Contents = Contents {
    what: "a replay",
    mark: REPLAY_FILE,
    format: REPLAY_FORMAT,
    is_ours: |name| REPLAY_TABLES.contains(&name) || [REPLAY_FILE, REPORT_FILE].contains(&name),
};

/// The file that marks the folder of a generated inventory.
pub(super) const INVENTORY_MARK: &str = "generated.json";

/// The format that it names.
pub(super) const INVENTORY_FORMAT: &str = "plimsoll-inventory/1";

/// Files of a generated inventory beside its tables.
const BESIDE_TABLES: [&str; 5] = [
    INVENTORY_MARK,
    "README.md",
    "drain.toml",
    "shortage.toml",
    "gray.toml",
];

/// The folder of a generated inventory.
const INVENTORY: Contents = Contents {
    what: "a generated inventory",
    mark: INVENTORY_MARK,
    format: INVENTORY_FORMAT,
    is_ours: |name| is_known_file(name) || BESIDE_TABLES.contains(&name),
};

/// All kinds of folders.
const KINDS: [&Contents; 6] = [&PLAN, &COMPARISON, &SWEEP, &WINDOWS, &REPLAY, &INVENTORY];

/// Makes sure that a plan may be written to `out`: absent, empty, or all of it a plan that Plimsoll wrote.
pub(super) fn may_be_written(out: &Path) -> Result<()> {
    may_be_replaced(out, &PLAN)
}

/// The same for a comparison.
pub(super) fn comparison_may_be_written(out: &Path) -> Result<()> {
    may_be_replaced(out, &COMPARISON)
}

/// The same for a sweep.
pub(super) fn sweep_may_be_written(out: &Path) -> Result<()> {
    may_be_replaced(out, &SWEEP)
}

/// The same for ranked windows.
pub(super) fn windows_may_be_written(out: &Path) -> Result<()> {
    may_be_replaced(out, &WINDOWS)
}

/// The same for a replay.
pub(super) fn replay_may_be_written(out: &Path) -> Result<()> {
    may_be_replaced(out, &REPLAY)
}

/// The same for a generated inventory.
pub(super) fn inventory_may_be_written(out: &Path) -> Result<()> {
    may_be_replaced(out, &INVENTORY)
}

fn may_be_replaced(out: &Path, contents: &Contents) -> Result<()> {
    let refused = |reason: &str| Error::Io {
        action: "replace",
        path: out.display().to_string(),
        source: io::Error::new(io::ErrorKind::AlreadyExists, reason.to_owned()),
    };
    let entries = match fs::read_dir(out) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(refused("a file stands there; name another folder"));
        }
        other => other.map_err(|source| cannot("read", out, source))?,
    };
    let mut names = names(entries).map_err(|source| cannot("read", out, source))?;
    if names.is_empty() {
        return Ok(());
    }
    if !is_marked(out, contents) {
        let other = KINDS.iter().find(|own| is_marked(out, own));
        return Err(refused(&match other {
            Some(other) => format!(
                "{} is written there, and this would be {}; name another folder",
                other.what, contents.what
            ),
            None => {
                "the folder has files that Plimsoll did not write; name another folder".to_owned()
            }
        }));
    }
    for (folder, is_ours) in [
        (CHARTS, is_chart as fn(&str) -> bool),
        (INPUTS, is_input as fn(&str) -> bool),
    ] {
        let path = out.join(folder);
        if path.is_dir() {
            names.retain(|name| name != folder);
            let within = fs::read_dir(&path).and_then(self::names);
            let within = within.map_err(|source| cannot("read", &path, source))?;
            let foreign = within.into_iter().filter(|name| !is_ours(name));
            names.extend(foreign.map(|name| format!("{folder}/{name}")));
        }
    }
    names.sort();
    match names.iter().find(|name| !(contents.is_ours)(name)) {
        Some(other) => Err(refused(&format!(
            "`{other}` in it was not written by Plimsoll; move it away or name another folder"
        ))),
        None => Ok(()),
    }
}

/// `true` if the folder has the file that marks it as one of these.
fn is_marked(out: &Path, contents: &Contents) -> bool {
    fs::read_to_string(out.join(contents.mark))
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .is_some_and(|mark| mark["format"] == contents.format)
}

/// Names of the entries of a folder.
fn names(entries: fs::ReadDir) -> io::Result<Vec<String>> {
    entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}

/// `true` for `headroom-3.svg`, `users.csv` and the like.
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

/// Writes a comparison into `out` at once.
pub(super) fn write_comparison(out: &Path, files: &[WrittenFile]) -> Result<()> {
    comparison_may_be_written(out)?;
    write(out, files)
}

/// Writes ranked windows in the same way.
pub(super) fn write_windows(out: &Path, files: &[WrittenFile]) -> Result<()> {
    windows_may_be_written(out)?;
    write(out, files)
}

/// Writes a replay in the same way.
pub(super) fn write_replay(out: &Path, files: &[WrittenFile]) -> Result<()> {
    replay_may_be_written(out)?;
    write(out, files)
}

/// Writes a generated inventory in the same way.
pub(super) fn write_inventory(out: &Path, files: &[WrittenFile]) -> Result<()> {
    inventory_may_be_written(out)?;
    write(out, files)
}

fn write(out: &Path, files: &[WrittenFile]) -> Result<()> {
    let folder = NewFolder::beside(out)?;
    folder.put(files)?;
    folder.replace(out)
}

/// A folder that is filled beside the one whose place it takes, which stands until then. One that takes no place is
/// removed: what is left of a failed attempt is of no use to anybody.
pub(super) struct NewFolder(Made);

/// What was made for a folder that is being filled.
#[derive(Clone, PartialEq)]
struct Made {
    path: PathBuf,
    /// The folders above it that did not stand before, the innermost first.
    above: Vec<PathBuf>,
}

impl Made {
    fn remove(&self) {
        let _ = fs::remove_dir_all(&self.path);
        // Those that are of use by now are not empty, and stay.
        for folder in &self.above {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// What is to be removed if the process ends at once.
static UNFINISHED: Mutex<Option<Made>> = Mutex::new(None);

/// Removes the folder that is being filled, if there is one.
pub(super) fn remove_unfinished() {
    let made = UNFINISHED.lock().ok().and_then(|mut made| made.take());
    made.iter().for_each(Made::remove);
}

impl NewFolder {
    /// An empty folder beside `out`.
    pub(super) fn beside(out: &Path) -> Result<Self> {
        let path = beside(out, "new");
        let above = out.ancestors().skip(1);
        let above = above.take_while(|own| !own.as_os_str().is_empty() && !own.exists());
        let above: Vec<PathBuf> = above.map(Path::to_path_buf).collect();
        if let Some(parent) = path.parent().filter(|own| !own.as_os_str().is_empty()) {
            fs::create_dir_all(parent).map_err(|source| cannot("create", parent, source))?;
        }
        // One of the same name is what a process left that was killed, and had the number that this one has.
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|source| cannot("remove", &path, source))?;
        }
        let folder = Self(Made { path, above });
        let path = &folder.0.path;
        fs::create_dir(path).map_err(|source| cannot("create", path, source))?;
        if let Ok(mut unfinished) = UNFINISHED.lock() {
            *unfinished = Some(folder.0.clone());
        }
        Ok(folder)
    }

    /// Where it is until it takes its place.
    pub(super) fn path(&self) -> &Path {
        &self.0.path
    }

    /// Writes files into it, side by side.
    pub(super) fn put(&self, files: &[WrittenFile]) -> Result<()> {
        files.par_iter().try_for_each(|file| self.put_one(file))
    }

    /// Writes the files that `each` makes one by one.
    pub(super) fn put_each<T>(
        &self,
        each: impl FnOnce(&mut dyn FnMut(WrittenFile)) -> T,
    ) -> Result<T> {
        let mut result = Ok(());
        let made = each(&mut |file| {
            if result.is_ok() {
                result = self.put_one(&file);
            }
        });
        result.map(|()| made)
    }

    fn put_one(&self, file: &WrittenFile) -> Result<()> {
        let path = self.0.path.join(&file.name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| cannot("create", parent, source))?;
        }
        fs::write(&path, &file.bytes).map_err(|source| cannot("write", &path, source))
    }

    /// Writes a file that `write` appends to bit by bit.
    pub(super) fn put_stream(
        &self,
        name: &str,
        write: impl FnOnce(&mut io::BufWriter<fs::File>) -> io::Result<()>,
    ) -> Result<()> {
        let path = self.0.path.join(name);
        let written = fs::File::create(&path).and_then(|file| {
            let mut file = io::BufWriter::new(file);
            write(&mut file)?;
            io::Write::flush(&mut file)
        });
        written.map_err(|source| cannot("write", &path, source))
    }

    /// Takes the place of a sweep at `out`, unless something else stands there by now.
    pub(super) fn take_place_of_sweep(self, out: &Path) -> Result<()> {
        sweep_may_be_written(out)?;
        self.replace(out)
    }

    /// Takes the place of a plan at `out`, unless something else stands there by now.
    pub(super) fn take_place_of(self, out: &Path) -> Result<()> {
        may_be_written(out)?;
        self.replace(out)
    }

    /// Takes the place of what stands at `out`, which is kept until that is done.
    fn replace(self, out: &Path) -> Result<()> {
        let (stood, old) = (out.exists(), beside(out, "old"));
        if stood {
            fs::rename(out, &old).map_err(|source| cannot("rename", out, source))?;
        }
        if let Err(source) = fs::rename(&self.0.path, out) {
            if stood {
                let _ = fs::rename(&old, out);
            }
            return Err(cannot("rename", &self.0.path, source));
        }
        if stood {
            fs::remove_dir_all(&old).map_err(|source| cannot("remove", &old, source))?;
        }
        Ok(())
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        self.0.remove();
        if let Ok(mut unfinished) = UNFINISHED.lock() {
            unfinished.take_if(|made| *made == self.0);
        }
    }
}

/// A name beside `out` that is this process's own.
fn beside(out: &Path, suffix: &str) -> PathBuf {
    let name = out
        .file_name()
        .map_or_else(|| "plan".into(), |name| name.to_string_lossy().into_owned());
    let folder = out.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    folder.join(format!(".{name}.{}.{suffix}", std::process::id()))
}

pub(super) fn cannot(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::Io {
        action,
        path: path.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> WrittenFile {
        WrittenFile {
            name: name.to_owned(),
            bytes: b"{}".to_vec(),
        }
    }

    #[test]
    fn what_a_killed_process_left_is_not_taken_over() {
        let above = tempfile::tempdir().expect("a folder for the test");
        let out = above.path().join("plan");
        let left = beside(&out, "new").join(INPUTS);
        fs::create_dir_all(&left).expect("it can be made");
        fs::write(left.join("scenario-2.toml"), "of another plan").expect("it can be written");
        let folder = NewFolder::beside(&out).expect("it can be made anew");
        folder
            .put(&[file("summary.json"), file("inputs/scenario-1.toml")])
            .expect("files can be written");
        folder
            .take_place_of(&out)
            .expect("nothing stands in its way");
        let inputs = fs::read_dir(out.join(INPUTS)).and_then(names);
        assert_eq!(inputs.expect("it stands there"), ["scenario-1.toml"]);
        let beside = fs::read_dir(above.path()).and_then(names);
        assert_eq!(beside.expect("it stands there"), ["plan"]);
    }

    #[test]
    fn a_failed_attempt_leaves_nothing_behind() {
        let above = tempfile::tempdir().expect("a folder for the test");
        let out = above.path().join("some/where/plan");
        let folder = NewFolder::beside(&out).expect("it can be made");
        folder
            .put(&[file("assignment.csv")])
            .expect("a file can be written");
        drop(folder);
        let left = fs::read_dir(above.path()).and_then(names);
        assert_eq!(left.expect("it stands there"), Vec::<String>::new());
    }
}
