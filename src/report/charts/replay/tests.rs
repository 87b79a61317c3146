//! Tests of the chart of a replay: no peak is lost, and labels are round.

use super::label;
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{pixels_at, tips_of};
use crate::report::charts::kit::scale::Scale;
use crate::report::charts::palette::Role;
use crate::report::charts::samples::plays::{failure, replay};

#[test]
fn a_day_of_seconds_is_drawn_small_and_no_peak_is_lost() {
    let mut chart = replay(86_400, 1, vec![failure(2, "Chicago", 0)]);
    let values = &mut chart.panels[0].curves[0].values;
    values.fill(0.0);
    values[43_210] = 1.6e6;
    let svg = chart.svg(1200).expect("it can be drawn");
    assert!(svg.len() < 250_000, "{} bytes", svg.len());
    let peak = "with the plan: 1,600,000 users at 13 Nov 20:00";
    assert!(svg.contains(peak), "the pointer finds it");
    assert!(pixels_at(&chart, Role::Full) > 150, "the peak is seen");
}

#[test]
fn the_pointer_shows_what_there_is_space_for() {
    let svg = replay(300, 60, Vec::new()).svg(1200).expect("a picture");
    let tips = tips_of(&svg).into_iter();
    let spaces = tips.filter(|tip| tip.contains("sessions/s at "));
    assert!(spaces.clone().count() > 10);
    assert!(spaces.into_iter().all(|text| text.ends_with(", limit 600")));
}

#[test]
fn labels_are_round_and_few() {
    let labels = |most: f64| {
        let (scale, step) = Scale::rounded(most, (0.0, 100.0));
        let labels = scale.steps(step).map(|pair| label(pair.0));
        labels.collect::<Vec<_>>()
    };
    assert_eq!(labels(1.5e6), ["0", "500,000", "1 M", "1.5 M"]);
    assert_eq!(labels(531_421.0), ["0", "200,000", "400,000", "600,000"]);
    assert_eq!(labels(60.0), ["0", "20", "40", "60"]);
    assert_eq!(labels(0.9), ["0", "0.5", "1"]);
    assert_eq!(labels(0.0), ["0", "1"]);
    assert_eq!(labels(4.1e9), ["0", "2 bn", "4 bn", "6 bn"]);
}
