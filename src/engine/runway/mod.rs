//! Runway: the last day on which conditions hold while users grow and capacities change (`docs/model.md` §13).
//!
//! `dated.rs` asks what holds on one day (`answer.rs`), `as_is.rs` without planning again; `stretches.rs` finds the days on which it does
//! not by asking few of them; `search.rs` goes through conditions, adjustments and ends of the forecast.

mod answer;
mod as_is;
mod dated;
mod search;
mod stretches;

pub use search::{RunwayRequest, runway};
