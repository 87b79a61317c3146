//! What summary.json tells of a way: its least duration and its refusal, both worked out by hand.

use super::mutations::Subject;
use crate::levels::{judged, planned};
use crate::read::read;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What differs between the worlds. Paths lead from region r over `in` and a load balancer to each site; to b also over
/// a second one, which is a little slower.
struct World<'a> {
    /// Behind `site,cpu,move_out_per_hour,move_in_per_hour`.
    sites: &'a str,
    /// Of the faster load balancer before b: what it carries, and sessions that it accepts per second.
    before_b: &'a str,
    /// Sessions per second that `in` accepts.
    entry: &'a str,
    /// Shards by site: how many, and users of each.
    shards: &'a [(&'a str, usize, u32)],
    capacity_changes: &'a str,
    events: &'a str,
}

const DRAIN_OF_A: &str = "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n\
                          start = 2030-03-01T06:00:00Z\nend = 2030-03-01T08:00:00Z\n";

/// 3600 users of a go to b, where 3600 are.
const DRAIN: World<'_> = World {
    sites: "a,9000,unlimited,unlimited\nb,9000,unlimited,unlimited\nc,0,unlimited,unlimited\n",
    before_b: "unlimited,unlimited",
    entry: "unlimited",
    shards: &[("a", 6, 600), ("b", 6, 600)],
    capacity_changes: "",
    events: DRAIN_OF_A,
};

impl World<'_> {
    /// Its plan, which holds: everybody opens a session an hour.
    fn plan(&self) -> Subject {
        let mut shards = String::from("shard,tenant,users,site,profile,client_region,tier\n");
        for (site, count, users) in self.shards {
            for number in 1..=*count {
                writeln!(shards, "{site}{number:02},t,{users},{site},p,r,gold").expect("a text");
            }
        }
        let sites = format!(
            "site,cpu,move_out_per_hour,move_in_per_hour\n{}",
            self.sites
        );
        let elements = format!(
            "element,mbps,accepts_per_second\nlb-a,unlimited,unlimited\nlb-b,{}\nlb-b2,unlimited,unlimited\n\
             lb-c,unlimited,unlimited\n",
            self.before_b
        );
        let entry = format!("access_point,accepts_per_second\nin,{}\n", self.entry);
        let changes = format!(
            "date,component,resource,capacity\n{}",
            self.capacity_changes
        );
        let files = [
            (
                "resources.csv",
                "resource,unit,scope\ncpu,vCPU,site\nmbps,Mbit/s,network\n",
            ),
            (
                "profiles.csv",
                "profile,cpu,mbps,sessions_per_hour\np,1,1,1\n",
            ),
            ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
            ("client_regions.csv", "client_region\nr\n"),
            ("sites.csv", sites.as_str()),
            ("access_points.csv", entry.as_str()),
            ("elements.csv", elements.as_str()),
            (
                "links.csv",
                "link,from,to,latency_ms\nl0,r,in,5\nl1,in,lb-a,5\nl2,lb-a,a,0\nl3,in,lb-b,6\nl4,lb-b,b,0\n\
                 l5,in,lb-b2,7\nl6,lb-b2,b,0\nl7,in,lb-c,8\nl8,lb-c,c,0\n",
            ),
            ("shards.csv", shards.as_str()),
            ("capacity_changes.csv", changes.as_str()),
        ];
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let scenario = format!(
            "[scenario]\nname = \"told\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T08:00:00Z\n\n{}",
            self.events
        );
        let (inventory, scenario) = read(&files, &scenario);
        Subject::of(inventory, scenario)
    }

    /// The plan tells so many minutes of a period at least; a tenth more and a tenth less are found.
    #[track_caller]
    fn takes_at_least(&self, period: usize, minutes: f64) {
        let plan = self.plan();
        let value = &plan.summary()["periods"][period];
        let least = value["least_minutes"].as_f64().expect("a number");
        assert!((least - minutes).abs() < 1e-6 * minutes, "{least}");
        assert_eq!(value["refused"], Value::Null);
        for forged in [1.1, 0.9, 1.001, 0.999] {
            let then = |value: &mut Value| value["least_minutes"] = json!(minutes * forged);
            plan.with_period(period, then).finds("P7993");
        }
    }
}

#[test]
fn at_least_everybody_leaves_at_the_rate_out() {
    // 3600 users at 2400 an hour.
    let sites = "a,9000,2400,unlimited\nb,9000,unlimited,unlimited\nc,0,unlimited,unlimited\n";
    World { sites, ..DRAIN }.takes_at_least(1, 90.0);
}

#[test]
fn at_least_everybody_enters_at_the_rate_in() {
    // 3600 users at 1800 an hour; 2400 an hour may leave.
    let sites = "a,9000,2400,unlimited\nb,9000,unlimited,1800\nc,0,unlimited,unlimited\n";
    World { sites, ..DRAIN }.takes_at_least(1, 120.0);
}

#[test]
fn at_least_everybody_connects_again_beside_those_who_are_there() {
    // 3600 users beside the session a second of the 3600 who stay: 3600 / (5 − 1) s, while the waves take 3600 / (5 − 2).
    let before_b = "unlimited,5";
    World { before_b, ..DRAIN }.takes_at_least(1, 15.0);
}

#[test]
fn who_moves_is_normal_operation_on_what_both_of_his_transitions_share() {
    // All 7200 pass the entry before and after, two sessions a second: 3600 / (5 − 2) s.
    World {
        entry: "5",
        ..DRAIN
    }
    .takes_at_least(1, 20.0);
}

#[test]
fn of_two_steerings_the_one_counts_that_brings_fewer() {
    // Once all 7200 are at b, the faster way carries 5400 of them: three in four. 2700 users come that way at least,
    // beside three quarters of a session a second of those who stay.
    let before_b = "5400,5";
    let seconds = 2700.0 / (5.0 - 0.75);
    World { before_b, ..DRAIN }.takes_at_least(1, seconds / 60.0);
}

#[test]
fn what_is_done_ahead_and_what_is_done_after_is_added_up() {
    // c has room for half of a ahead of the works: 500 users at 1200 an hour. b has room for the others once the works
    // begin: 500 users at 600 an hour.
    let both = World {
        sites: "a,1000,unlimited,unlimited\nb,0,unlimited,600\nc,500,unlimited,1200\n",
        shards: &[("a", 10, 100)],
        capacity_changes: "2030-03-01T06:00:00Z,b,cpu,500\n",
        ..DRAIN
    };
    let plan = both.plan();
    let value = &plan.summary()["periods"][1];
    let least = value["least_minutes"].as_f64().expect("a number");
    assert!((least - 75.0).abs() < 1e-6, "{least}");
    // Those who go to b lose a when the works begin, and wait.
    let refused = value["refused"].as_str().expect("it is refused");
    assert!(refused.contains("500 users"), "{refused}");
    plan.with_period(1, is_not_refused).finds("P7993");
}

#[test]
fn a_transition_without_an_end_shows_no_least_duration_and_is_refused() {
    // Those who stay and one shard of 600 open all that is accepted.
    let before_b = "unlimited,1.1666666666666667";
    let plan = World { before_b, ..DRAIN }.plan();
    let value = &plan.summary()["periods"][1];
    // 600 users beside the session a second of those who stay, at 7/6 a second.
    let least = value["least_minutes"].as_f64().expect("a number");
    assert!((least - 60.0).abs() < 1e-6, "{least}");
    assert_eq!(value["wave_minutes"], Value::Null);
    let with_an_end = plan.with_period(1, |value| value["wave_minutes"] = json!(0));
    with_an_end.finds("P7993");
    plan.with_period(1, is_not_refused).finds("P7993");
}

fn is_not_refused(value: &mut Value) {
    let map = value.as_object_mut().expect("an object");
    map.remove("refused").expect("it is refused");
}

#[test]
fn a_transition_takes_at_least_what_the_cases_prove_into_which_it_has_to_reach() {
    // a fails, and half an hour later its 1000 users are 1200, of whom b holds 1100. In 50 minutes at 1200 an hour they
    // would be there: so every way reaches into the surge, where they are 1200, for an hour. There is none: not all of
    // them may be at b.
    let plan = World {
        sites: "a,1000,unlimited,unlimited\nb,1100,unlimited,1200\nc,2000,unlimited,unlimited\n",
        shards: &[("a", 10, 100)],
        events: "[policy]\nperiods = \"sequential\"\n\n\
                 [[event]]\nkind = \"failure\"\ncomponent = \"a\"\nstart = 2030-03-01T03:00:00Z\n\n\
                 [[event]]\nkind = \"surge\"\nfactor = 1.2\nstart = 2030-03-01T03:30:00Z\n",
        ..DRAIN
    }
    .plan();
    let value = &plan.summary()["periods"][1];
    assert_eq!(value["wave_minutes"], Value::Null);
    assert!(value["refused"].is_string());
    let least = value["least_minutes"].as_f64().expect("a number");
    assert!((least - 60.0).abs() < 1e-6, "{least}");
    for forged in [45.0, 50.0, 65.0] {
        let then = |value: &mut Value| value["least_minutes"] = json!(forged);
        plan.with_period(1, then).finds("P7993");
    }
}

/// a fails at 03:00: 1000 users enter b at 1200 an hour, up to 03:50.
const FAILURE: World<'_> = World {
    sites: "a,1000,unlimited,unlimited\nb,5000,unlimited,1200\nc,500,unlimited,unlimited\n",
    before_b: "unlimited,unlimited",
    entry: "unlimited",
    shards: &[("a", 10, 100), ("c", 5, 100)],
    capacity_changes: "",
    events: "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nstart = 2030-03-01T03:00:00Z\n",
};

/// The same, with another event that begins at 03:30.
fn and_at_half_past_three(event: &str) -> Subject {
    let events = format!("{}{event}start = 2030-03-01T03:30:00Z\n", FAILURE.events);
    let events = events.as_str();
    World { events, ..FAILURE }.plan()
}

/// What a plan says that is refused for the change behind it.
fn is_refused(value: &mut Value) {
    value["refused"] = json!("The way takes 50 min; the next change comes after 30 min");
}

#[test]
fn waves_that_the_next_change_catches_up_with_are_refused() {
    // c fails too, and its users move from then on.
    let plan = and_at_half_past_three("[[event]]\nkind = \"failure\"\ncomponent = \"c\"\n");
    let summary = plan.summary();
    let refused = |period: usize| summary["periods"][period]["refused"].as_str();
    let words = refused(1).expect("50 minutes are more than 30");
    assert!(
        words.contains("the next change comes after 30 min"),
        "{words}"
    );
    assert_eq!(refused(2), None, "the last change has time enough");
    plan.with_period(1, is_not_refused).finds("P7993");
    plan.with_period(2, is_refused).finds("P7993");
    // How it is said is not judged.
    plan.with_period(1, |value| value["refused"] = json!("so"))
        .finds_nothing();
}

#[test]
fn a_period_in_which_nobody_moves_is_no_next_change() {
    // Less of what nobody uses.
    let plan = and_at_half_past_three(
        "[[event]]\nkind = \"maintenance\"\ncomponent = \"lb-b2\"\ncapacity = 0.9\n",
    );
    assert_eq!(plan.summary()["periods"][1]["refused"], Value::Null);
    plan.with_period(1, is_refused).finds("P7993");
}

#[test]
fn the_last_change_has_no_next_one() {
    let plan = FAILURE.plan();
    plan.with_period(1, is_refused).finds("P7993");
}

/// Nobody can reach a, where h is homed, and h has no users until some join: it moves then, and moves nobody.
#[test]
fn a_shard_without_users_leaves_a_site_that_nobody_reaches_before_they_join() {
    let files = [
        ("resources.csv", "resource,unit,scope\nnet,Mbit/s,network\n"),
        ("profiles.csv", "profile,net\np,1\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        ("client_regions.csv", "client_region\nr\n"),
        ("sites.csv", "site,net\na,8\nb,12\n"),
        ("access_points.csv", "access_point\nin\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,in,3\nl2,in,b,7\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\nh,t,0,a,p,r,gold\n",
        ),
        (
            "onboarding.csv",
            "date,shard,users\n2030-11-03T05:30:00Z,h,5\n",
        ),
    ];
    let files: Vec<(String, String)> = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let scenario =
        "[scenario]\nname = \"join\"\nstart = 2030-11-03T04:30:00Z\nend = 2030-11-03T10:30:00Z\n";
    let (inventory, scenario) = read(&files, scenario);
    let plan = planned(&inventory, &scenario);
    let verdict = judged(&inventory, &scenario, &plan);
    assert!(verdict.holds() && verdict.refused.is_empty(), "{verdict}");
    assert!(plan.is_good());
}
