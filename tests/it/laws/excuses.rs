//! Excuses: who is named excuses nobody else, and an outage is of those alone who are not.

use crate::levels::planned;
use plimsoll::engine::downtime;
use plimsoll::plan::{Outage, Relief};
use plimsoll::solve::Stop;

/// The outages of the plan of a found place.
fn outages(name: &str, layers: &[&str]) -> Vec<Outage> {
    let (inventory, scenario) = super::steps::read(&format!("tests/found/{name}"), layers);
    let mut plan = planned(&inventory, &scenario);
    let one_downtime =
        downtime(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    let outages = one_downtime.outages.clone();
    plan.replayed = Some(one_downtime);
    assert_eq!(plan.is_good(), outages.is_empty(), "{name}");
    outages
}

/// Users are locked out while others are named to be down: 60 who move in a wave of ten hours, five who come with a surge over
/// 1,000 minutes, 1,000 on another site whose fault nobody knows of; who pass another site that is slow, loses some work or has a
/// little less capacity, and whom that does not hurt; nobody at all, as where an unused site is taken out of service; 80,000 who
/// have left; who waits for slow work that ends in time; 50,000 who have nothing in common with them; they themselves, for a
/// minute every 50 minutes; others who pass the same access point, try again, are asleep, or have surged; 50,000 with whom they
/// have shared a short element for a minute.
#[test]
fn users_who_are_named_excuse_no_others() {
    for (name, layers, users, hours) in [
        ("excused-by-a-wave", &["scenario.toml"][..], 461.0, 8.0),
        ("excused-by-a-surge", &["scenario.toml"], 461.0, 8.0),
        ("excused-by-a-fault", &["scenario.toml"], 461.0, 8.0),
        ("excused-by-slow", &["scenario.toml"], 461.0, 5.0),
        ("excused-by-loss", &["scenario.toml"], 350.0, 5.0),
        ("excused-by-blind", &["scenario.toml"], 461.0, 5.0),
        ("loss-of-those-who-left", &["scenario.toml"], 280.0, 5.0),
        ("slow-excuse", &["scenario.toml"], 340.0, 5.0),
        ("one-percent", &["scenario.toml"], 340.0, 1.5),
        ("flapping", &["scenario.toml"], 400.0, 8.0),
        ("loss-with-retries", &["scenario.toml"], 400.0, 1.4),
        ("asleep", &["scenario.toml"], 440.0, 1.4),
        ("shared-for-a-minute", &["scenario.toml"], 440.0, 1.4),
        ("surge-of-others", &["scenario.toml"], 440.0, 1.4),
        (
            "surge-end",
            &["scenario.toml", "unrelated.toml"],
            470.0,
            6.0,
        ),
        (
            "surge-end",
            &["scenario.toml", "unrelated-earlier.toml"],
            470.0,
            6.0,
        ),
    ] {
        let found = outages(name, layers);
        let (_, scenario) = super::steps::read(&format!("tests/found/{name}"), layers);
        let lasts = |outage: &Outage| {
            let end = outage.end.unwrap_or(scenario.end);
            end.duration_since(outage.start).as_secs_f64() / 3600.0
        };
        let is_meant = |outage: &Outage| outage.most_users > users && lasts(outage) > hours;
        assert!(found.iter().any(is_meant), "{name} {layers:?}: {found:?}");
    }
}

/// 471 come with a surge to a gate that accepts one in 100 seconds.
#[test]
fn a_surge_that_no_gate_accepts_is_an_outage() {
    let found = outages("surge-at-a-gate", &["scenario.toml"]);
    assert!(
        found.iter().any(|outage| outage.most_users > 460.0),
        "{found:?}"
    );
}

/// Of all who are down when a site fails 37 are late for 20 seconds whom the plan does not name: the outage is of these.
#[test]
fn an_outage_is_of_those_who_are_not_named() {
    let found = outages("outage-from-a-blip", &["scenario.toml"]);
    let minutes: f64 = found.iter().map(|outage| outage.user_minutes).sum();
    assert!(!found.is_empty() && minutes < 40.0, "{found:?}");
    assert!(
        found.iter().all(|outage| outage.most_users < 60.0),
        "{found:?}"
    );
}

/// In steps of 300 s, and of a twelfth of these, all come back; in steps of 20 s and less 1,105 stay down.
#[test]
fn a_plan_is_played_in_short_steps_whatever_its_own() {
    let found = outages("long-steps-by-chance", &["scenario.toml"]);
    assert!(
        found
            .iter()
            .any(|outage| outage.most_users > 1_000.0 && outage.end.is_none()),
        "{found:?}"
    );
}

/// As much as comes drains no queue: somewhat more does, and is told.
#[test]
fn capacity_that_ends_an_outage_is_found() {
    let (inventory, scenario) =
        super::steps::read("tests/found/relief-not-found", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let one_downtime =
        downtime(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    assert!(!one_downtime.outages.is_empty(), "{one_downtime:?}");
    let more = one_downtime
        .relief
        .iter()
        .any(|relief| matches!(relief, Relief::More(_)));
    assert!(more, "{one_downtime:?}");
}

/// What waits falls for three and a half hours after a site did no work for ten minutes: an aftermath.
#[test]
fn a_queue_that_drains_is_an_aftermath() {
    let found = outages("stale-queue", &["scenario.toml", "trigger.toml"]);
    assert!(found.is_empty(), "{found:?}");
}

/// Half of the attempts pass a member of a pool that loses 0.3 of them: who waits for a session is as many as where all pass what
/// loses 0.15, more than half of those where all pass what loses 0.3.
#[test]
fn who_waits_because_one_member_of_a_pool_loses_work_is_named() {
    assert_eq!(outages("loss-in-a-pool", &["scenario.toml"]), Vec::new());
}

/// A fifth of all attempts is lost, and tried again twice: 80 of 10,000 users are down for that, and 960 more because an access
/// point cannot carry the attempts. Where it is nine tenths, attempts bunch when parts get shorter, and nobody else is down.
#[test]
fn a_known_loss_names_those_alone_whose_attempts_all_fail() {
    let found = outages("retries-of-a-known-loss", &["scenario.toml"]);
    let is_meant = |outage: &Outage| outage.most_users > 900.0 && outage.shortage.is_some();
    assert!(found.iter().any(is_meant), "{found:?}");
    let (inventory, scenario) = super::steps::read("tests/found/burst", &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let one_downtime =
        downtime(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    assert_eq!(one_downtime.outages, Vec::new());
}

/// A wave goes on when a scenario begins: what rounding makes of its users at that instant brought half a minute of them at once to a
/// gate.
#[test]
fn a_wave_in_progress_brings_nobody_at_once() {
    assert_eq!(
        outages("wave-under-way-at-the-start", &["scenario.toml"]),
        []
    );
}

/// Of a pool's users 146 turn to another member at one instant, and the gate there accepts 20 a second: in steps of 10 s nobody is down,
/// in steps of 5 s up to 68. The plan is refused, since they would turn so; it is played as if it were not.
#[test]
fn what_is_lost_in_short_steps_alone_is_reported() {
    let folder = "tests/found/lost-in-short-steps";
    let (inventory, scenario) = super::steps::read(folder, &["scenario.toml"]);
    let mut plan = planned(&inventory, &scenario);
    let refused = plan.transitions.iter_mut();
    let refused = refused
        .filter_map(|transition| transition.refusal.take())
        .count();
    assert_eq!(refused, 1);
    let one_downtime =
        downtime(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    let lost: f64 = one_downtime
        .periods
        .iter()
        .map(|period| period.user_minutes)
        .sum();
    assert!((7.0..8.0).contains(&lost), "{lost}");
    assert_eq!(one_downtime.outages, []);
    assert!(
        (one_downtime.step_seconds - 5.0).abs() < 1e-9,
        "{}",
        one_downtime.step_seconds
    );
}
