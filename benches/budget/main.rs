//! Bench: what each phase of fixed plans takes, as a multiple of reading the same files in the same run.
//!
//! `cargo bench --profile dev --bench budget` measures, and fails where a phase takes half as much again as
//! `benches/budget/ratios.csv` has for it; `-- --write` writes that file. `docs/performance.md` says how to read it.

mod cases;
mod ratios;

use cases::{CASES, Case};
use ratios::{Measured, Ratios};
use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        // Cargo says so to every bench.
        .filter(|argument| argument != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        [] => measured().and_then(|all| ratios::judged(&all, &Ratios::read()?)),
        ["--write"] => measured().and_then(|all| ratios::write(&all)),
        _ => Err("usage: budget [--write]".into()),
    };
    // Nobody is left to be told if this cannot be written.
    match outcome {
        Ok(text) => {
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Every case, on one thread, as reading is: what else runs on the machine slows both alike.
fn measured() -> Result<Vec<Measured>> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()?;
    if !cfg!(debug_assertions) {
        return Err("the ratios are those of the dev profile: add --profile dev".into());
    }
    let folder = tempfile::tempdir()?;
    let all = CASES.iter().map(|case: &Case| case.measured(folder.path()));
    all.collect()
}
