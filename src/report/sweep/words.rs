//! Words: what a sweep says on the terminal, shortest first, read by somebody who is tired.

use super::acting_words::ActingCell;
use super::names::{Names, kind_words};
use super::sheet::{Sheet, SheetCell, SheetRow};
use super::told::Told;
use crate::report::table::{Align, Column, lines, wrapped};
use crate::report::text::visible;
use std::fmt::Write as _;

/// Components of the sheet that stand on the terminal.
const TIGHTEST: usize = 5;

impl Told<'_> {
    /// What there is to say, in sections; lines are wrapped at `width` terminal columns if it is given.
    pub fn text(&self, width: Option<u16>) -> String {
        let names = self.names();
        let title = format!("{}, {}", visible(&self.scenario.name), self.period());
        let wrap = |sentences: Vec<String>| -> String {
            sentences
                .iter()
                .map(|words| wrapped(words, width))
                .collect()
        };
        let acting = self.acting();
        let sections = [
            wrapped(&title, width),
            wrap([vec![self.verdict()], self.asked()].concat()),
            self.sheet_lines(&self.sheet(self.recovery()), &names, width),
            self.acting_lines(&names, width),
            wrap(self.worst_cases(&names)),
            wrap(
                [
                    self.value_of_acting(&names, &acting),
                    self.survivors(),
                    self.settled(),
                ]
                .concat(),
            ),
        ];
        let mut text = String::new();
        for section in sections.iter().filter(|section| !section.is_empty()) {
            let _ = writeln!(text, "{section}");
        }
        text
    }

    /// The sheet with its tightest components.
    fn sheet_lines(&self, sheet: &Sheet, names: &Names<'_>, width: Option<u16>) -> String {
        let headings = std::iter::once("").chain(sheet.columns.iter().map(|own| own.heading()));
        let columns: Vec<Column<'_>> = headings
            .map(|heading| Column {
                heading,
                align: Align::Left,
            })
            .collect();
        let is_component = |row: SheetRow| matches!(row, SheetRow::Utilization(..));
        let shown = sheet.lines.iter().filter(|line| !is_component(line.row));
        let tightest = sheet
            .lines
            .iter()
            .filter(|line| is_component(line.row))
            .take(TIGHTEST);
        let rows: Vec<Vec<String>> = shown
            .chain(tightest)
            .map(|line| {
                let label = self.row_words(names, line.row);
                let cells = line.cells.iter().map(|cell| {
                    cell.map_or_else(
                        || "-".to_owned(),
                        |cell| {
                            let told = [cell.words(line.row), self.cell_detail(names, &cell)];
                            told.iter()
                                .filter(|words| !words.is_empty())
                                .cloned()
                                .collect::<Vec<_>>()
                                .join(", ")
                        },
                    )
                });
                std::iter::once(label).chain(cells).collect()
            })
            .collect();
        lines(&columns, &rows, width)
    }

    /// The recoveries side by side; nothing where there is one.
    fn acting_lines(&self, names: &Names<'_>, width: Option<u16>) -> String {
        if self.sweep.recoveries.len() < 2 {
            return String::new();
        }
        let (headings, rows) = self.acting_table(names);
        let columns: Vec<Column<'_>> = headings
            .iter()
            .map(|heading| Column {
                heading,
                align: Align::Left,
            })
            .collect();
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .map(|row| row.into_iter().map(ActingCell::joined).collect())
            .collect();
        lines(&columns, &rows, width)
    }

    /// What a line of the sheet is about.
    pub(in crate::report) fn row_words(&self, names: &Names<'_>, row: SheetRow) -> String {
        match row {
            SheetRow::Unserved => "unserved users".to_owned(),
            SheetRow::UnservedOf(tier) => format!("of {}", self.sweep.tiers[tier]),
            SheetRow::NoSite => "without a permitted site".to_owned(),
            SheetRow::Missing => "missing of a headroom target".to_owned(),
            SheetRow::Utilization(component, resource) => format!(
                "{} {}",
                names.beside_kind(component),
                self.inventory.resources[resource.index()].id
            ),
        }
    }

    /// What stands below it: the kind of component.
    pub(in crate::report) fn row_detail(&self, row: SheetRow) -> &'static str {
        match row {
            SheetRow::Utilization(component, _) => {
                kind_words(self.inventory.component_kind(component))
            }
            _ => "",
        }
    }

    /// The case that causes a cell of the sheet, and where.
    pub(in crate::report) fn cell_detail(&self, names: &Names<'_>, cell: &SheetCell) -> String {
        let at = cell.at.map(|at| self.resource(names, at));
        // That nothing fails goes without saying.
        let case = cell.case.filter(|case| *case > 0);
        let cases = &self.sweep.contingencies;
        let without = case.map(|case| match cases.gray_size(case) {
            0 => format!("without {}", names.case(cases, case)),
            _ => self.without(names, case),
        });
        let both = at.into_iter().chain(without);
        both.collect::<Vec<_>>().join(", ")
    }
}
