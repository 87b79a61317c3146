//! Users by state through the periods: at home, away, new, unserved, and hurt in truth.
//!
//! A row for every period. Few of all users are ever away from home, so each row has a thin strip of all users
//! and below it, enlarged, a bar of those who are not at home; the numbers stand beside it.

mod bars;
mod chart;
mod layout;
mod paint;
#[cfg(test)]
mod tests;

pub use chart::{UsersChart, UsersPeriod};
