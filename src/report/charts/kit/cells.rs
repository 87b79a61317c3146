//! Cells: what stands in rows, and the blocks that rows make.

use super::canvas::{Canvas, Face};
use super::frame::{ChartFrame, MUTED, SIZE, ink};
use crate::report::charts::palette::Role;

/// Where a drawing stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CellArea {
    /// Both ends.
    pub(crate) ends: (f64, f64),
    /// Its middle line.
    pub(crate) y: i32,
    /// Upper and lower end of its row.
    pub(crate) row: (i32, i32),
}

/// A bar with words after it.
pub(crate) struct Bar {
    /// Its length as a share of the longest one.
    pub(crate) share: f64,
    pub(crate) role: Role,
    /// `true` if the longest one lies pale under it.
    pub(crate) has_track: bool,
    /// `true` if its words are followed by the heading of their column where that is not above them.
    pub(crate) is_headed: bool,
    /// The first is shown whole, further ones where they fit.
    pub(crate) words: Vec<(String, Face)>,
}

impl Bar {
    /// A bar of users who are lost, of a share of the longest, and their number.
    pub(crate) fn red(share: f64, number: (String, Face)) -> Self {
        Self {
            share,
            role: Role::Full,
            has_track: false,
            is_headed: true,
            words: vec![number],
        }
    }
}

/// A function that puts words into lines of a picture no wider than the given pixels.
type InLines<'a> = Box<dyn Fn(&ChartFrame, f64) -> Vec<String> + 'a>;

/// Draws a cell where it stands.
type Draw<'a> = Box<dyn Fn(&mut Canvas, CellArea) + 'a>;

/// A cell of a row.
pub(crate) enum RowCell<'a> {
    Empty,
    /// Words of the second rank on lines of their own, under the row.
    Lines(InLines<'a>),
    Words(String, Face),
    Bar(Bar),
    Drawing(Draw<'a>),
}

impl<'a> RowCell<'a> {
    /// A name or another plain text.
    pub(crate) fn plain(words: impl Into<String>) -> Self {
        Self::Words(words.into(), ink(SIZE, false))
    }

    /// A value in bold.
    pub(crate) fn strong(words: impl Into<String>) -> Self {
        Self::Words(words.into(), ink(SIZE, true))
    }

    /// A text of the second rank.
    pub(crate) fn muted(words: impl Into<String>) -> Self {
        Self::Words(words.into(), MUTED)
    }

    /// Words under the row.
    pub(crate) fn lines(say: impl Fn(&ChartFrame, f64) -> Vec<String> + 'a) -> Self {
        Self::Lines(Box::new(say))
    }

    /// A drawing.
    pub(crate) fn drawing(draw: impl Fn(&mut Canvas, CellArea) + 'a) -> Self {
        Self::Drawing(Box::new(draw))
    }

    /// `true` if nothing of it is seen.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Words(words, _) => words.is_empty(),
            Self::Bar(_) | Self::Drawing(_) | Self::Lines(_) => false,
        }
    }
}

/// A row: a cell for each column.
pub(crate) struct ChartRow<'a> {
    pub(crate) cells: Vec<RowCell<'a>>,
    /// The text for the pointer; empty if drawings have their own.
    pub(crate) tip: String,
    /// Free space below it.
    pub(crate) space: f64,
}

impl<'a> ChartRow<'a> {
    /// A row, and its text for the pointer.
    pub(crate) fn new(cells: Vec<RowCell<'a>>, tip: impl Into<String>) -> Self {
        let tip = tip.into();
        Self {
            cells,
            tip,
            space: 0.0,
        }
    }

    /// Has so much free space below it.
    pub(crate) fn space(self, space: f64) -> Self {
        Self { space, ..self }
    }
}

/// Rows under a heading.
pub(crate) struct RowBlock<'a> {
    pub(crate) heading: String,
    pub(crate) rows: Vec<ChartRow<'a>>,
}

impl<'a, H: Into<String>> From<(H, Vec<ChartRow<'a>>)> for RowBlock<'a> {
    fn from((heading, rows): (H, Vec<ChartRow<'a>>)) -> Self {
        let heading = heading.into();
        Self { heading, rows }
    }
}
