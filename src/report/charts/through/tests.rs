//! Tests of the chart of headroom through the periods: what it shows, and that nothing collides, measured with
//! the font that draws.

#[path = "../headroom/samples.rs"]
mod samples;
#[path = "samples.rs"]
mod through;

use super::{EventKind, EventSpan, HeadroomThroughChart, ThroughPeriod};
use crate::model::{ComponentKind, Phase};
use crate::report::charts::Chart;
use crate::report::charts::headroom::{HeadroomChart, TIGHTEST_OTHERS};
use crate::report::charts::legible::{
    WIDTHS, assert_legible, assert_no_shape_touches_texts, pixels_of, words_of,
};
use crate::report::charts::palette::Role;
use crate::report::headroom::{HeadroomRow, Standing};
use crate::report::span::Clock;

#[test]
fn no_text_overlaps_or_is_cut_whatever_the_size() {
    for (name, chart) in through::all() {
        for width in WIDTHS {
            let svg = chart.svg(width).expect("a picture");
            assert_legible(&format!("{name} at {width}"), &svg);
        }
    }
}
