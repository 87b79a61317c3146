//! Which cases of several failures come to more than their failures alone: only these are worth showing.

use super::report::SweepReport;
use crate::plan::sweep::CaseResult;
use crate::report::grammar::by_count;
use crate::report::numbers::whole;
use crate::units::FEASIBILITY;

/// Fewer users are none.
const NOT_ONE: f64 = 0.5;

impl SweepReport<'_> {
    /// `true` if several failures leave no more users unserved than the sum of what each of them does alone, and miss no more
    /// of a headroom target than the worst of them.
    pub(super) fn is_explained(&self, found: &CaseResult) -> bool {
        let cases = &self.sweep.contingencies;
        let positions = cases.positions(found.case);
        if positions.len() < 2 || cases.gray_size(found.case) > 0 {
            return false;
        }
        let at_first = self.unserved_at_first(found.recovery);
        let (mut unserved, mut missing) = (at_first, 0.0_f64);
        for position in positions {
            let Some(case_result) = self.found(found.recovery, cases.case_of(&[position])) else {
                return false;
            };
            unserved += (case_result.unserved_users() - at_first).max(0.0);
            missing = missing.max(case_result.worst_shortfall());
        }
        found.unserved_users() <= unserved + NOT_ONE
            && found.worst_shortfall() <= missing + FEASIBILITY
    }

    /// `66 pairs of sites not survived: 12 of them come to more than the sites alone.`; nothing of single failures, and where
    /// all of them do.
    pub(super) fn together(&self, size: usize) -> Option<String> {
        if size < 2 {
            return None;
        }
        let bad = self.of_size(self.recovery(), size);
        let bad: Vec<&CaseResult> = bad.filter(|case_result| !case_result.holds()).collect();
        let more = bad
            .iter()
            .filter(|case_result| !self.is_explained(case_result))
            .count();
        let (all, noun) = (self.counted_cases(bad.len(), size), self.noun());
        let come = by_count(&whole(more), ["comes", "come"]);
        let said = match more {
            0 => format!("none comes to more than its {noun}s alone"),
            more => format!(
                "{} of them {come} to more than the {noun}s alone",
                whole(more)
            ),
        };
        // Where all do, each is worth a look.
        (more < bad.len()).then(|| format!("{all} not survived: {said}."))
    }
}
