//! Run: from arguments to an exit code.

use super::args::{Cli, Command};
use super::terminal::Terminal;
use super::{commands, exit, log, memory, render};
use crate::error::{Error, Result};
use clap::Parser;
use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Runs the program with these arguments, the first of which is its own name, and returns its exit code.
///
/// Exit codes: 0 sound · 1 users unserved or a target missed · 2 bad input · 3 a limit was hit before there was
/// any plan · 4 internal error. A broken pipe is not an error.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let code = match Cli::try_parse_from(args) {
        Ok(cli) => {
            log::start();
            memory::keep();
            let mut terminal = Terminal::of_process();
            if let Err(error) = memory::has_room() {
                let told = render::failure(&error, terminal.style);
                let _ = terminal.err.write_all(told.as_bytes());
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
            // Nobody is left to be told if even this cannot be printed.
            let _ = refusal.print();
            code
        }
    };
    ExitCode::from(code)
}

/// The exit code of a command; its failure is printed.
fn code_of(command: Command, terminal: &mut Terminal) -> u8 {
    let outcome = dispatch(command, terminal);
    let flushed = terminal.out.flush();
    match outcome.and_then(|code| written(flushed).map(|()| code)) {
        Ok(code) => code,
        Err(error) => {
            let told = match &error {
                Error::Unfit(findings) => {
                    render::findings(findings, &render::Sources::of(&[]), terminal)
                }
                other => render::failure(other, terminal.style),
            };
            let _ = terminal.err.write_all(told.as_bytes());
            exit::code_of(&error)
        }
    }
}

fn dispatch(command: Command, terminal: &mut Terminal) -> Result<u8> {
    match command {
        Command::Check(args) => commands::check::run(&args.into(), terminal),
        Command::Plan(args) => commands::plan::run(&args.into(), terminal),
        Command::Verify(args) => commands::verify::run(&args.into(), terminal),
        Command::Explain(args) => commands::explain::run(&args.into(), terminal),
        Command::Compare(args) => commands::compare::run(&args.into(), terminal),
        Command::Sweep(args) => commands::sweep::run(&args.into(), terminal),
        Command::Merge(args) => commands::merge::run(&args.into(), terminal),
        Command::Window(args) => commands::window::run(&args.into(), terminal),
        Command::Replay(args) => commands::replay::run(&args.into(), terminal),
        Command::Generate(args) => commands::generate::run(&args.into(), terminal),
    }
}

/// What became of a write to standard output: a reader that went away is no error.
pub(super) fn written(result: io::Result<()>) -> Result<()> {
    match result {
        Err(source) if source.kind() != io::ErrorKind::BrokenPipe => Err(Error::Io {
            action: "write",
            path: "standard output".to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}
