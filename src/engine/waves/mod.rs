//! Waves: the transition from one planned state to the next, every part of it safe (`docs/model.md` §9).
//!
//! `caught.rs`, `turned.rs` and `transitions.rs` say what is to change between which instants. `schedule.rs` and `fill.rs`
//! fill waves with whole shards, largest first; `orders.rs` has other orders, and the exact search for few users. `wave.rs`,
//! `passage.rs` and `limits.rs` say how long a wave takes, `stand.rs` and `cells.rs` what everything carries meanwhile.
//! `bound.rs` proves what no waves can do better, `undo.rs` goes back, `stops.rs` and `protection.rs` say where to stop.
//! `hour_turns.rs` judges weights that turn between the hours of a period.

mod beside;
mod bound;
mod caught;
mod cells;
mod context;
mod fill;
mod hour_turns;
mod limits;
mod orders;
mod passage;
mod protection;
mod remedies;
mod schedule;
mod stand;
mod stops;
mod stuck;
mod task;
mod touched;
mod transitions;
mod turned;
mod undo;
mod wave;

pub(super) use context::TransitionInputs;
pub(super) use hour_turns::{
    hour_turns, in_progress, quiet, seconds_to_turn, turned, unsafe_turns_before,
};
pub(super) use protection::guarded_transitions;
pub(super) use touched::shifted;
pub use transitions::transitions_of_plan;
pub(super) use transitions::unguarded_transitions;
