//! What is called worse without solving is worse when it is solved.

use super::*;
use crate::formulation::posed::{case_at_start, drain_of_americas, with_problem};
use crate::formulation::{Detail, Narrowed};
use crate::model::Homes;
use crate::solve::{Beat, Stop, solve, solve_to_beat};

#[test]
fn homes_that_are_proven_worse_are_worse_when_they_are_solved() {
    let (inventory, scenario) = drain_of_americas();
    let current = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
    let case = case_at_start(&inventory, &scenario);
    with_problem((&inventory, &scenario), &case, &current, 0.0, look);
}

fn look(problem: &Problem<'_>) {
    let inventory = problem.setting.inventory;
    let stop = Stop::default();
    let fractional = solve(problem, &stop).expect("everybody may stay unserved");

    // All users at the site where most of their class is served.
    let mut homes = Narrowed::none(problem);
    for id in 0..problem.classes.classes.len() {
        let served = fractional
            .served
            .iter()
            .filter(|served| served.class == id)
            .max_by(|a, b| a.users.total_cmp(&b.users))
            .map(|served| fractional.paths.get(served.path).site);
        homes.leave_to_class(id, served.as_slice());
    }
    let homed = problem.narrowed(&homes, Detail::Values);
    let incumbent = solve(&homed, &stop).expect("everybody may stay unserved");
    assert!(!is_proven_worse(problem, &fractional, &incumbent, &homes));

    let homed = HomeLoads::of(problem, &homes).expect("every shard has one home at most");
    let mut proven = 0;
    let movable = problem
        .classes
        .classes
        .iter()
        .filter(|class| class.sites.len() > 1);
    for class in movable.step_by(20) {
        let relocated = class.shards[0];
        let shard = relocated.index();
        for &site in class.sites.iter() {
            let mut other = homes.clone();
            let home = homes.left_to_shard(problem, relocated);
            let home = home.and_then(|sites| sites.first().copied());
            other.leave_to_shard(problem, relocated, &[site]);
            let is_worse = is_proven_worse(problem, &fractional, &incumbent, &other);
            let moves = [(relocated, home, site)].into_iter();
            let from_there = homed.is_proven_worse_with(&fractional, &incumbent, moves);
            assert_eq!(is_worse, from_there, "shard {shard} to {site:?}");
            if !is_worse {
                continue;
            }
            proven += 1;
            let trial = problem.narrowed(&other, Detail::Values);
            let found = solve_to_beat(&trial, None, &stop, Some((&incumbent, Beat::AnyLevel)))
                .expect("everybody may stay unserved");
            let at = &inventory.sites[site.index()].id;
            assert!(found.is_none(), "shard {shard} at {at}");
        }
    }
    assert!(proven > 10, "only {proven} of the trials were settled");
}
