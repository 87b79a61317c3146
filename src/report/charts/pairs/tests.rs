//! Tests of the chart of pairs: what it shows and leaves out.

use super::PairsChart;
use crate::report::Named;
use crate::report::charts::kit::legible::{assert_states, pixels_at, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::sample::with;
use crate::report::charts::samples::sweep::{changed, pair, pairs};

/// A chart of 40 members in which only the pair of the last two has unserved users.
fn of(unserved: f64, missing: f64) -> PairsChart {
    let chart = changed(pairs(40, 0.0), |pair_cell| pair_cell.missing = 0.0);
    with(chart, |pairs_chart| {
        pairs_chart.cells[39][38] = Some(pair(unserved, missing));
    })
}

fn has(chart: &PairsChart, width: u32, part: &str) -> bool {
    words_at(chart, width).join(" ").contains(part)
}

#[test]
fn one_user_unserved_is_seen_and_nobody_is_not() {
    let red = |chart: &PairsChart| pixels_at(chart, Role::Full);
    assert_eq!(red(&of(0.0, 0.0)), 0);
    // What arithmetic leaves of nobody is nobody.
    assert_eq!(red(&of(1e-9, 0.0)), 0);
    let chart = with(of(1.0, 0.0), |pairs_chart| {
        pairs_chart.cells[1][0] = Some(pair(1e6, 0.0));
    });
    let (one, none) = (
        red(&chart),
        red(&with(chart, |pairs_chart| pairs_chart.cells[39][38] = None)),
    );
    // Three pixels in each direction, two of the picture for each.
    assert!(one >= none + 36, "{one} {none}");
}

#[test]
fn the_area_of_a_square_is_as_large_as_its_users_are_many() {
    let red = |users: f64| {
        let chart = with(of(1e6, 0.0), |pairs_chart| {
            pairs_chart.cells[20][10] = Some(pair(users, 0.0));
        });
        pixels_at(&chart, Role::Full) as f64
    };
    let none = red(0.0);
    let share = (red(250_000.0) - none) / (red(1e6) - none);
    // Sides are whole pixels.
    assert!((share - 0.25).abs() < 0.08, "{share}");
}

#[test]
fn overload_missing_headroom_and_unchecked_cases_differ() {
    assert!(has(&of(0.0, 1.4), 1200, "a component is overloaded"));
    assert!(has(&of(0.0, 0.4), 1200, "a headroom target is missed"));
    assert!(!has(&of(0.0, 0.4), 1200, "a component is overloaded"));
    let stopped = with(of(0.0, 0.4), |pairs_chart| pairs_chart.cells[39][0] = None);
    assert!(has(&stopped, 1200, "not checked"));
    assert!(!has(&of(0.0, 0.4), 1200, "not checked"));
}

#[test]
fn users_without_a_permitted_site_are_distinguished() {
    let note = "Up to 12 of the users unserved have no permitted site";
    assert!(!has(&of(2000.0, 0.0), 1200, note));
    let cell = with(pair(2000.0, 0.0), |pair_cell| {
        pair_cell.no_site = Some(11.5);
    });
    let chart = with(of(0.0, 0.0), |pairs_chart| {
        pairs_chart.cells[39][38] = Some(cell);
    });
    assert!(has(&chart, 1200, note));
}

#[test]
fn numbers_are_where_they_fit_and_left_out_rows_are_counted() {
    let few = words_at(&pairs(5, 2e6), 1200);
    let is_number = |word: &String| word.ends_with(",000") || word.len() > 6;
    assert!(few.iter().any(is_number), "{few:?}");
    assert!(has(&pairs(60, 2e6), 360, "Of 60 sites the"));
    assert!(!has(&pairs(60, 2e6), 1200, "are shown"));
}

#[test]
fn the_pointer_shows_of_every_cell() {
    let chart = with(pairs(2, 0.0), |pairs_chart| {
        pairs_chart.members = vec![Named::new("a", "=A"), Named::new("b", "B")];
        let both = with(pair(12.5, 0.25), |pair_cell| pair_cell.no_site = Some(2.5));
        pairs_chart.cells = vec![vec![None], vec![Some(both), Some(pair(0.0, 0.0))]];
    });
    assert_states(
        &chart,
        &[
            "without =A alone: not checked",
            "without =A and B: 13 users unserved, 3 of them without a permitted site",
            "without B alone: everyone is served, no target is missed by more than before",
        ],
    );
}
