//! The referee's verdict, and what of a written plan it does not recompute.

use super::certificate::Proven;
use super::missed_target::MissedTarget;
use crate::diagnostic::Finding;
use crate::plan_files::{Row as _, WaveRow, WrittenPlan};
use std::collections::BTreeSet;
use std::fmt;

/// How many findings the short text shows.
const SHOWN: usize = 20;

/// Whether a written plan holds, and what it comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Every broken rule, with the row that breaks it.
    pub broken: Vec<Finding>,
    /// The files that were checked.
    pub checked: Vec<&'static str>,
    /// The files that the plan does not have: what they would say is not checked.
    pub not_checked: Vec<&'static str>,
    /// What is not checked because files lack columns that older files lack, because before.csv is absent, or because it is
    /// refused: one phrase for each file or period.
    pub lacking: Vec<String>,
    /// Nobody is unserved in any period, by the referee's own count.
    pub serves_everyone: bool,
    /// No headroom is missing beyond s⁰ in any period, by the referee's own count. Without before.csv all
    /// missing headroom counts.
    pub meets_targets: bool,
    /// The targets that are missed, the worst first, each with its worst period.
    pub targets_missed: Vec<MissedTarget>,
    /// `true` if what was missing before is known, or all of it counts: before.csv is there, or the scenario does not keep it.
    pub knows_missed_before: bool,
    /// Written targets that are missed in some period, and were so before by no less; the most in one period.
    pub targets_missed_before: u64,
    /// Why the plan is refused and not to be carried out, one sentence for every period to which no transition is safe; empty if
    /// it is not.
    pub refused: Vec<String>,
    /// What certificate.json proves of it.
    pub proven: Proven,
}

/// How many rules findings break: several places can break one rule.
pub fn rules_broken(findings: &[Finding]) -> usize {
    let codes: BTreeSet<_> = findings.iter().map(|finding| finding.code).collect();
    codes.len()
}

impl Verdict {
    /// `true` if no rule is broken.
    pub fn holds(&self) -> bool {
        self.broken.is_empty()
    }
}

/// Why a plan is refused, one sentence for every period to which no transition is safe: what was found by period, and without
/// waves.csv what summary.json says.
pub(super) fn refused(found: Vec<(usize, Option<String>)>, plan: &WrittenPlan) -> Vec<String> {
    let flat_map = plan.summary.iter().flat_map(|summary| &summary.periods);
    let flat_map = flat_map.enumerate().flat_map(|(index, period_summary)| {
        let path = period_summary
            .way
            .as_ref()
            .and_then(|item| item.refused.clone());
        let hours = period_summary
            .hour_turns
            .as_ref()
            .and_then(|hour_turns_summary| hour_turns_summary.refused.clone());
        let reasons = [path, hours].into_iter().flatten();
        reasons
            .filter(|_| plan.waves.is_none())
            .map(move |reason| (index, Some(reason)))
    });
    let all = found.into_iter().chain(flat_map);
    all.map(|(period, reason)| match reason {
        Some(reason) => format!("period {period}: {reason}"),
        None => format!(
            "period {period}: the transition to it takes too long, or some users have no wave"
        ),
    })
    .collect()
}

/// A sentence, then the first findings.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.broken.len() {
            0 if self.not_checked.contains(&WaveRow::FILE) => {
                write!(f, "transitions are not checked; what is checked holds")?;
            }
            0 => write!(f, "the plan holds")?,
            findings => {
                let rules = match rules_broken(&self.broken) {
                    1 => "1 rule is".to_owned(),
                    rules => format!("{rules} rules are"),
                };
                write!(f, "the plan does not hold: {rules} broken")?;
                if findings > rules_broken(&self.broken) {
                    write!(f, " ({findings} findings)")?;
                }
            }
        }
        if !self.not_checked.is_empty() {
            write!(f, "\nnot checked, absent: {}", self.not_checked.join(", "))?;
        }
        if !self.lacking.is_empty() {
            write!(f, "\nnot checked: {}", self.lacking.join("; "))?;
        }
        for finding in self.broken.iter().take(SHOWN) {
            write!(f, "\n{finding}")?;
        }
        if self.broken.len() > SHOWN {
            write!(f, "\nand {} more", self.broken.len() - SHOWN)?;
        }
        Ok(())
    }
}

/// Fields of a file that are not recomputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unjudged {
    /// The file, or the folder in which it stands.
    pub file: &'static str,
    /// Columns, or keys with all that stands below them; `[]` stands for each of a list. Empty is all of it.
    pub fields: &'static [&'static str],
}

/// All of them: pages and charts, which repeat the tables, prices, margins, ends of the forecast and recovery, which are checked
/// only where they are made, how the plan was made, and words that repeat the numbers beside them.
pub const UNJUDGED: [Unjudged; 13] = [
    Unjudged::all("report.html"),
    Unjudged::all("runbook.csv"),
    Unjudged::all("runbook.html"),
    Unjudged::all("runbook.md"),
    Unjudged::all("runbook.sh"),
    Unjudged::all("charts/"),
    Unjudged::all("inputs/"),
    Unjudged::all("explanations.json"),
    Unjudged::of("access_points.csv", &["reason"]),
    Unjudged::of("unserved.csv", &["reason"]),
    Unjudged::of("headroom.csv", &["shadow_price", "price_stage"]),
    Unjudged::of(
        "certificate.json",
        &[
            "plimsoll",
            "inputs",
            "periods[].levels[].prices",
            "periods[].levels[].refuted[].prices",
            "periods[].levels[].other_sets[].prices",
        ],
    ),
    Unjudged::of(
        "summary.json",
        &[
            "plimsoll",
            "inputs",
            "model",
            "seconds",
            "warnings",
            "margin",
            "outages",
            "stays_down_users",
            "recovery",
            "replayed.remedies",
            "joint",
            "periods[].margin",
            "periods[].band",
            "periods[].refused",
            "periods[].remedies",
            "periods[].stages[].skipped",
            "periods[].stages[].whole_bound",
            "periods[].downtime.named_minutes",
            "periods[].downtime.outage_minutes",
            "periods[].downtime.down_until",
            "periods[].downtime.aftermath_until",
            "periods[].protection.least_unserved_users",
        ],
    ),
];

/// The same of a written sweep: pages and charts, the cells of the page's sheet, which repeat the other tables, how full
/// components were before where that is asked of nothing else, and what the sweep was made from.
pub const SWEEP_UNJUDGED: [Unjudged; 9] = [
    Unjudged::all("report.html"),
    Unjudged::all("charts/"),
    Unjudged::all("side_by_side.csv"),
    Unjudged::all("utilization_before.csv"),
    Unjudged::of(
        "by_failure.csv",
        &["whole_unserved_users", "whole_worst_shortfall"],
    ),
    Unjudged::of("involved.csv", &["rows with the role binds"]),
    Unjudged::of("assignment.csv", &["reason"]),
    Unjudged::of("proofs.jsonl", &["levels[].bound", "prices"]),
    Unjudged::of("sweep.json", &["plimsoll", "inputs"]),
];

/// The same of a written runway.
pub const RUNWAY_UNJUDGED: [Unjudged; 6] = [
    Unjudged::all("report.html"),
    Unjudged::all("charts/"),
    Unjudged::all("components.csv"),
    Unjudged::all("utilization.csv"),
    Unjudged::of(
        "runway.csv",
        &["component", "resource", "short", "whole_shards_fail_from"],
    ),
    Unjudged::of("runway.json", &["plimsoll", "inputs", "verdict", "trapped"]),
];

/// The same of a written replay, which is played again and compared: the page repeats its tables, and which version wrote it
/// proves nothing.
pub const REPLAY_UNJUDGED: [Unjudged; 3] = [
    Unjudged::all("report.html"),
    Unjudged::all("charts/"),
    Unjudged::of("replay.json", &["plimsoll"]),
];

/// What of this plan is checked by no play and no other plan, in words:
/// `is_protected` where something is to be survived by planning again, `is_played` where its files were played again.
pub fn not_played([is_protected, is_played]: [bool; 2]) -> impl Iterator<Item = &'static str> {
    let of_protection = "the failures survived by planning again; check them with `plimsoll sweep --from plan`, then \
                         verify its folder";
    let of_replay = if is_played {
        "the plan's entries for users down: outages, recovery"
    } else {
        "the replay in summary.json: outages, recovery"
    };
    let of_protection = is_protected.then_some(of_protection);
    of_protection.into_iter().chain([of_replay])
}

impl Unjudged {
    /// All of a file or a folder.
    const fn all(file: &'static str) -> Self {
        Self::of(file, &[])
    }

    /// Some fields of a file.
    const fn of(file: &'static str, fields: &'static [&'static str]) -> Self {
        Self { file, fields }
    }

    /// `true` if a column or key is one of these.
    pub fn has(&self, file: &str, field: &str) -> bool {
        let is_file = match self.file.strip_suffix('/') {
            Some(folder) => file.split('/').next() == Some(folder) && file != folder,
            None => file == self.file,
        };
        let is_below = |listed: &&str| {
            let rest = field.strip_prefix(*listed);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        is_file && (self.fields.is_empty() || self.fields.iter().any(is_below))
    }

    /// `shadow_price and price_stage of headroom.csv`
    pub fn words(&self) -> String {
        match self.fields {
            [] => self.file.to_owned(),
            [one] => format!("{one} of {}", self.file),
            [all @ .., last] => format!("{} and {last} of {}", all.join(", "), self.file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_all_that_stands_below_it() {
        let has = |file: &str, field: &str| UNJUDGED.iter().any(|entry| entry.has(file, field));
        assert!(has("summary.json", "periods[].band.low.stages[].plan"));
        assert!(has("summary.json", "margin.demand_factor.bound"));
        assert!(!has("summary.json", "periods[].bandwidth"));
        assert!(!has("summary.json", "periods[].stages[].plan"));
        assert!(has("inputs/sites.csv", "cpu"));
        assert!(has("explanations.json", "bindings[].price"));
        assert!(!has("headroom.csv", "load"));
    }
}
