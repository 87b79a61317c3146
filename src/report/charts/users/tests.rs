//! Tests of the chart of users by state: what it shows.

use super::{UsersChart, UsersPeriod};
use crate::model::Phase;
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{assert_says, pixels_at, tips_of, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::periods::drain;
use crate::report::charts::samples::sample::DAY;
use crate::report::span::Clock;

/// A chart of one period of an hour.
fn chart(period: UsersPeriod) -> UsersChart {
    let clock = Clock {
        start: period.start,
        end: period.end,
        offset: jiff::tz::offset(-8),
    };
    UsersChart {
        title: "finding".to_owned(),
        scenario: "scenario".to_owned(),
        span: "span".to_owned(),
        clock,
        periods: vec![period],
    }
}

/// Of 60 million, all others at home.
fn period(away: f64, new: f64, unserved: f64) -> UsersPeriod {
    let at = |text: &str| text.parse().expect("an instant");
    UsersPeriod {
        index: 0,
        start: at("2012-11-13T16:00:00Z"),
        end: at("2012-11-13T17:00:00Z"),
        phase: Phase::Known,
        users: 60e6,
        at_home: 60e6 - away - new - unserved,
        no_site: 0.0,
        away,
        new,
        unserved,
        moving: 0.0,
        copied: 0.0,
        returned: 0.0,
        hurt: 0.0,
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
    // Four pixels of the bar and two of the strip, at two pixels each way.
    assert!(red(period(310_400.0, 0.0, 1.0)) >= key + 4 * (4 * 13 + 2 * 5));
    assert!(words_at(&chart(period(310_400.0, 0.0, 0.3)), 1200).contains(&"1".to_owned()));
}

#[test]
fn those_who_are_not_at_home_are_enlarged_and_it_is_said_how_much() {
    // 600,000 of 60 million fill the bar, less a spare end: about a hundred times.
    let words = words_at(&chart(period(600_000.0, 0.0, 0.0)), 1200);
    let note = words.last().expect("a note");
    let times: f64 = note
        .split_whitespace()
        .skip_while(|word| *word != "enlarged")
        .nth(1)
        .and_then(|number| number.parse().ok())
        .expect("a number");
    assert!((95.0..=100.0).contains(&times), "{note}");
    assert!(words.contains(&"600,000".to_owned()) && words.contains(&"59,400,000".to_owned()));
}

#[test]
fn the_bar_is_as_long_as_its_users_are_many() {
    let pink = |away: f64| {
        let mut chart = chart(period(600_000.0, 0.0, 0.0));
        let mut second = period(away, 0.0, 0.0);
        (second.start, second.end) = (chart.clock.end, chart.clock.end);
        chart.periods.push(second);
        pixels_at(&chart, Role::Moved)
    };
    let (none, half, whole) = (pink(0.0), pink(300_000.0), pink(600_000.0));
    // But for the strip's least width, and for half a pixel.
    let share = (half - none) as f64 / (whole - none) as f64;
    assert!((share - 0.5).abs() < 0.02, "{share}");
}

#[test]
fn who_is_hurt_in_truth_is_outlined_and_not_added() {
    let mut hurt = period(310_400.0, 0.0, 0.0);
    hurt.hurt = 1_737_537.0;
    hurt.phase = Phase::Blind;
    let chart = chart(hurt);
    assert_says(
        &chart,
        1200,
        &[
            "1,737,537",
            "08:00 to 09:00 · blind",
            "served, but hurt in truth",
        ],
    );
}

#[test]
fn the_pointer_tells_the_numbers_of_every_period() {
    let svg = drain(&DAY, 8, 310_400.0, 3.0).svg(1200).expect("a picture");
    let tips = tips_of(&svg);
    assert_eq!(tips.len(), 8);
    let words = "09:08 to 09:30: 3 unserved, 1 no site, 310,400 away, 310,400 move now, 103,466 by copying, \
                 0 return, 59,689,597 at home of 60,000,000 users";
    assert_eq!(tips[2], words);
}
