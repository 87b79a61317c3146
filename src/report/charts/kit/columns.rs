//! Columns: how wide each is and where it stands, from what it holds.

use super::canvas::Anchor;
use super::cells::{ChartRow, RowCell};
use super::font::Font;
use super::frame::{SIZE, SMALL, SPACE};

/// Free space before a column.
const GAP: f64 = 18.0;

/// Least pixels of a bar beside its words.
const LEAST_BAR: f64 = 30.0;

/// Least pixels of another drawing.
const LEAST_DRAWING: f64 = 160.0;

/// Where the words of a column stand in rows that are re-flowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reflow {
    /// At the left end of the first line.
    Name,
    /// At its right end.
    Value,
    /// After the name, where all of it fits; if no value is on the line both are shortened instead.
    Beside,
    /// On a line of their own, above the drawings.
    Below,
    /// The same, with the heading of the column after them.
    Headed,
    /// On lines under the row, side by side too: the column takes no space.
    Under,
}

/// A line of an axis and its label.
#[derive(Debug, Clone)]
pub(crate) struct Tick {
    /// Where it stands.
    pub(crate) x: i32,
    /// Label, and what stands below it.
    pub(crate) label: [String; 2],
    /// `true` if it is the limit, `false` if a line of the grid; `None` has no line.
    pub(crate) limit: Option<bool>,
}

impl Tick {
    /// A line of the grid and its label.
    pub(crate) fn line(x: i32, label: String) -> Self {
        Self {
            x,
            label: [label, String::new()],
            limit: Some(false),
        }
    }
}

/// Where an axis stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AxisSpace {
    /// What measures its labels.
    pub(crate) font: Font,
    /// Both ends.
    pub(crate) ends: (f64, f64),
    /// Between which edges of the picture its labels stand.
    pub(crate) edges: (f64, f64),
}

/// The ticks of an axis.
pub(crate) type Axis<'a> = Box<dyn Fn(AxisSpace) -> Vec<Tick> + 'a>;

/// What a column holds.
pub(crate) enum ColumnPart<'a> {
    /// Words.
    Words(Reflow),
    /// Drawings of a height, over an axis if there is one.
    Drawing(f64, Option<Axis<'a>>),
}

/// A column of a table of rows.
pub(crate) struct RowColumn<'a> {
    /// Its heading; of a drawing with an axis, what the axis says.
    pub(crate) heading: String,
    /// The words after a bar instead, where no heading is above it.
    pub(crate) short: Option<String>,
    pub(crate) part: ColumnPart<'a>,
    pub(crate) anchor: Anchor,
    /// Free space before it.
    gap: f64,
    /// Most of the picture that words take, as a share; how much of what is left a drawing takes, against others.
    share: f64,
    /// Least pixels of a drawing; `None` is as its cells need.
    least: Option<f64>,
    /// The longest bar in pixels.
    pub(crate) longest: f64,
    /// Its rank: the lowest is left out first where they do not fit; 0 stays.
    rank: u8,
}

impl<'a> RowColumn<'a> {
    fn new(heading: impl Into<String>, part: ColumnPart<'a>, anchor: Anchor) -> Self {
        Self {
            heading: heading.into(),
            short: None,
            part,
            anchor,
            gap: GAP,
            share: 1.0,
            least: None,
            longest: f64::INFINITY,
            rank: 0,
        }
    }

    /// Names, shortened to a share of the picture.
    pub(crate) fn name(share: f64) -> Self {
        let column = Self::new("", ColumnPart::Words(Reflow::Name), Anchor::Start);
        column.share(share)
    }

    /// Words that begin at the left edge of their column.
    pub(crate) fn words(flow: Reflow, heading: impl Into<String>) -> Self {
        Self::new(heading, ColumnPart::Words(flow), Anchor::Start)
    }

    /// Words, such as numbers, that end at the right edge of their column.
    pub(crate) fn numbers(flow: Reflow, heading: impl Into<String>) -> Self {
        Self::new(heading, ColumnPart::Words(flow), Anchor::End)
    }

    /// Drawings of a height.
    pub(crate) fn drawing(height: f64, heading: impl Into<String>) -> Self {
        Self::new(heading, ColumnPart::Drawing(height, None), Anchor::Start)
    }

    /// Has a short heading too.
    pub(crate) fn short(self, short: &str) -> Self {
        Self {
            short: Some(short.to_owned()),
            ..self
        }
    }

    /// Over an axis.
    pub(crate) fn over(mut self, axis: impl Fn(AxisSpace) -> Vec<Tick> + 'a) -> Self {
        if let ColumnPart::Drawing(_, one_fn) = &mut self.part {
            *one_fn = Some(Box::new(axis));
        }
        self
    }

    /// Takes no more than a share of the picture; a drawing takes so much of what is left, against others.
    pub(crate) fn share(self, share: f64) -> Self {
        Self { share, ..self }
    }

    /// Keeps this distance after the column before it.
    pub(crate) fn gap(self, gap: f64) -> Self {
        Self { gap, ..self }
    }

    /// Needs this many pixels.
    pub(crate) fn least(self, least: f64) -> Self {
        Self {
            least: Some(least),
            ..self
        }
    }

    /// Has bars of this many pixels at most.
    pub(crate) fn longest(self, longest: f64) -> Self {
        Self { longest, ..self }
    }

    /// Is left out where columns do not fit, the lowest rank first.
    pub(crate) fn rank(self, rank: u8) -> Self {
        Self { rank, ..self }
    }

    fn is_drawing(&self) -> bool {
        matches!(self.part, ColumnPart::Drawing(..))
    }

    /// Least pixels and free space before it; nothing if it is empty.
    fn least_width<'b>(
        &self,
        cells: impl Iterator<Item = &'b RowCell<'b>>,
        font: Font,
        inner: f64,
    ) -> (f64, f64) {
        let mut width: f64 = 0.0;
        let (mut is_empty, mut has_bars) = (true, false);
        for cell in cells {
            width = width.max(needs(cell, font));
            is_empty &= cell.is_empty();
            has_bars |= matches!(cell, RowCell::Bar(_));
        }
        if is_empty || matches!(self.part, ColumnPart::Words(Reflow::Under)) {
            return (0.0, 0.0);
        }
        let width = if self.is_drawing() {
            let least = if has_bars { 0.0 } else { LEAST_DRAWING };
            width.max(self.least.unwrap_or(least))
        } else {
            let heading = font.width(&self.heading, SMALL) + 1.0;
            width.min(inner * self.share).max(heading)
        };
        (width, self.gap)
    }
}

/// Pixels that a cell needs.
fn needs(cell: &RowCell<'_>, font: Font) -> f64 {
    match cell {
        RowCell::Words(words, face) => font.width(words, face.size) + 1.0,
        RowCell::Bar(bar) => {
            let first = bar.words.first();
            let first = first.map_or(0.0, |(words, face)| font.width(words, face.size));
            first + LEAST_BAR + 2.0 * SPACE
        }
        RowCell::Drawing(_) | RowCell::Empty | RowCell::Lines(_) => 0.0,
    }
}

/// Where columns stand side by side: both ends of each; `None` if one has no place.
pub(crate) type Ends = Vec<Option<(f64, f64)>>;

/// Ends of columns between two edges, side by side; `None` if they do not fit.
///
/// Words are as wide as the widest of them, up to their share; drawings share out what is left. What has a rank is left
/// out before drawings are narrower than they may be.
pub(crate) fn side_by_side(
    columns: &[RowColumn<'_>],
    headings: &[&str],
    rows: &[&ChartRow<'_>],
    font: Font,
    (left, right): (f64, f64),
) -> Option<Ends> {
    let inner = right - left;
    let mut widths: Vec<(f64, f64)> = columns
        .iter()
        .enumerate()
        .map(|(index, row_column)| {
            let cells = rows.iter().filter_map(|row| row.cells.get(index));
            row_column.least_width(cells, font, inner)
        })
        .collect();
    if let (Some(first), Some(name)) = (widths.first_mut(), columns.first()) {
        // Headings of blocks stand above the names.
        let headings = headings
            .iter()
            .map(|heading| font.width(heading, SIZE) * 1.05);
        let heading = headings.fold(0.0, f64::max).min(inner * name.share);
        *first = (first.0.max(heading), 0.0);
    }
    let taken = |widths: &[(f64, f64)]| widths.iter().map(|(value, gap)| value + gap).sum::<f64>();
    while taken(&widths) > inner {
        let ranked = columns.iter().enumerate().zip(&widths);
        let ranked = ranked.filter(|((_, row_column), width)| row_column.rank > 0 && width.0 > 0.0);
        let ((least, _), _) = ranked.min_by_key(|((_, row_column), _)| row_column.rank)?;
        widths[least] = (0.0, 0.0);
    }
    let spare = inner - taken(&widths);
    let takes = |index: usize| columns[index].is_drawing() && widths[index].0 > 0.0;
    let shares = (0..columns.len()).filter(|index| takes(*index));
    let shares: f64 = shares.map(|index| columns[index].share).sum();
    let mut x = left;
    let mut ends = Vec::with_capacity(columns.len());
    for (index, (width, gap)) in widths.iter().enumerate() {
        x += gap;
        let more = if takes(index) {
            spare * columns[index].share / shares
        } else {
            0.0
        };
        ends.push((*width > 0.0).then_some((x, x + width + more)));
        x += width + more;
    }
    Some(ends)
}
