//! Ways that go hour by hour: walked in draws, and by hand where the most of any hour says something else than each hour.

use super::drawn::limited;
use super::walk::{Course, Found};
use crate::draw::Size;
use crate::draw::random::Random;
use crate::hours::found_in_hourly_draws;
use crate::levels::{assert_none, judged, planned};
use crate::read::read;
use jiff::SignedDuration;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Plan, Timing};
use std::cell::Cell;
use std::fmt::Write as _;

/// Parts of every wave that are looked at in every slice.
const PARTS: usize = 200;

#[test]
fn every_part_of_every_wave_is_safe_in_every_hour_of_random_inventories() {
    let (waves, slices, steered) = (Cell::new(0), Cell::new(0), Cell::new(0));
    for (size, count) in [(Size::SMALL, 80), (Size::MESHED, 20)] {
        let failures = found_in_hourly_draws(size, count, |inventory, scenario| {
            let seed: u64 = inventory.shards.iter().map(|shard| shard.users).sum();
            let (mut inventory, mut scenario) = (inventory.clone(), scenario.clone());
            limited(&mut inventory, &mut scenario, seed);
            let mut random = Random::new(seed);
            for resource in &mut inventory.resources {
                resource.moving_share = *random.one_of(&[0.0, 0.5, 1.0]);
            }
            let plan = planned(&inventory, &scenario);
            let found = Course::new(&inventory, &scenario, &plan).walked(seed, PARTS);
            assert!(found.parts >= PARTS * found.waves);
            waves.set(waves.get() + found.waves);
            slices.set(slices.get() + found.slices);
            steered.set(steered.get() + found.steered);
            found.faults
        });
        assert_none(&failures);
    }
    assert!(waves.get() > 60, "{waves:?}");
    assert!(slices.get() > 15, "{slices:?}");
    assert!(steered.get() > 10, "{steered:?}");
}

/// Hours from ten o'clock on in which a client region demands so much of its peak; at all others it demands a tenth.
fn curves(all: &[(&str, &[f64])]) -> String {
    let mut text = "load_curve,hour,factor\n".to_owned();
    for (name, factors) in all {
        for hour in 0..24_usize {
            let value = hour.checked_sub(10).and_then(|index| factors.get(index));
            writeln!(text, "{name},{hour},{}", value.unwrap_or(&0.1)).expect("a text");
        }
    }
    text
}

/// Reads files, under works on a component from noon on, until which the scenario has lasted two hours.
fn by_hour(files: &[(&str, &str)], under_works: &str, more: &str) -> (Inventory, Scenario) {
    let files: Vec<(String, String)> = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let scenario = format!(
        "[scenario]\nname = \"by hour\"\nstart = 2030-03-01T10:00:00Z\nend = 2030-03-01T14:00:00Z\n\
         [policy]\ndemand = \"hourly\"\n{more}\n\
         [[event]]\nkind = \"maintenance\"\ncomponent = \"{under_works}\"\nstart = 2030-03-01T12:00:00Z\n"
    );
    read(&files, &scenario)
}

/// What is found on the ways of a plan that the referee accepts.
fn walked(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Found {
    let verdict = judged(inventory, scenario, plan);
    assert!(verdict.holds(), "{verdict}");
    Course::new(inventory, scenario, plan).walked(1, PARTS)
}

/// Sixty users of r1 leave a, sixty of r2 are at b. They demand 1 at their peak and half of it at the other's: 90 at
/// every hour, where b carries 100. At the peak of both they would demand 120.
fn two_peaks() -> (Inventory, Scenario) {
    let mut shards = "shard,tenant,users,site,profile,client_region,tier\n".to_owned();
    for number in 1..=6 {
        writeln!(
            shards,
            "a{number},t,10,a,p,r1,gold\nb{number},t,10,b,p,r2,gold"
        )
        .expect("a text");
    }
    let curves = curves(&[
        ("early", &[1.0, 0.5, 1.0, 0.5]),
        ("late", &[0.5, 1.0, 0.5, 1.0]),
    ]);
    let files = [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\np,1\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        (
            "client_regions.csv",
            "client_region,load_curve\nr1,early\nr2,late\n",
        ),
        (
            "sites.csv",
            "site,cpu,move_out_per_hour\na,100,40\nb,100,unlimited\n",
        ),
        ("access_points.csv", "access_point\nin\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r1,in,5\nl2,r2,in,5\nla,in,a,5\nlb,in,b,6\n",
        ),
        ("load_curves.csv", curves.as_str()),
        ("shards.csv", shards.as_str()),
    ];
    by_hour(&files, "a", "[waves]\nminutes = 30\n")
}

/// Twenty users leave in half an hour, so that the drain begins at half past ten and goes through both hours. In the last
/// wave b carries 90 in each of them; with the most of any hour it would carry 120, and the last two shards could not come.
#[test]
fn a_transition_that_is_safe_hour_by_hour_is_taken_where_the_peaks_of_all_hours_would_refuse_it() {
    let (inventory, scenario) = two_peaks();
    let plan = planned(&inventory, &scenario);
    let found = walked(&inventory, &scenario, &plan);
    assert_none(&found.faults);
    let drain = &plan.transitions[0];
    assert_eq!((drain.period, drain.timing), (1, Timing::Ahead));
    assert_eq!((found.refused, found.waves, found.slices), (0, 3, 1));
    assert_eq!(drain.start.to_string(), "2030-03-01T10:30:00Z");
    let fullest = drain.waves.last().expect("three waves").fullest[0];
    assert!((fullest.load - 90.0).abs() < 1e-6, "{fullest:?}");
}

/// Had r1 nine tenths of its peak at eleven, b would carry 114 there, and 90 at ten o'clock as before.
#[test]
fn a_transition_that_is_unsafe_in_one_of_its_hours_is_found() {
    let (mut inventory, scenario) = two_peaks();
    let plan = planned(&inventory, &scenario);
    let at_eleven = inventory.load_curves[0].factors.iter_mut().skip(11);
    at_eleven.step_by(24).for_each(|value| *value = 0.9);
    let found = Course::new(&inventory, &scenario, &plan).walked(1, PARTS);
    let is_of_b = |text: &&String| text.contains(": 114 of cpu at b");
    let of_b: Vec<_> = found.faults.iter().filter(is_of_b).collect();
    assert!(!of_b.is_empty(), "{:#?}", found.faults);
    assert!(
        of_b.iter()
            .all(|text| text.contains("in slice 1 of Some(0)")),
        "{of_b:#?}"
    );
}

/// Of r1 sixty users enter over p1, a way that carries 60 and should keep a sixth free, and where that is not enough over
/// p2, which is further away and under works from noon on. At ten o'clock they demand half of their peak, and r2, which has
/// p1 alone, most: that hour has most demand, and all of r1 are on p1 in it. At eleven ten of them are on p2, and they
/// newly connect through p1, which accepts one in a hundred seconds.
fn hour_of_two_transitions() -> (Inventory, Scenario) {
    let curves = curves(&[
        ("early", &[1.0, 0.5, 0.5, 0.5]),
        ("late", &[0.5, 1.0, 0.5, 0.5]),
    ]);
    let files = [
        (
            "resources.csv",
            "resource,unit,scope,headroom\nbw,Gbit/s,network,0.16666666666666667\n",
        ),
        ("profiles.csv", "profile,bw\np,1\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        (
            "client_regions.csv",
            "client_region,load_curve\nr1,late\nr2,early\n",
        ),
        ("sites.csv", "site\na\n"),
        (
            "access_points.csv",
            "access_point,accepts_per_second\np1,0.01\np2,unlimited\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms,bw\n11,r1,p1,5,60\n12,r1,p2,9,unlimited\n21,r2,p1,5,unlimited\n\
             1a,p1,a,5,unlimited\n2a,p2,a,5,unlimited\n",
        ),
        ("load_curves.csv", curves.as_str()),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns1,t,60,a,p,r1,gold\ns2,t,100,a,p,r2,gold\n",
        ),
    ];
    by_hour(&files, "p2", "")
}

/// Ten users through a hundredth a second: the steering turns in 1000 s up to noon, and only the hour from eleven on is
/// touched. By the steering of the hour with most demand nobody would connect anew, and no way would be needed.
#[test]
fn who_connects_again_in_one_hour_alone_is_brought_slowly_in_that_hour() {
    let (inventory, scenario) = hour_of_two_transitions();
    let plan = planned(&inventory, &scenario);
    let found = walked(&inventory, &scenario, &plan);
    assert_none(&found.faults);
    assert_eq!(found.refused, 0);
    let mut transitions = plan.transitions.iter();
    let turning = transitions
        .find(|transition| transition.period == 1)
        .expect("a way to noon");
    assert_eq!((turning.timing, turning.waves.len()), (Timing::Ahead, 1));
    assert_eq!(turning.start.to_string(), "2030-03-01T11:43:20Z");
    assert_eq!(turning.end.to_string(), "2030-03-01T12:00:00Z");
    let ramp = &turning.ramp[0];
    assert!((ramp.arrivals - 10.0).abs() < 1e-6, "{ramp:?}");
}

/// The same plan without the wave, and with one of half the time.
#[test]
fn steering_that_brings_too_many_in_one_hour_is_found() {
    let (inventory, scenario) = hour_of_two_transitions();
    let whole = planned(&inventory, &scenario);
    let faults = |plan: &Plan| {
        Course::new(&inventory, &scenario, plan)
            .walked(1, 10)
            .faults
    };
    let mut plan = whole.clone();
    plan.transitions.clear();
    let without = faults(&plan);
    assert!(
        without
            .iter()
            .any(|text| text.contains("and no wave follows")),
        "{without:?}"
    );
    let mut plan = whole;
    let mut transitions = plan.transitions.iter_mut();
    let turning = transitions
        .find(|transition| transition.period == 1)
        .expect("a way to noon");
    let wave = &mut turning.waves[0];
    wave.start = wave.turned - SignedDuration::from_secs(500);
    let sooner = faults(&plan);
    let of_p1 = |text: &String| text.contains("because steering turns at p1");
    assert!(sooner.iter().any(of_p1), "{sooner:?}");
}

/// Of r1 first 42 users leave a, between half past eleven and noon, and then three; to b they come over p2 alone, which
/// carries 60. The 60 of r2 come to b over p1, a way that carries 60 and should keep a third free, and where that is not
/// enough over p2: at their peak at eleven twenty of them do. At ten o'clock r3 has its peak, so that this hour has most
/// demand, and in it all of r2 are on p1.
fn one_hour_in_transition() -> (Inventory, Scenario) {
    let curves = curves(&[
        ("early", &[1.0, 0.5, 0.5, 0.5]),
        ("late", &[0.5, 1.0, 0.5, 0.5]),
        ("flat", &[1.0; 4]),
    ]);
    let files = [
        (
            "resources.csv",
            "resource,unit,scope,headroom\nbw,Gbit/s,network,0.3333333333333333\n",
        ),
        ("profiles.csv", "profile,bw\np,1\nq,1\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        (
            "client_regions.csv",
            "client_region,load_curve\nr1,flat\nr2,late\nr3,early\n",
        ),
        ("sites.csv", "site,move_out_per_hour\na,84\nb,unlimited\n"),
        (
            "access_points.csv",
            "access_point,bw\np1,unlimited\np2,60\np3,unlimited\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms,bw,profiles\n11,r1,p1,5,unlimited,\n12,r1,p2,5,unlimited,\n\
             21,r2,p1,5,60,\n22,r2,p2,9,unlimited,\n33,r3,p3,5,unlimited,\n1a,p1,a,5,unlimited,\n\
             1b,p1,b,5,unlimited,q\n2b,p2,b,5,unlimited,\n3b,p3,b,5,unlimited,\n",
        ),
        ("load_curves.csv", curves.as_str()),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns1,t,42,a,p,r1,gold\ns2,t,3,a,p,r1,gold\n\
             s3,t,60,b,q,r2,gold\ns4,t,100,b,q,r3,gold\n",
        ),
    ];
    by_hour(&files, "a", "[waves]\nminutes = 30\n")
}

/// While they are still steered as before, 20 and 42 users are on p2: more than the 60 that it carries. So the first wave
/// steers some of them over p1 before it moves anybody. By the steering of ten o'clock it need not.
#[test]
fn a_wave_that_is_safe_by_the_steering_of_one_hour_alone_is_found() {
    let (inventory, scenario) = one_hour_in_transition();
    let mut plan = planned(&inventory, &scenario);
    let found = walked(&inventory, &scenario, &plan);
    assert_none(&found.faults);
    let drain = &mut plan.transitions[0];
    let users = |moved: &usize| plan.periods[1].moves[*moved].users;
    let moved: Vec<f64> = drain
        .waves
        .iter()
        .flat_map(|wave| wave.moves.iter().map(users))
        .collect();
    assert_eq!(moved, [42.0, 3.0]);
    assert_eq!((found.refused, found.waves, found.slices), (0, 2, 0));
    drain.waves[0].steering_share = 0.0;
    let found = Course::new(&inventory, &scenario, &plan).walked(1, PARTS);
    let is_of_p2 =
        |text: &String| text.contains("a part of it: 6") && text.contains(" of bw at p2");
    assert!(found.faults.iter().any(is_of_p2), "{:#?}", found.faults);
}
