//! Plans played forward before anybody is told of them: what is down beyond what they name.

use super::place::{PLACE, Place, read};
use crate::folders::folder;
use crate::levels::planned;
use crate::stability::read_files;
use jiff::Timestamp;
use plimsoll::engine::{downtime, downtime_within, replay_plan};
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::replay::Short;
use plimsoll::plan::{NotCounted, Plan, changes};
use plimsoll::report::briefing::Briefing;
use plimsoll::report::waves::{TransitionWriter, runbook};
use plimsoll::report::written::{AboutPlan, summary};
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;
use std::path::Path;

/// All work is gone for two minutes, and nobody knows; clients wait 5 s and try four times. 30,000 users ask for 120,000 then,
/// more than there is, and 10,000 for 40,000.
fn storm(users: u32) -> (Inventory, Scenario) {
    read(&Place {
        profile: (",retries,timeout_seconds", ",3,5"),
        capacity: 100_000.0,
        users,
        end: "2030-03-01T03:00:00Z",
        scenario: "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nresources = [\"work\"]\n\
            start = 2030-03-01T00:10:00Z\nend = 2030-03-01T00:12:00Z\n\
            detected = 2030-03-01T00:12:00Z\n",
        ..PLACE
    })
}

/// A plan that has been played.
fn played(inventory: &Inventory, scenario: &Scenario) -> Plan {
    let mut plan = planned(inventory, scenario);
    let one_downtime =
        downtime(inventory, scenario, &plan, &Stop::default()).expect("it is played");
    plan.replayed = Some(one_downtime);
    plan
}

fn text(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> String {
    Briefing {
        inventory,
        scenario,
        plan,
        steps: &changes(inventory, scenario, plan),
        explanations: None,
        proven: None,
    }
    .text(None)
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// How the runbook of a plan begins.
fn first_lines(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> String {
    let steps = runbook(&TransitionWriter {
        inventory,
        scenario,
        plan,
    });
    steps.lines().take(6).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_locks_in_after_a_window_that_nobody_knows_is_an_outage() {
    let (inventory, scenario) = storm(30_000);
    let plan = played(&inventory, &scenario);
    assert!(
        plan.periods
            .iter()
            .all(|period| period.totals.unserved <= 0.0)
    );
    let [outage] = plan.outages() else {
        panic!("{:?}", plan.replayed);
    };
    let over = at("2030-03-01T00:12:00Z");
    assert!(outage.start >= over && outage.end.is_none(), "{outage:?}");
    // The whole replay has them down to its end too.
    let run = replay_plan(&inventory, &scenario, &plan, &Stop::default()).expect("a replay");
    let after = run
        .moments
        .iter()
        .filter(|moment| moment.start >= outage.start);
    assert!(after.clone().all(|moment| moment.down > 0.5));
    let most = after.map(|moment| moment.most_down).fold(0.0, f64::max);
    assert!(
        (outage.most_users / most - 1.0).abs() < 1e-9,
        "{outage:?} {most}"
    );
    let short = outage.shortage.expect("something is short");
    assert!(short.offered > short.capacity, "{short:?}");
    assert!((short.capacity - 100_000.0).abs() < 1e-6, "{short:?}");
    assert!(!plan.is_good());
}

#[test]
fn an_outage_comes_first_and_nothing_says_that_all_are_served() {
    let (inventory, scenario) = storm(30_000);
    let plan = played(&inventory, &scenario);
    let text = text(&inventory, &scenario, &plan);
    let first = text.lines().filter(|line| !line.is_empty()).nth(1);
    let first = first.expect("a verdict");
    assert!(
        first.starts_with("WARNING: played forward roughly, "),
        "{text}"
    );
    assert!(
        first.contains("of 30,000 users down from 00:13 on"),
        "{text}"
    );
    assert!(
        first.contains("without recovery before the scenario ends"),
        "{text}"
    );
    assert!(first.contains("the capacity is 100,000"), "{text}");
    assert!(!text.contains("Everyone is served"), "{text}");
    let steps = runbook(&TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    });
    assert!(
        steps.contains("**WARNING: played forward roughly, "),
        "{steps}"
    );
    let summary = summary(&inventory, &scenario, &plan, &AboutPlan::default());
    assert_eq!(summary.outages.len(), 1);
    let last = summary
        .periods
        .last()
        .and_then(|period_summary| period_summary.downtime.as_ref());
    assert!(
        last.is_some_and(|downtime_summary| downtime_summary.outage_minutes > 1e6),
        "{last:?}"
    );
}

#[test]
fn the_aftermath_of_what_is_named_is_reported_with_its_end() {
    let (inventory, scenario) = storm(10_000);
    let plan = played(&inventory, &scenario);
    assert!(plan.outages().is_empty() && plan.is_good());
    let run = replay_plan(&inventory, &scenario, &plan, &Stop::default()).expect("a replay");
    let last = run.moments.iter().rposition(|moment| moment.down >= 0.5);
    let over = run.moments[last.expect("somebody is down")].end;
    let periods = &plan.replayed.as_ref().expect("played").periods;
    let until = periods
        .iter()
        .filter_map(|period| period.aftermath_until)
        .max();
    assert_eq!(until, Some(over));
    let all: f64 = periods.iter().map(|period| period.user_minutes).sum();
    let named: f64 = periods.iter().map(|period| period.named_minutes).sum();
    assert!(
        (all / run.totals.down_minutes() - 1.0).abs() < 1e-6,
        "{all}"
    );
    assert!((named / all - 1.0).abs() < 1e-3, "{named} {all}");
    let text = text(&inventory, &scenario, &plan);
    assert!(
        text.contains("user minutes are lost to causes that the plan names"),
        "{text}"
    );
    assert!(
        text.contains(" users are down at once; the last of these users are back at 00:1"),
        "{text}"
    );
}

#[test]
fn where_nothing_happens_nobody_is_down_and_nothing_is_said() {
    let (inventory, scenario) = read(&Place {
        profile: (",sessions_per_hour", ",2"),
        element: (",accepts_per_second", ",60"),
        capacity: 200_000.0,
        users: 100_000,
        ..PLACE
    });
    let plan = played(&inventory, &scenario);
    let downtime = plan.replayed.as_ref().expect("played");
    assert!(downtime.unchecked_from.is_none() && downtime.not_counted.is_none());
    assert!(
        downtime
            .periods
            .iter()
            .all(|period| period.user_minutes <= 0.0)
    );
    let text = text(&inventory, &scenario, &plan);
    assert!(text.contains("Everyone is served"), "{text}");
    assert!(
        !text.contains("layed forward") && !text.contains("ot checked"),
        "{text}"
    );
}

#[test]
fn what_no_plan_counts_with_is_said_beside_who_is_served() {
    for (events, why, words) in [
        (
            "[[event]]\nkind = \"disconnect\"\ncomponent = \"lb\"\nstart = 2030-03-01T00:10:00Z\n",
            NotCounted::Disconnects,
            "not counted: sessions that events end",
        ),
        (
            "[[queued]]\ncomponent = \"a\"\nresource = \"work\"\namount = 1000\n",
            NotCounted::Queued,
            "not counted: work that waits when the scenario begins",
        ),
    ] {
        let (inventory, scenario) = read(&Place {
            resource: (",overload,queue_seconds", ",queue,600"),
            scenario: events,
            ..PLACE
        });
        let plan = played(&inventory, &scenario);
        let downtime = plan.replayed.as_ref().expect("asked");
        assert_eq!(downtime.not_counted, Some(why));
        let text = text(&inventory, &scenario, &plan);
        let served = text
            .lines()
            .find(|line| line.contains("Everyone is served"));
        assert!(served.is_some_and(|text| text.contains(words)), "{text}");
        let steps = first_lines(&inventory, &scenario, &plan);
        assert!(steps.contains(&format!("N{}", &words[1..])), "{steps}");
    }
}

#[test]
fn what_nobody_looked_at_is_said() {
    let (inventory, scenario) = storm(30_000);
    let mut plan = planned(&inventory, &scenario);
    for (most, from) in [(0.0, Some(scenario.start)), (200.0, None)] {
        let downtime = downtime_within(&inventory, &scenario, &plan, most, &Stop::default());
        let downtime = downtime.expect("it is played");
        let unchecked = downtime.unchecked_from.expect("the work is spent");
        assert!(from.is_none_or(|from| from == unchecked));
        assert!(unchecked < scenario.end);
        plan.replayed = Some(downtime);
        let text = text(&inventory, &scenario, &plan);
        assert!(text.contains("Not checked by playing it forward"), "{text}");
        let steps = first_lines(&inventory, &scenario, &plan);
        assert!(
            steps.contains("Not checked by playing it forward"),
            "{steps}"
        );
    }
}

#[test]
fn who_waits_at_a_gate_because_of_a_surge_is_an_outage() {
    // 6,000 more come at one o'clock, and 5 a second are accepted: 20 minutes.
    let (inventory, scenario) = read(&Place {
        element: (",accepts_per_second", ",5"),
        capacity: 100_000.0,
        users: 6000,
        end: "2030-03-01T03:00:00Z",
        scenario: "[[event]]\nkind = \"surge\"\nfactor = 2\nstart = 2030-03-01T01:00:00Z\n\
            [replay]\njitter = 1\n",
        ..PLACE
    });
    let plan = played(&inventory, &scenario);
    let [outage] = plan.outages() else {
        panic!("{:?}", plan.replayed);
    };
    let until = outage.end.expect("all are accepted");
    assert!(
        until >= at("2030-03-01T01:19:00Z") && until <= at("2030-03-01T01:25:00Z"),
        "{outage:?}"
    );
    let short = outage.shortage.map(|shortage| shortage.short);
    assert_eq!(short, Some(Short::Sessions));
    assert!(!plan.is_good());
}

#[test]
fn nobody_is_down_in_shipped_scenarios_but_as_their_plans_name() {
    for (of, name) in [
        ("tiny", "drain-chicago"),
        ("tiny", "drain-amsterdam"),
        ("keep-room", "drain-ams"),
        ("keep-room", "drain-ams-protected"),
        ("rolling-drains", "two-drains"),
        ("americas-2012", "drain-chi"),
        ("americas-2012", "drain-dsm"),
        ("incidents/12-may-2011", "with-the-plan"),
        ("incidents/22-january-2026", "with-the-plan"),
        ("incidents/24-june-2014", "with-the-plan"),
        ("incidents/30-june-2016", "with-the-plan"),
        ("incidents/8-november-2012", "with-the-plan"),
    ] {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(of);
        let reading = inventory::read(&folder(&data));
        let inventory = reading.inventory.unwrap_or_else(|| panic!("{of}"));
        let file = data.join(format!("{name}.toml"));
        let text = std::fs::read_to_string(file).expect("it is shipped");
        let texts = [ScenarioText {
            name: name.to_owned(),
            text,
        }];
        let reading = scenario::read(&texts, &inventory);
        let scenario = reading.scenario.unwrap_or_else(|| panic!("{name}"));
        let plan = played(&inventory, &scenario);
        assert!(
            plan.outages().is_empty(),
            "{of} {name}: {:?}",
            plan.outages()
        );
        let downtime = plan.replayed.as_ref().expect("played");
        assert!(downtime.unchecked_from.is_none(), "{of} {name}");
    }
}

/// f loses nearly all work for 20 minutes and nobody knows: the 1,000 users of A try it three times again, at once. Then more comes to `in` than it can serve, and 3,000 users of B wait too long there, of whom blind.csv says nothing.
#[test]
fn more_users_than_a_blind_window_names_are_an_outage_with_an_end() {
    let files = [
        (
            "resources.csv",
            "resource,unit,scope,overload\nwork,requests/s,network,queue\n",
        ),
        ("sites.csv", "site,work\nd,90000\ne,90000\n"),
        ("access_points.csv", "access_point,work\nin,5000\n"),
        ("elements.csv", "element,work\nf,90000\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl0,r,in,5\nl1,in,f,5\nl2,f,d,1\nl3,in,e,6\n",
        ),
        (
            "profiles.csv",
            "profile,work,retries,timeout_seconds\nA,1,3,\nB,1,0,30\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier,move\n\
             a,t,1000,d,A,r,gold,pinned\nb,t,3000,e,B,r,gold,pinned\n",
        ),
    ];
    let events = "[[event]]\nkind = \"gray\"\ncomponent = \"f\"\nloss = 0.99\nstart = 2030-03-01T04:00:00Z\n\
                  end = 2030-03-01T04:20:00Z\ndetected = 2030-03-01T04:20:00Z\n";
    let (inventory, scenario) = read_files(&files, events);
    let plan = played(&inventory, &scenario);
    let [outage] = plan.outages() else {
        panic!("{:?}", plan.replayed);
    };
    let [begin, end] = [at("2030-03-01T04:00:00Z"), at("2030-03-01T04:40:00Z")];
    assert!(outage.start > begin, "{outage:?}");
    assert!(outage.end.is_some_and(|over| over < end), "{outage:?}");
    assert!(outage.most_users > 2_990.0, "{outage:?}");
    assert!(outage.named_users > 440.0, "{outage:?}");
    let short = outage.shortage.expect("something is short");
    assert_eq!(inventory.component_name(short.component), "in");
    assert!(!plan.is_good());
    // What the plan names is no part of it.
    let periods = &plan.replayed.as_ref().expect("it is played").periods;
    let named: f64 = periods.iter().map(|period| period.named_minutes).sum();
    let all: f64 = periods.iter().map(|period| period.user_minutes).sum();
    // Of A alone: on average half of its users, whose work comes late or fails.
    assert!((8_000.0..10_000.0).contains(&named), "{named}");
    assert!(
        (outage.user_minutes + named - all).abs() < 1.0,
        "{outage:?} {named} {all}"
    );
    let first = text(&inventory, &scenario, &plan);
    let said = "WARNING: played forward in steps of 5 s, this plan has up to 3,000 of 4,000 users down, in addition to those it names, from ";
    assert!(first.contains(said), "{first}");
}
