//! Tests of the finding of users by state.

use super::*;
use crate::model::Phase;

/// Periods of one hour each from 08:00 in UTC-8, with the given numbers of unserved, affected and displaced users.
fn title_of(counts: &[[f64; 3]]) -> String {
    let start: jiff::Timestamp = "2012-11-13T16:00:00Z".parse().expect("an instant");
    let hour = |hour: usize| {
        let hours = i64::try_from(hour).expect("few hours");
        start + jiff::SignedDuration::from_hours(hours)
    };
    let periods = counts.iter().enumerate();
    let periods: Vec<UsersPeriod> = periods
        .map(|(index, &[unserved, is_affected, away])| UsersPeriod {
            index,
            start: hour(index),
            end: hour(index + 1),
            phase: Phase::Known,
            users: 60e6,
            at_home: 60e6 - unserved - away,
            away,
            new: 0.0,
            unserved,
            no_site: 0.0,
            moving: 0.0,
            copied: 0.0,
            returned: 0.0,
            affected: is_affected,
        })
        .collect();
    let clock = Clock {
        start,
        end: hour(counts.len()),
        offset: jiff::tz::offset(-8),
    };
    title(&clock, "Everyone is served", &periods)
}

#[test]
fn the_title_says_whether_everyone_is_served_and_how_many_are_away_when() {
    let away = |users: f64| [0.0, 0.0, users];
    assert_eq!(
        title_of(&[away(0.0), away(310_400.0), away(310_400.0), away(9.0)]),
        "Everyone is served in all 4 periods; at most 310,400 users are displaced (09:00 to 11:00)"
    );
    assert_eq!(
        title_of(&[away(310_400.0)]),
        "Everyone is served; 310,400 users are displaced"
    );
    assert_eq!(
        title_of(&[away(0.0), away(0.0)]),
        "Everyone is served in both periods; none is displaced"
    );
    // As beside the bars: to the nearest, and never as nobody.
    assert_eq!(
        title_of(&[away(1_011_395.2)]),
        "Everyone is served; 1,011,395 users are displaced"
    );
    assert_eq!(
        title_of(&[away(0.2)]),
        "Everyone is served; <1 user is displaced"
    );
    // Throughout: without a time.
    assert_eq!(
        title_of(&[away(7.0), away(7.0)]),
        "Everyone is served in both periods; at most 7 users are displaced"
    );
}

#[test]
fn the_unserved_come_first_rounded_up_and_undetected_faults_are_shown() {
    assert_eq!(
        title_of(&[[0.0, 0.0, 0.0], [0.3, 0.0, 0.0]]),
        "1 user is unserved (09:00 to 10:00); none is displaced"
    );
    assert_eq!(
        title_of(&[[0.0, 12.0, 5.0], [0.0, 0.0, 6.0]]),
        "Undetected faults affect 12 users (08:00 to 09:00); at most 6 users are displaced (09:00 to 10:00)"
    );
    assert_eq!(
        title_of(&[[3.0, 12.0, 0.0]]),
        "3 users are unserved; undetected faults affect 12 users"
    );
}

#[test]
fn displaced_users_are_rounded_to_the_nearest_as_in_every_other_chart() {
    assert_eq!(
        title_of(&[[0.2, 0.0, 1_011_395.2]]),
        "1 user is unserved; 1,011,395 users are displaced"
    );
}

#[test]
fn what_arithmetic_leaves_of_nobody_is_nobody() {
    assert_eq!(
        title_of(&[[1e-9, 1e-9, 1e-9]]),
        "Everyone is served; none is displaced"
    );
}
