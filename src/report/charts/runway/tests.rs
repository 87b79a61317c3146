//! Tests of the charts of a runway: what they show.

use crate::report::charts::kit::legible::{assert_says, assert_states, pixels_at, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::runway::{bar, calendar, load_line, runway};

#[test]
fn a_condition_has_its_last_day_and_those_of_both_ends_of_the_forecast() {
    let chart = runway(1);
    // Day 105 is 15 Mar 2027, the first that fails.
    assert_says(&chart, 1200, &["served under one failure", "14 Mar 2027"]);
    assert_states(
        &chart,
        &[
            "served under one failure, all moves, replan: until 14 Mar 2027; \
             if growth is high until 4 Feb 2027, if low until 7 Jun 2027",
            "served, rebalanced: holds beyond 29 Nov 2028; if growth is high until 30 Aug 2028, if low holds beyond 29 Nov 2028",
            "28 Feb 2027: Boydton +400 vCPU",
        ],
    );
}

#[test]
fn what_fails_on_the_first_day_is_red_and_has_no_bar() {
    let mut chart = runway(0);
    chart.arrivals.clear();
    chart.bars = vec![bar("served", "as is", [Some(0), Some(0), Some(0)])];
    assert_says(&chart, 1200, &["already fails"]);
    let mut without = chart.clone();
    without.bars[0] = bar("served", "as is", [None, None, None]);
    let [failing, holding] = [&chart, &without].map(|chart| pixels_at(chart, Role::Full));
    assert!(failing > 0 && holding == 0);
    let [failing, holding] = [&chart, &without].map(|chart| pixels_at(chart, Role::Fine));
    // The legend alone.
    assert!(failing * 4 < holding, "{failing} {holding}");
}

#[test]
fn components_that_are_left_out_are_counted() {
    let words = words_at(&runway(40), 1200).join(" ");
    let said = "Of 40 components that run out the 10 first are shown.";
    assert!(words.contains(said), "{words}");
}

#[test]
fn a_load_above_its_capacity_is_red_and_limits_have_their_values() {
    let chart = load_line(1.45);
    assert_says(&chart, 1200, &["capacity 3,600 to 4,400 vCPU"]);
    let mut within = chart.clone();
    within.fails_from = None;
    for point in &mut within.points {
        point.worst = 100.0;
        point.as_is = [90.0, 100.0, 110.0];
    }
    let [above, legend] = [&chart, &within].map(|chart| pixels_at(chart, Role::Full));
    assert!(above > 2 * legend, "{above} {legend}");
    let tip = "30 Nov 2026: load as is 2,400 vCPU, worst case 3,480 vCPU if Frankfurt am Main fails; \
               capacity 3,600 vCPU, 2,880 vCPU up to its target";
    assert_states(&chart, &[tip]);
}

#[test]
fn where_months_do_not_fit_a_column_has_the_fullest_of_several() {
    let chart = calendar(12, 24, 1.2);
    let wide = words_at(&chart, 1200);
    assert!(wide.iter().any(|word| word == "Nov"), "{wide:?}");
    let narrow = words_at(&chart, 360).join(" ");
    assert!(
        narrow.contains("A column shows the fullest of 3 months"),
        "{narrow}"
    );
    assert!(narrow.contains("7 sites are below"), "{narrow}");
}
