//! Content: the values of report.html, made from a plan.

mod anchors;
mod briefing;
mod changes;
mod hours;
mod periods;
mod tables;
mod tenants;
mod told;
mod waves;
mod whys;

pub use told::Told;
