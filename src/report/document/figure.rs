//! Figure: a chart as it stands in a page and in the output folder.

use crate::report::written::WrittenFile;

/// A chart, drawn wide and narrow.
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
    /// The SVG for wide screens, for paper and for the output folder.
    pub wide: String,
    /// The SVG for narrow screens.
    pub narrow: String,
    /// The wide SVG as PNG.
    pub png: Vec<u8>,
}

impl Figure {
    /// The files of the output folder.
    pub fn files(self) -> [WrittenFile; 2] {
        let file = |ending, bytes| WrittenFile {
            name: format!("charts/{}.{ending}", self.name),
            bytes,
        };
        [file("svg", self.wide.into_bytes()), file("png", self.png)]
    }

    pub(in crate::report) fn size(&self) -> usize {
        self.wide.len() + self.narrow.len()
    }
}
