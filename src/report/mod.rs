//! Report: plan values in, bytes out; tables, CSV, sentences and charts.
//!
//! Nothing here opens a file, reads a clock or asks the environment.

pub mod briefing;
pub mod charts;
pub mod comparison;
pub mod csv;
pub mod drawn;
pub mod headroom;
pub mod html;
pub mod numbers;
mod period;
pub mod places;
pub mod span;
pub mod table;
pub mod text;
mod through;
mod users;
pub mod words;
pub mod written;

pub use headroom::{HeadroomRow, Standing, State};
pub use period::{happenings, headroom_rows};
