//! Figure: a chart as it stands in a page, wide and narrow.

use crate::report::drawn::Drawing;
use crate::report::text::visible;

/// A chart as it stands in a page.
///
/// Both forms are SVG of our own making, in which every text of the user's is escaped
/// (`report::charts::canvas`): templates insert them as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Its name in the output folder without folder and ending, such as `headroom-0`.
    pub name: String,
    /// What it is, for headings, such as `Headroom`.
    pub subject: &'static str,
    /// The finding.
    pub title: String,
    /// The period that it shows; `None` shows all.
    pub period: Option<usize>,
    /// The SVG for wide screens and for paper.
    pub wide: String,
    /// The SVG for narrow screens.
    pub narrow: String,
}

impl Figure {
    /// Bytes of its SVG.
    pub(in crate::report) fn size(&self) -> usize {
        self.wide.len() + self.narrow.len()
    }
}

impl From<&Drawing> for Figure {
    fn from(drawing: &Drawing) -> Self {
        Self {
            name: drawing.name.clone(),
            subject: drawing.subject,
            title: visible(&drawing.title).into_owned(),
            period: drawing.period,
            wide: drawing.wide.clone(),
            narrow: drawing.narrow.clone(),
        }
    }
}
