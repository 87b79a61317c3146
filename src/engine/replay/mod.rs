//! Replay: a scenario played forward, and what users would have felt (`docs/model.md` §9, Replay).

mod accounts;
mod amount;
mod arrivals;
mod attempts;
mod circles;
mod clients;
mod conditions;
mod course;
mod field;
mod grid;
mod items;
mod passing;
mod pending;
mod pools;
mod queue;
mod ramp;
mod run;
mod script;
mod sessions;
mod simulation;
mod slow;
mod standing;
mod tally;
mod turning;

pub use run::replay;
