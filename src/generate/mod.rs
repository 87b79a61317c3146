//! Generate: a made-up inventory of any size, the same for the same options on every machine.
//!
//! Floor 2: options in, domain types and texts out. No file is written and no clock is read here; every draw comes
//! from a seeded generator, and every function that is not exact by IEEE 754 from `libm`, so that no machine's own
//! mathematics shows in the numbers.

mod assembled;
mod capacity;
mod centres;
mod events;
mod fronts;
mod geography;
mod globe;
mod homes;
mod jurisdictions;
mod loads;
mod made;
mod mesh;
mod network;
mod options;
mod places;
mod random;
mod services;
mod tenants;

pub use events::{Events, note, scenarios};
pub use made::{Generated, generate};
pub use options::{Options, Refusal};
