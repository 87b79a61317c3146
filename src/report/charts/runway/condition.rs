//! Bars of conditions: solid where both ends of the forecast hold, striped where only lower growth does.

use super::axis::DaySpan;
use super::shapes::{HALF_THIN, MARK, beyond, red};
use crate::plan::runway::Day;
use crate::report::charts::kit::canvas::Canvas;
use crate::report::charts::kit::cells::CellArea;
use crate::report::charts::kit::marks::{self, HALF_BAR, hatched};
use crate::report::charts::kit::rows::{ChartRow, RowCell};
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use std::ops::Range;

/// How long one condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionBar {
    /// The condition, such as `served under 1 failure`.
    pub name: String,
    /// Moves and recovery, such as `as is, replan`.
    pub how: String,
    /// The first day that fails, as expected; `None` holds on all days.
    pub fails_from: Option<Day>,
    /// The same at the low end of the forecast and at the high end; `None` where they were not asked.
    pub ends: Option<[Option<Day>; 2]>,
    /// All days that fail, as expected: ascending and apart.
    pub failing: Vec<Range<Day>>,
}

/// Pixels of a stretch that only lower growth leaves, from which on it is drawn.
const LEAST_STRIPED: i32 = 4;

impl ConditionBar {
    /// Days from the first on that hold at every end of the forecast.
    fn sure(&self, span: DaySpan) -> Day {
        let ends = self.ends.into_iter().flatten().chain([self.fails_from]);
        ends.map(|day| day.unwrap_or(span.days))
            .min()
            .unwrap_or(span.days)
    }

    /// The days after these that hold at some end of it.
    pub(super) fn striped(&self, span: DaySpan) -> Option<Range<Day>> {
        let ends = self.ends.into_iter().flatten().chain([self.fails_from]);
        let last = ends.map(|day| day.unwrap_or(span.days)).max()?;
        let sure = self.sure(span);
        (last > sure).then_some(sure..last)
    }

    /// Its row.
    pub(super) fn row(&self, span: DaySpan) -> ChartRow<'_> {
        let until = match self.fails_from {
            Some(0) => RowCell::Words(span.last_day(self.fails_from), red()),
            day => RowCell::strong(span.last_day(day)),
        };
        // What holds equally long at both ends needs no words.
        let ends = self.ends.filter(|ends| *ends != [self.fails_from; 2]);
        let band = ends.map_or_else(String::new, |[low, high]| {
            format!(
                "{} if high, {} if low",
                span.last_day(high),
                span.last_day(low)
            )
        });
        let drawing = RowCell::drawing(move |canvas, area| self.draw(span, canvas, area));
        let cells = vec![
            RowCell::plain(&self.name),
            RowCell::muted(&self.how),
            until,
            RowCell::muted(band),
            drawing,
        ];
        ChartRow::new(cells, self.tip(span))
    }

    /// The text for a pointer over a condition.
    fn tip(&self, span: DaySpan) -> String {
        let said = |fails_from: Option<Day>| span.until(fails_from);
        let ends = self.ends.map_or_else(String::new, |[low, high]| {
            format!("; if growth is high {}, if low {}", said(high), said(low))
        });
        format!(
            "{}, {}: {}{ends}",
            self.name,
            self.how,
            said(self.fails_from)
        )
    }

    fn draw(&self, span: DaySpan, canvas: &mut Canvas, area: CellArea) {
        let (axis, y) = (span.axis(area.ends), area.y);
        let mut strip = |days: &Range<Day>, half: i32, role: Role| {
            let (from, to) = (axis.x(days.start), axis.x(days.end));
            if to > from {
                canvas.rectangle((from, y - half), (to, y + half), role);
            }
        };
        for failing in &self.failing {
            strip(failing, 1, Role::Full);
        }
        let starts = self.failing.iter().skip(1).map(|next| next.start);
        for (before, next) in self.failing.iter().zip(starts.chain([span.days])) {
            strip(&(before.end..next), HALF_THIN, Role::Fine);
        }
        let sure = self.sure(span);
        strip(&(0..sure), HALF_BAR, Role::Fine);
        if let Some(days) = self.striped(span) {
            let (from, to) = (axis.x(days.start), axis.x(days.end));
            if to - from >= LEAST_STRIPED {
                hatched(canvas, (from, y - HALF_BAR), (to, y + HALF_BAR), Role::Fine);
            }
        }
        match self.fails_from {
            Some(day) => {
                let x = axis
                    .x(day)
                    .max(axis.x(0) + MARK)
                    .min(axis.x(span.days) - MARK);
                marks::sized_state(canvas, (x, y), State::Full, MARK);
            }
            None => beyond(canvas, (axis.x(span.days), y)),
        }
    }
}
