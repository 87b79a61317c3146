//! Meanwhile: steering turns for one period while users move for another, through the same access point. All numbers by
//! hand.

use super::mutations::Subject;
use crate::levels::{judged, planned};
use plimsoll::inventory::{self, SourceFile};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Refusal, Timing};
use plimsoll::scenario::{self, ScenarioText};

/// The users of a (3,600) leave it from 05:00 on, one a second, for b, which they reach over p2. Those of c reach it over
/// p3, which carries half of them from 05:30 on: 1,800 go over p2. p2 accepts so many a second, and a user opens so many
/// sessions an hour.
fn case([accepts, sessions]: [&str; 2]) -> (Inventory, Scenario) {
    let shards = (1..=36).map(|number| format!("a{number:02},t,100,a,p,r,gold\n"));
    let shards: String = shards.collect();
    let texts = [
        (
            "resources.csv",
            "resource,unit,scope,headroom\ncpu,vCPU,site,0\nnet,Mbit/s,network,0\n".to_owned(),
        ),
        (
            "profiles.csv",
            format!("profile,cpu,net,sessions_per_hour\np,1,1,{sessions}\n"),
        ),
        (
            "tiers.csv",
            "tier,rank,availability\ngold,1,0.999\n".to_owned(),
        ),
        ("client_regions.csv", "client_region\nr\ns\n".to_owned()),
        (
            "sites.csv",
            "site,cpu,move_out_per_hour\na,3600,3600\nb,3600,unlimited\nc,3600,unlimited\n"
                .to_owned(),
        ),
        (
            "access_points.csv",
            format!(
                "access_point,net,accepts_per_second\np1,3600,unlimited\np2,7200,{accepts}\n\
                 p3,3600,unlimited\n"
            ),
        ),
        ("elements.csv", "element,kind\n".to_owned()),
        (
            "links.csv",
            "link,from,to,latency_ms\n1,r,p1,5\n2,p1,a,0\n3,r,p2,5\n4,p2,b,0\n5,s,p3,5\n\
             6,p3,c,0\n7,s,p2,9\n8,p2,c,0\n"
                .to_owned(),
        ),
        (
            "shards.csv",
            format!(
                "shard,tenant,users,site,profile,client_region,tier\n{shards}c1,t,3600,c,p,s,gold\n"
            ),
        ),
    ];
    let files = texts.map(|(name, text)| SourceFile {
        name: name.to_owned(),
        bytes: text.into_bytes(),
    });
    let reading = inventory::read(&files);
    let inventory = reading
        .inventory
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    let maintenance = |component: &str, more: &str, start: &str| {
        format!(
            "[[event]]\nkind = \"maintenance\"\ncomponent = \"{component}\"\n{more}\
             start = 2030-03-01T{start}:00Z\nend = 2030-03-01T08:00:00Z\n"
        )
    };
    let text = format!(
        "[scenario]\nname = \"meanwhile\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T08:00:00Z\n\
         [waves]\nminutes = 60\ngate_minutes = 0\n{}{}",
        maintenance("p3", "capacity = 0.5\n", "05:30"),
        maintenance("a", "", "06:00"),
    );
    let name = "meanwhile.toml".to_owned();
    let reading = scenario::read(&[ScenarioText { name, text }], &inventory);
    let scenario = reading
        .scenario
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    (inventory, scenario)
}

#[test]
fn steering_takes_the_new_sessions_that_those_who_move_leave() {
    // Of 5 a second 4 are left beside those who move: 1,800 ÷ 4 = 450 s. The drain steers as it is at 06:00, too, before
    // anybody moves: 1,800 ÷ 5 = 360 s.
    let (inventory, scenario) = case(["5", "0"]);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    let found = plan.transitions.iter().map(|transition| {
        let seconds = transition.seconds.expect("it ends");
        (
            transition.period,
            transition.timing,
            seconds,
            transition.start.to_string(),
        )
    });
    let expected = [
        (1, Timing::Ahead, 450.0, "2030-03-01T05:22:30Z".to_owned()),
        (2, Timing::Ahead, 3960.0, "2030-03-01T04:54:00Z".to_owned()),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

/// Those who move open 0.2 sessions an hour where they go, more than steering finds there of its own.
#[test]
fn steering_leaves_what_users_open_who_have_moved() {
    let (inventory, scenario) = case(["5", "0.2"]);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    let steering = &plan.transitions[0];
    assert_eq!((steering.period, steering.refusal), (1, None));
    // With 3,600 of a and 3,600 of c at most 0.4 of normal operation: 1,800 ÷ (5 − 1 − 0.4) = 500 s.
    let seconds = steering.seconds.expect("it ends");
    assert!((450.0..=500.0).contains(&seconds), "{seconds}");
}

#[test]
fn steering_is_refused_where_no_session_is_left() {
    // Ahead of 05:30 it finds no session, and the works do not wait for it.
    let (inventory, scenario) = case(["1", "0"]);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    let steering = &plan.transitions[0];
    assert_eq!((steering.period, steering.timing), (1, Timing::After));
    let p3 = inventory.component_named("p3").expect("it is there");
    assert!(
        matches!(steering.refusal, Some(Refusal::Overloaded(fullness)) if fullness.component == p3),
        "{:?}",
        steering.refusal
    );
}

#[test]
fn steering_that_turns_too_fast_beside_those_who_move_is_found() {
    let (inventory, scenario) = case(["5", "0"]);
    let plan = Subject::of(inventory, scenario);
    // 1,800 in 360 s are 5 a second, and one moves meanwhile.
    let early = plan.with(
        "waves.csv",
        "start",
        |cells| cells[0] == "1",
        |_| "2030-03-01T05:24:00Z".to_owned(),
    );
    early.finds("P7992");
}
