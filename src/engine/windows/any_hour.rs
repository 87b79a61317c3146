//! What all starts have in common, at whatever hour they are, found once: the states before, which say what of targets
//! was missing already.
//!
//! Where every client region demands the most that it does at any hour of some starts, and even then everybody is
//! served and nothing is missing, the same steering does so at each of these hours, as less is demanded on the same
//! paths. So nothing is missing before any of these starts either, and one state stands for those of all of them. Where
//! that is not so the starts are halved, those of like demand together; one that is left alone has its own.

use super::super::before::{Quiet, before, case_of_before, kept_shortfall};
use super::super::instant::{Asking, Backdrop, Instant};
use super::super::watch::NoWatch;
use super::alike::alike;
use super::asked::busiest_users;
use crate::error::{Error, Result};
use crate::formulation::{Folded, FoundProfilePaths};
use crate::graph::Network;
use crate::model::{Case, Homes, Hours, Inventory, Scenario};
use crate::plan::{Before, SteeringGroups, flows_in};
use crate::scenario::{Band, case_before, free_share_lowered, hours_at};
use crate::solve::{Proof, Stop};
use crate::units::{NOBODY, SUM_NOISE};
use rayon::prelude::*;
use std::slice::from_ref;
use std::sync::Arc;

/// What all starts have in common: the graph, and of one of them what is demanded and the paths, which others use where
/// they have the same.
pub(super) struct AnyHour<'a> {
    pub(super) inventory: &'a Arc<Inventory>,
    pub(super) network: Network,
    groups: SteeringGroups,
    pub(super) homes: Homes,
    folded: Folded,
    pub(super) found: FoundProfilePaths,
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
        then: impl FnOnce(Asking<'_>) -> T,
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
        then(Asking {
            backdrop: Backdrop {
                inventory,
                network: &self.network,
                scenario,
                before: Some(before),
            },
            instant: &instant,
        })
    }

    pub(super) fn folded(&self, case: &Case) -> Folded {
        Folded::known_or_new(Some(&self.folded), self.inventory, case, &self.homes)
    }
}

/// By scenario, the state before it, or one that is as good: in both nothing is missing.
///
/// # Errors
/// Those of [`windows`](super::windows).
pub(super) fn states_before(
    any_hour: &AnyHour<'_>,
    scenarios: &[&Scenario],
    stop: &Stop,
) -> Result<Vec<Arc<Before>>> {
    let cases = scenarios
        .par_iter()
        .map(|scenario| any_hour.case_of_before(scenario));
    let all = Earlier {
        any_hour,
        scenarios,
        cases: cases.collect(),
        stop,
    };
    let found: Result<Vec<Vec<Known>>> = all
        .alike()
        .par_iter()
        .map(|starts| all.settle(starts))
        .collect();
    let mut found: Vec<Known> = found?.into_iter().flatten().collect();
    found.sort_by_key(|(start, _)| *start);
    Ok(found.into_iter().map(|(_, before)| before).collect())
}

/// The position of a scenario, and the state before it.
type Known = (usize, Arc<Before>);

/// Scenarios whose states before are sought.
struct Earlier<'a> {
    any_hour: &'a AnyHour<'a>,
    scenarios: &'a [&'a Scenario],
    /// What is available and demanded before each.
    cases: Vec<Case>,
    stop: &'a Stop,
}

impl Earlier<'_> {
    /// Those before which the same is available, together, by their demand.
    fn alike(&self) -> Vec<Vec<usize>> {
        let mut all = alike(self.cases.iter());
        let inventory = self.any_hour.inventory;
        let busiest = self.cases.par_iter();
        let busiest = busiest.map(|case| busiest_users(inventory, from_ref(case)));
        let busiest: Vec<f64> = busiest.collect();
        for indexes in &mut all {
            indexes.sort_by(|a, b| busiest[*a].total_cmp(&busiest[*b]).then(a.cmp(b)));
        }
        all
    }

    /// The states before some that are alike.
    fn settle(&self, starts: &[usize]) -> Result<Vec<Known>> {
        if self.stop.is_raised() {
            return Err(Error::StoppedEarly);
        }
        let Some((&first, others)) = starts.split_first() else {
            return Ok(Vec::new());
        };
        let (scenario, one_case) = (self.scenarios[first], &self.cases[first]);
        let most: Vec<Hours> = starts
            .iter()
            .map(|start| self.cases[*start].hours.at_most())
            .collect();
        if let Some(hours) = Hours::first_of_all(most.iter(), f64::max) {
            let case = Case {
                hours: hours.into(),
                ..one_case.clone()
            };
            let before = self.any_hour.before(scenario, case)?;
            if misses_nothing(self.any_hour.inventory, &before, scenario) {
                let before = Arc::new(before);
                let known = starts.iter().map(|start| (*start, Arc::clone(&before)));
                return Ok(known.collect());
            }
        }
        if others.is_empty() {
            let before = self.any_hour.before(scenario, one_case.clone())?;
            return Ok(vec![(first, Arc::new(before))]);
        }
        let (less, more) = starts.split_at(starts.len() / 2);
        let (less, more) = rayon::join(|| self.settle(less), || self.settle(more));
        let mut all = less?;
        all.extend(more?);
        Ok(all)
    }
}

/// `true` if a state of one slice is proven to be the best one, serves everybody, and leaves nothing missing that is kept.
fn misses_nothing(inventory: &Inventory, before: &Before, scenario: &Scenario) -> bool {
    let existing = scenario.policy.existing_shortfall;
    let kept = kept_shortfall(&before.case, &before.case, &before.load, existing);
    let mut both = kept.iter().zip(&before.case.nominal);
    let is_kept = both.any(|(share, capacity)| {
        let has_capacity = capacity.is_some_and(|value| value > 0.0);
        has_capacity && *share > 0.0
    });
    let shards = 0..inventory.shards.len();
    let users: f64 = shards.map(|shard| before.case.users(shard)).sum();
    let served: f64 = flows_in(&before.flows, 0)
        .iter()
        .map(|flow| flow.users)
        .sum();
    let unserved = users - served;
    before.proof == Proof::Proven && !is_kept && unserved <= NOBODY.max(SUM_NOISE * users)
}
