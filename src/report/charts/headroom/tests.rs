//! Tests of the headroom chart: what it shows.

use super::HeadroomChart;
use crate::model::ComponentKind;
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{all_pixels, assert_tells, pixels_of, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::headroom::{calm, empty, out, overload, row};
use crate::report::headroom::{HeadroomRow, Standing};

fn chart(rows: Vec<HeadroomRow>) -> HeadroomChart {
    HeadroomChart { rows, ..empty() }
}

#[test]
fn the_png_shows_the_bars_of_every_state_that_occurs() {
    let picture = overload().picture(600).expect("a picture");
    assert_eq!(picture.png[..8], *b"\x89PNG\r\n\x1a\n");
    let whole = all_pixels(&picture.png);
    assert!(pixels_of(&picture.png, Role::Paper) < whole * 95 / 100);
    for role in [Role::BelowTarget, Role::Full, Role::Before, Role::Ink] {
        assert!(pixels_of(&picture.png, role) > 500, "{role:?} is missing");
    }
    assert_eq!(pixels_of(&picture.png, Role::Fine), 0);
    let calm = calm().picture(1200).expect("a picture");
    assert!(pixels_of(&calm.png, Role::Fine) > 10_000);
}

#[test]
fn a_component_is_shown_once_with_its_tightest_resource_tightest_on_top() {
    let chart = chart(vec![
        row("a", ComponentKind::Site, "cpu", 0.5),
        row("a", ComponentKind::Site, "storage", 0.3),
        row("b", ComponentKind::Site, "cpu", 0.1),
        row("l", ComponentKind::Link, "bandwidth", 0.05),
    ]);
    let words = words_at(&chart, 1200);
    let place = |word: &str| words.iter().position(|shown| shown == word);
    assert!(place("B") < place("A") && place("A") < place("L"));
    assert!(place("storage").is_some() && place("30.0 %").is_some());
    assert_eq!(place("50.0 %"), None);
    assert!(place("link, bandwidth").is_some(), "{words:?}");
}

#[test]
fn what_is_out_of_service_is_named_so_and_never_divided_by_zero() {
    let mut drained = row("a", ComponentKind::Site, "cpu", 0.0);
    out(&mut drained, Standing::Drained);
    let mut stranded = drained.clone();
    stranded.component = "b".to_owned();
    stranded.load = 120.0;
    let mut undefined = drained.clone();
    undefined.component = "c".to_owned();
    undefined.standing = Standing::InService;
    undefined.during = Some(f64::NAN);
    let words = words_at(&chart(vec![drained, stranded, undefined]), 1200);
    let shown: Vec<_> = words
        .iter()
        .filter(|word| ["drained", "no capacity", "120 vCPU over"].contains(&word.as_str()))
        .collect();
    assert_eq!(
        shown,
        ["no capacity", "120 vCPU over", "drained", "no capacity"]
    );
    assert!(
        !words
            .iter()
            .any(|word| word.contains("NaN") || word.contains('–'))
    );
}

#[test]
fn overload_beyond_the_axis_keeps_its_number() {
    let words = words_at(
        &chart(vec![row("a", ComponentKind::Site, "cpu", -1.7)]),
        1200,
    );
    assert!(
        words.contains(&"−170.0 %".to_owned()) && words.contains(&"1,700 vCPU over".to_owned())
    );
}

#[test]
fn the_pointer_tells_the_numbers_of_every_row_and_names_stay_text() {
    let mut evil = row("=1+1", ComponentKind::Site, "cpu", 0.25);
    evil.name = "Evil, \"quoted\"".to_owned();
    evil.before = None;
    let rows = vec![evil, row("l", ComponentKind::Link, "cpu", 0.0)];
    assert_tells(
        &chart(rows),
        &[
            "Evil, &quot;quoted&quot;, cpu: headroom 25.0 %, target 20.0 %, load 750 of 1,000 vCPU",
            "L, link, cpu: headroom 0.0 % (was 50.0 %), target 20.0 %, load 1,000 of 1,000 vCPU",
        ],
    );
}
