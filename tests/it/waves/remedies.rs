//! What would make a refused way safe, worked out by hand.

use crate::levels::planned;
use crate::read::read;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Plan, Refusal, Remedy};
use plimsoll::report::waves::{TransitionWriter, duration};

/// 3600 users of a go to b, where 600 are. Nobody opens sessions in normal operation, and `in` accepts 5 a second: 720
/// seconds. The works at a allow some minutes.
fn drain(standby: &str, minutes: u32) -> (Inventory, Scenario, Plan) {
    let access_points =
        format!("access_point,state,accepts_per_second\nin,active,5\nmore,{standby}\n");
    let shards: Vec<String> = (1..=6)
        .map(|number| format!("a{number},t,600,a,mail,r,gold"))
        .collect();
    let shards = shards.join(
        "
",
    );
    let shards = format!(
        "shard,tenant,users,site,profile,client_region,tier\n{shards}\nb1,t,600,b,mail,r,gold\n"
    );
    let files = [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\n"),
        ("sites.csv", "site,cpu\na,9000\nb,9000\n"),
        ("access_points.csv", access_points.as_str()),
        (
            "links.csv",
            "link,from,to,latency_ms\nl0,r,in,5\nl1,in,a,5\nl2,in,b,6\nm0,r,more,7\nm2,more,b,6\n",
        ),
        ("client_regions.csv", "client_region\nr\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        ("shards.csv", shards.as_str()),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let scenario = format!(
        "[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T08:00:00Z\n\
         [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\nstart = 2030-03-01T06:00:00Z\n\
         drain_minutes = {minutes}\n"
    );
    let (inventory, scenario) = read(&files, &scenario);
    let plan = planned(&inventory, &scenario);
    assert_eq!(plan.transitions[0].refusal, Some(Refusal::TooLong));
    (inventory, scenario, plan)
}

fn sentences((inventory, scenario, plan): &(Inventory, Scenario, Plan)) -> Vec<String> {
    let writer = TransitionWriter {
        inventory,
        scenario,
        plan,
    };
    writer.remedies(&plan.transitions[0])
}

const OPEN: &str = "It is safe with access point more opened, and half of those who pass access point in entering there.";
const BESIDE: &str =
    "It is safe with one more access point like in beside it, each with half of its users.";

#[test]
fn a_standby_access_point_is_opened_where_half_of_the_users_come_in_time_through_each() {
    // Through `more` come 1800 of a and 300 of b who are steered anew: 2100 / 5 = 420 s; through `in` 1800 / 5 = 360 s.
    let words = sentences(&drain("standby,5", 8));
    assert!(words.iter().any(|text| text == OPEN), "{words:?}");
    // Of 7 minutes all are needed, of 6 too few are there; one more like `in` has nobody of b steered to it anew.
    let words = sentences(&drain("standby,5", 7));
    assert!(words.iter().any(|text| text == OPEN), "{words:?}");
    let words = sentences(&drain("standby,5", 6));
    assert!(!words.iter().any(|text| text == OPEN), "{words:?}");
    assert!(words.iter().any(|text| text == BESIDE), "{words:?}");
    assert_eq!(duration(360.0), "6 min");
}

#[test]
fn nothing_is_opened_that_is_open_or_accepts_too_little() {
    for standby in ["active,5", "standby,4"] {
        let words = sentences(&drain(standby, 8));
        assert!(
            !words.iter().any(|text| text == OPEN),
            "{standby}: {words:?}"
        );
    }
}

#[test]
fn one_more_beside_what_is_too_slow_is_reported_only_where_it_is_enough() {
    let has = |minutes: u32| {
        let (_, _, plan) = drain("standby,1", minutes);
        let mut remedies = plan.transitions[0].remedies.iter();
        remedies.any(|remedy| matches!(remedy, Remedy::Beside { .. }))
    };
    // 1800 / 5 = 360 s.
    assert!(has(6) && !has(5));
}
