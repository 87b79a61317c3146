//! Domain types: the inventory, the scenario, and what is in force at an instant.
//!
//! No file format, no input or output: `inventory::read` and `scenario::read` check these values when they make them.
//! `inventory.rs` holds all tables by index; rows of one kind stand in one file. `case.rs` is an instant: what is available
//! and demanded. `event.rs` has the kinds of events, `goal.rs` the goals with their levels, `contingency.rs` the cases of
//! a sweep, `word.rs` how files spell a choice. `rows.rs` and `per_shard.rs` are by shard, in memory that copies share.

mod case;
mod commands;
mod component;
mod contact;
mod contingency;
mod credit;
mod event;
mod failing;
mod goal;
mod growth;
mod homes;
mod hours;
mod inventory;
mod network;
mod per_shard;
mod policy;
mod replay;
mod resumed;
mod rows;
mod runway;
mod scenario;
mod shard;
mod site;
mod stability;
mod word;

pub use case::{Case, Phase};
pub use commands::{CommandKind, CommandTemplate, Commands, Placeholder, TemplatePiece};
pub use component::{Component, ComponentKind};
pub use contact::{Contact, ContactOf};
pub use contingency::{CaseKind, Contingencies};
pub use credit::Credit;
pub use event::{Disconnect, Event, EventKind, EventType, Reduction, Slow, Surge};
pub use failing::{Failing, FailureSet};
pub use goal::{ByLevel, Goal, Holds, Level, LevelTerms, LevelUnit, Measure, levels};
pub use growth::{
    Background, Band, CapacityChange, DAYS_OF_MONTH, GrowthRate, LoadCurve, Onboarding, RiskGroup,
};
pub use homes::{ByHome, Home, Homes};
pub use hours::{Hours, Stretch};
pub use inventory::Inventory;
pub use network::{AccessPoint, AccessPointState, ClientRegion, Element, Link, LinkEnd, Pool};
pub use per_shard::PerShard;
pub use policy::{
    After, Drain, ExistingShortfall, Failover, Movers, PlannedDemand, PlannedPeriods, Policy,
    Protect, ProtectGray, Recovery, WavePolicy,
};
pub use replay::{Queued, ReplayPolicy};
pub use resumed::{CurrentWeight, ReferenceUtilization, Resumed, ReturnHome};
pub use rows::Rows;
pub use runway::{Adjustment, Condition};
pub use scenario::Scenario;
pub use shard::{MoveRule, Overload, Profile, Replica, ReplicaState, Resource, Scope, Shard, Tier};
pub use site::{Coordinates, Site};
pub use stability::{Retries, most_with_retries, moved_with_retries, planned_with_retries};
pub use word::Word;
