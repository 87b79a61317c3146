//! The map: sites and how they stand, access points and what they are used as, and who moves where, over the
//! outlines of land.
//!
//! The window is as large as the places need, and lies across the date line where that is the shorter way.
//! Where moves would be too small to see in it, a second, closer one stands above.
//! Marks that would cover each other are moved apart, with a line to where they are. Names stand beside their
//! marks; a site whose name has no room has a number instead, which a note explains.

mod chart;
mod land;
mod layout;
mod paint;
mod panels;
mod projection;
mod shapes;
#[cfg(test)]
pub(super) mod tests;

pub use chart::{AccessPointPlace, MapChart, SiteMove, SitePlace};
