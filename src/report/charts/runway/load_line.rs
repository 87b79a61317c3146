//! Load line: the load of the tightest component as users grow, against its capacity and its target.

use super::axis::{DayAxis, DaySpan};
use crate::plan::runway::Day;
use crate::report::charts::chart::Drawn;
use crate::report::charts::kit::canvas::{Anchor, Canvas, Point, whole};
use crate::report::charts::kit::columns::Tick;
use crate::report::charts::kit::font::ASCENT;
use crate::report::charts::kit::frame::{ChartFrame, LegendKey, MUTED, SMALL, SPACE, ink};
use crate::report::charts::kit::scale::Scale;
use crate::report::charts::palette::Role;
use crate::report::charts::replay::label;
use crate::report::numbers;
use jiff::Timestamp;
use std::fmt::Write as _;

/// Loads on a day, in the unit of the resource.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadPoint {
    /// Which day.
    pub day: Day,
    /// As is, in normal operation: at the low end of the forecast, as expected, and at the high end.
    pub as_is: [f64; 3],
    /// In the worst case, as a load on the whole capacity.
    pub worst: f64,
    /// What happens in it, such as `Frankfurt fails`; empty in normal operation.
    pub worst_case: String,
}

/// A capacity from a day on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapacityStep {
    /// From which day on.
    pub day: Day,
    /// How much there is.
    pub capacity: f64,
    /// How much of it the target leaves.
    pub target: f64,
}

/// What the load line shows.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadLineChart {
    /// The finding.
    pub title: String,
    /// Scenario, span, why this component.
    pub about: Vec<String>,
    /// The first day's beginning.
    pub from: Timestamp,
    /// How many days are asked about.
    pub days: Day,
    /// The unit of loads and capacities.
    pub unit: String,
    /// Loads on the sampled days, ascending.
    pub points: Vec<LoadPoint>,
    /// Capacities, ascending by day; the first from day 0 on.
    pub capacity: Vec<CapacityStep>,
    /// The first day on which the condition of the title fails, with its words.
    pub fails_from: Option<(Day, String)>,
    /// What to add below the picture.
    pub notes: Vec<String>,
}

/// Height of the panel, wide and narrow.
const PANEL: f64 = 320.0;
const NARROW: f64 = 220.0;

/// Pixels between the names of two lines.
const APART: i32 = 20;

/// Width of a line.
const LINE: f64 = 2.0;
const BROAD: f64 = 3.0;

impl Drawn for LoadLineChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (&self.title, self.about.clone())
    }

    fn draw(&self, frame: &mut ChartFrame) {
        frame.legend(&self.keys());
        if !self.points.is_empty() {
            self.panel(frame);
        }
        for note in &self.notes {
            frame.note(note);
        }
    }
}

/// Where amounts and days stand.
struct LoadPanel {
    axis: DayAxis,
    scale: Scale,
    bottom: i32,
}

impl LoadPanel {
    fn y(&self, amount: f64) -> i32 {
        self.bottom + self.scale.x(amount)
    }

    fn at(&self, day: Day, amount: f64) -> Point {
        (self.axis.x(day), self.y(amount))
    }
}

/// A path along points.
fn along(points: impl IntoIterator<Item = Point>) -> String {
    let mut path = String::new();
    for (x, y) in points {
        let mark = if path.is_empty() { 'M' } else { 'L' };
        // Writing to a string does not fail.
        let _ = write!(path, "{mark}{x} {y}");
    }
    path
}

impl LoadLineChart {
    fn span(&self) -> DaySpan {
        DaySpan {
            from: self.from,
            days: self.days,
        }
    }

    /// `true` if the ends of the forecast differ from what is expected.
    fn has_band(&self) -> bool {
        let mut points = self.points.iter();
        points.any(|point| point.as_is[0] < point.as_is[1] || point.as_is[1] < point.as_is[2])
    }

    fn has_target(&self) -> bool {
        self.capacity.iter().any(|step| step.target < step.capacity)
    }

    /// `true` if the load of a day is above the capacity, as is or in the worst case.
    fn is_above(&self, point: &LoadPoint) -> bool {
        let step = self.step(point.day);
        step.is_some_and(|step| point.worst.max(point.as_is[1]) > step.capacity)
    }

    /// The capacity on a day.
    fn step(&self, day: Day) -> Option<&CapacityStep> {
        let after = self.capacity.partition_point(|step| step.day <= day);
        self.capacity.get(after.checked_sub(1)?)
    }

    /// `capacity 4,000 vCPU`, or its least and greatest value.
    fn amounts(&self, noun: &str, of: impl Fn(&CapacityStep) -> f64) -> String {
        let amounts = self
            .capacity
            .iter()
            .map(of)
            .filter(|amount| amount.is_finite());
        let ends = amounts.fold(None, |ends: Option<(f64, f64)>, amount| {
            let (least, most) = ends.unwrap_or((amount, amount));
            Some((least.min(amount), most.max(amount)))
        });
        match ends {
            None => noun.to_owned(),
            Some((least, most)) => {
                let words = numbers::quantity(most, &self.unit);
                let least = numbers::amount(least);
                if words.starts_with(&least) {
                    format!("{noun} {words}")
                } else {
                    format!("{noun} {least} to {words}")
                }
            }
        }
    }

    fn keys(&self) -> Vec<LegendKey<'static>> {
        let line = |half: i32, role: Role| {
            move |canvas: &mut Canvas, (x, y): Point| {
                canvas.rectangle((x - 10, y - half), (x + 10, y + half), role);
            }
        };
        let mut keys = vec![LegendKey::mark(
            20.0,
            "load as is, as expected",
            line(2, Role::Fine),
        )];
        if self.has_band() {
            keys.push(LegendKey::patch(Role::Half, "low to high growth"));
        }
        keys.push(LegendKey::mark(
            20.0,
            "load in the worst case",
            line(1, Role::Gone),
        ));
        if self.points.iter().any(|point| self.is_above(point)) {
            keys.push(LegendKey::patch(Role::Full, "above capacity"));
        }
        let capacity = self.amounts("capacity", |step| step.capacity);
        keys.push(LegendKey::mark(20.0, capacity, line(1, Role::Ink)));
        if self.has_target() {
            let target = self.amounts("up to its target", |step| step.target);
            keys.push(LegendKey::mark(20.0, target, line(1, Role::BelowTarget)));
        }
        keys
    }

    fn panel(&self, frame: &mut ChartFrame) {
        let font = frame.font();
        let height = if frame.is_wide { PANEL } else { NARROW };
        let loads = self.points.iter().flat_map(|point| {
            let [low, expected, high] = point.as_is;
            [low, expected, high, point.worst]
        });
        let capacities = self.capacity.iter().map(|step| step.capacity);
        let amounts = loads.chain(capacities).filter(|amount| amount.is_finite());
        let (scale, step) = Scale::rounded(amounts.fold(0.0, f64::max), (0.0, -height));
        let labels = scale
            .steps(step)
            .map(|pair| font.width(&label(pair.0), SMALL));
        let left = (frame.left + labels.fold(0.0, f64::max) + SPACE).ceil() + 1.0;
        self.mark_words(frame, left);
        let (top, bottom) = (whole(frame.y), whole(frame.y + height));
        let place = LoadPanel {
            axis: self.span().axis((left, frame.right)),
            scale,
            bottom,
        };
        let ticks = place.axis.ticks(font);
        let canvas = &mut frame.canvas;
        for Tick { x, .. } in &ticks {
            canvas.fill_path(&format!("M{x} {top}h1V{bottom}h-1z"), Role::Grid);
        }
        let (from, to) = (whole(left), whole(frame.right));
        for (amount, above) in scale.steps(step) {
            let at = bottom + above;
            canvas.fill_path(&format!("M{from} {at}H{to}v1H{from}z"), Role::Grid);
            let baseline = f64::from(at) + SMALL * 0.35;
            canvas.text(left - SPACE, baseline, Anchor::End, MUTED, &label(amount));
        }
        self.curves(canvas, &place);
        self.names(canvas, &place);
        if let Some((day, _)) = &self.fails_from {
            let x = place.axis.x(*day);
            canvas.fill_path(&format!("M{} {top}h2V{bottom}h-2z", x - 1), Role::Full);
        }
        self.tips(canvas, &place, (top, bottom));
        frame.y += height + 9.0;
        dates(frame, &ticks);
    }

    /// What fails from when, above its line.
    fn mark_words(&self, frame: &mut ChartFrame, left: f64) {
        frame.y += 4.0;
        let Some((day, words)) = &self.fails_from else {
            frame.y += SPACE;
            return;
        };
        let (font, right) = (frame.font(), frame.right);
        let axis = self.span().axis((left, right));
        let words = font.fit(words, SMALL, right - frame.left);
        let half = font.width(&words, SMALL) / 2.0;
        let least = frame.left + half;
        let x = f64::from(axis.x(*day)).min(right - half).max(least);
        let baseline = frame.y + SMALL * ASCENT;
        let mut face = ink(SMALL, true);
        face.role = Role::Full;
        frame.canvas.text(x, baseline, Anchor::Middle, face, &words);
        frame.y += SMALL * 2.0;
    }

    fn curves(&self, canvas: &mut Canvas, place: &LoadPanel) {
        let edge = |of: usize| {
            let points = self.points.iter();
            points.map(move |point| place.at(point.day, point.as_is[of]))
        };
        if self.has_band() {
            let back: Vec<Point> = edge(0).collect();
            let around = edge(2).chain(back.into_iter().rev());
            canvas.fill_path(&(along(around) + "z"), Role::Half);
        }
        canvas.fill_path(&self.above(place), Role::Full);
        let worst = self
            .points
            .iter()
            .map(|point| place.at(point.day, point.worst));
        canvas.curve(&along(worst), LINE, Role::Gone);
        canvas.curve(&along(edge(1)), BROAD, Role::Fine);
        if self.has_target() {
            canvas.curve(
                &self.steps(place, |step| step.target),
                LINE,
                Role::BelowTarget,
            );
        }
        canvas.curve(&self.steps(place, |step| step.capacity), LINE, Role::Ink);
    }

    /// The names of lines above their right ends, those that do not touch; the limits first.
    fn names(&self, canvas: &mut Canvas, place: &LoadPanel) {
        let mut names = Vec::new();
        if let Some(step) = self.capacity.last() {
            names.push((self.days, step.capacity, "capacity"));
            if self.has_target() {
                names.push((self.days, step.target, "target"));
            }
        }
        if let Some(point) = self.points.last() {
            names.push((point.day, point.as_is[1], "as is"));
            names.push((point.day, point.worst, "worst case"));
        }
        let mut taken: Vec<i32> = Vec::new();
        for (day, amount, words) in names.into_iter().filter(|name| name.1.is_finite()) {
            let y = place.y(amount);
            let is_free = taken.iter().all(|other| (other - y).abs() >= APART);
            let x = f64::from(place.axis.x(day));
            let width = canvas.font.width(words, SMALL);
            if is_free && x - width >= place.axis.ends.0 {
                taken.push(y);
                let baseline = f64::from(y) - SPACE;
                canvas.label(x, baseline, Anchor::End, ink(SMALL, false), words);
            }
        }
    }

    /// The path along capacities, level by level.
    fn steps(&self, place: &LoadPanel, of: impl Fn(&CapacityStep) -> f64) -> String {
        let next = self.capacity.iter().skip(1).map(|step| step.day);
        let ends = next.chain([self.days]);
        let levels = self.capacity.iter().zip(ends);
        along(levels.flat_map(|(step, end)| {
            let amount = of(step);
            [place.at(step.day, amount), place.at(end, amount)]
        }))
    }

    /// The path around what lies between the capacity and a larger load, pixel by pixel.
    fn above(&self, place: &LoadPanel) -> String {
        let mut path = String::new();
        for pair in self.points.windows(2) {
            let (from, to) = (place.axis.x(pair[0].day), place.axis.x(pair[1].day));
            let most = |point: &LoadPoint| point.worst.max(point.as_is[1]);
            for x in from..to {
                let share = f64::from(x - from) / f64::from(to - from);
                let load = (most(&pair[1]) - most(&pair[0])).mul_add(share, most(&pair[0]));
                let length = f64::from(pair[1].day - pair[0].day);
                let day = pair[0].day.saturating_add(passed(length * share));
                let Some(step) = self.step(day).filter(|step| step.capacity < load) else {
                    continue;
                };
                let (top, bottom) = (place.y(load), place.y(step.capacity));
                // Writing to a string does not fail.
                let _ = write!(path, "M{x} {top}h1V{bottom}h-1z");
            }
        }
        path
    }

    /// What a day has, for the pointer: from halfway before it to halfway after.
    fn tips(&self, canvas: &mut Canvas, place: &LoadPanel, (top, bottom): (i32, i32)) {
        let places: Vec<i32> = self
            .points
            .iter()
            .map(|point| place.axis.x(point.day))
            .collect();
        for (index, point) in self.points.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|index| places.get(index));
            let from = before.map_or(places[index], |x| i32::midpoint(*x, places[index]));
            let end = place.axis.x(self.days);
            let to = places
                .get(index + 1)
                .map_or(end, |x| i32::midpoint(*x, places[index]));
            canvas.tip((from, top), (to.max(from + 1), bottom), &self.tip(point));
        }
    }

    /// `1 Mar 2027: load as is 3,200 vCPU (3,100 to 3,400), worst case 4,100 vCPU if Frankfurt fails; capacity 4,000 vCPU`.
    fn tip(&self, point: &LoadPoint) -> String {
        let amount = |amount: f64| numbers::quantity(amount, &self.unit);
        let [low, expected, high] = point.as_is;
        let band = if low < high {
            format!(" ({} to {})", numbers::amount(low), numbers::amount(high))
        } else {
            String::new()
        };
        let case = match point.worst_case.as_str() {
            "" => String::new(),
            happens => format!(" if {happens}"),
        };
        let capacity = self.step(point.day).map_or_else(String::new, |step| {
            let target = if step.target < step.capacity {
                format!(", {} up to its target", amount(step.target))
            } else {
                String::new()
            };
            format!("; capacity {}{target}", amount(step.capacity))
        });
        format!(
            "{}: load as is {}{band}, worst case {}{case}{capacity}",
            self.span().date(point.day),
            amount(expected),
            amount(point.worst)
        )
    }
}

/// Whole days of a length.
fn passed(length: f64) -> Day {
    whole(length.floor()).unsigned_abs()
}

/// The labels of an axis of dates that fit, in two lines.
fn dates(frame: &mut ChartFrame, ticks: &[Tick]) {
    let font = frame.font();
    for line in [0, 1] {
        if ticks.iter().all(|tick| tick.label[line].is_empty()) {
            continue;
        }
        let baseline = frame.y + SMALL * ASCENT;
        let mut free = f64::NEG_INFINITY;
        for tick in ticks {
            let words = &tick.label[line];
            let half = font.width(words, SMALL) / 2.0;
            let x = f64::from(tick.x)
                .min(frame.right - half)
                .max(frame.left + half);
            if !words.is_empty() && x - half >= free {
                frame.canvas.text(x, baseline, Anchor::Middle, MUTED, words);
                free = x + half + SPACE;
            }
        }
        frame.y += SMALL * 1.3;
    }
    frame.y += SPACE;
}
