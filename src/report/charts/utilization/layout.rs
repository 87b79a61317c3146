//! Layout of the chart of utilization by site and failure: how much of it is shown, and where it stands.

use super::UtilizationChart;
use crate::report::charts::font::{ASCENT, DESCENT};
use crate::report::charts::frame::{Frame, SIZE, SMALL};
use crate::report::charts::heat;
use crate::report::numbers;
use crate::units::FEASIBILITY;

/// Least width of a column: upright words of the next one do not touch those above it.
const LEAST: f64 = SMALL * (ASCENT + DESCENT) + 0.05;

/// Widest cell.
const WIDEST: f64 = 96.0;

/// Most pixels that upright words of a heading take.
const LONGEST: f64 = 180.0;

/// Free space between columns of words and cells.
const GAP: f64 = 12.0;

/// Free space between the case without a failure and the others.
const REST: f64 = 8.0;

/// What is shown, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// Columns shown: the first of the chart.
    pub(super) columns: usize,
    /// Right edge of the names.
    pub(super) names: f64,
    /// Left edge of the cells.
    pub(super) from: f64,
    /// Width of a column.
    pub(super) cell: f64,
    /// Height of a row.
    pub(super) height: f64,
    /// `true` if the first column stands apart.
    pub(super) has_rest: bool,
    /// `true` if headings read upwards.
    pub(super) is_upright: bool,
    /// Pixels that headings take.
    pub(super) heading: f64,
    /// Right edge of the worst value of a site; `None` where it has no room.
    pub(super) worst: Option<f64>,
}

impl Layout {
    /// What a picture has room for.
    pub(super) fn new(chart: &UtilizationChart, frame: &Frame) -> Self {
        let font = frame.font();
        let rows = chart.rows.len();
        let inner = frame.right - frame.left;
        let names = chart
            .rows
            .iter()
            .map(|row| font.width(&row.site.name, SIZE));
        let share = if frame.is_wide { 0.16 } else { 0.3 };
        let names = names.fold(0.0, f64::max).min(inner * share).max(60.0);
        let of_worst = font
            .width("worst", SMALL)
            .max(font.width(&percent(10.0), SMALL));
        let of_worst = if frame.is_wide { of_worst + GAP } else { 0.0 };
        let has_rest = chart
            .columns
            .first()
            .is_some_and(|own| own.failing.id.is_empty());
        let rest = if has_rest { REST } else { 0.0 };
        let room = inner - names - GAP - of_worst - rest;
        let fit = (1..=chart.columns.len()).rev();
        let fit = fit
            .into_iter()
            .find(|count| *count as f64 * LEAST <= room)
            .unwrap_or(1);
        let columns = chart.columns.len().min(fit);
        let cell = (room / columns.max(1) as f64).min(WIDEST);
        let headings = chart.columns[..columns]
            .iter()
            .map(|own| font.width(&own.failing.name, SMALL));
        let widest = headings.fold(0.0, f64::max);
        let is_upright = widest > cell - 6.0;
        let from = frame.left + names + GAP;
        let end = from + cell * columns as f64 + rest;
        Self {
            columns,
            names: frame.left + names,
            from,
            cell,
            height: if rows > 30 { 18.0 } else { 24.0 },
            has_rest,
            is_upright,
            heading: if is_upright {
                widest.min(LONGEST) + 6.0
            } else {
                SMALL * 1.4
            },
            worst: frame.is_wide.then_some(end + of_worst),
        }
    }

    /// Left and right end of a column.
    pub(super) fn column(&self, index: usize) -> (i32, i32) {
        heat::ends(self.first(index), self.cell, index)
    }

    /// The middle of a column.
    pub(super) fn middle(&self, index: usize) -> f64 {
        self.cell.mul_add(index as f64 + 0.5, self.first(index))
    }

    /// Where columns begin, as far as the one at `index` is concerned.
    fn first(&self, index: usize) -> f64 {
        if self.has_rest && index > 0 {
            self.from + REST
        } else {
            self.from
        }
    }
}

/// A utilization in whole percents, rounded up; what is not full is less than 100.
pub(super) fn percent(utilization: f64) -> String {
    let shown = (utilization * 100.0 - FEASIBILITY * 100.0).ceil().max(0.0);
    let is_full = utilization >= 1.0 - FEASIBILITY;
    numbers::users(if is_full { shown } else { shown.min(99.0) })
}
