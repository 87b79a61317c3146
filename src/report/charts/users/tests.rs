//! Tests of the chart of users by state: what it shows.

use super::{UsersChart, UsersPeriod};
use crate::model::Phase;
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{assert_says, pixels_at, tips_of, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::periods::{at_home, drain};
use crate::report::charts::samples::sample::{DAY, at, with};

/// A chart of one period of an hour.
fn chart(period: UsersPeriod) -> UsersChart {
    with(drain(&[60], 1, 0.0, 0.0), |users_chart| {
        users_chart.periods = vec![period];
    })
}

/// Of 60 million, all others at home.
fn period(away: f64, new: f64, unserved: f64) -> UsersPeriod {
    UsersPeriod {
        at_home: 60e6 - away - new - unserved,
        away,
        new,
        unserved,
        ..at_home(0, at(0), at(60))
    }
}

fn red(period: UsersPeriod) -> usize {
    pixels_at(&chart(period), Role::Full)
}

#[test]
fn one_unserved_user_of_60_million_is_seen_and_nobody_is_not() {
    assert_eq!(red(period(310_400.0, 36_000.0, 0.0)), 0);
    // What arithmetic leaves of nobody is nobody.
    assert_eq!(red(period(310_400.0, 0.0, 1e-9)), 0);
    let key = 4 * 16 * 12;
    // Four pixels of the bar, doubled in both directions.
    assert!(red(period(310_400.0, 0.0, 1.0)) >= key + 4 * 4 * 13);
    assert_says(&chart(period(310_400.0, 0.0, 0.3)), 1200, &["1"]);
}

#[test]
fn one_scale_counts_the_users_that_are_not_at_home_and_numbers_count_the_others() {
    let chart = chart(period(600_000.0, 0.0, 0.0));
    let note = "Of 60,000,000 users; those at home have no bar.";
    let words = ["600,000", "59,400,000", "users not at home"];
    assert_says(&chart, 1200, &words);
    let said = words_at(&chart, 1200).join(" ").replace('\u{a0}', " ");
    assert!(said.contains(note), "{said}");
    assert_eq!(pixels_at(&chart, Role::Home), 0);
}

#[test]
fn the_bar_is_as_long_as_its_users_are_many() {
    let pink = |away: f64| {
        let second = with(period(away, 0.0, 0.0), |users_period| {
            users_period.start = users_period.end;
        });
        let chart = chart(period(600_000.0, 0.0, 0.0));
        pixels_at(
            &with(chart, |users_chart| users_chart.periods.push(second)),
            Role::Moved,
        )
    };
    let (none, half, whole) = (pink(0.0), pink(300_000.0), pink(600_000.0));
    // Apart from half a pixel.
    let share = (half - none) as f64 / (whole - none) as f64;
    assert!((share - 0.5).abs() < 0.02, "{share}");
}

#[test]
fn affected_users_are_outlined_and_not_added() {
    let affected = with(period(310_400.0, 0.0, 0.0), |users_period| {
        (users_period.affected, users_period.phase) = (1_737_537.0, Phase::Blind);
    });
    let words = [
        "1,737,537",
        "08:00 to 09:00 · blind",
        "served in the plan, but affected by undetected faults",
    ];
    assert_says(&chart(affected), 1200, &words);
}

#[test]
fn the_pointer_shows_the_numbers_of_every_period() {
    let svg = drain(&DAY, 8, 310_400.0, 3.0).svg(1200).expect("a picture");
    let tips = tips_of(&svg);
    assert_eq!(tips.len(), 8);
    let words = "09:08 to 09:30: 3 unserved, 1 no site, 310,400 displaced, 310,400 moving, 103,466 by copying, \
                 0 returned, 59,689,597 at home of 60,000,000 users";
    assert_eq!(tips[2], words);
}
