//! Tests of the chart of pairs: what it shows and leaves out.

use super::{PairCell, PairsChart};
use crate::report::Named;
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{assert_tells, pixels_at, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::sweep::pairs;

/// A chart of 40 members in which only the pair of the last two has unserved users.
fn of(unserved: f64, missing: f64) -> PairsChart {
    let mut chart = pairs(40, 0.0);
    for cell in chart.cells.iter_mut().flatten().flatten() {
        cell.missing = 0.0;
    }
    chart.cells[39][38] = Some(PairCell {
        unserved,
        no_site: Some(0.0),
        missing,
    });
    chart
}

#[test]
fn one_user_unserved_is_seen_and_nobody_is_not() {
    let red = |chart: &PairsChart| pixels_at(chart, Role::Full);
    assert_eq!(red(&of(0.0, 0.0)), 0);
    // What arithmetic leaves of nobody is nobody.
    assert_eq!(red(&of(1e-9, 0.0)), 0);
    let mut chart = of(1.0, 0.0);
    chart.cells[1][0] = Some(PairCell {
        unserved: 1e6,
        no_site: Some(0.0),
        missing: 0.0,
    });
    let (with, without) = (red(&chart), {
        chart.cells[39][38] = None;
        red(&chart)
    });
    // Three pixels each way, two of the picture for each.
    assert!(with >= without + 36, "{with} {without}");
}

#[test]
fn the_area_of_a_square_is_as_large_as_its_users_are_many() {
    let red = |users: f64| {
        let mut chart = of(1e6, 0.0);
        chart.cells[20][10] = Some(PairCell {
            unserved: users,
            no_site: Some(0.0),
            missing: 0.0,
        });
        pixels_at(&chart, Role::Full) as f64
    };
    let none = red(0.0);
    let share = (red(250_000.0) - none) / (red(1e6) - none);
    // Sides are whole pixels.
    assert!((share - 0.25).abs() < 0.08, "{share}");
}

#[test]
fn overload_missing_headroom_and_what_was_not_looked_at_are_told_apart() {
    let has = |chart: &PairsChart, part: &str| {
        words_at(chart, 1200).iter().any(|word| word.contains(part))
    };
    assert!(has(&of(0.0, 1.4), "something is overloaded"));
    assert!(has(&of(0.0, 0.4), "a headroom target is missed"));
    assert!(!has(&of(0.0, 0.4), "something is overloaded"));
    let mut stopped = of(0.0, 0.4);
    stopped.cells[39][0] = None;
    assert!(has(&stopped, "not looked at") && !has(&of(0.0, 0.4), "not looked at"));
}

#[test]
fn users_without_a_permitted_site_are_told_apart() {
    let mut chart = of(2000.0, 0.0);
    let note = "Up to 12 of the users unserved have no permitted site";
    assert!(!words_at(&chart, 1200).join(" ").contains(note));
    if let Some(cell) = &mut chart.cells[39][38] {
        cell.no_site = Some(11.5);
    }
    assert!(words_at(&chart, 1200).join(" ").contains(note));
    let told = "2,000 users unserved, 12 of them without a permitted site";
    let svg = chart.svg(1200).expect("a picture");
    assert!(svg.contains(told));
}

#[test]
fn numbers_stand_where_they_have_room_and_it_is_said_what_is_left_out() {
    let few = words_at(&pairs(5, 2e6), 1200);
    assert!(
        few.iter()
            .any(|word| word.ends_with(",000") || word.len() > 6),
        "{few:?}"
    );
    let narrow = words_at(&pairs(60, 2e6), 360).join(" ");
    assert!(narrow.contains("Of 60 sites the"), "{narrow}");
    assert!(
        !words_at(&pairs(60, 2e6), 1200)
            .join(" ")
            .contains("are shown")
    );
}

#[test]
fn the_pointer_tells_of_every_cell() {
    let chart = PairsChart {
        title: "finding".to_owned(),
        about: Vec::new(),
        noun: "site".to_owned(),
        members: vec![Named::new("a", "=A"), Named::new("b", "B")],
        members_in_all: 2,
        cells: vec![
            vec![None],
            vec![
                Some(PairCell {
                    unserved: 12.5,
                    no_site: Some(2.5),
                    missing: 0.25,
                }),
                Some(PairCell {
                    unserved: 0.0,
                    no_site: None,
                    missing: 0.0,
                }),
            ],
        ],
    };
    assert_tells(
        &chart,
        &[
            "without =A alone: not looked at",
            "without =A and B: 13 users unserved, 3 of them without a permitted site",
            "without B alone: everyone is served, no target is missed by more than before",
        ],
    );
}
