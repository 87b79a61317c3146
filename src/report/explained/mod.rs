//! The explanations of a plan in plain words, and as explanations.json.

mod file;
mod promises;

pub use file::{explanations, explanations_file};
pub(super) use promises::{helping, sentence};
