//! Reading the inventory folder: what is accepted, what is found wrong, and what is said about it.

use crate::folders::{folder, smallest};
use plimsoll::inventory::read;
use std::path::Path;

#[test]
fn the_smallest_inventory_is_sound() {
    let reading = read(&smallest());
    assert_eq!(reading.findings, []);
    let inventory = reading.inventory.expect("there are no errors");
    assert_eq!(inventory.shards.len(), 1);
    assert_eq!(inventory.capacity[[0, 0]], Some(100.0));
}

#[test]
fn the_cases_by_hand_are_read_without_errors() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases");
    for case in ["one-drain", "two-keep", "three-network", "four-share"] {
        let reading = read(&folder(&cases.join(case)));
        let texts: Vec<String> = reading.findings.iter().map(ToString::to_string).collect();
        assert!(reading.inventory.is_some(), "{case}: {}", texts.join("\n"));
    }
}
