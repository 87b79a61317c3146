//! What can go wrong that is not the user's input: files, the solver, our own bugs.

use crate::diagnostic::Finding;
use std::io;

/// A failure that is neither a finding about the input nor an answer of the planner.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action} `{path}`")]
    Io {
        /// What was being done: `read`, `write`, `rename`.
        action: &'static str,
        /// The path, as the user would write it.
        path: String,
        /// The operating system's reason.
        source: io::Error,
    },
    /// Files that are refused before they are read: no files at all, or too large for their kind.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Unfit(Vec<Finding>),
    /// Something is asked that cannot be done as it is asked.
    #[error("{0}")]
    Refused(String),
    /// The solver ended without a proven optimum where one was needed, after every fallback was tried.
    #[error("the solver ended with status `{status}` at level `{level}`")]
    Solver {
        /// The level being solved.
        level: String,
        /// The solver's own word.
        status: String,
    },
    /// A limit (clock, Ctrl-C) was hit before there was any plan.
    #[error("stopped before there was an answer")]
    StoppedEarly,
    /// A plan was judged and reported, and a later step failed.
    #[error("the plan above was not written")]
    NotWritten(#[source] Box<Self>),
    /// Something that cannot happen happened: a bug in Plimsoll.
    #[error("internal error: {0}")]
    Internal(String),
}

impl Error {
    /// The same error, of a plan whose verdict was reported before.
    #[must_use]
    pub fn after_the_verdict(self) -> Self {
        Self::NotWritten(Box::new(self))
    }

    /// The same error, naming the level being solved where the solver failed.
    #[must_use]
    pub fn at_level(self, name: impl Into<String>) -> Self {
        match self {
            Self::Solver { level, status } if level.is_empty() => Self::Solver {
                level: name.into(),
                status,
            },
            other => other,
        }
    }
}

/// A result whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
