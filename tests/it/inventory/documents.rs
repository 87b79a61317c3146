//! The documents agree with the source: every column in docs/inventory.md, every code in docs/errors.md and in a test.

use plimsoll::inventory::documentation;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn the_manual_of_the_inventory_is_that_of_the_schema() {
    let path = root("docs/inventory.md");
    if std::env::var_os("PLIMSOLL_BLESS").is_some() {
        fs::write(&path, documentation()).expect("the manual can be written");
    }
    let committed = fs::read_to_string(&path).expect("docs/inventory.md is there");
    assert_eq!(
        committed,
        documentation(),
        "run the tests with PLIMSOLL_BLESS=1 and commit docs/inventory.md"
    );
}

/// The texts of all files below a folder with an ending.
fn texts(folder: &Path, ending: &str) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            all.extend(texts(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            all.push(fs::read_to_string(&path).expect("the file can be read"));
        }
    }
    all
}

/// Every code between `before` and `after`.
fn codes(texts: &[String], before: &str, after: &str) -> Vec<String> {
    let mut codes = Vec::new();
    for text in texts {
        for part in text.split(before).skip(1) {
            if let Some((code, _)) = part.split_once(after) {
                codes.push(format!("P{code}"));
            }
        }
    }
    codes
}

/// The codes that the inventory's rules define.
fn defined() -> BTreeSet<String> {
    let texts = texts(&root("src/inventory"), ".rs");
    let defined = codes(&texts, ": Code = Code(\"P", "\")");
    let all: BTreeSet<String> = defined.iter().cloned().collect();
    assert_eq!(
        all.len(),
        defined.len(),
        "a code stands for one rule: {defined:?}"
    );
    all
}

#[test]
fn every_code_is_explained_in_the_manual_and_nothing_else_is() {
    let manual = fs::read_to_string(root("docs/errors.md")).expect("docs/errors.md is there");
    let explained = codes(&[manual], "### P", " ");
    let of_inventory = explained
        .into_iter()
        .filter(|code| ["P1", "P2", "P3"].contains(&&code[..2]));
    assert_eq!(of_inventory.collect::<BTreeSet<_>>(), defined());
}

#[test]
fn every_code_is_expected_by_a_test() {
    let texts = texts(&root("tests/it/inventory"), ".rs");
    let tested: BTreeSet<String> = codes(&texts, "[P", "]").into_iter().collect();
    let untested: Vec<String> = defined().difference(&tested).cloned().collect();
    assert_eq!(untested, Vec::<String>::new());
}
