//! Tests of the chart of ranked failures: what it shows.

use super::{Impact, ImpactBlock, ImpactChart, ImpactRow, MissingAt};
use crate::report::Named;
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{
    assert_says, assert_tells, pixels_at, pixels_of, words_at,
};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::sweep::{impact, ranked};

/// One case of these impacts under `rescale` and `replan`.
fn of(impacts: Vec<Impact>) -> ImpactChart {
    let recoveries = ["rescale", "replan"];
    ImpactChart {
        title: "finding".to_owned(),
        about: Vec::new(),
        tiers: vec!["gold".to_owned(), "silver".to_owned()],
        recoveries: recoveries[..impacts.len()].to_vec(),
        blocks: vec![ImpactBlock {
            heading: "Single sites".to_owned(),
            rows: vec![ImpactRow {
                failing: Named::new("=a", "A"),
                impacts: impacts.into_iter().map(Some).collect(),
            }],
            in_all: 1,
        }],
    }
}

#[test]
fn users_unserved_stand_by_tier_and_one_of_two_million_is_seen() {
    let chart = of(vec![impact(&[1.0, 2e6], 0.0)]);
    assert_says(
        &chart,
        1200,
        &[
            "1",
            "2,000,000",
            "gold, users unserved",
            "silver, users unserved",
        ],
    );
    let nobody = of(vec![impact(&[1e-9, 2e6], 0.0)]);
    assert!(!words_at(&nobody, 1200).contains(&"gold, users unserved".to_owned()));
    assert!(pixels_at(&chart, Role::Full) > 0);
    assert_says(
        &chart,
        360,
        &["2,000,001 unserved", "1", "gold", "2,000,000", "silver"],
    );
}

#[test]
fn what_holds_under_one_recovery_says_so_beside_what_does_not() {
    let chart = of(vec![impact(&[0.0, 9e5], 1.4), impact(&[0.0, 0.0], 0.0)]);
    assert_says(
        &chart,
        1200,
        &["rescale", "replan", "holds", "900,000", "overloaded"],
    );
}

#[test]
fn missing_headroom_is_amber_and_overload_red() {
    let pixels = |missing: f64| {
        let png = of(vec![impact(&[0.0, 0.0], missing)])
            .picture(1200)
            .expect("a picture")
            .png;
        (
            pixels_of(&png, Role::BelowTarget),
            pixels_of(&png, Role::Full),
        )
    };
    let (amber, red) = pixels(0.45);
    assert!(amber > 1000 && red == 0, "{amber} {red}");
    let (amber, red) = pixels(1.2);
    assert!(amber == 0 && red > 1000, "{amber} {red}");
}

#[test]
fn it_is_said_how_many_are_left_out() {
    let shown = words_at(&ranked((10, 0), &["replan"], 2e6), 1200);
    let note =
        "Single sites: of 17 that do not hold 10 of the worst are shown; by_failure.csv has all.";
    assert!(shown.contains(&note.to_owned()), "{shown:?}");
}

#[test]
fn the_pointer_tells_what_every_recovery_leaves_of_a_case() {
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
    assert_tells(
        &of(vec![with, without]),
        &[
            "A: rescale 2 users unserved (2 gold), 50 % of the headroom target of Load balancer cpu missing; \
             replan 2 users unserved (2 silver), 1 of them without a site",
        ],
    );
}
