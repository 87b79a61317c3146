//! The integration tests: behaviour of the whole library and of the command line, in one binary.
#![allow(missing_docs)]

mod check;
mod draw;
mod folders;
mod inventory;
mod naive;
mod plan_files;
mod scenario;
mod second_opinion;
