//! Tests of the chart of users by state: what it shows, and that nothing collides, measured with the font that
//! draws.

#[path = "samples.rs"]
mod samples;

use super::{UsersChart, UsersPeriod};
use crate::model::Phase;
use crate::report::charts::Chart;
use crate::report::charts::legible::{WIDTHS, assert_no_shape_touches_texts, pixels_of, words_of};
use crate::report::charts::palette::Role;
use crate::report::span::Clock;

#[test]
fn no_text_overlaps_or_is_cut_whatever_the_size() {
    for (name, chart) in samples::all() {
        for width in WIDTHS {
            let svg = chart.svg(width).expect("a picture");
            assert_no_shape_touches_texts(&format!("{name} at {width}"), &svg);
        }
    }
}
