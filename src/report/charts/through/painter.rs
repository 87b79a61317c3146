//! The painter of headroom through the periods: a picture in the making, and where its columns stand.

use super::HeadroomThroughChart;
use super::layout::Rows;
use crate::report::charts::frame::Frame;
use crate::report::charts::timeline::Timeline;

/// Height of a strip in one line.
pub(super) const WIDE_ROW: f64 = 30.0;

/// Height of a strip with its words above its cells.
pub(super) const NARROW_ROW: f64 = 56.0;

/// Free space between columns.
pub(super) const GAP: f64 = 16.0;

/// Where the columns stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Columns {
    /// `true` if a strip is one line.
    pub(super) is_wide: bool,
    /// Left edge of the picture's contents.
    pub(super) left: f64,
    /// Right edge of the picture's contents.
    pub(super) right: f64,
    /// Left edge of the resource in the wide form.
    pub(super) what: f64,
    /// Both ends of the cells.
    pub(super) axis: (f64, f64),
    /// Right edge of the tightest value in the wide form.
    pub(super) value: f64,
}

impl Columns {
    /// Where the words of a strip or an event end.
    pub(super) fn words_end(&self) -> f64 {
        if self.is_wide {
            self.axis.0 - GAP
        } else {
            self.right
        }
    }
}

/// A picture in the making.
pub(super) struct Painter<'a> {
    /// Title, legend, and what is drawn so far.
    pub(super) frame: Frame,
    /// Where columns stand.
    pub(super) columns: Columns,
    /// The periods.
    pub(super) timeline: Timeline,
    /// What is shown.
    pub(super) chart: &'a HeadroomThroughChart,
    /// Its strips.
    pub(super) rows: &'a Rows<'a>,
}
