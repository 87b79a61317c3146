//! Headroom through the periods: which component is how tight when, below the events that make it so.
//!
//! A strip for every component, a cell for every period. A cell at or above its target is pale with a blue
//! foot, so that what is amber or dark red stands out; the number in it is the headroom. Filled cells say more
//! to somebody in a hurry than lines do: forty lines cross, forty strips do not.

use super::chart::Chart;
use super::event_lanes::{self, HALF, Lane, key_of_unknown, lanes, note_left_out};
pub use super::event_lanes::{EventKind, EventSpan};
use super::headroom::{target, value, value_face};
use super::kit::canvas::Canvas;
use super::kit::columns::{Column, Flow, Room, Tick};
use super::kit::frame::{Frame, Key};
use super::kit::rows::{Area, Block, Cell, Row, Rows};
use super::palette::Role;
use super::timeline::Timeline;
use crate::error::Result;
use crate::model::{ComponentKind, Phase};
use crate::report::headroom::{HeadroomRow, State};
use crate::report::numbers;
use crate::report::span::Clock;
pub use strips::ThroughPeriod;
use strips::{Strip, Strips};

mod cells;
mod strips;
#[cfg(test)]
mod tests;

/// What the chart of headroom through the periods shows.
///
/// ```
/// use plimsoll::model::{ComponentKind, Phase};
/// use plimsoll::report::charts::{Chart, HeadroomThroughChart, ThroughPeriod};
/// use plimsoll::report::span::Clock;
/// use plimsoll::report::{HeadroomRow, Standing};
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
/// let (start, end) = (at("2012-11-13T17:08:00Z"), at("2012-11-13T22:10:00Z"));
/// let chart = HeadroomThroughChart {
///     title: "San Antonio is tightest: 12 % headroom".into(),
///     scenario: "chicago-maintenance".into(),
///     span: "13 Nov 2012 09:08 to 14:10 (UTC-08:00)".into(),
///     clock: Clock { start, end, offset: jiff::tz::offset(-8) },
///     periods: vec![ThroughPeriod {
///         start, end, phase: Phase::Known, truth: Vec::new(),
///         rows: vec![HeadroomRow {
///             component: "sat".into(), name: "San Antonio".into(), kind: ComponentKind::Site,
///             resource: "cpu".into(), unit: "vCPU".into(), standing: Standing::InService,
///             before: Some(0.41), during: Some(0.12), target: Some(0.1), in_force: Some(0.1), load: 3520.0,
///     capacity: 4000.0,
///         }],
///     }],
///     events: Vec::new(),
///     most_others: 8,
/// };
/// let picture = chart.picture(1200)?;
/// assert!(picture.svg.contains(">12 %</text>") && picture.svg.contains(">09:08</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HeadroomThroughChart {
    /// The finding.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// When it is, as people read it.
    pub span: String,
    /// The scenario's start, end and offset.
    pub clock: Clock,
    /// The periods, one after the other.
    pub periods: Vec<ThroughPeriod>,
    /// The events, in any order.
    pub events: Vec<EventSpan>,
    /// Most access points, elements and links to show; all sites are shown.
    pub most_others: usize,
}

/// The least width of a period, unless there are too many of them.
const LEAST_COLUMN: f64 = 44.0;

/// Share of the width that is handed out to all periods alike, at most.
const ALIKE: f64 = 0.75;

/// Phases in which the plan does not count with all that holds, and how they are called.
const UNKNOWN: [(Phase, &str); 2] = [
    (Phase::Blind, "Blind: something is not known"),
    (Phase::Reacting, "Reacting: known, not answered yet"),
];

impl Chart for HeadroomThroughChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        let strips = &Strips::new(&self.periods, self.most_others);
        let (lanes, left_out) = lanes(&self.events);
        let mut frame = Frame::titled(width, &self.title, &[&self.scenario, &self.span])?;
        frame.legend(&self.keys(strips));
        let blocks = [
            ("Events", self.events(strips, &lanes)),
            ("Sites", self.strips(strips, &strips.sites)),
            (
                "Tightest of the network",
                self.strips(strips, &strips.others),
            ),
        ];
        let axis = move |room: Room| self.ticks(strips, room);
        let table = Rows {
            columns: vec![
                Column::name(0.21),
                Column::words(Flow::Beside, "").share(0.17),
                Column::drawing(f64::from(2 * cells::HALF) + 4.0, "").over(axis),
                Column::numbers(Flow::Value, "tightest").gap(32.0),
                Column::words(Flow::Beside, "").gap(6.0),
            ],
            blocks: blocks
                .into_iter()
                .map(|(heading, rows)| Block {
                    heading: heading.to_owned(),
                    rows,
                })
                .collect(),
            height: 30.0,
        };
        let ends = table.draw(&mut frame);
        frame.y += 12.0;
        frame.note(
            "Numbers are headroom in % of capacity, of each component's tightest resource in the period.",
        );
        if !self.timeline(strips, ends).is_to_scale {
            frame.note("Time is not to scale: short periods are drawn wider.");
        }
        let shown = strips.others.len();
        if shown < strips.others_in_all {
            let all = numbers::users(strips.others_in_all as f64);
            frame.note(&format!(
                "Of {all} access points, elements and links the {shown} tightest are shown."
            ));
        }
        note_left_out(&mut frame, left_out);
        Ok(frame.finish())
    }
}

impl HeadroomThroughChart {
    /// What the cells mean: those of the states that occur.
    fn keys(&self, strips: &Strips<'_>) -> Vec<Key<'static>> {
        let states = [State::Full, State::BelowTarget, State::Fine, State::Gone];
        let states = states.into_iter().filter(|state| strips.has(*state));
        let states = states.map(|state| {
            let mark = move |canvas: &mut Canvas, at| cells::key(canvas, at, state);
            Key::mark(22.0, state.words(), mark)
        });
        let truth = strips.has_truth().then(|| {
            let words = "in truth; the plan believes otherwise";
            Key::mark(22.0, words, cells::key_of_truth)
        });
        let unknown = key_of_unknown(&self.events);
        states.chain(truth).chain(unknown).collect()
    }

    /// The periods as columns between two ends.
    fn timeline(&self, strips: &Strips<'_>, (from, to): (f64, f64)) -> Timeline {
        let periods = || strips.order.iter().map(|&index| &self.periods[index]);
        let last = periods().next_back().map(|period| period.end);
        let times: Vec<_> = periods().map(|own| own.start).chain(last).collect();
        let alike = ALIKE * (to - from) / periods().count().max(1) as f64;
        Timeline::new(times, (from, to), LEAST_COLUMN.min(alike))
    }

    /// The times of the boundaries, and the dates below them where there is more than one.
    fn ticks(&self, strips: &Strips<'_>, room: Room) -> Vec<Tick> {
        if strips.order.is_empty() {
            return Vec::new();
        }
        let timeline = self.timeline(strips, room.ends);
        let ticks = timeline.ticks(room.font, &self.clock, room.edges);
        let tick = |own: super::timeline::Tick| Tick {
            x: own.x,
            label: [own.time, own.date],
            limit: None,
        };
        ticks.into_iter().map(tick).collect()
    }

    /// A row for every event, and for the time in which something is not known or not answered.
    fn events<'a>(&'a self, strips: &'a Strips<'_>, lanes: &'a [Lane<'_>]) -> Vec<Row<'a>> {
        let of_events = lanes.iter().map(move |lane| {
            event_lanes::row(lane, move |canvas, area| {
                let timeline = self.timeline(strips, area.ends);
                edges(canvas, &timeline, area);
                event_lanes::bars(canvas, lane, area.y, &self.clock, |at| timeline.x(at));
            })
        });
        let periods = || strips.order.iter().map(|&index| &self.periods[index]);
        let occurs = |phase| periods().any(|period| period.phase == phase);
        let unknown = UNKNOWN.iter().filter(|(phase, _)| occurs(*phase));
        let of_phases = unknown.map(move |(phase, words)| {
            let lane = Lane {
                subject: words,
                what: "",
                spans: Vec::new(),
            };
            event_lanes::row(&lane, move |canvas, area| {
                let timeline = self.timeline(strips, area.ends);
                edges(canvas, &timeline, area);
                for (index, period) in periods().enumerate() {
                    if period.phase == *phase {
                        unknown_bar(canvas, timeline.column(index), area.y, *phase);
                        let when = self.clock.stretch(period.start, period.end);
                        let (from, to) = timeline.column(index);
                        let corners = ((from, area.y - 12), (to, area.y + 12));
                        canvas.tip(corners.0, corners.1, &format!("{words}: {when}"));
                    }
                }
            })
        });
        of_events.chain(of_phases).collect()
    }

    /// Name, resource, cells, the tightest of them and when it is.
    fn strips<'a>(&'a self, strips: &'a Strips<'_>, shown: &'a [Strip<'_>]) -> Vec<Row<'a>> {
        let row = |strip: &'a Strip<'_>| {
            let mut cells = vec![Cell::plain(&strip.title), Cell::muted(what(strip))];
            cells.push(Cell::drawing(move |canvas, area| {
                self.cells(canvas, area, strips, strip);
            }));
            if let Some((index, cell)) = strip.tightest() {
                let face = value_face(cell.shown.state());
                cells.push(Cell::Words(value(cell.shown), face));
                let start = self.periods[strips.order[index]].start;
                if strips.order.len() > 1 {
                    let when = format!("from {}", self.clock.moment(start));
                    cells.push(Cell::muted(when));
                }
            }
            Row::new(cells, "")
        };
        shown.iter().map(row).collect()
    }

    /// The cells of a strip; equal neighbours are told of at once.
    fn cells(&self, canvas: &mut Canvas, area: Area, strips: &Strips<'_>, strip: &Strip<'_>) {
        let timeline = self.timeline(strips, area.ends);
        let half = cells::HALF;
        let mut runs = Vec::<(usize, usize, String)>::new();
        for (index, cell) in strip.cells.iter().enumerate() {
            let Some(cell) = cell else { continue };
            let (from, to) = timeline.column(index);
            // A pixel of paper parts a cell from the next.
            let to = (to - 1).max(from + 1);
            cells::cell(canvas, (from, to), area.y, cell.shown);
            if cell.believed.is_some() {
                cells::lid(canvas, from, to, area.y - half);
            }
            let numbers = tip(cell);
            match runs.last_mut() {
                Some((_, last, words)) if *last + 1 == index && *words == numbers => *last = index,
                _ => runs.push((index, index, numbers)),
            }
        }
        for (first, last, numbers) in runs {
            let period = |index: usize| &self.periods[strips.order[index]];
            let when = self.clock.stretch(period(first).start, period(last).end);
            let (from, to) = (timeline.column(first).0, timeline.column(last).1);
            let corners = ((from, area.y - half - 2), (to, area.y + half + 2));
            let words = format!("{}, {when}: {numbers}", strip.title);
            canvas.tip(corners.0, corners.1, &words);
        }
    }
}

/// Lines at the boundaries of periods.
fn edges(canvas: &mut Canvas, timeline: &Timeline, area: Area) {
    for x in timeline.edges() {
        canvas.rectangle((x, area.row.0), (x + 1, area.row.1), Role::Grid);
    }
}

/// A period in which something is not known, or known and not answered: filled, or an outline.
fn unknown_bar(canvas: &mut Canvas, (from, to): (i32, i32), y: i32, phase: Phase) {
    canvas.rectangle((from, y - HALF), (to, y + HALF), Role::Ink);
    if phase == Phase::Reacting {
        let to = (to - 2).max(from + 3);
        canvas.rectangle((from + 2, y - HALF + 2), (to, y + HALF - 2), Role::Paper);
    }
}

/// Kind and resource: that of the tightest period.
fn what(strip: &Strip<'_>) -> String {
    let words = |row: &HeadroomRow| match row.kind {
        ComponentKind::Site => row.resource.clone(),
        other => format!("{}, {}", other.word().replace('_', " "), row.resource),
    };
    let tightest = strip.tightest();
    tightest.map_or_else(String::new, |(_, cell)| words(cell.shown))
}

/// `cpu, headroom 12.0 % in truth, the plan believes 31.0 %, target 10.0 %, load 3,520 of 4,000 vCPU`.
fn tip(cell: &strips::Cell<'_>) -> String {
    let row = cell.shown;
    let headroom = row.headroom_during().map_or("", |_| "headroom ");
    let truth = cell.believed.map_or_else(String::new, |believed| {
        format!(" in truth, the plan believes {}", value(believed))
    });
    format!(
        "{}, {headroom}{}{truth}{}, load {} of {}",
        row.resource,
        value(row),
        target(row),
        numbers::amount(row.load),
        numbers::quantity(row.capacity, &row.unit),
    )
}
