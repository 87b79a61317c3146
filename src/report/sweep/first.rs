//! The first thing to do after a sweep: what to do about the worst case.

use super::cases::{HELPS, TRIED};
use super::names::ComponentNames;
use super::report::{SweepReport, ranked};
use super::tables::{CASES_ID, ListedCases, SHEET};
use crate::plan::sweep::CaseResult;
use crate::report::document::{Line, Table};
use crate::report::text::visible;

/// Most failures of a case for which a command is given; a longer one leaves no space for the rest of the screen.
const MOST_FAILURES: usize = 3;

impl SweepReport<'_> {
    /// A plan of the worst case, or of the scenario where it does not hold without a failure; nothing to do where all cases hold.
    pub(super) fn first_to_do(
        &self,
        names: &ComponentNames<'_>,
        cases: &ListedCases<'_>,
        tables: &[Table],
    ) -> Line {
        let recovery = self.recovery();
        let found = self.sweep.tally.found.iter();
        let all = ranked(found.filter(|case_result| case_result.recovery == recovery));
        let Some(worst) = all.first() else {
            if let Some(whole) = self.unserved_whole().first() {
                return Line::from(self.plan_of(names, whole, " with whole shards, "));
            }
            let all = self.sweep.contingencies.count();
            return Line::from(match self.extent.sentence(all) {
                Some(_) if self.extent.is_stopped() => {
                    "First: check the other cases with `sweep --resume`."
                }
                Some(_) => {
                    "First: join this part with the others; `merge` checks that none is missing."
                }
                None if self.with_split_shards() > 0 => {
                    return Line::from(format!(
                        "First: check cases with whole shards: `{}`.",
                        self.check_of_a_case(" --fail ID")
                    ));
                }
                None if !self.sweep.is_from_plan && !self.scenario.events.is_empty() => {
                    "First: sweep with `--from plan`. Failures once users have moved are not checked."
                }
                None => "First: nothing. Every case holds.",
            });
        };
        let line = Line::from(self.plan_of(names, worst, ", "));
        let anchor = cases.anchor(recovery, worst.case);
        let anchor = anchor.unwrap_or_else(|| Table::anchor(tables, CASES_ID, SHEET));
        line.linked(Some((anchor, "the case")))
    }

    fn plan_of(&self, names: &ComponentNames<'_>, worst: &CaseResult, with: &str) -> String {
        let cases = &self.sweep.contingencies;
        let failing: Vec<&str> = cases
            .failing(worst.case)
            .map(|failing| failing.name(self.inventory))
            .collect();
        let is_gray = cases.gray_size(worst.case) > 0;
        if failing.is_empty() && !is_gray {
            return "First: plan the scenario; it does not hold without any failure.".to_owned();
        }
        let without = self.without(names, worst.case);
        let sentences = self.because(worst.recovery, worst.case);
        let help = sentences.iter().find_map(|words| words.strip_prefix(HELPS));
        // A narrow first screen has no space for how it was found, which the case says.
        let help = help.and_then(|help| help.strip_suffix(TRIED));
        if let Some(help) = help {
            return format!(
                "First, for the worst case{with}{without}: {}.",
                visible(help)
            );
        }
        if is_gray || failing.len() > MOST_FAILURES {
            return format!("First: look at the worst case{with}{without}.");
        }
        let fail = failing.iter().map(|id| format!(" --fail {id}"));
        let fail: String = fail.collect();
        let plan = if self.sweep.is_from_plan {
            self.check_of_a_case(&fail)
        } else {
            format!("plan{fail}")
        };
        format!("First: plan the worst case{with}{without}: `{plan}`.")
    }
}
