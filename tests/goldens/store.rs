//! The store: texts by their hash, under `target/`, so that a difference can be shown as one of texts.

use super::Result;
use super::record::{Part, Record};
use std::fs;
use std::path::{Path, PathBuf};

/// Longer texts are not kept.
const MOST_BYTES: usize = 4_000_000;

/// Texts by their hash.
pub(super) struct Store {
    folder: PathBuf,
}

impl Store {
    /// The store in a folder, which is made.
    ///
    /// # Errors
    /// If it cannot be made.
    pub(super) fn new(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let folder = folder.to_path_buf();
        Ok(Self { folder })
    }

    /// Keeps every text of a record.
    ///
    /// # Errors
    /// If one cannot be written.
    pub(super) fn keep(&self, record: &Record) -> Result<()> {
        for part in &record.parts {
            let text = part.text().filter(|text| text.len() <= MOST_BYTES);
            let path = self.folder.join(&part.hash);
            if let Some(text) = text.filter(|_| !path.exists()) {
                fs::write(path, text)?;
            }
        }
        Ok(())
    }

    /// The text of a part, from the record or from here.
    pub(super) fn text(&self, part: &Part) -> Option<String> {
        let recorded = part.text().map(str::to_owned);
        recorded.or_else(|| fs::read_to_string(self.folder.join(&part.hash)).ok())
    }
}
