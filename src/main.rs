//! The command line program.

use plimsoll::cli::Allocator;
use std::process::ExitCode;

/// Memory of large plans is asked for and given back by several threads, which the system's allocator does at the price
/// of a quarter more of it.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator::NEW;

fn main() -> ExitCode {
    plimsoll::cli::run(std::env::args_os())
}
