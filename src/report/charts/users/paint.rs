//! Painting of the chart of users by state, from top to bottom.

use super::bars::{self, BAR, BETWEEN, HURT, STRIP};
use super::layout::{Columns, ORIGIN, counts};
use super::{UsersChart, UsersPeriod};
use crate::error::Result;
use crate::model::Phase;
use crate::report::charts::canvas::{Anchor, whole};
use crate::report::charts::chart::Chart;
use crate::report::charts::font::ASCENT;
use crate::report::charts::frame::{Frame, Heading, Key, MUTED, SIZE, SMALL, SPACE, ink};
use crate::report::charts::marks;
use crate::report::charts::palette::Role;
use crate::report::numbers;
use crate::units::NOBODY;

/// Free space between rows.
const ROW_GAP: f64 = 14.0;

/// Height of a line of words in the narrow form.
const LINE: f64 = 18.0;

/// How far a label of the scale may stand out at the right.
const OVERHANG: f64 = 8.0;

/// From this many rows on the scale stands below as well.
const TALL: usize = 14;

/// A picture in the making.
struct Painter<'a> {
    frame: Frame,
    columns: Columns,
    chart: &'a UsersChart,
    periods: Vec<&'a UsersPeriod>,
    is_any_hurt: bool,
}

impl Chart for UsersChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        svg(self, width)
    }
}

/// The SVG of the chart.
fn svg(chart: &UsersChart, width: u32) -> Result<String> {
    let mut frame = Frame::new(
        width,
        &Heading {
            title: &chart.title,
            subtitle: &[&chart.scenario, &chart.span],
        },
    )?;
    let periods = chart.in_order();
    frame.legend(&keys(&periods));
    let names: Vec<String> = periods.iter().map(|period| name(chart, period)).collect();
    let columns = Columns::new(&frame, &periods, &names);
    let is_any_hurt = periods.iter().any(|period| period.hurt > NOBODY);
    let mut painter = Painter {
        frame,
        columns,
        chart,
        periods,
        is_any_hurt,
    };
    painter.head();
    for period in painter.periods.clone() {
        if painter.frame.is_wide {
            painter.wide_row(period);
        } else {
            painter.narrow_row(period);
        }
    }
    painter.foot();
    painter.frame.finish()
}

/// `09:30 to 10:42 · blind`.
fn name(chart: &UsersChart, period: &UsersPeriod) -> String {
    let when = chart.clock.stretch(period.start, period.end);
    match period.phase {
        Phase::Known => when,
        phase => format!("{when} · {}", phase.word()),
    }
}

/// What the colours mean: those of the users that occur.
fn keys(periods: &[&UsersPeriod]) -> Vec<Key<'static>> {
    let is_any = |of: fn(&UsersPeriod) -> f64| periods.iter().any(|period| of(period) > NOBODY);
    let mut keys = Vec::new();
    if is_any(|period| period.unserved) {
        keys.push(Key::patch(Role::Full, "unserved"));
    }
    if is_any(|period| period.away) {
        keys.push(Key::patch(Role::Moved, "away from home"));
    }
    if is_any(|period| period.copied) {
        keys.push(Key {
            width: 20.0,
            words: "of these, moving now by copying",
            mark: Box::new(|canvas, (x, y)| {
                marks::hatched(canvas, (x - 10, y - 6), (x + 10, y + 6), Role::Moved);
            }),
        });
    }
    if is_any(|period| period.new) {
        keys.push(Key::patch(Role::Opened, "new"));
    }
    if is_any(|period| period.at_home) {
        keys.push(Key::patch(Role::Home, "at home"));
    }
    if is_any(|period| period.hurt) {
        keys.push(Key {
            width: 20.0,
            words: "served, but hurt in truth",
            mark: Box::new(|canvas, (x, y)| {
                bars::outline(canvas, (x - 10, y - 4), (x + 10, y + 3));
            }),
        });
    }
    keys
}

impl Painter<'_> {
    /// Height of strip and bars.
    fn bars_height(&self) -> i32 {
        let bar = if self.columns.most > 0.0 {
            BETWEEN + BAR
        } else {
            0
        };
        let hurt = if self.is_any_hurt { BETWEEN + HURT } else { 0 };
        STRIP + bar + hurt
    }

    /// The scale, and in the wide form the headings of the numbers.
    fn head(&mut self) {
        self.frame.y += 6.0;
        let baseline = self.frame.y + SIZE * ASCENT;
        if self.frame.is_wide {
            self.frame.heading("Periods");
            for column in &self.columns.numbers {
                let words = column.count.words;
                let canvas = &mut self.frame.canvas;
                canvas.text(column.right, baseline, Anchor::End, MUTED, words);
            }
        }
        self.scale();
        if self.frame.is_wide && self.columns.most <= 0.0 {
            self.frame.y += SIZE * 1.5;
        }
    }

    /// The labels of the grid lines.
    fn scale(&mut self) {
        let ticks = self.columns.ticks(self.frame.font());
        if ticks.is_empty() {
            return;
        }
        let baseline = self.frame.y + SIZE * ASCENT;
        for tick in ticks {
            let x = self.columns.x(tick);
            let canvas = &mut self.frame.canvas;
            if tick > 0.0 {
                let label = numbers::users(tick);
                // What would stand out too far is told by its neighbours.
                if x + canvas.font.width(&label, SMALL) / 2.0 <= self.columns.bars.1 + OVERHANG {
                    canvas.text(x, baseline, Anchor::Middle, MUTED, &label);
                }
            } else {
                canvas.text(x, baseline, Anchor::Start, MUTED, ORIGIN);
            }
        }
        self.frame.y += SIZE * 1.5;
    }

    /// Strip and bars from `top` on; the scale is that of the bars.
    fn bars(&mut self, period: &UsersPeriod, top: i32) {
        let bottom = top + self.bars_height() + 2;
        for tick in self.columns.ticks(self.frame.font()) {
            let x = whole(self.columns.x(tick));
            let canvas = &mut self.frame.canvas;
            canvas.rectangle((x, top + STRIP + 1), (x + 1, bottom), Role::Grid);
        }
        let (columns, canvas) = (&self.columns, &mut self.frame.canvas);
        bars::strip(canvas, columns, period, top);
        bars::bar(canvas, columns, period, top + STRIP + BETWEEN);
        bars::hurt(canvas, columns, period, top + STRIP + BAR + 2 * BETWEEN);
    }

    /// One line: the period, its bars, its numbers.
    fn wide_row(&mut self, period: &UsersPeriod) {
        let font = self.frame.font();
        let top = self.frame.y;
        let bars = f64::from(self.bars_height()).max(22.0);
        let height = bars + ROW_GAP;
        let baseline = top + height / 2.0 + SIZE * 0.35;
        let room = self.columns.bars.0 - self.frame.left - SPACE;
        let name = font.fit(&name(self.chart, period), SIZE, room);
        let (left, right) = (self.frame.left, self.frame.right);
        let canvas = &mut self.frame.canvas;
        canvas.text(left, baseline, Anchor::Start, ink(SIZE, false), &name);
        for column in &self.columns.numbers {
            let count = &column.count;
            let face = count.face(period);
            canvas.text(
                column.right,
                baseline,
                Anchor::End,
                face,
                &count.cell(period),
            );
        }
        let inset = (height - f64::from(self.bars_height())) / 2.0;
        self.bars(period, whole(top + inset));
        self.feel(period, (left, top), (right, top + height));
        self.frame.y += height;
    }

    /// The period and its gravest number, its bars, and the other numbers.
    fn narrow_row(&mut self, period: &UsersPeriod) {
        let font = self.frame.font();
        let top = self.frame.y;
        let (left, right) = (self.frame.left, self.frame.right);
        let counts = counts(&self.periods);
        let mut gravest = counts
            .iter()
            .find(|count| (count.of)(period) > NOBODY)
            .or(counts.first())
            .copied();
        let baseline = top + 18.0;
        let name = name(self.chart, period);
        let canvas = &mut self.frame.canvas;
        if let Some(count) = gravest {
            let words = format!("{} {}", count.text(period), count.words);
            let both = font.width(&name, SIZE) + font.width(&words, SIZE);
            if both + 2.0 * SPACE <= right - left {
                let face = count.face(period);
                canvas.text(right, baseline, Anchor::End, face, &words);
            } else {
                gravest = None;
            }
        }
        let name = font.fit(&name, SIZE, right - left);
        canvas.text(left, baseline, Anchor::Start, ink(SIZE, false), &name);
        let from = top + 26.0;
        let to = from + f64::from(self.bars_height());
        self.bars(period, whole(from));
        self.frame.y = to + 2.0;
        let rest: Vec<String> = counts
            .iter()
            .filter(|count| gravest.is_none_or(|gravest| gravest.words != count.words))
            .filter(|count| (count.of)(period) > NOBODY)
            .map(|count| format!("{} {}", count.text(period), count.words).replace(' ', "\u{a0}"))
            .collect();
        for line in font.wrap(&rest.join("\u{a0}· "), SMALL, right - left, 4) {
            self.frame.y += LINE;
            let line = line.trim_end_matches("\u{a0}·");
            let canvas = &mut self.frame.canvas;
            canvas.text(left, self.frame.y - 3.0, Anchor::Start, MUTED, line);
        }
        self.feel(period, (left, top), (right, self.frame.y));
        self.frame.y += ROW_GAP;
    }

    /// Tells the numbers of a period to the pointer.
    fn feel(&mut self, period: &UsersPeriod, from: (f64, f64), to: (f64, f64)) {
        let counts: Vec<String> = counts(&self.periods)
            .iter()
            .map(|count| format!("{} {}", count.text(period), count.words))
            .collect();
        let words = format!(
            "{}: {} of {} users",
            name(self.chart, period),
            counts.join(", "),
            numbers::users(period.users)
        );
        let corner = |(x, y): (f64, f64)| (whole(x), whole(y));
        self.frame.canvas.tip(corner(from), corner(to), &words);
    }

    /// The scale again where it would be out of sight, and how to read strip and bar.
    fn foot(&mut self) {
        self.frame.y += 4.0;
        if self.periods.len() >= TALL {
            self.scale();
        }
        self.frame.y += 8.0;
        let all = numbers::users(self.columns.whole);
        let note = if self.columns.most > 0.0 {
            let times = match self.columns.enlarged() {
                times if times >= 1.5 => {
                    format!(", enlarged {} times", numbers::amount(times.round()))
                }
                _ => String::new(),
            };
            format!("Thin strip: all {all} users. Bar below it: those who are not at home{times}.")
        } else {
            format!("Strip: all {all} users.")
        };
        self.frame.note(&note);
    }
}
