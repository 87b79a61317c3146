//! What happens as time goes by, below the events that it happens in: users who are down, what comes to a component
//! against what it can take, what waits there.
//!
//! Time is to scale. Where steps are finer than pixels, the worst of those that fall on one is drawn, so that no peak is
//! lost.

mod chart;
mod columns;
mod paint;
mod scale;
#[cfg(test)]
mod tests;

pub use chart::{Against, Curve, CurvePanel, ReplayChart, Standing};
