//! Tests of the chart of steering: what it shows, and that all are in it.

use super::select::{SteeringSelection, SteeringSums};
use super::{MOST_ACCESS_POINTS, SteeringChart};
use crate::plan_files::AccessPointUse::{Active, Closed, Opened, Standby};
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{assert_says, pixels_at, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::flows::{
    self as samples, access_point, entry, steering_chart as chart,
};
use crate::report::charts::samples::sample::with;
use crate::report::{AccessPointRow, EntryRow, Named, Steering};

/// The words of a picture that begin with one of these.
fn words(chart: &SteeringChart, starts: &[&str]) -> Vec<String> {
    let words = words_at(chart, 1200).into_iter();
    let is_wanted = |word: &String| starts.iter().any(|start| word.starts_with(start));
    words.filter(is_wanted).collect()
}

/// Houston and New York City, the first of which had 40 users.
fn shift(now: crate::plan_files::AccessPointUse) -> SteeringChart {
    chart(Steering {
        access_points: vec![
            access_point(1, Active, now),
            access_point(2, Active, Active),
        ],
        entries: vec![entry((1, 0), 40.0, 0.0), entry((2, 0), 60.0, 100.0)],
    })
}

#[test]
fn rows_and_what_is_summed_up_come_to_everybody() {
    type Sum = fn(&SteeringSums) -> f64;
    type Users = fn(&EntryRow) -> f64;
    for (name, chart) in samples::steering_charts() {
        let steering = chart.steering.clone().sorted();
        let selection = SteeringSelection::new(&steering, chart.most_access_points);
        let now: (Sum, Users) = (|sums| sums.now, |row| row.now);
        let before: (Sum, Users) = (|sums| sums.before, |row| row.before);
        for (sum, users) in [now, before] {
            let all: f64 = chart.steering.entries.iter().map(users).sum();
            let shown: f64 = selection.shown.iter().map(|row| sum(&row.sums)).sum();
            for found in [shown + sum(&selection.of_others), sum(&selection.of_all)] {
                assert!((found - all).abs() <= 1e-6 * all.max(1.0), "{name}");
            }
        }
    }
}

#[test]
fn opened_access_points_stand_on_top_then_closed_ones_then_those_that_change_most() {
    let steering = Steering {
        access_points: vec![
            access_point(0, Active, Active),
            access_point(1, Active, Active),
            access_point(2, Active, Closed),
            access_point(3, Standby, Opened),
            access_point(4, Active, Active),
            access_point(5, Standby, Standby),
        ],
        entries: vec![
            entry((0, 0), 900.0, 900.0),
            entry((1, 0), 50.0, 70.0),
            entry((2, 0), 40.0, 0.0),
            entry((3, 0), 0.0, 10.0),
            entry((4, 0), 10.0, 20.0),
        ],
    };
    let steering = steering.sorted();
    let selection = SteeringSelection::new(&steering, MOST_ACCESS_POINTS);
    let ids = selection
        .shown
        .iter()
        .map(|access_point_gauge| &access_point_gauge.row.access_point.id);
    assert_eq!(
        ids.collect::<Vec<_>>(),
        ["ap-3", "ap-2", "ap-1", "ap-4", "ap-0"]
    );
}

#[test]
fn a_row_names_the_client_regions_that_come_and_go_with_their_users() {
    let wanted = [
        "opens",
        "gains 9,000\u{a0}from\u{a0}Dallas and 6,000\u{a0}from\u{a0}Houston",
        "loses 9,000\u{a0}of\u{a0}Dallas and 8,000\u{a0}of\u{a0}Houston",
        "gains 2,000\u{a0}from\u{a0}Houston",
        "+15,000",
        "−17,000",
    ];
    assert_says(&samples::small(), 1200, &wanted);
}

#[test]
fn many_client_regions_are_counted() {
    let gains = words(&samples::large(1200, 100), &["gains "]);
    // All 1,200 go to the one that opens: those who are named and those who are counted are as many.
    let (named, counted) = gains[0].rsplit_once(" and ").expect("a list");
    let named = named.matches("\u{a0}from\u{a0}").count();
    assert!(named >= 3, "{gains:?}");
    assert_eq!(counted, format!("1,{} more client regions", 200 - named));
    let words = words_at(&samples::large(1200, 100), 1200);
    assert!(
        words
            .iter()
            .any(|word| word.ends_with(" more access points"))
    );
}

#[test]
fn the_title_says_what_opens_and_how_many_client_regions_change() {
    let title = samples::small().title;
    let expected = "Dallas opens for 15,000 users; 2 client regions change their access point";
    assert_eq!(title, expected);
    let expected = "Houston closes; 1 client region changes its access point";
    assert_eq!(shift(Closed).title, expected);
    let expected = "New York City +40 users, Houston −40; 1 client region changes its access point";
    assert_eq!(shift(Active).title, expected);
}

#[test]
fn more_users_who_enter_as_before_are_no_change_of_steering() {
    let grown = samples::growth();
    assert_eq!(grown.title, "Everyone enters as before");
    assert!(!grown.steering.entries.iter().any(|row| row.arriving > 0.0));
    assert!(words(&grown, &["gains", "loses"]).is_empty());
    assert_eq!(pixels_at(&grown, Role::Moved), 0);
}

#[test]
fn what_stays_what_comes_and_what_opens_have_their_colours() {
    for role in [Role::Home, Role::Moved, Role::Opened, Role::Before] {
        assert!(
            pixels_at(&samples::small(), role) > 200,
            "{role:?} is missing"
        );
    }
}

#[test]
fn dust_is_nobody_and_never_drawn() {
    let clean = samples::small();
    let undefined = with(entry((2, 6), f64::NAN, f64::NAN), |entry_row| {
        (entry_row.arriving, entry_row.leaving) = (f64::NAN, f64::NAN);
    });
    let mut steering = clean.steering.clone();
    steering
        .entries
        .extend([entry((2, 5), 1e-9, 0.0), undefined]);
    assert_eq!(clean.svg(900).ok(), chart(steering).svg(900).ok());
}

#[test]
fn who_closes_without_users_has_a_row_and_names_stay_text() {
    let place = Named::new("=1+1", "Evil, \"quoted\"");
    let steering = Steering {
        access_points: vec![
            AccessPointRow {
                access_point: place.clone(),
                ..access_point(0, Standby, Opened)
            },
            access_point(1, Active, Closed),
        ],
        entries: vec![EntryRow {
            access_point: place,
            client_region: Named::new("@home", "Home"),
            ..entry((0, 0), 0.0, 8.0)
        }],
    };
    let shown = [
        "Evil, \"quoted\"",
        "opens",
        "gains 8\u{a0}from\u{a0}Home",
        "Houston",
        "closes",
    ];
    assert_says(&chart(steering), 1200, &shown);
}
