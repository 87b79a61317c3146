//! Scenario files: the committed manual.

use plimsoll::scenario::manual;
use std::path::Path;

/// `PLIMSOLL_BLESS=1` writes the manual anew.
#[test]
fn committed_manual_is_the_one_that_the_schema_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenario.md");
    if std::env::var_os("PLIMSOLL_BLESS").is_some() {
        std::fs::write(&path, manual()).expect("docs can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(committed, manual());
}
