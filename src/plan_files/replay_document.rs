//! replay.json: how a written replay was played.

use super::document::{JsonFormat, read_document};
use crate::diagnostic::{Code, Finding, Place, Severity};
use serde::Deserialize;

/// File name of what a replay came to.
pub const REPLAY_FILE: &str = "replay.json";

/// The format that this version writes; earlier numbers are read too.
pub const REPLAY_FORMAT: &str = "plimsoll-replay/2";

/// The longest step of a replay, in seconds.
const LONGEST_STEP: f64 = 3_600.0;

/// How a replay was played, as far as replay.json says it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct WrittenReplay {
    /// The format.
    pub format: String,
    /// The plan that was carried out, if one was.
    pub plan: Option<ReplayedPlan>,
    /// What was taken for granted.
    pub assumed: Assumed,
}

/// A plan that was carried out in a replay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReplayedPlan {
    /// It was made for the replay; else it was in a folder.
    pub made_here: bool,
}

/// What was taken for granted in a replay.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Assumed {
    /// Length of a step.
    pub step_seconds: f64,
}

/// Reads replay.json; `None` if it cannot be read, with the reason among the findings.
pub fn read_replay(bytes: &[u8], findings: &mut Vec<Finding>) -> Option<WrittenReplay> {
    let document = JsonFormat {
        file: REPLAY_FILE,
        format: REPLAY_FORMAT,
        expected: "what a replay came to, as `plimsoll replay` writes it",
    };
    let format_of: fn(&WrittenReplay) -> &str = |own| &own.format;
    let read = read_document(&document, bytes, format_of, findings)?;
    let step = read.assumed.step_seconds;
    if step > 0.0 && step <= LONGEST_STEP {
        return Some(read);
    }
    findings.push(Finding {
        severity: Severity::Error,
        code: Code("P6010"),
        place: Place {
            file: REPLAY_FILE.to_owned(),
            line: None,
            column: Some("assumed.step_seconds".to_owned()),
        },
        found: format!("`{step}`"),
        expected: format!("seconds above 0 up to {LONGEST_STEP}"),
        hint: "take the file as it was written; it is not meant to be edited".to_owned(),
    });
    None
}
