//! Alarms of a runway: users without a site, what was not settled, and what fails on the first day already.

use super::report::RunwayReport;
use crate::model::{Adjustment, Band, Condition, Recovery};
use crate::plan::runway::TrappedUsers;
use crate::report::grammar::{count, joined};
use crate::report::numbers::users_up;

impl RunwayReport<'_> {
    /// `Already on 28 Dec 2026 1,900,000 users have no site if Frankfurt fails, whatever the capacity.`
    pub(super) fn trapped(&self) -> Option<String> {
        let worst = self.runway.trapped.first()?;
        let others = self.runway.trapped.len() - 1;
        let date = self.date(worst.day);
        let when = if worst.day == 0 {
            format!("Already on {date}")
        } else {
            format!("On {date}")
        };
        let users = users_up(worst.users);
        let more = match others {
            0 => String::new(),
            1 => " 1 case more traps users too.".to_owned(),
            some => format!(" {} more trap users too.", count(some, "case")),
        };
        let condition = match self.trapping(worst) {
            happens if happens.is_empty() => happens,
            happens => format!(" {happens}"),
        };
        Some(format!(
            "{when} {users} users have no site{condition}, whatever the capacity.{more}"
        ))
    }

    /// `if Frankfurt fails`, `if Frankfurt fails and copies take over, with maintenance of Chicago`; nothing in normal operation.
    pub(super) fn trapping(&self, trapped: &TrappedUsers) -> String {
        let mut words: Vec<String> = Vec::new();
        if trapped.case > 0 {
            let answered = match trapped.recovery {
                Recovery::Replan => "",
                Recovery::Replicas => " and only copies take over",
                Recovery::Rescale => " and nobody is planned again",
            };
            let happens = self.happens(&self.names(), trapped.case);
            words.push(format!("if {happens}{answered}"));
        }
        if trapped.events > 0 {
            let events = self.events_named(trapped.events);
            words.push(format!("with {}", events.join(" and ")));
        }
        words.join(", ")
    }

    /// `Stopped with 3 rows settled. Not checked: until when one site may fail, and dates of components.`
    pub(super) fn stopped(&self) -> Option<String> {
        if !self.runway.is_stopped {
            return None;
        }
        let runway = self.runway;
        let is_settled = |condition, moves| runway.row(condition, moves, Band::Expected).is_some();
        let asked = Condition::ALL.into_iter();
        let asked = asked.filter(|one| runway.failures > 0 || !one.is_under_failures());
        let lacks_rows = |set: usize| {
            let mut asked = asked.clone();
            let of_set = |condition| {
                let mut rows = runway.rows.iter();
                rows.any(|row| row.events == set && row.condition == condition)
            };
            asked.any(|condition| !of_set(condition))
        };
        let is_any_event_missing = (1..runway.events.len()).any(lacks_rows);
        let missing = asked.clone().filter_map(|condition| {
            let holds = self.holds(condition);
            if !is_settled(condition, Adjustment::AsIs) {
                Some(format!("until when {holds}"))
            } else if !is_settled(condition, Adjustment::Rebalanced) {
                Some(format!("until when {holds} with users rebalanced"))
            } else {
                None
            }
        });
        let mut missing: Vec<String> = missing.collect();
        let has_end = |band: Band| self.inventory.has_end_of_forecast(band);
        let is_end_missing = |band: Band| !runway.rows.iter().any(|row| row.band == band);
        let mut ends = [Band::Low, Band::High]
            .into_iter()
            .filter(|band| has_end(*band));
        if ends.any(is_end_missing) {
            missing.push("the ends of the forecast".to_owned());
        }
        if is_any_event_missing {
            missing.push("some dates with events".to_owned());
        }
        missing.push("dates of components".to_owned());
        Some(format!(
            "Stopped with {} settled. Not checked: {}.",
            count(runway.rows.len(), "row"),
            joined(&missing)
        ))
    }

    /// Conditions that fail on the first day already, without events.
    pub(super) fn failing_already(&self) -> Vec<String> {
        let rows = self.runway.rows.iter();
        let failing = rows.filter(|row| {
            row.fails_from() == Some(0)
                && row.events == 0
                && row.band == Band::Expected
                && row.adjustment == Adjustment::AsIs
                && row
                    .recovery
                    .is_none_or(|_| row.recovery == self.runway.main_recovery())
                && row.condition != Condition::StableUnder
        });
        failing.filter_map(|row| self.fails_on(row)).collect()
    }
}
