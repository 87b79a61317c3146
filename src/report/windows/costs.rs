//! What a start costs, as tables and numbers show it: the recommended start by its plan, with whole shards; every other one as it
//! is ranked, where shards may be split.

use super::RankedWindows;
use crate::engine::{OnceMoved, Window};
use crate::units::{AGREEMENT, NOBODY};

/// Marks the row of the start whose plan is known.
pub(super) const PLANNED: &str = " *";

/// What a start costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct StartCost<'a> {
    /// `true` if these are the numbers of its plan.
    pub(super) is_planned: bool,
    /// Unserved users.
    pub(super) unserved: f64,
    /// The worst missing share of a headroom target.
    pub(super) shortfall: f64,
    /// Users unserved after one more failure before users move; `None` where that was not asked.
    pub(super) after_one_more: Option<f64>,
    /// The failure that leaves them so, by its id.
    pub(super) worst_failure: Option<&'a str>,
    /// What further failures do once users have moved; `None` where that was not asked, or is not planned.
    pub(super) once_moved: Option<&'a OnceMoved>,
    /// Users who move.
    pub(super) moved: f64,
}

impl RankedWindows<'_> {
    /// What a start costs: one number of each kind, the same wherever it is shown.
    pub(super) fn start_cost<'b>(&'b self, window: &'b Window) -> StartCost<'b> {
        let before = window.failures.as_ref();
        let ranked = StartCost {
            is_planned: false,
            unserved: window.unserved_users(),
            shortfall: window.worst_shortfall(),
            after_one_more: window.unserved_after_one_more(),
            worst_failure: before.and_then(|one_more| Some(one_more.worst.as_ref()?.0.as_str())),
            once_moved: None,
            moved: window.moved,
        };
        let Some(drain) = self.drain().filter(|drain| drain.start == window.start) else {
            return ranked;
        };
        let missing = drain.missing.as_ref();
        let missing = missing.map_or(0.0, |period_loss| period_loss.value.share);
        StartCost {
            is_planned: true,
            unserved: self.unserved_at_most(window),
            shortfall: missing.max(ranked.shortfall),
            once_moved: self.once_moved(),
            moved: drain.users,
            ..ranked
        }
    }

    /// Which rows have the numbers of a plan, as a sentence before the table of these starts.
    pub(super) fn planned_rows<'w>(
        &self,
        mut listed: impl Iterator<Item = &'w Window>,
    ) -> &'static str {
        let is_planned = listed.any(|window| self.start_cost(window).is_planned);
        match (is_planned, self.asked.may_split) {
            (true, false) => {
                "The row with * has the numbers of its plan, with whole shards; all other rows hold if shards may be split."
            }
            (true, true) => "The row with * has the numbers of its plan.",
            (false, _) => {
                "No row is planned with whole shards: all rows hold if shards may be split."
            }
        }
    }

    /// `true` if the plan of a window leaves more users unserved than the ranking counts, which is said of the plan.
    pub(super) fn leaves_more(&self, window: &Window) -> bool {
        self.unserved_at_most(window) > window.unserved_users() + NOBODY
    }

    /// `true` if the plan of a window misses more of a target than the ranking counts, which is said of the plan.
    pub(super) fn misses_more(&self, window: &Window) -> bool {
        self.start_cost(window).shortfall > window.worst_shortfall() + AGREEMENT
    }
}
