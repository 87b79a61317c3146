//! The explanations of a plan in plain words, and as explanations.json.

mod because;
mod file;
mod promises;

pub(super) use because::{unserved_words, with_retries};
pub use file::{explanations, explanations_file};
pub(super) use promises::{helping, rule_sentence, sentence};
