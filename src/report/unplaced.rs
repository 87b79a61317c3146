//! Sentences about users of shards without a site in shards.csv, who wait for a plan to place them: no event has them down.

use super::grammar::{counted_with, only_if};
use super::numbers;
use super::waves::TransitionWriter;
use crate::plan::PeriodDowntime;

/// Fewer users count as none.
const NOT_ONE: f64 = 0.5;

/// `195,000 users onboarded before the start have no site in the inventory`.
pub(super) fn have_no_site(users: f64) -> String {
    format!(
        "{} no site in the inventory",
        counted_with(
            &numbers::users_up(users),
            "user",
            [
                "onboarded before the start has",
                "onboarded before the start have"
            ]
        )
    )
}

/// Minutes of users who are unserved, without those of users who wait to be placed for the first time.
pub(super) fn unserved_minutes(period: &PeriodDowntime) -> f64 {
    let unplaced = period.unplaced_minutes - period.unplaced_named_minutes;
    period.unserved_minutes - unplaced
}

impl TransitionWriter<'_> {
    /// Users who wait to be placed for the first time, at most.
    pub(super) fn most_unplaced(&self) -> f64 {
        let periods = self.plan.replayed.iter();
        let periods = periods.flat_map(|downtime| &downtime.periods);
        let most = periods.map(|period| period.most_unplaced);
        most.fold(0.0, f64::max)
    }

    /// How many users have no site when the scenario begins, that the plan places them, and what they lose until then; `None`
    /// without any.
    pub(super) fn unplaced(&self) -> Option<String> {
        let most = self.most_unplaced();
        let periods = self.plan.replayed.iter();
        let periods = periods.flat_map(|downtime| &downtime.periods);
        let minutes: f64 = periods.map(|period| period.unplaced_minutes).sum();
        (most >= NOT_ONE).then(|| {
            let lost = only_if(minutes > 0.5, || {
                format!(
                    " Until then they lose {} user minutes, for which no event is the cause.",
                    numbers::about(minutes)
                )
            });
            format!(
                "{}; they are placed by this plan.{lost}",
                have_no_site(most)
            )
        })
    }
}
