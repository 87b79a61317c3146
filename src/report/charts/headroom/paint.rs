//! Painting of the headroom chart, from top to bottom.

use super::HeadroomChart;
use super::layout::{Block, Columns, MARGIN, MARK, SIZE, SMALL, SPACE, blocks};
use super::marks::{self, HALF_TICK};
use crate::error::Result;
use crate::report::charts::canvas::{Anchor, Canvas, Face, whole};
use crate::report::charts::font::{ASCENT, Font};
use crate::report::charts::palette::Role;
use crate::report::headroom::{Selection, State};
use crate::report::numbers;
use crate::report::words::PREMISE;

/// Height of a row in one line.
pub(super) const WIDE_ROW: f64 = 30.0;

/// Height of a row in two lines and a bar.
const NARROW_ROW: f64 = 76.0;

/// From this many rows on a block has its scale below as well.
const TALL: usize = 16;

/// What the axis says.
const AXIS: &str = "headroom: share of capacity still free";

/// What stands between the parts of the subtitle.
const SEPARATOR: &str = " · ";

/// The SVG of the chart.
pub(super) fn svg(
    chart: &HeadroomChart,
    selection: &Selection<'_>,
    width: u32,
    font: Font,
) -> Result<String> {
    let blocks = blocks(selection);
    let columns = Columns::new(&blocks, width, font);
    let mut painter = Painter {
        canvas: Canvas::new(font),
        columns,
        y: MARGIN - 6.0,
    };
    painter.head(chart);
    painter.legend(&blocks);
    for block in &blocks {
        painter.block(block);
    }
    painter.foot(&note(selection));
    let height = whole(painter.y).unsigned_abs();
    let subtitle = subtitle(chart);
    painter
        .canvas
        .finish((width, height), &chart.title, &subtitle)
}

/// What stands under the title.
fn subtitle(chart: &HeadroomChart) -> String {
    // The premise stays in one piece.
    let premise = PREMISE.replace(' ', "\u{a0}");
    [&chart.scenario, &chart.period, &premise]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(SEPARATOR)
}

/// What the picture leaves out.
fn note(selection: &Selection<'_>) -> String {
    let resources = "Each component is shown with its tightest resource.";
    if selection.others.len() == selection.others_in_all {
        return resources.to_owned();
    }
    format!(
        "{resources} Of {} access points, elements and links the {} tightest are shown.",
        numbers::users(selection.others_in_all as f64),
        selection.others.len()
    )
}

/// A text of the first rank.
pub(super) const fn ink(size: f64, is_strong: bool) -> Face {
    Face {
        size,
        role: Role::Ink,
        is_strong,
    }
}

/// A text of the second rank.
pub(super) const MUTED: Face = Face {
    size: SMALL,
    role: Role::Muted,
    is_strong: false,
};

/// A picture in the making.
pub(super) struct Painter {
    /// What is drawn so far.
    pub(super) canvas: Canvas,
    /// Where columns stand.
    pub(super) columns: Columns,
    /// How far down the next thing stands.
    pub(super) y: f64,
}

impl Painter {
    /// Title and subtitle.
    fn head(&mut self, chart: &HeadroomChart) {
        let size = if self.columns.is_wide { 25.0 } else { 20.0 };
        self.lines(&chart.title, ink(size, true), 5);
        self.y += 4.0;
        let face = Face {
            size: 14.0,
            ..MUTED
        };
        self.lines(&subtitle(chart), face, 4);
        self.y += 12.0;
    }

    /// A text of several lines at the left edge.
    fn lines(&mut self, text: &str, face: Face, most: usize) {
        let width = self.columns.right - self.columns.left;
        for line in self.canvas.font.wrap(text, face.size, width, most) {
            let baseline = self.y + face.size * ASCENT;
            let line = line.trim_end_matches(SEPARATOR.trim_end());
            self.canvas
                .text(self.columns.left, baseline, Anchor::Start, face, line);
            self.y += face.size * 1.28;
        }
    }

    /// What the marks mean: those of the states that occur, in as many lines as they need.
    fn legend(&mut self, blocks: &[Block<'_>]) {
        let rows = || blocks.iter().flat_map(|block| &block.rows);
        let mut items = vec![(Mark::Before, "before")];
        for state in [State::Full, State::BelowTarget, State::Fine, State::Gone] {
            if rows().any(|row| row.state == state) {
                items.push((Mark::State(state), state.words()));
            }
        }
        if rows().any(|row| row.row.target.is_some()) {
            items.push((Mark::Target, "target"));
        }
        items.push((Mark::Limit, "limit"));
        let mut x = self.columns.left;
        self.y += MARK;
        for (kind, words) in items {
            let mark = if matches!(kind, Mark::State(_)) {
                20.0
            } else {
                12.0
            };
            let width = mark + SPACE + self.canvas.font.width(words, SMALL);
            if x > self.columns.left && x + width > self.columns.right {
                x = self.columns.left;
                self.y += 2.0 * MARK;
            }
            let centre = (whole(x + mark / 2.0), whole(self.y));
            match kind {
                Mark::Before => marks::before(&mut self.canvas, centre),
                Mark::State(state) => marks::state(&mut self.canvas, centre, state),
                Mark::Target => marks::target(&mut self.canvas, centre),
                Mark::Limit => self.limit(centre.0, centre.1 - HALF_TICK, centre.1 + HALF_TICK),
            }
            let baseline = self.y + SMALL * 0.35;
            self.canvas
                .text(x + mark + SPACE, baseline, Anchor::Start, MUTED, words);
            x += width + 16.0;
        }
        self.y += MARK + 8.0;
    }

    /// The line at headroom 0.
    fn limit(&mut self, x: i32, top: i32, bottom: i32) {
        self.canvas
            .rectangle((x - 2, top), (x + 1, bottom), Role::Full);
    }

    /// A heading, the scale, the rows, and the scale again where it would be out of sight.
    fn block(&mut self, block: &Block<'_>) {
        self.y += 14.0;
        let columns = self.columns;
        let baseline = self.y + SIZE * ASCENT;
        let face = ink(SIZE, true);
        self.canvas
            .text(columns.left, baseline, Anchor::Start, face, block.heading);
        if columns.is_wide {
            let after = columns.during + SPACE;
            self.canvas
                .text(columns.during, baseline, Anchor::End, MUTED, "headroom");
            self.canvas
                .text(after, baseline, Anchor::Start, MUTED, "before");
            self.canvas
                .text(columns.right, baseline, Anchor::End, MUTED, "room");
        } else {
            self.y += SIZE * 1.5;
        }
        self.scale();
        let height = if columns.is_wide {
            WIDE_ROW
        } else {
            NARROW_ROW
        };
        if columns.is_wide {
            self.grid(
                whole(self.y),
                whole(self.y + height * block.rows.len() as f64),
            );
        }
        for row in &block.rows {
            if columns.is_wide {
                self.wide_row(row);
            } else {
                self.narrow_row(row);
            }
            self.y += height;
        }
        if block.rows.len() >= TALL {
            self.y += 4.0;
            self.scale();
        }
    }

    /// What the axis says, below its middle, and what is left out.
    fn foot(&mut self, note: &str) {
        let (from, to) = self.columns.axis;
        self.y += 12.0;
        let baseline = self.y + SMALL * ASCENT;
        let middle = f64::midpoint(from, to);
        self.canvas
            .text(middle, baseline, Anchor::Middle, MUTED, AXIS);
        self.y += SMALL + 12.0;
        self.lines(note, MUTED, 4);
        self.y += MARGIN - 8.0;
    }

    /// Grid lines and the limit, behind what is drawn on them.
    pub(super) fn grid(&mut self, top: i32, bottom: i32) {
        for tick in self.columns.ticks() {
            let x = self.columns.x(tick);
            self.canvas.rectangle((x, top), (x + 1, bottom), Role::Grid);
        }
        let zero = self.columns.x(0.0);
        self.limit(zero, top, bottom);
    }

    /// The labels of the grid lines.
    fn scale(&mut self) {
        let baseline = self.y + SIZE * ASCENT;
        for tick in self.columns.ticks() {
            let label = numbers::short_percent(tick);
            let x = f64::from(self.columns.x(tick));
            self.canvas.text(x, baseline, Anchor::Middle, MUTED, &label);
        }
        self.y += SIZE * 1.5;
    }
}

/// What a legend explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Before,
    State(State),
    Target,
    Limit,
}
