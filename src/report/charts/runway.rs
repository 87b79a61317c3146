//! Runway: until when every condition holds, and which components run out first, over one axis of days.
//!
//! The solid part of a bar holds at both ends of the forecast, the striped part only if growth is lower.

mod axis;
mod calendar;
mod component;
mod condition;
mod load_line;
mod shapes;
#[cfg(test)]
mod tests;

use self::axis::DaySpan;
pub(in crate::report) use self::axis::date;
pub use self::calendar::{CalendarChart, CalendarColumn, CalendarRow};
pub use self::component::ComponentBar;
pub use self::condition::ConditionBar;
pub use self::load_line::{CapacityStep, LoadLineChart, LoadPoint};
use self::shapes::{HALF_THIN, MARK, arrival, beyond};
use super::chart::Drawn;
use super::kit::canvas::{Anchor, Canvas, Point, whole};
use super::kit::cells::CellArea;
use super::kit::columns::{AxisSpace, Reflow, RowColumn, Tick};
use super::kit::frame::{ChartFrame, LegendKey, SMALL, SPACE, ink, left_out_of};
use super::kit::marks::{self, hatched};
use super::kit::rows::{ChartRow, RowBlock, RowCell, RowTable};
use super::palette::Role;
use crate::plan::runway::Day;
use crate::report::headroom::State;
use jiff::Timestamp;

/// Capacity that arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapacityArrival {
    /// The first day that has it.
    pub day: Day,
    /// Where and how much, such as `Boydton +400 vCPU`.
    pub words: String,
}

/// What the chart of a runway shows, in the order in which it is shown.
///
/// ```
/// use plimsoll::report::charts::Chart;
/// use plimsoll::report::charts::runway::{ConditionBar, RunwayChart};
/// let bar = ConditionBar {
///     name: "served".into(), how: "as is".into(), fails_from: Some(32), ends: None, failing: vec![32..60],
/// };
/// let chart = RunwayChart {
///     title: "All users are served until 31 Dec 2026".into(), about: vec!["growth".into()],
///     from: "2026-11-30T00:00:00Z".parse().unwrap(), days: 60,
///     bars: vec![bar], bars_in_all: 1, arrivals: Vec::new(), components: Vec::new(), components_in_all: 0,
///     notes: Vec::new(),
/// };
/// assert!(chart.svg(1200)?.contains(">31 Dec 2026</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RunwayChart {
    /// The finding.
    pub title: String,
    /// Scenario, span, what fails.
    pub about: Vec<String>,
    /// The first day's beginning.
    pub from: Timestamp,
    /// How many days are asked about.
    pub days: Day,
    /// Conditions, the shortest runway first.
    pub bars: Vec<ConditionBar>,
    /// How many conditions there are to choose from.
    pub bars_in_all: usize,
    /// Capacity that arrives, ascending.
    pub arrivals: Vec<CapacityArrival>,
    /// Components, those that run out first before others.
    pub components: Vec<ComponentBar>,
    /// How many components run out in all.
    pub components_in_all: usize,
    /// What to add below the picture.
    pub notes: Vec<String>,
}

/// Height of a row.
const ROW: f64 = 26.0;

/// Height of a drawing where rows are re-flowed.
const LOW: f64 = 22.0;

/// Pixels between the mark of capacity that arrives and its words.
const BESIDE_ARRIVAL: f64 = 14.0;

impl Drawn for RunwayChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (&self.title, self.about.clone())
    }

    fn draw(&self, frame: &mut ChartFrame) {
        frame.legend(&self.keys());
        let conditions = self.bars.iter().map(|bar| bar.row(self.span()));
        let conditions = conditions.chain(self.arrival_row());
        let components = self.components.iter().map(|bar| bar.row(self.span()));
        let table = RowTable {
            columns: vec![
                RowColumn::name(0.2),
                RowColumn::words(Reflow::Below, "").share(0.18),
                RowColumn::numbers(Reflow::Value, "until"),
                RowColumn::words(Reflow::Below, "").share(0.24).rank(1),
                RowColumn::drawing(LOW, "")
                    .least(240.0)
                    .over(|space| self.ticks(space)),
            ],
            blocks: vec![
                RowBlock::from(("Conditions", conditions.collect())),
                RowBlock::from(("Components that run out first", components.collect())),
            ],
            height: ROW,
        };
        table.draw(frame);
        frame.y += 10.0;
        frame.note(&left_out_of(
            "conditions",
            "with the shortest runway",
            self.bars.len(),
            self.bars_in_all,
        ));
        frame.note(&left_out_of(
            "components that run out",
            "first",
            self.components.len(),
            self.components_in_all,
        ));
        for note in &self.notes {
            frame.note(note);
        }
    }
}

impl RunwayChart {
    fn span(&self) -> DaySpan {
        DaySpan {
            from: self.from,
            days: self.days,
        }
    }

    fn ticks(&self, space: AxisSpace) -> Vec<Tick> {
        self.span().axis(space.ends).ticks(space.font)
    }

    /// The meaning of marks, of those that there are.
    fn keys(&self) -> Vec<LegendKey<'static>> {
        let bars = &self.bars;
        let mut keys = vec![LegendKey::patch(Role::Fine, "holds")];
        if bars.iter().any(|bar| bar.striped(self.span()).is_some()) {
            let stripes = |canvas: &mut Canvas, (x, y): Point| {
                hatched(canvas, (x - 12, y - 6), (x + 12, y + 6), Role::Fine);
            };
            let words = "holds only if growth is lower";
            keys.push(LegendKey::mark(24.0, words, stripes));
        }
        if bars.iter().any(|bar| bar.fails_from.is_some()) {
            let square =
                |canvas: &mut Canvas, at| marks::sized_state(canvas, at, State::Full, MARK);
            keys.push(LegendKey::mark(
                14.0,
                "fails from here, as expected",
                square,
            ));
            let line = |canvas: &mut Canvas, (x, y): Point| {
                canvas.rectangle((x - 10, y - 1), (x + 10, y + 1), Role::Full);
            };
            keys.push(LegendKey::mark(20.0, "fails", line));
        }
        if bars.iter().any(|bar| bar.fails_from.is_none()) {
            let words = format!("holds beyond {}, the last day checked", self.span().last());
            keys.push(LegendKey::mark(16.0, words, |canvas, (x, y)| {
                beyond(canvas, (x + 8, y));
            }));
        }
        if !self.arrivals.is_empty() {
            keys.push(LegendKey::mark(14.0, "capacity arrives", arrival));
        }
        if !self.components.is_empty() {
            let thin = |role| {
                move |canvas: &mut Canvas, (x, y): Point| {
                    canvas.rectangle((x - 10, y - HALF_THIN), (x + 10, y + HALF_THIN), role);
                }
            };
            let words = "capacity lasts, as is, in normal operation";
            keys.push(LegendKey::mark(20.0, words, thin(Role::Fine)));
            let words = "in the worst case, by sampled days";
            keys.push(LegendKey::mark(20.0, words, thin(Role::Gone)));
            let words = "target reached, as is";
            if self
                .components
                .iter()
                .any(|bar| bar.shown_target().is_some())
            {
                keys.push(LegendKey::mark(14.0, words, |canvas, at| {
                    marks::sized_state(canvas, at, State::BelowTarget, MARK);
                }));
            }
        }
        keys
    }

    /// A row of the capacity that arrives: a triangle each, with its words where they fit before the next.
    fn arrival_row(&self) -> Option<ChartRow<'_>> {
        if self.arrivals.is_empty() {
            return None;
        }
        let drawing = RowCell::drawing(|canvas, area| self.draw_arrivals(canvas, area));
        let cells = vec![
            RowCell::plain("capacity arrives"),
            RowCell::Empty,
            RowCell::Empty,
            RowCell::Empty,
            drawing,
        ];
        Some(ChartRow::new(cells, ""))
    }

    fn draw_arrivals(&self, canvas: &mut Canvas, area: CellArea) {
        let (axis, y, font) = (self.span().axis(area.ends), area.y, canvas.font);
        let places: Vec<i32> = self.arrivals.iter().map(|one| axis.x(one.day)).collect();
        // Up to where the space before a mark is taken.
        let mut taken = area.ends.0;
        for (index, (one, x)) in self.arrivals.iter().zip(&places).enumerate() {
            let next = places.get(index + 1);
            let next = next.map_or(area.ends.1, |next| f64::from(*next) - BESIDE_ARRIVAL);
            let width = font.width(&one.words, SMALL);
            let after = f64::from(*x) + BESIDE_ARRIVAL;
            let before = f64::from(*x) - BESIDE_ARRIVAL - width;
            let from = if after + width <= next {
                Some(after)
            } else {
                Some(before).filter(|from| *from >= taken)
            };
            taken = after;
            if let Some(from) = from {
                let (top, bottom) = (area.row.0 + 3, area.row.1 - 3);
                let corners = ((whole(from), top), (whole(from + width), bottom));
                canvas.rectangle(corners.0, corners.1, Role::Paper);
                let baseline = f64::from(y) + SMALL * 0.35;
                canvas.text(from, baseline, Anchor::Start, ink(SMALL, false), &one.words);
                taken = taken.max(from + width + SPACE);
            }
            arrival(canvas, (*x, y));
            let tip = format!("{}: {}", self.span().date(one.day), one.words);
            canvas.tip((*x - 7, area.row.0), (*x + 7, area.row.1), &tip);
        }
    }
}
