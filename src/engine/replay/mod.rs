//! Replay: a scenario played forward, and what users would have felt (`docs/model.md` §9, Replay).
//!
//! `plays.rs` is where a play begins, `run.rs` goes from step to step, `grid.rs` says how long each is. `script.rs`, `enacted.rs`, `course.rs` and `ramp.rs`
//! know who is where. `field.rs` is what work passes, `conditions.rs` what that lets pass, `pools.rs` how pools divide it.
//! `clients.rs`, `sessions.rs` and `pending.rs` are users and what they try again. `passing.rs` and `queue/` take attempts
//! from stage to stage, also against their order. `amount.rs` counts whole millionths, so that nothing is lost;
//! `accounts.rs` sums up, `notes.rs` says what happened.

mod accounts;
mod amount;
mod clients;
mod conditions;
mod course;
mod crowds;
mod enacted;
mod field;
mod grid;
mod notes;
mod passing;
mod pending;
mod plays;
mod pools;
mod queue;
mod ramp;
mod run;
mod script;
mod sessions;
mod simulation;
mod turning;

pub(super) use clients::late_after;
pub(super) use crowds::{MOST_RETRIES, Passed, RunCrowd, RunCrowds};
pub(super) use field::hops;
pub(super) use grid::Play;
pub(super) use plays::{played, played_files};
pub use plays::{replay, replay_plan};
pub(super) use run::Played;
pub(super) use script::state_before;
pub(super) use turning::{Held, held};
