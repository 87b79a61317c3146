//! Runway: the last day on which conditions hold while users grow and capacities change (`docs/model.md` §13).
//!
//! `dated.rs` asks what holds on one day (`answer.rs`), `as_is.rs` without planning again; `stretches.rs` finds the days on which it does
//! not by asking few of them; `search.rs` goes through conditions, adjustments and ends of the forecast.
//! `variants.rs` has the inventories by which they are asked, `proof.rs` the days that prove dates.

mod answer;
mod as_is;
mod dated;
mod proof;
mod search;
mod stretches;
mod variants;

pub use proof::{DayProof, before_of, day_proofs, sweeper_of};
pub use search::{RunwayRequest, runway};
