//! Painting of the chart of windows: one lane for each thing that a window costs, over one axis of time.

use super::{Standing, WindowBar, WindowsChart};
use crate::error::Result;
use crate::report::charts::canvas::{Anchor, Face, whole};
use crate::report::charts::chart::Chart;
use crate::report::charts::font::ASCENT;
use crate::report::charts::frame::{Frame, Heading, Key, MUTED, SIZE, SMALL, SPACE, ink};
use crate::report::charts::palette::Role;
use crate::report::numbers;
use crate::units::{AGREEMENT, NOBODY};

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

const UNSERVED: Lane = Lane {
    words: "users unserved",
    role: Role::Full,
    of: |own| own.unserved,
    told: numbers::users_up,
    nothing: NOBODY,
};

const SHORTFALL: Lane = Lane {
    words: "of a headroom target missing at worst",
    role: Role::BelowTarget,
    of: |own| own.shortfall,
    told: numbers::short_percent_up,
    nothing: AGREEMENT,
};

const AT_RISK: Lane = Lane {
    words: "users unserved if one more thing fails, at worst",
    role: Role::Full,
    of: |own| own.at_risk.unwrap_or(0.0),
    told: numbers::users_up,
    nothing: NOBODY,
};

const MOVED: Lane = Lane {
    words: "users who move",
    role: Role::Moved,
    of: |own| own.moved,
    told: numbers::users,
    nothing: NOBODY,
};

const BUSIEST: Lane = Lane {
    words: "users at the busiest instant, as many as there are then; all others are counted as at the peak",
    role: Role::Home,
    of: |own| own.busiest_users,
    told: numbers::users,
    nothing: NOBODY,
};

/// Height of the mark of the best window.
const MARK: i32 = 14;

/// Height of the strip below those that are as good.
const STRIP: i32 = 3;

impl Chart for WindowsChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        svg(self, width)
    }
}

/// The picture.
fn svg(chart: &WindowsChart, width: u32) -> Result<String> {
    let frame = Frame::new(
        width,
        &Heading {
            title: &chart.title,
            subtitle: &[&chart.span],
        },
    )?;
    let mut painter = Painter { frame, chart };
    painter.legend();
    let is_asked = chart.windows.iter().any(|own| own.at_risk.is_some());
    let lanes = [
        Some(UNSERVED),
        Some(SHORTFALL),
        is_asked.then_some(AT_RISK),
        Some(MOVED),
        Some(BUSIEST),
    ];
    for lane in lanes.into_iter().flatten() {
        painter.lane(&lane);
    }
    painter.standings();
    painter.axis();
    painter.tips();
    painter.frame.finish()
}

struct Painter<'a> {
    frame: Frame,
    chart: &'a WindowsChart,
}

impl Painter<'_> {
    /// Left and right end of a window's column.
    fn column(&self, position: usize) -> (i32, i32) {
        let room = self.frame.right - self.frame.left;
        let width = room / self.chart.windows.len().max(1) as f64;
        let left = self.frame.left + position as f64 * width;
        let gap = i32::from(width > 6.0);
        let right = whole(left + width) - gap;
        (whole(left), right.max(whole(left) + 1))
    }

    /// The bars of one thing, its words above them, and the largest number.
    fn lane(&mut self, lane: &Lane) {
        let most = self.chart.windows.iter().map(lane.of).fold(0.0, f64::max);
        let is_any = most > lane.nothing;
        let (left, right) = (self.frame.left, self.frame.right);
        let baseline = self.frame.y + SIZE * ASCENT;
        let told = if is_any {
            (lane.told)(most)
        } else {
            "none".to_owned()
        };
        let number = Face {
            role: if is_any { Role::Ink } else { Role::Muted },
            ..ink(SIZE, is_any)
        };
        let font = self.frame.font();
        let room = right - left - font.width(&told, SIZE) - font.width("at most ", SMALL) - 12.0;
        let words = font.fit(lane.words, SIZE, room);
        let canvas = &mut self.frame.canvas;
        canvas.text(left, baseline, Anchor::Start, ink(SIZE, true), &words);
        canvas.text(right, baseline, Anchor::End, number, &told);
        if is_any {
            let before = right - font.width(&told, SIZE) - 4.0;
            canvas.text(before, baseline, Anchor::End, MUTED, "at most");
        }
        self.frame.y += SIZE * 1.6;
        let height = if is_any { LANE } else { 4.0 };
        let bottom = whole(self.frame.y + height);
        let canvas = &mut self.frame.canvas;
        canvas.rectangle(
            (whole(left), bottom),
            (whole(right), bottom + 1),
            Role::Grid,
        );
        for (position, own) in self.chart.windows.iter().enumerate() {
            let amount = (lane.of)(own);
            if amount > lane.nothing && is_any {
                let (from, to) = self.column(position);
                let top = bottom - whole(height * amount / most).max(1);
                let canvas = &mut self.frame.canvas;
                canvas.rectangle((from, top), (to, bottom), lane.role);
            }
        }
        self.frame.y = f64::from(bottom) + 14.0;
    }

    /// `true` if some window stands so.
    fn has(&self, standing: Standing) -> bool {
        self.chart
            .windows
            .iter()
            .any(|own| own.standing == standing)
    }

    /// What the marks below the lanes mean, of those that there are.
    fn legend(&mut self) {
        let best = Key {
            width: 20.0,
            words: "the best",
            mark: Box::new(|canvas, (x, y)| {
                canvas.rectangle((x - 3, y - MARK / 2), (x + 3, y + MARK / 2), Role::Opened);
            }),
        };
        let as_good = Key {
            width: 20.0,
            words: "costs no more, but is busier or later",
            mark: Box::new(|canvas, (x, y)| {
                canvas.rectangle((x - 10, y - 1), (x + 10, y - 1 + STRIP), Role::Opened);
            }),
        };
        let refused = Key::patch(Role::Full, "its drain is refused");
        let keys = [
            (Standing::Best, best),
            (Standing::AsGood, as_good),
            (Standing::Refused, refused),
        ];
        let keys = keys.into_iter().filter(|(standing, _)| self.has(*standing));
        let keys: Vec<Key<'_>> = keys.map(|(_, key)| key).collect();
        self.frame.legend(&keys);
    }

    /// Marks of the windows that are best, as good, or refused, and when the best one begins.
    fn standings(&mut self) {
        let top = whole(self.frame.y);
        for (position, own) in self.chart.windows.iter().enumerate() {
            let (from, to) = self.column(position);
            let (height, role) = match own.standing {
                Standing::Best => (MARK, Role::Opened),
                Standing::AsGood => (STRIP, Role::Opened),
                Standing::Refused => (MARK / 2, Role::Full),
                Standing::Worse => continue,
            };
            let canvas = &mut self.frame.canvas;
            canvas.rectangle((from, top), (to, top + height), role);
            if own.standing == Standing::Best {
                let local = self.chart.clock.local(own.start);
                let date = self.chart.clock.date(own.start);
                let words = format!(
                    "best: {} {date} {}",
                    local.strftime("%a"),
                    local.strftime("%H:%M")
                );
                let baseline = self.frame.y + f64::from(STRIP) + SMALL * ASCENT;
                let (left, right) = (self.frame.left, self.frame.right);
                let (before, behind) = (f64::from(from) - SPACE, f64::from(to) + SPACE);
                let width = canvas.font.width(&words, SMALL);
                let (words, x, anchor) = if behind + width <= right {
                    (words.as_str(), behind, Anchor::Start)
                } else if before - width >= left {
                    (words.as_str(), before, Anchor::End)
                } else if behind < f64::midpoint(left, right) {
                    ("best", behind, Anchor::Start)
                } else {
                    ("best", before, Anchor::End)
                };
                canvas.text(x, baseline, anchor, ink(SMALL, true), words);
            }
        }
        self.frame.y += f64::from(STRIP) + SMALL * 1.5 + 6.0;
    }

    /// Times below the lanes: as many as there is room for, the date where it changes.
    fn axis(&mut self) {
        let count = self.chart.windows.len();
        let room = self.frame.right - self.frame.left;
        let most = (room / TICK).floor().max(1.0);
        let step = (count as f64 / most).ceil().max(1.0);
        let step = [1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 168]
            .into_iter()
            .find(|own| f64::from(*own) >= step)
            .map_or(count.max(1), |own| usize::try_from(own).unwrap_or(1));
        let mut date = String::new();
        let mut date_end = f64::NEG_INFINITY;
        let (first_line, second_line) = (
            self.frame.y + SMALL * ASCENT,
            self.frame.y + SMALL * (ASCENT + 1.35),
        );
        for position in (0..count).step_by(step) {
            let local = self.chart.clock.local(self.chart.windows[position].start);
            let (from, _) = self.column(position);
            let x = f64::from(from);
            let canvas = &mut self.frame.canvas;
            let top = whole(first_line - SMALL);
            canvas.rectangle((from, top - 6), (from + 1, top - 1), Role::Grid);
            let time = local.strftime("%H:%M").to_string();
            if x + canvas.font.width(&time, SMALL) > self.frame.right {
                break;
            }
            canvas.text(x, first_line, Anchor::Start, MUTED, &time);
            let start = self.chart.windows[position].start;
            let own = format!("{} {}", local.strftime("%a"), self.chart.clock.date(start));
            let end = x + canvas.font.width(&own, SMALL);
            if own != date && x > date_end + SMALL && end <= self.frame.right {
                canvas.text(x, second_line, Anchor::Start, MUTED, &own);
                (date, date_end) = (own, end);
            }
        }
        self.frame.y = second_line + 12.0;
        self.frame
            .note("Each bar is a time at which the maintenance might begin.");
    }

    /// What a pointer over a column is told.
    fn tips(&mut self) {
        let bottom = whole(self.frame.y);
        for (position, own) in self.chart.windows.iter().enumerate() {
            let (from, to) = self.column(position);
            let at_risk = own.at_risk.map_or_else(String::new, |users| {
                format!(", {} if one more thing fails", numbers::users_up(users))
            });
            let refused = match own.standing {
                Standing::Refused => "; its drain is refused",
                _ => "",
            };
            let words = format!(
                "{}: {} unserved{at_risk}, {} of a target missing, {} move, {} at the busiest{refused}",
                self.chart.clock.stretch(own.start, own.end),
                numbers::users_up(own.unserved),
                numbers::short_percent_up(own.shortfall),
                numbers::users(own.moved),
                numbers::users(own.busiest_users),
            );
            self.frame.canvas.tip((from, 120), (to, bottom), &words);
        }
    }
}
