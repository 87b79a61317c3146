//! The chart of windows: what a maintenance would cost at every time at which it might begin: one lane for each thing
//! that a window costs, over one axis of time.

#[cfg(test)]
mod tests;

use super::chart::Drawn;
use super::kit::canvas::whole;
use super::kit::columns::{AxisSpace, Reflow, RowColumn, Tick};
use super::kit::frame::{ChartFrame, LegendKey};
use super::kit::rows::{ChartRow, RowBlock, RowCell, RowTable};
use super::kit::time::TimeAxis;
use super::palette::Role;
use crate::report::numbers;
use crate::report::span::Clock;
use crate::units::{AGREEMENT, EQUAL_COST, NOBODY};
use jiff::Timestamp;

/// One time at which a maintenance might begin, and what it would cost then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowBar {
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// How it stands among the others.
    pub rank: WindowRank,
    /// Unserved users.
    pub unserved: f64,
    /// The worst missing share of a headroom target.
    pub shortfall: f64,
    /// Users that one more failure before users move would leave unserved at worst; `None` was not requested.
    pub at_risk: Option<f64>,
    /// Users who move.
    pub moved: f64,
    /// Users at its busiest instant.
    pub busiest_users: f64,
}

/// How a window stands among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowRank {
    /// The one to take.
    Best,
    /// It costs no more than the first of all.
    AsGood,
    /// Its drain was planned and has no safe transition.
    Refused,
    /// It costs more.
    Worse,
}

/// What the chart of windows shows.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowsChart {
    /// The finding.
    pub title: String,
    /// How many times were looked at, as people read it.
    pub span: String,
    /// The offset of times.
    pub clock: Clock,
    /// In order of time.
    pub windows: Vec<WindowBar>,
    /// What further failures do at the best time; empty where they were not checked, or do nothing.
    pub warning: String,
    /// `true` if times of equal cost differ in it, by no more than the ranking allows.
    pub differs_slightly: bool,
}

/// Height of a lane's bars.
const LANE: f64 = 64.0;

/// One part of the cost of a window.
struct CostLane {
    words: &'static str,
    role: Role,
    of: fn(&WindowBar) -> f64,
    words_of: fn(f64) -> String,
    /// Values up to this count as 0.
    nothing: f64,
    /// Values that differ by no more than this share rank alike.
    alike: f64,
}

/// The lane that ranks first.
const UNSERVED: &str = "users unserved";

/// The lane that is shown only on request.
const AT_RISK: &str = "users unserved after one more failure before users move, at worst";

/// The lane that is always shown.
const BUSIEST: &str = "users at the busiest instant";

/// Values that differ by no more than this share of the greatest are alike.
const ALIKE: f64 = 0.01;

/// The least bar of a scale that does not begin at 0, against the difference between the bars.
const CUT: f64 = 0.4;

/// All of them, from top to bottom.
const LANES: [CostLane; 5] = [
    CostLane {
        words: UNSERVED,
        role: Role::Full,
        of: |window_bar| window_bar.unserved,
        words_of: numbers::users_up,
        nothing: NOBODY,
        alike: 0.0,
    },
    CostLane {
        words: "of a headroom target missing at worst",
        role: Role::BelowTarget,
        of: |window_bar| window_bar.shortfall,
        words_of: numbers::short_percent_up,
        nothing: AGREEMENT,
        alike: 0.0,
    },
    CostLane {
        words: AT_RISK,
        role: Role::Full,
        of: |window_bar| window_bar.at_risk.unwrap_or(0.0),
        words_of: numbers::users_up,
        nothing: NOBODY,
        alike: EQUAL_COST,
    },
    CostLane {
        words: "users moved",
        role: Role::Moved,
        of: |window_bar| window_bar.moved,
        words_of: numbers::users,
        nothing: NOBODY,
        alike: EQUAL_COST,
    },
    CostLane {
        words: BUSIEST,
        role: Role::Home,
        of: |window_bar| window_bar.busiest_users,
        words_of: numbers::users,
        nothing: NOBODY,
        alike: 0.0,
    },
];

/// Height of the row of marks, and half the heights of those of the best window, the refused, and those as good.
const MARKS: f64 = 16.0;
const BEST: i32 = 7;
const REFUSED: i32 = 4;
const AS_GOOD: i32 = 2;

impl Drawn for WindowsChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (&self.title, vec![self.span.clone()])
    }

    fn draw(&self, frame: &mut ChartFrame) {
        frame.legend(&self.keys());
        let top = whole(frame.y);
        let is_asked = self.windows.iter().any(|window| window.at_risk.is_some());
        let lanes = LANES.iter();
        let lanes = lanes.filter(|lane| is_asked || lane.words != AT_RISK);
        let (constant, lanes): (Vec<_>, Vec<_>) = lanes.partition(|lane| !self.has_strip(lane));
        let lanes = lanes.into_iter().map(|lane| self.lane(lane));
        let rows = RowTable {
            // Words stand above the bars, which are as wide as the picture, whatever its width.
            columns: vec![
                RowColumn::name(1.0),
                RowColumn::words(Reflow::Value, ""),
                RowColumn::words(Reflow::Value, ""),
                RowColumn::drawing(LANE, "")
                    .least(f64::MAX)
                    .over(|space| self.ticks(space)),
                RowColumn::drawing(MARKS, "").least(f64::MAX),
            ],
            blocks: vec![RowBlock::from(("", lanes.chain([self.ranks()]).collect()))],
            height: LANE,
        };
        let ends = rows.draw(frame);
        let bottom = whole(frame.y);
        for (window_bar, (from, to)) in self.windows.iter().zip(self.columns(ends)) {
            frame
                .canvas
                .tip((from, top), (to, bottom), &self.tip(window_bar));
        }
        frame.y += 8.0;
        frame.note(&self.warning);
        for note in self.of_every_time(&constant) {
            frame.note(&note);
        }
        if LANES.iter().any(|cost_lane| self.is_cut(cost_lane)) {
            frame.note("The bars of the cost that decides do not begin at 0: they hardly differ.");
        }
        frame.note(
            "Each bar is a time at which the maintenance might begin, if shards may be split. Users at the busiest instant are the actual number; all other users are peak counts.",
        );
    }
}

impl WindowsChart {
    /// An axis on which each window has a column from its start to that of the next.
    fn axis(&self, ends: (f64, f64)) -> Option<TimeAxis> {
        let starts: Vec<Timestamp> = self.windows.iter().map(|window| window.start).collect();
        let last = starts.last()?;
        let next = match starts.as_slice() {
            [.., before, last] => *last + last.duration_since(*before),
            _ => self.windows[0].end,
        };
        let times = [starts.as_slice(), &[next.max(*last)]].concat();
        Some(TimeAxis::columns(times, ends, 1.0))
    }

    /// Left and right end of each window's column, with a pixel of paper before the next where it fits.
    fn columns(&self, ends: (f64, f64)) -> impl Iterator<Item = (i32, i32)> {
        let axis = self.axis(ends).into_iter();
        axis.flat_map(|axis| {
            (0..self.windows.len()).map(move |position| {
                let (from, to) = axis.column(position);
                (from, (to - i32::from(to - from > 6)).max(from + 1))
            })
        })
    }

    /// The least and the greatest cost of a kind.
    fn ends(&self, lane: &CostLane) -> (f64, f64) {
        let costs = || self.windows.iter().map(lane.of);
        let most = costs().fold(0.0, f64::max);
        (costs().fold(most, f64::min), most)
    }

    /// `true` if a cost hardly depends on the time: its bars would be a block that says one number.
    fn is_constant(&self, lane: &CostLane) -> bool {
        let (least, most) = self.ends(lane);
        most <= lane.nothing || most - least <= ALIKE * most
    }

    /// `true` if a cost has bars: those of the busiest instant, those that depend on the time, and those that decide.
    fn has_strip(&self, lane: &CostLane) -> bool {
        lane.words == BUSIEST || self.decides(lane) || !self.is_constant(lane)
    }

    /// `true` of the first cost by which the times rank differently: it makes the best one.
    fn decides(&self, lane: &CostLane) -> bool {
        let mut ranked = LANES.iter().filter(|cost_lane| cost_lane.words != BUSIEST);
        let first = ranked.find(|cost_lane| {
            let (least, most) = self.ends(cost_lane);
            most - least > cost_lane.nothing.max(cost_lane.alike * most)
        });
        let mut windows = self.windows.iter();
        let best = windows.find(|window| window.rank == WindowRank::Best);
        // What the number of failures that leave users unserved decides has no strip.
        let is_least = best.is_some_and(|best| {
            let safe = self.windows.iter();
            let safe = safe.filter(|window_bar| window_bar.rank != WindowRank::Refused);
            let least = safe.map(lane.of).fold(f64::INFINITY, f64::min);
            let best = (lane.of)(best);
            best <= least + lane.nothing.max(lane.alike * best)
        });
        is_least && first.is_some_and(|cost_lane| cost_lane.words == lane.words)
    }

    /// `true` if the bars of a cost begin above 0, since they would be a block otherwise.
    fn is_cut(&self, lane: &CostLane) -> bool {
        self.decides(lane) && self.is_constant(lane)
    }

    /// What costs without a strip come to: those that are the same at every time, then those that hardly differ.
    fn of_every_time(&self, lanes: &[&CostLane]) -> Vec<String> {
        let is_same = |lane: &&&CostLane| {
            let (least, most) = self.ends(lane);
            most <= lane.nothing || (lane.words_of)(least) == (lane.words_of)(most)
        };
        let (same, near): (Vec<&CostLane>, Vec<&CostLane>) = lanes.iter().partition(is_same);
        let has_failures = self.windows.iter().any(|window| window.at_risk.is_some());
        let ranges = |lanes: Vec<&CostLane>| {
            let words = lanes.into_iter().map(|lane| {
                // What further failures do is not part of it, and the title may speak of them.
                let premise = lane.words == UNSERVED && has_failures;
                let premise = if premise {
                    " without a further failure"
                } else {
                    ""
                };
                self.range(lane) + premise
            });
            words.collect::<Vec<_>>().join("; ")
        };
        let of_kind = |head: &str, lanes: Vec<&CostLane>| {
            (!lanes.is_empty()).then(|| format!("{head}: {}.", ranges(lanes)))
        };
        let within = numbers::short_percent(ALIKE);
        let near_head = format!("Times differ by at most {within} in the following");
        let all = [
            of_kind("The same at every time", same),
            of_kind(&near_head, near),
        ];
        all.into_iter().flatten().collect()
    }

    /// `1,886,000 to 1,886,700 users moved` for a cost that hardly depends on the time.
    fn range(&self, lane: &CostLane) -> String {
        let (least, most) = self.ends(lane);
        let [from, to] = [least, most].map(lane.words_of);
        if most <= lane.nothing {
            format!("no {}", lane.words.trim_start_matches("of a "))
        } else if from == to {
            format!("{to} {}", lane.words)
        } else {
            format!("{from} to {to} {}", lane.words)
        }
    }

    /// The bars of one thing, its words above them, and the largest number.
    fn lane<'a>(&'a self, lane: &'a CostLane) -> ChartRow<'a> {
        let (least, most) = self.ends(lane);
        let name = if self.decides(lane) {
            RowCell::strong(format!("decides: {}", lane.words))
        } else {
            RowCell::strong(lane.words)
        };
        if most <= lane.nothing {
            let none = RowCell::muted("none");
            return ChartRow::new(vec![name, RowCell::Empty, none], "");
        }
        // Bars of nearly the same length say which is less only where they do not begin at 0.
        let is_cut = self.is_cut(lane);
        let base = if is_cut {
            least - CUT * (most - least)
        } else {
            0.0
        };
        let bars = RowCell::drawing(move |canvas, area| {
            let ((left, right), bottom) = (area.ends, area.row.1);
            let (left, right) = (whole(left), whole(right));
            canvas.rectangle((left, bottom), (right, bottom + 1), Role::Grid);
            for (window_bar, (from, to)) in self.windows.iter().zip(self.columns(area.ends)) {
                let amount = (lane.of)(window_bar);
                if amount > lane.nothing {
                    let share = (amount - base) / (most - base);
                    let top = bottom - whole(LANE * share).max(1);
                    canvas.rectangle((from, top), (to, bottom), lane.role);
                }
            }
        });
        let [least, most] = [least, most].map(lane.words_of);
        let (reference, number) = if is_cut {
            ("", format!("{least} to {most}"))
        } else {
            ("at most", most)
        };
        let (reference, number) = (RowCell::muted(reference), RowCell::strong(number));
        ChartRow::new(vec![name, reference, number, bars], "")
    }

    /// Marks of the windows that are best, as good, or refused, and when the best one begins.
    fn ranks(&self) -> ChartRow<'_> {
        let mut windows = self.windows.iter();
        let best = windows.find(|window| window.rank == WindowRank::Best);
        let best = best.map_or_else(String::new, |window_bar| {
            let local = self.clock.local(window_bar.start);
            let (day, time) = (local.strftime("%a"), local.strftime("%H:%M"));
            format!("best: {day} {} {time}", self.clock.date(window_bar.start))
        });
        let marks = RowCell::drawing(|canvas, area| {
            for (window_bar, (from, to)) in self.windows.iter().zip(self.columns(area.ends)) {
                let (half, role) = match window_bar.rank {
                    WindowRank::Best => (BEST, Role::Opened),
                    WindowRank::AsGood => (AS_GOOD, Role::Opened),
                    WindowRank::Refused => (REFUSED, Role::Full),
                    WindowRank::Worse => continue,
                };
                canvas.rectangle((from, area.y - half), (to, area.y + half), role);
            }
        });
        let name = RowCell::strong(best);
        let cells = vec![name, RowCell::Empty, RowCell::Empty, RowCell::Empty, marks];
        ChartRow::new(cells, "")
    }

    /// `true` if some window has this rank.
    fn has(&self, rank: WindowRank) -> bool {
        self.windows.iter().any(|window| window.rank == rank)
    }

    /// The meaning of the marks below the lanes, of those that there are.
    fn keys(&self) -> Vec<LegendKey<'static>> {
        let mark = |width: i32, half: i32, words, role| {
            LegendKey::mark(20.0, words, move |canvas, (x, y)| {
                canvas.rectangle((x - width, y - half), (x + width, y + half), role);
            })
        };
        let best = mark(3, BEST, "the best", Role::Opened);
        let words = if self.differs_slightly {
            "equal cost (within 0.5 %), but busier or later"
        } else {
            "equal cost, but busier or later"
        };
        let as_good = mark(10, AS_GOOD, words, Role::Opened);
        let refused = mark(8, REFUSED, "its drain is refused", Role::Full);
        let keys = [
            (WindowRank::Best, best),
            (WindowRank::AsGood, as_good),
            (WindowRank::Refused, refused),
        ];
        let keys = keys.into_iter().filter(|(rank, _)| self.has(*rank));
        keys.map(|(_, key)| key).collect()
    }

    /// Round times, and the day where it changes.
    fn ticks(&self, space: AxisSpace) -> Vec<Tick> {
        let label = |at: Timestamp| {
            let local = self.clock.local(at);
            let date = format!("{} {}", local.strftime("%a"), self.clock.date(at));
            [local.strftime("%H:%M").to_string(), date]
        };
        let axis = self.axis(space.ends);
        axis.map_or_else(Vec::new, |time_axis| {
            time_axis.round(space.font, &self.clock, label)
        })
    }

    /// The text for a pointer over a column.
    fn tip(&self, window_bar: &WindowBar) -> String {
        let at_risk = window_bar.at_risk.map_or_else(String::new, |users| {
            format!(
                ", {} after one more failure before users move",
                numbers::users_up(users)
            )
        });
        let refused = match window_bar.rank {
            WindowRank::Refused => "; its drain is refused",
            _ => "",
        };
        format!(
            "{}: {} unserved{at_risk}, {} of a target missing, {} move, {} at the busiest{refused}",
            self.clock.stretch(window_bar.start, window_bar.end),
            numbers::users_up(window_bar.unserved),
            numbers::short_percent_up(window_bar.shortfall),
            numbers::users(window_bar.moved),
            numbers::users(window_bar.busiest_users),
        )
    }
}
