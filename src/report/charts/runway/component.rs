//! Bars of components: the upper one in normal operation as is, the lower one in the worst case.

use super::axis::DaySpan;
use super::shapes::{HALF_THIN, MARK, red, small_beyond};
use crate::plan::runway::{Day, ReachedOn};
use crate::report::charts::kit::canvas::Canvas;
use crate::report::charts::kit::cells::CellArea;
use crate::report::charts::kit::marks::diamond;
use crate::report::charts::kit::rows::{ChartRow, RowCell};
use crate::report::charts::palette::Role;

/// How long a component's capacity lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentBar {
    /// The component.
    pub name: String,
    /// Its resource.
    pub resource: String,
    /// As is, in normal operation.
    pub as_is: ReachedOn,
    /// In the worst case, on the sampled days.
    pub worst: ReachedOn,
}

impl ComponentBar {
    /// The day on which the target is reached, where that is another day.
    pub(super) fn shown_target(&self) -> Option<Day> {
        let day = self.as_is.target;
        day.filter(|day| self.as_is.capacity != Some(*day))
    }

    /// Its row.
    pub(super) fn row(&self, span: DaySpan) -> ChartRow<'_> {
        let normal = self.as_is.capacity;
        let shown = match normal {
            Some(0) => RowCell::Words("already full".to_owned(), red()),
            day => RowCell::strong(span.last_day(day)),
        };
        let worst = match self.worst.capacity {
            Some(0) => "full in a failing case on the first day".to_owned(),
            Some(day) => format!("full in a failing case by {}", span.date(day)),
            None => "full in no failing case".to_owned(),
        };
        let drawing = RowCell::drawing(move |canvas, area| self.draw(span, canvas, area));
        let target = self.as_is.target.map_or_else(
            || "its target is met".to_owned(),
            |day| match day {
                0 => "its target is met on no day".to_owned(),
                day => format!("its target is met {}", span.until(Some(day))),
            },
        );
        let lasts = match normal {
            Some(0) => "full on the first day".to_owned(),
            Some(day) => format!("lasts {}", span.until(Some(day))),
            None => format!("lasts beyond {}", span.last()),
        };
        let tip = format!(
            "{} {}: as is {lasts}, {target}; {worst}",
            self.name, self.resource
        );
        let cells = vec![
            RowCell::plain(&self.name),
            RowCell::muted(&self.resource),
            shown,
            RowCell::muted(worst),
            drawing,
        ];
        ChartRow::new(cells, tip)
    }

    /// Two thin bars, the upper one of normal operation.
    fn draw(&self, span: DaySpan, canvas: &mut Canvas, area: CellArea) {
        let axis = span.axis(area.ends);
        let kinds = [
            (self.as_is.capacity, area.y - 5, Role::Fine),
            (self.worst.capacity, area.y + 5, Role::Gone),
        ];
        for (full, y, role) in kinds {
            let (from, to) = (axis.x(0), axis.x(full.unwrap_or(span.days)));
            if to > from {
                canvas.rectangle((from, y - HALF_THIN), (to, y + HALF_THIN), role);
            }
            match full {
                Some(day) => {
                    let x = axis.x(day).max(from + HALF_THIN);
                    let half = HALF_THIN + 1;
                    canvas.rectangle((x - half, y - half), (x + half, y + half), Role::Full);
                }
                None => small_beyond(canvas, (to, y), role),
            }
        }
        if let Some(day) = self.shown_target() {
            let at = (axis.x(day), area.y - 5);
            canvas.polygon(diamond(at, MARK + 1), Role::Paper);
            canvas.polygon(diamond(at, MARK), Role::BelowTarget);
        }
    }
}
