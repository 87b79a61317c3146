//! certificate.json: what its prices prove, and that nothing forged proves anything.

mod altered;
mod by_hand;
mod forged;
mod openings;

use crate::draw::{Draw, Size, draw};
use crate::levels::{assert_none, found_in_draws, planned, read_back};
use plimsoll::model::{Inventory, Policy, Scenario};
use plimsoll::plan::Plan;
use plimsoll::plan::check::{Verdict, check};
use plimsoll::plan_files::WrittenPlan;

/// A plan with what it was made from, as it is read back.
pub(crate) struct Made {
    pub(crate) inventory: Inventory,
    pub(crate) scenario: Scenario,
    pub(crate) plan: Plan,
    pub(crate) written: WrittenPlan,
}

impl Made {
    /// The plan of a drawn instance.
    pub(crate) fn of(draw: &Draw, set: impl Fn(&mut Policy)) -> Self {
        let (inventory, mut scenario) = crate::read::read(&draw.files, &draw.scenario);
        set(&mut scenario.policy);
        let plan = planned(&inventory, &scenario);
        let written = read_back(&inventory, &scenario, &plan);
        Self {
            inventory,
            scenario,
            plan,
            written,
        }
    }

    /// The plan of a seed.
    pub(crate) fn of_seed(seed: u64, set: impl Fn(&mut Policy)) -> Self {
        Self::of(&draw(seed, Size::SMALL), set)
    }

    /// What the referee says after a change of the written plan.
    pub(crate) fn after(&self, change: impl FnOnce(&mut WrittenPlan)) -> Verdict {
        let mut written = self.written.clone();
        change(&mut written);
        check(&self.inventory, &self.scenario, written)
    }
}

/// Levels of a plan that its certificate does not prove to a millionth.
pub(crate) fn gaps(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let plan = planned(inventory, scenario);
    let verdict = check(inventory, scenario, read_back(inventory, scenario, &plan));
    let stages: usize = plan.periods.iter().map(|period| period.stages.len()).sum();
    let mut all = Vec::new();
    if verdict.proven.levels.len() != stages {
        all.push(format!(
            "{} of {stages} levels",
            verdict.proven.levels.len()
        ));
    }
    let levels = verdict.proven.levels.iter();
    all.extend(
        levels
            .filter(|level| level.gap() > 1e-6)
            .map(|level| format!("gap {:.1e}: {level:?}", level.gap())),
    );
    all.extend((!verdict.holds()).then(|| verdict.to_string()));
    all
}

#[test]
fn every_level_of_random_inventories_is_proven_by_its_prices() {
    assert_none(&found_in_draws(150, |_| {}, gaps));
    // Two sets of openings that are as good as each other, to a billionth.
    let made = Made::of_seed(11824, |_| {});
    assert_none(&gaps(&made.inventory, &made.scenario));
}

#[test]
fn what_goes_on_may_stand_more_once_its_moves_are_made() {
    for seed in [10136, 11055] {
        let made = Made::of_seed(seed, |_| {});
        assert_none(&gaps(&made.inventory, &made.scenario));
    }
}

#[test]
fn every_level_of_split_shards_is_proven_by_its_prices() {
    let split = |policy: &mut Policy| policy.split_shards = true;
    assert_none(&found_in_draws(80, split, gaps));
}

#[test]
fn without_a_certificate_nothing_is_proven_and_the_plan_may_hold() {
    let made = Made::of_seed(1, |_| {});
    let verdict = made.after(|written| written.certificate = None);
    assert!(verdict.holds(), "{verdict}");
    assert_eq!(verdict.proven.worst_gap(), None);
    assert_eq!(verdict.proven.why_not, Some("there is no certificate.json"));
}
