//! The cases that do not hold, the worst first, as a table of the page.

use super::super::table::{Cell, DataTable, Heading, Row};
use crate::model::Recovery;
use crate::plan::sweep::Found;
use crate::report::numbers;
use crate::report::sweep::{Names, Told, judged, ranked};
use crate::units::NOBODY;
use std::collections::BTreeSet;

/// Most cases of the table; `by_failure.csv` has all.
const MOST: usize = 100;

/// Most components that a cell names.
const NAMED: usize = 3;

/// The cases of the table.
pub(super) struct Cases<'a> {
    shown: Vec<&'a Found>,
    anchors: BTreeSet<(Recovery, usize)>,
    /// How many do not hold.
    in_all: usize,
    has_several: bool,
}

impl<'a> Cases<'a> {
    /// Anchor of the table.
    pub(super) const ID: &'static str = "cases";

    /// The worst of those that do not hold.
    pub(super) fn of(told: &Told<'a>) -> Self {
        let mut shown = ranked(told.sweep.tally.found.iter());
        let in_all = shown.len();
        shown.truncate(MOST);
        Self {
            anchors: shown.iter().map(|own| (own.recovery, own.case)).collect(),
            shown,
            in_all,
            has_several: told.sweep.recoveries.len() > 1,
        }
    }

    /// The anchor of a case, if it is in the table.
    pub(super) fn anchor(&self, recovery: Recovery, case: usize) -> Option<String> {
        let is_there = self.anchors.contains(&(recovery, case));
        is_there.then(|| format!("case-{case}-{}", recovery.word()))
    }

    /// The table.
    pub(super) fn table(&self, told: &Told<'_>, names: &Names<'_>) -> DataTable {
        let is_any = |of: &dyn Fn(&Found) -> bool| self.shown.iter().any(|own| of(own));
        let has_why = is_any(&|own| !told.because(own.recovery, own.case).is_empty());
        let mut columns = vec![Heading::words("what fails")];
        if self.has_several {
            columns.push(Heading::words("recovery"));
        }
        columns.extend([
            Heading::number("users unserved"),
            Heading::number("of a target missing"),
            Heading::words("what binds"),
            Heading::number("users who move"),
            Heading::words("opened"),
            Heading::words("settled by"),
        ]);
        if has_why {
            columns.push(Heading::words("why, and what would help"));
        }
        let shown = self.shown.len();
        let note = if shown < self.in_all {
            format!(
                "The {shown} worst of {} cases that do not hold; by_failure.csv has every case.",
                numbers::users(self.in_all as f64)
            )
        } else {
            "by_failure.csv has every case.".to_owned()
        };
        let rows = self.shown.iter().map(|own| Row {
            id: self.anchor(own.recovery, own.case),
            cells: self.cells(told, names, own, has_why),
        });
        DataTable {
            id: Self::ID.to_owned(),
            caption: "Cases that do not hold".to_owned(),
            note,
            columns,
            rows: rows.collect(),
            is_sortable: true,
        }
    }

    fn cells(&self, told: &Told<'_>, names: &Names<'_>, own: &Found, has_why: bool) -> Vec<Cell> {
        let name = names.case(&told.sweep.contingencies, own.case);
        let mut cells = vec![Cell::words(&name).judged(judged(own))];
        if self.has_several {
            cells.push(Cell::words(own.recovery.word()));
        }
        let unserved = own.unserved_users();
        let tiers = told.sweep.tiers.iter().zip(&own.unserved);
        let tiers: Vec<String> = tiers
            .filter(|(_, users)| **users > NOBODY && told.sweep.tiers.len() > 1)
            .map(|(tier, users)| format!("{} {tier}", numbers::users_up(*users)))
            .collect();
        cells.push(Cell::number(numbers::users_up(unserved), unserved).detailed(&tiers.join(", ")));
        cells.push(match own.missing {
            Some(missing) => Cell::number(numbers::short_percent_up(missing.share), missing.share)
                .detailed(&told.resource(names, (missing.component, missing.resource))),
            None => Cell::words("–"),
        });
        let opened = own.opened.iter();
        let opened =
            opened.map(|own| names.beside_kind(told.inventory.access_point_component(*own)));
        cells.extend([
            Cell::words(&few(&told.binding(names, own))),
            Cell::users(own.moved),
            Cell::words(&few(&opened.collect::<Vec<_>>())),
            Cell::words(own.settled.word()).detailed(if own.is_proven { "" } else { "not proven" }),
        ]);
        if has_why {
            cells.push(Cell::words(&told.because(own.recovery, own.case).join(" ")));
        }
        cells
    }
}

/// The first names, and how many there are besides.
fn few(names: &[String]) -> String {
    match names {
        [] => "–".to_owned(),
        names if names.len() <= NAMED => names.join(", "),
        names => format!(
            "{} and {} more",
            names[..NAMED].join(", "),
            names.len() - NAMED
        ),
    }
}
