//! What every pair of failures does: a triangle whose rows and columns are what fails, the worst first.
//!
//! On the diagonal stands what fails alone. A dark red square is as large as its unserved users are many, so that the
//! eye finds the worst without reading; where cells are wide enough, their numbers stand in them.

mod chart;
mod layout;
mod paint;
#[cfg(test)]
mod tests;

pub use chart::{PairCell, PairsChart};
