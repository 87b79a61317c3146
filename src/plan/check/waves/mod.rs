//! Waves: whether the written way from state to state is safe, recomputed from moves, steering and waves alone.

mod judge;
mod pieces;
mod ramp;
mod rules;
mod sequence;
mod shares;
mod state;
mod stops;
mod timing;
mod written;

pub(super) use judge::{Past, Way, judge};
