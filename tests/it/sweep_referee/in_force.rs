//! The scenario's own plan in the folder of a sweep: where it leaves something open, and when it is judged.

use super::by_hand::swept_as_asked;
use super::folders::inventory_of;
use super::rules::breaks;
use super::written::Written;
use plimsoll::engine::{Begin, GrayAsked, SweepRequest};
use plimsoll::model::{FailureSet, Recovery};

/// While `a` is drained `x` is led to `b`; then `x` would go back, and nothing is left at either for the lower tier.
fn swept_while_nothing_is_spare() -> Written {
    let changed = [
        ("sites.csv", "site,cpu\na,100\nb,100\n"),
        (
            "tiers.csv",
            "tier,rank,availability\ngold,1,0.999\nsilver,2,0.99\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,9\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier,move\nga,t,10,a,mail,r,gold,pinned\n\
             gb,t,10,b,mail,r,gold,pinned\nx,t,40,a,mail,r,silver,free\n",
        ),
        (
            "onboarding.csv",
            "shard,date,users\nga,2030-03-01,90\ngb,2030-03-01,90\n",
        ),
    ];
    let scenario = "[scenario]\nname = \"full\"\nstart = 2030-02-28T22:00:00Z\nend = 2030-03-01T04:00:00Z\n\
                    [policy]\nafter = \"return\"\n\
                    [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\nend = 2030-03-01T00:00:00Z\n";
    let asked = SweepRequest {
        recoveries: Recovery::ALL.to_vec(),
        begin: Begin::Plan,
        period: Some(1),
        ..SweepRequest::new(FailureSet::Sites, 1)
    };
    swept_as_asked(scenario, &changed, asked)
}

#[test]
fn who_is_served_nowhere_stays_where_earlier_periods_led_him() {
    let mut sweep = swept_while_nothing_is_spare();
    let (assignment, homes) = (&sweep.files["assignment.csv"], &sweep.files["homes.csv"]);
    assert!(assignment.contains("\n1,x,t,40,a,,1,"), "{assignment}");
    assert_eq!(homes, "shard,site,share\nx,b,1\n");
    let verdict = sweep.verdict();
    assert!(verdict.holds(), "{:#?}", verdict.broken);
    assert_eq!((verdict.cases, verdict.by_rule), (3, [6, 6]));
    let believed = "whether earlier periods lead to the sites of homes.csv for shards without users in assignment.csv";
    let is_told = |words: &str, of: &[String]| of.iter().any(|text| text == words);
    assert!(
        is_told(believed, &verdict.not_checked),
        "{:#?}",
        verdict.not_checked
    );
    sweep.files.remove("homes.csv");
    let verdict = sweep.verdict();
    assert!(verdict.holds(), "{:#?}", verdict.broken);
    assert_eq!((verdict.cases, verdict.by_rule), (0, [0, 6]));
    assert!(is_told("homes.csv, which is absent", &verdict.not_checked));
}

#[test]
fn users_that_a_plan_serves_are_where_it_serves_them() {
    let sweep = swept_while_nothing_is_spare();
    let (from, to) = ("x,b,1\n", "x,b,1\nga,b,1\n");
    breaks(&sweep, "homes.csv", (from, to), "homes.csv - P7837");
}

#[test]
fn gray_csv_is_judged_where_nothing_is_left_that_may_turn_gray() {
    let scenario = "[scenario]\nname = \"dark\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n\
                    [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n";
    let asked = SweepRequest {
        gray: Some(GrayAsked {
            over: FailureSet::Sites,
            most: 1,
            severity: 0.5,
            minutes: 60.0,
        }),
        ..SweepRequest::new(FailureSet::AccessPoints, 1)
    };
    let sweep = swept_as_asked(scenario, &[], asked);
    assert!(sweep.verdict().holds());
    let (from, to) = ("t,gold,10,,0,0,0", "t,gold,11,,0,0,0");
    breaks(&sweep, "gray.csv", (from, to), "gray.csv:2 users P7864");
}

#[test]
fn a_plus_in_a_name_parts_no_members() {
    let changed = [
        ("sites.csv", "site,cpu\na+b,100\nb,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a+b,5\nl3,p,b,9\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a+b,mail,r,gold\nu,t,20,b,mail,r,gold\n",
        ),
    ];
    let scenario =
        "[scenario]\nname = \"plus\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n";
    let asked = SweepRequest {
        recoveries: vec![Recovery::Replicas],
        gray: Some(GrayAsked {
            over: FailureSet::Sites,
            most: 2,
            severity: 0.5,
            minutes: 60.0,
        }),
        ..SweepRequest::new(FailureSet::Sites, 1)
    };
    let sweep = swept_as_asked(scenario, &changed, asked);
    let row = "t,gold,30,b+a+b,15,";
    assert!(
        sweep.files["gray.csv"].contains(row),
        "{}",
        sweep.files["gray.csv"]
    );
    let verdict = sweep.verdict();
    assert!(verdict.holds(), "{:#?}", verdict.broken);
    for wrong in ["b+b", "a+b", "b+a", "b+a+b+", "+", "b++a+b"] {
        let changed = row.replace("b+a+b", wrong);
        breaks(&sweep, "gray.csv", (row, &changed), "gray.csv:2 gray P7865");
    }
}

#[test]
fn what_is_not_judged_is_not_said_to_be() {
    let (inventory, scenario) = inventory_of("data/tiny", "drain-chicago.toml");
    let of = |recovery| {
        let asked = SweepRequest {
            recoveries: vec![recovery],
            ..SweepRequest::new(FailureSet::Sites, 1)
        };
        Written::of(&inventory, &scenario, asked)
    };
    let (replanned, mut by_rule) = (of(Recovery::Replan), of(Recovery::Rescale));
    let plan = ["assignment.csv", "steering.csv"];
    let is_checked = |sweep: &Written| plan.map(|text| sweep.verdict().checked.contains(&text));
    assert_eq!(is_checked(&by_rule), [true, true]);
    let with_plan = replanned.with(plan[0], &by_rule.files[plan[0]]);
    let with_plan = with_plan.with(plan[1], &by_rule.files[plan[1]]);
    assert_eq!(is_checked(&with_plan), [false, false]);
    let words = "steering.csv, as sweep.json asks for no sweep that begins at it";
    assert!(with_plan.verdict().not_checked.contains(&words.to_owned()));
    by_rule.files.remove("steering.csv");
    assert_eq!(is_checked(&by_rule), [false, false]);
}
