//! The comparison of two plans, for people: sentences, tables, files and a chart.

mod because;
mod drawn;
mod files;
mod labels;
mod notes;
mod text;
mod whole;
mod words;

pub use files::{COMPARISON_FILE, COMPARISON_FORMAT, comparison_json};
pub use labels::{Labels, Side};
pub use text::Told;
pub(super) use text::{LEVELS, PLACES, TOTALS, WHOLE, most_changed, points, texts, totals};
pub(super) use words::by;
