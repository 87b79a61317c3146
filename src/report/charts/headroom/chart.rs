//! What the headroom chart of a period shows, and its picture.

use super::paint;
use crate::error::Result;
use crate::report::charts::font::Font;
use crate::report::charts::picture::Picture;
use crate::report::charts::raster;
use crate::report::csv;
use crate::report::headroom::{HeadroomRow, Selection};

/// How many access points, elements and links a chart shows unless told otherwise.
pub const TIGHTEST_OTHERS: usize = 8;

/// The least width of a chart, in pixels; a smaller one is drawn at this.
pub const LEAST_WIDTH: u32 = 320;

/// What the headroom chart of one period shows.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadroomChart {
    /// The finding, such as `Chicago is drained: San Antonio keeps 12 % headroom`.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// The period as people read it, such as `13 Nov 2012, 09:08 to 10:42 PST`.
    pub period: String,
    /// Every component and resource of the period, in any order.
    pub rows: Vec<HeadroomRow>,
    /// Most access points, elements and links to show; all sites are shown.
    pub most_others: usize,
}

impl HeadroomChart {
    /// The picture at `width` pixels; its height follows from the rows.
    ///
    /// ```
    /// use plimsoll::model::ComponentKind;
    /// use plimsoll::report::charts::headroom::{HeadroomChart, TIGHTEST_OTHERS};
    /// use plimsoll::report::{HeadroomRow, Standing};
    /// let chart = HeadroomChart {
    ///     title: "Chicago is drained: San Antonio keeps 12 % headroom".into(),
    ///     scenario: "chicago-maintenance".into(),
    ///     period: "13 Nov 2012, 09:08 to 14:10 PST".into(),
    ///     rows: vec![HeadroomRow {
    ///         component: "sat".into(), name: "San Antonio".into(), kind: ComponentKind::Site,
    ///         resource: "cpu".into(), unit: "vCPU".into(), standing: Standing::InService,
    ///         before: Some(0.41), during: Some(0.12), target: Some(0.1), load: 3520.0, capacity: 4000.0,
    ///     }],
    ///     most_others: TIGHTEST_OTHERS,
    /// };
    /// let picture = chart.picture(1200)?;
    /// assert!(picture.svg.contains(">12.0 %</text>"));
    /// assert_eq!(&picture.png[1..4], b"PNG");
    /// assert!(String::from_utf8_lossy(&picture.csv).contains("sat,San Antonio,site,cpu,vCPU"));
    /// # Ok::<(), plimsoll::error::Error>(())
    /// ```
    pub fn picture(&self, width: u32) -> Result<Picture> {
        let selection = Selection::new(&self.rows, self.most_others);
        let svg = self.svg(width)?;
        let png = raster::png(&svg)?;
        let csv = csv::headroom(&selection)?;
        Ok(Picture { svg, png, csv })
    }

    /// The picture's SVG alone.
    pub fn svg(&self, width: u32) -> Result<String> {
        let selection = Selection::new(&self.rows, self.most_others);
        paint::svg(self, &selection, width.max(LEAST_WIDTH), Font::load()?)
    }
}
