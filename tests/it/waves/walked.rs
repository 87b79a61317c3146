//! Every state of every wave, and a thousand random parts of each, walked from the written files: shipped drains and
//! random inventories.

use super::incident::shipped;
use super::walk::{Course, Found};
use crate::draw::random::Random;
use crate::draw::{Size, draw};
use crate::folders::folder;
use crate::levels::{assert_none, found_in_draws_of, planned};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::scenario::ScenarioText;
use std::path::Path;

/// Parts of every wave that are looked at.
const PARTS: usize = 1000;

fn walked(inventory: &Inventory, scenario: &Scenario, seed: u64) -> Found {
    let plan = planned(inventory, scenario);
    Course::new(inventory, scenario, &plan).walked(seed, PARTS)
}

/// The drains that are shipped in a folder of data, with the same resources held at both ends while users move.
fn drains(name: &str) -> Vec<(String, Inventory, Scenario)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data")
        .join(name);
    let inventory = plimsoll::inventory::read(&folder(&path)).inventory;
    let inventory = inventory.expect("what is shipped is sound");
    let mut all = Vec::new();
    for file in folder(&path) {
        if !file.name.starts_with("drain-") {
            continue;
        }
        let layer = ScenarioText {
            name: file.name.clone(),
            text: String::from_utf8(file.bytes).expect("text"),
        };
        let scenario = plimsoll::scenario::read(&[layer], &inventory).scenario;
        let scenario = scenario.expect("what is shipped is sound");
        all.push((file.name, inventory.clone(), scenario));
    }
    assert!(!all.is_empty());
    all
}

#[track_caller]
fn is_safe(name: &str, found: &Found) {
    assert!(found.faults.is_empty(), "{name}: {:#?}", found.faults);
    assert!(found.parts >= PARTS * found.waves, "{name}");
}

#[test]
fn every_part_of_every_wave_of_the_small_shipped_drains_is_safe() {
    let mut waves = 0;
    for name in ["tiny", "keep-room"] {
        for (name, inventory, scenario) in drains(name) {
            let found = walked(&inventory, &scenario, 1);
            is_safe(&name, &found);
            waves += found.waves;
        }
    }
    // Nobody leaves Amsterdam in data/tiny: its users may be nowhere else.
    assert_eq!(waves, 5);
}

#[test]
fn every_part_of_every_wave_of_the_drains_of_the_americas_is_safe() {
    for (name, inventory, scenario) in drains("americas-2012") {
        let found = walked(&inventory, &scenario, 2);
        is_safe(&name, &found);
        assert!(found.waves > 0 && found.refused == 0, "{name}");
    }
}

#[test]
fn every_part_of_every_wave_of_the_drain_of_22_january_2026_is_safe() {
    let (inventory, scenario) = shipped("staged.toml");
    let found = walked(&inventory, &scenario, 3);
    is_safe("staged.toml", &found);
    assert!(found.waves > 1 && found.refused == 0);
}

#[test]
fn waves_that_are_merged_are_found() {
    let (inventory, scenario) = shipped("staged.toml");
    let mut plan = planned(&inventory, &scenario);
    let waves = &mut plan.transitions[0].waves;
    let later = std::mem::take(&mut waves[1].moves);
    waves[0].moves.extend(later);
    let found = Course::new(&inventory, &scenario, &plan).walked(3, 10);
    let of_sessions = |text: &String| text.contains("connect anew");
    assert!(found.faults.iter().any(of_sessions), "{:?}", found.faults);
    let exchanged = super::by_hand::exchanged();
    let (inventory, scenario, mut plan) = exchanged;
    let waves = &mut plan.transitions[0].waves;
    let later = std::mem::take(&mut waves[1].moves);
    waves[0].moves.extend(later);
    let found = Course::new(&inventory, &scenario, &plan).walked(3, PARTS);
    let of_a_part = |text: &String| text.contains("a part of it: ") && text.contains(" of cpu at ");
    assert!(found.faults.iter().any(of_a_part), "{:?}", found.faults);
}

/// A drawn inventory with gates on the way, as it is walked.
fn drawn_with_gates(inventory: &Inventory, scenario: &Scenario) -> (Inventory, Scenario, u64) {
    let seed: u64 = inventory.shards.iter().map(|shard| shard.users).sum();
    let (mut inventory, mut scenario) = (inventory.clone(), scenario.clone());
    super::drawn::limited(&mut inventory, &mut scenario, seed);
    let mut random = Random::new(seed);
    for resource in &mut inventory.resources {
        resource.moving_share = *random.one_of(&[0.0, 0.5, 1.0]);
    }
    (inventory, scenario, seed)
}

/// A gray fault leaves a balancer of a pool four fifths of its capacity and all of its gate: it stays in its pool, and
/// nobody who passes it connects anew.
#[test]
fn member_that_keeps_its_gate_stays_in_its_pool() {
    let drawn = draw(22, Size::FULL);
    let (inventory, scenario) = crate::read::read(&drawn.files, &drawn.scenario);
    let (inventory, scenario, seed) = drawn_with_gates(&inventory, &scenario);
    let resource = inventory.sessions().expect("gates are a resource");
    let member = inventory
        .component_named("lb-site4-2")
        .expect("it is drawn");
    let plan = planned(&inventory, &scenario);
    let case = &plan.periods[1].case;
    assert_eq!(
        case.capacity(member.index(), resource.index()),
        inventory.accepts_per_second(member),
    );
    assert!((case.available[[member.index(), 0]] - 0.8).abs() < 1e-12);
    let found = Course::new(&inventory, &scenario, &plan).walked(seed, PARTS);
    is_safe("seed 22", &found);
    assert!(found.waves > 0 && found.refused == 0);
}

#[test]
fn every_part_of_every_wave_of_random_inventories_is_safe() {
    let waves = std::cell::Cell::new(0);
    for (size, count) in [(Size::FULL, 30), (Size::SMALL, 30)] {
        let failures = found_in_draws_of(
            size,
            count,
            |_| {},
            |inventory, scenario| {
                let (inventory, scenario, seed) = drawn_with_gates(inventory, scenario);
                let found = walked(&inventory, &scenario, seed);
                waves.set(waves.get() + found.waves);
                found.faults
            },
        );
        assert_none(&failures);
    }
    assert!(waves.get() > 60, "{waves:?}");
}
