//! What a sweep looks like: the worst cases side by side, sentences, and the values behind its charts.

mod cases;
mod charts;
mod charts_by_site;
mod names;
mod report;
mod sentences;
mod sheet;
mod words;

pub use cases::because;
pub use report::{Acting, Because, Counts, Extent, SweepReport};
pub use sheet::normal::sheet_file;
pub use sheet::{Column, Sheet, SheetCell, SheetLine, SheetRow};

pub(in crate::report) use cases::repair_words;
pub(in crate::report) use charts_by_site::judged;
pub(in crate::report) use names::Names;
pub(in crate::report) use report::{noun, ranked};
pub(in crate::report) use words::SHEET;
