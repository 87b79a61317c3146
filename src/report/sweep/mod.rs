//! The report of a sweep: the worst cases side by side, sentences, tables, and the values of its charts.
//!
//! `report.rs` finds what is worth telling, `document.rs` puts text and page together; `sheet.rs` has the sheet, `tables.rs`
//! the other tables, `words.rs` and `cases.rs` the sentences.

mod cases;
mod charts;
mod charts_by_site;
mod document;
mod first;
mod names;
mod report;
mod sheet;
mod tables;
mod together;
mod whole;
mod words;

pub use cases::because;
pub use report::{Because, CaseCounts, Extent, RecoveryOutcome, SweepReport};
pub use sheet::{Sheet, SheetCell, SheetColumn, SheetLine, SheetRow, sheet_file};

pub(in crate::report) use cases::repair_words;
pub(in crate::report) use names::{ComponentNames, noun};
pub(in crate::report) use report::state;
