//! Content: the values of report.html, made from a plan.

mod briefing;
mod periods;
mod tables;
mod told;

pub use told::Told;
