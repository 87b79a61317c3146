//! Runway: until when every condition holds, and which components run out first, over one axis of days.
//!
//! The solid part of a bar holds at both ends of the forecast, the striped part only if growth is lower.

mod axis;
mod calendar;
mod load_line;
#[cfg(test)]
mod tests;

use self::axis::DayAxis;
pub(in crate::report) use self::axis::{date, until};
pub use self::calendar::{CalendarChart, CalendarMonth, CalendarRow};
pub use self::load_line::{CapacityStep, LoadLineChart, LoadPoint};
use super::chart::Drawn;
use super::kit::canvas::{Anchor, Canvas, Face, Point, whole};
use super::kit::cells::CellArea;
use super::kit::columns::{AxisSpace, Reflow, RowColumn, Tick};
use super::kit::frame::{ChartFrame, LegendKey, SIZE, SMALL, SPACE, ink, left_out_of};
use super::kit::marks::{self, HALF_BAR, diamond, hatched};
use super::kit::rows::{ChartRow, RowBlock, RowCell, RowTable};
use super::palette::Role;
use crate::plan::runway::{Day, ReachedOn};
use crate::report::headroom::State;
use jiff::Timestamp;
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

/// Capacity that arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapacityArrival {
    /// The first day that has it.
    pub day: Day,
    /// Where and how much, such as `Boydton +400 vCPU`.
    pub words: String,
}

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

/// Half the height of a bar that holds again, and of a bar of a component.
const HALF_THIN: i32 = 3;

/// Half the side of the mark of the first day that fails.
const MARK: i32 = 5;

/// Pixels between the mark of capacity that arrives and its words.
const BESIDE_ARRIVAL: f64 = 14.0;

/// Pixels of a stretch that is only known to one end of the forecast, from which on it is drawn.
const LEAST_STRIPED: i32 = 4;

impl Drawn for RunwayChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (&self.title, self.about.clone())
    }

    fn draw(&self, frame: &mut ChartFrame) {
        frame.legend(&self.keys());
        let conditions = self.bars.iter().map(|bar| self.condition(bar));
        let conditions = conditions.chain(self.arrival_row());
        let components = self.components.iter().map(|bar| self.component(bar));
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
    fn axis(&self, ends: (f64, f64)) -> DayAxis {
        DayAxis {
            from: self.from,
            days: self.days,
            ends,
        }
    }

    fn ticks(&self, space: AxisSpace) -> Vec<Tick> {
        self.axis(space.ends).ticks(space.font)
    }

    /// `14 Mar 2027`, the last day that holds, or what stands in its place.
    fn until(&self, fails_from: Option<Day>) -> String {
        match fails_from {
            None => "beyond".to_owned(),
            Some(0) => "already fails".to_owned(),
            Some(day) => date(self.from, day - 1),
        }
    }

    /// The last day that is asked about.
    fn last(&self) -> String {
        date(self.from, self.days.saturating_sub(1))
    }

    /// The meaning of marks, of those that there are.
    fn keys(&self) -> Vec<LegendKey<'static>> {
        let bars = &self.bars;
        let mut keys = vec![LegendKey::patch(Role::Fine, "holds")];
        if bars.iter().any(|bar| striped(bar, self.days).is_some()) {
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
            let words = format!("holds beyond {}, the last day checked", self.last());
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
                .any(|bar| shown_target(bar).is_some())
            {
                keys.push(LegendKey::mark(14.0, words, |canvas, at| {
                    marks::sized_state(canvas, at, State::BelowTarget, MARK);
                }));
            }
        }
        keys
    }

    fn condition<'a>(&'a self, bar: &'a ConditionBar) -> ChartRow<'a> {
        let until = match bar.fails_from {
            Some(0) => RowCell::Words(self.until(bar.fails_from), red()),
            day => RowCell::strong(self.until(day)),
        };
        // What holds equally long at both ends needs no words.
        let ends = bar.ends.filter(|ends| *ends != [bar.fails_from; 2]);
        let band = ends.map_or_else(String::new, |[low, high]| {
            format!("{} if high, {} if low", self.until(high), self.until(low))
        });
        let drawing = RowCell::drawing(move |canvas, area| self.draw_condition(canvas, area, bar));
        let cells = vec![
            RowCell::plain(&bar.name),
            RowCell::muted(&bar.how),
            until,
            RowCell::muted(band),
            drawing,
        ];
        ChartRow::new(cells, self.tip(bar))
    }

    /// The text for a pointer over a condition.
    fn tip(&self, bar: &ConditionBar) -> String {
        let said = |fails_from: Option<Day>| match fails_from {
            Some(day) => until(self.from, day),
            None => format!("holds beyond {}", self.last()),
        };
        let ends = bar.ends.map_or_else(String::new, |[low, high]| {
            format!("; if growth is high {}, if low {}", said(high), said(low))
        });
        format!("{}, {}: {}{ends}", bar.name, bar.how, said(bar.fails_from))
    }

    fn draw_condition(&self, canvas: &mut Canvas, area: CellArea, bar: &ConditionBar) {
        let (axis, y) = (self.axis(area.ends), area.y);
        let mut strip = |days: &Range<Day>, half: i32, role: Role| {
            let (from, to) = (axis.x(days.start), axis.x(days.end));
            if to > from {
                canvas.rectangle((from, y - half), (to, y + half), role);
            }
        };
        for failing in &bar.failing {
            strip(failing, 1, Role::Full);
        }
        let starts = bar.failing.iter().skip(1).map(|next| next.start);
        for (before, next) in bar.failing.iter().zip(starts.chain([self.days])) {
            strip(&(before.end..next), HALF_THIN, Role::Fine);
        }
        let sure = sure(bar, self.days);
        strip(&(0..sure), HALF_BAR, Role::Fine);
        if let Some(days) = striped(bar, self.days) {
            let (from, to) = (axis.x(days.start), axis.x(days.end));
            if to - from >= LEAST_STRIPED {
                hatched(canvas, (from, y - HALF_BAR), (to, y + HALF_BAR), Role::Fine);
            }
        }
        match bar.fails_from {
            Some(day) => {
                let x = axis
                    .x(day)
                    .max(axis.x(0) + MARK)
                    .min(axis.x(self.days) - MARK);
                marks::sized_state(canvas, (x, y), State::Full, MARK);
            }
            None => beyond(canvas, (axis.x(self.days), y)),
        }
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
        let (axis, y, font) = (self.axis(area.ends), area.y, canvas.font);
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
            let tip = format!("{}: {}", date(self.from, one.day), one.words);
            canvas.tip((*x - 7, area.row.0), (*x + 7, area.row.1), &tip);
        }
    }

    fn component<'a>(&'a self, bar: &'a ComponentBar) -> ChartRow<'a> {
        let normal = bar.as_is.capacity;
        let shown = match normal {
            Some(0) => RowCell::Words("already full".to_owned(), red()),
            day => RowCell::strong(self.until(day)),
        };
        let worst = match bar.worst.capacity {
            Some(0) => "worst case: full on the first day".to_owned(),
            Some(day) => format!("worst case: full by {}", date(self.from, day)),
            None => "worst case: lasts".to_owned(),
        };
        let drawing = RowCell::drawing(move |canvas, area| self.draw_component(canvas, area, bar));
        let target = bar.as_is.target.map_or_else(
            || "its target is met".to_owned(),
            |day| format!("its target is met {}", self.until_words(day)),
        );
        let lasts = match normal {
            Some(0) => "full on the first day".to_owned(),
            Some(day) => format!("lasts {}", until(self.from, day)),
            None => format!("lasts beyond {}", self.last()),
        };
        let tip = format!(
            "{} {}: as is {lasts}, {target}; {worst}",
            bar.name, bar.resource
        );
        let cells = vec![
            RowCell::plain(&bar.name),
            RowCell::muted(&bar.resource),
            shown,
            RowCell::muted(worst),
            drawing,
        ];
        ChartRow::new(cells, tip)
    }

    fn until_words(&self, day: Day) -> String {
        match day {
            0 => "on no day".to_owned(),
            day => until(self.from, day),
        }
    }

    /// Two thin bars, the upper one of normal operation.
    fn draw_component(&self, canvas: &mut Canvas, area: CellArea, bar: &ComponentBar) {
        let axis = self.axis(area.ends);
        let kinds = [
            (bar.as_is.capacity, area.y - 5, Role::Fine),
            (bar.worst.capacity, area.y + 5, Role::Gone),
        ];
        for (full, y, role) in kinds {
            let (from, to) = (axis.x(0), axis.x(full.unwrap_or(self.days)));
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
        if let Some(day) = shown_target(bar) {
            let at = (axis.x(day), area.y - 5);
            canvas.polygon(diamond(at, MARK + 1), Role::Paper);
            canvas.polygon(diamond(at, MARK), Role::BelowTarget);
        }
    }
}

/// The day on which a target is reached, where that is a day of its own.
fn shown_target(bar: &ComponentBar) -> Option<Day> {
    bar.as_is
        .target
        .filter(|day| bar.as_is.capacity != Some(*day))
}

/// Days from the first on that hold at every end of the forecast.
fn sure(bar: &ConditionBar, days: Day) -> Day {
    let ends = bar.ends.into_iter().flatten().chain([bar.fails_from]);
    ends.map(|day| day.unwrap_or(days)).min().unwrap_or(days)
}

/// The days after these that hold at some end of it.
fn striped(bar: &ConditionBar, days: Day) -> Option<Range<Day>> {
    let ends = bar.ends.into_iter().flatten().chain([bar.fails_from]);
    let last = ends.map(|day| day.unwrap_or(days)).max()?;
    let sure = sure(bar, days);
    (last > sure).then_some(sure..last)
}

/// How a value that is bad looks.
fn red() -> Face {
    Face {
        role: Role::Full,
        ..ink(SIZE, true)
    }
}

/// An arrow head whose tip stands at a point, in place of the end of a bar: what goes on to the right.
fn beyond(canvas: &mut Canvas, at: Point) {
    head(canvas, at, (12, 9), Role::Fine);
}

/// The same of a bar of a component.
fn small_beyond(canvas: &mut Canvas, at: Point, role: Role) {
    head(canvas, at, (8, HALF_THIN + 2), role);
}

fn head(canvas: &mut Canvas, (x, y): Point, (length, half): (i32, i32), role: Role) {
    let from = x - length;
    canvas.rectangle((from, y - half), (x, y + half), Role::Paper);
    canvas.polygon([(x, y), (from, y - half), (from, y + half)], role);
}

/// The mark of capacity that arrives.
fn arrival(canvas: &mut Canvas, at: Point) {
    canvas.polygon(marks::triangle(at, 6), Role::Opened);
}
