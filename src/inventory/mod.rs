//! The inventory folder: its schema, its readers with every rule, and its writer.
//!
//! Floor 2: bytes in, findings and a [`model::Inventory`](crate::model::Inventory) out. No path is opened here.
//! `schema.rs` reads `data/schema/`, `table/` binds a file to its schema, `rows/` makes domain types table by table.
//! `validate/` has the rules that look beyond a cell, `write/` writes an inventory, `difference.rs` compares two.

mod difference;
#[cfg(test)]
#[path = "../../tests/it/draw/mod.rs"]
pub(crate) mod draw;
mod findings;
mod kind;
mod named;
mod places;
mod read;
mod register;
mod rows;
mod schema;
mod source;
mod swapped;
mod table;
mod validate;
mod write;

pub use difference::{TableDifference, differences};
pub use read::{Reading, read};
pub use schema::{documentation, is_known_file};
pub(crate) use source::FILE_TOO_LARGE;
pub use source::SourceFile;
pub(crate) use validate::sites::site_load;
pub use write::{write, write_each};
