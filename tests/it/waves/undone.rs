//! How waves are undone, worked out by hand.

use super::by_hand::{Case, FREE_ELEMENTS, RECONNECT, is_near, only, read};
use crate::levels::{judged, planned};
use jiff::SignedDuration;
use plimsoll::ids::SiteId;
use plimsoll::model::{EventKind, Inventory, Scenario, Surge};
use plimsoll::plan::{Barred, PaceLimit, Timing};
use plimsoll::report::waves::{TransitionWriter, runbook};

pub(super) fn runbook_of((inventory, scenario): &(Inventory, Scenario)) -> String {
    let plan = planned(inventory, scenario);
    runbook(&TransitionWriter {
        inventory,
        scenario,
        plan: &plan,
    })
}

#[track_caller]
pub(super) fn says(text: &str, words: &str) {
    assert!(text.contains(words), "not said: {words}\n{text}");
}

/// 3600 users go from a to b at once. Back they go out of b at 3600 an hour, an hour, and into a at 1800, two hours; and
/// lb-a accepts 4 a second, of which normal operation takes 1 while all are at a: 1200 seconds.
const BACK: Case<'_> = Case {
    sites: "site,cpu,move_in_per_hour,move_out_per_hour\na,9000,1800,unlimited\nb,9000,unlimited,3600\n",
    elements: "element,kind,accepts_per_second\nlb-a,load-balancer,4\nlb-b,load-balancer,unlimited\n",
    ..RECONNECT
};

#[test]
fn undoing_takes_what_the_rates_and_gates_of_the_rollback_need() {
    let drain = only(&BACK);
    is_near(drain.seconds.expect("it ends"), 0.0);
    let undo = &drain.waves[0].undo;
    is_near(undo.steering_share, 0.0);
    let paces: Vec<(PaceLimit, f64)> = undo
        .moves
        .iter()
        .map(|pace| (pace.limit, pace.seconds.expect("it ends")))
        .collect();
    assert_eq!(paces.len(), 3, "{paces:?}");
    assert_eq!(paces[0].0, PaceLimit::In(SiteId(0)));
    is_near(paces[0].1, 7200.0);
    assert_eq!(paces[1].0, PaceLimit::Out(SiteId(1)));
    is_near(paces[1].1, 3600.0);
    assert!(matches!(paces[2].0, PaceLimit::Accepts(_)));
    is_near(paces[2].1, 1200.0);
    is_near(undo.seconds().expect("it can be undone"), 7200.0);
}

#[test]
fn the_runbook_moves_back_first_and_sets_steering_back_then() {
    let text = runbook_of(&read(&BACK));
    says(
        &text,
        "**Roll back (it takes at least 2 h, less where a part of it is done):** first move back those of the 6 shards that have moved, and only then set the weights back to 0 % of the transition.",
    );
    says(
        &text,
        "- move back over at least 2 h: a takes 1,800 users an hour and 3,600 users go there\n",
    );
    says(&text, "- b to a: no faster than 1,800 users an hour\n");
    // The wave is over when the works begin, and a is out from then on.
    says(
        &text,
        "- **no rollback once the wave is over**: it would not finish by 06:00, and from then on a is out.",
    );
    assert!(!text.contains("at the same pace"), "{text}");
}

#[test]
fn each_wave_is_undone_to_where_it_began_and_only_until_the_maintenance_begins() {
    // 1800 users an hour leave a: three shards from 04:00 to 05:00, and three from then to 06:00.
    let case = Case {
        sites: "site,cpu,move_out_per_hour\na,9000,1800\nb,9000,unlimited\n",
        ..BACK
    };
    let drain = only(&case);
    assert_eq!(drain.waves.len(), 2);
    let [first, second] = [&drain.waves[0], &drain.waves[1]];
    is_near(first.undo.steering_share, 0.0);
    is_near(second.undo.steering_share, first.steering_share);
    // Back come 1800 beside the normal operation of 3600, and then beside that of 1800.
    is_near(first.undo.seconds().expect("it ends"), 1800.0 / 3.0);
    is_near(second.undo.seconds().expect("it ends"), 1800.0 / 3.5);
    let text = runbook_of(&read(&case));
    says(
        &text,
        "- roll back only if it finishes by 06:00: from then on a is out\n",
    );
    says(
        &text,
        "it would not finish by 06:00, and from then on a is out.",
    );
}

#[test]
fn where_a_gate_lets_nobody_back_it_is_said() {
    // Normal operation of 3600 users at a opens all that lb-a accepts.
    let case = Case {
        elements: "element,kind,accepts_per_second\nlb-a,load-balancer,1\nlb-b,load-balancer,unlimited\n",
        ..BACK
    };
    assert_eq!(only(&case).waves[0].undo.seconds(), None);
    let text = runbook_of(&read(&case));
    says(
        &text,
        "**No rollback:** lb-a accepts next to nothing beside normal operation. Leave every weight as it is.",
    );
    assert!(!text.contains("**Roll back"), "{text}");
}

#[test]
fn no_step_leads_back_to_a_site_that_is_out() {
    let case = Case {
        scenario: "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nstart = 2030-03-01T06:00:00Z\n",
        elements: FREE_ELEMENTS,
        ..RECONNECT
    };
    let failover = only(&case);
    assert_eq!(failover.timing, Timing::After);
    assert_eq!(
        failover.waves[0].undo.barred,
        Some(Barred::Lost(vec![SiteId(0)]))
    );
    assert_eq!(failover.waves[0].undo.seconds(), None);
    let text = runbook_of(&read(&case));
    says(
        &text,
        "**No rollback:** no user can be moved back to a while it, or every path to it, is out.",
    );
    assert!(!text.contains("**Roll back"), "{text}");
}

/// n has room for the 60 users of r and 40 of q, and 60 of q enter at m. Once m has failed, the steering of before leads
/// all of q to n, which has room for 100 and not for 160: 60 of q go to x, which accepts so many sessions a second.
pub(super) fn without_m(accepted_by_x: &str) -> (Inventory, Scenario) {
    let access_points = format!(
        "access_point,bw,accepts_per_second\nn,100,unlimited\nm,60,unlimited\nx,900,{accepted_by_x}\n"
    );
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,60,a,mail,r,gold\nu,t,100,a,mail,q,gold\n";
    let files = [
        ("resources.csv", "resource,unit,scope\nbw,Gbit/s,network\n"),
        ("profiles.csv", "profile,bw\nmail,1\n"),
        ("sites.csv", "site\na\n"),
        ("access_points.csv", access_points.as_str()),
        (
            "links.csv",
            "link,from,to,latency_ms\nl0,r,n,5\nl1,n,a,5\nl2,q,n,5\nl3,q,m,9\nl4,m,a,5\nl5,q,x,30\nl6,x,a,5\n",
        ),
        ("client_regions.csv", "client_region\nr\nq\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        ("shards.csv", shards),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let scenario = "[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T08:00:00Z\n\
         [policy]\nheadroom = { bw = 0 }\n\
         [[event]]\nkind = \"failure\"\ncomponent = \"m\"\nstart = 2030-03-01T06:00:00Z\n";
    crate::read::read(&files, scenario)
}

#[test]
fn steering_is_not_set_back_to_where_a_fault_left_too_little() {
    let (inventory, scenario) = without_m("unlimited");
    let plan = planned(&inventory, &scenario);
    let wave = &plan.transitions[0].waves[0];
    let Some(Barred::Overloads(component)) = wave.undo.barred else {
        panic!("{wave:?}");
    };
    assert_eq!(inventory.component_name(component), "n");
    assert_eq!(wave.undo.seconds(), None);
    let text = runbook_of(&(inventory, scenario));
    says(
        &text,
        "**No rollback:** it would overload access point n again.",
    );
}

#[test]
fn what_moves_after_begins_where_what_moved_ahead_ended() {
    // a has 100 users and goes under works at 06:00. c has room for half of them, and b for the other half once its own
    // works end then: half move ahead, and half behind.
    let shards: Vec<String> = (0..10)
        .map(|number| format!("s{number},t,10,a,mail,r,gold"))
        .collect();
    let shards = shards.join("\n");
    let shards = format!("shard,tenant,users,site,profile,client_region,tier\n{shards}\n");
    let files = [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\n"),
        ("sites.csv", "site,cpu\na,100\nb,50\nc,50\n"),
        ("access_points.csv", "access_point\nin\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl0,r,in,5\nl1,in,a,5\nl2,in,b,6\nl3,in,c,6\n",
        ),
        ("client_regions.csv", "client_region\nr\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        ("shards.csv", shards.as_str()),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let scenario = "[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T08:00:00Z\n\
         [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\nstart = 2030-03-01T06:00:00Z\n\
         [[event]]\nkind = \"maintenance\"\ncomponent = \"b\"\ncapacity = 0.5\nend = 2030-03-01T06:00:00Z\n";
    let (inventory, scenario) = crate::read::read(&files, scenario);
    let plan = planned(&inventory, &scenario);
    let timings: Vec<Timing> = plan
        .transitions
        .iter()
        .map(|transition| transition.timing)
        .collect();
    assert_eq!(timings, [Timing::Ahead, Timing::After]);
    is_near(plan.transitions[0].waves[0].undo.steering_share, 0.0);
    is_near(plan.transitions[1].waves[0].undo.steering_share, 1.0);
    assert_eq!(
        plan.transitions[1].waves[0].undo.barred,
        Some(Barred::Lost(vec![SiteId(0)]))
    );
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    // Waves are counted through the period, as in the files, and steering is not set twice. It is refused: the works
    // begin while half of the users are still there.
    let text = runbook_of(&(inventory, scenario));
    says(
        &text,
        "- Wave 1 of 2 (no time) would move 5 shards with 50 users, and 100 % of the change of weights. There ",
    );
    says(
        &text,
        "- Wave 2 of 2 (no time) would move 5 shards with 50 users, and 100 % of the change of weights. There ",
    );
}

/// Everybody is back when the scenario ends, but a member of a pool is still out: somebody has to put it back.
#[test]
fn what_is_still_out_when_the_scenario_ends_is_put_back() {
    let folder = "tests/found/ended-by-chance";
    let runbook = runbook_of(&crate::laws::steps::read(folder, &["scenario.toml"]));
    let (_, back) = runbook
        .split_once("## Rollback after the last step")
        .expect("a path back");
    assert!(back.contains("Put ") && back.contains("lb1-0"), "{back}");
    assert!(!back.contains("elsewhere"), "{back}");
}

/// Nobody moves in the last period, and yet users are elsewhere: the runbook leads them back.
#[test]
fn who_moved_in_an_earlier_period_is_led_back() {
    let (inventory, mut scenario) = crate::laws::steps::read("data/tiny", &["drain-chicago.toml"]);
    let mut surge = scenario.events[0].clone();
    let hours = |count| scenario.start + SignedDuration::from_hours(count);
    (surge.start, surge.end, surge.detected) = (hours(2), hours(3), hours(2));
    surge.kind = EventKind::Surge(Surge {
        client_region: Some(inventory.shards[0].client_region),
        profile: None,
        tenant: None,
        factor: 1.01,
        arrive_minutes: Surge::ARRIVE_MINUTES,
    });
    scenario.events.push(surge);
    let runbook = runbook_of(&(inventory, scenario));
    let (_, back) = runbook
        .split_once("## Rollback after the last step")
        .expect("a path back");
    says(back, "90,000 users are elsewhere when the scenario ends.");
    says(back, "move 4 shards back");
    let weights = back.find("set every weight to that of before.csv");
    let moves = back.find("move 4 shards back");
    assert!(weights > moves, "{back}");
}

/// A wave of no length at a period's start leads users to an access point: it opens before that.
#[test]
fn access_points_open_before_the_wave_that_needs_them() {
    let drain = crate::laws::steps::read("data/tiny", &["drain-chicago.toml"]);
    let runbook = runbook_of(&drain);
    let opens = "Open access point Dallas";
    let wave = runbook.find("### Wave 1").expect("a wave");
    assert!(
        runbook.find(opens).is_some_and(|index| index < wave),
        "{runbook}"
    );
    assert_eq!(runbook.matches(opens).count(), 1, "{runbook}");
}

/// 80 of 2,177 users of a split shard move: the data of the others is not to be deleted, and the gate does not wait for them.
#[test]
fn data_of_a_shard_of_which_a_part_stays_is_kept() {
    let folder = "tests/found/split-stays";
    let of = crate::laws::steps::read(folder, &["scenario.toml"]);
    let runbook = runbook_of(&of);
    says(
        &runbook,
        "- **Only the users of moves.csv leave; others stay where they are, and so does the data**: h3\n",
    );
    says(
        &runbook,
        "unless the step says that a part of the shard stays there",
    );
    assert!(
        !runbook.contains("no shard of the wave is left"),
        "{runbook}"
    );
}
