//! The second opinion of replays: `docs/model.md` §9, Replay, written out from its text for nobody doing anything.
//!
//! Amounts are plain numbers, every parcel of work stays what it was when it was sent, and nothing is aggregated. It shares
//! nothing with the planner's own replay but the domain types; the steering of the state before and the cuts of time are
//! given to it.
//!
//! Decisions where the text leaves room stand as comments that begin with "Decision:".

mod clients;
mod component;
mod parcel;
mod queue;
mod run;
mod sessions;
mod streams;
mod truth;

pub(crate) use run::{Moment, Reported, played};
pub(crate) use truth::instants;
