//! Laws that hold of every plan, on what is shipped and on what is drawn.

mod at_risk;
mod chains;
mod excuses;
mod growth;
mod let_in;
mod nothing;
mod overlap;
pub(crate) mod plan_and_replay;
mod recovery;
pub(crate) mod steps;
mod told_back;
mod told_by_hand;
mod told_truly;
mod whole;
