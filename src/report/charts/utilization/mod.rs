//! How full every site is in every failure: rows are sites, columns are failures, the worst first.
//!
//! The shade of a cell tells how full the site is, its colour how that is to be judged; the number in it, where it has
//! room, is percent of capacity. A strip above the cells tells how the failure as a whole is to be judged, since what is
//! short may be elsewhere than at a site.

mod chart;
mod layout;
mod paint;
#[cfg(test)]
mod tests;

pub use chart::{FailureColumn, SiteCell, SiteRow, UtilizationChart};
