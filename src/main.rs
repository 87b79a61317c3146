//! The command line program.

use std::process::ExitCode;

fn main() -> ExitCode {
    plimsoll::cli::run(std::env::args_os())
}
