//! Nothing happens, nobody is hurt: without events, growth, leavers or capacity changes within it a scenario is played
//! forward without a loss, with nobody doing anything, if the state before serves everybody and turns safely between hours.

use crate::command_line::{place, plimsoll, root};
use crate::draw::Size;
use crate::levels::{assert_none, found_in_changed_draws, planned};
use jiff::SignedDuration;
use plimsoll::engine::replay;
use plimsoll::model::{Inventory, Overload, PlannedDemand, Scenario};
use plimsoll::plan::Before;
use plimsoll::solve::Stop;
use std::cell::Cell;

/// Leaves a draw in which nothing happens, with clients who try again and do not wait for ever.
fn quiet(seed: u64, inventory: &mut Inventory, scenario: &mut Scenario) {
    let seed = usize::try_from(seed).expect("a small seed");
    scenario.events.clear();
    if seed % 4 < 2 {
        crate::waves::drawn::limited(inventory, scenario, seed as u64);
    }
    let (shards, start) = (&inventory.shards, scenario.start);
    let is_placed = |index: usize| shards[index].site.is_some();
    let onboarding = &mut inventory.onboarding;
    onboarding.retain(|row| row.date <= start && is_placed(row.shard.index()));
    // Nobody is to be placed.
    for shard in inventory
        .shards
        .iter_mut()
        .filter(|shard| shard.site.is_none())
    {
        shard.users = 0;
    }
    inventory
        .capacity_changes
        .retain(|row| row.date <= scenario.start);
    for (number, profile) in (0..).zip(&mut inventory.profiles) {
        profile.retries = [0.0, 0.5, 1.0, 3.0][(seed + number) % 4];
        profile.timeout_seconds = [None, Some(20.0), Some(90.0)][(seed + number) % 3];
        profile.late_seconds = seed.is_multiple_of(5).then_some(10.0);
    }
    for resource in inventory
        .resources
        .iter_mut()
        .filter(|resource| resource.varies)
    {
        resource.overload = [Overload::Queue, Overload::Lose][seed % 6 / 3];
        resource.queue_seconds = (seed % 7 < 2).then_some(60.0);
    }
    scenario.policy.demand = [PlannedDemand::Peak, PlannedDemand::Hourly][seed / 2 % 2];
    scenario.replay.step_seconds = [60.0, 300.0][seed % 2];
}

/// `true` if the state before serves everybody at every hour.
fn serves_everybody(inventory: &Inventory, before: &Before) -> bool {
    let shards = 0..inventory.shards.len();
    let users: f64 = shards.map(|shard| before.case.users(shard)).sum();
    (0..before.case.hours.slice_count()).all(|slice| {
        let flows = before.flows.iter().filter(|flow| flow.slice == slice);
        let served: f64 = flows.map(|flow| flow.users).sum();
        served >= users * (1.0 - 1e-9)
    })
}

#[test]
fn without_events_a_replay_of_the_state_before_loses_nothing() {
    let [played, all, unsafe_turns] = [Cell::new(0), Cell::new(0), Cell::new(0)];
    let found = |inventory: &Inventory, scenario: &Scenario| {
        all.set(all.get() + 1);
        let before = planned(inventory, scenario).before;
        if !serves_everybody(inventory, &before) {
            return Vec::new();
        }
        played.set(played.get() + 1);
        let replay = replay(inventory, scenario, None, true, &Stop::default())
            .expect("no plan is named")
            .expect("a replay");
        let mut faults = Vec::new();
        for moment in replay.runs.iter().flat_map(|run| &run.moments) {
            let lost = moment.down + moment.failed + moment.late;
            if lost <= 1e-6 * moment.users.max(1.0) {
                continue;
            }
            // The first loss may lie in a turn that is told as not safe; what comes after it is its aftermath.
            let over = SignedDuration::from_secs_f64(scenario.waves.turn_minutes * 60.0);
            let mut turns = replay.unsafe_turns.iter();
            if turns.any(|turn| turn.at - over <= moment.end && moment.start <= turn.at) {
                unsafe_turns.set(unsafe_turns.get() + 1);
            } else {
                faults.push(format!("{moment:?}"));
            }
            break;
        }
        faults
    };
    for (size, count) in [(Size::SMALL, 60), (Size::FULL, 20)] {
        assert_none(&found_in_changed_draws(size, count, quiet, found));
    }
    // A component is exactly full, and what rounding leaves of its load would come again and again.
    let draw = crate::draw::draw(21262, Size::FULL);
    let (mut inventory, mut scenario) = crate::read::read(&draw.files, &draw.scenario);
    quiet(21262, &mut inventory, &mut scenario);
    assert_none(&found(&inventory, &scenario));
    if std::env::var("PLIMSOLL_SEEDS").is_err() {
        assert!(played.get() * 3 > all.get(), "{played:?} of {all:?}");
        assert!(unsafe_turns.get() * 10 < played.get(), "{unsafe_turns:?}");
    }
}

#[test]
fn a_turn_of_the_state_before_that_is_not_safe_is_reported() {
    for (name, hour) in [
        ("hour-turns-before-484", "6 Mar 06:30"),
        ("hour-turns-before-296", "13:00"),
    ] {
        let place = place();
        let folder = root(&format!("tests/found/{name}"));
        let out = plimsoll(place.path())
            .args(["replay", "--do-nothing", "--out", "r"])
            .arg(&folder)
            .arg("--scenario")
            .arg(folder.join("scenario.toml"))
            .output()
            .expect("it runs");
        let text = String::from_utf8(out.stdout).expect("text");
        assert!(text.contains("are lost"), "{text}");
        let words =
            format!("Steering of the state before cannot turn safely between hours at {hour}");
        assert!(text.contains(&words), "{text}");
    }
}
