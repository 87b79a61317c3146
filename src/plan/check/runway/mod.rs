//! The referee of runways: whether the dates of a runway's folder hold, recomputed from its files (`docs/model.md` §13).
//!
//! `referee.rs` goes through all; `asked.rs` reads what was asked, `rows.rs` compares dates, `days.rs` says on which days something has to be shown,
//! `proofs.rs` judges the sweeps of those days, `as_is.rs` recomputes loads that nobody plans.

mod as_is;
mod asked;
mod days;
mod proofs;
mod referee;
mod rows;

pub use referee::{ProofSweep, RunwayVerdict, check_runway};
