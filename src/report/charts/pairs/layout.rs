//! Layout of the chart of pairs: how much of it is shown, and where it stands.

use super::{PairCell, PairsChart};
use crate::report::charts::frame::{Frame, SMALL};
use crate::report::charts::heat::{self, LEAST_CELL};
use crate::report::headroom::State;
use crate::report::numbers;

/// Most members that are shown.
pub(super) const MOST: usize = 60;

/// Widest cell.
const WIDEST: f64 = 120.0;

/// Free space between names and cells.
pub(super) const GAP: f64 = 8.0;

/// Height of rows whose cells hold words.
const TALL: f64 = 24.0;

/// Least height of a row: names stand in it.
const LEAST_ROW: f64 = 17.0;

/// What is shown, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// Members shown: the first of the chart.
    pub(super) members: usize,
    /// Left edge of the cells; the names of rows stand to the left where they have room.
    pub(super) from: f64,
    /// Width of a column.
    pub(super) cell: f64,
    /// Height of a row.
    pub(super) height: f64,
    /// `true` if names stand to the left of their rows as well as at the end.
    pub(super) has_names_on_both_sides: bool,
    /// Pixels that a name may take.
    pub(super) name: f64,
    /// Size of the words in cells, if they have room.
    pub(super) size: Option<f64>,
}

impl Layout {
    /// What a picture has room for.
    pub(super) fn new(chart: &PairsChart, frame: &Frame) -> Self {
        let font = frame.font();
        let inner = frame.right - frame.left;
        let most = chart.members.len().min(MOST);
        let widest = chart.members[..most]
            .iter()
            .map(|own| font.width(&own.name, SMALL));
        let share = if frame.is_wide { 0.14 } else { 0.28 };
        let name = widest.fold(0.0, f64::max).min(inner * share).max(40.0);
        let is_both = frame.is_wide;
        let names = (name + GAP) * if is_both { 2.0 } else { 1.0 };
        let room = inner - names;
        let fit = (1..=most.max(1)).rev();
        let members = fit
            .into_iter()
            .find(|count| *count as f64 * LEAST_CELL <= room)
            .unwrap_or(1)
            .min(most);
        let cell = (room / members.max(1) as f64).min(WIDEST);
        let words: Vec<String> = shown(chart, members).map(words).collect();
        let words = words.iter().map(String::as_str);
        let size = heat::size_of_words(&frame.canvas, cell - 1.0, &words);
        Self {
            members,
            from: frame.left + if is_both { name + GAP } else { 0.0 },
            cell,
            height: if size.is_some() {
                TALL
            } else {
                cell.clamp(LEAST_ROW, TALL)
            },
            has_names_on_both_sides: is_both,
            name,
            size,
        }
    }

    /// Left and right end of a column.
    pub(super) fn column(&self, index: usize) -> (i32, i32) {
        heat::ends(self.from, self.cell, index)
    }
}

/// The cells of the first members.
pub(super) fn shown(chart: &PairsChart, members: usize) -> impl Iterator<Item = &PairCell> + Clone {
    let rows = chart.cells.iter().take(members);
    rows.flat_map(|row| row.iter().flatten())
}

/// The number of a cell: users unserved, or the missing share of a target.
pub(super) fn words(cell: &PairCell) -> String {
    match cell.state() {
        State::Full if cell.is_overloaded() => "over".to_owned(),
        State::Full => numbers::users_up(cell.unserved),
        State::BelowTarget => numbers::short_percent_up(cell.missing),
        State::Fine | State::Gone => String::new(),
    }
}
