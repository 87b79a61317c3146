//! What plans and their periods are made with, and where a period starts from.

use super::joint::SitesByPeriod;
use super::watch::Watch;
use crate::formulation::Folded;
use crate::graph::Network;
use crate::model::{Case, Homes, Inventory, Phase, Scenario};
use crate::plan::{Before, PeriodPlan, SteeringGroups, homes_after};
use crate::scenario::{Band, Period};
use crate::solve::Stop;

/// What is known before a scenario is planned.
#[derive(Clone, Copy)]
pub(super) struct Loaded<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) network: &'a Network,
    /// What is known of another scenario.
    pub(super) known: Option<Known<'a>>,
}

impl<'a> Loaded<'a> {
    /// An inventory of which nothing else is known.
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
pub(super) struct Known<'a> {
    pub(super) scenario: &'a Scenario,
    /// Its state before, if it is known.
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
    /// Periods that were planned in much the same way, which this plan is to stay near.
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
    /// Its numbers, not why shards are where they are.
    Numbers,
    /// What promises speak of: who is served, who moves, which access points open, what headroom is missing.
    Outlook,
}

/// Where a period starts from.
pub(super) struct Start<'a> {
    /// Where shards were.
    pub(super) homes: &'a Homes,
    /// Where they return once no event is in force: where the last period without one left them.
    pub(super) settled: &'a Homes,
    /// The period before, if there was one.
    pub(super) previous: Option<&'a PeriodPlan>,
}

/// Where users are when a period begins, after those before it.
pub(super) struct Begun {
    homes: Homes,
    settled: Homes,
}

impl Begun {
    /// Where they are after periods, the first of a scenario being the first of these.
    pub(super) fn after(inventory: &Inventory, past: &[PeriodPlan]) -> Self {
        let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
        let settled = homes.clone();
        let mut begun = Self { homes, settled };
        for period in past {
            begun.go_on(period);
        }
        begun
    }

    /// After one more.
    pub(super) fn go_on(&mut self, period: &PeriodPlan) {
        self.homes = homes_after(&self.homes, &period.parts);
        if !period.case.is_event_in_force {
            self.settled = homes_after(&self.settled, &period.parts);
        }
    }

    /// What the next period starts from; `previous` is the last of them.
    pub(super) fn start<'a>(&'a self, previous: Option<&'a PeriodPlan>) -> Start<'a> {
        Start {
            homes: &self.homes,
            settled: &self.settled,
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
