//! The chart of windows: what a maintenance would cost at every time at which it might begin: one lane for each thing
//! that a window costs, over one axis of time.

#[cfg(test)]
pub(super) mod tests;

use super::chart::Chart;
use super::kit::canvas::whole;
use super::kit::columns::{Column, Flow, Room, Tick};
use super::kit::frame::{Frame, Key};
use super::kit::rows::{Block, Cell, Row, Rows};
use super::palette::Role;
use crate::error::Result;
use crate::report::numbers;
use crate::report::span::Clock;
use crate::units::{AGREEMENT, NOBODY};
use jiff::Timestamp;

/// One time at which a maintenance might begin, and what it would cost then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowBar {
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// How it stands among the others.
    pub standing: Standing,
    /// Unserved users.
    pub unserved: f64,
    /// The worst missing share of a headroom target.
    pub shortfall: f64,
    /// Users whom one more failure would leave unserved at worst; `None` was not asked.
    pub at_risk: Option<f64>,
    /// Users who move.
    pub moved: f64,
    /// Users at its busiest instant.
    pub busiest_users: f64,
}

/// How a window stands among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The one to take.
    Best,
    /// It costs no more than the first of all.
    AsGood,
    /// Its drain was looked at and has no safe way.
    Refused,
    /// It costs more.
    Worse,
}

/// What the chart of windows shows.
///
/// ```
/// use plimsoll::report::charts::{Chart, Standing, WindowBar, WindowsChart};
/// use plimsoll::report::span::Clock;
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
/// let (start, end) = (at("2026-11-21T02:00:00Z"), at("2026-11-21T06:00:00Z"));
/// let chart = WindowsChart {
///     title: "Chicago: best from 21 Nov 02:00: everyone is served".into(),
///     span: "1 time to begin".into(),
///     clock: Clock { start, end, offset: jiff::tz::offset(0) },
///     windows: vec![WindowBar {
///         start, end, standing: Standing::Best, unserved: 0.0, shortfall: 0.1, at_risk: Some(41_000.0),
///         moved: 2_000_000.0, busiest_users: 30_000_000.0,
///     }],
/// };
/// assert!(chart.picture(1200)?.svg.contains(">41,000</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct WindowsChart {
    /// The finding.
    pub title: String,
    /// How many times were looked at, as people read it.
    pub span: String,
    /// The offset in which times are told.
    pub clock: Clock,
    /// In order of time.
    pub windows: Vec<WindowBar>,
}

/// Height of a lane's bars.
const LANE: f64 = 64.0;

/// Least width of a label of the axis with its space.
const TICK: f64 = 64.0;

/// One thing that a window costs.
struct Lane {
    words: &'static str,
    role: Role,
    of: fn(&WindowBar) -> f64,
    told: fn(f64) -> String,
    /// What is no more than that is nothing.
    nothing: f64,
}

/// What is shown only where it was asked.
const AT_RISK: &str = "users unserved if one more thing fails, at worst";

/// All of them, from top to bottom.
const LANES: [Lane; 5] = [
    Lane {
        words: "users unserved",
        role: Role::Full,
        of: |own| own.unserved,
        told: numbers::users_up,
        nothing: NOBODY,
    },
    Lane {
        words: "of a headroom target missing at worst",
        role: Role::BelowTarget,
        of: |own| own.shortfall,
        told: numbers::short_percent_up,
        nothing: AGREEMENT,
    },
    Lane {
        words: AT_RISK,
        role: Role::Full,
        of: |own| own.at_risk.unwrap_or(0.0),
        told: numbers::users_up,
        nothing: NOBODY,
    },
    Lane {
        words: "users who move",
        role: Role::Moved,
        of: |own| own.moved,
        told: numbers::users,
        nothing: NOBODY,
    },
    Lane {
        words: "users at the busiest instant, as many as there are then; all others are counted as at the peak",
        role: Role::Home,
        of: |own| own.busiest_users,
        told: numbers::users,
        nothing: NOBODY,
    },
];

/// Height of the row of marks, and half the heights of those of the best window, the refused, and those as good.
const MARKS: f64 = 16.0;
const BEST: i32 = 7;
const REFUSED: i32 = 4;
const AS_GOOD: i32 = 2;

impl Chart for WindowsChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        let mut frame = Frame::titled(width, &self.title, &[&self.span])?;
        frame.legend(&self.keys());
        let top = whole(frame.y);
        let is_asked = self.windows.iter().any(|own| own.at_risk.is_some());
        let lanes = LANES.iter();
        let lanes = lanes.filter(|own| is_asked || own.words != AT_RISK);
        let rows = Rows {
            // Words stand above the bars, which are as wide as the picture, whatever its width.
            columns: vec![
                Column::name(1.0),
                Column::words(Flow::Value, ""),
                Column::words(Flow::Value, ""),
                Column::drawing(LANE, "")
                    .least(f64::MAX)
                    .over(|room| self.ticks(room)),
                Column::drawing(MARKS, "").least(f64::MAX),
            ],
            blocks: vec![Block {
                heading: String::new(),
                rows: lanes
                    .map(|own| self.lane(own))
                    .chain([self.standings()])
                    .collect(),
            }],
            height: LANE,
        };
        let ends = rows.draw(&mut frame);
        let bottom = whole(frame.y);
        for (position, own) in self.windows.iter().enumerate() {
            let (from, to) = self.column(position, ends);
            let words = self.tip(own);
            frame.canvas.tip((from, top), (to, bottom), &words);
        }
        frame.y += 8.0;
        frame.note("Each bar is a time at which the maintenance might begin.");
        Ok(frame.finish())
    }
}

impl WindowsChart {
    /// Left and right end of a window's column.
    fn column(&self, position: usize, (left, right): (f64, f64)) -> (i32, i32) {
        let width = (right - left) / self.windows.len().max(1) as f64;
        let left = width.mul_add(position as f64, left);
        let gap = i32::from(width > 6.0);
        let right = whole(left + width) - gap;
        (whole(left), right.max(whole(left) + 1))
    }

    /// The bars of one thing, its words above them, and the largest number.
    fn lane<'a>(&'a self, lane: &'a Lane) -> Row<'a> {
        let most = self.windows.iter().map(lane.of).fold(0.0, f64::max);
        let name = Cell::strong(lane.words);
        if most <= lane.nothing {
            let none = Cell::muted("none");
            return Row::new(vec![name, Cell::Empty, none], "");
        }
        let bars = Cell::drawing(move |canvas, area| {
            let ((left, right), bottom) = (area.ends, area.row.1);
            let (left, right) = (whole(left), whole(right));
            canvas.rectangle((left, bottom), (right, bottom + 1), Role::Grid);
            for (position, own) in self.windows.iter().enumerate() {
                let amount = (lane.of)(own);
                if amount > lane.nothing {
                    let (from, to) = self.column(position, area.ends);
                    let top = bottom - whole(LANE * amount / most).max(1);
                    canvas.rectangle((from, top), (to, bottom), lane.role);
                }
            }
        });
        let number = Cell::strong((lane.told)(most));
        Row::new(vec![name, Cell::muted("at most"), number, bars], "")
    }

    /// Marks of the windows that are best, as good, or refused, and when the best one begins.
    fn standings(&self) -> Row<'_> {
        let mut windows = self.windows.iter();
        let best = windows.find(|own| own.standing == Standing::Best);
        let best = best.map_or_else(String::new, |own| {
            let local = self.clock.local(own.start);
            let (day, time) = (local.strftime("%a"), local.strftime("%H:%M"));
            format!("best: {day} {} {time}", self.clock.date(own.start))
        });
        let marks = Cell::drawing(|canvas, area| {
            for (position, own) in self.windows.iter().enumerate() {
                let (from, to) = self.column(position, area.ends);
                let (half, role) = match own.standing {
                    Standing::Best => (BEST, Role::Opened),
                    Standing::AsGood => (AS_GOOD, Role::Opened),
                    Standing::Refused => (REFUSED, Role::Full),
                    Standing::Worse => continue,
                };
                canvas.rectangle((from, area.y - half), (to, area.y + half), role);
            }
        });
        let name = Cell::strong(best);
        let cells = vec![name, Cell::Empty, Cell::Empty, Cell::Empty, marks];
        Row::new(cells, "")
    }

    /// `true` if some window stands so.
    fn has(&self, standing: Standing) -> bool {
        self.windows.iter().any(|own| own.standing == standing)
    }

    /// What the marks below the lanes mean, of those that there are.
    fn keys(&self) -> Vec<Key<'static>> {
        let mark = |width: i32, half: i32, words, role| {
            Key::mark(20.0, words, move |canvas, (x, y)| {
                canvas.rectangle((x - width, y - half), (x + width, y + half), role);
            })
        };
        let best = mark(3, BEST, "the best", Role::Opened);
        let words = "costs no more, but is busier or later";
        let as_good = mark(10, AS_GOOD, words, Role::Opened);
        let refused = mark(8, REFUSED, "its drain is refused", Role::Full);
        let keys = [
            (Standing::Best, best),
            (Standing::AsGood, as_good),
            (Standing::Refused, refused),
        ];
        let keys = keys.into_iter().filter(|(standing, _)| self.has(*standing));
        keys.map(|(_, key)| key).collect()
    }

    /// Times: as many as there is room for, the date where it changes.
    fn ticks(&self, room: Room) -> Vec<Tick> {
        let count = self.windows.len();
        let most = ((room.ends.1 - room.ends.0) / TICK).floor().max(1.0);
        let step = (count as f64 / most).ceil().max(1.0);
        let step = [1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 168]
            .into_iter()
            .find(|own| f64::from(*own) >= step)
            .map_or(count.max(1), |own| usize::try_from(own).unwrap_or(1));
        let mut before = String::new();
        let tick = |position: usize| {
            let start = self.windows[position].start;
            let local = self.clock.local(start);
            let date = format!("{} {}", local.strftime("%a"), self.clock.date(start));
            let is_new = date != before;
            let told = if is_new { date.clone() } else { String::new() };
            before = date;
            Tick {
                x: self.column(position, room.ends).0,
                label: [local.strftime("%H:%M").to_string(), told],
                limit: Some(false),
            }
        };
        (0..count).step_by(step).map(tick).collect()
    }

    /// What a pointer over a column is told.
    fn tip(&self, own: &WindowBar) -> String {
        let at_risk = own.at_risk.map_or_else(String::new, |users| {
            format!(", {} if one more thing fails", numbers::users_up(users))
        });
        let refused = match own.standing {
            Standing::Refused => "; its drain is refused",
            _ => "",
        };
        format!(
            "{}: {} unserved{at_risk}, {} of a target missing, {} move, {} at the busiest{refused}",
            self.clock.stretch(own.start, own.end),
            numbers::users_up(own.unserved),
            numbers::short_percent_up(own.shortfall),
            numbers::users(own.moved),
            numbers::users(own.busiest_users),
        )
    }
}
