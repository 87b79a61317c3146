//! A case: commands one after the other in an empty folder, and what each prints and writes.

use super::edited::Edited;
use super::record::{Part, Record};
use super::{Result, root};
use regex::Regex;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Commands one after the other.
#[derive(Debug)]
pub(super) struct Case {
    /// Its name: letters, digits, dashes, dots and slashes.
    pub(super) name: String,
    /// An inventory that is changed first, and lies in the folder as `given`.
    pub(super) given: Option<Edited>,
    /// Arguments of `plimsoll`, with spaces between them. `{shard}` and `{component}` are the first of moves.csv and of
    /// headroom.csv of the plan that was written before.
    pub(super) commands: Vec<String>,
}

impl Case {
    /// Whether it is compared when nothing else is asked for: a tenth of all cases are, by their names alone.
    pub(super) fn is_of_the_tenth(&self) -> bool {
        blake3::hash(self.name.as_bytes()).as_bytes()[0].is_multiple_of(10)
    }

    /// Runs its commands.
    ///
    /// # Errors
    /// If the folder cannot be made or read, or the program cannot be started.
    pub(super) fn run(&self) -> Result<Record> {
        let folder = TempDir::new()?;
        for shared in ["data", "tests"] {
            link(&root(shared), &folder.path().join(shared))?;
        }
        if let Some(given) = &self.given {
            given.write(&folder.path().join("given"))?;
        }
        let normal = Normal::new(folder.path())?;
        let mut known = files(folder.path())?;
        let mut parts = Vec::new();
        for (number, command) in self.commands.iter().enumerate() {
            let command = filled_in(command, folder.path());
            let step = format!("{:02} {command}", number + 1);
            let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
                .args(command.split(' '))
                .current_dir(folder.path())
                .env("RAYON_NUM_THREADS", "1")
                .env("NO_COLOR", "1")
                .env("COLUMNS", "100")
                .output()?;
            let code = output.status.code();
            let code = code.map_or_else(|| "killed".to_owned(), |code| code.to_string());
            parts.push(Part::new(format!("{step} | exit code"), code.into_bytes()));
            for (name, bytes) in [("stdout", output.stdout), ("stderr", output.stderr)] {
                let body = normal.of(name, &bytes);
                parts.push(Part::new(format!("{step} | {name}"), body));
            }
            let now = files(folder.path())?;
            for (name, bytes) in &now {
                if known.get(name) != Some(bytes) {
                    let body = normal.of(name, bytes);
                    parts.push(Part::new(format!("{step} | {name}"), body));
                }
            }
            let gone = known.keys().filter(|name| !now.contains_key(*name));
            parts.extend(
                gone.map(|name| Part::new(format!("{step} | {name}"), b"removed".to_vec())),
            );
            known = now;
        }
        Ok(Record { parts })
    }
}

/// What runs take out of what was written: how long they took, and where.
struct Normal {
    seconds: Regex,
    folder: String,
}

impl Normal {
    fn new(folder: &Path) -> Result<Self> {
        Ok(Self {
            seconds: Regex::new(r#""seconds":\s*(\{[^}]*\}|[0-9.e-]+)"#)?,
            folder: folder.display().to_string(),
        })
    }

    fn of(&self, name: &str, bytes: &[u8]) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return bytes.to_vec();
        };
        let text = text.replace(&self.folder, "FOLDER");
        let is_json = Path::new(name)
            .extension()
            .is_some_and(|text| text == "json" || text == "html");
        if is_json || name == "stdout" {
            return self
                .seconds
                .replace_all(&text, r#""seconds": null"#)
                .into_owned()
                .into_bytes();
        }
        text.into_bytes()
    }
}

/// A command with the names that it asks for.
fn filled_in(command: &str, folder: &Path) -> String {
    let first = |file: &str, column: &str| -> String {
        let cell = || {
            let mut table = csv::Reader::from_path(folder.join("plan").join(file)).ok()?;
            let at = table
                .headers()
                .ok()?
                .iter()
                .position(|text| text == column)?;
            let row = table.records().next()?.ok()?;
            row.get(at).map(str::to_owned)
        };
        cell().unwrap_or_else(|| "none".to_owned())
    };
    let mut text = command.to_owned();
    for (word, file, column) in [
        ("{shard}", "moves.csv", "shard"),
        ("{component}", "headroom.csv", "component"),
    ] {
        if text.contains(word) {
            text = text.replace(word, &first(file, column));
        }
    }
    text
}

/// Every file under a folder by its path in it; links are not followed.
fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next)? {
            let entry = entry?;
            let path = entry.path();
            let kind = entry.file_type()?;
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() {
                let name = path.strip_prefix(folder)?.display().to_string();
                all.insert(name, fs::read(&path)?);
            }
        }
    }
    Ok(all)
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> Result<()> {
    Ok(std::os::unix::fs::symlink(from, to)?)
}

#[cfg(not(unix))]
fn link(_from: &Path, _to: &Path) -> Result<()> {
    Err("the goldens need a system with symbolic links".into())
}
