//! The referee's verdict.

use super::certificate::Proven;
use crate::diagnostic::Finding;
use crate::plan_files::WrittenPlan;
use std::fmt;

/// How many broken rules the short text shows.
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
    /// What is not checked because files lack columns that older files lack, because before.csv is absent, or because it is refused:
    /// one phrase for each file or period.
    pub lacking: Vec<String>,
    /// Nobody is unserved in any period, by the referee's own count.
    pub serves_everyone: bool,
    /// No headroom is missing beyond s⁰ in any period, by the referee's own count. Without before.csv all
    /// missing headroom counts.
    pub meets_targets: bool,
    /// `true` if what was missing before is known, or all of it counts: before.csv is there, or the scenario does not keep it.
    pub knows_missed_before: bool,
    /// Written targets that are missed in some period, and were so before by no less; the most in one period.
    pub targets_missed_before: u64,
    /// Why the plan is refused and not to be carried out, one sentence for every period to which no way is safe; empty if
    /// it is not.
    pub refused: Vec<String>,
    /// What certificate.json proves of it.
    pub proven: Proven,
}

impl Verdict {
    /// `true` if no rule is broken.
    pub fn holds(&self) -> bool {
        self.broken.is_empty()
    }
}

/// Why a plan is refused, one sentence for every period to which no way is safe: what was found by period, and without
/// waves.csv or `hour_turns.csv` what summary.json says.
pub(super) fn refused(found: Vec<(usize, Option<String>)>, plan: &WrittenPlan) -> Vec<String> {
    let told = plan.summary.iter().flat_map(|own| &own.periods);
    let told = told.enumerate().flat_map(|(index, own)| {
        let way = own.way.as_ref().filter(|_| plan.waves.is_none());
        let hours = own.hour_turns.as_ref();
        let hours = hours.filter(|_| plan.hour_turns.is_none());
        let reasons = [
            way.and_then(|own| own.refused.clone()),
            hours.and_then(|own| own.refused.clone()),
        ];
        reasons
            .into_iter()
            .flatten()
            .map(move |reason| (index, Some(reason)))
    });
    let all = found.into_iter().chain(told);
    all.map(|(period, reason)| match reason {
        Some(reason) => format!("period {period}: {reason}"),
        None => format!(
            "period {period}: the way there takes longer than it may, or not everybody has a wave"
        ),
    })
    .collect()
}

/// A sentence, then the first broken rules.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.broken.len() {
            0 => write!(f, "the plan holds")?,
            1 => write!(f, "the plan does not hold: 1 rule is broken")?,
            count => write!(f, "the plan does not hold: {count} rules are broken")?,
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
