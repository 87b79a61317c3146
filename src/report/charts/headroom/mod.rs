//! The headroom chart: how much every site and the tightest other components can still carry, before against
//! during, with the target and the limit.
//!
//! Each row is a gauge: the pale track is the whole capacity, the bar is what is still free of it. Tightest
//! first. From 900 pixels on a row is one line, below it is two lines and the bar beneath them.

mod chart;
mod layout;
mod paint;
mod rows;
#[cfg(test)]
pub(super) mod tests;

pub use chart::{Against, HeadroomChart, TIGHTEST_OTHERS};
