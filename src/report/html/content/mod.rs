//! Content: what report.html of a plan says, made from the plan.

mod first;
mod page;
mod periods;
mod steps;
mod tables;
mod whys;

pub use page::report;
pub use whys::{Explained, PlanReport, Topic};
