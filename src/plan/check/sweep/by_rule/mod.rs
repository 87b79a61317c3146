//! Cases that are answered by a rule, recomputed from the scenario's own plan by the sentences of `docs/model.md` §10.

mod asking;
mod cells;
mod count;
mod hourly;
mod left;
mod shares;
mod survived;
mod takeovers;

pub(super) use cells::Cells;
pub(super) use count::Counted;
pub(super) use hourly::HourlyCells;
pub(super) use survived::asked;
pub(in crate::plan::check) use survived::{InForceAt, unserved_by_rule};
