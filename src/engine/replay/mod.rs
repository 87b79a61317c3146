//! Replay: a scenario played forward, and what users would have felt (`docs/model.md` §9, Replay).
//!
//! `run.rs` goes from step to step, `grid.rs` says how long each is. `script.rs`, `enacted.rs`, `course.rs` and `ramp.rs`
//! know who is where. `field.rs` is what work passes, `conditions.rs` what that lets pass, `pools.rs` how pools divide it.
//! `clients.rs`, `sessions.rs` and `pending.rs` are users and what they try again. `passing.rs` and `queue/` take attempts
//! from stage to stage, `circles.rs` also against their order. `amount.rs` counts whole millionths, so that nothing is lost;
//! `accounts.rs`, `tally.rs` and `slow.rs` sum up, `notes.rs` says what happened.

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
mod held;
mod hot;
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
pub(super) use held::{Held, held};
pub(super) use items::MOST_RETRIES;
pub(super) use play::Play;
pub(super) use run::{Played, played, played_files};
pub use run::{replay, replay_plan};
