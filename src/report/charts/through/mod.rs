//! Headroom through the periods: which component is how tight when, below the events that make it so.
//!
//! A strip for every component, a cell for every period. A cell at or above its target is pale with a blue
//! foot, so that what is amber or dark red stands out; the number in it is the headroom. Filled cells say more
//! to somebody in a hurry than lines do: forty lines cross, forty strips do not.

mod cells;
mod chart;
mod events;
mod layout;
mod paint;
mod painter;
mod rows;
#[cfg(test)]
mod tests;

pub use chart::{EventKind, EventSpan, HeadroomThroughChart, ThroughPeriod};
