//! The way from state to state: waves, what they keep, and plans that are refused because there is no safe way.

mod by_hand;
mod by_hour;
mod charted;
pub(crate) mod drawn;
mod fewest;
mod hour_turns;
mod incident;
mod markdown;
mod meanwhile;
pub(crate) mod mutations;
mod not_begun;
mod overloaded;
mod remedies;
mod said;
mod statements;
mod staying;
mod stopping;
mod turned;
mod undone;
pub(crate) mod walk;
mod walked;
