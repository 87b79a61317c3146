//! The manual agrees with the schema: every column stands in docs/inventory.md.

use plimsoll::inventory::documentation;
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
