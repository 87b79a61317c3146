//! Tests of the headroom chart: what it shows, and that nothing collides, measured with the font that draws.

#[path = "samples.rs"]
pub(in crate::report::charts) mod samples;

use super::{Against, HeadroomChart, TIGHTEST_OTHERS};
use crate::model::ComponentKind;
use crate::report::charts::Chart;
use crate::report::charts::legible::{
    WIDTHS, all_pixels, assert_no_shape_touches_texts, pixels_of, words_of,
};
use crate::report::charts::palette::Role;
use crate::report::headroom::{HeadroomRow, Standing};

fn row(component: &str, kind: ComponentKind, resource: &str, during: f64) -> HeadroomRow {
    HeadroomRow {
        component: component.to_owned(),
        name: component.to_uppercase(),
        kind,
        resource: resource.to_owned(),
        unit: "vCPU".to_owned(),
        standing: Standing::InService,
        before: Some(0.5),
        during: Some(during),
        target: Some(0.2),
        in_force: Some(0.2),
        load: 1000.0 * (1.0 - during),
        capacity: 1000.0,
    }
}

fn chart(rows: Vec<HeadroomRow>) -> HeadroomChart {
    HeadroomChart {
        title: "finding".to_owned(),
        scenario: "scenario".to_owned(),
        period: "period".to_owned(),
        rows,
        most_others: TIGHTEST_OTHERS,
        against: Against::Before,
    }
}

/// The words of a picture in the order drawn.
fn words(chart: &HeadroomChart) -> Vec<String> {
    words_of(&chart.svg(1200).expect("a small picture"))
}

#[test]
fn no_text_overlaps_or_is_cut_whatever_the_size() {
    for (name, chart) in samples::all() {
        for width in WIDTHS {
            let svg = chart.svg(width).expect("a picture");
            assert_no_shape_touches_texts(&format!("{name} at {width}"), &svg);
        }
    }
}

#[test]
fn the_png_shows_the_bars_of_every_state_that_occurs() {
    let picture = samples::overload().picture(600).expect("a picture");
    assert_eq!(picture.png[..8], *b"\x89PNG\r\n\x1a\n");
    let whole = all_pixels(&picture.png);
    assert!(pixels_of(&picture.png, Role::Paper) < whole * 95 / 100);
    for role in [Role::BelowTarget, Role::Full, Role::Before, Role::Ink] {
        assert!(pixels_of(&picture.png, role) > 500, "{role:?} is missing");
    }
    assert_eq!(pixels_of(&picture.png, Role::Fine), 0);
    let calm = samples::calm().picture(1200).expect("a picture");
    assert!(pixels_of(&calm.png, Role::Fine) > 10_000);
}

#[test]
fn the_order_of_rows_changes_no_byte() {
    let chart = samples::drain(12);
    let mut reversed = chart.clone();
    reversed.rows.reverse();
    assert_eq!(chart.picture(900).ok(), reversed.picture(900).ok());
}

#[test]
fn a_component_is_shown_once_with_its_tightest_resource_tightest_on_top() {
    let chart = chart(vec![
        row("a", ComponentKind::Site, "cpu", 0.5),
        row("a", ComponentKind::Site, "storage", 0.3),
        row("b", ComponentKind::Site, "cpu", 0.1),
        row("l", ComponentKind::Link, "bandwidth", 0.05),
    ]);
    let words = words(&chart);
    let place = |word: &str| words.iter().position(|shown| shown == word);
    assert!(place("B") < place("A") && place("A") < place("L"));
    assert!(place("storage").is_some() && place("30.0 %").is_some());
    assert_eq!(place("50.0 %"), None);
    assert!(place("link, bandwidth").is_some(), "{words:?}");
}

#[test]
fn what_is_out_of_service_is_named_so_and_never_divided_by_zero() {
    let mut drained = row("a", ComponentKind::Site, "cpu", 0.0);
    drained.standing = Standing::Drained;
    drained.during = None;
    (drained.load, drained.capacity) = (0.0, 0.0);
    let mut stranded = drained.clone();
    stranded.component = "b".to_owned();
    stranded.load = 120.0;
    let mut undefined = drained.clone();
    undefined.component = "c".to_owned();
    undefined.standing = Standing::InService;
    undefined.during = Some(f64::NAN);
    let words = words(&chart(vec![drained, stranded, undefined]));
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
    let words = words(&chart(vec![row("a", ComponentKind::Site, "cpu", -1.7)]));
    assert!(
        words.contains(&"−170.0 %".to_owned()) && words.contains(&"1,700 vCPU over".to_owned())
    );
}

#[test]
fn an_empty_chart_is_a_chart() {
    let picture = chart(Vec::new()).picture(420).expect("a picture");
    assert!(picture.svg.contains(">finding</text>"));
}

#[test]
fn the_pointer_tells_the_numbers_of_every_row_and_names_stay_text() {
    let mut evil = row("=1+1", ComponentKind::Site, "cpu", 0.25);
    evil.name = "Evil, \"quoted\"".to_owned();
    evil.before = None;
    let rows = vec![evil, row("l", ComponentKind::Link, "cpu", 0.0)];
    let svg = chart(rows).svg(420).expect("a picture");
    for words in [
        "Evil, &quot;quoted&quot;, cpu: headroom 25.0 %, target 20.0 %, load 750 of 1,000 vCPU",
        "L, link, cpu: headroom 0.0 % (was 50.0 %), target 20.0 %, load 1,000 of 1,000 vCPU",
    ] {
        assert!(svg.contains(&format!("<title>{words}</title>")), "{svg}");
    }
}
