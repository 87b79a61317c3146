//! The files that the rules are about.

use std::fs;
use std::path::Path;

/// A text file.
pub(super) struct Source {
    /// From the root of the package, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// A file of the package; one that is absent has no text, so that each rule says what it misses.
    pub(super) fn read(path: &str) -> Self {
        let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        Self::new(path, &fs::read_to_string(whole).unwrap_or_default())
    }

    /// Whether all of the file is compiled for tests only.
    pub(super) fn is_test(&self) -> bool {
        let is_module = |part: &str| part == "tests" || part == "tests.rs";
        self.path.split('/').any(is_module)
    }
}

/// The library and the program.
pub(super) fn library() -> Vec<Source> {
    rust_files(&["src"])
}

/// The library, the program, their tests and benches.
pub(super) fn everything() -> Vec<Source> {
    rust_files(&["src", "tests", "benches"])
}

/// Those of some folders.
pub(super) fn rust_files(folders: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    for folder in folders {
        collect(folder, &mut found);
    }
    found.sort();
    assert!(!found.is_empty(), "there are sources in {folders:?}");
    found.iter().map(|path| Source::read(path)).collect()
}

/// Paths of the Rust files below a folder; a folder that is absent has none.
fn collect(folder: &str, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) else {
        return;
    };
    for entry in entries {
        let entry = entry.expect("the folder can be listed");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if entry.path().is_dir() {
            collect(&path, found);
        } else if entry.path().extension() == Some("rs".as_ref()) {
            found.push(path);
        }
    }
}
