//! Bench: how long a sweep of single failures and of pairs takes on all cores, and what settles its cases.
//!
//! `cargo bench --bench sweeps` measures data/global and a million generated shards at 60 and at 200 sites; `-- FOLDER
//! SCENARIO [OVER]` measures an inventory, `-- --generated SHARDS SITES` a generated one, and `-- --smoke` sweeps
//! data/tiny and 300 generated shards. `docs/performance.md` says how to read it.

mod made;
mod processor;
mod subject;

use plimsoll::engine::{NoWatch, Options, SweepRequest, Sweeper};
use plimsoll::model::Recovery;
use plimsoll::solve::Stop;
use processor::Processor;
use std::error::Error;
use std::io::{Write, stdout};
use std::ops::Range;
use std::process::ExitCode;
use subject::{Subject, shipped, swept};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        // Cargo says so to every bench.
        .filter(|argument| argument != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match bench(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told if this cannot be written.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures what is asked for, one inventory at a time.
fn bench(words: &[&str]) -> Result<()> {
    match *words {
        ["--smoke"] => {
            let tiny = "data/tiny/drain-chicago.toml";
            measure(shipped("data/tiny", tiny, "components")?)?;
            measure(made::generated(300, 6)?)
        }
        [] => {
            measure(shipped(
                "data/global",
                "data/global/drain-lon.toml",
                "sites",
            )?)?;
            measure(made::generated(1_000_000, 60)?)?;
            measure(made::generated(1_000_000, 200)?)
        }
        ["--generated", shards, sites] => {
            measure(made::generated(shards.parse()?, sites.parse()?)?)
        }
        [folder, scenario] => measure(shipped(folder, scenario, "sites")?),
        [folder, scenario, over] => measure(shipped(folder, scenario, over)?),
        _ => Err(
            "usage: sweeps [--smoke | --generated SHARDS SITES | FOLDER SCENARIO [OVER]]".into(),
        ),
    }
}

/// Sweeps without events and with those of the scenario, and says what it took.
fn measure(subject: Subject) -> Result<()> {
    let mut quiet = subject.scenario.clone();
    quiet.events.clear();
    writeln!(
        stdout(),
        "\n{}: {} shards; failures of {}; {} threads\n{:<24}{:>8}{:>9}{:>10}{:>9}  settled by",
        subject.name,
        subject.inventory.shards.len(),
        subject.over.word(),
        rayon::current_num_threads(),
        "scenario",
        "cases",
        "seconds",
        "processor",
        "ms each",
    )?;
    for scenario in [quiet, subject.scenario] {
        let name = match scenario.events.len() {
            0 => "no event".to_owned(),
            _ => scenario.name.clone(),
        };
        let asked = SweepRequest::new(subject.over, 2);
        let options = Options {
            stop: &Stop::default(),
            watch: &NoWatch,
        };
        let since = Processor::now();
        let sweeper = Sweeper::new(subject.inventory.clone(), scenario, asked, &options)?;
        writeln!(stdout(), "{name:<24}{:>8}{since}{:>9}  loading", "", "")?;
        let cases = sweeper.contingencies();
        for (what, range) in [
            ("singles", 0..cases.of_size(1).end),
            ("pairs", cases.of_size(2)),
        ] {
            if !range.is_empty() {
                report(&sweeper, what, range)?;
            }
        }
    }
    Ok(())
}

/// Sweeps some cases, and says what it took and what settled them.
fn report(sweeper: &Sweeper, what: &str, range: Range<usize>) -> Result<()> {
    let count = range.len();
    let since = Processor::now();
    let tally = swept(sweeper, range)?;
    let took = since.to_string();
    let each = 1e3 * since.seconds() / count as f64;
    let settled = tally.settled(Recovery::Replan).into_iter();
    let settled = settled.map(|(path, cases)| {
        let share = 100.0 * cases as f64 / count as f64;
        format!("{} {share:.1} %", path.word())
    });
    let settled = settled.collect::<Vec<_>>().join(", ");
    writeln!(
        stdout(),
        "  {what:<22}{count:>8}{took}{each:>9.2}  {settled}"
    )?;
    Ok(())
}
