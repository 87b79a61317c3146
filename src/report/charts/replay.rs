//! What happens as time goes by, below the events that it happens in: users who are down, what comes to a component
//! against what it can take, what waits there.
//!
//! Time is to scale. Where steps are finer than pixels, the worst of those that fall on one is drawn, so that no peak is
//! lost.

mod columns;
#[cfg(test)]
pub(super) mod tests;

use self::columns::Columns;
use super::chart::Chart;
use super::event_lanes::{self, Lane, key_of_unknown, lanes, note_left_out};
use super::kit::canvas::{Anchor, whole};
use super::kit::columns::{Column, Flow, Room, Tick};
use super::kit::font::ASCENT;
use super::kit::frame::{Frame, Key, MUTED, SIZE, SMALL, SPACE, ink};
use super::kit::rows::{Block, Rows};
use super::palette::Role;
use super::through::EventSpan;
use super::time_axis::TimeAxis;
use crate::error::Result;
use crate::report::numbers;
use crate::report::span::{Clock, spoken};
use jiff::Timestamp;
use std::sync::Arc;

/// Which of two runs a curve is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What was asked for.
    Asked,
    /// What it is compared with.
    Compared,
}

/// A quantity as time goes by.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What was done, such as `with the plan`.
    pub name: &'static str,
    /// Whether it was asked for, or is there to compare with.
    pub standing: Standing,
    /// The first instant of every step, and the end of the last: one more than values, ascending.
    pub bounds: Arc<Vec<Timestamp>>,
    /// One for every step.
    pub values: Vec<f64>,
    /// What there is room for in every step, or one that is infinite for no limit; empty if that is not shown.
    pub limits: Vec<f64>,
}

/// What curves of a panel are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// Each other.
    EachOther,
    /// Each its own limit.
    Limit,
}

/// Curves over one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePanel {
    /// What is shown, with its unit.
    pub heading: String,
    /// What is measured, in a word: panels of the same quantity have the same scale.
    pub quantity: &'static str,
    /// The unit, for the pointer.
    pub unit: String,
    /// What they are held against.
    pub against: Against,
    /// At most one for each standing; one only where each is held against its own limit.
    pub curves: Vec<Curve>,
}

/// What a chart of a replay shows.
///
/// ```
/// use plimsoll::report::charts::{Chart, ReplayChart};
/// use plimsoll::report::charts::replay::{Against, Curve, CurvePanel, Standing};
/// use plimsoll::report::span::Clock;
/// use std::sync::Arc;
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
/// let bounds = vec![at("2030-03-01T00:00:00Z"), at("2030-03-01T01:00:00Z"), at("2030-03-01T02:00:00Z")];
/// let chart = ReplayChart {
///     title: "If nobody does anything 6,000 user minutes are lost".into(),
///     scenario: "night".into(),
///     clock: Clock { start: bounds[0], end: bounds[2], offset: jiff::tz::offset(0) },
///     events: Vec::new(),
///     panels: vec![CurvePanel {
///         heading: "users down".into(), quantity: "users down", unit: "users".into(), against: Against::EachOther,
///         curves: vec![Curve {
///             name: "if nobody acts", standing: Standing::Asked, bounds: Arc::new(bounds),
///             values: vec![0.0, 100.0], limits: Vec::new(),
///         }],
///     }],
///     notes: Vec::new(),
/// };
/// let picture = chart.picture(1200)?;
/// assert!(picture.svg.contains(">users down</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayChart {
    /// The finding.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// The offset in which instants are told.
    pub clock: Clock,
    /// The events, in any order.
    pub events: Vec<EventSpan>,
    /// One below the other.
    pub panels: Vec<CurvePanel>,
    /// What has to be known to read it, below it.
    pub notes: Vec<String>,
}

impl ReplayChart {
    /// The first and the last instant of all curves.
    fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let curves = || self.panels.iter().flat_map(|own| &own.curves);
        let from = curves().filter_map(|own| own.bounds.first()).min()?;
        let to = curves().filter_map(|own| own.bounds.last()).max()?;
        Some((*from, *to))
    }
}

/// Height of a panel in the wide form, of one that is alone, and in the narrow form.
const PANEL: f64 = 150.0;
const ALONE: f64 = 240.0;
const NARROW: f64 = 130.0;

/// Free space between labels and the axis.
const GAP: f64 = 10.0;

/// Width of a line in pixels.
const LINE: f64 = 2.0;

/// Width of what the pointer is told at once, in pixels.
const FELT: i32 = 14;

impl Chart for ReplayChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        let chart = self;
        let span = chart.span();
        let when = span.map_or_else(String::new, |(from, to)| {
            spoken(chart.clock.offset, from, to)
        });
        let mut frame = Frame::titled(width, &chart.title, &[&chart.scenario, &when])?;
        frame.legend(&keys(chart));
        if let Some((from, to)) = span {
            let (lanes, left_out) = lanes(&chart.events);
            let scales: Vec<Scale> = chart.panels.iter().map(|own| scale(chart, own)).collect();
            let font = frame.font();
            let labels = scales.iter().flat_map(Scale::ticks);
            let labels = labels.map(|own| font.width(&own.1, SMALL));
            let numbers = labels.fold(0.0, f64::max) + GAP;
            let (left, right, is_wide) = (frame.left, frame.right, frame.is_wide);
            // Beside the labels of panels, and where there is room beside the words of events.
            let axis = move |ends: (f64, f64)| {
                let beside = if is_wide { ends.0 } else { left };
                let start = beside.max(left + numbers).ceil() + 1.0;
                let ends = (start, right);
                TimeAxis { from, to, ends }
            };
            let ends = events(chart, &lanes, numbers, axis).draw(&mut frame);
            let axis = axis(ends);
            let mut painter = Painter {
                ticks: axis.ticks(font, &chart.clock),
                frame,
                axis,
                chart,
            };
            for (panel, scale) in chart.panels.iter().zip(&scales) {
                painter.panel(panel, scale);
            }
            painter.times();
            frame = painter.frame;
            note_left_out(&mut frame, left_out);
        }
        for note in &chart.notes {
            frame.note(note);
        }
        Ok(frame.finish())
    }
}

/// A strip for every event, so far behind its words that labels of panels have room there.
fn events<'a>(
    chart: &'a ReplayChart,
    lanes: &'a [Lane<'_>],
    gap: f64,
    axis: impl Fn((f64, f64)) -> TimeAxis + Copy + 'a,
) -> Rows<'a> {
    let row = |lane: &'a Lane<'_>| {
        event_lanes::row(lane, move |canvas, area| {
            let x = |at| whole(axis(area.ends).x(at));
            event_lanes::bars(canvas, lane, area.y, &chart.clock, x);
        })
    };
    let grid = move |room: Room| {
        let ticks = axis(room.ends).ticks(room.font, &chart.clock).into_iter();
        let unlabelled = ticks.map(|own| Tick {
            label: Default::default(),
            ..own
        });
        unlabelled.collect()
    };
    Rows {
        columns: vec![
            Column::name(0.2),
            Column::words(Flow::Beside, "").gap(6.0).share(0.14),
            Column::drawing(14.0, "").gap(gap).over(grid),
        ],
        blocks: vec![Block {
            heading: String::new(),
            rows: lanes.iter().map(row).collect(),
        }],
        height: 26.0,
    }
}

/// The upright axis of a panel: panels that show the same have the same.
fn scale(chart: &ReplayChart, panel: &CurvePanel) -> Scale {
    let alike = chart
        .panels
        .iter()
        .filter(|own| own.quantity == panel.quantity);
    let curves = alike.flat_map(|own| &own.curves);
    let amounts = curves.flat_map(|own| own.values.iter().chain(&own.limits));
    Scale::new(
        amounts
            .copied()
            .filter(|own| own.is_finite())
            .fold(0.0, f64::max),
    )
}

/// What the legend explains: only what is drawn.
fn keys(chart: &ReplayChart) -> Vec<Key<'_>> {
    let mut keys = Vec::new();
    let curves = |against: Against| {
        let panels = chart
            .panels
            .iter()
            .filter(move |own| own.against == against);
        panels.flat_map(|own| &own.curves)
    };
    for standing in [Standing::Asked, Standing::Compared] {
        let own = curves(Against::EachOther).find(|own| own.standing == standing);
        keys.extend(own.map(|own| match standing {
            Standing::Asked => Key::patch(Role::Full, own.name),
            Standing::Compared => Key::mark(16.0, own.name, |canvas, (x, y)| {
                canvas.rectangle((x - 8, y - 6), (x + 8, y + 6), Role::Before);
                canvas.rectangle((x - 8, y - 4), (x + 8, y + 6), Role::Grid);
            }),
        }));
    }
    if curves(Against::Limit).next().is_some() {
        keys.push(Key::patch(Role::Fine, "comes, and there is room"));
        keys.push(Key::patch(Role::Full, "comes, and there is none"));
        keys.push(Key::mark(20.0, "what it can take", |canvas, (x, y)| {
            canvas.rectangle((x - 10, y - 1), (x + 10, y + 1), Role::Ink);
        }));
    }
    keys.extend(key_of_unknown(&chart.events));
    keys
}

struct Painter<'a> {
    frame: Frame,
    axis: TimeAxis,
    ticks: Vec<Tick>,
    chart: &'a ReplayChart,
}

impl Painter<'_> {
    /// Lines at round instants.
    fn upright(&mut self, top: f64, bottom: f64) {
        let (top, bottom) = (whole(top), whole(bottom));
        for tick in &self.ticks {
            let line = format!("M{} {top}h1V{bottom}h-1z", tick.x);
            self.frame.canvas.ground.area(&line, Role::Grid);
        }
    }

    /// Labels of round instants, below everything.
    fn times(&mut self) {
        let baseline = self.frame.y + SMALL * ASCENT;
        for tick in &self.ticks {
            let canvas = &mut self.frame.canvas;
            let (x, words) = (f64::from(tick.x), &tick.label[0]);
            if x + canvas.font.width(words, SMALL) / 2.0 <= self.frame.right {
                canvas.text(x, baseline, Anchor::Middle, MUTED, words);
            }
        }
        self.frame.y += SMALL * 2.0;
    }

    fn panel(&mut self, panel: &CurvePanel, scale: &Scale) {
        self.frame.y += 4.0;
        self.frame.lines(&panel.heading, ink(SIZE, true), 3);
        self.frame.y += 10.0;
        let height = if !self.frame.is_wide {
            NARROW
        } else if self.chart.panels.len() == 1 {
            ALONE
        } else {
            PANEL
        };
        let (top, bottom) = (self.frame.y, self.frame.y + height);
        let y = |amount: f64| whole(bottom - height * scale.share(amount));
        self.upright(top, bottom);
        let ends = (whole(self.axis.ends.0), whole(self.axis.ends.1));
        for (amount, label) in scale.ticks() {
            let at = y(amount);
            let canvas = &mut self.frame.canvas;
            let line = format!("M{} {at}H{}v1H{}z", ends.0, ends.1, ends.0);
            canvas.ground.area(&line, Role::Grid);
            let baseline = f64::from(at) + SMALL * 0.35;
            canvas.text(
                self.axis.ends.0 - SPACE,
                baseline,
                Anchor::End,
                MUTED,
                &label,
            );
        }
        match panel.against {
            Against::EachOther => self.compared(panel, &y),
            Against::Limit => self.limited(panel, &y),
        }
        self.tips(panel, (whole(top), whole(bottom)));
        self.frame.y = bottom + 8.0;
    }

    /// What is compared with as a light area with an edge, what was asked for before it, and the edge before both.
    fn compared(&mut self, panel: &CurvePanel, y: &impl Fn(f64) -> i32) {
        let of = |standing: Standing, axis: &TimeAxis| {
            let curve = panel.curves.iter().find(|own| own.standing == standing)?;
            let value = |step: usize| curve.values.get(step).copied().unwrap_or(0.0);
            let columns = Columns::new(curve, axis, value);
            // What is not nothing is seen.
            let seen = |step: usize| y(value(step)).min(y(0.0) - i32::from(value(step) > 0.0));
            let area = columns.between(seen, |_| y(0.0));
            let edge = columns.line(|step| (value(step) > 0.0).then(|| y(value(step)) + 1));
            Some((area, edge))
        };
        let behind = of(Standing::Compared, &self.axis);
        let asked = of(Standing::Asked, &self.axis);
        let ground = &mut self.frame.canvas.ground;
        if let Some((area, _)) = &behind {
            ground.area(area, Role::Grid);
        }
        if let Some((area, _)) = asked {
            ground.area(&area, Role::Full);
        }
        if let Some((_, edge)) = behind {
            ground.curve(&edge, LINE, Role::Before);
        }
    }

    /// What comes up to the limit, what comes beyond it, and the limit.
    fn limited(&mut self, panel: &CurvePanel, y: &impl Fn(f64) -> i32) {
        let Some(curve) = panel.curves.first() else {
            return;
        };
        let value = |step: usize| curve.values.get(step).copied().unwrap_or(0.0);
        let limit = |step: usize| curve.limits.get(step).copied().unwrap_or(f64::INFINITY);
        let excess = |step: usize| {
            let excess = value(step) - limit(step);
            if excess.is_finite() {
                excess
            } else {
                value(step) - f64::MAX / 2.0
            }
        };
        let columns = Columns::new(curve, &self.axis, excess);
        let fits = |step: usize| y(value(step).min(limit(step)));
        let ground = &mut self.frame.canvas.ground;
        ground.area(&columns.between(fits, |_| y(0.0)), Role::Fine);
        ground.area(&columns.between(|step| y(value(step)), fits), Role::Full);
        let line = columns.line(|step| limit(step).is_finite().then(|| y(limit(step))));
        ground.curve(&line, LINE, Role::Ink);
    }

    /// What a pointer over a stretch of a panel is told: the most of it.
    fn tips(&mut self, panel: &CurvePanel, (top, bottom): (i32, i32)) {
        let (left, right) = (whole(self.axis.ends.0), whole(self.axis.ends.1));
        let of_curves: Vec<(&Curve, Columns)> = (panel.curves.iter())
            .map(|own| {
                let value = |step: usize| own.values.get(step).copied().unwrap_or(0.0);
                (own, Columns::new(own, &self.axis, value))
            })
            .collect();
        let width = usize::try_from(FELT).unwrap_or(1);
        for from in (left..right).step_by(width) {
            let to = (from + FELT).min(right);
            let parts: Vec<String> = of_curves
                .iter()
                .filter_map(|(curve, columns)| self.told(panel, curve, columns, (from, to)))
                .collect();
            if !parts.is_empty() {
                let canvas = &mut self.frame.canvas;
                canvas.tip((from, top), (to, bottom), &parts.join("; "));
            }
        }
    }

    /// `with the plan at most 1,272 sessions/s from 06:20 to 06:25, room for 60 then`.
    fn told(
        &self,
        panel: &CurvePanel,
        curve: &Curve,
        columns: &Columns,
        (from, to): (i32, i32),
    ) -> Option<String> {
        let value = |step: usize| curve.values.get(step).copied().unwrap_or(0.0);
        let mut steps = columns.steps_between(from, to);
        let first = steps.next()?;
        let most = steps.fold(
            first,
            |most, own| if value(own) > value(most) { own } else { most },
        );
        let at = curve
            .bounds
            .get(most)
            .map(|own| self.chart.clock.moment(*own))?;
        let amount = numbers::quantity(value(most), &panel.unit);
        let limit = curve.limits.get(most).filter(|own| own.is_finite());
        let room = limit.map_or_else(String::new, |own| {
            format!(", room for {}", numbers::amount(*own))
        });
        Some(format!("{}: {amount} at {at}{room}", curve.name))
    }
}

/// Parts of the axis at most.
const PARTS: f64 = 4.0;

/// An upright axis from 0 to a round amount.
#[derive(Debug, Clone, PartialEq)]
struct Scale {
    /// The amount at its upper end, above 0.
    top: f64,
    /// From one label to the next.
    step: f64,
}

impl Scale {
    /// The axis of amounts up to `most`.
    fn new(most: f64) -> Self {
        if most <= 0.0 || !most.is_finite() {
            return Self {
                top: 1.0,
                step: 1.0,
            };
        }
        let rough = most / PARTS;
        let power = 10_f64.powf(rough.log10().floor());
        let parts = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter();
        let step = parts
            .map(|own| own * power)
            .find(|own| *own >= rough * (1.0 - 1e-9))
            .unwrap_or(10.0 * power);
        Self {
            top: (most / step - 1e-9).ceil().max(1.0) * step,
            step,
        }
    }

    /// The share of the axis below an amount, no more than all of it.
    fn share(&self, amount: f64) -> f64 {
        (amount / self.top).clamp(0.0, 1.0)
    }

    /// Amounts with their labels, from 0 up.
    fn ticks(&self) -> impl Iterator<Item = (f64, String)> + '_ {
        let count = (self.top / self.step).round();
        let numbers = (0..=10).map(f64::from).take_while(move |own| *own <= count);
        numbers.map(|own| (own * self.step, label(own * self.step)))
    }
}

/// `1.5 M`, `200,000`, `0.25`.
fn label(amount: f64) -> String {
    if amount >= 1e9 {
        format!("{} bn", numbers::amount(amount / 1e9))
    } else if amount >= 1e6 {
        format!("{} M", numbers::amount(amount / 1e6))
    } else {
        numbers::amount(amount)
    }
}
