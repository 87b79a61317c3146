//! Tests of the chart of steering: what it shows, that all are in it, and that nothing collides.

use super::select::Selection;
use super::{MOST_ACCESS_POINTS, SteeringChart};
use crate::plan_files::AccessPointUse;
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{pixels_of, words_of};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::flows::{
    self as samples, access_point, entry, steering_chart as chart,
};
use crate::report::{AccessPointRow, EntryRow, Named, Steering};

use AccessPointUse::{Active, Closed, Opened, Standby};

/// The words of a picture in the order drawn.
fn words(chart: &SteeringChart) -> Vec<String> {
    words_of(&chart.svg(1200).expect("a small picture"))
}

fn has(words: &[String], wanted: &str) -> bool {
    words.iter().any(|word| word == wanted)
}

#[test]
fn rows_and_what_is_summed_up_come_to_everybody() {
    for (name, chart) in samples::steering_charts() {
        let steering = chart.steering.clone().sorted();
        let selection = Selection::new(&steering, chart.most_access_points);
        let now: f64 = chart.steering.entries.iter().map(|row| row.now).sum();
        let before: f64 = chart.steering.entries.iter().map(|row| row.before).sum();
        let shown = |sums: fn(&super::select::Sums) -> f64| -> f64 {
            let rows = selection.shown.iter().map(|row| sums(&row.sums));
            rows.sum::<f64>() + sums(&selection.of_others)
        };
        assert!(
            (shown(|sums| sums.now) - now).abs() <= 1e-6 * now.max(1.0),
            "{name}"
        );
        assert!(
            (shown(|sums| sums.before) - before).abs() <= 1e-6 * before.max(1.0),
            "{name}"
        );
        assert!(
            (selection.of_all.now - now).abs() <= 1e-6 * now.max(1.0),
            "{name}"
        );
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
    let selection = Selection::new(&steering, MOST_ACCESS_POINTS);
    let ids: Vec<&str> = selection
        .shown
        .iter()
        .map(|row| row.row.access_point.id.as_str())
        .collect();
    assert_eq!(ids, ["ap-3", "ap-2", "ap-1", "ap-4", "ap-0"]);
}

#[test]
fn a_row_names_the_client_regions_that_come_and_go_with_their_users() {
    let words = words(&samples::small());
    for wanted in [
        "opens",
        "gains 9,000\u{a0}of\u{a0}Dallas and 6,000\u{a0}of\u{a0}Houston",
        "loses 9,000\u{a0}of\u{a0}Dallas and 8,000\u{a0}of\u{a0}Houston",
        "gains 2,000\u{a0}of\u{a0}Houston",
        "+15,000",
        "−17,000",
    ] {
        assert!(has(&words, wanted), "{wanted}: {words:?}");
    }
}

#[test]
fn many_client_regions_are_counted() {
    let drawn = samples::large(1200, 100);
    let words = words(&drawn);
    let gains: Vec<&String> = words
        .iter()
        .filter(|word| word.starts_with("gains "))
        .collect();
    // All 1,200 go to the one that opens: those who are named and those who are counted are as many.
    let (named, counted) = gains[0].rsplit_once(" and ").expect("a list");
    let named = named.matches("\u{a0}of\u{a0}").count();
    assert!(named >= 3, "{gains:?}");
    assert_eq!(
        counted,
        format!("1,{} more client regions", 200 - named),
        "{gains:?}"
    );
    assert!(
        words
            .iter()
            .any(|word| word.ends_with(" more access points"))
    );
}

#[test]
fn the_title_says_what_opens_and_how_many_client_regions_change() {
    assert_eq!(
        samples::small().title(),
        "Dallas opens for 15,000 users; 2 client regions change their access point"
    );
    let closes = chart(Steering {
        access_points: vec![
            access_point(1, Active, Closed),
            access_point(2, Active, Active),
        ],
        entries: vec![entry((1, 0), 40.0, 0.0), entry((2, 0), 60.0, 100.0)],
    });
    assert_eq!(
        closes.title(),
        "Houston closes; 1 client region changes its access point"
    );
    let shifts = chart(Steering {
        access_points: vec![
            access_point(1, Active, Active),
            access_point(2, Active, Active),
        ],
        entries: vec![entry((1, 0), 40.0, 0.0), entry((2, 0), 60.0, 100.0)],
    });
    assert_eq!(
        shifts.title(),
        "40 users of 1 client region change their access point: all enter at New York City"
    );
}

#[test]
fn more_users_who_enter_as_before_are_no_change_of_steering() {
    let grown = samples::growth();
    assert_eq!(grown.title(), "Everyone enters as before");
    assert!(!grown.steering.entries.iter().any(|row| row.arriving > 0.0));
    assert!(
        !words(&grown)
            .iter()
            .any(|word| word.starts_with("gains") || word.starts_with("loses"))
    );
}

#[test]
fn what_stays_what_comes_and_what_opens_have_their_colours() {
    let picture = samples::small().picture(600).expect("a picture");
    for role in [Role::Home, Role::Moved, Role::Opened, Role::Before] {
        assert!(pixels_of(&picture.png, role) > 200, "{role:?} is missing");
    }
    let grown = samples::growth().picture(600).expect("a picture");
    assert_eq!(pixels_of(&grown.png, Role::Moved), 0);
}

#[test]
fn dust_is_nobody_and_never_drawn() {
    let clean = samples::small();
    let mut steering = clean.steering.clone();
    steering.entries.push(entry((2, 5), 1e-9, 0.0));
    let mut undefined = entry((2, 6), f64::NAN, f64::NAN);
    (undefined.arriving, undefined.leaving) = (f64::NAN, f64::NAN);
    steering.entries.push(undefined);
    assert_eq!(clean.svg(900).ok(), chart(steering).svg(900).ok());
}

#[test]
fn who_closes_without_users_has_a_row_and_names_stay_text() {
    let place = Named::new("=1+1", "Evil, \"quoted\"");
    let region = Named::new("@home", "Home");
    let steering = Steering {
        access_points: vec![
            AccessPointRow {
                access_point: place.clone(),
                before: Standby,
                now: Opened,
            },
            access_point(1, Active, Closed),
        ],
        entries: vec![EntryRow {
            access_point: place,
            client_region: region,
            before: 0.0,
            now: 8.0,
            arriving: 8.0,
            leaving: 0.0,
        }],
    };
    let words = words(&chart(steering));
    for shown in [
        "Evil, \"quoted\"",
        "opens",
        "gains 8\u{a0}of\u{a0}Home",
        "Houston",
        "closes",
    ] {
        assert!(has(&words, shown), "{shown}: {words:?}");
    }
}
