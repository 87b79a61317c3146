//! Waves on an axis of time: when each runs and is watched, who leaves and enters which site, when all has to be done.

mod chart;
mod paint;
#[cfg(test)]
mod tests;

pub use chart::{WaveBar, WaveTraffic, WavesChart};
