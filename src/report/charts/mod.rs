//! Charts: the same picture as SVG and as PNG.
//!
//! Rules of all charts: the title says the finding, axes carry units, a colour means one thing everywhere
//! ([`palette`]) and never stands alone (a shape or a word says the same), every text is measured with the
//! font that draws it, and the same values give the same bytes.

mod canvas;
mod chart;
mod event_lanes;
pub mod exposure;
mod font;
mod frame;
mod ground;
pub mod headroom;
mod heat;
pub mod impact;
#[cfg(test)]
mod legible;
pub mod map;
mod marks;
pub mod moves;
pub mod pairs;
pub mod palette;
mod picture;
mod raster;
pub mod replay;
pub mod steering;
pub mod survivability;
pub mod through;
mod tier_bars;
mod time_axis;
mod timeline;
pub mod users;
pub mod utilization;
pub mod waves;
pub mod windows;

pub use chart::Chart;
pub use exposure::ExposureChart;
pub use frame::LEAST_WIDTH;
pub use headroom::HeadroomChart;
pub use impact::ImpactChart;
pub use map::MapChart;
pub use moves::MovesChart;
pub use pairs::PairsChart;
pub use picture::Picture;
pub use replay::ReplayChart;
pub use steering::SteeringChart;
pub use survivability::SurvivabilityChart;
pub use through::{HeadroomThroughChart, ThroughPeriod};
pub use users::{UsersChart, UsersPeriod};
pub use utilization::UtilizationChart;
pub use waves::WavesChart;
pub use windows::{Standing, WindowBar, WindowsChart};
