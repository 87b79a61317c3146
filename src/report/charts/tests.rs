//! What holds of every chart, in every sample and at every width.

use super::kit::legible::{
    WIDTHS, assert_legible, assert_no_shape_touches_texts, least_text, tips_of, words_of,
};
use super::samples::sample::Sample;
use super::samples::{flows, network, periods, runway, sweep};

/// Every sample.
pub(crate) fn all() -> Vec<Sample> {
    let samples = [
        network::all(),
        periods::all(),
        sweep::all(),
        flows::all(),
        runway::all(),
    ];
    samples.into_iter().flatten().collect()
}

/// The picture without what labels may lie on: water, land, arrows and lines.
fn without_background(svg: &str) -> String {
    let background = svg.split_once("<g class=\"ground\">");
    let (before, rest) = background.expect("a map has ground");
    let (_, after) = rest.split_once("</g>\n").expect("its group ends");
    format!("{before}{after}")
}

#[test]
fn no_text_overlaps_or_is_cut_whatever_the_size() {
    for sample in all() {
        for width in WIDTHS {
            let svg = sample.chart.svg(width).expect("a picture");
            let name = format!("{} at {width}", sample.name);
            assert_legible(&name, &svg);
            if sample.name.starts_with("map/") {
                assert_no_shape_touches_texts(&name, &without_background(&svg));
            } else if !sample.is_grid {
                assert_no_shape_touches_texts(&name, &svg);
            }
            assert!(least_text(&svg) >= 11.0, "{name} has small print");
        }
    }
}

#[test]
fn names_that_are_markup_or_turn_the_reading_direction_stay_text() {
    for sample in all() {
        for width in [360, 1200] {
            let svg = sample.chart.svg(width).expect("a picture");
            let controls = ['\u{0}', '\u{1b}', '\u{202e}'];
            let has_markup = svg.contains("<script") || svg.contains("<b>");
            assert!(!has_markup && !svg.contains(controls), "{}", sample.name);
        }
    }
}

#[test]
fn every_chart_says_its_finding_and_is_drawn_though_it_shows_nothing() {
    for sample in all() {
        let words = words_of(&sample.chart.svg(1200).expect("a picture"));
        let first = sample.chart.title().split(' ').next().expect("a finding");
        // The labels of a map come before its title.
        let is_said = words.iter().any(|line| line.starts_with(first));
        assert!(is_said, "{}: {words:?}", sample.name);
        if sample.name.ends_with("/empty") {
            let picture = sample.chart.picture(420).expect("a picture");
            assert_eq!(picture.png[..8], *b"\x89PNG\r\n\x1a\n");
        }
    }
}

#[test]
fn the_order_of_values_changes_no_byte() {
    for sample in all() {
        let Some(reversed) = &sample.reversed else {
            continue;
        };
        for width in [360, 1200] {
            let same = sample.chart.svg(width).ok() == reversed.svg(width).ok();
            assert!(same, "{} at {width}", sample.name);
        }
    }
}

#[test]
fn a_narrow_picture_shows_the_pointer_as_much_as_a_wide_one() {
    for sample in all() {
        // Fewer columns, other places: the texts differ.
        let cut = ["utilization", "pairs", "map", "moves", "replay", "calendar"];
        let is_cut = cut.iter().any(|text| sample.name.starts_with(text));
        let [narrow, wide] = [360, 1200].map(|width| sample.chart.svg(width).expect("a picture"));
        let is_same = tips_of(&narrow) == tips_of(&wide);
        assert!(is_cut || is_same, "{}", sample.name);
    }
}

#[test]
fn a_title_is_one_line_at_the_normal_width_and_the_rest_of_it_stands_below() {
    for sample in all() {
        // Names of hundreds of letters have no end of a clause that fits.
        if sample.name.ends_with("/hostile") {
            continue;
        }
        let svg = sample.chart.svg(1200).expect("a picture");
        let lines =
            [25, 23, 21, 20].map(|size| svg.matches(&format!("font-size=\"{size}\"")).count());
        let name = &sample.name;
        assert_eq!(
            lines.iter().sum::<usize>(),
            1,
            "{name}: {}",
            sample.chart.title()
        );
        // No word of a title is lost.
        let words = words_of(&svg).join(" ");
        let last = sample.chart.title().rsplit(' ').next().unwrap_or_default();
        assert!(words.contains(last), "{name}: {last}");
    }
}
