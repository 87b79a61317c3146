//! Charts: the same picture as SVG, as PNG and as the CSV behind it.
//!
//! Rules of all charts: the title says the finding, axes carry units, a colour means one thing everywhere
//! ([`palette`]) and never stands alone (a shape or a word says the same), every text is measured with the
//! font that draws it, and the same values give the same bytes.

mod canvas;
mod chart;
mod font;
mod frame;
mod ground;
pub mod headroom;
#[cfg(test)]
mod legible;
pub mod map;
mod marks;
pub mod moves;
pub mod palette;
mod picture;
mod raster;
pub mod steering;
pub mod through;
mod timeline;
pub mod users;

pub use chart::Chart;
pub use frame::LEAST_WIDTH;
pub use headroom::HeadroomChart;
pub use map::MapChart;
pub use moves::MovesChart;
pub use picture::Picture;
pub use steering::SteeringChart;
pub use through::{HeadroomThroughChart, ThroughPeriod};
pub use users::{UsersChart, UsersPeriod};
