//! Random inventories with limits on the way: the referee accepts every plan.

use crate::draw::random::Random;
use crate::draw::{Size, draw};
use crate::levels::{judged, planned};
use plimsoll::model::{Inventory, Scenario};

/// What is drawn besides: rates, acceptance, sessions, and how long waves last.
pub(crate) fn limited(inventory: &mut Inventory, scenario: &mut Scenario, seed: u64) {
    let mut random = Random::new(seed ^ 0x5eed);
    let users: f64 = inventory
        .shards
        .iter()
        .map(|shard| shard.users as f64)
        .sum();
    for site in &mut inventory.sites {
        if random.chance(0.5) {
            site.move_out_per_hour = Some(random.between(0.2, 2.0) * users);
        }
        if random.chance(0.5) {
            site.move_in_per_hour = Some(random.between(0.2, 2.0) * users);
        }
        if random.chance(0.5) {
            site.accepts_per_second = Some(random.between(0.2, 2.0) * users / 3600.0);
        }
    }
    for access_point in &mut inventory.access_points {
        if random.chance(0.5) {
            access_point.accepts_per_second = Some(random.between(0.2, 2.0) * users / 3600.0);
        }
    }
    for element in &mut inventory.elements {
        if random.chance(0.5) {
            element.accepts_per_second = Some(random.between(0.2, 2.0) * users / 3600.0);
        }
    }
    for profile in &mut inventory.profiles {
        profile.sessions_per_hour = random.between(0.0, 0.2);
    }
    scenario.waves.minutes = *random.one_of(&[5.0, 20.0, 60.0]);
    scenario.waves.gate_minutes = *random.one_of(&[0.0, 5.0]);
    crate::laws::plan_and_replay::read_again(inventory, scenario);
}

#[test]
fn random_plans_with_limits_along_their_paths_hold() {
    let mut waves = 0;
    for seed in 0..80 {
        let drawn = draw(seed, Size::SMALL);
        let (mut inventory, mut scenario) = crate::read::read(&drawn.files, &drawn.scenario);
        limited(&mut inventory, &mut scenario, seed);
        let plan = planned(&inventory, &scenario);
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "seed {seed}: {verdict}");
        waves += plan
            .transitions
            .iter()
            .map(|transition| transition.waves.len())
            .sum::<usize>();
    }
    assert!(waves > 100, "{waves}");
}
