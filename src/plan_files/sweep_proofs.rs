//! displaced.jsonl and proofs.jsonl: what proves the cases of a sweep.

use super::certificate::LevelCertificate;
use super::summary::shortest;
use super::table::Lined;
use crate::diagnostic::{Code, Finding, Place, Severity};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io;

/// File name of what proves the cases.
pub const PROOFS_FILE: &str = "proofs.jsonl";

/// File name of who is displaced without any failure, from which the lines of proofs.jsonl tell differences.
pub const DISPLACED_FILE: &str = "displaced.jsonl";

/// A line of proofs.jsonl: a plan of one case, and the prices that prove it to be best.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseProof {
    /// As in `by_failure.csv`.
    pub case: u64,
    /// Its levels in their order.
    pub levels: Vec<LevelCertificate>,
    /// Who is not on his default path, but for those whom nobody could serve, and for shards that displaced.jsonl tells
    /// the same of.
    pub displaced: Vec<DisplacedUsers>,
    /// Shards of displaced.jsonl of whom nobody is displaced here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undisplaced: Vec<LikeShard>,
}

/// Users who are not on their default path, and take one path; a line of displaced.jsonl.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DisplacedUsers {
    /// The links of their path from their client region on; absent where they are unserved. Where steering follows the
    /// hours, those of the paths of all slices, one behind the other: each begins at a link out of the client region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<Vec<String>>,
    /// Whose they are.
    pub of: Vec<UsersOf>,
}

/// Users of shards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsersOf {
    /// Which shards.
    #[serde(flatten)]
    pub shard: LikeShard,
    /// How many users.
    #[serde(serialize_with = "shortest")]
    pub users: f64,
}

/// A shard, and all that are like it in every column but shard, tenant and users.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LikeShard {
    /// The shard.
    pub like: String,
    /// Where they are now, of a shard that is at several sites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}

/// One line of proofs.jsonl or displaced.jsonl, with its line break.
///
/// # Errors
/// A number that is not finite.
pub fn proof_line<T: Serialize>(row: &T) -> io::Result<String> {
    let mut line = serde_json::to_string(row)?;
    line.push('\n');
    Ok(line)
}

/// Reads proofs.jsonl or displaced.jsonl, line by line. Lines that cannot be read are left out and found fault with.
pub fn read_proofs<T: DeserializeOwned>(
    file: &str,
    bytes: &[u8],
    findings: &mut Vec<Finding>,
) -> Vec<Lined<T>> {
    let lines = bytes.split(|byte| *byte == b'\n');
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(lines) {
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice(text) {
            Ok(row) => rows.push(Lined { line, row }),
            Err(problem) => findings.push(Finding {
                severity: Severity::Error,
                code: Code("P6010"),
                place: Place {
                    file: file.to_owned(),
                    line: Some(line),
                    column: None,
                },
                found: problem.to_string(),
                expected: "one JSON object as `plimsoll sweep` writes it".to_owned(),
                hint: "take the file as it was written; it is not meant to be edited".to_owned(),
            }),
        }
    }
    rows
}
