//! compare.html: two plans side by side, as plain values and as a page.

mod page;
mod pairs;
mod tables;

pub use page::{COMPARISON_PAGE, comparison};
