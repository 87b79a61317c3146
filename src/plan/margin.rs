//! Error margin: how far demand or capacities may be off with the same verdict (`docs/model.md` §11).

use super::plan::{PeriodPlan, Plan};
use crate::formulation::Holds;
use crate::ids::{ComponentId, ResourceId, SiteId};
use std::sync::Arc;

/// How large an error of the inputs a period stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorMargin {
    /// What holds up to there.
    pub holds: Holds,
    /// Users who have no open site, whatever the factor: they are left out.
    pub left_out: f64,
    /// How many times as large all demand may be; `None` if nothing limits it.
    pub demand: Option<Limit>,
    /// What share of all capacities may be missing; `None` if nothing limits it. Below 0 is what would have to be
    /// added.
    pub capacity: Option<Limit>,
    /// Where every shard is in the plans that were found at the limits of demand and of capacity; `None` is where the plan itself
    /// has it, or of more than 5,000 shards.
    pub homes: [Option<Sites>; 2],
}

/// Where every shard is, by shard; `None` is nowhere.
pub type Sites = Arc<[Option<SiteId>]>;

/// One limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// Up to which a plan of whole shards was found.
    pub verified: f64,
    /// Beyond which there is none, fractional homes or not; at least `verified`. `None` if nothing limits it.
    pub bound: Option<f64>,
    /// What binds first; `None` is the move limit.
    pub first: Option<(ComponentId, ResourceId)>,
}

impl Plan {
    /// The period with the least of one side's limits, and what it is; `None` if nothing limits any period, or if
    /// some period has no margin.
    pub fn least_limit(
        &self,
        side: impl Fn(&ErrorMargin) -> Option<Limit>,
    ) -> Option<(usize, Limit)> {
        least_limit(&self.periods, side)
    }

    /// The least of the bounds of one side: beyond it some period has no plan; `None` if nothing limits any period, or if some
    /// period has no margin.
    pub fn least_bound(&self, side: impl Fn(&ErrorMargin) -> Option<Limit>) -> Option<f64> {
        least_bound(&self.periods, side)
    }
}

/// What holds up to the margin of all periods: that everyone is served, if no more does in some period. What is proven of a
/// period's targets proves nothing of that.
fn holds(periods: &[PeriodPlan]) -> Option<Holds> {
    let margins = periods.iter().map(|own| own.error_margin.as_ref());
    margins.map(|own| own.map(|own| own.holds)).max().flatten()
}

/// [`Plan::least_limit`] of some periods. Where a period meets its targets everyone is served: of one whose margin of service was
/// not looked for, because a stop was raised, that of its targets counts.
pub(crate) fn least_limit(
    periods: &[PeriodPlan],
    side: impl Fn(&ErrorMargin) -> Option<Limit>,
) -> Option<(usize, Limit)> {
    let mut least: Option<(usize, Limit)> = None;
    for (index, period) in periods.iter().enumerate() {
        let margin = period.error_margin.as_ref()?;
        if let Some(limit) = side(margin)
            && least.is_none_or(|(_, other)| limit.verified < other.verified)
        {
            least = Some((index, limit));
        }
    }
    least
}

/// [`Plan::least_bound`] of some periods.
pub(crate) fn least_bound(
    periods: &[PeriodPlan],
    side: impl Fn(&ErrorMargin) -> Option<Limit>,
) -> Option<f64> {
    let holds = holds(periods)?;
    let mut least: Option<f64> = None;
    for period in periods {
        let margin = period.error_margin.as_ref()?;
        let limit = side(margin).filter(|_| margin.holds == holds);
        let bound = limit.and_then(|own| own.bound);
        least = match (least, bound) {
            (Some(least), Some(bound)) => Some(least.min(bound)),
            (least, bound) => least.or(bound),
        };
    }
    least
}
