//! What plans and their periods are made with, where a period starts from, and the question from which its problem is
//! made.

use super::before::kept_shortfall;
use super::joint::SitesByPeriod;
use super::protect::Watched;
use super::watch::Watch;
use crate::formulation::{Affected, Folded, Narrowing, Problem, Setting, StandbyUse};
use crate::graph::Network;
use crate::model::{After, Case, Homes, Inventory, Phase, Scenario};
use crate::plan::{Before, PeriodPlan, SteeringGroups, homes_after};
use crate::scenario::{Band, Knowledge, Period, case_at, free_share_lowered};
use crate::solve::Stop;
use jiff::Timestamp;
use ndarray::Array2;

/// What is known before a scenario is planned.
#[derive(Clone, Copy)]
pub(super) struct LoadedInventory<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) network: &'a Network,
    pub(super) known: Option<KnownScenario<'a>>,
}

impl<'a> LoadedInventory<'a> {
    pub(super) fn alone(inventory: &'a Inventory, network: &'a Network) -> Self {
        Self {
            inventory,
            network,
            known: None,
        }
    }
}

/// What is known of a scenario that was asked about earlier, for the expected demand.
#[derive(Clone, Copy)]
pub(super) struct KnownScenario<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) before: Option<&'a Before>,
    /// The demand of its state before, everybody at home.
    pub(super) folded: Option<&'a Folded>,
}

/// What every period of a scenario is planned with.
#[derive(Clone, Copy)]
pub(super) struct PlanningContext<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) network: &'a Network,
    pub(super) scenario: &'a Scenario,
    pub(super) band: Band,
    pub(super) groups: &'a SteeringGroups,
    pub(super) before: &'a Before,
    pub(super) stop: &'a Stop,
    pub(super) watch: &'a dyn Watch,
    pub(super) detail: DetailLevel,
    /// Periods that were planned much alike, which this plan is to stay near.
    pub(super) near: &'a [PeriodPlan],
    /// How many periods the scenario has: the more, the less work is spent on each.
    pub(super) periods: usize,
    /// Where every shard is to be in every period, if that is settled.
    pub(super) sites: Option<&'a SitesByPeriod>,
}

/// How much is said about a planned period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DetailLevel {
    /// Everything.
    Reasons,
    /// Its numbers, not why shards are where they are, with homes that are sought as those of a sweep's plan are.
    Figures,
    /// Its numbers, with homes that are only rounded.
    Numbers,
    /// What promises speak of: who is served, who moves, which access points open, what headroom is missing.
    Outlook,
}

/// Where a period starts from.
pub(super) struct PeriodStart<'a> {
    pub(super) homes: &'a Homes,
    /// Where they return once no event is in force: where the last period without one left them.
    pub(super) settled: &'a Homes,
    /// When that one began.
    pub(super) last_quiet: Option<Timestamp>,
    pub(super) previous: Option<&'a PeriodPlan>,
}

/// Where users are when a period begins, after those before it.
pub(super) struct HomesSoFar {
    homes: Homes,
    settled: Homes,
    /// When the last period without an event began.
    last_quiet: Option<Timestamp>,
}

impl HomesSoFar {
    /// Where they are after periods, the first of a scenario being the first of these.
    pub(super) fn after(inventory: &Inventory, past: &[PeriodPlan]) -> Self {
        let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
        let settled = homes.clone();
        let mut begun = Self {
            homes,
            settled,
            last_quiet: None,
        };
        for period in past {
            begun.go_on(period);
        }
        begun
    }

    pub(super) fn go_on(&mut self, period: &PeriodPlan) {
        self.homes = homes_after(&self.homes, &period.parts);
        if !period.case.is_event_in_force {
            self.settled = homes_after(&self.settled, &period.parts);
            self.last_quiet = Some(period.period.start);
        }
    }

    /// What the next period starts from; `previous` is the last of them.
    pub(super) fn start<'a>(&'a self, previous: Option<&'a PeriodPlan>) -> PeriodStart<'a> {
        PeriodStart {
            homes: &self.homes,
            settled: &self.settled,
            last_quiet: self.last_quiet,
            previous,
        }
    }
}

/// `true` if the plan of the period before goes on, given its case.
pub(super) fn is_going_on(
    period: Period,
    previous: Option<&Case>,
    case: &Case,
    current: &Homes,
) -> bool {
    let is_split = || current.split_shards().next().is_some();
    period.phase != Phase::Known && previous == Some(case) && !is_split()
}

/// What holds in a period, and where users are when it begins.
pub(super) struct PosedPeriod {
    pub(super) case: Case,
    /// Current sites (`model.md` §4).
    pub(super) current: Homes,
    /// Users for which `[protect]` asks what survives a gray fault, if it does.
    pub(super) watched: Option<Watched>,
    folded: Folded,
    is_affected: Affected,
    kept_shortfall: Array2<f64>,
}

impl PosedPeriod {
    pub(super) fn new(
        context: &PlanningContext<'_>,
        period: Period,
        start: &PeriodStart<'_>,
    ) -> Self {
        let (inventory, scenario) = (context.inventory, context.scenario);
        let policy = &scenario.policy;
        let at = period.start;
        let mut case = case_at(inventory, scenario, at, Knowledge::Believed, context.band);
        let before = start.previous.map(|previous| &previous.case);
        case.share(before.unwrap_or(&context.before.case));
        let is_returning = policy.after == After::Return && !case.is_event_in_force;
        let current = if is_returning {
            let since = (at, start.last_quiet);
            inventory
                .resumed
                .returned(start.homes, start.settled, since)
        } else {
            start.homes.clone()
        };
        let lowered = free_share_lowered(inventory, scenario, at, context.band, &current);
        let known = context.before.folded.as_ref();
        let asks_gray = scenario
            .protect
            .as_ref()
            .and_then(|protect| protect.gray.as_ref());
        let watched = asks_gray.map(|gray| Watched::of(inventory, &case, gray));
        let folded = match &watched {
            Some(watched) => Folded::marked(inventory, &case, &current, Some(&watched.marks)),
            None => Folded::known_or_new(known, inventory, &case, &current),
        };
        let is_affected = Affected::new(
            inventory,
            context.network,
            &case,
            policy,
            &folded.kinds,
            &lowered,
        );
        let kept_shortfall = kept_shortfall(
            &case,
            &context.before.case,
            &context.before.load,
            policy.existing_shortfall,
        );
        Self {
            case,
            current,
            watched,
            folded,
            is_affected,
            kept_shortfall,
        }
    }

    /// The problem, with every home that the rules permit.
    pub(super) fn problem<'a>(&'a self, context: &PlanningContext<'a>) -> Problem<'a> {
        let policy = &context.scenario.policy;
        Problem::new(Setting {
            inventory: context.inventory,
            network: context.network,
            case: &self.case,
            policy,
            current: &self.current,
            folded: &self.folded,
            is_affected: &self.is_affected,
            kept_shortfall: &self.kept_shortfall,
            standby: if policy.open_standby {
                StandbyUse::Openable
            } else {
                StandbyUse::Closed
            },
            narrowed: Narrowing::Rules,
            is_distinguished: context.scenario.protect.is_some(),
        })
    }
}
