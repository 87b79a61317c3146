//! All periods planned together, beside the plan that was made period after period (`docs/model.md` §8).

mod begin;
mod homes;
mod one_by_one;
mod posed;
mod together;

pub(super) use begin::{foreseen, learning, periods_before};
pub(super) use homes::SitesByPeriod;
pub(super) use posed::{is_no_worse, moved};
pub(super) use together::{Hopeless, Together, looks_ahead, may_move_less, together};
