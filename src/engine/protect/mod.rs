//! Protect: plans that survive what `[protect]` names (`docs/model.md` §10, `docs/design.md`).
//!
//! Homes are planned, every case is asked about from them, and what is not survived comes back as a row of the next
//! program, until nothing new is learnt.

mod gray;
mod homes;
mod rows;
mod search;
mod steering;
mod takeover;
mod whole;

pub(super) use gray::Watched;
pub(super) use rows::lost;
pub(super) use search::{Guarding, protect};
