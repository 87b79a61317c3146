//! Headroom through the periods: which component is how tight when, below the events that make it so.
//!
//! A strip for every component, a cell for every period. A cell at or above its target is blue, the deeper the less
//! is free, so that what is amber or dark red stands out; the number in it is the headroom. Filled cells say more
//! to somebody in a hurry than lines do: forty lines cross, forty strips do not.

use super::chart::Drawn;
use super::events::{self, EventSpan, HALF, key_of_unknown, lanes, note_left_out};
use super::headroom::{value, value_face};
use super::kit::canvas::{Anchor, Canvas, Face, Point};
use super::kit::columns::{AxisSpace, Reflow, RowColumn};
use super::kit::frame::{ChartFrame, LegendKey, MUTED, SMALL, left_out_of};
use super::kit::grid::{self, on, white_mark};
use super::kit::marks;
use super::kit::rows::{CellArea, ChartRow, RowBlock, RowCell, RowTable};
use super::kit::time::TimeAxis;
use super::palette::Role;
use crate::model::Phase;
use crate::report::headroom::{HeadroomRow, State};
use crate::report::numbers;
use crate::report::span::Clock;
use crate::units::FEASIBILITY;
pub use strips::ThroughPeriod;
use strips::{Strip, StripCell, Strips};

mod strips;
#[cfg(test)]
mod tests;

/// What the chart of headroom through the periods shows.
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
    /// Most access points, elements and links to show; sites that stay well above their targets are counted.
    pub most_others: usize,
}

/// The least width of a period, unless there are too many of them.
const LEAST_COLUMN: f64 = 44.0;

/// Share of the width that is handed out to all periods alike, at most.
const ALIKE: f64 = 0.75;

/// Half the height of a cell, and of a mark of the legend, so that marks of two lines stay apart.
const HALF_CELL: i32 = 12;
const HALF_KEY: i32 = 9;

/// Height of the lid of a cell whose actual state differs from the planned one.
const LID: i32 = 3;

/// Free space beside the words of a cell.
const INSET: f64 = 3.0;

/// Phases in which the plan does not count with all that holds, and how they are called.
const UNKNOWN: [(Phase, &str); 2] = [
    (Phase::Blind, "Blind: a fault is not detected"),
    (Phase::Reacting, "Reacting: detected, not answered yet"),
];

impl Drawn for HeadroomThroughChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (&self.title, vec![self.scenario.clone(), self.span.clone()])
    }

    fn draw(&self, frame: &mut ChartFrame) {
        let mut periods: Vec<&ThroughPeriod> = self.periods.iter().collect();
        periods.sort_by_key(|period| period.start);
        let periods = &periods;
        let strips = &Strips::new(periods, self.most_others);
        let (lanes, left_out) = lanes(&self.events);
        frame.legend(&self.keys(strips));
        let axis = move |ends| axis(periods, ends);
        let events = events::rows(&lanes, &self.clock, axis);
        let events = events.chain(self.unknown(periods)).collect();
        let strip = |strip| self.strip(periods, strip);
        let blocks: [(&str, Vec<ChartRow<'_>>); 2] = [
            ("Events", events),
            ("The worst first", strips.shown.iter().map(strip).collect()),
        ];
        let ticks = move |space: AxisSpace| {
            let axis = (!periods.is_empty()).then(|| axis(space.ends));
            axis.map_or_else(Vec::new, |time_axis| {
                time_axis.boundaries(space.font, &self.clock, space.edges)
            })
        };
        let table = RowTable {
            columns: vec![
                RowColumn::name(0.21),
                RowColumn::words(Reflow::Beside, "").share(0.17),
                RowColumn::drawing(f64::from(2 * HALF_CELL) + 4.0, "").over(ticks),
                RowColumn::numbers(Reflow::Value, "tightest").gap(32.0),
                RowColumn::words(Reflow::Beside, "").gap(6.0),
            ],
            blocks: blocks.into_iter().map(RowBlock::from).collect(),
            height: 30.0,
        };
        let ends = table.draw(frame);
        frame.y += 12.0;
        frame.note(
            "Numbers are headroom in % of capacity, of each component's tightest resource in the period.",
        );
        let is_over = |cell: &StripCell<'_>| {
            let headroom = cell.row.headroom_during();
            headroom.is_some_and(|share| share < -FEASIBILITY)
        };
        if strips.shown.iter().flat_map(Strip::shown).any(is_over) {
            frame.note("Used is the load of an overloaded component, in % of its capacity.");
        }
        frame.note("Tightest is the period that is closest to its target, or furthest below it.");
        if !periods.is_empty() && !axis(ends).is_to_scale {
            frame.note("Time is not to scale: short periods are drawn wider.");
        }
        if let Some((_, least)) = strips.quiet.first().and_then(Strip::tightest) {
            let (sites, least) = (strips.quiet.len(), value(least.row));
            frame.note(&format!(
                "{sites} more sites meet their targets in all periods; the tightest of them has {least} headroom."
            ));
        }
        let network = "access points, elements and links";
        let (shown, all) = (strips.others, strips.others_in_all);
        frame.note(&left_out_of(network, "tightest", shown, all));
        note_left_out(frame, left_out);
    }
}

/// The axis of periods, of which there is one at least.
fn axis(periods: &[&ThroughPeriod], ends: (f64, f64)) -> TimeAxis {
    let last = periods.last().map(|period| period.end);
    let times: Vec<_> = periods
        .iter()
        .map(|period| period.start)
        .chain(last)
        .collect();
    let alike = ALIKE * (ends.1 - ends.0) / periods.len().max(1) as f64;
    TimeAxis::columns(times, ends, LEAST_COLUMN.min(alike))
}

impl HeadroomThroughChart {
    /// What the cells mean: those of the states that occur.
    fn keys(&self, strips: &Strips<'_>) -> Vec<LegendKey<'static>> {
        let cells = || strips.shown.iter().flat_map(Strip::shown);
        let is_shade = |role| move |strip_cell: &StripCell<'_>| shade(strip_cell.row) == Some(role);
        let fills = KEYS.into_iter();
        let fills = fills.filter(|(role, _)| cells().any(is_shade(*role)));
        let fills = fills.map(|(role, words)| {
            LegendKey::mark(22.0, words, move |canvas, (x, y)| {
                canvas.rectangle((x - 11, y - HALF_KEY), (x + 11, y + HALF_KEY), role);
                white_shape(canvas, (x, y), role);
            })
        });
        let is_gone = cells().any(|cell| cell.row.state() == State::Gone);
        let gone = is_gone.then(|| {
            LegendKey::mark(22.0, State::Gone.words(), |canvas, at| {
                marks::cross(canvas, at, WHITE);
            })
        });
        let has_truth = cells().any(|cell| cell.believed.is_some());
        let truth = has_truth.then(|| {
            let words = "actual state (the plan shows another)";
            LegendKey::mark(22.0, words, |canvas, (x, y)| {
                let (from, to) = ((x - 11, y - HALF_KEY), (x + 11, y + HALF_KEY));
                canvas.rectangle(from, to, Role::Track);
                lid(canvas, (from.0, to.0), from.1);
            })
        });
        let unknown = key_of_unknown(&self.events);
        fills.chain(gone).chain(truth).chain(unknown).collect()
    }

    /// A row for the time in which a fault is not detected, and for that in which it is not answered: filled, or an outline.
    fn unknown<'a>(&'a self, periods: &'a [&ThroughPeriod]) -> impl Iterator<Item = ChartRow<'a>> {
        let occurs = |phase: Phase| periods.iter().any(|period| period.phase == phase);
        let unknown = UNKNOWN.into_iter().filter(move |pair| occurs(pair.0));
        unknown.map(move |(phase, words)| {
            let bars = RowCell::drawing(move |canvas, area| {
                let (axis, y) = (axis(periods, area.ends), area.y);
                let through_periods = periods.iter().enumerate();
                for (index, period) in through_periods.filter(|pair| pair.1.phase == phase) {
                    let (from, to) = axis.column(index);
                    canvas.rectangle((from, y - HALF), (to, y + HALF), Role::Ink);
                    if phase == Phase::Reacting {
                        let to = (to - 2).max(from + 3);
                        canvas.rectangle((from + 2, y - HALF + 2), (to, y + HALF - 2), Role::Paper);
                    }
                    let when = self.clock.stretch(period.start, period.end);
                    canvas.tip((from, y - 12), (to, y + 12), &format!("{words}: {when}"));
                }
            });
            ChartRow::new(vec![RowCell::plain(words), RowCell::Empty, bars], "")
        })
    }

    /// Name, resource, cells, the tightest of them and when it is.
    fn strip<'a>(&'a self, periods: &'a [&ThroughPeriod], strip: &'a Strip<'_>) -> ChartRow<'a> {
        let tightest = strip.tightest();
        let what = tightest.map_or_else(String::new, |(_, strip_cell)| {
            let kind = strip_cell.row.kind.word().replace('_', " ");
            format!("{kind}, {}", strip_cell.row.resource)
        });
        let mut cells = vec![RowCell::plain(&strip.title), RowCell::muted(what)];
        cells.push(RowCell::drawing(move |canvas, area| {
            self.cells(canvas, area, periods, strip);
        }));
        if let Some((index, strip_cell)) = tightest {
            cells.push(RowCell::Words(
                value(strip_cell.row),
                value_face(strip_cell.row.state()),
            ));
            let target = strip_cell.row.target.map(numbers::short_percent);
            let target = target.map(|text| format!("target {text}"));
            let from = (periods.len() > 1).then(|| {
                let start = self.clock.moment(periods[index].start);
                format!("from {start}")
            });
            let words: Vec<String> = target.into_iter().chain(from).collect();
            cells.push(RowCell::muted(words.join(", ")));
        }
        ChartRow::new(cells, "")
    }

    /// The cells of a strip; equal neighbours share a text.
    fn cells(
        &self,
        canvas: &mut Canvas,
        area: CellArea,
        periods: &[&ThroughPeriod],
        strip: &Strip<'_>,
    ) {
        let axis = axis(periods, area.ends);
        let (top, bottom) = (area.y - HALF_CELL, area.y + HALF_CELL);
        let mut runs = Vec::<(usize, usize, String)>::new();
        for (index, cell) in strip.cells.iter().enumerate() {
            let Some(cell) = cell else { continue };
            let (from, to) = axis.column(index);
            // A pixel of paper parts a cell from the next.
            let to = (to - 1).max(from + 1);
            draw_cell(canvas, (from, to), area.y, cell.row);
            if cell.believed.is_some() {
                lid(canvas, (from, to), top);
            }
            let numbers = cell.tip();
            match runs.last_mut() {
                Some((_, last, words)) if *last + 1 == index && *words == numbers => *last = index,
                _ => runs.push((index, index, numbers)),
            }
        }
        for (first, last, numbers) in runs {
            let when = self.clock.stretch(periods[first].start, periods[last].end);
            let (from, to) = (axis.column(first).0, axis.column(last).1);
            let words = format!("{}, {when}: {numbers}", strip.title);
            canvas.tip((from, top - 2), (to, bottom + 2), &words);
        }
    }
}

/// Half the size of the shapes of cells.
const WHITE: i32 = 4;

/// The colours of cells and their meaning, the worst first.
const KEYS: [(Role, &str); 6] = [
    (Role::Full, "full or overloaded"),
    (Role::BelowTarget, "below target"),
    (Role::Fine, "target met, less than 25 % free"),
    (Role::ThreeQuarters, "25 % free or more"),
    (Role::Half, "50 % or more"),
    (Role::Quarter, "75 % or more"),
];

/// The colour of a cell: at or above target the deeper, the less is free; none where nothing is asked.
fn shade(row: &HeadroomRow) -> Option<Role> {
    let used = 1.0 - row.headroom_during().unwrap_or(0.0);
    match row.state() {
        State::Gone => None,
        state => Some(grid::shade(used - FEASIBILITY, state)),
    }
}

/// The shape of a finding on its colour.
fn white_shape(canvas: &mut Canvas, at: Point, role: Role) {
    let state = match role {
        Role::Full => Some(State::Full),
        Role::BelowTarget => Some(State::BelowTarget),
        _ => None,
    };
    white_mark(canvas, at, WHITE, state);
}

/// The shape of a state, where no words fit: as large in every cell, and left out where it does not fit.
fn shape(canvas: &mut Canvas, (from, to): (i32, i32), y: i32, role: Option<Role>) {
    let x = i32::midpoint(from, to);
    let has_room = to - from >= 2 * WHITE + 2;
    match role {
        None if has_room => marks::cross(canvas, (x, y), WHITE),
        None => canvas.rectangle((from, y - 1), (to, y + 1), Role::Gone),
        Some(role) if has_room => white_shape(canvas, (x, y), role),
        Some(_) => {}
    }
}

/// The lid of a cell that tells what the plan does not believe, on its top edge.
fn lid(canvas: &mut Canvas, (from, to): (i32, i32), top: i32) {
    canvas.rectangle((from, top - 1), (to, top + LID), Role::Paper);
    canvas.rectangle((from, top - 1), (to, top + LID - 1), Role::Ink);
}

/// A cell with its words where they fit, the longest that do, else its shape.
fn draw_cell(canvas: &mut Canvas, (from, to): (i32, i32), y: i32, row: &HeadroomRow) {
    let role = shade(row);
    if let Some(role) = role {
        canvas.rectangle((from, y - HALF_CELL), (to, y + HALF_CELL), role);
    }
    let words = match row.headroom_during() {
        // A load without its word would be read as a headroom.
        Some(headroom) if headroom < -FEASIBILITY => {
            let rounded = numbers::short_percent_up(1.0 - headroom);
            let loads = [numbers::load_of_headroom(headroom), rounded];
            loads.map(|load| format!("{load} used")).to_vec()
        }
        Some(headroom) => {
            let number = |words: &str| words.trim_end_matches(" %").to_owned();
            let exact = numbers::fine_headroom(headroom);
            let short = numbers::short_headroom(headroom);
            let [exact_number, short_number] = [&exact, &short].map(|text| number(text));
            vec![exact, exact_number, short, short_number]
        }
        None if role.is_none() => vec![row.standing.word().to_owned()],
        None => vec!["no capacity".to_owned(), "none".to_owned()],
    };
    let space = f64::from(to - from) - 2.0 * INSET;
    let font = canvas.font;
    let fits = |words: &String| !words.is_empty() && font.width(words, SMALL) <= space;
    let Some(words) = words.into_iter().find(fits) else {
        shape(canvas, (from, to), y, role);
        return;
    };
    let face = match role {
        None => MUTED,
        Some(role) => Face {
            size: SMALL,
            role: on(role),
            is_strong: on(role) != Role::Ink,
        },
    };
    let middle = f64::midpoint(f64::from(from), f64::from(to));
    let baseline = f64::from(y) + SMALL * 0.35 + 0.5;
    canvas.text(middle, baseline, Anchor::Middle, face, &words);
}
