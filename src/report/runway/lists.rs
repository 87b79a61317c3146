//! Tables of a runway's page: conditions, components that run out first, gaps, and users who are trapped.

use super::groups::{adjustment, band};
use super::report::RunwayReport;
use crate::model::Recovery;
use crate::plan::runway::{Day, FirstFailure, RunwayRow, WholeShards};
use crate::report::document::{Cell, Listing, Table};
use crate::report::grammar::count;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::solve::Proof;
use crate::units::NOBODY;
use std::ops::Range;

pub(super) const CONDITIONS_ID: &str = "conditions";
pub(super) const COMPONENTS_ID: &str = "components";
pub(super) const GAPS_ID: &str = "gaps";
pub(super) const TRAPPED_ID: &str = "trapped";
pub(super) const NOT_CHECKED_ID: &str = "not-checked";

/// Tables up to this many rows need no filter.
const FEW: usize = 8;

/// All of them; those without rows are left out of the page.
pub(super) fn tables(report: &RunwayReport<'_>) -> Vec<Table> {
    vec![
        conditions(report),
        components(report),
        gaps(report),
        trapped(report),
    ]
}

/// Anchor of the row of a condition.
pub(super) fn anchor(report: &RunwayReport<'_>, row: &RunwayRow) -> Option<String> {
    let mut rows = report.runway.rows.iter();
    let position = rows.position(|other| std::ptr::eq(other, row))?;
    Some(format!("condition-{position}"))
}

/// The last day that holds, for a cell: sorted by it.
fn until(report: &RunwayReport<'_>, fails_from: Option<Day>) -> Cell {
    let value = f64::from(fails_from.unwrap_or(Day::MAX));
    match fails_from {
        None => Cell::number(format!("beyond {}", report.last()), value),
        Some(0) => Cell::number("no day", value).judged(State::Full),
        Some(day) => Cell::number(report.date(day - 1), value)
            .detailed(&count(day as usize, "day"))
            .judged(State::BelowTarget),
    }
}

fn from(report: &RunwayReport<'_>, day: Option<Day>) -> Cell {
    match day {
        None => Cell::none(),
        Some(day) => Cell::number(report.date(day), f64::from(day)),
    }
}

fn conditions(report: &RunwayReport<'_>) -> Table {
    let names = report.names();
    let mut rows: Vec<&RunwayRow> = report.runway.rows.iter().collect();
    rows.sort_by_key(|row| row.fails_from().unwrap_or(Day::MAX));
    let of = |row: &RunwayRow, cell: &dyn Fn(&FirstFailure) -> Cell| {
        row.first.as_ref().map_or_else(Cell::none, cell)
    };
    let listing = Listing::selected(rows, "shortest", "runway.csv")
        .words("condition", |row| {
            let recovery = row.recovery.map_or("", Recovery::word);
            Cell::words(&report.condition_name(row)).detailed(recovery)
        })
        .words("moves", |row| adjustment(row.adjustment))
        .words("forecast", |row| band(row.band))
        .number("until", |row| until(report, row.fails_from()))
        .number("fails from", |row| from(report, row.fails_from()))
        .words("if", |row| {
            of(row, &|first| {
                Cell::words(&report.condition(&names, first.case))
            })
        })
        .words("short of", |row| {
            of(row, &|first| match first.binding {
                None => Cell::none(),
                Some(at) => {
                    let unit = &report.inventory.resources[at.1.index()].unit;
                    let short = format!("{} short", numbers::quantity(first.short, unit));
                    Cell::words(&names.resource(at)).detailed(&short)
                }
            })
        })
        .number("unserved", |row| {
            of(row, &|first| {
                Cell::number(numbers::users_up(first.unserved), first.unserved)
                    .judged_if(first.unserved > NOBODY, State::Full)
            })
        })
        .number("trapped", |row| {
            of(row, &|first| {
                Cell::number(numbers::users_up(first.trapped), first.trapped)
                    .judged_if(first.trapped > NOBODY, State::Full)
            })
        })
        .number("whole shards fail from", |row| match row.whole_shards {
            WholeShards::NotChecked => Cell::words("not checked"),
            WholeShards::AsLong => Cell::words("the same day"),
            WholeShards::FailFrom(day) => from(report, Some(day)).judged(State::BelowTarget),
        })
        .words("proven", |row| match row.proof {
            Proof::Proven => "yes",
            Proof::Gap => "no",
            Proof::Stopped => "no, stopped",
        })
        .anchored(|row| anchor(report, row));
    let note = "Until is the last day that holds. A row is of homes that may be split; whole shards have a separate column.";
    let table = listing.table(CONDITIONS_ID, "Conditions, the shortest runway first");
    table.noted_too(note).sortable_above(FEW)
}

fn components(report: &RunwayReport<'_>) -> Table {
    let names = report.names();
    // Those that miss a target only come after those that run out.
    let mut rows = report.running_out();
    let with_target = report.runway.components.iter().filter(|row| {
        let all = [row.as_is, row.rebalanced, row.worst];
        let is_full = row.as_is.capacity.or(row.worst.capacity).is_some();
        !is_full && all.iter().any(|on| on.target.or(on.capacity).is_some())
    });
    rows.extend(with_target);
    let listing = Listing::selected(rows, "first", "components.csv")
        .words("component", |row| {
            Cell::named(
                &names.alone(row.component),
                report.inventory.component_name(row.component),
            )
        })
        .words("resource", |row| report.inventory.resource_id(row.resource))
        .number("target met until, as is", |row| {
            until(report, row.as_is.target)
        })
        .number("capacity lasts until, as is", |row| {
            until(report, row.as_is.capacity)
        })
        .number("full by, rebalanced", |row| {
            from(report, row.rebalanced.capacity)
        })
        .number("full by, worst case", |row| {
            from(report, row.worst.capacity)
        });
    let note = "As expected; as is to the day, all others by sampled days.";
    let table = listing.table(COMPONENTS_ID, "Components that run out first");
    table.noted_too(note).sortable_above(FEW)
}

fn gaps(report: &RunwayReport<'_>) -> Table {
    let rows = report.runway.rows.iter();
    // What fails once and to the end has no gap.
    let broken = rows.filter(|row| {
        let last = row.failing.last().map(|span| span.end);
        last.is_some_and(|end| end < report.runway.days) || row.failing.len() > 1
    });
    let spans: Vec<(&RunwayRow, &Range<Day>)> = broken
        .flat_map(|row| row.failing.iter().map(move |span| (row, span)))
        .collect();
    let listing = Listing::selected(spans, "first", "gaps.csv")
        .words("condition", |(row, _)| {
            let recovery = row.recovery.map_or("", Recovery::word);
            Cell::words(&report.condition_name(row)).detailed(recovery)
        })
        .words("moves", |(row, _)| adjustment(row.adjustment))
        .words("forecast", |(row, _)| band(row.band))
        .number("fails from", |(_, span)| from(report, Some(span.start)))
        .number("holds again from", |(_, span)| {
            let again = Some(span.end).filter(|end| *end < report.runway.days);
            from(report, again)
        });
    let note =
        "Capacity that arrives, users who leave or growth that ends make a condition hold again.";
    let table = listing.table(GAPS_ID, "Gaps: conditions that fail and hold again");
    table.noted_too(note).sortable_above(FEW)
}

fn trapped(report: &RunwayReport<'_>) -> Table {
    let names = report.names();
    let rows = report.runway.trapped.iter().collect();
    let listing = Listing::selected(rows, "worst", "runway.json")
        .words("case", |row| match report.trapping(row) {
            words if words.is_empty() => Cell::words(&report.condition(&names, row.case)),
            words => Cell::words(&words),
        })
        .number("from", |row| from(report, Some(row.day)))
        .number("trapped users", |row| {
            Cell::number(numbers::users_up(row.users), row.users).judged(State::Full)
        });
    let note = "These users have no site in the case, even with unlimited capacity. All dates are of the other users.";
    listing
        .table(TRAPPED_ID, "Trapped users")
        .noted_too(note)
        .sortable_above(FEW)
}
