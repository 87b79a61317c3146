//! Plimsoll draws the load line of an online service that runs from many datacenters.
//!
//! The floors of the library, lowest first (`ARCHITECTURE.md` draws them):
//! [`model`], [`inventory`], [`scenario`], [`plan_files`] and [`generate`], [`graph`], [`formulation`],
//! [`solve`], [`plan`], [`engine`], [`report`], [`cli`].
//!
//! From tables in memory to a plan, and from a loaded [`engine::Planner`] to many answers: `docs/library.md`, whose
//! examples run with the tests. In short:
//!
//! ```no_run
//! # fn ask(inventory: plimsoll::model::Inventory, scenario: plimsoll::model::Scenario) -> plimsoll::error::Result<()> {
//! use plimsoll::engine::Planner;
//! use plimsoll::model::{EventKind, Reduction};
//! let planner = Planner::new(inventory, scenario)?;
//! for (index, site) in planner.inventory().sites.iter().enumerate() {
//!     let component = plimsoll::ids::ComponentId::new(index);
//!     let verdict = planner.verdict(&[EventKind::Failure(Reduction::all_of(component))])?;
//!     println!("{}: {} users unserved", site.name, verdict.unserved_users());
//! }
//! # Ok(())
//! # }
//! ```

pub mod diagnostic;
pub mod error;
pub mod ids;
mod records;
mod sums;
pub mod units;

pub mod model;

pub mod generate;
pub mod inventory;
pub mod plan_files;
pub mod scenario;

pub mod graph;

pub mod formulation;

pub mod solve;

pub mod plan;

pub mod engine;

pub mod report;

pub mod cli;
