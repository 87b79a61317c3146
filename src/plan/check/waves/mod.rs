//! Waves: whether the written transition from state to state is safe, recomputed from moves, steering and waves alone.
//!
//! `judge.rs` and `way.rs` go from wave to wave, `rules.rs` has the rules. `pieces.rs` says who is where, `shares.rs` and
//! `loads.rs` what everything carries, `timing.rs` and `order.rs` when a wave may begin, `bounds.rs` what is proven.
//! `hours.rs` judges weights that turn between hours, `stops.rs` what is not survived at a gate.

mod bounds;
mod cases;
mod causes;
mod changes;
mod hours;
mod judge;
mod loads;
mod order;
mod pieces;
mod rules;
mod shares;
mod stops;
mod summary;
mod tables;
mod timing;
mod transition;
mod written;

pub(super) use changes::{BoundaryChange, Done, Stepped, all_are_accepted};
pub(super) use hours::HoursReferee;
pub(super) use judge::judge;
pub(super) use pieces::Portion;
pub(super) use summary::refusals_are_true;
pub(super) use transition::{Past, TransitionToPeriod};
pub(super) use written::in_progress;
