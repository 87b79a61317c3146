//! What all starts have in common, at whatever hour they are, found once.

use super::super::before::{Quiet, before, case_of_before};
use super::super::instant::{Asking, Backdrop, Instant};
use super::super::watch::NoWatch;
use crate::error::Result;
use crate::formulation::{Folded, FoundWays};
use crate::graph::Network;
use crate::model::{Case, Homes, Inventory, Scenario};
use crate::plan::{Before, SteeringGroups};
use crate::scenario::{Band, case_before, free_share_lowered, hours_at};
use crate::solve::Stop;
use std::sync::Arc;

/// What all starts have in common: the graph, and of one of them what is demanded and the paths, which others use where
/// they have the same.
pub(super) struct AnyHour<'a> {
    pub(super) inventory: &'a Arc<Inventory>,
    pub(super) network: Network,
    groups: SteeringGroups,
    pub(super) homes: Homes,
    folded: Folded,
    pub(super) found: FoundWays,
}

impl<'a> AnyHour<'a> {
    /// What starts have in common with the one of a scenario.
    pub(super) fn new(inventory: &'a Arc<Inventory>, scenario: &Scenario) -> Self {
        let network = Network::new(inventory);
        let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
        let case = case_before(inventory, scenario, Band::Expected);
        let folded = Folded::new(inventory, &case, &homes);
        let instant = Instant::new(
            (inventory, &network, scenario),
            &case,
            (homes.clone(), folded.clone(), Vec::new()),
            scenario.start,
        );
        Self {
            inventory,
            groups: SteeringGroups::new(inventory, &scenario.policy),
            homes,
            folded,
            found: instant.found,
            network,
        }
    }

    /// What is available and demanded before a scenario.
    pub(super) fn case_of_before(&self, scenario: &Scenario) -> Case {
        case_of_before(self.inventory, scenario, Band::Expected)
    }

    /// The state before a scenario, where this is available and demanded.
    ///
    /// # Errors
    /// Those of [`windows`](super::windows).
    pub(super) fn before(&self, scenario: &Scenario, case: Case) -> Result<Before> {
        let quiet = Quiet {
            inventory: self.inventory,
            network: &self.network,
            groups: &self.groups,
            scenario,
            folded: self.folded(&case),
            found: Some(&self.found),
        };
        before(quiet, case, &Stop::default(), &NoWatch)
    }

    /// Answers a question that is put at the start of a scenario, given the state before it.
    pub(super) fn at_start<T>(
        &self,
        scenario: &Scenario,
        before: &Before,
        tell: impl FnOnce(Asking<'_>) -> T,
    ) -> T {
        let (inventory, at) = (&**self.inventory, scenario.start);
        let case = Case {
            hours: hours_at(inventory, scenario, at).into(),
            ..case_before(inventory, scenario, Band::Expected)
        };
        let homes = self.homes.clone();
        let lowered = free_share_lowered(inventory, scenario, at, Band::Expected, &homes);
        let demanded = (homes, self.folded(&case), lowered);
        let instant = Instant::with_paths(&case, demanded, (at, self.found.clone()));
        tell(Asking {
            backdrop: Backdrop {
                inventory,
                network: &self.network,
                scenario,
                before: Some(before),
            },
            instant: &instant,
        })
    }

    /// The demand of a case with everybody at home.
    pub(super) fn folded(&self, case: &Case) -> Folded {
        Folded::known_or_new(Some(&self.folded), self.inventory, case, &self.homes)
    }
}
