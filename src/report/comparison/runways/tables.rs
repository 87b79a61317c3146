//! Tables of two runways, for the terminal and the page.

use super::RunwaysReport;
use super::names::{change_words, day_before, last, spoken};
use crate::model::{Band, Recovery};
use crate::plan::compare::{
    DateChange, Difference, ReachedDifference, ReadRunway, RowDifference, RunwayDates, RunwayRowKey,
};
use crate::report::document::{Cell, Listing, Table};
use crate::report::headroom::State;
use crate::report::numbers::users_up;
use crate::report::runway::{adjustment, band};
use jiff::civil::Date;

pub(super) const DATES_ID: &str = "dates";
pub(super) const COMPONENTS_ID: &str = "components";
pub(super) const TRAPPED_ID: &str = "trapped";

/// The table with all dates, and that of components.
pub(super) const DATES_FILE: &str = "comparison.csv";
pub(super) const COMPONENTS_FILE: &str = "components.csv";

/// Components that the terminal lists.
const SHORT_COMPONENTS: usize = 8;

/// Tables up to this many rows need no filter.
const FEW: usize = 8;

/// Rows that differ in the end of the forecast only: the key of the first, and each by its end.
struct RowOfBands<'a> {
    key: &'a RunwayRowKey,
    rows: Vec<&'a RowDifference>,
}

impl RowOfBands<'_> {
    fn of(&self, band: Band) -> Option<&RowDifference> {
        let mut rows = self.rows.iter();
        rows.find(|row| row.of.key.band == band).copied()
    }

    /// For order: what is expected to lose most days comes first, then what gains most.
    fn order(&self) -> (bool, i32) {
        let row = self.of(Band::Expected).or(self.rows.first().copied());
        let days = row.and_then(|row| row.change.days()).unwrap_or(0);
        (days >= 0, if days < 0 { days } else { -days })
    }
}

impl RunwaysReport {
    fn rows_of_bands(&self) -> Vec<RowOfBands<'_>> {
        let mut all: Vec<RowOfBands<'_>> = Vec::new();
        for row in &self.comparison.rows {
            let key = &row.of.key;
            let is_same = |other: &RunwayRowKey| {
                (&other.condition, &other.events, other.recovery, other.moves)
                    == (&key.condition, &key.events, key.recovery, key.moves)
            };
            match all.iter_mut().find(|other| is_same(other.key)) {
                Some(other) => other.rows.push(row),
                None => all.push(RowOfBands {
                    key,
                    rows: vec![row],
                }),
            }
        }
        all.sort_by_key(RowOfBands::order);
        all
    }

    /// Ends of the forecast that some row has, what is expected first.
    fn bands(&self) -> Vec<Band> {
        let all = [Band::Expected, Band::High, Band::Low].into_iter();
        let rows = &self.comparison.rows;
        all.filter(|band| rows.iter().any(|row| row.of.key.band == *band))
            .collect()
    }

    /// One table for each end of the forecast, with what is under its heading.
    pub(super) fn short_dates(&self) -> Vec<(String, Table)> {
        let bands = self.bands();
        let one = bands.len() == 1;
        let table = |of: Band| {
            let rows = self.rows_of_bands().into_iter();
            let rows = rows.filter(|row| row.of(of).is_some());
            let listing = Listing::of(rows)
                .words("condition", |row| self.title(row.key))
                .words("who may move", |row| adjustment(row.key.moves))
                .right("until, A", |row| self.until_cell(row.of(of), 0))
                .right("until, B", |row| self.until_cell(row.of(of), 1))
                .right("B holds", |row| change_cell(row.of(of)));
            let heading = if one {
                String::new()
            } else {
                format!("With {}", band(of))
            };
            (heading, listing.plain())
        };
        bands.into_iter().map(table).collect()
    }

    /// All dates.
    pub(super) fn dates_table(&self) -> Table {
        let mut listing = Listing::selected(self.rows_of_bands(), "most changed", DATES_FILE)
            .words("condition", |row| {
                let recovery = row.key.recovery.map_or("", Recovery::word);
                Cell::words(&self.title(row.key)).detailed(recovery)
            })
            .words("who may move", |row| adjustment(row.key.moves));
        let bands = self.bands();
        for of in &bands {
            let end = match (bands.len(), of) {
                (1, _) => String::new(),
                (_, of) => format!(", {}", of.word()),
            };
            listing = listing
                .number(format!("until, A{end}"), |row| {
                    self.until_cell(row.of(*of), 0)
                })
                .number(format!("until, B{end}"), |row| {
                    self.until_cell(row.of(*of), 1)
                })
                .number(format!("B holds{end}"), |row| change_cell(row.of(*of)));
        }
        let note = "Until is the last day that holds. A row of both has the days between; a row of one has no change.";
        listing
            .table(
                DATES_ID,
                "Dates of all conditions, those that move most first",
            )
            .noted_too(note)
            .sortable_above(FEW)
    }

    fn until_cell(&self, row: Option<&RowDifference>, side: usize) -> Cell {
        let Some(dates) = row.and_then(|row| row.of.sides[side].as_ref()) else {
            return Cell::none();
        };
        date_cell(self.sides()[side], dates)
    }

    /// Dates of components that differ, those that come earlier first.
    pub(super) fn components_table(&self) -> Table {
        let rows = self.comparison.components.iter().collect();
        let note = "As is to the day; rebalanced and in the worst case by sampled days.";
        self.with_components(Listing::selected(rows, "most changed", COMPONENTS_FILE))
            .table(COMPONENTS_ID, "Components whose dates move")
            .noted_too(note)
            .sortable_above(FEW)
    }

    /// The first of them, and how many more there are.
    pub(super) fn short_components(&self) -> (Table, usize) {
        let rows = self.comparison.components.iter().take(SHORT_COMPONENTS);
        let more = self
            .comparison
            .components
            .len()
            .saturating_sub(SHORT_COMPONENTS);
        (self.with_components(Listing::of(rows)).plain(), more)
    }

    fn with_components<'a>(
        &'a self,
        listing: Listing<&'a ReachedDifference>,
    ) -> Listing<&'a ReachedDifference> {
        let until = |side: usize| {
            move |row: &&ReachedDifference| {
                let runway = self.sides()[side];
                reached_cell(runway, row.of.sides[side])
            }
        };
        listing
            .words("component", |row| Cell::words(&row.of.key.component))
            .words("resource", |row| Cell::words(&row.of.key.resource))
            .words("what lasts", |row| limit_words(row.of.key.limit))
            .number("until, A", until(0))
            .number("until, B", until(1))
            .number("B holds", |row| days_cell(row.change))
    }

    pub(super) fn trapped_table(&self) -> Table {
        let cases: Vec<&Difference<String, f64>> = self.comparison.trapped.iter().collect();
        let users = |side: usize| {
            move |case: &&Difference<String, f64>| {
                Cell::number(users_up(case.sides[side]), case.sides[side])
            }
        };
        let note = "These users have no site in the case, even with unlimited capacity, on the first day of the runway.";
        Listing::selected(cases, "worst", "comparison.json")
            .words("what fails", |case| match case.key.as_str() {
                "" => Cell::words("nothing"),
                ids => Cell::words(&ids.replace('+', ", ")),
            })
            .number("trapped in A", users(0))
            .number("trapped in B", users(1))
            .table(TRAPPED_ID, "Trapped users that differ")
            .noted_too(note)
            .sortable_above(FEW)
    }
}

/// The last day that holds, sorted by it.
fn date_cell(side: &ReadRunway, dates: &RunwayDates) -> Cell {
    match dates.fails_from {
        None => Cell::number(format!("beyond {}", last(side)), number(side.until)),
        Some(date) if date <= side.from => Cell::number("no day", number(date)).judged(State::Full),
        Some(date) => Cell::number(spoken(day_before(date)), number(date)),
    }
}

fn reached_cell(side: &ReadRunway, date: Option<Date>) -> Cell {
    match date {
        None => Cell::number(format!("beyond {}", last(side)), number(side.until)),
        Some(date) if date <= side.from => Cell::number("no day", number(date)),
        Some(date) => Cell::number(spoken(day_before(date)), number(date)),
    }
}

/// What a column of days is sorted by.
fn number(date: Date) -> f64 {
    f64::from(date.year()) * 10_000.0 + f64::from(date.month()) * 100.0 + f64::from(date.day())
}

fn change_cell(row: Option<&RowDifference>) -> Cell {
    row.map_or_else(Cell::none, |row| days_cell(row.change))
}

fn days_cell(change: DateChange) -> Cell {
    match change {
        DateChange::Days(days, _) => {
            Cell::number(change_words(change), f64::from(days)).judged_if(days < 0, State::Full)
        }
        DateChange::OnlyIn(0) => Cell::words("only in A"),
        DateChange::OnlyIn(_) => Cell::words("only in B"),
        DateChange::NotComparable => Cell::words("not compared"),
    }
}

/// `capacity, as is`, of a column of components.csv.
fn limit_words(limit: &str) -> &'static str {
    match limit {
        "target_as_is" => "target, as is",
        "capacity_as_is" => "capacity, as is",
        "target_rebalanced" => "target, rebalanced",
        "capacity_rebalanced" => "capacity, rebalanced",
        "target_worst_case" => "target, worst case",
        _ => "capacity, worst case",
    }
}
