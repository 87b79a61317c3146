//! Content: what report.html of a plan says, made from the plan.

mod briefing;
mod page;
mod periods;
mod steps;
mod tables;
mod whys;

pub use page::{PlanReport, report};
pub use whys::{Explained, Topic};
