//! Waves: whether the written way from state to state is safe, recomputed from moves, steering and waves alone.

mod accepted;
mod changes;
mod hours;
mod judge;
mod limits;
mod pieces;
mod rules;
mod sequence;
mod shares;
mod state;
mod stops;
mod summary;
mod tables;
mod timing;
mod touched;
mod turn;
mod way;
mod works;
mod written;

pub(super) use accepted::all_are_accepted;
pub(super) use changes::{Change, Done, Stepped};
pub(super) use hours::Hourly;
pub(super) use judge::judge;
pub(super) use pieces::Portion;
pub(super) use summary::refusals_are_true;
pub(super) use way::{Past, Way};
pub(super) use written::UnderWay;
