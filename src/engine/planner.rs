//! Planner: an inventory and a scenario, loaded once and asked many times.

use super::before::{Quiet, before, case_of_before};
use super::plan::{Known, Loaded, Options, plan_loaded};
use super::verdict::{Question, Verdict, answer, is_plain};
use super::watch::NoWatch;
use crate::error::Result;
use crate::formulation::{
    Affected, Detail, Folded, FoundWays, Narrowing, Problem, Setting, Spared, Standby,
    UsableByProfile,
};
use crate::graph::Network;
use crate::model::{Case, Event, EventKind, Homes, Inventory, Movers, Policy, Scenario};
use crate::plan::{Before, Plan, SteeringGroups};
use crate::scenario::{Band, Knowledge, case_before, is_in_force};
use crate::solve::Stop;
use ndarray::Array2;
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
    /// What profiles may use while nothing is gone.
    usable: UsableByProfile,
    scenario: Scenario,
    before: Before,
    homes: Homes,
    /// The demand of the state before with the shards that are to be placed, everybody at home.
    all: Folded,
    /// The paths while nothing is lost.
    found: FoundWays,
    /// Who stays where he is in cases that do not touch him.
    spared: Option<Spared>,
}

impl Planner {
    /// Loads an inventory and the scenario that questions start from.
    ///
    /// # Errors
    /// [`Error::Solver`](crate::error::Error::Solver) if the solver failed every way at the state before.
    pub fn new(inventory: impl Into<Arc<Inventory>>, scenario: Scenario) -> Result<Self> {
        let inventory = inventory.into();
        let network = Network::new(&inventory);
        let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
        let case = case_of_before(&inventory, &scenario, Band::Expected);
        let folded = Folded::new(&inventory, &case, &homes);
        let with_all = case_before(&inventory, &scenario, Band::Expected);
        let all = Folded::known_or_new(Some(&folded), &inventory, &with_all, &homes);
        let (found, spared) = quiet(&inventory, &network, &scenario, &with_all, &homes, &all);
        let stop = Stop::default();
        let groups = SteeringGroups::new(&inventory, &scenario.policy);
        let with = Quiet {
            inventory: &inventory,
            network: &network,
            groups: &groups,
            scenario: &scenario,
            folded,
        };
        let before = before(with, case, &stop, &NoWatch)?;
        Ok(Self {
            inventory,
            network,
            usable: UsableByProfile::default(),
            scenario,
            before,
            homes,
            all,
            found,
            spared,
        })
    }

    /// The inventory that it was loaded with.
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// The scenario that questions start from.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The whole plan of a scenario, the planner's own or another: that of [`plan`](super::plan).
    ///
    /// # Errors
    /// Those of [`plan`](super::plan).
    pub fn plan(&self, scenario: &Scenario, options: &Options<'_>) -> Result<Plan> {
        let loaded = Loaded {
            inventory: &self.inventory,
            network: &self.network,
            known: Some(Known {
                scenario: &self.scenario,
                before: Some(&self.before),
                folded: self.before.folded.as_ref(),
            }),
        };
        plan_loaded(&loaded, scenario, options)
    }

    /// What would be if these events were in force and known at the scenario's start, besides those that are.
    ///
    /// # Errors
    /// [`Error::Solver`](crate::error::Error::Solver) if the solver failed every way.
    pub fn verdict(&self, events: &[EventKind]) -> Result<Verdict> {
        let at = self.scenario.start;
        let policy = &self.scenario.policy;
        let asked: Vec<Event> = events
            .iter()
            .map(|kind| Event {
                kind: kind.clone(),
                start: at,
                end: self.scenario.end,
                detected: at,
            })
            .collect();
        let in_force: Vec<&Event> = self
            .scenario
            .events
            .iter()
            .filter(|event| is_in_force(event, policy, at, Knowledge::Believed))
            .chain(&asked)
            .collect();
        answer(&Question {
            inventory: &self.inventory,
            network: &self.network,
            usable: &self.usable,
            scenario: &self.scenario,
            before: &self.before,
            homes: &self.homes,
            folded: &self.all,
            found: &self.found,
            spared: self.spared.as_ref(),
            events: &in_force,
        })
    }
}

/// The least-latency paths of the scenario's start without events, and what stays as it is in cases that move nobody
/// but the affected, if cases are looked at so.
fn quiet(
    inventory: &Inventory,
    network: &Network,
    scenario: &Scenario,
    case: &Case,
    homes: &Homes,
    folded: &Folded,
) -> (FoundWays, Option<Spared>) {
    let policy = Policy {
        movers: Movers::Affected,
        ..scenario.policy.clone()
    };
    let is_affected = Affected::none(&folded.kinds);
    let kept = Array2::zeros(case.target.dim());
    let problem = Problem::beside(
        Setting {
            inventory,
            network,
            case,
            policy: &policy,
            current: homes,
            folded,
            is_affected: &is_affected,
            kept_shortfall: &kept,
            standby: Standby::of(&policy),
            narrowed: Narrowing::Rules,
        },
        None,
        Detail::Values,
    );
    let found = FoundWays::of(&problem.ways);
    let spared = is_plain(&policy).then(|| Spared::of(problem));
    (found, spared)
}

/// The examples of the page about the library.
#[cfg(doctest)]
#[doc = include_str!("../../docs/library.md")]
struct LibraryPage;

/// The example of the page about the structure.
#[cfg(doctest)]
#[doc = include_str!("../../ARCHITECTURE.md")]
struct ArchitecturePage;
