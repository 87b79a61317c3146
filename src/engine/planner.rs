//! Planner: an inventory and a scenario, loaded once and asked many times.

use super::before::{Quiet, before, case_of_before, unplanned};
use super::instant::{Asking, Backdrop, Instant};
use super::plan::{Options, plan_expected, plan_loaded};
use super::planning_context::{KnownScenario, LoadedInventory};
use super::settle::settle;
use super::settled::Depth;
use super::verdict::{Verdict, said};
use super::watch::NoWatch;
use crate::error::Result;
use crate::formulation::{Folded, FoundProfilePaths, KindId, Kinds, UnchangedClasses};
use crate::graph::Network;
use crate::model::{Case, EventKind, Homes, Inventory, Scenario};
use crate::plan::{Before, PeriodPlan, Plan, SteeringGroups};
use crate::scenario::{
    Band, Knowledge, case_at, case_before, free_share_lowered, hours_at, periods,
};
use crate::solve::{Proof, Stop};
use jiff::Timestamp;
use std::sync::Arc;

/// An inventory and a scenario, loaded once and asked many times, from as many threads as there are.
///
/// It holds the graph, the state before, and the shards folded into kinds: whatever does not depend on the next
/// question. Asking changes nothing: the same question has the same answer, whatever was asked before or is asked
/// beside it.
#[derive(Debug)]
pub struct Planner {
    inventory: Arc<Inventory>,
    network: Network,
    scenario: Scenario,
    before: Before,
    instant: Instant,
}

impl Planner {
    /// Loads an inventory and the scenario that questions start from; they are about the scenario's start.
    ///
    /// # Errors
    /// [`Error::Solver`](crate::error::Error::Solver) if every attempt of the solver failed at the state before.
    pub fn new(inventory: impl Into<Arc<Inventory>>, scenario: Scenario) -> Result<Self> {
        let inventory = inventory.into();
        let network = Network::new(&inventory);
        let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
        let case = case_of_before(&inventory, &scenario, Band::Expected);
        let folded = Folded::new(&inventory, &case, &homes);
        let with_all = Case {
            hours: hours_at(&inventory, &scenario, scenario.start).into(),
            ..case_before(&inventory, &scenario, Band::Expected)
        };
        let one_folded = Folded::known_or_new(Some(&folded), &inventory, &with_all, &homes);
        let lowered = lowered(&inventory, &scenario, scenario.start, &homes);
        let instant = Instant::new(
            (&inventory, &network, &scenario),
            &with_all,
            (homes, one_folded, lowered),
            scenario.start,
        );
        let stop = Stop::default();
        let groups = SteeringGroups::new(&inventory, &scenario.policy);
        let with = Quiet {
            inventory: &inventory,
            network: &network,
            groups: &groups,
            scenario: &scenario,
            folded,
            found: Some(&instant.found),
        };
        let before = before(with, case, &stop, &NoWatch)?;
        Ok(Self {
            inventory,
            network,
            scenario,
            before,
            instant,
        })
    }

    /// The same planner asked about a period of its scenario, as far as the scenario's own plan has come by then; and
    /// that period of the plan, for the expected demand and without its reasons and moves.
    ///
    /// # Errors
    /// Those of [`plan`](super::plan); [`Error::Internal`](crate::error::Error::Internal) if there is no such period.
    pub fn at_period(mut self, index: usize, options: &Options<'_>) -> Result<(Self, PeriodPlan)> {
        let periods = periods(&self.inventory, &self.scenario);
        let no_such = || crate::error::Error::Internal(format!("there is no period {index}"));
        let period = periods.get(index).ok_or_else(no_such)?;
        let scenario = &self.scenario;
        let groups = SteeringGroups::new(&self.inventory, &scenario.policy);
        let loaded = self.loaded();
        let mut plan = plan_expected(
            &loaded,
            &groups,
            scenario,
            (index + 1, true),
            &[],
            options.stop,
        )?;
        let period_plan = plan.periods.pop().ok_or_else(no_such)?;
        if period.start > self.scenario.start {
            let homes = period_plan.current.clone();
            self = self.at_homes(homes, period.start);
        }
        Ok((self, period_plan))
    }

    /// Loads what is asked about an instant at which shards are at these homes, where the state before the scenario is known.
    pub(super) fn at_known_homes(
        inventory: Arc<Inventory>,
        scenario: Scenario,
        before: Before,
        (homes, at): (Homes, Timestamp),
    ) -> Self {
        let network = Network::new(&inventory);
        let backdrop = (&*inventory, &network, &scenario);
        let instant = instant_at(backdrop, before.folded.as_ref(), homes, (at, None));
        Self {
            inventory,
            network,
            scenario,
            before,
            instant,
        }
    }

    /// Loads what is asked about a scenario's start where every unmet headroom target counts: what was missing before does
    /// not matter then, and is not worked out.
    /// Paths that are known are used again where they still hold.
    pub(super) fn without_before(
        inventory: Arc<Inventory>,
        scenario: Scenario,
        known: Option<&FoundProfilePaths>,
    ) -> Self {
        let before = unplanned(&inventory, &scenario);
        let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
        let at = (scenario.start, known);
        let network = Network::new(&inventory);
        let instant = instant_at((&*inventory, &network, &scenario), None, homes, at);
        Self {
            inventory,
            network,
            scenario,
            before,
            instant,
        }
    }

    /// The paths that its users find by themselves.
    pub(super) fn found(&self) -> &FoundProfilePaths {
        &self.instant.found
    }

    /// The same planner asked about an instant at which shards are at these homes.
    pub(super) fn at_homes(mut self, homes: Homes, at: Timestamp) -> Self {
        let backdrop = (&*self.inventory, &self.network, &self.scenario);
        self.instant = instant_at(backdrop, self.before.folded.as_ref(), homes, (at, None));
        self
    }

    /// The inventory that it was loaded with.
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// The scenario that questions start from.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The state before its scenario.
    pub fn before(&self) -> &Before {
        &self.before
    }

    pub(super) fn kinds(&self) -> &Arc<Kinds> {
        &self.instant.folded.kinds
    }

    /// Kinds that nobody can serve, whatever happens, unless something touches them; none where all kinds are reported.
    pub(super) fn always_trapped(&self) -> Vec<KindId> {
        let spared = self.instant.spared.iter();
        spared.flat_map(UnchangedClasses::trapped).collect()
    }

    /// Where its shards are.
    pub fn homes(&self) -> &Homes {
        &self.instant.homes
    }

    /// How far the state before is proven to be the best one.
    pub(super) fn proof_of_before(&self) -> Proof {
        self.before.proof
    }

    /// The whole plan of a scenario, the planner's own or another: that of [`plan`](super::plan).
    ///
    /// # Errors
    /// Those of [`plan`](super::plan).
    pub fn plan(&self, scenario: &Scenario, options: &Options<'_>) -> Result<Plan> {
        plan_loaded(&self.loaded(), scenario, options)
    }

    fn loaded(&self) -> LoadedInventory<'_> {
        LoadedInventory {
            inventory: &self.inventory,
            network: &self.network,
            known: Some(KnownScenario {
                scenario: &self.scenario,
                before: Some(&self.before),
                folded: self.before.folded.as_ref(),
            }),
        }
    }

    /// What would be if these events were in force and known at the instant that is asked about, in addition to those that
    /// are.
    ///
    /// # Errors
    /// [`Error::Solver`](crate::error::Error::Solver) if every attempt of the solver failed.
    pub fn verdict(&self, events: &[EventKind]) -> Result<Verdict> {
        let asking = self.asking();
        let case = asking.case(events);
        settle(asking, &case, Depth::Verdict, None, |settled| {
            said(settled, self.before.proof)
        })
    }

    pub(super) fn asking(&self) -> Asking<'_> {
        Asking {
            backdrop: Backdrop {
                inventory: &self.inventory,
                network: &self.network,
                scenario: &self.scenario,
                before: Some(&self.before),
            },
            instant: &self.instant,
        }
    }
}

/// What questions about an instant have in common at which shards are at these homes; `known` is demand that may be
/// the same, `paths` those of another instant, used again where they still hold.
fn instant_at(
    (inventory, network, scenario): (&Inventory, &Network, &Scenario),
    known: Option<&Folded>,
    homes: Homes,
    (at, paths): (Timestamp, Option<&FoundProfilePaths>),
) -> Instant {
    let quiet = Scenario {
        events: Vec::new(),
        ..scenario.clone()
    };
    let (knowledge, band) = (Knowledge::Believed, Band::Expected);
    let case = Case {
        hours: hours_at(inventory, scenario, at).into(),
        ..case_at(inventory, &quiet, at, knowledge, band)
    };
    let folded = Folded::known_or_new(known, inventory, &case, &homes);
    let lowered = lowered(inventory, scenario, at, &homes);
    let backdrop = (inventory, network, scenario);
    Instant::beside(backdrop, &case, (homes, folded, lowered), (at, paths))
}

/// By site, whether growth since a scenario's start has lowered its free share.
fn lowered(inventory: &Inventory, scenario: &Scenario, at: Timestamp, homes: &Homes) -> Vec<bool> {
    free_share_lowered(inventory, scenario, at, Band::Expected, homes)
}

/// The examples of the page about the library.
#[cfg(doctest)]
#[doc = include_str!("../../docs/library.md")]
struct LibraryPage;
