//! Tests of the headroom chart: what it shows.

use super::{HeadroomAgainst, HeadroomChart};
use crate::model::ComponentKind;
use crate::report::charts::kit::legible::{assert_says, assert_states, pixels_at, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::network::{calm, empty, out, overload, row};
use crate::report::charts::samples::sample::with;
use crate::report::headroom::{HeadroomRow, Standing};

const SITE: ComponentKind = ComponentKind::Site;

fn chart(rows: Vec<HeadroomRow>) -> HeadroomChart {
    HeadroomChart { rows, ..empty() }
}

#[test]
fn the_png_shows_the_bars_of_every_state_that_occurs() {
    for role in [Role::BelowTarget, Role::Full, Role::Before, Role::Ink] {
        assert!(pixels_at(&overload(), role) > 500, "{role:?} is missing");
    }
    assert_eq!(pixels_at(&overload(), Role::Fine), 0);
    assert!(pixels_at(&calm(), Role::Fine) > 10_000);
}

#[test]
fn targets_are_drawn_with_their_values_and_sites_as_before_are_counted() {
    let quiet = |id: &str, free: f64| {
        with(row(id, SITE, "cpu", free), |headroom_row| {
            headroom_row.before = headroom_row.during;
        })
    };
    let rows = [
        row("a", SITE, "cpu", 0.1),
        quiet("b", 0.37),
        quiet("c", 0.4),
        quiet("d", 0.5),
    ];
    let chart = chart(rows.into());
    let counted = "3 more sites are unchanged: 37.0 % headroom or more.";
    assert_says(&chart, 1200, &["target 20 %", "limit 0 %"]);
    let words = words_at(&chart, 1200).join(" ").replace('\u{a0}', " ");
    assert!(words.contains(counted), "{words}");
}

#[test]
fn a_component_is_shown_once_with_its_tightest_resource_tightest_on_top() {
    let chart = chart(vec![
        row("a", SITE, "cpu", 0.5),
        row("a", SITE, "storage", 0.3),
        row("b", SITE, "cpu", 0.1),
        row("l", ComponentKind::Link, "bandwidth", 0.05),
    ]);
    let words = words_at(&chart, 1200);
    let place = |word: &str| words.iter().position(|shown| shown == word);
    assert!(place("L") < place("B") && place("B") < place("A"));
    assert_says(
        &chart,
        1200,
        &["site, storage", "30.0 %", "link, bandwidth"],
    );
    assert_eq!(place("50.0 %"), None);
}

#[test]
fn what_is_out_of_service_is_named_so_and_never_divided_by_zero() {
    let drained = |id: &str| {
        with(row(id, SITE, "cpu", 0.0), |headroom_row| {
            out(headroom_row, Standing::Drained);
        })
    };
    let stranded = with(drained("b"), |headroom_row| headroom_row.load = 120.0);
    let undefined = with(drained("c"), |headroom_row| {
        (headroom_row.standing, headroom_row.during) = (Standing::InService, Some(f64::NAN));
    });
    let words = words_at(&chart(vec![drained("a"), stranded, undefined]), 1200);
    let known = ["drained", "no capacity", "120 vCPU over"];
    let shown = words.iter().filter(|word| known.contains(&word.as_str()));
    let expected = ["no capacity", "120 vCPU over", "drained", "no capacity"];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
    assert!(
        !words
            .iter()
            .any(|word| word.contains("NaN") || word.contains('–'))
    );
}

#[test]
fn a_target_that_only_plan_a_misses_has_a_row_with_that_target() {
    let mut rows: Vec<HeadroomRow> = (0..20)
        .map(|index| row(&format!("l{index:02}"), ComponentKind::Link, "cpu", 0.3))
        .collect();
    let link = |resource: &str, free: f64| row("z", ComponentKind::Link, resource, free);
    rows.push(link("bandwidth", 0.4));
    rows.push(with(link("cpu", 0.9), |headroom_row| {
        headroom_row.before = Some(0.05);
    }));
    rows.extend((0..4).map(|index| row(&format!("s{index}"), SITE, "cpu", 0.1)));
    let key = |resource: &str| ("z".to_owned(), resource.to_owned());
    let against = HeadroomAgainst::PlanA {
        names: ["a".to_owned(), "b".to_owned()],
        targets: [(key("cpu"), 0.1), (key("bandwidth"), 0.1)].into(),
    };
    let chart = HeadroomChart {
        against,
        ..chart(rows)
    };
    let words = words_at(&chart, 1200);
    for said in [
        "Z",
        "A misses its target 10 %",
        "A misses its target",
        "90.0 %",
    ] {
        assert!(words.iter().any(|word| word == said), "{said}: {words:?}");
    }
}

#[test]
fn overload_beyond_the_axis_keeps_its_number() {
    let chart = chart(vec![row("a", SITE, "cpu", -1.7)]);
    assert_says(&chart, 1200, &["270 % used", "1,700 vCPU over"]);
}

#[test]
fn the_pointer_shows_the_numbers_of_every_row_and_names_stay_text() {
    let evil = with(row("=1+1", SITE, "cpu", 0.25), |headroom_row| {
        (headroom_row.name, headroom_row.before) = ("Evil, \"quoted\"".to_owned(), None);
    });
    assert_states(
        &chart(vec![evil, row("l", ComponentKind::Link, "cpu", 0.0)]),
        &[
            "Evil, &quot;quoted&quot;, site, cpu: headroom 25.0 %, target 20.0 %, load 750 of 1,000 vCPU",
            "L, link, cpu: headroom 0.0 % (was 50.0 %), target 20.0 %, load 1,000 of 1,000 vCPU",
        ],
    );
}
