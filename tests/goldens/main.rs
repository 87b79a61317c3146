//! Goldens: what every command prints and writes, beside what is recorded of it.
//!
//! `make goldens` compares all of it, `make goldens-bless` records it again, `cargo test --test goldens` compares a
//! tenth. `README.md` beside this file says what is recorded, and how a difference is read.

mod case;
mod cases;
mod codes;
mod compare;
mod edited;
mod record;
mod store;

use case::Case;
use clap::Parser;
use compare::Comparison;
use rayon::prelude::*;
use record::Record;
use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::Store;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Compares what every command prints and writes with what is recorded.
#[derive(Debug, Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
struct Arguments {
    /// All cases; left out: a tenth of them
    #[arg(long)]
    all: bool,
    /// Record what differs, instead of failing
    #[arg(long)]
    bless: bool,
    /// Keep every text, so that a later difference can be shown; nothing is compared
    #[arg(long, conflicts_with = "bless")]
    keep: bool,
    /// List the cases, with `*` those of the tenth
    #[arg(long)]
    list: bool,
    /// Only cases whose name contains this
    #[arg(value_name = "TEXT")]
    only: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = run(&arguments);
    // Nobody is left to be told if this cannot be written.
    match outcome {
        Ok((text, is_same)) => {
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::from(u8::from(!is_same))
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

/// What is to be printed, and whether all is as recorded.
fn run(arguments: &Arguments) -> Result<(String, bool)> {
    let mut cases = cases::all()?;
    if let Some(only) = &arguments.only {
        cases.retain(|case| case.name.contains(only.as_str()));
    } else if !arguments.all {
        cases.retain(Case::is_of_the_tenth);
    }
    if cases.is_empty() {
        return Err("no case has such a name".into());
    }
    if arguments.list {
        let lines = cases.iter().map(|case| {
            let mark = if case.is_of_the_tenth() { '*' } else { ' ' };
            format!("{mark} {}\n", case.name)
        });
        return Ok((lines.collect(), true));
    }
    let store = Store::new(&root("target/goldens"))?;
    let found: Vec<Result<Comparison>> = cases
        .par_iter()
        .map(|case| compared(case, &store, arguments))
        .collect();
    let mut all = found.into_iter().collect::<Result<Vec<Comparison>>>()?;
    all.push(codes::compared(&store, arguments.bless)?);
    if arguments.bless && arguments.all && arguments.only.is_none() {
        remove_others(&cases)?;
    }
    let is_same = all.iter().all(Comparison::is_same);
    let is_well = is_same || arguments.bless || arguments.keep;
    Ok((compare::summary(&all, arguments.bless), is_well))
}

fn compared(case: &Case, store: &Store, arguments: &Arguments) -> Result<Comparison> {
    let found = case
        .run()
        .map_err(|error| format!("{}: {error}", case.name))?;
    if arguments.keep {
        store.keep(&found)?;
        return Ok(Comparison::same(&case.name));
    }
    let path = recorded(&case.name);
    let before = Record::read(&path)?;
    // What is compared is kept only afterwards, so that the store has the texts of before.
    let comparison = Comparison::new(&case.name, &before, &found, store);
    if arguments.bless && !comparison.is_same() {
        found.write(&path, case.is_of_the_tenth())?;
    }
    if arguments.bless || comparison.is_same() {
        store.keep(&found)?;
    }
    Ok(comparison)
}

/// Removes what is recorded of cases that are no more.
fn remove_others(cases: &[Case]) -> Result<()> {
    for entry in std::fs::read_dir(root("tests/goldens/recorded"))? {
        let path = entry?.path();
        if !cases.iter().any(|case| recorded(&case.name) == path) {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Where a case is recorded.
fn recorded(name: &str) -> PathBuf {
    root("tests/goldens/recorded").join(format!("{}.txt", name.replace('/', "+")))
}

/// A file or folder of the project.
fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
