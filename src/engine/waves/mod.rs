//! Waves: the way from one planned state to the next, every part of it safe (`docs/model.md` §9).

mod beside;
mod blend;
mod bound;
mod boundary;
mod caught;
mod cells;
mod context;
mod exact;
mod fill;
mod hour_turns;
mod laid;
mod limits;
mod orders;
mod passage;
mod protection;
mod remedies;
mod schedule;
mod stand;
mod standing;
mod stayers;
mod stops;
mod stuck;
mod task;
mod touched;
mod transitions;
mod turned;
mod undo;
mod wave;

pub(super) use context::Ways;
pub(super) use hour_turns::{
    hour_turns, quiet, seconds_to_turn, turned, under_way, unsafe_turns_before,
};
pub(super) use protection::guarded_transitions;
pub(super) use touched::shifted;
pub(super) use transitions::unguarded_transitions;
pub use transitions::ways;
