//! What a plan may know when: failures, gray faults and slow work are learnt of on the way, all else is foreseen.

use super::begin::sites_of;
use super::homes::SitesByPeriod;
use crate::engine::planning_context::PlanningContext;
use crate::model::{Event, Scenario};
use crate::plan::PeriodPlan;
use crate::scenario::{Period, acted_on};
use jiff::Timestamp;
use std::borrow::Cow;

/// The instants at which something is acted on that could not be foreseen when a scenario starts, in order.
pub(in crate::engine) fn learning(scenario: &Scenario) -> Vec<Timestamp> {
    let events = scenario.events.iter();
    let mut all: Vec<Timestamp> = events
        .filter(|event| is_learnt_of(scenario, event))
        .map(|event| acted_on(event, &scenario.policy))
        .filter(|at| *at < scenario.end)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// `true` if an event is acted on only after a scenario's start, and could not be foreseen then.
fn is_learnt_of(scenario: &Scenario, event: &Event) -> bool {
    event.is_reacted_to() && acted_on(event, &scenario.policy) > scenario.start
}

/// What is foreseen of a scenario at an instant: what is learnt of later is not in it.
pub(in crate::engine) fn foreseen(scenario: &Scenario, at: Timestamp) -> Cow<'_, Scenario> {
    let is_known =
        |event: &Event| !is_learnt_of(scenario, event) || acted_on(event, &scenario.policy) <= at;
    if scenario.events.iter().all(is_known) {
        return Cow::Borrowed(scenario);
    }
    let mut known = scenario.clone();
    known.events.retain(is_known);
    Cow::Owned(known)
}

/// How many periods begin before an instant.
pub(in crate::engine) fn periods_before(periods: &[Period], at: Timestamp) -> usize {
    periods.partition_point(|period| period.start < at)
}

impl SitesByPeriod {
    /// Where a plan has every shard in its first periods.
    pub(in crate::engine) fn of_first(
        context: &PlanningContext<'_>,
        periods: &[PeriodPlan],
        count: usize,
    ) -> Self {
        sites_of(context, &periods[..count.min(periods.len())]).0
    }

    /// The same, led by the first periods of another.
    #[must_use]
    pub(in crate::engine) fn led_by(&self, first: &Self) -> Self {
        let rest = self.0.iter().skip(first.0.len());
        Self(first.0.iter().chain(rest).cloned().collect())
    }
}
