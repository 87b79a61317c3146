//! Terminal: where results and messages go, and how colourful they are.

use crate::error::{Error, Result};
use std::env;
use std::io::{self, BufWriter, IsTerminal, Write};

/// Standard output for results, standard error for all else.
pub(crate) struct Terminal {
    pub(crate) out: Box<dyn Write + Send>,
    pub(crate) err: Box<dyn Write + Send>,
    /// Whether results may be coloured.
    pub(crate) style: Style,
    /// Columns of standard output, if it is a terminal.
    pub(crate) width: Option<u16>,
}

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Plain text.
    Plain,
    /// With ANSI colours.
    Coloured,
}

/// A part of a message that a colour may mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColourMark {
    /// The word `error`, and the cell that is wrong.
    Error,
    /// The word `warning`.
    Warning,
    /// The word `hint`.
    Hint,
}

impl Terminal {
    /// The terminal of this process. Colours need a terminal and no `NO_COLOR`.
    pub(crate) fn of_process() -> Self {
        let is_refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || env::var_os("TERM").is_some_and(|value| value == "dumb");
        let stdout = io::stdout();
        let style = if stdout.is_terminal() && !is_refused {
            Style::Coloured
        } else {
            Style::Plain
        };
        Self {
            out: Box::new(BufWriter::new(stdout)),
            err: Box::new(io::stderr()),
            style,
            width: console_width(),
        }
    }
}

impl Terminal {
    /// Prints a result: a reader that went away is no error.
    pub(crate) fn print(&mut self, text: &str) -> Result<()> {
        written(self.out.write_all(text.as_bytes()))
    }

    pub(crate) fn flush(&mut self) -> Result<()> {
        written(self.out.flush())
    }

    /// Prints a message; without standard error there is nowhere to report to.
    pub(crate) fn say(&mut self, text: &str) {
        let _ = self.err.write_all(text.as_bytes());
    }
}

fn written(result: io::Result<()>) -> Result<()> {
    match result {
        Err(source) if source.kind() != io::ErrorKind::BrokenPipe => Err(Error::Io {
            action: "write",
            path: "standard output".to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

/// Columns of standard output, if it is a terminal.
fn console_width() -> Option<u16> {
    let (_, width) = console::Term::stdout().size_checked()?;
    io::stdout().is_terminal().then_some(width)
}

impl Style {
    /// `text`, marked if this style has colours.
    pub(crate) fn mark(self, mark: ColourMark, text: &str) -> String {
        let code = match mark {
            ColourMark::Error => "1;31",
            ColourMark::Warning => "1;33",
            ColourMark::Hint => "1;36",
        };
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}
