//! Waves worked out by hand.

use crate::folders::file;
use crate::levels::{judged, planned};
use plimsoll::engine::transitions_of_plan;
use plimsoll::ids::{ShardId, SiteId};
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Allowed, Move, PaceLimit, Plan, Refusal, Remedy, Timing, Transition};
use plimsoll::plan_files::{How, Reason};
use plimsoll::scenario::{self, ScenarioText};
use std::fmt::Write as _;

/// What differs between the cases.
pub(super) struct Case<'a> {
    pub(super) sites: &'a str,
    pub(super) elements: &'a str,
    /// Shards by site: how many, and users of each.
    pub(super) shards: &'a [(&'a str, usize, u32)],
    pub(super) sessions_per_hour: f64,
    /// Behind the scenario's own table.
    pub(super) scenario: &'a str,
}

/// Site a is under works from 06:00 to 08:00; the scenario begins at 02:00.
pub(super) const MAINTENANCE: &str = "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n\
                     start = 2030-03-01T06:00:00Z\nend = 2030-03-01T08:00:00Z\n";

pub(super) fn read(case: &Case<'_>) -> (Inventory, Scenario) {
    let mut shards = String::from("shard,tenant,users,site,profile,client_region,tier\n");
    for (at, (site, count, users)) in case.shards.iter().enumerate() {
        let earlier = case.shards[..at].iter().filter(|entry| entry.0 == *site);
        let named: usize = earlier.map(|entry| entry.1).sum();
        for number in named + 1..=named + count {
            writeln!(shards, "{site}{number:02},t,{users},{site},p,r,gold").expect("a text");
        }
    }
    let profiles = format!(
        "profile,cpu,sessions_per_hour\np,1,{}\n",
        case.sessions_per_hour
    );
    let files = [
        file("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        file("profiles.csv", &profiles),
        file("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        file("client_regions.csv", "client_region\nr\n"),
        file("sites.csv", case.sites),
        file("access_points.csv", "access_point\nin\n"),
        file("elements.csv", case.elements),
        file(
            "links.csv",
            "link,from,to,latency_ms\nl0,r,in,5\nl1,in,lb-a,5\nl2,lb-a,a,0\nl3,in,lb-b,6\nl4,lb-b,b,0\n",
        ),
        file("shards.csv", &shards),
    ];
    let reading = inventory::read(&files);
    let inventory = reading
        .inventory
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    let text = format!(
        "[scenario]\nname = \"by-hand\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T08:00:00Z\n\n{}",
        case.scenario
    );
    let name = "by-hand.toml".to_owned();
    let reading = scenario::read(&[ScenarioText { name, text }], &inventory);
    let scenario = reading
        .scenario
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    (inventory, scenario)
}

/// The one transition of a case, whose plan the referee accepts.
pub(super) fn only(case: &Case<'_>) -> Transition {
    let (inventory, scenario) = read(case);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    assert_eq!(plan.transitions.len(), 1);
    plan.transitions[0].clone()
}

pub(super) const FREE_ELEMENTS: &str = "element,kind\nlb-a,load-balancer\nlb-b,load-balancer\n";

pub(super) fn is_near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
        "{found}, expected {expected}"
    );
}

#[test]
fn waves_that_need_not_be_more_are_not() {
    // 400, 400 and four of 300 users at 1000 a wave: the largest first would take 800, 900 and 300.
    let drain = only(&Case {
        sites: "site,cpu,move_in_per_hour\na,2000,unlimited\nb,3000,1000\n",
        elements: FREE_ELEMENTS,
        shards: &[("a", 2, 400), ("a", 4, 300)],
        sessions_per_hour: 0.0,
        scenario: &format!("[waves]\nminutes = 60\n\n{MAINTENANCE}"),
    });
    let users = drain.waves.iter().map(|wave| wave.sites[0].users_out);
    assert_eq!(users.collect::<Vec<f64>>(), [1000.0, 1000.0]);
    assert_eq!(drain.least_waves, 2);
}

#[test]
fn a_drain_takes_as_long_as_what_must_leave_needs_at_the_rate_out() {
    // 1000 users leave at 1200 an hour: 50 minutes. A wave of 10 minutes moves 200 of them, two shards: five waves.
    let drain = only(&Case {
        sites: "site,cpu,move_out_per_hour\na,2000,1200\nb,2000,unlimited\n",
        elements: FREE_ELEMENTS,
        shards: &[("a", 10, 100), ("b", 1, 100)],
        sessions_per_hour: 0.0,
        scenario: &format!("[waves]\nminutes = 10\n\n{MAINTENANCE}"),
    });
    assert_eq!((drain.timing, drain.period), (Timing::Ahead, 1));
    is_near(drain.least_seconds, 3000.0);
    is_near(drain.seconds.expect("it ends"), 3000.0);
    assert_eq!((drain.waves.len(), drain.least_waves), (5, 5));
    assert!(drain.waves.iter().all(|wave| wave.moves.len() == 2));
    assert_eq!(drain.start.to_string(), "2030-03-01T05:10:00Z");
    assert_eq!(drain.end.to_string(), "2030-03-01T06:00:00Z");
    assert!(matches!(drain.slowest[0].limit, PaceLimit::Out(SiteId(0))));
}

#[test]
fn gates_count_in_the_latest_safe_start() {
    // The same with 6 minutes of watching after each of the five waves: 80 minutes.
    let drain = only(&Case {
        sites: "site,cpu,move_out_per_hour\na,2000,1200\nb,2000,unlimited\n",
        elements: FREE_ELEMENTS,
        shards: &[("a", 10, 100), ("b", 1, 100)],
        sessions_per_hour: 0.0,
        scenario: &format!("[waves]\nminutes = 10\ngate_minutes = 6\n\n{MAINTENANCE}"),
    });
    is_near(drain.seconds.expect("it ends"), 4800.0);
    assert_eq!(drain.start.to_string(), "2030-03-01T04:40:00Z");
    assert_eq!(drain.refusal, None);
}

#[test]
fn one_shard_that_needs_longer_alone_has_a_long_wave() {
    // 500 users at 600 an hour need 50 minutes, whatever waves should last.
    let drain = only(&Case {
        sites: "site,cpu,move_in_per_hour\na,2000,unlimited\nb,2000,600\n",
        elements: FREE_ELEMENTS,
        shards: &[("a", 1, 500), ("b", 1, 100)],
        sessions_per_hour: 0.0,
        scenario: &format!("[waves]\nminutes = 10\n\n{MAINTENANCE}"),
    });
    assert_eq!(drain.waves.len(), 1);
    assert!(drain.waves[0].is_long);
    is_near(drain.seconds.expect("it ends"), 3000.0);
}

/// 3600 users go to b, where 3600 are: every one of them opens a session an hour, so 2 a second are normal operation
/// once all are there. 5 are accepted, so 3600 / (5 − 2) = 1200 seconds.
pub(super) const RECONNECT: Case<'_> = Case {
    sites: "site,cpu\na,9000\nb,9000\n",
    elements: "element,kind,accepts_per_second\nlb-a,load-balancer,unlimited\nlb-b,load-balancer,5\n",
    shards: &[("a", 6, 600), ("b", 6, 600)],
    sessions_per_hour: 1.0,
    scenario: MAINTENANCE,
};

#[test]
fn the_reconnect_window_is_what_comes_divided_by_what_is_accepted_beside_normal_operation() {
    let drain = only(&RECONNECT);
    assert_eq!((drain.waves.len(), drain.ramp.len()), (1, 1));
    let ramp = drain.ramp[0];
    is_near(ramp.arrivals, 3600.0);
    is_near(ramp.background, 2.0);
    is_near(ramp.window.expect("it ends"), 1200.0);
    is_near(drain.seconds.expect("it ends"), 1200.0);
    // At best normal operation is that of those who are there before: 3600 / (5 − 1).
    is_near(drain.least_seconds, 900.0);
}

#[test]
fn a_drain_that_may_not_take_as_long_as_it_needs_is_refused_with_what_would_help() {
    let scenario = MAINTENANCE.to_owned() + "drain_minutes = 10\n";
    let case = Case {
        scenario: &scenario,
        ..RECONNECT
    };
    let drain = only(&case);
    assert_eq!(drain.refusal, Some(Refusal::TooLong));
    assert_eq!(drain.allowed, Some(Allowed::Drain(600.0)));
    let (inventory, scenario) = read(&case);
    assert!(!planned(&inventory, &scenario).is_good());
    let begin = drain.remedies.iter().find_map(|remedy| match remedy {
        Remedy::Begin { at, minutes } => Some((at.to_string(), *minutes)),
        _ => None,
    });
    // In waves of ten minutes half of them come beside 1.5 sessions a second (1800 / 3.5), the others beside 2 (1800 / 3):
    // 515 s and 600 s, less than the 1200 s of all at once.
    assert_eq!(begin, Some(("2030-03-01T05:41:00Z".to_owned(), 19.0)));
    // 3600 users in 600 seconds beside 2 a second are 8 a second: 3 more.
    let accept = drain.remedies.iter().find_map(|remedy| match remedy {
        Remedy::Accept { more } => Some(more.clone()),
        _ => None,
    });
    let accept = accept.expect("more acceptance helps");
    assert_eq!(accept.len(), 1);
    is_near(accept[0].1, 3.0);
    let long_enough = MAINTENANCE.to_owned() + "drain_minutes = 19\n";
    let staged = only(&Case {
        scenario: &long_enough,
        ..RECONNECT
    });
    assert_eq!(staged.refusal, None);
}

/// All that lb-b accepts is opened in normal operation by those of b and one shard of a.
pub(super) const NO_SPARE_SESSIONS: &str = "element,kind,accepts_per_second\nlb-a,load-balancer,unlimited\n\
                                            lb-b,load-balancer,1.1666666666666667\n";

#[test]
fn who_cannot_be_accepted_in_normal_operation_stays_unserved() {
    let (inventory, scenario) = read(&Case {
        elements: "element,kind,accepts_per_second\nlb-a,load-balancer,unlimited\nlb-b,load-balancer,1.1\n",
        ..RECONNECT
    });
    let plan = planned(&inventory, &scenario);
    let drained = &plan.periods[1];
    // At 1.1 a second 3960 users open their sessions: those of b, and 360 of a.
    is_near(drained.totals.unserved, 3240.0);
    let sessions = inventory.sessions().expect("lb-b accepts so many");
    let lb_b = inventory.component_named("lb-b").expect("it is there");
    is_near(drained.load[[lb_b.index(), sessions.index()]], 1.1);
}

#[test]
fn nobody_can_come_where_normal_operation_takes_all_that_is_accepted() {
    // 4200 users open 7/6 sessions a second: one shard of 600 has a place at b, and nobody of it ever gets in.
    let drain = only(&Case {
        elements: NO_SPARE_SESSIONS,
        ..RECONNECT
    });
    assert!(matches!(
        drain.refusal,
        Some(Refusal::Never(PaceLimit::Accepts(_)))
    ));
    assert_eq!((drain.seconds, drain.waves.len()), (None, 0));
}

/// Eight shards of 10 at each of two sites of 100, and all of them change places: both ends keep a fifth free.
pub(super) fn exchanged() -> (Inventory, Scenario, Plan) {
    let (inventory, scenario) = read(&Case {
        sites: "site,cpu\na,100\nb,100\n",
        elements: FREE_ELEMENTS,
        shards: &[("a", 8, 10), ("b", 8, 10)],
        sessions_per_hour: 0.0,
        scenario: "",
    });
    let mut plan = planned(&inventory, &scenario);
    let period = &mut plan.periods[0];
    period.moves = Vec::new();
    for part in &mut period.parts {
        let to = if part.site == Some(SiteId(0)) {
            SiteId(1)
        } else {
            SiteId(0)
        };
        period.moves.push(Move {
            shard: part.shard,
            from: part.site,
            to,
            users: part.users,
            how: How::Copy,
            reason: Reason::Relief,
        });
        part.site = Some(to);
    }
    plan.transitions = transitions_of_plan(&inventory, &scenario, &plan);
    (inventory, scenario, plan)
}

/// Users at both sites while some of a wave has moved, all waves before it done.
fn at_sites(plan: &Plan, wave: u32, has_moved: impl Fn(ShardId) -> bool) -> [f64; 2] {
    let waves = &plan.transitions[0].waves;
    let mut users = [0.0; 2];
    for one_wave in waves {
        for moved in one_wave
            .moves
            .iter()
            .map(|index| plan.periods[0].moves[*index])
        {
            let is_there =
                one_wave.number < wave || one_wave.number == wave && has_moved(moved.shard);
            let from = moved.from.expect("everybody was somewhere");
            let site = if is_there { moved.to } else { from };
            users[site.index()] += moved.users;
        }
    }
    users
}

#[test]
fn with_slack_s_everywhere_one_less_than_one_divided_by_s_steps_are_enough() {
    // s = 1/5: four waves of two shards from each side, since b has room for 20 beside its 80, and no more.
    let (_, _, plan) = exchanged();
    let exchange = &plan.transitions[0];
    assert_eq!(exchange.refusal, None);
    assert_eq!(exchange.waves.len(), 4);
    assert_eq!(exchange.least_waves, 4, "proven");
    for wave in &exchange.waves {
        // The worst parts of a wave: all from one side have moved, and none from the other.
        for side in [0, 1] {
            let moves = &plan.periods[0].moves;
            let call = |shard: ShardId| moves[shard.index()].from == Some(SiteId(side));
            let users = at_sites(&plan, wave.number, call);
            assert!(
                users.iter().all(|value| *value <= 100.0 + 1e-9),
                "{users:?}"
            );
        }
    }
}

#[test]
fn waves_that_are_merged_overload_a_site_while_part_of_them_has_moved() {
    let (inventory, scenario, mut plan) = exchanged();
    let overloads = |plan: &Plan| {
        let verdict = judged(&inventory, &scenario, plan);
        let broken = verdict.broken.iter();
        let of_loads = broken.filter(|finding| finding.code.0 == "P7987");
        of_loads.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(overloads(&plan), [""; 0]);
    // Four shards of 10 come to each site beside the 80 who are there: 120 of 100, if the others come first.
    let waves = &mut plan.transitions[0].waves;
    let later = std::mem::take(&mut waves[1].moves);
    waves[0].moves.extend(later);
    let found = overloads(&plan);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("found 120 vCPU of cpu on `"), "{found:?}");
}

#[test]
fn no_exchange_without_spare_capacity_is_refused_with_the_capacity_that_it_needs() {
    // Both sites are full before and after: no shard of 50 can go first.
    let (inventory, scenario) = read(&Case {
        sites: "site,cpu\na,100\nb,100\n",
        elements: FREE_ELEMENTS,
        shards: &[("a", 2, 50), ("b", 2, 50)],
        sessions_per_hour: 0.0,
        scenario: "",
    });
    let mut plan = planned(&inventory, &scenario);
    let period = &mut plan.periods[0];
    for part in &mut period.parts {
        let to = if part.site == Some(SiteId(0)) {
            SiteId(1)
        } else {
            SiteId(0)
        };
        period.moves.push(Move {
            shard: part.shard,
            from: part.site,
            to,
            users: part.users,
            how: How::Copy,
            reason: Reason::Relief,
        });
        part.site = Some(to);
    }
    let transitions = transitions_of_plan(&inventory, &scenario, &plan);
    let Some(Refusal::Unsafe(fullness)) = transitions[0].refusal else {
        panic!("{:?}", transitions[0].refusal);
    };
    is_near(fullness.load, 150.0);
    is_near(fullness.capacity, 100.0);
    let Some(Remedy::Capacity { more }) = transitions[0].remedies.first() else {
        panic!("{:?}", transitions[0].remedies);
    };
    // With room for 50 more at one site they go one by one, there and back.
    assert_eq!(more.len(), 1);
    is_near(more[0].2, 50.0);
}
