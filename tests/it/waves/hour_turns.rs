//! Steering between the hours of a period: by hand, in draws, and every rule found broken where it is.

use super::drawn::limited;
use super::mutations::Subject;
use crate::command_line::{place, plimsoll};
use crate::draw::Size;
use crate::hours::found_in_hourly_draws;
use crate::levels::{assert_none, judged, planned};
use crate::read::read;
use jiff::Timestamp;
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{HourTurn, Plan, Refusal, Remedy};
use plimsoll::plan_files::{self, PlanFile};
use serde_json::json;
use std::cell::Cell;
use std::fmt::Write as _;

/// What differs between the cases by hand.
#[derive(Clone, Copy)]
pub(super) struct Hand<'a> {
    /// Factors of e and of w, hour by hour from ten o'clock on; at all others a tenth.
    pub(super) curves: [&'a [f64]; 2],
    /// Mbit/s of the near access point, and how much of it is to be kept free.
    pub(super) near: f64,
    pub(super) headroom: f64,
    /// New sessions a second that it accepts.
    pub(super) accepts: f64,
}

/// Eighty users in e and eighty in w, who demand 1 Mbit/s each at their peak and open a session every 100 seconds, all of
/// them at one site behind two access points: `near` is shorter for both, and `far` has room for all.
pub(super) fn read_hand(hand: Hand<'_>) -> (Inventory, Scenario) {
    read_hand_with(hand, &[], "")
}

/// The same with more lines of some files, and events.
fn read_hand_with(hand: Hand<'_>, more: &[(&str, &str)], events: &str) -> (Inventory, Scenario) {
    let mut shards = "shard,tenant,users,site,profile,client_region,tier\n".to_owned();
    let mut curves = "load_curve,hour,factor\n".to_owned();
    for (region, factors) in ["e", "w"].into_iter().zip(hand.curves) {
        for number in 0..8 {
            writeln!(shards, "{region}{number},t,10,d,p,{region},gold").expect("a text");
        }
        for hour in 0..24_usize {
            let value = hour.checked_sub(10).and_then(|index| factors.get(index));
            writeln!(curves, "{region},{hour},{}", value.unwrap_or(&0.1)).expect("a text");
        }
    }
    let access_points = format!(
        "access_point,net,accepts_per_second\nnear,{},{}\nfar,300,unlimited\n",
        hand.near, hand.accepts
    );
    let files = [
        ("resources.csv", "resource,unit,scope\nnet,Mbit/s,network\n"),
        ("profiles.csv", "profile,net,sessions_per_hour\np,1,36\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        ("client_regions.csv", "client_region,load_curve\ne,e\nw,w\n"),
        ("sites.csv", "site\nd\n"),
        ("access_points.csv", access_points.as_str()),
        (
            "links.csv",
            "link,from,to,latency_ms\nen,e,near,1\nwn,w,near,1\nef,e,far,9\nwf,w,far,9\nnd,near,d,1\nfd,far,d,1\n",
        ),
        ("load_curves.csv", curves.as_str()),
        ("shards.csv", shards.as_str()),
    ];
    let files: Vec<(String, String)> = files
        .iter()
        .map(|(name, text)| {
            let more = more.iter().find(|(text, _)| text == name);
            let more = more.map_or("", |(_, more)| *more);
            ((*name).to_owned(), format!("{text}{more}"))
        })
        .collect();
    let hours = hand.curves[0].len();
    let scenario = format!(
        "[scenario]\nname = \"by hand\"\nstart = 2030-03-01T10:00:00Z\nend = 2030-03-01T{}:00:00Z\n\
         [policy]\ndemand = \"hourly\"\n[policy.headroom]\nnet = {}\n{events}",
        10 + hours,
        hand.headroom
    );
    read(&files, &scenario)
}

/// At 10:00 e is at its peak and w at a quarter of it, at 11:00 the other way round. Near may carry 80, so that at each
/// hour 20 of those at their peak are steered to far: at 11:00 20 of e come back to near, and 20 of w leave it.
pub(super) const CROSSING: Hand<'static> = Hand {
    curves: [&[1.0, 0.25], &[0.25, 1.0]],
    near: 100.0,
    headroom: 0.2,
    accepts: 2.0,
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// The turns of a plan that the referee accepts.
fn turns(hand: Hand<'_>) -> (Inventory, Scenario, Plan) {
    let (inventory, scenario) = read_hand(hand);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    assert_eq!(verdict.refused.is_empty(), !plan.is_refused());
    (inventory, scenario, plan)
}

fn only(plan: &Plan) -> &HourTurn {
    let [turn] = plan.hour_turns.as_slice() else {
        panic!("one turn: {:?}", plan.hour_turns);
    };
    turn
}

/// 140 of all users pass near all the time and open 1.4 sessions a second, so that 0.6 of the 2 are left: 20 users take
/// 33.3 seconds at least. With the demand of 10:00 near carries 80 and, once all have turned, 95 of its 100.
#[test]
fn weights_turn_evenly_over_the_minutes_that_end_at_the_hour() {
    let (inventory, mut scenario, plan) = turns(CROSSING);
    let turn = only(&plan);
    assert_eq!(turn.refusal, None);
    assert_eq!(turn.at, at("2030-03-01T11:00:00Z"));
    assert_eq!(turn.start, Some(at("2030-03-01T10:50:00Z")));
    let [ramp] = turn.ramp.as_slice() else {
        panic!("far accepts everybody: {:?}", turn.ramp);
    };
    assert!((ramp.arrivals - 20.0).abs() < 1e-6, "{ramp:?}");
    assert!((ramp.background - 1.4).abs() < 1e-6, "{ramp:?}");
    let window = ramp.window.expect("there is an end");
    assert!((window - 20.0 / 0.6).abs() < 1e-6, "{ramp:?}");
    let fullest = turn.fullest.expect("near has a capacity");
    assert_eq!(fullest.component, ramp.component);
    assert!((fullest.load - 95.0).abs() < 1e-6, "{fullest:?}");
    scenario.waves.turn_minutes = 2.5;
    let plan = planned(&inventory, &scenario);
    assert_eq!(only(&plan).start, Some(at("2030-03-01T10:57:30Z")));
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
}

/// Near keeps 20 % at every hour, and 5 % in the minutes before eleven: the terminal says so.
#[test]
fn how_full_it_gets_while_weights_turn_is_said() {
    let (inventory, _) = read_hand(CROSSING);
    let folder = place();
    for file in inventory::write(&inventory) {
        std::fs::write(folder.path().join(&file.name), &file.bytes).expect("there is room");
    }
    let scenario = "[scenario]\nname = \"by hand\"\nstart = 2030-03-01T10:00:00Z\n\
         end = 2030-03-01T12:00:00Z\n[policy]\ndemand = \"hourly\"\n[policy.headroom]\nnet = 0.2\n";
    std::fs::write(folder.path().join("s.toml"), scenario).expect("there is room");
    let output = plimsoll(folder.path())
        .args([
            "plan",
            ".",
            "--scenario",
            "s.toml",
            "--out",
            "plan",
            "--no-charts",
        ])
        .output()
        .expect("the program starts");
    let shown = String::from_utf8_lossy(&output.stdout);
    let said = "Before the hour it brings net of access point near to 95 of 100 Mbit/s.";
    let shown = shown.replace('\n', " ");
    assert!(shown.contains(said), "{shown}");
    let said = "1 headroom target is missed while weights turn between hours. Everyone is served and every headroom \
                target is met at every hour, for these inputs, hour by hour.";
    assert!(shown.contains(said), "{shown}");
    let output = plimsoll(folder.path())
        .args(["verify", ".", "--scenario", "s.toml", "plan", "--json"])
        .output()
        .expect("the program starts");
    let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(verdict["holds"], true, "{verdict}");
    assert_eq!(verdict["replay_checked"], true, "{verdict}");
}

/// With 90 Mbit/s near would carry 95 with the demand of 10:00 once all have turned.
#[test]
fn what_is_too_much_with_the_demand_of_the_hour_that_ends_is_refused() {
    let hand = Hand {
        near: 90.0,
        headroom: 1.0 / 9.0,
        ..CROSSING
    };
    let (inventory, _, plan) = turns(hand);
    let turn = only(&plan);
    let Some(Refusal::Unsafe(fullness)) = turn.refusal else {
        panic!("{:?}", turn.refusal);
    };
    assert_eq!(inventory.component_name(fullness.component), "near");
    assert!((fullness.load - 95.0).abs() < 1e-3, "{fullness:?}");
    let [Remedy::Capacity { more }] = turn.remedies.as_slice() else {
        panic!("{:?}", turn.remedies);
    };
    assert!(more[0].2 >= 4.999 && more[0].2 < 5.1, "{more:?}");
}

/// At 11:00 near would carry 152 where 140 are left: 12 of e leave it, with the demand of 10:00 too. At 12:00 they come
/// back, which it cannot carry before.
#[test]
fn users_do_not_come_back_before_there_is_capacity_for_them() {
    let hand = Hand {
        curves: [&[0.5, 1.0, 0.5], &[1.0, 0.9, 1.0]],
        near: 140.0,
        headroom: 0.0,
        accepts: 2.0,
    };
    let (_, _, plan) = turns(hand);
    // Nothing says how many far accepts, so only those who come back are counted.
    let [leaving, turn] = plan.hour_turns.as_slice() else {
        panic!("two turns: {:?}", plan.hour_turns);
    };
    assert!(leaving.refusal.is_none() && leaving.ramp.is_empty());
    assert_eq!(turn.at, at("2030-03-01T12:00:00Z"));
    let Some(Refusal::Unsafe(fullness)) = turn.refusal else {
        panic!("{:?}", turn.refusal);
    };
    assert!((fullness.load - 152.0).abs() < 1e-3, "{fullness:?}");
}

/// 0.01 sessions a second are left, of which 20 users need 2,000 seconds: more than ten minutes, and less than 34.
#[test]
fn what_needs_longer_says_how_long_weights_have_to_turn() {
    let hand = Hand {
        accepts: 1.41,
        ..CROSSING
    };
    let (inventory, mut scenario, plan) = turns(hand);
    let turn = only(&plan);
    assert_eq!(turn.refusal, Some(Refusal::TooLong));
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(
        verdict.refused[0].contains("needs 34 min before the hour and has 10 min"),
        "{verdict:?}"
    );
    scenario.waves.turn_minutes = 33.0;
    let plan = planned(&inventory, &scenario);
    assert_eq!(only(&plan).refusal, Some(Refusal::TooLong));
    scenario.waves.turn_minutes = 34.0;
    let plan = planned(&inventory, &scenario);
    assert_eq!(only(&plan).start, Some(at("2030-03-01T10:26:00Z")));
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds() && verdict.refused.is_empty(), "{verdict}");
}

/// Thirty users of z come back to d2 through near, once works there end half a minute before 11:00: no weights may turn
/// until all of them are back, and none could before.
#[test]
fn nothing_turns_while_users_move() {
    let mut z = String::new();
    for number in 0..3 {
        writeln!(z, "z{number},t,10,d2,p,z,gold").expect("a text");
    }
    let more = [
        ("client_regions.csv", "z,\n"),
        ("sites.csv", "d2\n"),
        ("links.csv", "zn,z,near,1\nnd2,near,d2,1\nfd2,far,d2,5\n"),
        ("shards.csv", z.as_str()),
    ];
    let maintenance =
        "[[event]]\nkind = \"maintenance\"\ncomponent = \"d2\"\nend = 2030-03-01T10:59:30Z\n";
    let hand = Hand {
        accepts: 2.4,
        near: 140.0,
        ..CROSSING
    };
    let (inventory, scenario) = read_hand_with(hand, &more, maintenance);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    let transition = plan
        .transitions
        .iter()
        .find(|candidate| candidate.period == 1);
    let transition = transition.expect("they come back");
    let eleven = at("2030-03-01T11:00:00Z");
    assert!(
        transition.start < eleven && eleven < transition.end,
        "{transition:?}"
    );
    let turn = only(&plan);
    assert_eq!((turn.at, turn.refusal), (eleven, Some(Refusal::TooLong)));
    assert!(turn.allowed.abs() < 1e-9 && turn.remedies.is_empty());
    assert!(
        verdict.refused[0].contains("while users move"),
        "{verdict:?}"
    );
    // A minute earlier they are back when the hour begins, and weights turn as soon as they are.
    let maintenance = maintenance.replace("10:59:30", "10:55:00");
    let (inventory, scenario) = read_hand_with(hand, &more, &maintenance);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds() && verdict.refused.is_empty(), "{verdict}");
    let transition = plan
        .transitions
        .iter()
        .find(|candidate| candidate.period == 1);
    let start = only(&plan).start.expect("it is safe");
    assert!(transition.expect("they come back").end <= start);
}

/// 0.002 sessions a second are left, of which 20 users need 10,000 seconds; the hour before has 3,600.
#[test]
fn what_the_hour_is_too_short_for_is_refused_with_what_would_help() {
    let hand = Hand {
        accepts: 1.402,
        ..CROSSING
    };
    let (_, _, plan) = turns(hand);
    let turn = only(&plan);
    assert_eq!(turn.refusal, Some(Refusal::TooLong));
    assert!(plan.is_refused() && !plan.is_good());
    assert!((turn.allowed - 600.0).abs() < 1e-9, "{turn:?}");
    assert!((turn.quiet - 3600.0).abs() < 1e-9, "{turn:?}");
    let needs = turn.needs.expect("it ends");
    assert!((needs - 10_000.0).abs() <= 1.0, "{needs}");
    let [Remedy::Accept { more }] = turn.remedies.as_slice() else {
        panic!("{:?}", turn.remedies);
    };
    // 20 users in 600 seconds are 0.0333 a second: 0.0313 more.
    assert!(more[0].1 >= 0.0313 && more[0].1 < 0.0325, "{more:?}");
    let accepts = 1.402 + more[0].1;
    let (_, _, plan) = turns(Hand { accepts, ..hand });
    assert_eq!(only(&plan).refusal, None, "{accepts}");
}

#[test]
fn what_never_ends_is_refused() {
    let hand = Hand {
        accepts: 1.4,
        ..CROSSING
    };
    let (_, _, plan) = turns(hand);
    assert!(matches!(only(&plan).refusal, Some(Refusal::Never(_))));
}

/// Without headroom near carries no more than the 80 of each hour: whoever comes before others leave is too much.
#[test]
fn what_has_no_capacity_to_turn_in_is_refused() {
    let hand = Hand {
        near: 80.0,
        headroom: 0.0,
        ..CROSSING
    };
    let (inventory, _, plan) = turns(hand);
    let Some(Refusal::Unsafe(fullness)) = only(&plan).refusal else {
        panic!("{:?}", only(&plan).refusal);
    };
    assert_eq!(inventory.component_name(fullness.component), "near");
    assert!((fullness.load - 95.0).abs() < 1e-3, "{fullness:?}");
}

/// Loads have to fit meanwhile also where everybody is accepted: near carries 95 of its 100 at the end, or of 90.
#[test]
fn weights_turn_evenly_also_where_everybody_is_accepted() {
    for (near, headroom) in [(100.0, 0.2), (90.0, 1.0 / 9.0)] {
        let hand = Hand {
            near,
            headroom,
            ..CROSSING
        };
        let (mut inventory, scenario) = read_hand(hand);
        let sessions = inventory.sessions().expect("something accepts so many");
        inventory.capacity.column_mut(sessions.index()).fill(None);
        let plan = planned(&inventory, &scenario);
        let turn = only(&plan);
        assert!(turn.ramp.is_empty(), "{turn:?}");
        if near < 95.0 {
            assert!(matches!(turn.refusal, Some(Refusal::Unsafe(_))), "{turn:?}");
        } else {
            assert_eq!(turn.start, Some(at("2030-03-01T10:50:00Z")));
        }
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "{verdict}");
        assert_eq!(verdict.refused.is_empty(), !plan.is_refused());
    }
}

#[test]
fn the_referee_accepts_the_hours_of_random_inventories() {
    let (safe, refused) = (Cell::new(0), Cell::new(0));
    for (size, count) in [(Size::SMALL, 150), (Size::MESHED, 50)] {
        let failures = found_in_hourly_draws(size, count, |inventory, scenario| {
            let seed: u64 = inventory.shards.iter().map(|shard| shard.users).sum();
            let (mut inventory, mut scenario) = (inventory.clone(), scenario.clone());
            limited(&mut inventory, &mut scenario, seed);
            let plan = planned(&inventory, &scenario);
            for turn in &plan.hour_turns {
                let kind = match turn.start {
                    Some(_) => &safe,
                    None => &refused,
                };
                kind.set(kind.get() + 1);
            }
            let verdict = judged(&inventory, &scenario, &plan);
            let broken = verdict.broken.iter().map(ToString::to_string);
            let mut broken: Vec<String> = broken.collect();
            if verdict.refused.is_empty() == plan.is_refused() {
                broken.push(format!("refused: {:?}", verdict.refused));
            }
            broken
        });
        assert_none(&failures);
    }
    let found = (safe.get(), refused.get());
    assert!(found.0 > 4 && found.1 > 10, "{found:?}");
}

fn subject() -> Subject {
    let (inventory, scenario) = read_hand(CROSSING);
    Subject::of(inventory, scenario)
}

#[test]
fn what_the_summary_says_of_hours_is_judged() {
    let subject = subject();
    let call = |name: &'static str, value: serde_json::Value| {
        subject.with_period(0, move |period| period["hour_turns"][name] = value.clone())
    };
    call("count", json!(2)).finds("P7998");
    call("refused", json!("it is too fast")).finds("P7998");
    let gone = subject.with_period(0, |period| {
        period
            .as_object_mut()
            .expect("an object")
            .remove("hour_turns");
    });
    gone.finds("P7998");
    let (inventory, scenario) = read_hand(Hand {
        accepts: 1.402,
        ..CROSSING
    });
    let refused = Subject::of(inventory, scenario);
    let kept = refused.with_period(0, |period| {
        let map = period["hour_turns"].as_object_mut().expect("an object");
        map.remove("refused");
    });
    kept.finds("P7998");
}

/// Earlier versions wrote a table of them: it is not read.
#[test]
fn a_table_of_hour_turns_is_not_read() {
    let files = ["assignment.csv", "steering.csv", "hour_turns.csv"].map(|name| PlanFile {
        name,
        bytes: if name.starts_with("hour") {
            b"block\n"
        } else {
            b""
        },
    });
    let (_, findings) = plan_files::read(&files);
    assert!(
        findings
            .iter()
            .all(|finding| finding.place.file != "hour_turns.csv"),
        "{findings:?}"
    );
}
