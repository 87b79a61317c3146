//! Tests of the chart of survivability: what it shows, and that nothing collides.

#[path = "samples.rs"]
mod samples;

use super::{SurvivabilityChart, TierSurvival};
use crate::report::charts::Chart;
use crate::report::charts::legible::{WIDTHS, assert_no_shape_touches_texts, pixels_of, words_of};
use crate::report::charts::palette::Role;
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
fn one_tenant_of_millions_who_does_not_survive_is_seen() {
    let red = |survive: usize| {
        let chart = chart(&[("gold", 3_000_000, &[survive])]);
        pixels_of(&chart.picture(1200).expect("a picture").png, Role::Full)
    };
    assert_eq!(red(3_000_000), 0);
    // Of the legend's patch, and of the bar.
    assert!(red(2_999_999) >= 4 * (16 * 12 + 2 * 16));
}

#[test]
fn shares_are_rounded_down() {
    let chart = chart(&[
        ("gold", 1_000, &[1_000, 999]),
        ("silver", 3_000, &[3_000, 2_999]),
    ]);
    let words = words_of(&chart.svg(1200).expect("a picture"));
    for word in ["99.9 %", "100.0 %", "2,999 of 3,000 tenants"] {
        assert!(words.contains(&word.to_owned()), "{word}: {words:?}");
    }
    assert_eq!(words.iter().filter(|word| *word == "100.0 %").count(), 2);
}
