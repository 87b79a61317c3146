//! A record: what a case came to, part by part, and the file that keeps it.

use super::Result;
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Texts up to so many bytes stand in the file of a case of the tenth.
const MOST_BYTES: usize = 40_000;

/// One thing that a command did: its exit code, a text that it printed, or a file that it wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The number of the command, its words, and what it is of it.
    pub(super) name: String,
    /// Of its bytes.
    pub(super) hash: String,
    /// Its bytes; `None` where the file has the hash alone.
    pub(super) body: Option<Vec<u8>>,
}

impl Part {
    pub(super) fn new(name: String, body: Vec<u8>) -> Self {
        let hash = blake3::hash(&body).to_hex();
        Self {
            name,
            hash: hash[..16].to_owned(),
            body: Some(body),
        }
    }

    fn is_of_the_terminal(&self) -> bool {
        let kind = self.name.rsplit(" | ").next().unwrap_or_default();
        ["exit code", "stdout", "stderr"].contains(&kind)
    }

    /// Its text, if it has one.
    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.body.as_deref()?).ok()
    }
}

/// All parts of a case, in their order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) parts: Vec<Part>,
}

impl Record {
    /// Reads a record; an empty one if there is no such file.
    ///
    /// # Errors
    /// If the file cannot be read, or a line of it is no part of a record.
    pub(super) fn read(path: &Path) -> Result<Self> {
        match fs::read_to_string(path) {
            Ok(text) => {
                Self::parse(&text).map_err(|error| format!("{}: {error}", path.display()).into())
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(format!("{}: {error}", path.display()).into()),
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let mut parts: Vec<Part> = Vec::new();
        for line in text.lines() {
            if let Some(line) = line.strip_prefix("  ") {
                let last = parts.last_mut().ok_or("a text before its name")?;
                let body = last.body.get_or_insert_default();
                body.extend_from_slice(line.as_bytes());
                body.push(b'\n');
            } else {
                let (hash, name) = line.split_once(' ').ok_or("a line without a name")?;
                parts.push(Part {
                    name: name.to_owned(),
                    hash: hash.to_owned(),
                    body: None,
                });
            }
        }
        // The last line of a text need not have ended.
        for part in &mut parts {
            let ended = part.body.take();
            let Some(mut body) = ended else { continue };
            let is_it = |body: &[u8]| blake3::hash(body).to_hex()[..16] == part.hash;
            if !is_it(&body) {
                body.pop();
            }
            part.body = Some(body);
        }
        Ok(Self { parts })
    }

    /// Writes it, with the texts of the terminal where these are asked for.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn write(&self, path: &Path, has_texts: bool) -> Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(path, self.written(has_texts))?)
    }

    fn written(&self, has_texts: bool) -> String {
        let mut all = String::new();
        for part in &self.parts {
            let _ = writeln!(all, "{} {}", part.hash, part.name);
            let is_told = has_texts && part.is_of_the_terminal();
            let text = part
                .text()
                .filter(|text| is_told && text.len() <= MOST_BYTES);
            for line in text.unwrap_or_default().split_terminator('\n') {
                let _ = writeln!(all, "  {line}");
            }
        }
        all
    }
}
