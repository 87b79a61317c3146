//! Heat grid: cells whose rows and columns are things, shown by shade, by shape and by number.
//!
//! As many columns are shown as fit, the first of them; numbers are in cells where all of them fit.

use super::canvas::{Anchor, Canvas, Face, Point, whole};
use super::frame::{ChartFrame, LegendKey, SMALL};
use super::marks;
use crate::report::charts::palette::Role;
use crate::report::headroom::State;

/// Free space beside the words of a cell.
const INSET: f64 = 2.0;

/// Size of numbers in narrow cells.
const TINY: f64 = 11.0;

/// Height of the bar below a number.
const BAR: i32 = 5;

/// Least side of a square: one user is seen.
const LEAST_SIDE: f64 = 3.0;

/// The colour of what is full to so much and to be judged so.
pub(crate) fn shade(utilization: f64, state: State) -> Role {
    match state {
        State::Fine if utilization <= 0.25 => Role::Quarter,
        State::Fine if utilization <= 0.5 => Role::Half,
        State::Fine if utilization <= 0.75 => Role::ThreeQuarters,
        other => marks::role(other),
    }
}

/// The colour of words on a colour.
pub(crate) fn on(role: Role) -> Role {
    match role {
        Role::Fine | Role::Full => Role::Paper,
        Role::BelowTarget => Role::OnBright,
        _ => Role::Ink,
    }
}

/// What a cell shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tile {
    /// A colour with words in it, or with a white mark where words do not fit.
    Filled(Role, String, Option<State>),
    /// Words over a red bar of a share of the cell's width; where they do not fit, a red square of that share of its area.
    Square(String, f64),
    /// Out of service.
    Gone,
    /// Not looked at.
    Unasked,
}

impl Tile {
    /// The words in it.
    pub(crate) fn words(&self) -> &str {
        match self {
            Self::Filled(_, words, _) | Self::Square(words, _) => words,
            Self::Gone | Self::Unasked => "",
        }
    }
}

/// What columns of a grid have to leave free, and how wide they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GridSpace {
    /// Pixels to the left of the cells, and to their right.
    pub(crate) beside: (f64, f64),
    /// Pixels between the first column and the others.
    pub(crate) apart: f64,
    /// Least and greatest width of a column.
    pub(crate) cell: (f64, f64),
}

/// Where the cells of a grid stand.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeatGrid {
    /// How many columns are shown: the first of all.
    pub(crate) columns: usize,
    /// Left edge of the cells.
    pub(crate) from: f64,
    /// Width of a column.
    pub(crate) cell: f64,
    /// Pixels between the first column and the others.
    apart: f64,
    /// Height of a row.
    pub(crate) height: f64,
    /// Size of the words in cells; `None` where not all of them fit.
    pub(crate) size: Option<f64>,
}

impl HeatGrid {
    /// The part that fits into a picture of a number of columns, of which `words` gives the words of the first.
    pub(crate) fn new(
        frame: &ChartFrame,
        space: GridSpace,
        all: usize,
        words: impl Fn(usize) -> Vec<String>,
    ) -> Self {
        let (left, right) = space.beside;
        let (least, most) = space.cell;
        let width = frame.right - frame.left - left - right - space.apart;
        let fits = |count: &usize| *count as f64 * least <= width;
        let columns = (1..=all).rev().find(fits).unwrap_or(1).min(all);
        let cell = (width / columns.max(1) as f64).min(most);
        let words = words(columns);
        let font = frame.font();
        let size = [SMALL, TINY].into_iter().find(|size| {
            let widths = words.iter().map(|word| font.width(word, *size));
            widths.fold(0.0, f64::max) <= cell - 1.0 - 2.0 * INSET
        });
        Self {
            columns,
            from: frame.left + left,
            cell,
            apart: space.apart,
            height: 24.0,
            size,
        }
    }

    /// Left and right end of a column, with a pixel of paper before the next.
    pub(crate) fn column(&self, index: usize) -> (i32, i32) {
        let first = self.from + if index > 0 { self.apart } else { 0.0 };
        let left = whole(self.cell.mul_add(index as f64, first));
        let right = whole(self.cell.mul_add(index as f64 + 1.0, first));
        (left, (right - 1).max(left + 1))
    }

    /// The side of a square whose area is a share of a cell's.
    pub(crate) fn side(&self, share: f64) -> i32 {
        let side = (self.cell.min(self.height) - 1.0) * share.sqrt();
        whole(side.max(LEAST_SIDE))
    }

    /// Draws a row of cells, and tells the pointer what they are; the row is not left.
    pub(crate) fn row(&self, frame: &mut ChartFrame, tiles: impl Iterator<Item = (Tile, String)>) {
        let (top, bottom) = (whole(frame.y), whole(frame.y + self.height) - 1);
        for (index, (tile, tip)) in tiles.take(self.columns).enumerate() {
            let (left, right) = self.column(index);
            self.tile(&mut frame.canvas, (left, top), (right, bottom), &tile);
            frame.canvas.tip((left, top), (right, bottom), &tip);
        }
    }

    fn tile(&self, canvas: &mut Canvas, from: Point, to: Point, tile: &Tile) {
        let middle = (i32::midpoint(from.0, to.0), i32::midpoint(from.1, to.1));
        let half = ((to.0 - from.0).min(to.1 - from.1) / 2 - 3).clamp(2, 4);
        match tile {
            Tile::Filled(role, words, mark) => {
                canvas.rectangle(from, to, *role);
                match self.size.filter(|_| !words.is_empty()) {
                    Some(size) => number(canvas, from, to, (*role, size), words),
                    None => white_mark(canvas, middle, half, *mark),
                }
            }
            Tile::Square(words, share) => {
                if let Some(size) = self.size {
                    // A bar below the number is as long as the number is large.
                    canvas.rectangle(from, to, Role::Track);
                    let length = whole(f64::from(to.0 - from.0) * share.clamp(0.0, 1.0)).max(2);
                    canvas.rectangle((from.0, to.1 - BAR), (from.0 + length, to.1), Role::Full);
                    number(canvas, from, (to.0, to.1 - BAR), (Role::Track, size), words);
                } else {
                    canvas.rectangle(from, to, Role::Track);
                    square(canvas, middle, self.side(*share));
                }
            }
            Tile::Gone => marks::cross(canvas, middle, half),
            Tile::Unasked => canvas.disc(middle, 1, Role::Gone),
        }
    }
}

/// Words in the middle of a cell of a colour.
fn number(canvas: &mut Canvas, from: Point, to: Point, (role, size): (Role, f64), words: &str) {
    let role = on(role);
    let face = Face {
        size,
        role,
        is_strong: role != Role::Ink,
    };
    let middle = f64::midpoint(f64::from(from.0), f64::from(to.0));
    let baseline = f64::midpoint(f64::from(from.1), f64::from(to.1)) + size * 0.35;
    canvas.text(middle, baseline, Anchor::Middle, face, words);
}

/// A diamond or a square of paper.
pub(crate) fn white_mark(canvas: &mut Canvas, (x, y): Point, half: i32, mark: Option<State>) {
    match mark {
        Some(State::BelowTarget) => {
            canvas.polygon(marks::diamond((x, y), half), Role::Paper);
        }
        Some(State::Full) => {
            let half = half - 1;
            canvas.rectangle((x - half, y - half), (x + half, y + half), Role::Paper);
        }
        _ => {}
    }
}

/// A red square around a point.
pub(crate) fn square(canvas: &mut Canvas, (x, y): Point, side: i32) {
    let from = (x - side / 2, y - side / 2);
    canvas.rectangle(from, (from.0 + side, from.1 + side), Role::Full);
}

/// A patch of the legend, with the mark of its cells.
pub(crate) fn key(role: Role, mark: Option<State>, words: &str) -> LegendKey<'_> {
    LegendKey::mark(18.0, words, move |canvas, (x, y)| {
        canvas.rectangle((x - 9, y - 8), (x + 9, y + 8), role);
        white_mark(canvas, (x, y), 4, mark);
    })
}
