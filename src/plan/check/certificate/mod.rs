//! The certificate: what its prices prove, recomputed from inventory, scenario and prices alone (`model.md` §7).
//!
//! It walks shards once into classes of its own and finds cheapest ways by searches of its own, in compensated
//! sums whose rounding error is taken off: whatever the prices, what comes out is never more than the truth.

mod alike;
mod bound;
mod classes;
mod combine;
mod crowds;
mod fastest;
mod judge;
mod openings;
mod permissions;
mod proof;
mod roads;
mod rows;
mod rules;
mod search;
mod sets;
mod stage;
mod steps;
mod sum;
mod toll;
mod vectors;
mod view;
mod whole;

pub(super) use alike::AllAlike;
pub(super) use classes::Classes;
pub(super) use crowds::Crowds;
pub(super) use fastest::{FastestWays, Over};
pub(super) use judge::{Claims, Subject, Terrain, check, name, prove};
pub(super) use permissions::Permissions;
pub use proof::{Proven, ProvenLevel};
pub(super) use roads::Roads;
pub(super) use rows::{Row, Stands, rows, without_retries};
pub(super) use rules::Rules;
pub(super) use whole::of_plan;
