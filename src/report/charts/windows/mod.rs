//! The chart of windows: what a maintenance would cost at every time at which it might begin.

mod chart;
mod paint;
#[cfg(test)]
mod tests;

pub use chart::{Standing, WindowBar, WindowsChart};
