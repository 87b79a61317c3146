//! Charts: the same picture as SVG and as PNG.
//!
//! Rules of all charts: the title says the finding, axes carry units, a colour means one thing everywhere
//! ([`palette`]) and never stands alone (a shape or a word says the same), every text is measured with the
//! font that draws it, and the same values give the same bytes.

mod chart;
pub mod events;
pub mod headroom;
pub mod impact;
mod kit;
pub mod map;
pub mod moves;
pub mod pairs;
pub mod palette;
pub mod replay;
pub mod runway;
#[cfg(test)]
mod samples;
pub mod steering;
pub mod tenants;
#[cfg(test)]
pub(crate) mod tests;
pub mod through;
pub mod users;
pub mod utilization;
pub mod waves;
pub mod windows;

pub use chart::{Chart, Picture};
pub use headroom::HeadroomChart;
pub use impact::ImpactChart;
pub use kit::frame::LEAST_WIDTH;
pub(in crate::report) use kit::frame::is_one_line;
pub use map::MapChart;
pub use moves::MovesChart;
pub use pairs::PairsChart;
pub use replay::ReplayChart;
pub use runway::{CalendarChart, LoadLineChart, RunwayChart};
pub use steering::SteeringChart;
pub use tenants::TenantsChart;
pub use through::{HeadroomThroughChart, ThroughPeriod};
pub use users::{UsersChart, UsersPeriod};
pub use utilization::UtilizationChart;
pub use waves::WavesChart;
pub use windows::{WindowBar, WindowRank, WindowsChart};
