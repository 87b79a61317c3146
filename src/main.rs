//! The command line program.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Memory of large plans is asked for and given back by several threads, which the system's allocator does at the price
/// of a quarter more of it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    plimsoll::cli::run(std::env::args_os())
}
