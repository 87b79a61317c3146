//! No text is cut or overlaps, at any width; the numbers are those of the curves.

use super::{Against, Curve, CurvePanel, ReplayChart, Scale, Standing};
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{all_pixels, pixels_of};
use crate::report::charts::palette::Role;
use crate::report::charts::through::{EventKind, EventSpan};
use crate::report::span::Clock;
use jiff::Timestamp;
use std::sync::Arc;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_769_068_800 + seconds).expect("within the calendar")
}

/// Curves of so many steps of so many seconds that rise and fall.
fn curve(standing: Standing, steps: usize, seconds: i64, most: f64, limits: Vec<f64>) -> Curve {
    let name = match standing {
        Standing::Asked => "with the plan",
        Standing::Compared => "if nobody acts",
    };
    let bound = |step: usize| at(i64::try_from(step).expect("few") * seconds);
    let value = |step: usize| most * (4.0 * (step as f64 / steps as f64 - 0.3)).sin().max(0.0);
    Curve {
        name,
        standing,
        bounds: Arc::new((0..=steps).map(bound).collect()),
        values: (0..steps).map(value).collect(),
        limits,
    }
}

fn event(number: i64, subject: &str, known: i64) -> EventSpan {
    EventSpan {
        start: at(3600 * number),
        end: at(3600 * (number + 2)),
        known: at(3600 * number + known),
        kind: EventKind::Failure,
        subject: subject.to_owned(),
        what: "failure, 35 % left".to_owned(),
    }
}

fn chart(steps: usize, seconds: i64, events: Vec<EventSpan>) -> ReplayChart {
    let of = |standing, most| curve(standing, steps, seconds, most, Vec::new());
    let limited = |standing| curve(standing, steps, seconds, 1_200.0, vec![600.0; steps]);
    let end = seconds * i64::try_from(steps).expect("few");
    ReplayChart {
        title: "With the plan 412,300 user minutes are lost instead of 31.2 million: 98.6 % less"
            .to_owned(),
        scenario: "chicago-maintenance".to_owned(),
        clock: Clock {
            start: at(0),
            end: at(end),
            offset: jiff::tz::offset(-6),
        },
        events,
        panels: vec![
            CurvePanel {
                heading: "users down at once".to_owned(),
                quantity: "users down",
                unit: "users".to_owned(),
                against: Against::EachOther,
                curves: vec![of(Standing::Asked, 40_000.0), of(Standing::Compared, 1.6e6)],
            },
            CurvePanel {
                heading:
                    "new sessions a second that come to San Antonio load balancer 2, with the plan"
                        .to_owned(),
                quantity: "offered",
                unit: "sessions/s".to_owned(),
                against: Against::Limit,
                curves: vec![limited(Standing::Asked)],
            },
        ],
        notes: vec!["Of steps finer than a pixel the worst is drawn.".to_owned()],
    }
}

/// Every sample and its name.
pub(in crate::report::charts) fn all() -> Vec<(&'static str, ReplayChart)> {
    let long = "A load balancer whose name goes on and on until nobody can read it any more";
    let several = (0..12).map(|own| event(own, &format!("lb-{own}"), 600));
    let mut empty = chart(5, 60, Vec::new());
    empty.panels.clear();
    vec![
        ("1-step", chart(1, 60, Vec::new())),
        (
            "replay-30-steps",
            chart(30, 1, vec![event(0, "Chicago", 0)]),
        ),
        (
            "replay-480-steps",
            chart(480, 60, vec![event(2, long, 1800), event(4, "Chicago", 0)]),
        ),
        ("12-events", chart(2_000, 1_800, several.collect())),
        ("nothing", empty),
    ]
}

#[test]
fn a_day_of_seconds_is_drawn_small_and_no_peak_is_lost() {
    let mut chart = chart(86_400, 1, vec![event(2, "Chicago", 0)]);
    let values = &mut chart.panels[0].curves[0].values;
    values.fill(0.0);
    values[43_210] = 1.6e6;
    let svg = chart.svg(1200).expect("it can be drawn");
    assert!(svg.len() < 250_000, "{} bytes", svg.len());
    assert!(
        svg.contains("with the plan: 1,600,000 users at 22 Jan 14:00"),
        "the pointer finds it"
    );
    let picture = chart.picture(1200).expect("it can be drawn");
    assert!(all_pixels(&picture.png) > 0);
    assert!(
        pixels_of(&picture.png, Role::Full) > 150,
        "the peak is seen"
    );
}

fn labels(most: f64) -> Vec<String> {
    Scale::new(most).ticks().map(|own| own.1).collect()
}

#[test]
fn labels_are_round_and_few() {
    assert_eq!(labels(1.5e6), ["0", "500,000", "1 M", "1.5 M"]);
    assert_eq!(labels(531_421.0), ["0", "200,000", "400,000", "600,000"]);
    assert_eq!(labels(60.0), ["0", "20", "40", "60"]);
    assert_eq!(labels(0.9), ["0", "0.25", "0.5", "0.75", "1"]);
    assert_eq!(labels(0.0), ["0", "1"]);
    assert_eq!(labels(4.1e9), ["0", "2 bn", "4 bn", "6 bn"]);
}
