//! What every pair of failures does: a triangle whose rows and columns are what fails, the worst first.
//!
//! On the diagonal stands what fails alone. A dark red square is as large as its unserved users are many, so that the
//! eye finds the worst without reading; where cells are wide enough, their numbers stand in them.

use super::chart::Drawn;
use super::kit::canvas::{Anchor, Canvas, Point, whole};
use super::kit::frame::{ChartFrame, LegendKey, SMALL, ink};
use super::kit::grid::{self, GridSpace, HeatGrid, Tile};
use super::palette::Role;
use crate::report::Named;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::{FEASIBILITY, NOBODY};

#[cfg(test)]
mod tests;

/// What two failures at once come to, or one alone.
#[derive(Debug, Clone, PartialEq)]
pub struct PairCell {
    /// Users unserved.
    pub unserved: f64,
    /// Of those, users without a reachable permitted site; `None` where a rule answers.
    pub no_site: Option<f64>,
    /// The worst missing share of a headroom target; 0 if none is missed.
    pub missing: f64,
    /// Of those unserved, users beyond the sum of what both failures leave unserved alone.
    pub surplus: f64,
}

impl PairCell {
    /// `true` if everybody is served and something is overloaded all the same.
    pub fn is_overloaded(&self) -> bool {
        self.unserved <= NOBODY && self.missing > 1.0 + FEASIBILITY
    }

    /// How it is to be judged.
    pub fn state(&self) -> State {
        if self.unserved > NOBODY || self.is_overloaded() {
            State::Full
        } else if self.missing > 0.0 {
            State::BelowTarget
        } else {
            State::Fine
        }
    }
}

/// What the chart of pairs shows, in the order in which it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct PairsChart {
    /// The finding.
    pub title: String,
    /// Scenario, period, recovery.
    pub about: Vec<String>,
    /// One of what fails, such as `site`.
    pub noun: String,
    /// What fails, the worst first.
    pub members: Vec<Named>,
    /// How many there are to choose from.
    pub members_in_all: usize,
    /// By member: with each of those before it, then alone; `None` was not looked at.
    pub cells: Vec<Vec<Option<PairCell>>>,
}

/// Most members that are shown.
const MOST: usize = 60;

/// Free space between names and cells.
const GAP: f64 = 8.0;

/// Least height of a row: names stand in it.
const LEAST_ROW: f64 = 17.0;

impl Drawn for PairsChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (&self.title, self.about.clone())
    }

    fn draw(&self, frame: &mut ChartFrame) {
        let font = frame.font();
        let members = self.members.iter().take(MOST);
        let names = members.map(|named| font.width(&named.name, SMALL));
        let share = if frame.is_wide { 0.14 } else { 0.28 };
        let inner = frame.right - frame.left;
        let name = names.fold(0.0, f64::max).min(inner * share).max(40.0);
        // The names of rows are on the left too, where they fit.
        let on_left = if frame.is_wide { name + GAP } else { 0.0 };
        let space = GridSpace {
            beside: (on_left, name + GAP),
            apart: 0.0,
            cell: (13.0, 120.0),
        };
        let words = |pair_cell: &PairCell| pair_cell.shown(1.0).0.words().to_owned();
        let words = |columns| self.cells(columns).flatten().map(words).collect();
        let mut grid = HeatGrid::new(frame, space, self.members.len().min(MOST), words);
        if grid.size.is_none() {
            grid.height = grid.cell.clamp(LEAST_ROW, grid.height);
        }
        let users = self
            .cells(grid.columns)
            .flatten()
            .map(|pair_cell| pair_cell.unserved);
        let most = users.fold(0.0, f64::max);
        let sizes = sizes(&grid, most);
        frame.legend(&self.keys(&grid, &sizes));
        frame.y += 6.0;
        let mut worst = None;
        for index in 0..grid.columns {
            let baseline = frame.y + grid.height / 2.0 + SMALL * 0.35;
            let (fitted, face) = (
                font.fit(&self.members[index].name, SMALL, name),
                ink(SMALL, false),
            );
            if on_left > 0.0 {
                let right = grid.from - GAP;
                let canvas = &mut frame.canvas;
                canvas.text(right, baseline, Anchor::End, face, &fitted);
            }
            let cells = self.cells[index].iter().enumerate();
            let tiles = cells.map(|(other, cell)| {
                let unasked = || (Tile::Unasked, "not checked".to_owned());
                let (tile, outcome) = cell
                    .as_ref()
                    .map_or_else(unasked, |pair_cell| pair_cell.shown(most));
                (tile, format!("{}: {outcome}", self.failing(index, other)))
            });
            grid.row(frame, tiles);
            let framed = self.corners(frame, &grid, index, most);
            worst = worst.or(framed);
            let x = f64::from(grid.column(index).1) + GAP;
            let canvas = &mut frame.canvas;
            canvas.text(x, baseline, Anchor::Start, face, &fitted);
            frame.y += grid.height;
        }
        if let Some((from, to)) = worst {
            outline(&mut frame.canvas, from, to);
        }
        self.foot(frame, grid.columns);
    }
}

impl PairsChart {
    /// The cells of the first members.
    fn cells(&self, members: usize) -> impl Iterator<Item = Option<&PairCell>> {
        let rows = self.cells.iter().take(members);
        rows.flat_map(|row| row.iter().map(Option::as_ref))
    }

    /// Marks the cells of a row that leave more unserved than both members alone; returns the place of the first that leaves
    /// `most` unserved.
    fn corners(
        &self,
        frame: &mut ChartFrame,
        grid: &HeatGrid,
        row: usize,
        most: f64,
    ) -> Option<(Point, Point)> {
        let mut worst = None;
        let (top, bottom) = (whole(frame.y), whole(frame.y + grid.height) - 1);
        for (index, cell) in self.cells[row].iter().enumerate() {
            let Some(cell) = cell else { continue };
            let (left, right) = grid.column(index);
            if cell.surplus > NOBODY {
                corner(&mut frame.canvas, (right, top));
            }
            let is_most = most > NOBODY && cell.unserved >= most * (1.0 - FEASIBILITY);
            if is_most && worst.is_none() {
                worst = Some(((left, top), (right, bottom)));
            }
        }
        worst
    }

    /// What the cells mean: those that occur.
    fn keys<'k>(&self, grid: &HeatGrid, sizes: &'k [(i32, String)]) -> Vec<LegendKey<'k>> {
        let has = |is: &dyn Fn(&PairCell) -> bool| self.cells(grid.columns).flatten().any(is);
        let is_told = grid.size.is_some();
        let below = Some(State::BelowTarget).filter(|_| !is_told);
        let mut keys = Vec::new();
        if is_told && has(&|pair_cell| pair_cell.unserved > NOBODY) {
            keys.push(grid::key(
                Role::Full,
                None,
                "users unserved; the longer the bar, the more",
            ));
        }
        keys.extend(sizes.iter().map(|(side, words)| {
            let width = f64::from((*side).max(8));
            LegendKey::mark(width, words, |canvas, at| grid::square(canvas, at, *side))
        }));
        if has(&PairCell::is_overloaded) {
            let words = "a component is overloaded, everyone served";
            keys.push(grid::key(Role::Full, below, words));
        }
        if has(&|pair_cell| pair_cell.state() == State::BelowTarget) {
            let words = if is_told {
                "headroom deficit, everyone served"
            } else {
                "a headroom target is missed, everyone served"
            };
            keys.push(grid::key(Role::BelowTarget, below, words));
        }
        if has(&|pair_cell| pair_cell.state() == State::Fine) {
            let words = "everyone served, no target missed by more than before";
            keys.push(grid::key(Role::Quarter, None, words));
        }
        if has(&|pair_cell| pair_cell.unserved > NOBODY) {
            keys.push(LegendKey::mark(18.0, "the worst", |canvas, (x, y)| {
                outline(canvas, (x - 8, y - 7), (x + 8, y + 7));
            }));
        }
        if has(&|pair_cell| pair_cell.surplus > NOBODY) {
            let words = "more than both alone";
            keys.push(LegendKey::mark(12.0, words, |canvas, (x, y)| {
                corner(canvas, (x + 4, y - 4));
            }));
        }
        if self
            .cells(grid.columns)
            .any(|pair_cell| pair_cell.is_none())
        {
            keys.push(LegendKey::mark(12.0, "not checked", |canvas, at| {
                canvas.disc(at, 1, Role::Gone);
            }));
        }
        keys
    }

    /// `without Boston and Dallas`.
    fn failing(&self, index: usize, other: usize) -> String {
        let (name, second) = (&self.members[index].name, &self.members[other].name);
        if index == other {
            format!("without {name} alone")
        } else {
            format!("without {second} and {name}")
        }
    }

    /// How to read it, and what is left out.
    fn foot(&self, frame: &mut ChartFrame, shown: usize) {
        let noun = &self.noun;
        frame.y += 10.0;
        frame.note(&format!(
            "A cell is two {noun}s that fail at once: those of its row and its column. On the diagonal one fails alone."
        ));
        let cells = self.cells.iter().take(shown).enumerate();
        let pairs = cells.flat_map(|(row, pair_cells)| {
            pair_cells
                .iter()
                .enumerate()
                .map(move |(at, pair_cell)| (row, at, pair_cell))
        });
        let surplus =
            pairs.filter_map(|(row, at, pair_cell)| Some((row, at, pair_cell.as_ref()?.surplus)));
        let surplus =
            numbers::first_most(surplus, |entry| entry.2).filter(|entry| entry.2 > NOBODY);
        if let Some((row, at, users)) = surplus {
            let [first, second] = [at, row].map(|index| &self.members[index].name);
            let users = numbers::users(users);
            frame.note(&format!(
                "{first} and {second} together leave {users} more users unserved than both alone: no pair has a larger surplus."
            ));
        }
        let without = self
            .cells(shown)
            .flatten()
            .filter_map(|pair_cell| pair_cell.no_site);
        let without = without.fold(0.0, f64::max);
        if without > NOBODY {
            frame.note(&format!(
                "Up to {} of the users unserved have no permitted site; by_failure.csv has them for each pair.",
                numbers::users_up(without)
            ));
        }
        if shown < self.members_in_all {
            let all = numbers::users(self.members_in_all as f64);
            frame.note(&format!(
                "Of {all} {noun}s the {shown} whose pairs are worst are shown; by_failure.csv has every pair."
            ));
        }
    }
}

/// A frame of ink around a cell.
fn outline(canvas: &mut Canvas, (left, top): Point, (right, bottom): Point) {
    let ((left, top), (right, bottom)) = ((left - 2, top - 2), (right + 2, bottom + 2));
    canvas.rectangle((left, top), (right, top + 2), Role::Ink);
    canvas.rectangle((left, bottom - 2), (right, bottom), Role::Ink);
    canvas.rectangle((left, top), (left + 2, bottom), Role::Ink);
    canvas.rectangle((right - 2, top), (right, bottom), Role::Ink);
}

/// A triangle in the upper right corner of a cell.
fn corner(canvas: &mut Canvas, (right, top): Point) {
    canvas.polygon(
        [(right - 8, top), (right, top), (right, top + 8)],
        Role::Paper,
    );
    canvas.polygon(
        [(right - 6, top), (right, top), (right, top + 6)],
        Role::Ink,
    );
}

/// Sizes of squares that the legend explains, with their words, the most first.
fn sizes(grid: &HeatGrid, most: f64) -> Vec<(i32, String)> {
    if grid.size.is_some() || most <= NOBODY {
        return Vec::new();
    }
    let words = format!("{} users unserved", numbers::users_up(most));
    let whole = grid.side(1.0);
    // A tenth of the most, as a round number.
    let tenth = 10_f64.powf((most / 10.0).log10().floor());
    let tenth = tenth * (most / 10.0 / tenth).round();
    let side = grid.side(tenth / most);
    let few = (tenth >= 1.0 && side < whole).then(|| (side, numbers::users(tenth)));
    std::iter::once((whole, words)).chain(few).collect()
}

impl PairCell {
    /// Its tile where `most` users are unserved at most, and its text for the pointer.
    fn shown(&self, most: f64) -> (Tile, String) {
        let below = Some(State::BelowTarget);
        let missing = numbers::short_percent_up(self.missing);
        match self.state() {
            State::Full if self.is_overloaded() => (
                Tile::Filled(Role::Full, "over".to_owned(), below),
                "a component is overloaded, and everyone is served".to_owned(),
            ),
            State::Full => {
                let without = self.no_site.filter(|users| *users > NOBODY);
                let without = without.map_or_else(String::new, |users| {
                    let users = numbers::users_up(users);
                    format!(", {users} of them without a permitted site")
                });
                let users = numbers::users_up(self.unserved);
                let surplus = if self.surplus > NOBODY {
                    format!(", {} more than both alone", numbers::users(self.surplus))
                } else {
                    String::new()
                };
                let outcome = format!("{users} users unserved{without}{surplus}");
                (Tile::Square(users, self.unserved / most.max(1.0)), outcome)
            }
            State::BelowTarget => {
                let outcome =
                    format!("{missing} of a headroom target is missing, and everyone is served");
                (Tile::Filled(Role::BelowTarget, missing, below), outcome)
            }
            State::Fine | State::Gone => (
                Tile::Filled(Role::Quarter, String::new(), None),
                "everyone is served, no target is missed by more than before".to_owned(),
            ),
        }
    }
}
