//! Journal: what an unfinished sweep has found so far, in a folder beside the one that it is to be written to.
//!
//! Every block is a file of its own that appears by a rename, so that whatever kills the program leaves whole blocks
//! only. A block holds the tables of some cases, one after the other, and beside it stands what proves them.

use super::files::{self, FileKind};
use super::folder::cannot;
use super::new_folder::NewFolder;
use crate::error::{Error, Result};
use crate::inventory::SourceFile;
use crate::plan_files::SWEEP_FILE;
use crate::report::written::WrittenFile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::slice;

pub(super) struct Journal {
    folder: PathBuf,
    /// What the sweep was asked; locked for as long as a process goes on with it.
    _asked: File,
}

/// The tables of some cases, one after the other.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct JournalBlock {
    first: usize,
    backlog: usize,
    /// By file name, all of it.
    files: BTreeMap<String, String>,
}

impl JournalBlock {
    /// Which cases it has.
    pub(super) fn cases(&self) -> Range<usize> {
        self.first..self.backlog
    }

    pub(super) fn into_files(self) -> Vec<SourceFile> {
        let files = self.files.into_iter();
        files
            .map(|(name, text)| SourceFile {
                name,
                bytes: text.into_bytes(),
            })
            .collect()
    }
}

impl Journal {
    /// Where the journal of a sweep stands that is to be written to `out`.
    pub(super) fn place(out: &Path) -> PathBuf {
        let mut name = out.file_name().unwrap_or_default().to_owned();
        name.push(".unfinished");
        out.with_file_name(name)
    }

    /// An empty journal for `out`, with what the sweep was asked: it appears whole, and where nothing stands.
    pub(super) fn create(out: &Path, asked: &WrittenFile) -> Result<Self> {
        let folder = Self::place(out);
        let made = NewFolder::beside(&folder)?;
        made.put(slice::from_ref(asked))?;
        made.take_free_place(&folder)?;
        Self::locked(folder)
    }

    /// The journal for `out` and what the sweep was asked, if there is one.
    pub(super) fn open(out: &Path) -> Result<Option<(Self, SourceFile)>> {
        let folder = Self::place(out);
        let asked = folder.join(SWEEP_FILE);
        let Some(bytes) = read_if_there(&asked)? else {
            return Ok(None);
        };
        let name = SWEEP_FILE.to_owned();
        Ok(Some((Self::locked(folder)?, SourceFile { name, bytes })))
    }

    /// The journal in a folder, unless another process goes on with it.
    fn locked(folder: PathBuf) -> Result<Self> {
        let asked = folder.join(SWEEP_FILE);
        let file = File::open(&asked).map_err(|source| cannot("read", &asked, source))?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            let reason = "another process runs this sweep; wait until it has ended";
            let source = io::Error::new(io::ErrorKind::AlreadyExists, reason);
            return Err(cannot("continue", &folder, source));
        }
        Ok(Self {
            folder,
            _asked: file,
        })
    }

    /// The blocks that follow each other from a case on.
    pub(super) fn blocks_from(&self, first: usize) -> Result<Vec<JournalBlock>> {
        let mut blocks = Vec::new();
        let mut next = first;
        while let Some(block) = self.block(next)? {
            if block.first != next || block.backlog <= next {
                break;
            }
            next = block.backlog;
            blocks.push(block);
        }
        Ok(blocks)
    }

    /// The block that begins at a case; `None` if there is none that is whole.
    fn block(&self, first: usize) -> Result<Option<JournalBlock>> {
        let path = self.folder.join(name(first, "json"));
        let bytes = read_if_there(&path)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Adds a block; `proofs` are the lines that prove its cases.
    pub(super) fn add(
        &self,
        cases: Range<usize>,
        files: &[WrittenFile],
        proofs: &[u8],
    ) -> Result<()> {
        let text = |file: &WrittenFile| String::from_utf8_lossy(&file.bytes).into_owned();
        let block = JournalBlock {
            first: cases.start,
            backlog: cases.end,
            files: files
                .iter()
                .map(|file| (file.name.clone(), text(file)))
                .collect(),
        };
        self.put(&name(cases.start, "jsonl"), proofs)?;
        let path = self.folder.join(name(cases.start, "json"));
        let bytes = serde_json::to_vec(&block).map_err(io::Error::other);
        let bytes = bytes.map_err(|source| cannot("write", &path, source))?;
        self.put(&name(cases.start, "json"), &bytes)
    }

    /// Hands over what proves the cases of blocks that begin at these cases.
    pub(super) fn copy_proofs(&self, firsts: &[usize], to: &mut impl Write) -> io::Result<()> {
        for first in firsts {
            let path = self.folder.join(name(*first, "jsonl"));
            // A pipe that nobody writes to is waited for by opening it.
            if !fs::metadata(&path)?.is_file() {
                return Err(io::Error::other(format!("`{}` is no file", path.display())));
            }
            io::copy(&mut File::open(path)?, to)?;
        }
        Ok(())
    }

    /// Removes what it wrote, and the folder if nothing else is in it; what somebody else has put there stays.
    pub(super) fn remove(self) -> Result<()> {
        let remove = || {
            for entry in fs::read_dir(&self.folder)? {
                let entry = entry?;
                let name = entry.file_name();
                if entry.file_type()?.is_file() && is_ours(&name.to_string_lossy()) {
                    fs::remove_file(entry.path())?;
                }
            }
            match fs::remove_dir(&self.folder) {
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
                other => other,
            }
        };
        remove().map_err(|source| cannot("remove", &self.folder, source))
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(name);
        let new = self.folder.join(format!("{name}.new"));
        fs::write(&new, bytes).map_err(|source| cannot("write", &new, source))?;
        fs::rename(&new, &path).map_err(|source| cannot("rename", &new, source))
    }
}

/// The bytes of one of its files; `None` if it is not there.
fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>> {
    match files::read(path, FileKind::Output) {
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// `true` for the names of its files.
fn is_ours(name: &str) -> bool {
    let whole = name.strip_suffix(".new").unwrap_or(name);
    let block = whole.split_once('.').is_some_and(|(first, ending)| {
        let is_number = first.len() == 10 && first.bytes().all(|byte| byte.is_ascii_digit());
        is_number && ["json", "jsonl"].contains(&ending)
    });
    block || whole == SWEEP_FILE
}

/// The file of the block that begins at a case.
fn name(first: usize, ending: &str) -> String {
    format!("{first:010}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::super::new_folder::MARK;
    use super::*;

    #[test]
    fn what_a_killed_sweep_left_of_its_journal_is_removed() {
        let above = tempfile::tempdir().expect("a folder for the test");
        let left = above.path().join(".sweep.unfinished.x7Yq2a.new");
        fs::create_dir(&left).expect("it can be made");
        fs::write(left.join(SWEEP_FILE), "{}").expect("there is room");
        fs::write(left.with_extension("lock"), MARK).expect("there is room");
        let asked = WrittenFile::text(SWEEP_FILE, "{}");
        let out = above.path().join("sweep");
        let journal = Journal::create(&out, &asked).expect("nothing stands there");
        let entries = fs::read_dir(above.path()).expect("it stands there");
        let names: Vec<_> = entries
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        assert_eq!(names, ["sweep.unfinished"]);
        drop(journal);
        assert!(Journal::create(&out, &asked).is_err());
        assert!(Journal::open(&out).expect("it can be read").is_some());
    }
}
