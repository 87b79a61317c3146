//! Files: folders and files of the user as bytes.

use crate::error::{Error, Result};
use crate::inventory::{SourceFile, is_known_file};
use crate::plan_files::PlanFile;
use std::fs;
use std::io;
use std::path::Path;

impl<'a> From<&'a SourceFile> for PlanFile<'a> {
    fn from(file: &'a SourceFile) -> Self {
        Self {
            name: &file.name,
            bytes: &file.bytes,
        }
    }
}

/// The files of an inventory folder, sorted by name. Of files that the inventory does not know only the name is
/// taken; subfolders are left out.
pub(crate) fn inventory(folder: &Path) -> Result<Vec<SourceFile>> {
    let cannot_list = |source| cannot_read(folder, source);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot_list)? {
        let entry = entry.map_err(cannot_list)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        let is_known = is_known_file(&name);
        let is_folder = path.is_dir();
        if is_folder && !is_known {
            continue;
        }
        let bytes = if is_known {
            fs::read(&path).map_err(|source| cannot_read(&path, source))?
        } else {
            Vec::new()
        };
        files.push(SourceFile { name, bytes });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// One file, named as the user named it.
pub(crate) fn file(path: &Path) -> Result<SourceFile> {
    Ok(SourceFile {
        name: path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        ),
        bytes: fs::read(path).map_err(|source| cannot_read(path, source))?,
    })
}

/// The files of an output folder, sorted by name; subfolders are left out.
pub(crate) fn plan(folder: &Path) -> Result<Vec<SourceFile>> {
    plan_of(folder, |_| true)
}

/// The same of those that are meant.
pub(super) fn plan_of(folder: &Path, is_meant: impl Fn(&Path) -> bool) -> Result<Vec<SourceFile>> {
    let cannot_list = |source| cannot_read(folder, source);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot_list)? {
        let path = entry.map_err(cannot_list)?.path();
        if !path.is_dir() && is_meant(&path) {
            files.push(file(&path)?);
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

fn cannot_read(path: &Path, source: io::Error) -> Error {
    Error::Io {
        action: "read",
        path: path.display().to_string(),
        source,
    }
}
