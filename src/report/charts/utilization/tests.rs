//! Tests of the chart of utilization: what it shows and leaves out.

use super::UtilizationChart;
use crate::report::Named;
use crate::report::charts::kit::legible::{assert_says, assert_states, pixels_at, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::sweep::{cell, utilization};

/// One site, full to so much in each of these cases; the first of them is without a failure.
fn of(cells: &[Option<f64>]) -> UtilizationChart {
    let mut chart = utilization(1, cells.len() - 1, 1.0);
    chart.rows[0].cells = cells.iter().map(|value| value.map(cell)).collect();
    chart
}

#[test]
fn a_number_is_rounded_up_and_is_100_only_where_nothing_is_left() {
    let chart = of(&[Some(0.7401), Some(0.9999), Some(1.0), Some(1.001), None]);
    let words = words_at(&chart, 1200);
    let is_number = |word: &&String| word.bytes().all(|byte| byte.is_ascii_digit());
    let numbers: Vec<&String> = words.iter().filter(is_number).collect();
    assert_eq!(numbers, ["75", "99", "100", "101"]);
    // The worst of the site stands on the right.
    assert_says(&chart, 1200, &["101 %", "out of service"]);
}

#[test]
fn what_is_worse_than_its_target_has_its_own_colour() {
    let calm = of(&[Some(0.1), Some(0.3), Some(0.6), Some(0.85)]);
    for shade in [Role::Quarter, Role::Half, Role::ThreeQuarters, Role::Fine] {
        assert!(pixels_at(&calm, shade) > 1000, "{shade:?}");
    }
    let bad = of(&[Some(0.1), Some(0.95), Some(1.2), None]);
    let [calm, bad] =
        [calm, bad].map(|utilization_chart| pixels_at(&utilization_chart, Role::BelowTarget));
    assert!(bad > calm + 1000);
}

#[test]
fn the_worst_columns_are_shown_and_it_is_said_how_many_are_not() {
    let said = |chart: &UtilizationChart, width, part: &str| {
        words_at(chart, width).join(" ").matches(part).count()
    };
    let many = utilization(70, 200, 1.0);
    assert_eq!(said(&many, 1200, "Of 70 sites the 60 fullest are shown"), 1);
    assert_eq!(said(&many, 1200, "failures the"), 1);
    let some = utilization(60, 0, 1.0);
    assert_eq!(said(&some, 360, "Of 60 failures the"), 1);
    // What is shown is the first, and the case without a failure stays.
    assert_says(&some, 360, &["no failure"]);
    assert_eq!(said(&utilization(12, 0, 1.0), 1200, "are shown"), 0);
}

#[test]
fn the_pointer_shows_of_every_cell_and_names_stay_text() {
    let mut chart = utilization(2, 0, 1.0);
    chart.columns[1].failing = Named::new("=1+1", "Oslo, \"north\"");
    let cells = [Some(cell(1.25)), None];
    for ((row, name), cell) in chart.rows.iter_mut().zip(["A", "B"]).zip(cells) {
        row.site = Named::new(name, name);
        row.cells[1] = cell;
    }
    assert_states(
        &chart,
        &[
            "A, without Oslo, &quot;north&quot;: cpu 125.0 % full, target 10 % free",
            "B, without Oslo, &quot;north&quot;: out of service",
        ],
    );
}
