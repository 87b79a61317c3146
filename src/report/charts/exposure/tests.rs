//! Tests of the chart of exposure: what it shows, and that nothing collides.

#[path = "samples.rs"]
mod samples;

use super::{Detected, ExposureChart, TierExposure};
use crate::report::charts::Chart;
use crate::report::charts::legible::{WIDTHS, assert_no_shape_touches_texts, words_of};
use samples::chart;

#[test]
fn no_text_overlaps_or_is_cut_whatever_the_size() {
    for (name, chart) in samples::all() {
        for width in WIDTHS.into_iter().chain([360]) {
            let svg = chart.svg(width).expect("a picture");
            assert_no_shape_touches_texts(&format!("{name} at {width}"), &svg);
        }
    }
}

#[test]
fn allowance_and_loss_stand_at_every_tier_and_bar() {
    let chart = chart(&[("gold", 300, 43.2, &[300, 288])]);
    let words = words_of(&chart.svg(1200).expect("a picture"));
    for word in [
        "gold, 43.2 min a month allowed",
        "after 15 min: 7.5 min a user",
        "after 30 min: 15 min a user",
        "100.0 %",
        "96.0 %",
    ] {
        assert!(words.contains(&word.to_owned()), "{word}: {words:?}");
    }
}

#[test]
fn no_minutes_are_left_out_where_there_is_little_room() {
    for (name, chart) in samples::all() {
        let words = words_of(&chart.svg(360).expect("a picture"));
        let minutes: Vec<&String> = words
            .iter()
            .filter(|own| own.contains("min a user"))
            .collect();
        let bars: usize = chart.tiers.iter().map(|own| own.detected.len()).sum();
        assert_eq!(minutes.len(), bars, "{name}");
        assert!(
            minutes.iter().all(|own| !own.contains('…')),
            "{name}: {minutes:?}"
        );
    }
}
