//! Waves: whether the written way from state to state is safe, recomputed from moves, steering and waves alone.

mod beside;
mod caught;
mod crowd;
mod cut_short;
mod done;
mod earliest;
mod homed;
mod hour_sides;
mod hours;
mod judge;
mod least;
mod pieces;
mod ramp;
mod rules;
mod sequence;
mod shares;
mod stability;
mod standing;
mod state;
mod stops;
mod summary;
mod timing;
mod touched;
mod turn;
mod written;

pub(super) use beside::all_are_accepted;
pub(super) use done::{Done, Stepped};
pub(super) use hour_sides::Hourly;
pub(super) use hours::hours_turn;
pub(super) use judge::{Past, Way, judge};
pub(super) use pieces::Portion;
pub(super) use summary::{Change, refusals_are_true};
pub(super) use written::UnderWay;
