//! What a sweep looks like: the worst cases side by side, sentences, and the values behind its charts.

mod acting;
mod advice;
mod case_words;
mod counts;
mod drawn;
mod exposure;
mod extent;
mod fullness;
mod impact;
mod names;
mod pairs;
mod ranked;
mod repair;
mod sentences;
mod sheet;
mod survival;
mod told;
mod utilization;
mod words;

pub use acting::Acting;
pub use advice::because;
pub use counts::Counts;
pub use extent::Extent;
pub use sheet::table::sheet_file;
pub use sheet::{Column, Sheet, SheetCell, SheetLine, SheetRow};
pub use told::{Because, Told};

pub(in crate::report) use names::Names;
pub(in crate::report) use ranked::ranked;
pub(in crate::report) use repair::repair_words;
pub(in crate::report) use told::noun;
pub(in crate::report) use utilization::judged;
pub(in crate::report) use words::SHEET;
