//! How full every site is in every failure: rows are sites, columns are failures, the worst first.
//!
//! The shade of a cell tells how full the site is, its colour how that is to be judged; the number in it, where it has
//! enough, is percent of capacity. A strip above the cells has the state of the failure as a whole, since what is
//! short may be elsewhere than at a site.

use super::chart::Drawn;
use super::kit::canvas::{Anchor, Canvas, whole};
use super::kit::font::{ASCENT, DESCENT};
use super::kit::frame::{ChartFrame, LegendKey, MUTED, SIZE, SMALL, ink, left_out_of};
use super::kit::grid::{self, GridSpace, HeatGrid, Tile, shade};
use super::kit::marks;
use super::palette::Role;
use crate::report::Named;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::{FEASIBILITY, NOBODY};

#[cfg(test)]
mod tests;

/// What fails, and what that comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct FailureColumn {
    /// The case.
    pub case: usize,
    /// What fails: ids joined by `+`, and how the heading calls it. Nothing has no id.
    pub failing: Named,
    /// How the case as a whole is to be judged.
    pub state: State,
    /// Users unserved.
    pub unserved: f64,
}

/// How full a site is in a case: its fullest resource.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteCell {
    /// Id of the resource.
    pub resource: String,
    /// Load ÷ what is left.
    pub utilization: f64,
    /// The share to keep free.
    pub target: f64,
    /// How that is to be judged.
    pub state: State,
}

/// A site in all cases.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRow {
    /// Which.
    pub site: Named,
    /// One for each column; `None` is out of service.
    pub cells: Vec<Option<SiteCell>>,
}

impl SiteRow {
    /// The position of the column in which it is fullest, the first of several; `None` if it is never in service.
    pub fn fullest(&self) -> Option<(usize, &SiteCell)> {
        let cells = self.cells.iter().enumerate();
        let cells = cells.filter_map(|(index, cell)| Some((index, cell.as_ref()?)));
        cells.reduce(|most, pair| {
            if pair.1.utilization > most.1.utilization {
                pair
            } else {
                most
            }
        })
    }
}

/// What the chart of utilization by site and failure shows, in the order in which it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct UtilizationChart {
    /// The finding.
    pub title: String,
    /// Scenario, period, recovery.
    pub about: Vec<String>,
    /// One of what fails, such as `site`.
    pub noun: String,
    /// Failures, the worst first; the case without a failure stands before them.
    pub columns: Vec<FailureColumn>,
    /// How many failures there are to choose from.
    pub failures_in_all: usize,
    /// Sites, the fullest first.
    pub rows: Vec<SiteRow>,
    /// How many sites there are to choose from.
    pub sites_in_all: usize,
}

/// Least width of a column: upright words of the next one do not touch those above it.
const LEAST: f64 = SMALL * (ASCENT + DESCENT) + 0.05;

/// Most pixels that upright words of a heading take.
const LONGEST: f64 = 180.0;

/// Free space between columns of words and cells.
const GAP: f64 = 12.0;

/// Free space between the case without a failure and the others.
const REST: f64 = 8.0;

/// Height of the strip that judges failures as a whole.
const STRIP: f64 = 22.0;

/// What the marks of that strip mean, the worst first.
const VERDICTS: [(State, &str); 3] = [
    (State::Full, "case: users unserved or an overload"),
    (State::BelowTarget, "case: a target is missed"),
    (State::Fine, "case: holds"),
];

impl Drawn for UtilizationChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (&self.title, self.about.clone())
    }

    fn draw(&self, frame: &mut ChartFrame) {
        let font = frame.font();
        let inner = frame.right - frame.left;
        let names = self.rows.iter().map(|row| font.width(&row.site.name, SIZE));
        let share = if frame.is_wide { 0.16 } else { 0.3 };
        let names = names.fold(0.0, f64::max).min(inner * share).max(60.0);
        let worst = font.width("worst", SMALL).max(font.width("1,000", SMALL));
        let space = GridSpace {
            beside: (names + GAP, if frame.is_wide { worst + GAP } else { 0.0 }),
            apart: if self.has_rest() { REST } else { 0.0 },
            cell: (LEAST, 96.0),
        };
        let words = |columns| self.cells(columns).flatten().map(percent).collect();
        let mut grid = HeatGrid::new(frame, space, self.columns.len(), words);
        if self.rows.len() > 30 {
            grid.height = 18.0;
        }
        let (_, end) = grid.column(grid.columns.saturating_sub(1));
        let sides = GridSides {
            names: frame.left + names,
            // Right edge of the worst value of a site, where it fits.
            worst: frame.is_wide.then_some(f64::from(end) + GAP + worst),
        };
        frame.legend(&self.keys(&grid));
        self.headings(frame, &grid, sides);
        for row in &self.rows {
            self.row(frame, &grid, sides, row);
        }
        self.foot(frame, &grid);
    }
}

/// Right edges of the words to the left and to the right of a grid.
#[derive(Clone, Copy)]
struct GridSides {
    names: f64,
    worst: Option<f64>,
}

impl UtilizationChart {
    /// `true` if the first column is the case without a failure.
    fn has_rest(&self) -> bool {
        let first = self.columns.first();
        first.is_some_and(|failure_column| failure_column.failing.id.is_empty())
    }

    fn cells(&self, columns: usize) -> impl Iterator<Item = Option<&SiteCell>> {
        let rows = self.rows.iter();
        rows.flat_map(move |row| row.cells.iter().take(columns).map(Option::as_ref))
    }

    /// What the cells mean: those that occur.
    fn keys(&self, grid: &HeatGrid) -> Vec<LegendKey<'static>> {
        let has = |is: &dyn Fn(&SiteCell) -> bool| self.cells(grid.columns).flatten().any(is);
        let mark = |state: State| Some(state).filter(|_| grid.size.is_none());
        let shades = [
            (Role::Quarter, "up to 25 % used"),
            (Role::Half, "up to 50 %"),
            (Role::ThreeQuarters, "up to 75 %"),
            (Role::Fine, "fuller, target met"),
        ];
        let is_shade =
            |role| has(&|site_cell| shade(site_cell.utilization, site_cell.state) == role);
        let shades = shades.into_iter().filter(|(role, _)| is_shade(*role));
        let mut keys: Vec<LegendKey<'_>> = shades
            .map(|(role, words)| grid::key(role, None, words))
            .collect();
        let below = State::BelowTarget;
        if has(&|site_cell| site_cell.state == below) {
            let words = "less free than its target";
            keys.push(grid::key(Role::BelowTarget, mark(below), words));
        }
        if has(&|site_cell| site_cell.state == State::Full && !site_cell.is_over()) {
            keys.push(grid::key(Role::Full, None, "full"));
        }
        if has(&SiteCell::is_over) {
            keys.push(grid::key(Role::Full, mark(State::Full), "over 100 %"));
        }
        if self
            .cells(grid.columns)
            .any(|site_cell| site_cell.is_none())
        {
            let cross = |canvas: &mut Canvas, at| marks::cross(canvas, at, 4);
            keys.push(LegendKey::mark(12.0, "out of service", cross));
        }
        let columns = &self.columns[..grid.columns];
        let verdicts = VERDICTS.into_iter();
        let occurs = |state: State| columns.iter().any(|column| column.state == state);
        let verdicts = verdicts.filter(|(state, _)| occurs(*state));
        keys.extend(verdicts.map(|(state, words)| {
            LegendKey::mark(14.0, words, move |canvas, at| {
                marks::sized_state(canvas, at, state, 5);
            })
        }));
        keys
    }
}

impl SiteCell {
    /// `true` if more is asked than there is.
    fn is_over(&self) -> bool {
        self.utilization > 1.0 + FEASIBILITY
    }
}

impl UtilizationChart {
    /// The failing component, upright where it does not fit, and the state of the failure as a whole.
    fn headings(&self, frame: &mut ChartFrame, grid: &HeatGrid, sides: GridSides) {
        let font = frame.font();
        let columns = &self.columns[..grid.columns];
        let widths = columns
            .iter()
            .map(|column| font.width(&column.failing.name, SMALL));
        let widest = widths.fold(0.0, f64::max);
        let is_upright = widest > grid.cell - 6.0;
        let top = whole(frame.y);
        frame.y += if is_upright {
            widest.min(LONGEST) + 6.0
        } else {
            SMALL * 1.4
        };
        let (baseline, centre) = (frame.y - 4.0, frame.y + STRIP / 2.0);
        frame.y += STRIP;
        let (left, bottom, canvas) = (frame.left, whole(frame.y), &mut frame.canvas);
        let radius = if grid.cell < 18.0 { 3 } else { 5 };
        for (index, column) in columns.iter().enumerate() {
            let (from, to) = grid.column(index);
            let middle = f64::midpoint(f64::from(from), f64::from(to));
            let (face, name) = (ink(SMALL, false), &column.failing.name);
            if is_upright {
                let words = font.fit(name, SMALL, LONGEST);
                canvas.upright(middle + SMALL * 0.35, baseline, face, &words);
            } else {
                canvas.text(middle, baseline, Anchor::Middle, face, name);
            }
            let at = (i32::midpoint(from, to), whole(centre));
            marks::sized_state(canvas, at, column.state, radius);
            canvas.tip((from, top), (to, bottom), &verdict(column));
        }
        let fitted = |words| font.fit(words, SMALL, sides.names - left);
        canvas.text(
            sides.names,
            baseline,
            Anchor::End,
            MUTED,
            &fitted("without"),
        );
        let lower = centre + SMALL * 0.35;
        canvas.text(left, lower, Anchor::Start, MUTED, &fitted("all in all"));
        if let Some(right) = sides.worst {
            canvas.text(right, baseline, Anchor::End, MUTED, "worst");
        }
    }

    /// A site: its name, its cells, its worst.
    fn row(&self, frame: &mut ChartFrame, grid: &HeatGrid, sides: GridSides, row: &SiteRow) {
        let (left, baseline) = (frame.left, frame.y + grid.height / 2.0 + SMALL * 0.35);
        let size = if grid.height < 20.0 { SMALL } else { SIZE };
        let name = frame.font().fit(&row.site.name, size, sides.names - left);
        let canvas = &mut frame.canvas;
        canvas.text(left, baseline, Anchor::Start, ink(size, false), &name);
        if let (Some(right), Some((_, worst))) = (sides.worst, row.fullest()) {
            let mut face = ink(SMALL, worst.state != State::Fine);
            if worst.state == State::Full {
                face.role = Role::Full;
            }
            let words = format!("{} %", percent(worst));
            canvas.text(right, baseline, Anchor::End, face, &words);
        }
        let cells = self.columns.iter().zip(&row.cells);
        let tiles = cells.map(|(column, cell)| {
            let tile = cell.as_ref().map_or(Tile::Gone, tile);
            (tile, tip(row, column, cell.as_ref()))
        });
        grid.row(frame, tiles);
        frame.y += grid.height;
    }

    /// How to read it, and what is left out.
    fn foot(&self, frame: &mut ChartFrame, grid: &HeatGrid) {
        frame.y += 10.0;
        let noun = &self.noun;
        let numbers_of = grid.size.map_or("", |_| ", in % of what is left of it");
        frame.note(&format!(
            "A row is a site, a column one {noun} that fails, the worst first. A cell is how full the site's fullest resource is{numbers_of}."
        ));
        frame.note("The marks above the cells judge each case as a whole, the network included.");
        if let Some(targets) = self.targets() {
            frame.note(&targets);
        }
        let columns = &self.columns[..grid.columns];
        let failures = columns.len().saturating_sub(usize::from(self.has_rest()));
        for (what, which, shown, all) in [
            ("sites", "fullest", self.rows.len(), self.sites_in_all),
            ("failures", "worst", failures, self.failures_in_all),
        ] {
            let left_out = left_out_of(what, which, shown, all);
            if let Some(words) = left_out.strip_suffix('.') {
                frame.note(&format!("{words}; site_utilization.csv has all."));
            }
        }
    }
}

impl UtilizationChart {
    /// `Target: 20 % of a site stay free without a failure, 10 % with one.`; nothing where no site has one.
    fn targets(&self) -> Option<String> {
        let first = usize::from(self.has_rest());
        let range = |is_rest: bool| {
            let cells = self
                .rows
                .iter()
                .flat_map(|row| row.cells.iter().enumerate());
            let filter = cells.filter(|(index, _)| (*index < first) == is_rest);
            let targets = filter.filter_map(|(_, cell)| Some(cell.as_ref()?.target));
            let ends = targets.fold(None, |ends: Option<(f64, f64)>, value| {
                Some(ends.map_or((value, value), |(least, most)| {
                    (least.min(value), most.max(value))
                }))
            });
            let (least, most) = ends.filter(|(_, most)| *most > 0.0)?;
            let [least, most] = [least, most].map(numbers::short_percent);
            Some(if least == most {
                most
            } else {
                format!("{least} to {most}")
            })
        };
        let free = match (range(true), range(false)) {
            (None, None) => return None,
            (Some(rest), Some(failed)) if rest == failed => format!("{rest} free"),
            (rest, failed) => {
                let rest = rest.map(|text| format!("{text} free without a failure"));
                let failed = failed.map(|text| format!("{text} free with one"));
                let both: Vec<String> = [rest, failed].into_iter().flatten().collect();
                both.join(", ")
            }
        };
        Some(format!("Target of sites: {free}."))
    }
}

/// How a cell looks.
pub(super) fn tile(cell: &SiteCell) -> Tile {
    let mark = match cell.state {
        State::BelowTarget => Some(State::BelowTarget),
        State::Full if cell.is_over() => Some(State::Full),
        _ => None,
    };
    Tile::Filled(shade(cell.utilization, cell.state), percent(cell), mark)
}

/// A utilization in whole percents, rounded up; what is not full is less than 100.
pub(super) fn percent(cell: &SiteCell) -> String {
    let shown = (cell.utilization * 100.0 - FEASIBILITY * 100.0)
        .ceil()
        .max(0.0);
    let is_full = cell.utilization >= 1.0 - FEASIBILITY;
    numbers::users(if is_full { shown } else { shown.min(99.0) })
}

/// `without Chicago`, or `no failure`.
fn without(column: &FailureColumn) -> String {
    if column.failing.id.is_empty() {
        column.failing.name.clone()
    } else {
        format!("without {}", column.failing.name)
    }
}

/// `without Chicago: 412,000 users unserved`.
fn verdict(column: &FailureColumn) -> String {
    let outcome = match column.state {
        State::Full if column.unserved > NOBODY => {
            format!("{} users unserved", numbers::users_up(column.unserved))
        }
        State::Full | State::BelowTarget => "a headroom target is missed".to_owned(),
        State::Fine | State::Gone => {
            "everyone is served, no target is missed by more than before".to_owned()
        }
    };
    format!("{}: {outcome}", without(column))
}

/// `Boydton, without Chicago: cpu 92.0 % full, target 10 % free`.
fn tip(row: &SiteRow, column: &FailureColumn, cell: Option<&SiteCell>) -> String {
    let state = cell.map_or_else(
        || "out of service".to_owned(),
        |site_cell| {
            format!(
                "{} {} full, target {} free",
                site_cell.resource,
                numbers::utilization(site_cell.utilization),
                numbers::short_percent(site_cell.target)
            )
        },
    );
    format!("{}, {}: {state}", row.site.name, without(column))
}
