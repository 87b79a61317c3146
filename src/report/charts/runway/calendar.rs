//! Calendar: how full every site is in its worst case, month by month; rows are sites, columns are months.

use crate::report::Named;
use crate::report::charts::chart::Drawn;
use crate::report::charts::kit::canvas::Anchor;
use crate::report::charts::kit::font::ASCENT;
use crate::report::charts::kit::frame::{
    ChartFrame, LegendKey, MUTED, SIZE, SMALL, SPACE, ink, left_out_of,
};
use crate::report::charts::kit::grid::{self, GridSpace, HeatGrid, Tile, shade};
use crate::report::charts::palette::Role;
use crate::report::charts::utilization::{SiteCell, percent, tile};
use crate::report::headroom::State;
use crate::report::numbers;

/// A month, or the days of one that are asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarColumn {
    /// `Mar`.
    pub month: String,
    /// `2027`.
    pub year: String,
}

/// A site with the fullest it is in each month.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarRow {
    /// Which site.
    pub site: Named,
    /// By month, its fullest resource and what happens then, such as `Frankfurt fails`; `None` where nothing was sampled.
    pub cells: Vec<Option<(SiteCell, String)>>,
}

/// What the calendar shows, in the order in which it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarChart {
    /// The finding.
    pub title: String,
    /// Scenario, span, what fails.
    pub about: Vec<String>,
    /// Months, ascending.
    pub months: Vec<CalendarColumn>,
    /// Sites, the fullest first.
    pub rows: Vec<CalendarRow>,
    /// How many sites there are to choose from.
    pub sites_in_all: usize,
    /// How many sites are below the least share that is shown, all the time, and that share.
    pub calm: (usize, f64),
}

/// Least and greatest width of a column: numbers of three digits fit.
const CELL: (f64, f64) = (25.0, 72.0);

/// Free space between names and cells.
const GAP: f64 = 12.0;

impl Drawn for CalendarChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (&self.title, self.about.clone())
    }

    fn draw(&self, frame: &mut ChartFrame) {
        let is_empty = self.rows.is_empty() || self.months.is_empty();
        let each = if is_empty { 1 } else { self.cells(frame) };
        frame.y += 10.0;
        self.notes(frame, each);
    }
}

/// Months that share a column: the fullest of them is shown.
struct MonthColumns<'a> {
    /// How many share one.
    each: usize,
    /// The first of every column.
    firsts: Vec<&'a CalendarColumn>,
}

impl CalendarChart {
    /// As few months in a column as fit.
    fn merged(&self, width: f64) -> MonthColumns<'_> {
        let most = (width / CELL.0).max(1.0);
        let fits = |each: &usize| self.months.len().div_ceil(*each) as f64 <= most;
        let steps = [1, 2, 3, 6, 12, 24, 60, 120];
        let each = steps
            .into_iter()
            .find(fits)
            .unwrap_or(self.months.len().max(1));
        MonthColumns {
            each,
            firsts: self.months.iter().step_by(each).collect(),
        }
    }

    /// Draws the cells, and says how many months share a column.
    fn cells(&self, frame: &mut ChartFrame) -> usize {
        let font = frame.font();
        let inner = frame.right - frame.left;
        let names = self.rows.iter().map(|row| font.width(&row.site.name, SIZE));
        let share = if frame.is_wide { 0.16 } else { 0.3 };
        let names = names.fold(0.0, f64::max).min(inner * share).max(60.0);
        let merged = self.merged(inner - names - GAP);
        let space = GridSpace {
            beside: (names + GAP, 0.0),
            apart: 0.0,
            cell: CELL,
        };
        let shown: Vec<Vec<Option<&(SiteCell, String)>>> = self
            .rows
            .iter()
            .map(|row| row.cells.chunks(merged.each).map(fullest).collect())
            .collect();
        let all = || shown.iter().flatten().flatten().map(|pair| &pair.0);
        let words = |_| all().map(percent).collect();
        let mut grid = HeatGrid::new(frame, space, merged.firsts.len(), words);
        if self.rows.len() > 30 {
            grid.height = 20.0;
        }
        frame.legend(&keys(&all().collect::<Vec<_>>(), &grid));
        headings(frame, &grid, &merged);
        for (row, cells) in self.rows.iter().zip(&shown) {
            let (left, baseline) = (frame.left, frame.y + grid.height / 2.0 + SMALL * 0.35);
            let size = if grid.height < 22.0 { SMALL } else { SIZE };
            let name = font.fit(&row.site.name, size, names);
            frame
                .canvas
                .text(left, baseline, Anchor::Start, ink(size, false), &name);
            let tiles = cells.iter().zip(&merged.firsts).map(|(cell, first)| {
                let tile = cell.map_or(Tile::Unasked, |pair| tile(&pair.0));
                (tile, tip(row, first, merged.each, *cell))
            });
            grid.row(frame, tiles);
            frame.y += grid.height;
        }
        merged.each
    }

    fn notes(&self, frame: &mut ChartFrame, each: usize) {
        frame.note(
            "A cell is how full the site's fullest resource is in the worst case, in %. Red: in a case that leaves users unserved.",
        );
        if each > 1 {
            frame.note(&format!(
                "A column shows the fullest of {each} months, from the named one on."
            ));
        }
        let (calm, share) = self.calm;
        if calm > 0 {
            let noun = if calm == 1 { "site is" } else { "sites are" };
            frame.note(&format!(
                "{} {noun} below {} at all times.",
                numbers::whole(calm),
                numbers::short_percent(share)
            ));
        }
        let choice = self.sites_in_all.saturating_sub(calm);
        frame.note(&left_out_of("sites", "fullest", self.rows.len(), choice));
    }
}

/// The fullest of some months, the first of several.
fn fullest(cells: &[Option<(SiteCell, String)>]) -> Option<&(SiteCell, String)> {
    cells.iter().flatten().reduce(|most, pair| {
        if pair.0.utilization > most.0.utilization {
            pair
        } else {
            most
        }
    })
}

/// What the cells mean: those that occur.
fn keys(cells: &[&SiteCell], grid: &HeatGrid) -> Vec<LegendKey<'static>> {
    let mark = |state: State| Some(state).filter(|_| grid.size.is_none());
    let has = |role| {
        cells
            .iter()
            .any(|cell| shade(cell.utilization, cell.state) == role)
    };
    let shades = [
        (Role::Quarter, None, "up to 25 % used"),
        (Role::Half, None, "up to 50 %"),
        (Role::ThreeQuarters, None, "up to 75 %"),
        (Role::Fine, None, "fuller, target met"),
        (
            Role::BelowTarget,
            mark(State::BelowTarget),
            "less free than its target",
        ),
        (Role::Full, mark(State::Full), "100 % or more"),
    ];
    let shades = shades.into_iter().filter(|(role, ..)| has(*role));
    shades
        .map(|(role, mark, words)| grid::key(role, mark, words))
        .collect()
}

/// Months above the cells, and years above these where they change; those that fit.
fn headings(frame: &mut ChartFrame, grid: &HeatGrid, merged: &MonthColumns<'_>) {
    let font = frame.font();
    let mut before = "";
    let years = merged.firsts.iter().map(|first| {
        let is_same = std::mem::replace(&mut before, &first.year) == first.year;
        if is_same { "" } else { first.year.as_str() }
    });
    let years: Vec<&str> = years.collect();
    let months: Vec<&str> = merged
        .firsts
        .iter()
        .map(|first| first.month.as_str())
        .collect();
    for line in [years, months] {
        let baseline = frame.y + SMALL * ASCENT;
        // From the right, since the first year may be of one column.
        let mut free = f64::INFINITY;
        for (index, words) in line.into_iter().enumerate().take(grid.columns).rev() {
            let (from, to) = grid.column(index);
            let half = font.width(words, SMALL) / 2.0;
            let x = f64::midpoint(f64::from(from), f64::from(to)).min(frame.right - half);
            if !words.is_empty() && x + half <= free {
                frame.canvas.text(x, baseline, Anchor::Middle, MUTED, words);
                free = x - half - SPACE / 3.0;
            }
        }
        frame.y += SMALL * 1.4;
    }
}

/// `Boydton, Mar 2027: cpu 92.0 % full if Frankfurt fails, target 10 % free`.
fn tip(
    row: &CalendarRow,
    first: &CalendarColumn,
    each: usize,
    cell: Option<&(SiteCell, String)>,
) -> String {
    let when = format!("{} {}", first.month, first.year);
    let when = if each > 1 {
        format!("{each} months from {when}")
    } else {
        when
    };
    let state = cell.map_or_else(
        || "not sampled".to_owned(),
        |(site_cell, happens)| {
            let case = match happens.as_str() {
                "" => "in normal operation".to_owned(),
                happens => format!("if {happens}"),
            };
            format!(
                "{} {} full {case}, target {} free",
                site_cell.resource,
                numbers::utilization(site_cell.utilization),
                numbers::short_percent(site_cell.target)
            )
        },
    );
    format!("{}, {when}: {state}", row.site.name)
}
