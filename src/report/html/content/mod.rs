//! Content: what report.html of a plan says, made from the plan.

mod page;
mod periods;
mod tables;
mod whys;

pub use page::report;
pub use whys::{Explained, PlanReport, Topic};
