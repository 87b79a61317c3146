//! Report: plan values in, bytes out; tables, CSV, sentences and charts.
//!
//! Nothing here opens a file, reads a clock or asks the environment.
//!
//! What a command found is a `document/`: sections of sentences, tables and figures, which are laid out for a terminal,
//! a page (`html/`) or Markdown. `briefing/` says what a plan is, `waves/` its transitions and the runbook, `replay/`,
//! `sweep/`, `windows/`, `comparison/` and `asked/` what these commands found. `written/` makes the output folder,
//! `explained/` explanations.json, `charts/` pictures; `drawn.rs` says which charts a plan has.
//! `grammar.rs`, `numbers.rs`, `span.rs` and `text.rs` write numbers with their nouns, durations, and texts from files.

pub mod asked;
mod assumed;
mod at_risk;
pub mod briefing;
pub mod charts;
pub mod comparison;
pub mod csv;
mod cuts;
pub mod document;
pub mod downtime;
pub mod drawn;
pub mod explained;
pub mod grammar;
pub mod headroom;
pub mod html;
mod independent_retries;
pub mod markdown;
pub mod missed_targets;
pub mod moves;
pub mod numbers;
mod period;
pub mod places;
pub mod proven;
pub mod replay;
pub mod runway;
pub mod span;
mod stays_down;
pub mod steering;
pub mod sweep;
pub mod table;
pub mod targets;
pub mod text;
pub mod through;
mod unplaced;
pub mod users;
pub mod waves;
pub mod windows;
pub mod words;
pub mod written;

pub use crate::plan_files::explanations::ShardFate;
pub use cuts::{cut_rows, cut_sentence};
pub use grammar::{Named, titles};
pub use headroom::{HeadroomRow, Standing, State};
pub use moves::MoveRow;
pub use period::{happenings, headroom_rows};
pub use steering::{AccessPointRow, EntryRow, Steering};
