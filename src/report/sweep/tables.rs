//! Tables of a sweep on its page and the terminal: the sheet, the recoveries, cases, tenants.

use super::names::{ComponentNames, kind_words};
use super::report::{SweepReport, judged, ranked};
use super::sheet::{Sheet, SheetCell, SheetColumn, SheetLine, SheetRow};
use crate::model::{CaseKind, Recovery};
use crate::plan::sweep::CaseResult;
use crate::report::document::{Cell, Listing, Table};
use crate::report::grammar::few;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::NOBODY;
use std::collections::BTreeSet;

const TIGHTEST: usize = 5;

/// Most cases of the table; `by_failure.csv` has all.
const MOST: usize = 100;

const NAMED: usize = 3;

pub(super) const SHEET: &str = "side-by-side";
pub(super) const CASES_ID: &str = "cases";
pub(super) const TENANTS_ID: &str = "tenants";

impl SweepReport<'_> {
    pub(super) fn short_sheet(&self, names: &ComponentNames<'_>) -> Table {
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
    pub(super) fn sheet_table(
        &self,
        names: &ComponentNames<'_>,
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
            "Below the users: utilization of the tightest components, each in the case of the column that fills it most. \
             by_component.csv has all of them."
        } else {
            ""
        };
        listing.table(SHEET, "Side by side").noted(note)
    }

    pub(super) fn acting_table(&self, names: &ComponentNames<'_>) -> Table {
        let mut listing = Listing::of(self.acting())
            .words("recovery", |recovery_outcome| {
                recovery_outcome.recovery.word()
            })
            .words("leave users unserved", |recovery_outcome| {
                numbers::whole(recovery_outcome.counts.unserved)
            })
            .words("miss a target", |recovery_outcome| {
                numbers::whole(recovery_outcome.counts.missed)
            })
            .words("hold", |recovery_outcome| {
                numbers::whole(recovery_outcome.counts.hold)
            });
        for size in 1..=self.most() {
            let (kind, over) = (Some(CaseKind::Failures(size)), self.sweep.over);
            let heading = SheetColumn { kind, over }.heading();
            listing = listing.words(heading, |recovery_outcome| {
                match recovery_outcome.worst[size] {
                    Some(found) => self.worst_cell(names, found),
                    None => Cell::words("–"),
                }
            });
        }
        let listing =
            listing.words(
                "benefit of replanning",
                |recovery_outcome| match recovery_outcome.saved {
                    Some((case, users)) => Cell::words(&numbers::users(users))
                        .detailed(&format!("users served {}", self.without(names, case))),
                    None => Cell::words("–"),
                },
            );
        let note = "Benefit of replanning: users that a new plan serves and this recovery does not, in the worst case.";
        let table = listing.table("acting", "The recoveries side by side");
        table.noted(note)
    }

    fn worst_cell(&self, names: &ComponentNames<'_>, found: &CaseResult) -> Cell {
        let without = self.without(names, found.case);
        let unserved = found.unserved_users();
        let (words, detail) = match found.missing {
            _ if unserved > NOBODY => (numbers::users_up(unserved), "unserved"),
            Some(missing) => {
                let share = numbers::short_percent_up(missing.share);
                (share, "of a target missing")
            }
            None => return Cell::words("holds"),
        };
        let state = judged(found);
        Cell::glued(&words)
            .detailed(&format!("{detail} {without}"))
            .judged_if(state != State::Fine, state)
    }

    pub(super) fn row_words(&self, names: &ComponentNames<'_>, row: SheetRow) -> String {
        match row {
            SheetRow::Unserved => "unserved users".to_owned(),
            SheetRow::UnservedOf(tier) => format!("of {}", self.sweep.tiers[tier]),
            SheetRow::NoSite => "without a permitted site".to_owned(),
            SheetRow::Missing => "headroom deficit".to_owned(),
            SheetRow::Utilization(component, resource) => {
                let resource = self.inventory.resource_id(resource);
                format!("{} {resource} used", names.beside_kind(component))
            }
        }
    }

    pub(super) fn row_detail(&self, row: SheetRow) -> &'static str {
        match row {
            SheetRow::Utilization(component, _) => {
                kind_words(self.inventory.component_kind(component))
            }
            _ => "",
        }
    }

    pub(super) fn cell_detail(&self, names: &ComponentNames<'_>, cell: &SheetCell) -> String {
        let at = cell.at.map(|at| names.resource(at));
        // A case without a failure needs no words.
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

/// The cell of an unknown value, or of a component that is out of service in every case.
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

pub(super) struct ListedCases<'a> {
    shown: Vec<&'a CaseResult>,
    /// How many come to no more than their failures alone, and are left out.
    explained: usize,
    anchors: BTreeSet<(Recovery, usize)>,
    in_all: usize,
}

impl<'a> ListedCases<'a> {
    pub(super) fn of(report: &SweepReport<'a>) -> Self {
        let mut shown = ranked(report.sweep.tally.found.iter());
        let in_all = shown.len();
        shown.retain(|case_result| !report.is_explained(case_result));
        let explained = in_all - shown.len();
        let in_all = shown.len();
        shown.truncate(MOST);
        Self {
            anchors: shown
                .iter()
                .map(|case_result| (case_result.recovery, case_result.case))
                .collect(),
            shown,
            explained,
            in_all,
        }
    }

    pub(super) fn anchor(&self, recovery: Recovery, case: usize) -> Option<String> {
        let is_there = self.anchors.contains(&(recovery, case));
        is_there.then(|| format!("case-{case}-{}", recovery.word()))
    }

    pub(super) fn table(&self, report: &SweepReport<'_>, names: &ComponentNames<'_>) -> Table {
        let because =
            |case_result: &CaseResult| report.because(case_result.recovery, case_result.case);
        let has_why = self
            .shown
            .iter()
            .any(|case_result| !because(case_result).is_empty());
        let has_several = report.sweep.recoveries.len() > 1;
        let shown = self.shown.len();
        let note = if shown < self.in_all {
            format!(
                "The {shown} worst of {} cases that do not hold; by_failure.csv has every case.",
                numbers::whole(self.in_all)
            )
        } else {
            "by_failure.csv has every case.".to_owned()
        };
        let left_out = match self.explained {
            0 => String::new(),
            1 => " 1 case that comes to no more than its failures alone is left out.".to_owned(),
            more => format!(
                " {} cases that come to no more than their failures alone are left out.",
                numbers::whole(more)
            ),
        };
        let note = note + &left_out;
        let opened = |case_result: &CaseResult| -> Vec<String> {
            let components = case_result.opened.iter();
            let components = components
                .map(|access_point| report.inventory.access_point_component(*access_point));
            components
                .map(|component| names.beside_kind(component))
                .collect()
        };
        Listing::of(self.shown.iter().copied())
            .words("failures", |case_result| {
                let name = names.case(&report.sweep.contingencies, case_result.case);
                Cell::words(&name).judged(judged(case_result))
            })
            .words(has_several.then_some("recovery"), |case_result| {
                case_result.recovery.word()
            })
            .number("users unserved", |case_result| {
                unserved(report, case_result)
            })
            .number("of a target missing", |case_result| {
                match case_result.missing {
                    Some(missing) => {
                        Cell::number(numbers::short_percent_up(missing.share), missing.share)
                            .detailed(&names.resource((missing.component, missing.resource)))
                    }
                    None => Cell::none(),
                }
            })
            .words("bottlenecks", |case_result| {
                named(&SweepReport::binding(names, case_result))
            })
            .number("users moved", |case_result| Cell::users(case_result.moved))
            .words("opened", |case_result| named(&opened(case_result)))
            .words("settled by", |case_result| {
                let proven = if case_result.is_proven {
                    ""
                } else {
                    "not proven"
                };
                Cell::words(case_result.settled.word()).detailed(proven)
            })
            .words(has_why.then_some("reasons and remedies"), |case_result| {
                because(case_result).join(" ")
            })
            .anchored(|case_result| self.anchor(case_result.recovery, case_result.case))
            .table(CASES_ID, "Cases that do not hold")
            .noted(note)
            .sortable()
    }
}

fn unserved(report: &SweepReport<'_>, case_result: &CaseResult) -> Cell {
    let unserved = case_result.unserved_users();
    let tiers = report.sweep.tiers.iter().zip(&case_result.unserved);
    let tiers: Vec<String> = tiers
        .filter(|(_, users)| **users > NOBODY && report.sweep.tiers.len() > 1)
        .map(|(tier, users)| format!("{} {tier}", numbers::users_up(*users)))
        .collect();
    Cell::number(numbers::users_up(unserved), unserved).detailed(&tiers.join(", "))
}

fn named(names: &[String]) -> Cell {
    match names {
        [] => Cell::none(),
        names => Cell::words(&few(names, NAMED)),
    }
}

pub(super) fn tenants(
    report: &SweepReport<'_>,
    names: &ComponentNames<'_>,
    cases: &ListedCases<'_>,
) -> Table {
    let recovery = report.recovery();
    let all = report.tenants(recovery);
    let cases_of = &report.sweep.contingencies;
    let tiers = &report.inventory.tiers;
    let broken = all.iter().filter_map(|&(tier, tenant)| {
        let case = report.breaking(recovery, tier, tenant)?;
        Some((
            (cases_of.size(case), tiers[tier.index()].rank, tier, tenant),
            case,
        ))
    });
    let mut broken: Vec<_> = broken.collect();
    broken.sort_by_key(|pair| pair.0);
    let of_all = format!(
        "{} of {} tenants, counted by tier, do not survive some case; survivable.csv has all of them.",
        numbers::whole(broken.len()),
        numbers::whole(all.len())
    );
    let table = Listing::selected(broken, "first", "survivable.csv")
        .words("tenant", |((.., tenant), _)| {
            &report.inventory.tenants[tenant.index()]
        })
        .words("tier", |((_, _, tier, _), _)| &tiers[tier.index()].id)
        .number("any failures survived", |((size, ..), _)| {
            match size.checked_sub(1) {
                Some(count) => Cell::users(count as f64),
                None => Cell::words("not served without any"),
            }
        })
        .words("smallest case not survived", |(_, case)| {
            Cell::words(&names.case(cases_of, *case)).maybe_because(cases.anchor(recovery, *case))
        })
        .table(TENANTS_ID, "Tenants that do not survive everything")
        .sortable();
    if table.note.is_empty() {
        table.noted(of_all)
    } else {
        table
    }
}
