//! Tests of the chart of users by state: what it shows, and that nothing collides, measured with the font that
//! draws.

#[path = "samples.rs"]
mod samples;

use super::{UsersChart, UsersPeriod};
use crate::model::Phase;
use crate::report::charts::Chart;
use crate::report::charts::legible::{WIDTHS, assert_no_shape_touches_texts, pixels_of, words_of};
use crate::report::charts::palette::Role;
use crate::report::span::Clock;

#[test]
fn no_text_overlaps_or_is_cut_whatever_the_size() {
    for (name, chart) in samples::all() {
        for width in WIDTHS {
            let svg = chart.svg(width).expect("a picture");
            assert_no_shape_touches_texts(&format!("{name} at {width}"), &svg);
        }
    }
}

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
    let picture = chart(period).picture(1200).expect("a picture");
    pixels_of(&picture.png, Role::Full)
}

#[test]
fn one_unserved_user_of_60_million_is_seen_and_nobody_is_not() {
    assert_eq!(red(period(310_400.0, 36_000.0, 0.0)), 0);
    // What arithmetic leaves of nobody is nobody.
    assert_eq!(red(period(310_400.0, 0.0, 1e-9)), 0);
    let key = 4 * 16 * 12;
    // Four pixels of the bar and two of the strip, at two pixels each way.
    assert!(red(period(310_400.0, 0.0, 1.0)) >= key + 4 * (4 * 13 + 2 * 5));
    assert!(words(&chart(period(310_400.0, 0.0, 0.3))).contains(&"1".to_owned()));
}

fn words(chart: &UsersChart) -> Vec<String> {
    words_of(&chart.svg(1200).expect("a picture"))
}

#[test]
fn those_who_are_not_at_home_are_enlarged_and_it_is_said_how_much() {
    // 600,000 of 60 million fill the bar, less a spare end: about a hundred times.
    let words = words(&chart(period(600_000.0, 0.0, 0.0)));
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
        pixels_of(&chart.picture(1200).expect("a picture").png, Role::Moved)
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
    let words = words(&chart);
    for shown in [
        "1,737,537",
        "08:00 to 09:00 · blind",
        "served, but hurt in truth",
    ] {
        assert!(words.contains(&shown.to_owned()), "{shown}: {words:?}");
    }
}

#[test]
fn the_order_of_periods_changes_no_byte() {
    for (name, chart) in samples::all() {
        let mut reversed = chart.clone();
        reversed.periods.reverse();
        for width in [360, 1200] {
            assert!(chart.svg(width).ok() == reversed.svg(width).ok(), "{name}");
        }
    }
}

#[test]
fn a_chart_without_periods_is_a_chart() {
    let mut chart = chart(period(0.0, 0.0, 0.0));
    chart.periods.clear();
    for width in [320, 1200] {
        let picture = chart.picture(width).expect("a picture");
        assert!(picture.svg.contains(">finding</text>"));
    }
}

#[test]
fn the_pointer_tells_the_numbers_of_every_period() {
    for (name, chart) in samples::all() {
        let svg = chart.svg(1200).expect("a picture");
        let (_, tips) = svg.split_once("<g class=\"tips\"").expect("it has tips");
        assert_eq!(
            tips.matches("<title>").count(),
            chart.periods.len(),
            "{name}"
        );
    }
}
