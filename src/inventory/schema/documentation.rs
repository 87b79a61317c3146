//! The documentation of the inventory folder, written from its schema.

/// The text of `docs/inventory.md`.
pub fn documentation() -> String {
    String::new()
}
