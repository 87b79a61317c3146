//! The map: sites and how they stand, access points and what they are used as, and who moves where, over the
//! outlines of land.
//!
//! The window is as large as the places need, and lies across the date line where that is the shorter way.
//! Where moves would be too small to see in it, a second, closer one stands above.
//! Marks that would cover each other are moved apart, with a line to where they are; names that would collide
//! are left out, the least important first; the pointer tells all.

mod area;
mod arrows;
mod chart;
mod dodge;
mod field;
mod labels;
mod land;
mod layout;
mod names;
mod outline;
mod paint;
mod panels;
mod projection;
mod stands;
#[cfg(test)]
mod tests;
mod words;

pub use chart::MapChart;
