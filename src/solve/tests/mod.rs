//! What the levels are worth where the solver goes wrong.

mod faults;
pub(crate) mod instances;
