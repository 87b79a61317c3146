//! The certificate: what its prices prove, recomputed from inventory, scenario and prices alone (`model.md` §7).
//!
//! It walks shards once into classes of its own and finds cheapest paths by searches of its own, in compensated
//! sums whose rounding error is taken off: whatever the prices, what comes out is never more than the truth.
//!
//! `alike.rs` and `classes.rs` say who may go where, `roads.rs` over which paths, `rows.rs` past what. `prices.rs` reads prices,
//! `toll.rs` what paths cost under them, `view.rs` what is permitted, and `bound.rs` sums up. `sets.rs` puts bounds of several
//! sets of access points together, `judge.rs` compares them with what is claimed.

mod alike;
mod bound;
mod classes;
mod judge;
mod prices;
mod roads;
mod rows;
mod search;
mod sets;
mod sum;
mod toll;
mod view;

pub(super) use alike::AllAlike;
pub(super) use classes::{AlikeClasses, Permissions, Rules};
pub(super) use judge::{Claims, Subject, check, name, of_plan, prove};
pub use judge::{Proven, ProvenLevel};
pub(super) use prices::Scene;
pub(super) use roads::{FastestPaths, Roads, longest};
pub(super) use rows::{CapacityRow, LoadPlace, rows, without_retries};
