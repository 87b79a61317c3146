//! Proofs: certificate.json, the prices that prove the levels of a plan, for those who recompute their bounds; displaced.jsonl
//! and proofs.jsonl, what proves the cases of a sweep.

use super::document::{AS_WRITTEN, JsonFile, UNREADABLE, is_default, shortest};
use super::summary::Inputs;
use super::table::Lined;
use crate::diagnostic::{Finding, Place};
use crate::model::{Goal, Measure};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io;

/// File name of the certificate.
pub const CERTIFICATE_FILE: &str = "certificate.json";

/// The format that this version writes and reads.
pub const CERTIFICATE_FORMAT: &str = "plimsoll-certificate/1";

/// certificate.json.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// [`CERTIFICATE_FORMAT`].
    pub format: String,
    /// Version of the program that wrote it.
    pub plimsoll: String,
    /// Name of the scenario.
    pub scenario: String,
    /// What the plan was made from.
    pub inputs: Inputs,
    /// From 0.
    pub periods: Vec<PeriodCertificate>,
}

/// What proves the levels of one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeriodCertificate {
    /// Counts from 0.
    pub period: u32,
    /// Levels, in the order in which they were decided: those of summary.json.
    pub levels: Vec<LevelCertificate>,
}

/// What proves one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LevelCertificate {
    /// What it minimises.
    pub goal: Goal,
    /// Which rank, for `unserved`: its tiers' names joined by `+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Which of two, for `headroom` and `moves`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// Optimum over fractional homes.
    #[serde(serialize_with = "shortest")]
    pub value: f64,
    /// What is claimed to be proven for it.
    #[serde(serialize_with = "shortest")]
    pub bound: f64,
    /// The prices that prove it; absent where nothing can be lower, and at the access-point level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<PriceVector>,
    /// At the access-point level: the standby access points that are open in the levels after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Vec<String>>,
    /// At the access-point level: sets of openings that cannot keep the earlier levels, nor can their subsets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refuted: Vec<SetVector>,
    /// After the access-point level: what shows that other sets of as many openings do no better.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_sets: Vec<SetVector>,
}

/// Prices, in the level's own unit; whatever is not listed has none.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PriceVector {
    /// Of load beyond what the headroom target leaves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub target: Vec<PriceOfRow>,
    /// Of load beyond the capacity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hard: Vec<PriceOfRow>,
    /// Of the move limit, per user.
    #[serde(default, skip_serializing_if = "is_default")]
    #[serde(serialize_with = "shortest")]
    pub moves: f64,
    /// How the levels before are kept; one that is not listed is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<KeptLevel>,
}

/// The price of a unit of load on one component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceOfRow {
    /// Where.
    pub component: String,
    /// Of what.
    pub resource: String,
    /// In which slice of the period's hours; absent where that is the first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub slice: u32,
    /// The row that counts users with all their retries; absent where it is the other one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub with_retries: bool,
    /// Per unit of the resource.
    #[serde(serialize_with = "shortest")]
    pub price: f64,
}

/// How an earlier level is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptLevel {
    /// Its position among the levels of the period, from 0.
    pub level: usize,
    /// How.
    #[serde(flatten)]
    pub by: KeptBy,
}

/// The modes of keeping a level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum KeptBy {
    /// It is as low as it can be: users take only paths that add least to it.
    Floor,
    /// It bounds what may be missing of every target.
    Limit {
        /// The bound.
        #[serde(serialize_with = "shortest")]
        at: f64,
    },
    /// It may be so much at most, at a price.
    Row {
        /// How much, in its unit.
        #[serde(serialize_with = "shortest")]
        at: f64,
        /// Per unit of it.
        #[serde(serialize_with = "shortest")]
        price: f64,
    },
}

/// Prices that say something about one set of openings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetVector {
    /// The standby access points that are open.
    pub open: Vec<String>,
    /// The prices.
    pub prices: PriceVector,
}

impl JsonFile for Certificate {
    const FILE: &'static str = CERTIFICATE_FILE;
    const FORMAT: &'static str = CERTIFICATE_FORMAT;
    const EXPECTED: &'static str = "a certificate as `plimsoll plan` writes it";

    fn format(&self) -> &str {
        &self.format
    }
}

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
    /// Who is not on their default path, except those that nobody could serve, and for shards that displaced.jsonl states
    /// the same of.
    pub displaced: Vec<DisplacedUsers>,
    /// Shards of displaced.jsonl of which nobody is displaced here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undisplaced: Vec<LikeShard>,
}

/// Users who are not on their default path, and take one path; a line of displaced.jsonl.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DisplacedUsers {
    /// The links of their path from their client region on; absent where they are unserved. Where steering follows the
    /// hours, those of the paths of all slices, one after the other: each begins at a link out of the client region.
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
            Err(problem) => {
                let place = Place {
                    line: Some(line),
                    ..Place::whole(file)
                };
                let (found, expected) = (
                    problem.to_string(),
                    "one JSON object as `plimsoll sweep` writes it",
                );
                findings.push(Finding::error(
                    UNREADABLE, place, found, expected, AS_WRITTEN,
                ));
            }
        }
    }
    rows
}
