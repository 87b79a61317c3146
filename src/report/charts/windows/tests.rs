//! Tests of the chart of windows: what it shows.

use super::WindowRank;
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{
    WIDTHS, assert_legible, assert_says, assert_states, pixels_at, words_at, words_of,
};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::starts::windows;

#[test]
fn the_best_window_is_named_wherever_it_stands() {
    for best in [0, 60, 80, 90, 110, 167] {
        let mut drawn = windows(168, |_| [0.0, 0.0, 5.0, 2e6]);
        drawn.windows[2].rank = WindowRank::Worse;
        drawn.windows[best].rank = WindowRank::Best;
        for width in WIDTHS {
            let svg = drawn.svg(width).expect("a picture");
            assert_legible(&format!("best {best} at {width}"), &svg);
            let words = words_of(&svg);
            assert!(
                words.iter().any(|word| word.starts_with("best")),
                "{words:?}"
            );
        }
    }
}

#[test]
fn a_cost_that_hardly_depends_on_the_time_is_a_sentence() {
    let moved = |hour: i64| if hour == 5 { 1004.0 } else { 1000.0 };
    let mut drawn = windows(24, |hour| [0.0, 0.0, 7.0, moved(hour)]);
    drawn.warning = "39 of 39 further failures leave users unserved.".to_owned();
    drawn.windows[1].rank = WindowRank::Worse;
    // Without a best time nothing decides.
    drawn.windows[2].rank = WindowRank::Worse;
    assert_eq!(pixels_at(&drawn, Role::Full), 0);
    let words = words_at(&drawn, 1200).join(" ");
    let same = "The same at every time: no users unserved without a further failure; no headroom target missing at worst; \
                7 users unserved after one more failure before users move, at worst.";
    let near = "in the following: 1,000 to 1,004 users moved.";
    for said in [same, near, &drawn.warning] {
        assert!(words.contains(said), "{said}\n{words}");
    }
}

#[test]
fn the_cost_that_decides_has_a_strip_however_small_the_difference_is() {
    let of = |most: f64| {
        windows(24, |hour| {
            let at_risk = if hour == 2 { 1_118_000.0 } else { most };
            [0.0, 0.0, at_risk, 1e6]
        })
    };
    // A difference of a thousandth decides nothing.
    let words = words_at(&of(1_119_100.0), 1200).join(" ");
    assert!(!words.contains("decides"), "{words}");
    let drawn = of(1_128_000.0);
    assert_says(
        &drawn,
        1200,
        &[
            "decides: users unserved after one more failure before users move, at worst",
            "1,118,000 to 1,128,000",
        ],
    );
    assert!(pixels_at(&drawn, Role::Full) > 20_000);
}

#[test]
fn bars_are_as_high_as_what_they_report() {
    let of = |one: f64| {
        let moved = |hour| if hour == 5 { 100.0 } else { one };
        pixels_at(
            &windows(24, |hour| [0.0, 0.0, 0.0, moved(hour)]),
            Role::Moved,
        )
    };
    let (none, half, all) = (of(0.0), of(49.0), of(98.0));
    let rest = |pixels: usize| (pixels - none) as f64;
    let share = rest(half) / rest(all);
    assert!((share - 0.5).abs() < 0.05, "{none} {half} {all}");
}

#[test]
fn the_pointer_shows_what_every_window_costs_and_which_is_refused() {
    let drawn = windows(3, |hour| [hour as f64, 0.25, 0.0, 7.0]);
    let costs = |when: &str, unserved: &str| {
        format!(
            "{when}: {unserved} unserved, 0 after one more failure before users move, 25 % of a target missing, \
             7 move, 35 at the busiest"
        )
    };
    let refused = format!("{}; its drain is refused", costs("09:00 to 13:00", "1"));
    let tips = [
        costs("08:00 to 12:00", "0"),
        refused,
        costs("10:00 to 14:00", "2"),
    ];
    assert_states(&drawn, &tips.each_ref().map(String::as_str));
}
