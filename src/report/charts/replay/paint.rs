//! Painting of the charts of a replay: events on top, panels below them, one axis of time.

use super::columns::Columns;
use super::scale::Scale;
use super::{Against, Curve, CurvePanel, ReplayChart, Standing};
use crate::error::Result;
use crate::report::charts::canvas::{Anchor, whole};
use crate::report::charts::chart::Chart;
use crate::report::charts::event_lanes::{
    LanePlace, bars, key_of_unknown, label_width, lanes, note_left_out,
};
use crate::report::charts::font::ASCENT;
use crate::report::charts::frame::{Frame, Heading, Key, MUTED, SIZE, SMALL, SPACE, ink};
use crate::report::charts::palette::Role;
use crate::report::charts::time_axis::TimeAxis;
use crate::report::numbers;
use crate::report::span::spoken;
use jiff::Timestamp;

/// Height of a panel in the wide form, of one that is alone, and in the narrow form.
const PANEL: f64 = 150.0;
const ALONE: f64 = 240.0;
const NARROW: f64 = 130.0;

/// Free space between labels and the axis.
const GAP: f64 = 10.0;

/// Share of the width that words of events take at most.
const WORDS: f64 = 0.3;

/// Width of what the pointer is told at once, in pixels.
const FELT: i32 = 14;

impl Chart for ReplayChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        svg(self, width)
    }
}

/// The SVG of the chart.
fn svg(chart: &ReplayChart, width: u32) -> Result<String> {
    let span = chart.span();
    let when = span.map_or_else(String::new, |(from, to)| {
        spoken(chart.clock.offset, from, to)
    });
    let mut frame = Frame::new(
        width,
        &Heading {
            title: &chart.title,
            subtitle: &[&chart.scenario, &when],
        },
    )?;
    frame.legend(&keys(chart));
    if let Some((from, to)) = span {
        let (lanes, left_out) = lanes(&chart.events);
        let scales: Vec<Scale> = chart.panels.iter().map(|own| scale(chart, own)).collect();
        let font = frame.font();
        let labels = scales.iter().flat_map(Scale::ticks);
        let numbers = labels
            .map(|own| font.width(&own.1, SMALL))
            .fold(0.0, f64::max);
        let words = lanes.iter().map(|own| (own.subject, own.what));
        let words = words.map(|own| label_width(font, &own)).fold(0.0, f64::max);
        let words = if frame.is_wide {
            words.min((frame.right - frame.left) * WORDS)
        } else {
            0.0
        };
        let start = frame.left + numbers.max(words) + GAP;
        let axis = TimeAxis {
            from,
            to,
            ends: (start.ceil() + 1.0, frame.right),
        };
        let label = axis.label_width(&frame.canvas, &chart.clock);
        let mut painter = Painter {
            ticks: axis.ticks(chart.clock.offset, label),
            label,
            frame,
            axis,
            chart,
        };
        painter.events(&lanes);
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
    frame.finish()
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
            Standing::Compared => Key {
                width: 16.0,
                words: own.name,
                mark: Box::new(|canvas, (x, y)| {
                    canvas.rectangle((x - 8, y - 6), (x + 8, y + 6), Role::Before);
                    canvas.rectangle((x - 8, y - 4), (x + 8, y + 6), Role::Grid);
                }),
            },
        }));
    }
    if curves(Against::Limit).next().is_some() {
        keys.push(Key::patch(Role::Fine, "comes, and there is room"));
        keys.push(Key::patch(Role::Full, "comes, and there is none"));
        keys.push(Key {
            width: 20.0,
            words: "what it can take",
            mark: Box::new(|canvas, (x, y)| {
                canvas.rectangle((x - 10, y - 1), (x + 10, y + 1), Role::Ink);
            }),
        });
    }
    keys.extend(key_of_unknown(&chart.events));
    keys
}

struct Painter<'a> {
    frame: Frame,
    axis: TimeAxis,
    ticks: Vec<Timestamp>,
    /// Width of the widest label of the axis.
    label: f64,
    chart: &'a ReplayChart,
}

impl Painter<'_> {
    /// A strip for every event.
    fn events(&mut self, lanes: &[crate::report::charts::event_lanes::Lane<'_>]) {
        let is_wide = self.frame.is_wide;
        let place = LanePlace {
            is_wide,
            left: self.frame.left,
            words_end: if is_wide {
                self.axis.ends.0 - GAP
            } else {
                self.frame.right
            },
        };
        let (top, height) = (self.frame.y, place.height() * lanes.len() as f64);
        if is_wide && !lanes.is_empty() {
            self.upright(top, top + height);
        }
        for lane in lanes {
            let y = place.words(&mut self.frame, lane.subject, lane.what);
            let axis = self.axis;
            let canvas = &mut self.frame.canvas;
            bars(canvas, lane, y, &self.chart.clock, |at| whole(axis.x(at)));
        }
        if !lanes.is_empty() {
            self.frame.y += 6.0;
        }
    }

    /// Lines at round instants.
    fn upright(&mut self, top: f64, bottom: f64) {
        for tick in &self.ticks {
            let x = whole(self.axis.x(*tick));
            let canvas = &mut self.frame.canvas;
            canvas.rectangle((x, whole(top)), (x + 1, whole(bottom)), Role::Grid);
        }
    }

    /// Labels of round instants, below everything.
    fn times(&mut self) {
        let baseline = self.frame.y + SMALL * ASCENT;
        let room = (baseline, self.label, self.frame.right);
        let canvas = &mut self.frame.canvas;
        self.axis
            .label(canvas, &self.chart.clock, &self.ticks, room);
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
            canvas.rectangle((ends.0, at), (ends.1, at + 1), Role::Grid);
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

    fn fill(&mut self, polygons: Vec<Vec<(i32, i32)>>, role: Role) {
        for polygon in polygons {
            self.frame.canvas.polygon(polygon, role);
        }
    }

    /// What is compared with as a light area with an edge, what was asked for before it, and the edge before both.
    fn compared(&mut self, panel: &CurvePanel, y: &impl Fn(f64) -> i32) {
        let of = |standing: Standing, axis: &TimeAxis| {
            let curve = panel.curves.iter().find(|own| own.standing == standing)?;
            let value = |step: usize| curve.values.get(step).copied().unwrap_or(0.0);
            let columns = Columns::new(curve, axis, value);
            let tops = columns.heights(|step| Some(y(value(step))));
            // What is not nothing is seen.
            let seen = columns.heights(|step| {
                let top = y(value(step));
                Some(if value(step) > 0.0 {
                    top.min(y(0.0) - 1)
                } else {
                    top
                })
            });
            let floor = columns.heights(|_| Some(y(0.0)));
            let edge = columns.heights(|step| (value(step) > 0.0).then(|| y(value(step))));
            Some((seen.above(&floor), tops, edge.line()))
        };
        let behind = of(Standing::Compared, &self.axis);
        if let Some((area, _, _)) = &behind {
            self.fill(area.clone(), Role::Grid);
        }
        if let Some((area, _, _)) = of(Standing::Asked, &self.axis) {
            self.fill(area, Role::Full);
        }
        if let Some((_, _, edge)) = behind {
            self.fill(edge, Role::Before);
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
        let comes = columns.heights(|step| Some(y(value(step))));
        let fits = columns.heights(|step| Some(y(value(step).min(limit(step)))));
        let floor = columns.heights(|_| Some(y(0.0)));
        let line = columns.heights(|step| limit(step).is_finite().then(|| y(limit(step)) - 1));
        let (fitting, beyond) = (fits.above(&floor), comes.above(&fits));
        self.fill(fitting, Role::Fine);
        self.fill(beyond, Role::Full);
        self.fill(line.line(), Role::Ink);
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
