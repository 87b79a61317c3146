//! Tests of the chart of ranked failures: what it shows.

use super::{Impact, ImpactChart, MissingAt};
use crate::report::Named;
use crate::report::charts::kit::legible::{assert_says, assert_states, pixels_at, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::sweep::{impact, ranked};

/// One case of these impacts on two tiers under `rescale` and `replan`.
fn of(impacts: Vec<Impact>) -> ImpactChart {
    let mut chart = ranked((1, 0), &["rescale", "replan"][..impacts.len()], 0.0);
    chart.tiers = vec!["gold".to_owned(), "silver".to_owned()];
    let row = &mut chart.blocks[0].rows[0];
    row.failing = Named::new("=a", "A");
    row.impacts = impacts.into_iter().map(Some).collect();
    chart
}

#[test]
fn users_unserved_stand_by_tier_and_one_of_two_million_is_seen() {
    let chart = of(vec![impact(&[1.0, 2e6], 0.0)]);
    let headings = ["gold, users unserved", "silver, users unserved"];
    assert_says(&chart, 1200, &["1", "2,000,000", headings[0], headings[1]]);
    let nobody = words_at(&of(vec![impact(&[1e-9, 2e6], 0.0)]), 1200);
    assert!(!nobody.contains(&headings[0].to_owned()));
    assert!(pixels_at(&chart, Role::Full) > 0);
    let narrow = ["2,000,001 unserved", "1", "gold", "2,000,000", "silver"];
    assert_says(&chart, 360, &narrow);
}

#[test]
fn what_holds_under_one_recovery_says_so_beside_what_does_not() {
    let chart = of(vec![impact(&[0.0, 9e5], 1.4), impact(&[0.0, 0.0], 0.0)]);
    let words = ["rescale", "replan", "holds", "900,000", "overloaded"];
    assert_says(&chart, 1200, &words);
}

#[test]
fn missing_headroom_is_amber_and_overload_red() {
    let pixels = |missing| {
        let chart = of(vec![impact(&[0.0, 0.0], missing)]);
        [Role::BelowTarget, Role::Full].map(|role| pixels_at(&chart, role))
    };
    let [amber, red] = pixels(0.45);
    assert!(amber > 1000 && red == 0, "{amber} {red}");
    let [amber, red] = pixels(1.2);
    assert!(amber == 0 && red > 1000, "{amber} {red}");
}

#[test]
fn it_is_said_how_many_are_left_out() {
    let note = "Single sites: 10 worst of 17 failing cases shown; by_failure.csv has all.";
    assert_says(&ranked((10, 0), &["replan"], 2e6), 1200, &[note]);
}

#[test]
fn the_pointer_shows_what_every_recovery_leaves_of_a_case() {
    let with = Impact {
        missing: Some(MissingAt {
            share: 0.5,
            component: Named::new("=lb", "Load balancer"),
            resource: "cpu".to_owned(),
        }),
        ..impact(&[1.5, 0.0], 0.0)
    };
    let without = Impact {
        no_site: vec![0.0, 0.5],
        ..impact(&[0.0, 2.0], 0.0)
    };
    assert_states(
        &of(vec![with, without]),
        &[
            "A: rescale 2 users unserved (2 gold), 50 % of the headroom target of Load balancer cpu missing; \
             replan 2 users unserved (2 silver), 1 of them without a site",
        ],
    );
}
