//! Output folder: written whole or not at all, and never over what Plimsoll did not write.

use crate::error::{Error, Result};
use crate::plan_files::{FORMAT, PLAN_FILES, SUMMARY_FILE};
use crate::report::written::WrittenFile;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of the charts in an output folder.
const CHARTS: &str = "charts";

/// Charts that are drawn for single periods; the number of the period follows.
const OF_PERIODS: [&str; 3] = ["headroom", "moves", "steering"];

/// Other names that Plimsoll writes into an output folder.
const ALSO_OURS: [&str; 3] = ["explanations.json", "certificate.json", "report.html"];

/// Makes sure that `out` may be written: absent, empty, or all of it written by Plimsoll.
pub(super) fn may_be_written(out: &Path) -> Result<()> {
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
    let is_plan = fs::read_to_string(out.join(SUMMARY_FILE))
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .is_some_and(|summary| summary["format"] == FORMAT);
    if !is_plan {
        return Err(refused(
            "the folder has files that Plimsoll did not write; name another folder",
        ));
    }
    let charts = out.join(CHARTS);
    if charts.is_dir() {
        names.retain(|name| name != CHARTS);
        let of_charts = fs::read_dir(&charts).and_then(self::names);
        let of_charts = of_charts.map_err(|source| cannot("read", &charts, source))?;
        let foreign = of_charts.into_iter().filter(|name| !is_chart(name));
        names.extend(foreign.map(|name| format!("{CHARTS}/{name}")));
    }
    names.sort();
    let is_ours =
        |name: &String| PLAN_FILES.contains(&name.as_str()) || ALSO_OURS.contains(&name.as_str());
    match names.iter().find(|name| !is_ours(name)) {
        Some(other) => Err(refused(&format!(
            "`{other}` in it was not written by Plimsoll; move it away or name another folder"
        ))),
        None => Ok(()),
    }
}

/// Names of the entries of a folder.
fn names(entries: fs::ReadDir) -> io::Result<Vec<String>> {
    entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}

/// `true` for `headroom-3.svg` and the like.
fn is_chart(name: &str) -> bool {
    let Some((stem, "svg" | "png" | "csv")) = name.split_once('.') else {
        return false;
    };
    let of_period = stem.rsplit_once('-');
    of_period.is_some_and(|(chart, number)| {
        OF_PERIODS.contains(&chart) && number.parse::<usize>().is_ok()
    })
}

/// Writes all files into `out` at once: into a temporary folder beside it, then by a rename.
pub(super) fn write(out: &Path, files: &[WrittenFile]) -> Result<()> {
    may_be_written(out)?;
    let beside = |suffix: &str| -> PathBuf {
        let name = out
            .file_name()
            .map_or_else(|| "plan".into(), |name| name.to_string_lossy().into_owned());
        let folder = out.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        folder.join(format!(".{name}.{}.{suffix}", std::process::id()))
    };
    let (new, old) = (beside("new"), beside("old"));
    if let Some(parent) = out.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(|source| cannot("create", parent, source))?;
    }
    let result = fill(&new, files).and_then(|()| swap(out, &new, &old));
    // What is left of a failed attempt is of no use to anybody.
    let _ = fs::remove_dir_all(&new);
    result
}

fn fill(folder: &Path, files: &[WrittenFile]) -> Result<()> {
    fs::create_dir_all(folder).map_err(|source| cannot("create", folder, source))?;
    for file in files {
        let path = folder.join(&file.name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| cannot("create", parent, source))?;
        }
        fs::write(&path, &file.bytes).map_err(|source| cannot("write", &path, source))?;
    }
    Ok(())
}

/// Puts `new` in the place of `out`, keeping what stood there until that is done.
fn swap(out: &Path, new: &Path, old: &Path) -> Result<()> {
    let stood = out.exists();
    if stood {
        fs::rename(out, old).map_err(|source| cannot("rename", out, source))?;
    }
    if let Err(source) = fs::rename(new, out) {
        if stood {
            let _ = fs::rename(old, out);
        }
        return Err(cannot("rename", new, source));
    }
    if stood {
        fs::remove_dir_all(old).map_err(|source| cannot("remove", old, source))?;
    }
    Ok(())
}

fn cannot(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::Io {
        action,
        path: path.display().to_string(),
        source,
    }
}
