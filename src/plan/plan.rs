//! Plan: the answer for a scenario, by index; names come back in reports.

use super::access_points::AccessPointChange;
use super::cut::Cut;
use super::downtime::{Downtime, Outage, Recovery};
use super::end_state::EndStateRunway;
use super::explain::Explanation;
use super::full_back::FullBack;
use super::headroom::Margin;
use super::homes::homes_after;
use super::hour_turn::HourTurn;
use super::margin::{ErrorMargin, Limit};
use super::measure::Stage;
use super::moves::Move;
use super::protection::Protection;
use super::stability::{Loaded, RetryMargin};
use super::state::{Before, Carried, Flow, Part, flows_in};
use super::tenant_account::TenantAccount;
use super::transition::Transition;
use crate::ids::{ComponentId, ResourceId, ShardId};
use crate::model::Holds;
use crate::model::{Case, Homes, Inventory, Phase};
use crate::plan_files::{Cause, Counted, ModelSize};
use crate::scenario::Period;
use jiff::{SignedDuration, Timestamp};
use ndarray::Array2;
use std::collections::BTreeMap;

pub use crate::plan_files::{JointSummary, Status};

/// Totals of a period.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Totals {
    /// All users.
    pub users: f64,
    /// Unserved users.
    pub unserved: f64,
    /// Users served at another site than their current one.
    pub moved: f64,
    /// Of these, users moved to a site that holds no copy of their shard.
    pub copied: f64,
    /// Users who went home after the events.
    pub returned: f64,
    /// Users whose access point or site changes.
    pub reconnecting: f64,
    /// Worst missing share of a headroom target.
    pub worst_shortfall: f64,
}

/// One component (and resource) that is actually affected while the plan does not take it into account.
#[derive(Debug, Clone, PartialEq)]
pub struct BlindImpact {
    /// Where.
    pub component: ComponentId,
    /// Of what; `None` for a component that limits nothing that the event reduces.
    pub resource: Option<ResourceId>,
    /// Blind until it is detected, then reacting.
    pub phase: Phase,
    /// Load, believed capacity, true capacity, overload, in the resource's unit.
    pub amounts: Option<[f64; 4]>,
    /// All who cross it where it is overloaded or gone, else those × loss.
    pub users_affected: f64,
    /// Those of them that do not fit.
    pub users_excess: f64,
    /// Affected × minutes of the period.
    pub user_minutes: f64,
}

/// The plan of one period.
#[derive(Debug, Clone)]
pub struct PeriodPlan {
    /// When, and whether everything in force is known.
    pub period: Period,
    /// What the planner believes.
    pub case: Case,
    /// Where shards were in the period before.
    pub previous: Homes,
    /// Their current sites (`model.md` §4).
    pub current: Homes,
    /// Assignment, ascending by shard, then current site; served parts before unserved ones.
    pub parts: Vec<Part>,
    /// Steering, ascending by slice, then group, then path.
    pub flows: Vec<Flow>,
    /// Components × resources: load in the slice that has most of it.
    pub load: Array2<f64>,
    /// By slice, components × resources: load.
    pub load_by_slice: Vec<Array2<f64>>,
    /// The same with all retries running; empty where nobody retries.
    pub retry_load_by_slice: Vec<Array2<f64>>,
    /// By component: users who cross it in the slice in which most do.
    pub crossing: Vec<f64>,
    /// By slice, then component: users who cross it.
    pub crossing_by_slice: Vec<Vec<f64>>,
    /// One for every component and resource that it limits.
    pub margins: Vec<Margin>,
    /// How each of them stands with all retries running; empty where nobody retries.
    pub stability: Vec<RetryMargin>,
    /// Who changes site.
    pub moves: Vec<Move>,
    /// One for every access point.
    pub access_points: Vec<AccessPointChange>,
    /// Why every part of a shard that is not at home is where it is; empty where nobody asked.
    pub reasons: Vec<Explanation>,
    /// Levels: optimum over fractional homes, bound, and what this plan has.
    pub stages: Vec<Stage>,
    /// What the truth does to it while not everything is known and acted on.
    pub blind: Vec<BlindImpact>,
    /// Totals.
    pub totals: Totals,
    /// The same with the low and the high end of the forecast.
    pub band: Option<[ForecastEnd; 2]>,
    /// Who needs more than there is where they may go; the strongest few.
    pub cuts: Vec<Cut>,
    /// How large an error of the inputs the period stands; `None` if it was not asked, no factor serves everyone who
    /// has an open site, or a stop was raised.
    pub error_margin: Option<ErrorMargin>,
    /// What it survives in addition, where that was asked.
    pub protection: Option<Protection>,
    /// How large the program was.
    pub size: ModelSize,
}

/// What a period comes to at one end of the forecast.
#[derive(Debug, Clone)]
pub struct ForecastEnd {
    /// Totals.
    pub totals: Totals,
    /// Levels.
    pub stages: Vec<Stage>,
    /// One for every access point.
    pub access_points: Vec<AccessPointChange>,
}

impl PeriodPlan {
    /// Where less than the written target is free, and no less than before.
    pub fn missed_before(&self) -> impl Iterator<Item = &Margin> {
        self.margins
            .iter()
            .filter(|margin| margin.is_missed_before())
    }

    /// By shard with unserved users: what keeps most of them from being served, as far as reasons were asked for.
    pub fn causes(&self) -> BTreeMap<ShardId, Cause> {
        let mut sums: BTreeMap<ShardId, BTreeMap<Cause, f64>> = BTreeMap::new();
        for because in &self.reasons {
            if let Some(cause) = because.why.cause() {
                for (shard, users) in &because.shards {
                    let of_shard = sums.entry(*shard).or_default();
                    *of_shard.entry(cause).or_default() += users;
                }
            }
        }
        let most = |all: BTreeMap<Cause, f64>| all.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let causes = sums.into_iter();
        causes
            .filter_map(|(shard, all)| Some((shard, most(all)?.0)))
            .collect()
    }

    /// Steering when there is most demand of all.
    pub fn busiest_flows(&self) -> &[Flow] {
        flows_in(&self.flows, 0)
    }

    /// Steering at an instant.
    pub fn flows_at(&self, at: Timestamp) -> &[Flow] {
        flows_in(&self.flows, self.case.hours.slice_at(at))
    }

    /// Steering when the period begins.
    pub fn first_flows(&self) -> &[Flow] {
        self.flows_at(self.period.start)
    }

    /// Steering when the period ends.
    pub fn last_flows(&self) -> &[Flow] {
        let before = self.period.end.checked_sub(SignedDuration::from_nanos(1));
        self.flows_at(before.unwrap_or(self.period.start))
    }

    /// By slice: its share of the time of the period itself, which may be a part of what it is planned for.
    pub fn shares_of_time(&self) -> Vec<f64> {
        let hours = &self.case.hours;
        hours.shares_within(self.period.start, self.period.end)
    }

    /// The slices that hold at some time of the period itself.
    fn slices(&self) -> impl Iterator<Item = usize> {
        let shares = self.shares_of_time().into_iter().enumerate();
        shares
            .filter(|(_, share)| *share > 0.0)
            .map(|(slice, _)| slice)
    }

    /// The most users who cross a component in the period itself.
    pub fn crossing_within(&self, component: usize) -> f64 {
        self.slices()
            .map(|slice| self.crossing_by_slice[slice][component])
            .fold(0.0, f64::max)
    }

    /// The most load of a component and resource in the period itself.
    pub fn load_within(&self, at: [usize; 2]) -> f64 {
        self.slices()
            .map(|slice| self.load_by_slice[slice][at])
            .fold(0.0, f64::max)
    }

    /// What every row carries.
    pub fn loaded(&self) -> Loaded<'_> {
        Loaded {
            load: &self.load_by_slice,
            retry_load: &self.retry_load_by_slice,
        }
    }

    /// Who is where, and on which paths.
    pub fn carried(&self) -> Carried<'_> {
        Carried {
            parts: &self.parts,
            flows: &self.flows,
            crossing: &self.crossing,
            hours: &self.case.hours,
        }
    }
}

/// The answer for a scenario.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The state before.
    pub before: Before,
    /// In order; they cover the scenario.
    pub periods: Vec<PeriodPlan>,
    /// What planning all periods together comes to; `None` where nobody could move less for it, or it was not asked.
    pub joint: Option<JointSummary>,
    /// Whether it was finished.
    pub status: Status,
    /// What every tenant has of it, tier by tier, worst first.
    pub tenants: Vec<TenantAccount>,
    /// The transitions from state to state, in order.
    pub transitions: Vec<Transition>,
    /// Where steering changes between hours of a period and brings anybody through what says how many it accepts, in
    /// order.
    pub hour_turns: Vec<HourTurn>,
    /// What users feel of it by its own replay; `None` if it was not played.
    pub replayed: Option<Downtime>,
    /// Which triggers it recovers from by itself; `None` if that was not asked.
    pub recovery: Option<Recovery>,
    /// What would be too full with everybody back where they were; `None` if nothing would, or nobody is elsewhere at the end.
    pub full_back: Option<FullBack>,
    /// Until when its last homes and paths hold as users grow; `None` if they do not grow, or that was not asked.
    pub end_state: Option<EndStateRunway>,
    /// What the user should know about the inputs and did not ask.
    pub warnings: Vec<String>,
}

impl Plan {
    /// Steering until a period begins: that at the end of the period before, or of the state before.
    pub fn flows_until(&self, period: usize) -> &[Flow] {
        let before = period.checked_sub(1);
        if let Some(before) = before.and_then(|before| self.periods.get(before)) {
            return before.last_flows();
        }
        let first = self
            .periods
            .first()
            .map(|period_plan| period_plan.period.start);
        first.map_or(&[], |start| self.before.flows_at(start))
    }

    /// Where it leaves every shard of its inventory.
    pub fn homes_at_end(&self, inventory: &Inventory) -> Homes {
        let before = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
        let periods = self.periods.iter();
        periods.fold(before, |homes, period| homes_after(&homes, &period.parts))
    }

    /// `true` if it is asked what users feel of it, and their months are counted without what only its own replay tells of.
    pub fn leaves_out_of_promises(&self) -> bool {
        let mut months = self.tenants.iter().filter_map(|account| account.month);
        self.replayed.is_some() && months.any(|month| month.counted == Counted::Plan)
    }

    /// `true` if some transition from state to state, or from hour to hour, is refused: nothing of it is to be begun.
    pub fn is_refused(&self) -> bool {
        let mut transitions = self.transitions.iter();
        let mut turns = self.hour_turns.iter();
        transitions.any(|transition| transition.refusal.is_some())
            || turns.any(|turn| turn.refusal.is_some())
    }

    /// `true` if some transition to a period is refused: nothing of it is to be begun.
    pub(crate) fn is_refused_in(&self, period: usize) -> bool {
        let mut transitions = self.transitions.iter();
        transitions.any(|transition| transition.period == period && transition.refusal.is_some())
    }

    /// What is down beyond what the plan names, as far as it was played.
    pub fn outages(&self) -> &[Outage] {
        self.replayed
            .as_ref()
            .map_or(&[], |downtime| &downtime.outages)
    }

    /// `true` if the plan has to recover from all triggers, and does not from one that was played, or none was.
    pub fn locks_in(&self) -> bool {
        let recovery = self
            .recovery
            .as_ref()
            .filter(|recovery| recovery.is_required);
        recovery.is_some_and(|recovery| {
            recovery.locked_in() > 0 || recovery.trials.is_empty() && recovery.not_checked > 0
        })
    }

    /// `true` if nobody is unserved or down beyond what the plan names, no headroom target is missed, and all is survived that
    /// was asked to be, in every period, and there is a safe transition from each to the next.
    pub fn is_good(&self) -> bool {
        !self.is_refused()
            && self.outages().is_empty()
            && !self.locks_in()
            && self.periods.iter().all(|period| {
                period.totals.unserved <= crate::units::NOBODY
                    && period.totals.worst_shortfall <= crate::units::FEASIBILITY
                    && (period.protection.iter()).all(Protection::is_whole)
            })
    }

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
    let margins = periods.iter().map(|period| period.error_margin.as_ref());
    margins
        .map(|margin| margin.map(|error_margin| error_margin.holds))
        .max()
        .flatten()
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
        let bound = limit.and_then(|limit| limit.bound);
        least = match (least, bound) {
            (Some(least), Some(bound)) => Some(least.min(bound)),
            (least, bound) => least.or(bound),
        };
    }
    least
}
