//! What is tight in the tightest period.

use super::Briefing;
use crate::report::period::headroom_rows;
use crate::report::table;

impl Briefing<'_> {
    /// The tightest components of the tightest period, with the headroom of each.
    pub(super) fn tightest(&self, width: Option<u16>) -> String {
        let Some(period) = self.tightest_period() else {
            return String::new();
        };
        let heading = if self.plan.periods.len() > 1 {
            format!("tightest in period {}", period.period.index)
        } else {
            "tightest".to_owned()
        };
        table::tightest(&headroom_rows(self.inventory, period), &heading, width)
    }
}
