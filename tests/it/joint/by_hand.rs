//! Three periods worked out by hand: the users of a must leave in the first, and b, the nearest site, is drained in the
//! second.

use super::drawn::sequential;
use crate::folders::file;
use crate::levels::{judged, planned};
use plimsoll::inventory::{self, SourceFile};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Plan;
use plimsoll::scenario::{self, ScenarioText};

/// a is drained from 01:00 to 02:00, b from 02:00 to 03:00.
const DRAINS: &str = "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n\
                      start = 2030-03-01T01:00:00Z\nend = 2030-03-01T02:00:00Z\n\
                      [[event]]\nkind = \"maintenance\"\ncomponent = \"b\"\n\
                      start = 2030-03-01T02:00:00Z\nend = 2030-03-01T03:00:00Z\n";

/// Sites a, b, c behind one access point, b nearer than c; 1 vCPU carries a user. `more` are further files.
fn read(shards: &str, policy: &str, more: &[SourceFile]) -> (Inventory, Scenario) {
    read_with(shards, policy, more, DRAINS)
}

fn read_with(
    shards: &str,
    policy: &str,
    more: &[SourceFile],
    events: &str,
) -> (Inventory, Scenario) {
    let shards = format!("shard,tenant,users,site,profile,client_region,tier\n{shards}");
    let mut files = vec![
        file("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        file("profiles.csv", "profile,cpu\np,1\n"),
        file("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        file("client_regions.csv", "client_region\nr\n"),
        file("sites.csv", "site,cpu\na,1000\nb,1000\nc,1000\n"),
        file("access_points.csv", "access_point\nin\n"),
        file(
            "links.csv",
            "link,from,to,latency_ms\nl0,r,in,5\nl1,in,a,1\nl2,in,b,2\nl3,in,c,9\n",
        ),
        file("shards.csv", &shards),
    ];
    files.extend(more.iter().cloned());
    let reading = inventory::read(&files);
    let inventory = reading
        .inventory
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    let text = format!(
        "[scenario]\nname = \"by-hand\"\nstart = 2030-03-01T00:00:00Z\nend = 2030-03-01T04:00:00Z\n\n\
         [policy]\n{policy}\n{events}"
    );
    let name = "by-hand.toml".to_owned();
    let reading = scenario::read(&[ScenarioText { name, text }], &inventory);
    let scenario = reading
        .scenario
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    (inventory, scenario)
}

/// Users who move in every period of a plan that the referee accepts.
fn by_period(inventory: &Inventory, scenario: &Scenario) -> (Plan, Vec<f64>) {
    let plan = planned(inventory, scenario);
    let verdict = judged(inventory, scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    let moved = plan.periods.iter().map(|period| period.totals.moved);
    let moved = moved.collect();
    (plan, moved)
}

/// What moves period after period, and what moves together with what is proven for it.
#[track_caller]
fn moves(policy: &str, more: &[SourceFile], alone: &[f64], together: &[f64], bound: f64) {
    let (inventory, scenario) = read(TWO_HUNDRED_AT_A, policy, more);
    let (plan, found) = by_period(&inventory, &sequential(&scenario));
    assert_eq!(found, alone);
    assert!(plan.joint.is_none());
    let (plan, found) = by_period(&inventory, &scenario);
    assert_eq!(found, together);
    let joint_summary = plan.joint.expect("it was asked");
    assert!(
        (joint_summary.bound - bound).abs() < 1e-6,
        "{joint_summary:?}"
    );
    let expected: f64 = together.iter().sum();
    assert!(
        (joint_summary.moved_users - expected).abs() < 1e-6,
        "{joint_summary:?}"
    );
    assert!(
        (joint_summary.sequential_users - alone.iter().sum::<f64>()).abs() < 1e-6,
        "{joint_summary:?}"
    );
}

const TWO_HUNDRED_AT_A: &str = "a1,t,100,a,p,r,gold\na2,t,100,a,p,r,gold\nb1,t,50,b,p,r,gold\n";

#[test]
fn users_of_a_site_drained_first_go_where_no_drain_follows() {
    // Period after period: 200 to b, then they and the 50 of b away from it. Together: 200 to c, then the 50 of b.
    // At the end all go home, which is free.
    let (alone, together) = ([0.0, 200.0, 250.0, 0.0], [0.0, 200.0, 50.0, 0.0]);
    moves("", &[], &alone, &together, 250.0);
}

#[test]
fn users_who_stay_where_they_are_count_as_often_as_they_move() {
    // Nobody returns: the last period moves nobody either way.
    let (alone, together) = ([0.0, 200.0, 250.0, 0.0], [0.0, 200.0, 50.0, 0.0]);
    moves("after = \"stay\"", &[], &alone, &together, 250.0);
}

#[test]
fn growth_between_the_periods_counts_with_the_users_of_the_period() {
    // a1 grows by 60 from 02:00 on, as b's drain begins: whoever moves then moves with 160.
    let growth = file(
        "onboarding.csv",
        "date,shard,users\n2030-03-01T02:00:00Z,a1,60\n",
    );
    let (alone, together) = ([0.0, 200.0, 310.0, 0.0], [0.0, 200.0, 50.0, 0.0]);
    moves("", &[growth], &alone, &together, 250.0);
}

#[test]
fn capacity_that_is_lost_later_sends_as_many_away_at_once_as_fit() {
    // From 02:00 on c has 150: of the two shards of a one may stay there. The other goes to b and has to leave it too,
    // with the 50 of b: 200 + 150 move. If shards could be split, 150 would stay at c: 200 + 50 + 50.
    let less = file(
        "capacity_changes.csv",
        "date,component,resource,capacity\n2030-03-01T02:00:00Z,c,cpu,150\n",
    );
    let (alone, together) = ([0.0, 200.0, 250.0, 0.0], [0.0, 200.0, 150.0, 0.0]);
    moves("", &[less], &alone, &together, 300.0);
}

#[test]
fn nobody_foresees_what_is_learnt_later() {
    // b fails where it was to be drained: nobody knows of it as a is drained.
    let (inventory, scenario) = read(TWO_HUNDRED_AT_A, "", &[]);
    let known = planned(&inventory, &scenario);
    assert!(known.joint.is_some_and(|joint| joint.is_joint()));
    let events = DRAINS
        .replacen("maintenance", "failure", 2)
        .replacen("failure", "maintenance", 1);
    let (inventory, scenario) = read_with(TWO_HUNDRED_AT_A, "", &[], &events);
    let (plan, found) = by_period(&inventory, &scenario);
    assert_eq!(found, [0.0, 200.0, 250.0, 0.0]);
    assert!(plan.joint.is_none());
}

#[test]
fn nobody_looks_ahead_where_users_move_in_one_period_alone() {
    // b is drained while nobody is there but those who stay: only the drain of a moves anybody.
    let (inventory, mut scenario) = read("a1,t,100,a,p,r,gold\n", "", &[]);
    scenario.events.pop();
    let (plan, found) = by_period(&inventory, &scenario);
    assert_eq!(found, [0.0, 100.0, 0.0]);
    assert!(plan.joint.is_none());
}

#[test]
fn drains_are_planned_together_beside_a_fault_that_is_learnt_of_between_them() {
    // c loses a tenth of its capacity at 01:30; nobody has to leave it for that.
    let fault = "[[event]]\nkind = \"failure\"\ncomponent = \"c\"\ncapacity = 0.9\n\
                 start = 2030-03-01T01:30:00Z\nend = 2030-03-01T03:00:00Z\n";
    let (inventory, scenario) = read_with(TWO_HUNDRED_AT_A, "", &[], &format!("{DRAINS}{fault}"));
    let (_, alone) = by_period(&inventory, &sequential(&scenario));
    assert!(
        (alone.iter().sum::<f64>() - 450.0).abs() < 1e-6,
        "{alone:?}"
    );
    let (plan, together) = by_period(&inventory, &scenario);
    assert!(
        (together.iter().sum::<f64>() - 250.0).abs() < 1e-6,
        "{together:?}"
    );
    let joint_summary = plan.joint.expect("it was asked");
    assert!(
        (joint_summary.moved_users - 250.0).abs() < 1e-6,
        "{joint_summary:?}"
    );
    assert!(
        (joint_summary.sequential_users - 450.0).abs() < 1e-6,
        "{joint_summary:?}"
    );
}

#[test]
fn nobody_prepares_for_a_fault_that_is_learnt_of_later() {
    // b fails as it was to be drained. Up to then a alone is drained, as if b stood for ever.
    let late = "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n\
                start = 2030-03-01T01:00:00Z\nend = 2030-03-01T03:00:00Z\n\
                [[event]]\nkind = \"failure\"\ncomponent = \"b\"\n\
                start = 2030-03-01T02:00:00Z\nend = 2030-03-01T03:00:00Z\n";
    let (inventory, scenario) = read_with(TWO_HUNDRED_AT_A, "", &[], late);
    let (_, alone) = by_period(&inventory, &sequential(&scenario));
    let (_, together) = by_period(&inventory, &scenario);
    assert_eq!(together, alone);
    assert_eq!(together[1..3], [200.0, 250.0]);
}

#[test]
fn who_joins_is_not_placed_at_a_site_that_is_drained_next() {
    // 100 join at 00:30, and a, the nearest site, is drained from 01:00 on.
    let shards = "a1,t,50,a,p,r,gold\nn1,t,0,,p,r,gold\n";
    let growth = || {
        file(
            "onboarding.csv",
            "date,shard,users\n2030-03-01T00:30:00Z,n1,100\n",
        )
    };
    let (drain, _) = DRAINS.split_at(DRAINS.rfind("[[event]]").expect("the drain of b"));
    let fault = "[[event]]\nkind = \"failure\"\ncomponent = \"c\"\ncapacity = 0.9\n\
                 start = 2030-03-01T01:30:00Z\nend = 2030-03-01T03:00:00Z\n";
    for events in [drain.to_owned(), format!("{drain}{fault}")] {
        let (inventory, scenario) = read_with(shards, "", &[growth()], &events);
        let (_, alone) = by_period(&inventory, &sequential(&scenario));
        assert!(
            (alone.iter().sum::<f64>() - 150.0).abs() < 1e-6,
            "{alone:?}"
        );
        let (plan, together) = by_period(&inventory, &scenario);
        assert!(
            (together.iter().sum::<f64>() - 50.0).abs() < 1e-6,
            "{together:?}"
        );
        assert!(plan.joint.is_some_and(|joint| joint.is_joint()));
    }
}
