//! Both ends of the forecast, in a sentence.

use super::Briefing;
use crate::plan::{AccessPointChange, Totals};
use crate::plan_files::AccessPointUse;
use crate::report::grammar::stay_unserved;
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::words::targets_met;
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeSet;

impl Briefing<'_> {
    /// What the low and the high end of the forecast come to; nothing if there is no range.
    pub(in crate::report) fn band(&self) -> Vec<String> {
        let (Some(low), Some(high)) = (self.end(0), self.end(1)) else {
            return Vec::new();
        };
        let words = if low == high {
            format!("With the low and with the high forecast {low}.")
        } else {
            format!("With the low forecast {low}; with the high forecast {high}.")
        };
        vec![words]
    }

    /// `everyone is served and every headroom target is met`, and what opens besides.
    fn end(&self, end: usize) -> Option<String> {
        let of_periods: Option<Vec<(usize, &Totals, &[AccessPointChange])>> = self
            .plan
            .periods
            .iter()
            .map(|period| {
                let end = &period.band.as_ref()?[end];
                Some((
                    period.period.index,
                    &end.totals,
                    end.access_points.as_slice(),
                ))
            })
            .collect();
        let of_periods = of_periods?;
        let most = |value: fn(&Totals) -> f64| {
            let values = of_periods
                .iter()
                .map(|(period, totals, _)| (*period, value(totals)));
            values.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
        };
        let place = |period: usize| {
            if of_periods.len() > 1 {
                format!(" in period {period}")
            } else {
                String::new()
            }
        };
        let (period, unserved) = most(|totals| totals.unserved)?;
        let served = if unserved > NOBODY {
            format!("{}{}", stay_unserved(unserved), place(period))
        } else {
            "everyone is served".to_owned()
        };
        let (period, short) = most(|totals| totals.worst_shortfall)?;
        let targets = if short > FEASIBILITY {
            let share = numbers::short_percent(short);
            format!("{share} of a headroom target is missing{}", place(period))
        } else {
            let existing = self.scenario.policy.existing_shortfall;
            targets_met(self.plan.before.misses_a_target(existing)).to_owned()
        };
        let changes = of_periods.iter().flat_map(|(_, _, changes)| *changes);
        let here = self.opened(changes);
        let expected = self.opened(self.plan.periods.iter().flat_map(|own| &own.access_points));
        let more: Vec<&str> = here.difference(&expected).map(String::as_str).collect();
        let fewer: Vec<&str> = expected.difference(&here).map(String::as_str).collect();
        let mut words = vec![format!("{served} and {targets}")];
        if !more.is_empty() {
            words.push(format!("with {} opened too", more.join(", ")));
        }
        if !fewer.is_empty() {
            words.push(format!("without opening {}", fewer.join(", ")));
        }
        Some(words.join(", "))
    }

    /// Ids of the access points that are opened in any of these changes.
    fn opened<'c>(&self, changes: impl Iterator<Item = &'c AccessPointChange>) -> BTreeSet<String> {
        changes
            .filter(|change| change.after == AccessPointUse::Opened)
            .map(|change| {
                let access_point = &self.inventory.access_points[change.access_point.index()];
                visible(&access_point.id).into_owned()
            })
            .collect()
    }
}
