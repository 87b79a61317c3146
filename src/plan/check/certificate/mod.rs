//! The certificate: what its prices prove, recomputed from inventory, scenario and prices alone (`model.md` §7).
//!
//! It walks shards once into classes of its own and finds cheapest ways by searches of its own, in compensated
//! sums whose rounding error is taken off: whatever the prices, what comes out is never more than the truth.

mod alike;
mod bound;
mod classes;
mod judge;
mod level;
mod openings;
mod roads;
mod rows;
mod search;
mod sum;
mod toll;
mod vectors;
mod view;

pub(super) use alike::{AllAlike, Crowds};
pub(super) use bound::Scene;
pub(super) use classes::{Classes, Permissions, Rules};
pub(super) use judge::{Claims, Subject, check, name, of_plan, prove};
pub use judge::{Proven, ProvenLevel};
pub(super) use roads::{Roads, longest};
pub(super) use rows::{Row, Stands, rows, without_retries};
pub(super) use toll::{FastestWays, Over};
