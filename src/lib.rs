//! Plimsoll draws the load line of an online service that runs from many datacenters.
//!
//! The floors of the library, lowest first (`ARCHITECTURE.md` draws them):
//! [`model`], [`inventory`], [`scenario`], [`plan_files`] and [`generate`], [`graph`], [`formulation`],
//! [`solve`], [`plan`], [`engine`], [`report`], [`cli`].

pub mod diagnostic;
pub mod error;
pub mod ids;
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
