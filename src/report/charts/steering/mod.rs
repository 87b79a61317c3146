//! The chart of steering: at which access points users enter, before against now, and from which client regions
//! those come who change.
//!
//! A row is an access point, and the client regions stand in words beneath its bar. Bands from client regions to
//! access points were the other choice: with three of each they are plain, with 1,200 client regions and 100
//! access points they are not, and what an operator types in is shares per access point. Rows serve both sizes,
//! and before and now stand on one scale. From 900 pixels on a row has its name and numbers beside the bar,
//! below it above the bar.

mod chart;
mod layout;
mod paint;
mod rows;
mod select;
#[cfg(test)]
mod tests;

pub use chart::{MOST_ACCESS_POINTS, SteeringChart};
