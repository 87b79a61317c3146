//! The headroom chart: how much sites and the tightest other components can still carry, before against
//! during, with the target and the limit.
//!
//! Each row is a gauge: the pale track is the whole capacity, the bar is what is still free of it. Tightest first.

use super::chart::Drawn;
use super::kit::canvas::{Canvas, Face};
use super::kit::columns::{Reflow, RowColumn, Tick};
use super::kit::frame::{ChartFrame, LegendKey, MUTED, SIZE, ink, left_out_of};
use super::kit::marks::{self, HALF_BAR, HALF_TICK, limit};
use super::kit::rows::{CellArea, ChartRow, RowBlock, RowCell, RowTable};
use super::kit::scale::Scale;
use super::palette::Role;
use crate::model::ComponentKind;
use crate::report::headroom::{HeadroomRow, Selection, Standing, State, tightest_resources};
use crate::report::numbers;
use crate::units::FEASIBILITY;
use std::collections::{BTreeMap, BTreeSet};

mod against;
#[cfg(test)]
mod tests;

pub use against::HeadroomAgainst;

/// How many access points, elements and links a chart shows by default.
pub const TIGHTEST_OTHERS: usize = 8;

/// Most rows that are shown only because another plan misses a target there.
const MOST_MISSED_IN_A: usize = 16;

/// What the headroom chart of one period shows.
///
/// ```
/// use plimsoll::model::ComponentKind;
/// use plimsoll::report::charts::Chart;
/// use plimsoll::report::charts::headroom::{HeadroomAgainst, HeadroomChart, TIGHTEST_OTHERS};
/// use plimsoll::report::{HeadroomRow, Standing};
/// let chart = HeadroomChart {
///     title: "Chicago is drained: San Antonio has 12 % headroom (target 10 %)".into(),
///     scenario: "chicago-maintenance".into(),
///     events: String::new(),
///     period: "13 Nov 2012, 09:08 to 14:10 PST".into(),
///     rows: vec![HeadroomRow {
///         component: "sat".into(), name: "San Antonio".into(), kind: ComponentKind::Site,
///         resource: "cpu".into(), unit: "vCPU".into(), standing: Standing::InService,
///         before: Some(0.41), during: Some(0.12), target: Some(0.1), in_force: Some(0.1), load: 3520.0,
///     capacity: 4000.0,
///     }],
///     most_others: TIGHTEST_OTHERS,
///     against: HeadroomAgainst::Before,
/// };
/// let picture = chart.picture(1200)?;
/// assert!(picture.svg.contains(">12.0 %</text>"));
/// assert_eq!(&picture.png[1..4], b"PNG");
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HeadroomChart {
    /// The finding, such as `Chicago is drained: San Antonio has 12 % headroom (target 10 %)`.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// The events in force, where the title does not say them; else nothing.
    pub events: String,
    /// The period as people read it, such as `13 Nov 2012, 09:08 to 10:42 PST`.
    pub period: String,
    /// Every component and resource of the period, in any order.
    pub rows: Vec<HeadroomRow>,
    /// Most access points, elements and links to show; sites that did not change and are not tight are counted.
    pub most_others: usize,
    /// What `before` of the rows is.
    pub against: HeadroomAgainst,
}

/// What the axis says.
const AXIS: &str = "headroom: share of capacity still free";

/// Pixels of a label such as `100 %`, and its distance from the next.
const LABEL: f64 = 58.0;

/// Half the width of the widest mark.
const MARK: f64 = 12.0;

impl Drawn for HeadroomChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (
            &self.title,
            vec![
                self.events.clone(),
                self.scenario.clone(),
                self.period.clone(),
            ],
        )
    }

    fn draw(&self, frame: &mut ChartFrame) {
        let rows = self.compared();
        let selection = self.selection(&rows);
        frame.legend(&self.keys(&selection));
        self.table(&selection).draw(frame);
        frame.y += 12.0;
        if let Some(least) = selection.unchanged.first() {
            let sites = selection.unchanged.len();
            let is_same = selection.unchanged.iter().all(|row| row.is_unchanged());
            frame.note(&self.against.count(sites, is_same, &value(least)));
        }
        let (shown, all) = (selection.others, selection.others_in_all);
        let network = "access points, elements and links";
        let left_out = left_out_of(network, "tightest", shown, all);
        let resources = "Each component is shown with its tightest resource; overload comes first, then the largest headroom deficit.";
        frame.note(format!("{resources} {left_out}").trim_end());
    }
}

impl HeadroomChart {
    /// The rows; of a component that only A is short of, those in which it is.
    fn compared(&self) -> Vec<HeadroomRow> {
        let mut short = BTreeMap::<&str, [bool; 2]>::new();
        for row in &self.rows {
            let flags = short.entry(&row.component).or_default();
            flags[0] |= self.against.missed_in_a(row).is_some();
            flags[1] |= matches!(row.state(), State::Full | State::BelowTarget);
        }
        let is_of_a = |row: &HeadroomRow| short.get(row.component.as_str()) == Some(&[true, false]);
        let is_kept = |row: &&HeadroomRow| !is_of_a(row) || self.against.missed_in_a(row).is_some();
        self.rows.iter().filter(is_kept).cloned().collect()
    }

    /// The rows shown: those of a plan by itself, and those in which A misses a target.
    fn selection<'r>(&self, rows: &'r [HeadroomRow]) -> Selection<'r> {
        let mut selection = Selection::new(rows, self.most_others);
        let shown: BTreeSet<&str> = selection.rows.iter().map(|row| &*row.component).collect();
        let missed = tightest_resources(rows).into_iter();
        let missed = missed.filter(|row| self.against.missed_in_a(row).is_some());
        let missed = missed.filter(|row| !shown.contains(&*row.component));
        let missed: Vec<&HeadroomRow> = missed.take(MOST_MISSED_IN_A).collect();
        let is_missed = |row: &&HeadroomRow| {
            missed
                .iter()
                .any(|headroom_row| headroom_row.component == row.component)
        };
        selection.unchanged.retain(|row| !is_missed(row));
        let others = missed.iter().filter(|row| row.kind != ComponentKind::Site);
        selection.others += others.count();
        selection.rows.extend(missed);
        selection.rows.sort_by(|left, right| left.tightness(right));
        selection
    }

    /// What the marks mean: those of the states that occur.
    fn keys(&self, selection: &Selection<'_>) -> Vec<LegendKey<'static>> {
        let has = |is: &dyn Fn(&HeadroomRow) -> bool| selection.rows.iter().any(|row| is(row));
        let before = LegendKey::mark(12.0, self.against.ring(), marks::before);
        let is_short = has(&|row| self.against.missed_in_a(row).is_some());
        let short = is_short.then(|| {
            LegendKey::mark(12.0, "A misses its target", |canvas, at| {
                marks::ring_before(canvas, at, Role::BelowTarget);
            })
        });
        let states = marks::STATES.into_iter();
        let states = states.filter(|state| has(&|row| row.state() == *state));
        let states = states.map(|state| {
            let mark = move |canvas: &mut Canvas, at| marks::state(canvas, at, state);
            LegendKey::mark(20.0, self.against.state(state), mark)
        });
        let targets = targets(selection);
        let words = match *targets {
            [only] => format!("target {}", numbers::short_percent(only)),
            _ => "target".to_owned(),
        };
        let target = (!targets.is_empty()).then(|| LegendKey::mark(12.0, words, marks::target));
        let limit = LegendKey::mark(12.0, "limit 0 %", |canvas, (x, y)| {
            limit(canvas, x, y - HALF_TICK, y + HALF_TICK);
        });
        std::iter::once(before)
            .chain(short)
            .chain(states)
            .chain(target)
            .chain([limit])
            .collect()
    }

    /// Sites and the network, the worst first.
    fn table<'a>(&'a self, selection: &Selection<'a>) -> RowTable<'a> {
        let least = least(selection.rows.iter().copied());
        let titles = selection.titles();
        let targets = targets(selection);
        let only = match *targets {
            [only] => Some(only),
            _ => None,
        };
        let row = |row: &&'a HeadroomRow| {
            let title = titles.get(row.component.as_str()).unwrap_or(&row.name);
            self.row(row, title, (least, only.is_none()))
        };
        let rows = selection.rows.iter().map(row).collect();
        RowTable {
            columns: vec![
                RowColumn::name(0.24),
                RowColumn::words(Reflow::Below, "").share(0.17),
                RowColumn::drawing(26.0, AXIS).over(move |space| {
                    let scale = scale(space.ends, least);
                    let mut ticks = scale.ticks(0.1, LABEL, true, numbers::short_percent);
                    // Where targets differ, each row has its own in words.
                    ticks.extend(only.map(|target| Tick {
                        x: scale.x(target),
                        label: [
                            String::new(),
                            format!("target {}", numbers::short_percent(target)),
                        ],
                        limit: None,
                    }));
                    ticks
                }),
                RowColumn::numbers(Reflow::Value, self.against.of_plan()),
                RowColumn::words(Reflow::Value, self.against.words()).gap(6.0),
                RowColumn::numbers(Reflow::Below, ""),
                RowColumn::numbers(Reflow::Below, "spare capacity").share(0.18),
            ],
            blocks: vec![RowBlock::from(("The worst first", rows))],
            height: 30.0,
        }
    }

    /// A component that is called `title`.
    fn row<'a>(
        &self,
        row: &'a HeadroomRow,
        title: &str,
        (least, has_own_target): (f64, bool),
    ) -> ChartRow<'a> {
        let state = row.state();
        let kind = match row.kind {
            ComponentKind::Site => "site, ",
            ComponentKind::AccessPoint => "access point, ",
            ComponentKind::Element => "element, ",
            ComponentKind::Link => "link, ",
        };
        let what = format!("{kind}{}", row.resource);
        let during = value(row);
        let was = match (row.headroom_before(), row.standing) {
            (Some(headroom), _) if share(headroom) == during => self.against.unchanged().to_owned(),
            (Some(headroom), _) => self.against.was(&share(headroom)),
            (None, Standing::Opened) => self.against.was("standby"),
            (None, _) => String::new(),
        };
        let text = if state == State::Gone {
            String::new()
        } else {
            numbers::spare_capacity(row.spare(), &row.unit)
        };
        let missed_in_a = self.against.missed_in_a(row);
        let own_target = match (row.target, missed_in_a) {
            (_, Some(target)) => {
                format!("A misses its target {}", numbers::short_percent(target))
            }
            (Some(target), None) if has_own_target && state != State::Gone => {
                format!("target {}", numbers::short_percent(target))
            }
            _ => String::new(),
        };
        let ring = missed_in_a.map_or(Role::Before, |_| Role::BelowTarget);
        let space = if was.is_empty() { "" } else { " " };
        let headroom = measure(row);
        let tip = format!(
            "{title}, {what}: {headroom}{during}{space}{was}{}, load {} of {} {}",
            target(row),
            numbers::amount(row.load),
            numbers::amount(row.capacity),
            row.unit,
        );
        // Of two plans the line between both marks is the finding, and no bar.
        let is_bar = !matches!(self.against, HeadroomAgainst::PlanA { .. });
        let cells = vec![
            RowCell::plain(title),
            RowCell::muted(what),
            RowCell::drawing(move |canvas, area| gauge(canvas, area, row, (least, is_bar, ring))),
            RowCell::Words(during, value_face(state)),
            RowCell::muted(was),
            RowCell::muted(own_target),
            RowCell::muted(text),
        ];
        ChartRow::new(cells, tip)
    }
}

/// `12.0 %`; of an overloaded component, whose headroom would be below 0, its load: `225.8 % used`.
fn share(headroom: f64) -> String {
    if headroom < -FEASIBILITY {
        format!("{} used", numbers::load_of_headroom(headroom))
    } else {
        numbers::headroom(headroom)
    }
}

/// The word before [`value`] in a sentence, unless the value has its own.
pub(super) fn measure(row: &HeadroomRow) -> &'static str {
    match row.headroom_during() {
        Some(headroom) if headroom >= -FEASIBILITY => "headroom ",
        _ => "",
    }
}

/// `12.0 %`, `225.8 % used`, `drained`.
pub(super) fn value(row: &HeadroomRow) -> String {
    match row.headroom_during() {
        Some(headroom) => share(headroom),
        None if row.standing.is_out() && !row.is_stranded() => row.standing.word().to_owned(),
        None => "no capacity".to_owned(),
    }
}

/// `, target 10.0 %`.
pub(super) fn target(row: &HeadroomRow) -> String {
    let words = |target| format!(", target {}", numbers::percent(target));
    row.target.map_or_else(String::new, words)
}

/// A value in the rank of its state: red where nothing is left, grey where nothing is asked.
pub(super) fn value_face(state: State) -> Face {
    match state {
        State::Full => Face {
            role: Role::Full,
            ..ink(SIZE, true)
        },
        State::Gone => Face {
            size: SIZE,
            ..MUTED
        },
        State::Fine | State::BelowTarget => ink(SIZE, true),
    }
}

/// Track, bar, target, before and during.
fn gauge(
    canvas: &mut Canvas,
    area: CellArea,
    row: &HeadroomRow,
    (least, is_bar, ring): (f64, bool, Role),
) {
    let scale = scale(area.ends, least);
    let (y, state) = (area.y, row.state());
    let (zero, full) = (scale.x(0.0), scale.x(1.0));
    canvas.rectangle((zero + 1, y - HALF_BAR), (full, y + HALF_BAR), Role::Track);
    let (before, during) = (row.headroom_before(), row.headroom_during());
    let end = during.map_or(zero, |headroom| scale.x(headroom));
    if let Some(before) = before {
        let x = scale.x(before);
        let half = if is_bar { 1 } else { 2 };
        canvas.rectangle((x.min(end), y - half), (x.max(end), y + half), Role::Before);
    }
    let bar = (zero.min(end), zero.max(end));
    if is_bar {
        let role = marks::role(state);
        canvas.rectangle((bar.0, y - HALF_BAR), (bar.1, y + HALF_BAR), role);
    }
    let target = row.target.filter(|target| *target > 0.0);
    if let Some(target) = target.filter(|_| state != State::Gone) {
        marks::target(canvas, (scale.x(target), y));
    }
    if let Some(before) = before {
        marks::ring_before(canvas, (scale.x(before), y), ring);
    }
    if during.is_some_and(|headroom| headroom < least - 1e-9) {
        marks::beyond(canvas, (end, y));
    } else {
        marks::state(canvas, (end, y), state);
    }
}

/// The axis of headroom from its least on; half a mark may stand out at its ends.
fn scale(ends: (f64, f64), least: f64) -> Scale {
    Scale {
        amounts: (least, 1.0),
        ends: (ends.0 + MARK, ends.1 - MARK),
    }
}

/// The different targets of the rows shown, ascending.
fn targets(selection: &Selection<'_>) -> Vec<f64> {
    let shown = selection
        .rows
        .iter()
        .filter(|row| row.state() != State::Gone);
    let mut targets: Vec<f64> = shown.filter_map(|row| row.target).collect();
    targets.sort_by(f64::total_cmp);
    targets.dedup();
    targets
}

/// The left end of the axis: 0, or as far down as overload goes, in tenths, but no further than half a
/// capacity: what lies beyond is drawn as an arrow, with its number beside it.
fn least<'a>(rows: impl Iterator<Item = &'a HeadroomRow>) -> f64 {
    let least = rows
        .flat_map(|row| [row.headroom_before(), row.headroom_during()])
        .flatten()
        .fold(0.0, f64::min);
    if least > -1e-6 {
        0.0
    } else {
        ((least * 10.0).floor() / 10.0).max(-0.5)
    }
}
