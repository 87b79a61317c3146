//! The integration tests: behaviour of the whole library and of the command line, in one binary.
#![allow(missing_docs)]

mod briefing;
mod check;
mod commands;
mod draw;
mod folders;
mod inventory;
mod levels;
mod look;
mod naive;
mod naive_cases;
mod naive_properties;
mod naive_rules;
mod plan_files;
mod read;
mod scenario;
mod second_opinion;
mod tidy;
