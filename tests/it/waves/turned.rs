//! Every turn between two hours, walked instant by instant in draws in which turns are frequent, and by hand.

use super::drawn::limited;
use super::hour_turns::{CROSSING, read_hand};
use super::walk::{Course, Turned};
use crate::draw::random::Random;
use crate::draw::{Size, draw};
use crate::hours::{found_in_hourly_draws, with_hours};
use crate::levels::{assert_none, judged, planned};
use crate::read::read;
use jiff::{SignedDuration, Timestamp};
use plimsoll::ids::ComponentId;
use plimsoll::model::{Component, Inventory, Scenario};
use plimsoll::plan::{HourTurn, Plan, Refusal};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Lets every hour be steered in a way of its own, and gates accept so few that this takes time.
fn turning(inventory: &mut Inventory, scenario: &mut Scenario, seed: u64) {
    limited(inventory, scenario, seed);
    let mut random = Random::new(seed ^ 0x7a4e);
    scenario.end += SignedDuration::from_hours(4);
    let users: f64 = inventory
        .shards
        .iter()
        .map(|shard| shard.users as f64)
        .sum();
    let narrow = *random.one_of(&[0.01, 0.05, 0.2, 1.0]);
    let mut accepts = |is: f64| {
        let value = narrow * random.between(0.3, 3.0) * users / 3600.0;
        random.chance(is).then_some(value)
    };
    for access_point in &mut inventory.access_points {
        access_point.accepts_per_second = accepts(0.9);
    }
    for element in &mut inventory.elements {
        element.accepts_per_second = accepts(0.7);
    }
    for site in &mut inventory.sites {
        site.accepts_per_second = accepts(0.3);
    }
    let sessions = *random.one_of(&[0.0, 0.1, 0.5, 2.0]) * narrow;
    for profile in &mut inventory.profiles {
        profile.sessions_per_hour = random.between(0.0, 1.0) * sessions;
    }
    for resource in &mut inventory.resources {
        resource.headroom = *random.one_of(&[0.03, 0.1, 0.2, 0.3, 0.4]);
    }
    let sites = inventory.sites.len();
    for mut capacities in inventory.capacity.rows_mut().into_iter().skip(sites) {
        let left = *random.one_of(&[0.6, 0.8, 1.0]);
        for capacity in capacities.iter_mut().flatten() {
            *capacity *= left;
        }
    }
}

/// Few sites, and many ways to them.
const WOVEN: Size = Size {
    sites: 2,
    shards: 6,
    standby: 1,
    mesh: 8,
};

/// Everything accepts so many that turns take about as long as hours last.
fn narrowed(inventory: &mut Inventory, plan: &Plan, seed: u64) {
    let mut random = Random::new(seed ^ 0x0dd5);
    let hours = *random.one_of(&[0.3, 1.0, 1.1, 1.3, 1.5, 2.0]);
    let mut accepted: BTreeMap<ComponentId, f64> = BTreeMap::new();
    for ramp in plan.hour_turns.iter().flat_map(|hour_turn| &hour_turn.ramp) {
        let seconds = hours * 3600.0 * random.between(0.7, 1.0);
        let accepts = if ramp.background > 0.0 && random.chance(0.05) {
            ramp.background
        } else {
            ramp.background + ramp.arrivals / seconds
        };
        let most = accepted.entry(ramp.component).or_default();
        *most = most.max(accepts);
    }
    for (component, accepts) in accepted {
        let accepts = Some(accepts);
        match inventory.component(component) {
            Component::Site(site) => inventory.sites[site.index()].accepts_per_second = accepts,
            Component::AccessPoint(access_point) => {
                inventory.access_points[access_point.index()].accepts_per_second = accepts;
            }
            Component::Element(element) => {
                inventory.elements[element.index()].accepts_per_second = accepts;
            }
            Component::Link(_) => {}
        }
    }
}

/// What is wrong with the turns of a plan, and with what the referee says of it.
fn walked(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    all: &RefCell<Turned>,
) -> Vec<String> {
    let found = Course::new(inventory, scenario, plan).turned(&plan.hour_turns);
    let mut faults = found.faults.clone();
    let verdict = judged(inventory, scenario, plan);
    faults.extend(verdict.broken.iter().map(ToString::to_string));
    if verdict.refused.is_empty() == plan.is_refused() {
        faults.push(format!("refused: {:?}", verdict.refused));
    }
    all.borrow_mut().add(&found);
    faults
}

/// What is wrong with the turns of draws.
fn found_in(size: Size, count: u64, all: &RefCell<Turned>) {
    let failures = found_in_hourly_draws(size, count, |inventory, scenario| {
        let seed: u64 = inventory.shards.iter().map(|shard| shard.users).sum();
        let (mut inventory, mut scenario) = (inventory.clone(), scenario.clone());
        turning(&mut inventory, &mut scenario, seed);
        let plan = planned(&inventory, &scenario);
        let mut faults = walked(&inventory, &scenario, &plan, all);
        if !plan.hour_turns.is_empty() {
            narrowed(&mut inventory, &plan, seed);
            let plan = planned(&inventory, &scenario);
            faults.extend(walked(&inventory, &scenario, &plan, all));
        }
        faults
    });
    assert_none(&failures);
}

#[test]
fn every_turn_between_the_hours_of_random_inventories_is_safe_or_has_no_safe_transition() {
    let all = RefCell::new(Turned::default());
    for (size, count) in [(Size::MESHED, 10), (WOVEN, 30)] {
        found_in(size, count, &all);
    }
    let all = all.into_inner();
    assert!(all.whole > 5, "{all:?}");
    assert!(all.refused.iter().all(|index| *index > 0), "{all:?}");
    assert!(all.quiet > 20, "{all:?}");
}

/// What was missing of a target before is known there only between two ends, and so is what is missing at a wave's end.
#[test]
fn a_stop_is_judged_where_the_load_before_has_two_ends() {
    let draw = draw(123, Size::FULL);
    let (mut inventory, mut scenario) = read(&draw.files, &draw.scenario);
    with_hours(123, &mut inventory, &mut scenario);
    let seed: u64 = inventory.shards.iter().map(|shard| shard.users).sum();
    turning(&mut inventory, &mut scenario, seed);
    let plan = planned(&inventory, &scenario);
    let short = plan
        .transitions
        .iter()
        .flat_map(|transition| &transition.waves);
    assert!(short.map(|wave| wave.stop_shortfall).fold(0.0, f64::max) > 0.1);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
}

/// Weights turn in the ten minutes before eleven.
fn crossing() -> (Inventory, Scenario, Plan) {
    let (inventory, scenario) = read_hand(CROSSING);
    let plan = planned(&inventory, &scenario);
    (inventory, scenario, plan)
}

/// Faults of that plan with its turns changed.
fn faults_with(change: impl Fn(&mut Vec<HourTurn>)) -> Vec<String> {
    let (inventory, scenario, plan) = crossing();
    let mut turns = plan.hour_turns.clone();
    change(&mut turns);
    Course::new(&inventory, &scenario, &plan)
        .turned(&turns)
        .faults
}

#[track_caller]
fn finds(change: impl Fn(&mut Vec<HourTurn>), words: &str) {
    let faults = faults_with(change);
    let is_found = faults.iter().any(|fault| fault.contains(words));
    assert!(is_found, "{words}: {faults:#?}");
}

fn start(turns: &mut [HourTurn]) -> &mut Timestamp {
    turns[0].start.as_mut().expect("it is safe")
}

#[test]
fn turns_that_are_reported_otherwise_are_found() {
    assert_none(&faults_with(|_| {}));
    let seconds = SignedDuration::from_secs;
    finds(Vec::clear, "turn, and nothing is told");
    finds(
        |hour_turns| hour_turns.push(hour_turns[0].clone()),
        "no hour begins",
    );
    finds(|hour_turns| hour_turns[0].slices.swap(0, 1), "slices");
    finds(|hour_turns| hour_turns[0].ramp.clear(), "none are told");
    finds(
        |hour_turns| hour_turns[0].ramp[0].arrivals *= 1.1,
        "told is",
    );
    finds(|hour_turns| hour_turns[0].ramp[0].accepts *= 1.1, "told is");
    finds(
        |hour_turns| hour_turns[0].ramp[0].phases[0] *= 1.1,
        "before the hour",
    );
    finds(
        |hour_turns| hour_turns[0].ramp[0].background *= 1.1,
        "in normal",
    );
    finds(
        |hour_turns| hour_turns[0].ramp[0].window = Some(30.0),
        "s at least",
    );
    // Too fast, too slow, too late.
    finds(
        |hour_turns| *start(hour_turns) += seconds(580),
        "a second at near",
    );
    finds(
        |hour_turns| *start(hour_turns) += seconds(5),
        "before the hour",
    );
    finds(
        |hour_turns| *start(hour_turns) -= seconds(60),
        "before the hour",
    );
    let refused = |hour_turns: &mut Vec<HourTurn>| {
        hour_turns[0].start = None;
        hour_turns[0].refusal = Some(Refusal::TooLong);
    };
    finds(refused, "it is safe");
}
