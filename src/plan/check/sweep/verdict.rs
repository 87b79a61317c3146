//! The referee's verdict on a sweep.

use crate::diagnostic::Finding;

/// Whether a written sweep holds, and what was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepVerdict {
    /// Every broken rule, with the row that breaks it.
    pub broken: Vec<Finding>,
    /// The files that were checked.
    pub checked: Vec<&'static str>,
    /// What could not be checked, and why.
    pub not_checked: Vec<String>,
    /// How many cases were judged by a plan of the referee's own.
    pub cases: usize,
    /// Of so many that are here and answered by planning again.
    pub replanned: usize,
    /// How many answers by a rule were recomputed, of how many that are here: one for a case and recovery.
    pub by_rule: [usize; 2],
    /// How many cases are here, and how many the whole sweep has.
    pub extent: [usize; 2],
    /// The largest gap between a level and what its prices prove, relative to the larger of 1 and the level; `None` if
    /// no level has prices.
    pub worst_gap: Option<f64>,
}

impl SweepVerdict {
    /// `true` if no rule is broken.
    pub fn holds(&self) -> bool {
        self.broken.is_empty()
    }
}
