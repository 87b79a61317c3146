//! The first thing to do after a comparison: which plan to take, or what to look at before that.

use super::facts::ComparisonReport;
use super::files::COMPARISON_FILE;
use crate::plan::compare::PeriodPair;
use crate::report::document::Line;
use crate::report::grammar::count;
use crate::units::NOBODY;
use std::cmp::Ordering;

impl ComparisonReport {
    pub(super) fn first_to_do(&self) -> Line {
        let refused = self.comparison.refused().map(|pair| pair.is_some());
        match refused {
            [true, true] => return Line::from("First: begin neither plan; both are refused."),
            [true, false] => return Line::from("First: do not begin A; it is refused."),
            [false, true] => return Line::from("First: do not begin B; it is refused."),
            [false, false] => {}
        }
        let shown = self.shown();
        let to_pair = |words: &str, pair: &PeriodPair| {
            let anchor = format!("pair-{}", self.position(pair));
            Line::from(words).linked(Some((anchor, "side by side")))
        };
        if self.comparison.is_beside_before() {
            let Some(pair) = shown else {
                return Line::from("First: nothing. There is nothing to compare.");
            };
            let unserved = pair.totals[1].unserved_users;
            let words = if unserved > NOBODY {
                "First: find out which users the plan leaves unserved."
            } else {
                "First: look at the components with less headroom than before."
            };
            return to_pair(words, pair);
        }
        let changed = self.inputs().len();
        if self.tables.is_none() || self.keys.is_none() {
            let words = "First: make sure that both plans have the same inputs; this is not known.";
            return Line::from(words);
        }
        if changed > 0 {
            let changed = count(changed, "changed input");
            let words = format!("First: look at {changed}.");
            return Line::from(words).linked(Some(("why".to_owned(), "changes")));
        }
        let main = self.comparison.main();
        match main.map(|period_pair| (period_pair.order(), period_pair)) {
            Some((Ordering::Less, period_pair)) => to_pair(
                "First: take A, the better plan for the same inputs.",
                period_pair,
            ),
            Some((Ordering::Greater, period_pair)) => to_pair(
                "First: take B, the better plan for the same inputs.",
                period_pair,
            ),
            _ if self.comparison.pairs.iter().any(PeriodPair::has_levels) => Line::from(match self
                .loses_fewer()
            {
                Some(fewer) => format!("First: take either plan; no goal differs, and {fewer}."),
                None => "First: take either plan; no goal differs.".to_owned(),
            }),
            _ => Line::from("First: choose by the users at other sites; goals cannot be compared."),
        }
    }

    /// The files beside the page.
    pub(super) fn file_names(&self) -> Vec<&'static str> {
        let tenants = self.promises.as_ref().map(|_| "tenants.csv");
        let tables = ["headroom.csv", "shards.csv", "inputs.csv"];
        let tables = tables.into_iter().chain(tenants);
        tables.chain([COMPARISON_FILE]).collect()
    }
}
