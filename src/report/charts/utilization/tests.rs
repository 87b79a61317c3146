//! Tests of the chart of utilization: what it shows and leaves out.

use super::{FailureColumn, SiteCell, SiteRow, UtilizationChart};
use crate::report::Named;
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{assert_tells, pixels_of, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::sweep::{cell, utilization};
use crate::report::headroom::State;

/// One site, full to so much in each of these cases; the first of them is without a failure.
fn of(cells: &[Option<f64>]) -> UtilizationChart {
    let mut chart = utilization(1, cells.len() - 1, 1.0);
    chart.columns.truncate(cells.len());
    chart.failures_in_all = cells.len() - 1;
    chart.rows[0].cells = cells.iter().map(|own| own.map(cell)).collect();
    chart
}

#[test]
fn a_number_is_rounded_up_and_is_100_only_where_nothing_is_left() {
    let shown = words_at(
        &of(&[Some(0.7401), Some(0.9999), Some(1.0), Some(1.001), None]),
        1200,
    );
    let numbers: Vec<&str> = shown
        .iter()
        .map(String::as_str)
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    assert_eq!(numbers, ["75", "99", "100", "101"]);
    // The worst of the site stands on the right.
    assert!(shown.contains(&"101 %".to_owned()), "{shown:?}");
}

#[test]
fn what_is_worse_than_its_target_has_its_own_colour_and_what_is_gone_a_cross() {
    let picture = |cells: &[Option<f64>]| of(cells).picture(1200).expect("a picture").png;
    let calm = picture(&[Some(0.1), Some(0.3), Some(0.6), Some(0.85)]);
    for shade in [Role::Quarter, Role::Half, Role::ThreeQuarters, Role::Fine] {
        assert!(pixels_of(&calm, shade) > 1000, "{shade:?}");
    }
    let amber = pixels_of(&calm, Role::BelowTarget);
    let bad = picture(&[Some(0.1), Some(0.95), Some(1.2), None]);
    assert!(pixels_of(&bad, Role::BelowTarget) > amber + 1000);
    assert!(words_at(&of(&[Some(0.1), None]), 1200).contains(&"out of service".to_owned()));
}

#[test]
fn the_worst_columns_are_shown_and_it_is_said_how_many_are_not() {
    let wide = words_at(&utilization(70, 200, 1.0), 1200);
    let count =
        |words: &[String], part: &str| words.iter().filter(|word| word.contains(part)).count();
    assert_eq!(
        count(&wide, "Of 70 sites the 60 fullest are shown"),
        1,
        "{wide:?}"
    );
    assert_eq!(count(&wide, "failures the"), 1, "{wide:?}");
    let narrow = words_at(&utilization(60, 0, 1.0), 360);
    let note = narrow.join(" ");
    assert!(note.contains("Of 60 failures the"), "{note}");
    // What is shown is the first, and the case without a failure stays.
    assert!(narrow.contains(&"no failure".to_owned()));
    assert_eq!(
        count(&words_at(&utilization(12, 0, 1.0), 1200), "are shown"),
        0
    );
}

#[test]
fn the_pointer_tells_of_every_cell_and_names_stay_text() {
    let chart = UtilizationChart {
        title: "finding".to_owned(),
        about: Vec::new(),
        noun: "site".to_owned(),
        failures_in_all: 1,
        sites_in_all: 2,
        columns: vec![FailureColumn {
            case: 7,
            failing: Named::new("=1+1", "Oslo, \"north\""),
            state: State::Full,
            unserved: 3.0,
        }],
        rows: vec![
            SiteRow {
                site: Named::new("a", "A"),
                cells: vec![Some(SiteCell {
                    resource: "cpu".to_owned(),
                    utilization: 1.25,
                    target: 0.2,
                    state: State::Full,
                })],
            },
            SiteRow {
                site: Named::new("b", "B"),
                cells: vec![None],
            },
        ],
    };
    assert_tells(
        &chart,
        &[
            "A, without Oslo, &quot;north&quot;: cpu 125.0 % full, target 20 % free",
            "B, without Oslo, &quot;north&quot;: out of service",
        ],
    );
}
