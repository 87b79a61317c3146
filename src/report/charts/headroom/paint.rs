//! Painting of the headroom chart, from top to bottom.

use super::chart::{Against, HeadroomChart};
use super::layout::{Block, Columns, blocks};
use crate::error::Result;
use crate::report::charts::canvas::{Anchor, Canvas, whole};
use crate::report::charts::chart::Chart;
use crate::report::charts::font::ASCENT;
use crate::report::charts::frame::{Frame, Heading, Key, MUTED, SIZE, SMALL, SPACE};
use crate::report::charts::marks::{self, HALF_TICK};
use crate::report::charts::palette::Role;
use crate::report::headroom::{Selection, State};
use crate::report::numbers;

/// Height of a row in one line.
pub(super) const WIDE_ROW: f64 = 30.0;

/// Height of a row in two lines and a bar.
const NARROW_ROW: f64 = 76.0;

/// From this many rows on a block has its scale below as well.
const TALL: usize = 16;

/// What the axis says.
const AXIS: &str = "headroom: share of capacity still free";

impl Chart for HeadroomChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        svg(self, &Selection::new(&self.rows, self.most_others), width)
    }
}

/// The SVG of the chart.
fn svg(chart: &HeadroomChart, selection: &Selection<'_>, width: u32) -> Result<String> {
    let blocks = blocks(selection, chart.against);
    let mut frame = Frame::new(
        width,
        &Heading {
            title: &chart.title,
            subtitle: &[&chart.scenario, &chart.period],
        },
    )?;
    let columns = Columns::new(&blocks, &frame, chart.against);
    frame.legend(&keys(&blocks, chart.against));
    let mut painter = Painter {
        frame,
        columns,
        against: chart.against,
    };
    for block in &blocks {
        painter.block(block);
    }
    painter.foot(&note(selection));
    painter.frame.finish()
}

/// What the marks mean: those of the states that occur.
fn keys(blocks: &[Block<'_>], against: Against) -> Vec<Key<'static>> {
    let rows = || blocks.iter().flat_map(|block| &block.rows);
    let mut keys = vec![Key {
        width: 12.0,
        words: against.words(),
        mark: Box::new(marks::before),
    }];
    for state in [State::Full, State::BelowTarget, State::Fine, State::Gone] {
        if rows().any(|row| row.state == state) {
            keys.push(Key::state(state));
        }
    }
    if rows().any(|row| row.row.target.is_some()) {
        keys.push(Key {
            width: 12.0,
            words: "target",
            mark: Box::new(marks::target),
        });
    }
    keys.push(Key {
        width: 12.0,
        words: "limit",
        mark: Box::new(|canvas, (x, y)| limit(canvas, x, y - HALF_TICK, y + HALF_TICK)),
    });
    keys
}

/// The line at headroom 0.
fn limit(canvas: &mut Canvas, x: i32, top: i32, bottom: i32) {
    canvas.rectangle((x - 2, top), (x + 1, bottom), Role::Full);
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

/// A picture in the making.
pub(super) struct Painter {
    /// Title, legend, and what is drawn so far.
    pub(super) frame: Frame,
    /// Where columns stand.
    pub(super) columns: Columns,
    against: Against,
}

impl Painter {
    /// A heading, the scale, the rows, and the scale again where it would be out of sight.
    fn block(&mut self, block: &Block<'_>) {
        self.frame.y += 14.0;
        let columns = self.columns;
        let baseline = self.frame.y + SIZE * ASCENT;
        self.frame.heading(block.heading);
        if columns.is_wide {
            let after = columns.during + SPACE;
            self.frame.canvas.text(
                columns.during,
                baseline,
                Anchor::End,
                MUTED,
                self.against.of_plan(),
            );
            self.frame
                .canvas
                .text(after, baseline, Anchor::Start, MUTED, self.against.words());
            self.frame
                .canvas
                .text(columns.right, baseline, Anchor::End, MUTED, "room");
        } else {
            self.frame.y += SIZE * 1.5;
        }
        self.scale();
        let height = if columns.is_wide {
            WIDE_ROW
        } else {
            NARROW_ROW
        };
        if columns.is_wide {
            self.grid(
                whole(self.frame.y),
                whole(self.frame.y + height * block.rows.len() as f64),
            );
        }
        for row in &block.rows {
            if columns.is_wide {
                self.wide_row(row);
            } else {
                self.narrow_row(row);
            }
            self.row_tip(row, height);
            self.frame.y += height;
        }
        if block.rows.len() >= TALL {
            self.frame.y += 4.0;
            self.scale();
        }
    }

    /// What the axis says, below its middle, and what is left out.
    fn foot(&mut self, note: &str) {
        let (from, to) = self.columns.axis;
        self.frame.y += 12.0;
        let baseline = self.frame.y + SMALL * ASCENT;
        let middle = f64::midpoint(from, to);
        self.frame
            .canvas
            .text(middle, baseline, Anchor::Middle, MUTED, AXIS);
        self.frame.y += SMALL + 12.0;
        self.frame.note(note);
    }

    /// Grid lines and the limit, behind what is drawn on them.
    pub(super) fn grid(&mut self, top: i32, bottom: i32) {
        for tick in self.columns.ticks() {
            let x = self.columns.x(tick);
            self.frame
                .canvas
                .rectangle((x, top), (x + 1, bottom), Role::Grid);
        }
        let zero = self.columns.x(0.0);
        limit(&mut self.frame.canvas, zero, top, bottom);
    }

    /// The labels of the grid lines.
    fn scale(&mut self) {
        let baseline = self.frame.y + SIZE * ASCENT;
        for tick in self.columns.ticks() {
            let label = numbers::short_percent(tick);
            let x = f64::from(self.columns.x(tick));
            self.frame
                .canvas
                .text(x, baseline, Anchor::Middle, MUTED, &label);
        }
        self.frame.y += SIZE * 1.5;
    }
}
