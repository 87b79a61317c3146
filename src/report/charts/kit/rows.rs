//! Gauge rows: names, words and drawings side by side, in blocks under a heading.
//!
//! Where a picture is narrow or columns do not fit, the same rows are re-flowed: name and value on the first line,
//! other words below it, and below these the drawings, each as wide as the picture.

use super::canvas::{Anchor, Face, whole};
pub(crate) use super::cells::{Bar, CellArea, ChartRow, RowBlock, RowCell};
use super::columns::{Axis, AxisSpace, ColumnPart, Ends, Reflow, RowColumn, Tick, side_by_side};
use super::font::{ASCENT, Font};
use super::frame::{ChartFrame, MUTED, SIZE, SMALL, SPACE, ink};
use super::lines::{first_line, lines};
use super::marks::{HALF_BAR, limit};
use crate::report::charts::palette::Role;

/// Height of a line of words under a row.
const UNDER: f64 = 17.0;

/// From this many rows on a block has its axis below as well.
const TALL: usize = 16;

/// Least share of its column that a bar may fill.
const LEAST_SHARE: f64 = 0.35;

/// Least space for words after others.
const LEAST_WORDS: f64 = 30.0;

/// A table of rows.
pub(crate) struct RowTable<'a> {
    /// The first holds the names.
    pub(crate) columns: Vec<RowColumn<'a>>,
    pub(crate) blocks: Vec<RowBlock<'a>>,
    /// Height of a row whose columns stand side by side.
    pub(crate) height: f64,
}

impl RowTable<'_> {
    /// Draws the table into a picture; says between which ends the first drawings stand.
    pub(crate) fn draw(&self, frame: &mut ChartFrame) -> (f64, f64) {
        let rows: Vec<&ChartRow<'_>> = self.blocks.iter().flat_map(|block| &block.rows).collect();
        let headings: Vec<&str> = self
            .blocks
            .iter()
            .map(|block| block.heading.as_str())
            .collect();
        let edges = (frame.left, frame.right);
        let ends = frame
            .is_wide
            .then(|| side_by_side(&self.columns, &headings, &rows, frame.font(), edges))
            .flatten();
        let mut painter = Painter {
            table: self,
            longest: vec![0.0; self.columns.len()],
            ends,
            frame,
        };
        painter.measure_bars(&rows);
        let blocks = self.blocks.iter().filter(|block| !block.rows.is_empty());
        for block in blocks {
            painter.block(block);
        }
        painter.axis_words();
        let mut columns = self.columns.iter().enumerate();
        let drawn = columns.find_map(|(index, row_column)| match row_column.part {
            ColumnPart::Drawing(..) => painter.ends(index),
            ColumnPart::Words(_) => None,
        });
        drawn.unwrap_or(edges)
    }
}

struct Painter<'a, 'f> {
    table: &'a RowTable<'a>,
    /// Where columns stand; `None` where they are re-flowed.
    ends: Option<Ends>,
    /// The longest bar of each column.
    longest: Vec<f64>,
    frame: &'f mut ChartFrame,
}

impl<'a> Painter<'a, '_> {
    fn font(&self) -> Font {
        self.frame.font()
    }

    /// Both ends of a column; a drawing that is re-flowed is as wide as the picture.
    fn ends(&self, column: usize) -> Option<(f64, f64)> {
        match &self.ends {
            Some(ends) => ends[column],
            None => Some((self.frame.left, self.frame.right)),
        }
    }

    /// Bars are on one scale, except for columns that say how long theirs are.
    fn measure_bars(&mut self, rows: &[&ChartRow<'_>]) {
        let font = self.font();
        let mut shortest = f64::INFINITY;
        for (index, column) in self.table.columns.iter().enumerate() {
            let Some((from, to)) = self.ends(index) else {
                continue;
            };
            let cells = rows.iter().filter_map(|row| match row.cells.get(index) {
                Some(RowCell::Bar(bar)) => Some(self.all_words(column, bar)),
                _ => None,
            });
            let words = cells.map(|words| words_width(&words, font));
            let widest = words.fold(0.0, f64::max);
            let space = (to - from - widest).max((to - from) * LEAST_SHARE);
            self.longest[index] = space.min(column.longest);
            if widest > 0.0 && column.longest.is_infinite() {
                shortest = shortest.min(space);
            }
        }
        for (column, longest) in self.table.columns.iter().zip(&mut self.longest) {
            if column.longest.is_infinite() {
                *longest = longest.min(shortest);
            }
        }
    }

    /// The words after a bar; re-flowed, with the heading of the column.
    fn all_words(&self, column: &RowColumn<'_>, bar: &Bar) -> Vec<(String, Face)> {
        let mut words = bar.words.clone();
        if self.ends.is_none() && bar.is_headed {
            let heading = column.short.as_ref().unwrap_or(&column.heading);
            words.insert(1.min(words.len()), (heading.clone(), MUTED));
        }
        words
    }

    /// A heading, the axis, the rows, and the axis again where it would be out of sight.
    fn block(&mut self, block: &RowBlock<'a>) {
        self.frame.y += 12.0;
        self.headings(&block.heading);
        let ticks = self.ticks();
        if self.ends.is_some() {
            let lines = |row: &ChartRow<'_>| self.lines_under(row).0.len() as f64;
            let height = |row: &ChartRow<'_>| self.table.height + lines(row) * UNDER + row.space;
            let bottom = self.frame.y + block.rows.iter().map(height).sum::<f64>();
            grid(self.frame, &ticks, self.frame.y, bottom);
        }
        for row in &block.rows {
            let top = self.frame.y;
            match self.ends.clone() {
                Some(ends) => self.side_by_side(&ends, row),
                None => self.re_flowed(row, &ticks),
            }
            self.draw_lines_under(row);
            if !row.tip.is_empty() {
                let (left, right) = (whole(self.frame.left), whole(self.frame.right));
                let bottom = whole(self.frame.y);
                let canvas = &mut self.frame.canvas;
                canvas.tip((left, whole(top)), (right, bottom), &row.tip);
            }
            self.frame.y += row.space;
        }
        if block.rows.len() >= TALL && !ticks.is_empty() {
            self.frame.y += 4.0;
            self.labels(&ticks);
        }
    }

    /// Ticks of all axes.
    fn ticks(&self) -> Vec<Tick> {
        let axis = |(index, column): (usize, &'a RowColumn<'a>)| {
            Some((self.ends(index)?, axis_of(column)?))
        };
        let axes = self.table.columns.iter().enumerate().filter_map(axis);
        let (font, edges) = (self.font(), (self.frame.left, self.frame.right));
        axes.flat_map(|(ends, axis)| axis(AxisSpace { font, ends, edges }))
            .collect()
    }

    /// The heading of a block, of its columns, and the labels of the axis.
    fn headings(&mut self, heading: &str) {
        let ticks = self.ticks();
        let Some(ends) = self.ends.clone() else {
            if !heading.is_empty() {
                self.frame.heading(heading);
                self.frame.y += SIZE * 1.5;
            }
            self.labels(&ticks);
            return;
        };
        let baseline = self.frame.y + SIZE * ASCENT;
        let mut free = self.frame.right;
        for (column, ends) in self.table.columns.iter().zip(ends) {
            let (Some(ends), None) = (ends, axis_of(column)) else {
                continue;
            };
            if column.heading.is_empty() {
                continue;
            }
            let space = ends.1 - ends.0;
            let is_fit = self.font().width(&column.heading, SMALL) <= space;
            let words = column.short.as_ref().filter(|_| !is_fit);
            let words = words.unwrap_or(&column.heading);
            let words = self.font().fit(words, SMALL, space);
            let width = self.font().width(&words, SMALL);
            let start = match column.anchor {
                Anchor::End => ends.1 - width,
                _ => ends.0,
            };
            free = free.min(start);
            let canvas = &mut self.frame.canvas;
            canvas.text(start, baseline, Anchor::Start, MUTED, &words);
        }
        let font = self.font();
        let ticked = ticks
            .iter()
            .map(|tick| f64::from(tick.x) - font.width(&tick.label[0], SMALL) / 2.0);
        let space = ticked.fold(free, f64::min) - SPACE - self.frame.left;
        let words = self.font().fit(heading, SIZE, space);
        let left = self.frame.left;
        let canvas = &mut self.frame.canvas;
        canvas.text(left, baseline, Anchor::Start, ink(SIZE, true), &words);
        if ticks.is_empty() {
            self.frame.y += SIZE * 1.6;
        } else {
            self.labels(&ticks);
        }
    }

    /// The labels of an axis, those that fit.
    fn labels(&mut self, ticks: &[Tick]) {
        for line in [0, 1] {
            if ticks.iter().all(|tick| tick.label[line].is_empty()) {
                continue;
            }
            let baseline = self.frame.y + SIZE * ASCENT;
            let mut free = f64::NEG_INFINITY;
            for tick in ticks {
                let label = &tick.label[line];
                let half = self.font().width(label, SMALL) / 2.0;
                let (least, most) = (self.frame.left + half, self.frame.right - half);
                let x = f64::from(tick.x).min(most).max(least);
                if label.is_empty() || x - half < free {
                    continue;
                }
                free = x + half + SPACE;
                let canvas = &mut self.frame.canvas;
                canvas.text(x, baseline, Anchor::Middle, MUTED, label);
            }
            self.frame.y += SIZE * 1.25;
        }
        if !ticks.is_empty() {
            self.frame.y += 4.0;
        }
    }

    /// What axes say, below the rows.
    fn axis_words(&mut self) {
        for (index, column) in self.table.columns.iter().enumerate() {
            let (Some(_), Some(ends)) = (axis_of(column), self.ends(index)) else {
                continue;
            };
            if column.heading.is_empty() {
                continue;
            }
            self.frame.y += 12.0;
            let baseline = self.frame.y + SMALL * ASCENT;
            let middle = f64::midpoint(ends.0, ends.1);
            let canvas = &mut self.frame.canvas;
            canvas.text(middle, baseline, Anchor::Middle, MUTED, &column.heading);
            self.frame.y += SMALL;
        }
    }

    /// A row on one line.
    fn side_by_side(&mut self, ends: &Ends, row: &ChartRow<'_>) {
        let font = self.font();
        let (top, bottom) = (self.frame.y, self.frame.y + self.table.height);
        let centre = f64::midpoint(top, bottom);
        for (index, (column, cell)) in self.table.columns.iter().zip(&row.cells).enumerate() {
            let Some(ends) = ends[index] else { continue };
            match cell {
                RowCell::Words(words, face) => {
                    // What ends at the picture's edge may be the widest of its column.
                    let fitted = font.fit(words, face.size, ends.1 - ends.0);
                    let x = match column.anchor {
                        Anchor::End => ends.1,
                        _ => ends.0,
                    };
                    let baseline = centre + SIZE * 0.35;
                    let canvas = &mut self.frame.canvas;
                    canvas.text(x, baseline, column.anchor, *face, &fitted);
                }
                other => self.drawing(index, other, ends, centre, (top, bottom)),
            }
        }
        self.frame.y = bottom;
    }

    /// A row on several lines.
    fn re_flowed(&mut self, row: &ChartRow<'_>, ticks: &[Tick]) {
        let words = |wanted: fn(Reflow) -> bool| {
            let cells = self.table.columns.iter().zip(&row.cells);
            cells.filter_map(move |(column, cell)| {
                let flow = match column.part {
                    ColumnPart::Words(flow) => flow,
                    ColumnPart::Drawing(..) => Reflow::Below,
                };
                let RowCell::Words(words, face) = cell else {
                    return None;
                };
                // Nobody, with a heading, is seen from there being no number.
                let is_nobody = flow == Reflow::Headed && face.role == Role::Muted;
                let is_wanted = wanted(flow) && !words.is_empty() && !is_nobody;
                is_wanted.then_some((flow, column, words, *face))
            })
        };
        let first: Vec<_> = words(|flow| !matches!(flow, Reflow::Below | Reflow::Headed)).collect();
        if !first.is_empty() {
            let first = first
                .into_iter()
                .map(|(flow, _, words, face)| (flow, words.as_str(), face));
            let first: Vec<(Reflow, &str, Face)> = first.collect();
            first_line(self.frame, &first);
        }
        let below = words(|flow| matches!(flow, Reflow::Below | Reflow::Headed));
        let below = below.map(|(flow, column, words, face)| {
            let words = match flow {
                Reflow::Headed => format!("{words} {}", column.heading),
                _ => words.clone(),
            };
            (
                words,
                Face {
                    size: SMALL,
                    ..face
                },
            )
        });
        let below: Vec<(String, Face)> = below.collect();
        lines(self.frame, &below);
        self.frame.y += 4.0;
        for (index, (column, cell)) in self.table.columns.iter().zip(&row.cells).enumerate() {
            let (ColumnPart::Drawing(height, _), Some(ends)) = (&column.part, self.ends(index))
            else {
                continue;
            };
            // What a bar of nothing says is seen from those that stand there.
            let is_nothing = matches!(cell, RowCell::Bar(bar) if bar.share <= 0.0);
            if cell.is_empty() || is_nothing || matches!(cell, RowCell::Words(..)) {
                continue;
            }
            let (top, bottom) = (self.frame.y, self.frame.y + height);
            let one_ticks: Vec<Tick> = axis_of(column).map_or_else(Vec::new, |_| ticks.to_vec());
            grid(self.frame, &one_ticks, top, bottom);
            self.drawing(index, cell, ends, f64::midpoint(top, bottom), (top, bottom));
            self.frame.y = bottom;
        }
        self.frame.y += SPACE;
    }

    /// Words under a row, in lines, and where they begin: as far left as drawings do.
    fn lines_under(&self, row: &ChartRow<'_>) -> (Vec<String>, f64) {
        let columns = self.table.columns.iter();
        let drawing = columns
            .clone()
            .position(|row_column| matches!(row_column.part, ColumnPart::Drawing(..)));
        let ends = drawing.and_then(|index| self.ends(index));
        let left = ends.map_or(self.frame.left, |ends| ends.0);
        let say = |cell: &RowCell<'_>| match cell {
            RowCell::Lines(say) => say(self.frame, self.frame.right - left),
            _ => Vec::new(),
        };
        (row.cells.iter().flat_map(say).collect(), left)
    }

    /// Draws words under a row, on paper that covers the lines of the grid.
    fn draw_lines_under(&mut self, row: &ChartRow<'_>) {
        let (lines, left) = self.lines_under(row);
        for words in lines {
            let width = self.font().width(&words, SMALL);
            let (top, bottom) = (self.frame.y, self.frame.y + UNDER);
            let canvas = &mut self.frame.canvas;
            let to = (whole(left + width + 4.0), whole(bottom));
            canvas.rectangle((whole(left), whole(top)), to, Role::Paper);
            canvas.text(left, top + 0.75 * UNDER, Anchor::Start, MUTED, &words);
            self.frame.y = bottom;
        }
    }

    /// A bar or another drawing.
    fn drawing(
        &mut self,
        column: usize,
        cell: &RowCell<'_>,
        ends: (f64, f64),
        centre: f64,
        row: (f64, f64),
    ) {
        let y = whole(centre);
        match cell {
            RowCell::Drawing(draw) => {
                let row = (whole(row.0), whole(row.1));
                draw(&mut self.frame.canvas, CellArea { ends, y, row });
            }
            RowCell::Bar(bar) => {
                let longest = self.longest[column];
                let words = self.all_words(&self.table.columns[column], bar);
                let canvas = &mut self.frame.canvas;
                let from = whole(ends.0);
                let corners = |to: f64| ((from, y - HALF_BAR), (whole(to), y + HALF_BAR));
                let track = corners(ends.0 + longest);
                let end = if bar.share > 0.0 {
                    ends.0 + (longest * bar.share.min(1.0)).max(2.0)
                } else {
                    ends.0
                };
                if bar.has_track {
                    canvas.rectangle(track.0, track.1, Role::Track);
                }
                let corners = corners(end);
                if bar.share > 0.0 {
                    canvas.rectangle(corners.0, corners.1, bar.role);
                }
                let end = if bar.has_track { ends.0 + longest } else { end };
                let mut x = if end > ends.0 { end + SPACE } else { ends.0 };
                for (words, face) in &words {
                    let space = ends.1 - x;
                    if space < LEAST_WORDS && canvas.font.width(words, face.size) > space {
                        break;
                    }
                    let fitted = canvas.font.fit(words, face.size, space);
                    x += canvas.text(x, centre + SMALL * 0.35, Anchor::Start, *face, &fitted);
                    x += SPACE;
                }
            }
            RowCell::Words(..) | RowCell::Empty | RowCell::Lines(_) => {}
        }
    }
}

/// The axis of a column that has one.
fn axis_of<'b>(column: &'b RowColumn<'b>) -> Option<&'b Axis<'b>> {
    match &column.part {
        ColumnPart::Drawing(_, axis) => axis.as_ref(),
        ColumnPart::Words(_) => None,
    }
}

/// Width of words one after the other, after a bar.
fn words_width(words: &[(String, Face)], font: Font) -> f64 {
    let widths = words
        .iter()
        .map(|(words, face)| font.width(words, face.size));
    widths.map(|width| width + SPACE).sum::<f64>()
}

/// Lines of a grid, under the drawings on them.
fn grid(frame: &mut ChartFrame, ticks: &[Tick], top: f64, bottom: f64) {
    let (top, bottom) = (whole(top), whole(bottom));
    for is_limit in [false, true] {
        for tick in ticks.iter().filter(|tick| tick.limit == Some(is_limit)) {
            if is_limit {
                limit(&mut frame.canvas, tick.x, top, bottom);
            } else {
                let canvas = &mut frame.canvas;
                canvas.rectangle((tick.x, top), (tick.x + 1, bottom), Role::Grid);
            }
        }
    }
}
