//! The way from state to state: waves, what they keep, and plans that are refused because there is no safe way.

mod by_hand;
mod drawn;
mod incident;
mod mutations;
mod remedies;
mod stopping;
mod walk;
mod walked;
