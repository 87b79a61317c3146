//! Document: the results of a command, as values that every renderer lays out for its medium.
//!
//! A command puts together sections of sentences, lists, tables and figures. [`Document::text`] lays them out for a
//! terminal, `report::html` as a page of the browser. Both make harmless whatever a file of the user's may smuggle in.

mod first_screen;
mod render;
mod section;
mod table;

pub(in crate::report) use first_screen::{FirstScreen, first_figure, more_findings};
pub(in crate::report) use section::TABLES;
pub use section::{Block, Document, Fact, Figure, KeyNumber, Line, Section};
pub use table::{Cell, Gauge, Listing, Table, TableRow, selected};
