//! A sweep against brute force: every case written out, every proof asked again.

use crate::draw::{Size, draw};
use crate::levels::{assert_none, found_in_draws, homes, planned};
use crate::naive::{self, Question, Solver};
use plimsoll::engine::{NoWatch, Options, Planner, SweepRequest as Asked, Sweeper};
use plimsoll::model::{Event, EventKind, FailureSet, Inventory, Scenario};
use plimsoll::plan::sweep::{CaseResult as Found, SettledBy, SweepTally as Tally};
use plimsoll::scenario::{Knowledge, is_in_force};
use plimsoll::solve::Stop;
use plimsoll::units::is_close;
use std::cell::Cell;
use std::collections::BTreeMap;

/// A loaded sweep.
fn sweeper(inventory: &Inventory, scenario: &Scenario, asked: Asked) -> Sweeper {
    let options = Options {
        stop: &Stop::default(),
        watch: &NoWatch,
    };
    Sweeper::new(inventory.clone(), scenario.clone(), asked, &options)
        .expect("small ones are loaded")
}

/// What all cases come to.
fn swept(sweeper: &Sweeper) -> Tally {
    let all = 0..sweeper.contingencies().count();
    let stretch = sweeper.course().tally(all, &Stop::default(), &|| ());
    stretch.expect("small cases are solved").tally
}

/// The scenario in which exactly the events of a case hold, from its start to its end.
fn scenario_of(sweeper: &Sweeper, case: usize) -> Scenario {
    let planner = sweeper.planner();
    let scenario = planner.scenario();
    let at = sweeper.sweep(Tally::default(), 0..0).period.start;
    let whole = |kind: EventKind| Event {
        kind,
        start: scenario.start,
        end: scenario.end,
        detected: scenario.start,
        drain_minutes: None,
        is_end_assumed: false,
    };
    let in_force = scenario.events.iter();
    let in_force = in_force
        .filter(|event| is_in_force(event, scenario, at, Knowledge::Believed))
        .map(|event| event.kind.clone());
    let failing = sweeper.contingencies().events(planner.inventory(), case);
    let mut all = scenario.clone();
    all.policy.reaction_minutes = 0.0;
    all.events = in_force.chain(failing).map(whole).collect();
    all
}

/// Unserved users by rank and the worst missing share of a case, by the written-out LP.
fn written_out(
    sweeper: &Sweeper,
    before: &ndarray::Array2<f64>,
    current: &[Option<plimsoll::ids::SiteId>],
    elsewhere: &[naive::Elsewhere],
    case: usize,
) -> BTreeMap<String, f64> {
    let scenario = scenario_of(sweeper, case);
    let levels = naive::levels(
        &Question {
            inventory: sweeper.planner().inventory(),
            scenario: &scenario,
            at: sweeper.sweep(Tally::default(), 0..0).period.start,
            current,
            elsewhere,
            before_load: Some(before),
            band: naive::Band::Expected,
        },
        Solver::Highs,
    );
    levels.into_iter().collect()
}

/// What differs between a sweep and brute force.
fn differences(inventory: &Inventory, scenario: &Scenario, asked: Asked) -> Vec<String> {
    let sweeper = sweeper(inventory, scenario, asked);
    let tally = swept(&sweeper);
    let sweep = sweeper.sweep(Tally::default(), 0..0);
    let plan = planned(inventory, scenario);
    let period = &plan.periods[sweep.period.index];
    let (current, elsewhere) = homes(&period.current);
    let load = &plan.before.load;
    let mut ranks: Vec<u32> = inventory.tiers.iter().map(|tier| tier.rank).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let has_users = |rank: &u32| {
        let mut parts = period.parts.iter();
        parts.any(|part| {
            let tier = inventory.shards[part.shard.index()].tier;
            part.users > 0.0 && inventory.tiers[tier.index()].rank == *rank
        })
    };
    ranks.retain(has_users);
    let mut all = Vec::new();
    for found in &tally.found {
        let expected = written_out(&sweeper, load, &current, &elsewhere, found.case);
        let name = sweep.contingencies.name(inventory, found.case);
        let mut wrong = Vec::new();
        for (rank, users) in ranks.iter().zip(&found.unserved) {
            let expected = expected[&format!("unserved {rank}")];
            if !is_close(*users, expected, 1e-6) {
                wrong.push(format!("unserved {rank}: {users} instead of {expected}"));
            }
        }
        let expected = expected.get("worst").copied().unwrap_or(0.0);
        if (found.worst_shortfall() - expected).abs() > 1e-6 {
            let worst = found.worst_shortfall();
            wrong.push(format!("worst: {worst} instead of {expected}"));
        }
        if !found.is_proven {
            wrong.push("not proven".to_owned());
        }
        if !wrong.is_empty() {
            all.push(format!("`{name}` by {:?}: {wrong:?}", found.settled));
        }
    }
    all
}

#[test]
fn every_case_of_random_inventories_is_as_written_out() {
    use FailureSet::{AccessPoints, Elements, Links, RiskGroups, Sites};
    let drawn = Cell::new(0);
    let of_next = |inventory: &Inventory, scenario: &Scenario| {
        let sets = [Sites, AccessPoints, Elements, Links, RiskGroups];
        let next = drawn.replace(drawn.get() + 1);
        differences(inventory, scenario, Asked::new(sets[next % sets.len()], 2))
    };
    assert_none(&found_in_draws(25, |_| {}, of_next));
}

/// Cases by what settled them.
fn by_settled(tally: &Tally) -> BTreeMap<SettledBy, Vec<&Found>> {
    let mut all: BTreeMap<SettledBy, Vec<&Found>> = BTreeMap::new();
    for found in &tally.found {
        all.entry(found.settled).or_default().push(found);
    }
    all
}

#[test]
fn every_case_that_was_not_solved_is_what_solving_it_cold_gives() {
    let (mut by_default, mut by_parts) = (0, 0);
    for seed in 0..40 {
        let drawn = draw(seed, Size::FULL);
        let (inventory, scenario) = crate::read::read(&drawn.files, &drawn.scenario);
        let sweeper = sweeper(&inventory, &scenario, Asked::new(FailureSet::Components, 2));
        let tally = swept(&sweeper);
        let settled = by_settled(&tally);
        by_default += settled.get(&SettledBy::Default).map_or(0, Vec::len);
        by_parts += settled.get(&SettledBy::Parts).map_or(0, Vec::len);
        let planner: &Planner = sweeper.planner();
        for (path, found) in settled {
            // So many of each way are asked again that the test ends.
            let step = (found.len() / 40).max(1);
            for found in found.into_iter().step_by(step) {
                let events = sweeper.contingencies().events(&inventory, found.case);
                let cold = planner.verdict(&events).expect("small cases are solved");
                let unserved: Vec<f64> = cold
                    .unserved
                    .iter()
                    .map(|unserved| unserved.users)
                    .collect();
                let name = sweeper.contingencies().name(&inventory, found.case);
                for (found, cold) in found.unserved.iter().zip(&unserved) {
                    assert!(
                        is_close(*found, *cold, 1e-6),
                        "seed {seed}, `{name}` by {path:?}: {found} unserved, solved anew {cold}"
                    );
                }
                let cold = cold.missing.map_or(0.0, |missing| missing.share);
                assert!(
                    (found.worst_shortfall() - cold).abs() <= 1e-6,
                    "seed {seed}, `{name}` by {path:?}: {} missing, solved anew {cold}",
                    found.worst_shortfall()
                );
            }
        }
    }
    assert!(by_default > 100, "{by_default} by default");
    assert!(by_parts > 100, "{by_parts} by parts");
}
