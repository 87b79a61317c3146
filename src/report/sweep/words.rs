//! Words: what a sweep says on the terminal, shortest first, read by somebody who is tired; its tables, which its page shows too.

use super::charts_by_site::judged;
use super::names::{Names, kind_words};
use super::report::SweepReport;
use super::sheet::{Column, Sheet, SheetCell, SheetLine, SheetRow};
use crate::plan::sweep::CaseResult;
use crate::report::document::{Block, Cell, Document, Listing, Table};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::NOBODY;

/// Components of the sheet that stand on the terminal.
const TIGHTEST: usize = 5;

/// Anchor of the sheet.
pub(in crate::report) const SHEET: &str = "side-by-side";

impl SweepReport<'_> {
    /// What there is to say, in sections; lines are wrapped at `width` terminal columns if it is given.
    pub fn text(&self, width: Option<u16>) -> String {
        let names = self.names();
        let title = format!("{}, {}", self.scenario.name, self.period());
        let acting = self.acting();
        let acting_table = (acting.len() > 1).then(|| Table {
            note: String::new(),
            beside: Some(" "),
            ..self.acting_table(&names)
        });
        let last = [
            self.value_of_acting(&names, &acting),
            self.survivors(),
            self.settled(),
        ];
        let document = Document::of([
            vec![Block::sentences([title])],
            vec![Block::sentences(
                [vec![self.verdict()], self.asked()].concat(),
            )],
            vec![Block::Table(self.short_sheet(&names))],
            acting_table.map(Block::Table).into_iter().collect(),
            vec![Block::sentences(self.worst_cases(&names))],
            vec![Block::sentences(last.concat())],
        ]);
        document.ended_text(width)
    }

    /// The sheet with its tightest components, for the terminal.
    fn short_sheet(&self, names: &Names<'_>) -> Table {
        let mut sheet = self.sheet(self.recovery());
        let mut components = 0;
        sheet.lines.retain(|line| {
            components += usize::from(line.is_component());
            !line.is_component() || components <= TIGHTEST
        });
        let mut table = Table {
            note: String::new(),
            beside: Some(", "),
            ..self.sheet_table(names, &sheet, |_| None)
        };
        table.columns[0].words.clear();
        for row in &mut table.rows {
            row.cells[0].detail.clear();
        }
        table
    }

    /// Normal, this scenario and the worst cases side by side; some cases have an anchor.
    pub(in crate::report) fn sheet_table(
        &self,
        names: &Names<'_>,
        sheet: &Sheet,
        anchor: impl Fn(usize) -> Option<String>,
    ) -> Table {
        let mut listing = Listing::of(&sheet.lines).words("at worst", |line| {
            Cell::words(&self.row_words(names, line.row)).detailed(self.row_detail(line.row))
        });
        for (at, column) in sheet.columns.iter().enumerate() {
            listing = listing.words(column.heading(), |line| {
                let Some(cell) = &line.cells[at] else {
                    return out_of_service(line);
                };
                Cell::glued(&cell.words(line.row))
                    .detailed(&self.cell_detail(names, cell))
                    .maybe_because(cell.case.and_then(&anchor))
                    .judged_if(cell.state != State::Fine, cell.state)
            });
        }
        let note = if sheet.lines.iter().any(SheetLine::is_component) {
            "Below the users, how full the tightest components are, each in the case of the column that fills it most; \
             by_component.csv has all of them."
        } else {
            ""
        };
        listing.table(SHEET, "Side by side").noted(note)
    }

    /// The recoveries side by side.
    pub(in crate::report) fn acting_table(&self, names: &Names<'_>) -> Table {
        let mut listing = Listing::of(self.acting())
            .words("recovery", |own| own.recovery.word())
            .words("leave users unserved", |own| {
                numbers::whole(own.counts.unserved)
            })
            .words("miss a target", |own| numbers::whole(own.counts.missed))
            .words("hold", |own| numbers::whole(own.counts.hold));
        for size in 1..=self.most() {
            let heading = Column::of(self.sweep.over, size).heading();
            listing = listing.words(heading, |own| match own.worst[size] {
                Some(found) => self.worst_cell(names, found),
                None => Cell::words("–"),
            });
        }
        let listing = listing.words("value of acting", |own| match own.saved {
            Some((case, users)) => Cell::words(&numbers::users(users))
                .detailed(&format!("users served {}", self.without(names, case))),
            None => Cell::words("–"),
        });
        let note = "The value of acting: whom planning again serves and the recovery does not, in the case with most of them.";
        let table = listing.table("acting", "The recoveries side by side");
        table.noted(note)
    }

    fn worst_cell(&self, names: &Names<'_>, found: &CaseResult) -> Cell {
        let without = self.without(names, found.case);
        let (words, detail) = if found.unserved_users() > NOBODY {
            let users = numbers::users_up(found.unserved_users());
            (users, format!("unserved {without}"))
        } else if let Some(missing) = found.missing {
            let share = numbers::short_percent_up(missing.share);
            (share, format!("of a target missing {without}"))
        } else {
            return Cell::words("holds");
        };
        let state = judged(found);
        Cell::glued(&words)
            .detailed(&detail)
            .judged_if(state != State::Fine, state)
    }

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

/// What stands where nothing is known, or a component is out of service in every case.
fn out_of_service(line: &SheetLine) -> Cell {
    if line.is_component() {
        Cell {
            is_none: true,
            ..Cell::words("out of service")
        }
    } else {
        Cell::none()
    }
}
