//! Run: from arguments to an exit code.

use super::args::{Cli, Command};
use super::terminal::Terminal;
use super::{commands, exit, memory, render};
use crate::error::Error;
use clap::Parser;
use std::env;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Names what is logged to standard error, such as `debug` or `plimsoll::solve=debug`.
const LOG_VARIABLE: &str = "PLIMSOLL_LOG";

/// Runs the program with these arguments, the first of which is its own name, and returns its exit code.
///
/// Exit codes: 0 sound · 1 users unserved or a target missed · 2 bad input · 3 a limit was hit before there was
/// any plan · 4 internal error. A broken pipe is not an error.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let code = match Cli::try_parse_from(args) {
        Ok(cli) => {
            start_log();
            memory::keep();
            let mut terminal = Terminal::of_process();
            if let Err(error) = memory::has_address_space() {
                terminal.say(&render::failure(&error, terminal.style));
                return ExitCode::from(exit::code_of(&error));
            }
            // A panic is a bug of ours; its message has been printed by then.
            catch_unwind(AssertUnwindSafe(|| code_of(cli.command, &mut terminal)))
                .unwrap_or(exit::INTERNAL)
        }
        Err(refusal) => {
            let code = if refusal.use_stderr() {
                exit::BAD_INPUT
            } else {
                exit::SOUND
            };
            // If even this cannot be printed there is nowhere to report to.
            let _ = refusal.print();
            code
        }
    };
    ExitCode::from(code)
}

/// Writes the log to standard error if the environment asks for it.
fn start_log() {
    if let Ok(filter) = env::var(LOG_VARIABLE) {
        // A second start in one process can only be asked for by tests; the first one stays.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(filter))
            .with_writer(std::io::stderr)
            .without_time()
            .try_init();
    }
}

/// The exit code of a command; its failure is printed.
fn code_of(command: Command, terminal: &mut Terminal) -> u8 {
    let outcome = match command {
        Command::Check(args) => commands::check::run(&args, terminal),
        Command::Plan(args) => commands::plan::run(&args, terminal),
        Command::Verify(args) => commands::verify::run(&args, terminal),
        Command::Explain(args) => commands::explain::run(&args, terminal),
        Command::Compare(args) => commands::compare::run(&args, terminal),
        Command::Sweep(args) => commands::sweep::run(&args, terminal),
        Command::Merge(args) => commands::merge::run(&args, terminal),
        Command::Runway(args) => commands::runway::run(&args, terminal),
        Command::Window(args) => commands::window::run(&args, terminal),
        Command::Replay(args) => commands::replay::run(&args, terminal),
        Command::Generate(args) => commands::generate::run(&args, terminal),
        Command::Runbook(args) => commands::runbook::run(&args, terminal),
        Command::Rule(args) => commands::rule::run(&args, terminal),
    };
    let flushed = terminal.flush();
    match outcome.and_then(|code| flushed.map(|()| code)) {
        Ok(code) => code,
        Err(error) => {
            match &error {
                Error::Unfit(findings) => terminal.print_findings(findings, &[]),
                Error::Refused(reason) => terminal.say(&format!("error: {reason}\n")),
                other => terminal.say(&render::failure(other, terminal.style)),
            }
            exit::code_of(&error)
        }
    }
}
