//! Waves: the way from one planned state to the next, every part of it safe (`docs/model.md` §9).

mod beside;
mod blend;
mod bound;
mod boundary;
mod caught;
mod cells;
mod cut_short;
mod dated;
mod earliest;
mod exact;
mod fill;
mod hour_turns;
mod laid;
mod limits;
mod opened;
mod orders;
mod other_members;
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

pub(super) use hour_turns::{hour_turns, unsafe_turns_before};
pub(super) use protection::guarded_transitions;
pub use transitions::ways;
pub(super) use transitions::{Ways, unguarded_transitions};
