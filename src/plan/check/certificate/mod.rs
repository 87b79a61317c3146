//! The certificate: what its prices prove, recomputed from inventory, scenario and prices alone (`model.md` §7).
//!
//! It walks shards once into classes of its own and finds cheapest ways by searches of its own, in compensated
//! sums whose rounding error is taken off: whatever the prices, what comes out is never more than the truth.

mod alike;
mod bound;
mod classes;
mod fastest;
mod judge;
mod openings;
mod roads;
mod rows;
mod search;
mod stage;
mod sum;
mod toll;
mod view;

pub(super) use alike::AllAlike;
pub(super) use alike::Crowds;
pub(super) use classes::Classes;
pub(super) use classes::Permissions;
pub(super) use classes::Rules;
pub(super) use fastest::{FastestWays, Over};
pub(super) use judge::of_plan;
pub(super) use judge::{Claims, Subject, Terrain, check, name, prove};
pub use judge::{Proven, ProvenLevel};
pub(super) use roads::Roads;
pub(super) use rows::{Row, Stands, rows, without_retries};
