//! The course of a replay below its events: users down, the load of a component against its capacity, and its queue.
//!
//! Time is to scale. Where steps are finer than pixels, the worst of those that fall on one is drawn, so that no peak is
//! lost.

mod steps;
#[cfg(test)]
mod tests;

use self::steps::PixelSteps;
pub use self::steps::{Curve, RunRole};
use super::chart::Drawn;
use super::events::{self, EventSpan, key_of_unknown, lanes, note_left_out};
use super::kit::canvas::{Anchor, Canvas, whole};
use super::kit::columns::{AxisSpace, Reflow, RowColumn, Tick};
use super::kit::font::ASCENT;
use super::kit::frame::{ChartFrame, LegendKey, MUTED, SIZE, SMALL, SPACE, ink};
use super::kit::rows::{RowBlock, RowTable};
use super::kit::scale::Scale;
use super::kit::time::TimeAxis;
use super::palette::Role;
use crate::report::numbers;
use crate::report::span::{Clock, spoken};
use jiff::{SignedDuration, Timestamp};

/// What curves of a panel are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveLimit {
    /// Each other.
    EachOther,
    /// Each its own limit.
    Capacity,
}

/// Curves over one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePanel {
    /// The quantity that is shown, with its unit.
    pub heading: String,
    /// The quantity in a word: panels of the same quantity have the same scale.
    pub quantity: &'static str,
    /// The unit, for the pointer.
    pub unit: String,
    /// The limit that they are compared with.
    pub against: CurveLimit,
    /// At most one for each run; one only where each is held against its own limit.
    pub curves: Vec<Curve>,
}

/// What a chart of a replay shows.
///
/// ```
/// use plimsoll::report::charts::{Chart, ReplayChart};
/// use plimsoll::report::charts::replay::{Curve, CurveLimit, CurvePanel, RunRole};
/// use plimsoll::report::span::Clock;
/// use std::sync::Arc;
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
/// let bounds = vec![at("2030-03-01T00:00:00Z"), at("2030-03-01T01:00:00Z"), at("2030-03-01T02:00:00Z")];
/// let chart = ReplayChart {
///     title: "Without action 6,000 user minutes are lost".into(),
///     scenario: "night".into(),
///     clock: Clock { start: bounds[0], end: bounds[2], offset: jiff::tz::offset(0) },
///     events: Vec::new(),
///     panels: vec![CurvePanel {
///         heading: "users down".into(), quantity: "users down", unit: "users".into(), against: CurveLimit::EachOther,
///         curves: vec![Curve {
///             name: "without action", run: RunRole::Asked, bounds: Arc::new(bounds),
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
    /// The offset of instants.
    pub clock: Clock,
    /// The events, in any order.
    pub events: Vec<EventSpan>,
    /// One below the other.
    pub panels: Vec<CurvePanel>,
    /// Notes below the picture.
    pub notes: Vec<String>,
}

/// Height of a panel in the wide form, of one that is alone, and in the narrow form.
const PANEL: f64 = 150.0;
const ALONE: f64 = 240.0;
const NARROW: f64 = 130.0;

/// Least free space between the labels of two times.
const LEAST_APART: f64 = 2.0;

/// Free space between labels and the axis.
const GAP: f64 = 10.0;

/// Width of a line in pixels, and of that of the requested run.
const LINE: f64 = 2.0;
const BROAD: f64 = 4.0;

/// The part of the time shown that stands before the first and after the last thing that happens, at least so much.
const AROUND: i32 = 12;
const LEAST_AROUND: SignedDuration = SignedDuration::from_mins(5);

/// Width of a stretch with one text for the pointer, in pixels.
const FELT: i32 = 14;

impl Drawn for ReplayChart {
    fn heading(&self) -> (&str, Vec<String>) {
        let when = self
            .span()
            .map(|pair| spoken(self.clock.offset, pair.0, pair.1));
        (
            &self.title,
            vec![self.scenario.clone(), when.unwrap_or_default()],
        )
    }

    fn draw(&self, frame: &mut ChartFrame) {
        frame.legend(&self.keys());
        if let Some((from, to)) = self.shown() {
            let (lanes, left_out) = lanes(&self.events);
            let font = frame.font();
            let height = match (frame.is_wide, self.panels.len()) {
                (false, _) => NARROW,
                (true, 1) => ALONE,
                (true, _) => PANEL,
            };
            let scales: Vec<_> = self
                .panels
                .iter()
                .map(|panel| self.scale(panel, height))
                .collect();
            let labels = scales.iter().flat_map(|(scale, step)| scale.steps(*step));
            let labels = labels.map(|pair| font.width(&label(pair.0), SMALL));
            let numbers = labels.fold(0.0, f64::max) + GAP;
            let (left, right, is_wide) = (frame.left, frame.right, frame.is_wide);
            // Beside the labels of panels, and where it fits beside the words of events.
            let axis = move |ends: (f64, f64)| {
                let beside = if is_wide { ends.0 } else { left };
                let start = beside.max(left + numbers).ceil() + 1.0;
                TimeAxis::new(from, to, (start, right))
            };
            let ticks = |axis: &TimeAxis| {
                axis.round(font, &self.clock, |at| {
                    [self.clock.moment(at), String::new()]
                })
            };
            let grid = move |space: AxisSpace| {
                let ticks = ticks(&axis(space.ends)).into_iter();
                let unlabelled = ticks.map(|tick| Tick::line(tick.x, String::new()));
                unlabelled.collect()
            };
            // So far to the right of their words that labels of panels fit there.
            let events = RowTable {
                columns: vec![
                    RowColumn::name(0.2),
                    RowColumn::words(Reflow::Beside, "").gap(6.0).share(0.14),
                    RowColumn::drawing(14.0, "").gap(numbers).over(grid),
                ],
                blocks: vec![RowBlock::from((
                    "",
                    events::rows(&lanes, &self.clock, axis).collect(),
                ))],
                height: 26.0,
            };
            let axis = axis(events.draw(frame));
            let ticks = ticks(&axis);
            for (panel, scale) in self.panels.iter().zip(&scales) {
                self.panel(frame, panel, scale, height, &axis, &ticks);
            }
            let baseline = frame.y + SMALL * ASCENT;
            let mut end = f64::NEG_INFINITY;
            for tick in &ticks {
                let (x, words) = (f64::from(tick.x), &tick.label[0]);
                let half = font.width(words, SMALL) / 2.0;
                // The last label ends at the edge, unless it would touch the one before.
                let x = x.min(frame.right - half);
                if x - half > end + LEAST_APART {
                    let canvas = &mut frame.canvas;
                    canvas.text(x, baseline, Anchor::Middle, MUTED, words);
                    end = x + half;
                }
            }
            frame.y += SMALL * 2.0;
            note_left_out(frame, left_out);
        }
        if self.shown() != self.span() {
            frame.note("Quiet time before and after is not shown.");
        }
        for note in &self.notes {
            frame.note(note);
        }
    }
}

impl ReplayChart {
    /// The first and the last instant of all curves.
    fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let curves = || self.panels.iter().flat_map(|panel| &panel.curves);
        let from = curves().filter_map(|curve| curve.bounds.first()).min()?;
        let to = curves().filter_map(|curve| curve.bounds.last()).max()?;
        Some((*from, *to))
    }

    /// The part of the span in which anything happens, with some time around it; all of it where little would be left out.
    fn shown(&self) -> Option<(Timestamp, Timestamp)> {
        let (from, to) = self.span()?;
        let busy = self.panels.iter().flat_map(|panel| {
            let of = |curve| panel.busy(curve);
            panel.curves.iter().filter_map(of)
        });
        let events = self.events.iter().map(|event| (event.start, event.end));
        let both = busy
            .chain(events)
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let Some((first, last)) = both else {
            return Some((from, to));
        };
        let (first, last) = (first.max(from), last.min(to));
        let around = (last.duration_since(first) / AROUND).max(LEAST_AROUND);
        let cut = (
            first.checked_sub(around).unwrap_or(from).max(from),
            last.checked_add(around).unwrap_or(to).min(to),
        );
        let is_much = cut.1.duration_since(cut.0) < to.duration_since(from) / 4 * 3;
        Some(if is_much { cut } else { (from, to) })
    }

    /// The limit in words: `limit 1,500 sessions/s`, or its least and greatest value.
    fn limit_words(&self) -> String {
        let limited = self.panels.iter();
        let has_limit = |curve: &&Curve| !curve.limits.is_empty();
        let limited =
            limited.filter(|curve_panel| curve_panel.curves.iter().any(|curve| has_limit(&curve)));
        let curves = limited.clone().flat_map(|curve_panel| &curve_panel.curves);
        let limits = curves.flat_map(|curve| {
            curve
                .limits
                .iter()
                .copied()
                .filter(|value| value.is_finite())
        });
        let unit = limited
            .map(|curve_panel| curve_panel.unit.as_str())
            .next()
            .unwrap_or_default();
        let ends = limits.fold(None, |ends: Option<(f64, f64)>, value| {
            let (least, most) = ends.unwrap_or((value, value));
            Some((least.min(value), most.max(value)))
        });
        match ends.map(|(least, most)| [least, most].map(numbers::amount)) {
            None => "limit".to_owned(),
            Some([least, most]) if least == most => {
                format!("limit {}", glued(&most, unit))
            }
            Some([least, most]) => format!("limit {least} to {}", glued(&most, unit)),
        }
    }

    /// The upright axis of a panel, from 0 pixels up, and the size of its parts: panels that show the same have the same.
    fn scale(&self, panel: &CurvePanel, height: f64) -> (Scale, f64) {
        let alike = self.panels.iter();
        let alike = alike.filter(|curve_panel| curve_panel.quantity == panel.quantity);
        let curves = alike.flat_map(|curve_panel| &curve_panel.curves);
        let amounts = curves.flat_map(|curve| curve.values.iter().chain(&curve.limits));
        let finite = amounts.copied().filter(|value| value.is_finite());
        Scale::rounded(finite.fold(0.0, f64::max), (0.0, -height))
    }

    /// The keys of the legend: only for drawn marks.
    fn keys(&self) -> Vec<LegendKey<'_>> {
        let curves = |against: CurveLimit| {
            let panels = self.panels.iter();
            let panels = panels.filter(move |panel| panel.against == against);
            panels.flat_map(|panel| &panel.curves)
        };
        let of = |run| curves(CurveLimit::EachOther).find(move |curve| curve.run == run);
        let line = |curve: &Curve, half: i32, role| {
            LegendKey::mark(20.0, curve.name, move |canvas, (x, y)| {
                canvas.rectangle((x - 10, y - half), (x + 10, y + half), role);
            })
        };
        let asked = of(RunRole::Asked).map(|curve| line(curve, 3, Role::Full));
        let compared = of(RunRole::Compared).map(|curve| line(curve, 1, Role::Before));
        let mut keys: Vec<LegendKey<'_>> = asked.into_iter().chain(compared).collect();
        if curves(CurveLimit::Capacity).next().is_some() {
            keys.push(LegendKey::patch(Role::Fine, "load within the limit"));
            keys.push(LegendKey::patch(
                Role::Full,
                "load above the limit: it is queued or rejected",
            ));
        }
        let mut all = self.panels.iter().flat_map(|panel| &panel.curves);
        if all.any(|curve| !curve.limits.is_empty()) {
            keys.push(LegendKey::mark(
                20.0,
                self.limit_words(),
                |canvas, (x, y)| {
                    canvas.rectangle((x - 10, y - 1), (x + 10, y + 1), Role::Ink);
                },
            ));
        }
        keys.extend(key_of_unknown(&self.events));
        keys
    }

    /// Heading, grid, curves, and the texts for the pointer.
    fn panel(
        &self,
        frame: &mut ChartFrame,
        panel: &CurvePanel,
        (scale, step): &(Scale, f64),
        height: f64,
        axis: &TimeAxis,
        ticks: &[Tick],
    ) {
        frame.y += 4.0;
        frame.lines(&panel.heading, ink(SIZE, true), 3);
        frame.y += 10.0;
        let (top, bottom) = (whole(frame.y), whole(frame.y + height));
        let y = |amount: f64| bottom + scale.x(amount);
        let canvas = &mut frame.canvas;
        for Tick { x, .. } in ticks {
            canvas.fill_path(&format!("M{x} {top}h1V{bottom}h-1z"), Role::Grid);
        }
        let (left, right) = (whole(axis.ends().0), whole(axis.ends().1));
        for (amount, above) in scale.steps(*step) {
            let at = bottom + above;
            canvas.fill_path(&format!("M{left} {at}H{right}v1H{left}z"), Role::Grid);
            let baseline = f64::from(at) + SMALL * 0.35;
            let beside = axis.ends().0 - SPACE;
            canvas.text(beside, baseline, Anchor::End, MUTED, &label(amount));
        }
        match panel.against {
            CurveLimit::EachOther => panel.compared(canvas, axis, y),
            CurveLimit::Capacity => panel.limited(canvas, axis, y),
        }
        let curves = panel.curves.iter();
        let curves = curves.map(|curve| {
            (
                curve,
                PixelSteps::new(curve, axis, |step| curve.value(step)),
            )
        });
        let curves: Vec<_> = curves.collect();
        let stretches = (left..right).step_by(usize::try_from(FELT).unwrap_or(1));
        for from in stretches {
            let to = (from + FELT).min(right);
            let parts = curves.iter().filter_map(|(curve, steps)| {
                let most = steps.between(from, to).reduce(|most, step| {
                    if curve.value(step) > curve.value(most) {
                        step
                    } else {
                        most
                    }
                })?;
                Some(self.tip(curve, &panel.unit, most))
            });
            let parts: Vec<String> = parts.collect();
            if !parts.is_empty() {
                canvas.tip((from, top), (to, bottom), &parts.join("; "));
            }
        }
        frame.y += height + 8.0;
    }

    /// `with the plan: 1,272 sessions/s at 06:20, limit 60`.
    fn tip(&self, curve: &Curve, unit: &str, step: usize) -> String {
        let amount = numbers::quantity(curve.value(step), unit);
        let at = self.clock.moment(curve.bounds[step]);
        let limit = curve.limits.get(step).filter(|value| value.is_finite());
        let capacity = limit.map(|value| format!(", limit {}", numbers::amount(*value)));
        format!(
            "{}: {amount} at {at}{}",
            curve.name,
            capacity.unwrap_or_default()
        )
    }
}

impl Curve {
    fn value(&self, step: usize) -> f64 {
        self.values.get(step).copied().unwrap_or(0.0)
    }

    fn limit(&self, step: usize) -> f64 {
        self.limits.get(step).copied().unwrap_or(f64::INFINITY)
    }
}

impl CurvePanel {
    /// From when to when a curve is above its limit, or above 0.
    fn busy(&self, curve: &Curve) -> Option<(Timestamp, Timestamp)> {
        let is_busy = |step: usize| match self.against {
            CurveLimit::EachOther => curve.value(step) > 0.0,
            CurveLimit::Capacity => curve.value(step) > curve.limit(step),
        };
        let steps = || (0..curve.values.len()).filter(|step| is_busy(*step));
        let (first, last) = (steps().min()?, steps().max()?);
        Some((*curve.bounds.get(first)?, *curve.bounds.get(last + 1)?))
    }

    /// A line for each run; that of the requested run is broader, so that both are seen where they are the same.
    fn compared(&self, canvas: &mut Canvas, axis: &TimeAxis, y: impl Fn(f64) -> i32) {
        let mut line = |run: RunRole, width: f64, role: Role| {
            let Some(curve) = self.curves.iter().find(|curve| curve.run == run) else {
                return;
            };
            let value = |step: usize| curve.value(step);
            // Any amount above 0 is visible.
            let seen = |step: usize| y(value(step)).min(y(0.0) - i32::from(value(step) > 0.0)) + 1;
            let steps = PixelSteps::new(curve, axis, value);
            canvas.curve(&steps.line(|step| Some(seen(step))), width, role);
        };
        line(RunRole::Asked, BROAD, Role::Full);
        line(RunRole::Compared, LINE, Role::Before);
        if let Some(curve) = self.curves.iter().find(|curve| !curve.limits.is_empty()) {
            let limit = |step: usize| curve.limit(step);
            let steps = PixelSteps::new(curve, axis, limit);
            let line = steps.line(|step| limit(step).is_finite().then(|| y(limit(step))));
            canvas.curve(&line, LINE, Role::Ink);
        }
    }

    /// The load up to the limit, the load above it, and the limit.
    fn limited(&self, canvas: &mut Canvas, axis: &TimeAxis, y: impl Fn(f64) -> i32) {
        let Some(curve) = self.curves.first() else {
            return;
        };
        let (value, limit) = (|step| curve.value(step), |step| curve.limit(step));
        // Without a limit the largest load is the worst.
        let excess = |step| value(step) - limit(step).min(f64::MAX / 2.0);
        let steps = PixelSteps::new(curve, axis, excess);
        let fits = |step: usize| y(value(step).min(limit(step)));
        canvas.fill_path(&steps.area(fits, |_| y(0.0)), Role::Fine);
        canvas.fill_path(&steps.area(|step| y(value(step)), fits), Role::Full);
        let line = steps.line(|step| limit(step).is_finite().then(|| y(limit(step))));
        canvas.curve(&line, LINE, Role::Ink);
    }
}

/// A number and its unit on one line.
fn glued(amount: &str, unit: &str) -> String {
    format!("{amount} {unit}").trim_end().to_owned()
}

/// `1.5 M`, `200,000`, `0.25`.
pub(super) fn label(amount: f64) -> String {
    if amount >= 1e9 {
        format!("{} bn", numbers::amount(amount / 1e9))
    } else if amount >= 1e6 {
        format!("{} M", numbers::amount(amount / 1e6))
    } else {
        numbers::amount(amount)
    }
}
