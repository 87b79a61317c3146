//! Tests of the charts of tenants: what they show.

use crate::report::charts::kit::legible::{assert_says, pixels_at, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::sweep::{exposure, exposures, survivability};

#[test]
fn allowance_and_loss_stand_at_every_tier_and_bar() {
    let chart = exposure(&[("gold", 300, 43.2, &[300, 288])]);
    assert_says(
        &chart,
        1200,
        &[
            "gold, 43.2 min a month allowed",
            "after 15 min: 7.5 min a user",
            "after 30 min: 15 min a user",
            "100.0 %",
            "96.0 %",
        ],
    );
}

#[test]
fn no_minutes_are_left_out_where_there_is_little_space() {
    for (name, chart) in exposures() {
        let words = words_at(&chart, 360);
        let minutes: Vec<&String> = words
            .iter()
            .filter(|word| word.contains("min a user"))
            .collect();
        let bars: usize = chart.tiers.iter().map(|tier| tier.bars.len()).sum();
        assert_eq!(minutes.len(), bars, "{name}");
        assert!(
            minutes.iter().all(|minute| !minute.contains('…')),
            "{name}: {minutes:?}"
        );
    }
}

#[test]
fn one_tenant_of_millions_who_does_not_survive_is_seen() {
    let red = |survive: usize| {
        let chart = survivability(&[("gold", 3_000_000, &[survive])]);
        pixels_at(&chart, Role::Full)
    };
    assert_eq!(red(3_000_000), 0);
    // Of the legend's patch, and of the bar.
    assert!(red(2_999_999) >= 4 * (16 * 12 + 2 * 16));
}

#[test]
fn shares_are_rounded_down() {
    let chart = survivability(&[
        ("gold", 1_000, &[1_000, 999]),
        ("silver", 3_000, &[3_000, 2_999]),
    ]);
    assert_says(
        &chart,
        1200,
        &["99.9 %", "100.0 %", "2,999 of 3,000 tenants"],
    );
    let words = words_at(&chart, 1200);
    assert_eq!(words.iter().filter(|word| *word == "100.0 %").count(), 2);
}
