//! The referee of sweeps: it accepts what the engine finds in every case, and catches what is changed of it.

mod by_hand;
mod by_rule;
pub(crate) mod drawn;
mod folders;
mod in_force;
mod mutations;
mod rules;
mod written;
