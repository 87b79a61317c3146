//! The chart of moves: who goes from which site to which, and who is left without a place.
//!
//! Bands lead from the sites left to the sites reached, as wide as their users are many. A matrix was the other
//! choice: it has room for every pair, but a reader has to compare numbers, while a band is seen. Bands stay
//! readable because a side names [`MOST_SITES`] sites at most and sums up the others as one, so nobody is
//! dropped, and both sides add up to everybody. From 900 pixels on there is room for a name beside its number,
//! below it they stand one under the other.

mod band;
mod chart;
mod flow;
mod layout;
mod paint;
#[cfg(test)]
mod tests;

pub use chart::{MOST_SITES, MovesChart};
