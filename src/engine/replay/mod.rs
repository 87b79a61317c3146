//! Replay: a scenario played forward, and what users would have felt (`docs/model.md` §9, Replay).

mod accounts;
mod amount;
mod arrivals;
mod attempts;
mod circles;
mod clients;
mod conditions;
mod course;
mod crowds;
mod enacted;
mod field;
mod grid;
mod items;
mod notes;
mod passing;
mod pending;
mod placement;
mod play;
mod pools;
mod queue;
mod ramp;
mod run;
mod script;
mod sessions;
mod simulation;
mod slow;
mod standing;
mod tally;
mod turning;

pub(super) use clients::late_after;
pub(super) use crowds::{Crowd, Crowds, Passed};
pub(super) use field::hops;
pub(super) use items::MOST_RETRIES;
pub(super) use play::Play;
pub(super) use run::{Held, Played, held, played, played_files};
pub use run::{replay, replay_plan};
