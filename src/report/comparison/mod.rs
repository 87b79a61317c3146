//! The comparison of two plans, for people: sentences, tables, files and a chart.

mod drawn;
mod files;
mod notes;
mod text;
mod words;

pub use files::{COMPARISON_FILE, COMPARISON_FORMAT, comparison_json};
pub use text::ComparisonReport;
pub(super) use text::{LEVELS, PLACES, TOTALS, WHOLE, most_changed, points, texts, totals};
pub(super) use words::by;
pub use words::{Labels, Side};
