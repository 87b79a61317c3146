//! The page of a sweep: report.html of its folder, opened by the sheet.

use super::render::{REPORT_FILE, page};
use crate::error::Result;
use crate::ids::{TenantId, TierId};
use crate::model::Recovery;
use crate::plan::sweep::CaseResult;
use crate::report::document::{Block, Cell, Document, Figure, KeyNumber, Listing, Section, Table};
use crate::report::grammar::{counted, few};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::sweep::{Names, SHEET, Sheet, SheetRow, SweepReport, judged, ranked};
use crate::report::text::visible;
use crate::report::written::WrittenFile;
use crate::units::NOBODY;
use std::collections::BTreeSet;

/// Most cases of the table; `by_failure.csv` has all.
const MOST: usize = 100;

/// Most components that a cell names.
const NAMED: usize = 3;

const CASES_ID: &str = "cases";
const TENANTS_ID: &str = "tenants";

/// report.html of a sweep, with its charts ([`drawings`](SweepReport::drawings)).
///
/// # Errors
/// `Error::Internal` if the page cannot be rendered.
pub fn sweep_report(told: &SweepReport<'_>, figures: Vec<Figure>) -> Result<WrittenFile> {
    let (names, cases) = (told.names(), Cases::of(told));
    let sheet = told.sheet(told.recovery());
    let acting = told.acting();
    let tables = vec![cases.table(told, &names), tenants(told, &names, &cases)];
    let anchor = |case: usize| cases.anchor(sheet.recovery, case);
    let mut first = vec![Block::Table(told.sheet_table(&names, &sheet, anchor))];
    first.extend((acting.len() > 1).then(|| Block::Table(told.acting_table(&names))));
    let survivors = [told.value_of_acting(&names, &acting), told.survivors()].concat();
    let mut beside = vec![Block::sentences(told.asked())];
    let lists = [told.worst_cases(&names), survivors].into_iter();
    beside.extend(lists.filter(|own| !own.is_empty()).map(Block::items));
    // The scenario is in the title.
    let subtitle = told.about(Some(told.recovery()))[1..].join(" · ");
    let title = format!("What breaks next: {}", told.scenario.name);
    let numbers = key_numbers(told, &names, &cases, &sheet, &tables);
    let mut document = Document::page("Sweep", &title, &subtitle);
    document.push(Section::headed("", "Side by side", "sheet", first));
    document.push(Section::briefing(
        state(told),
        &told.verdict(),
        beside,
        numbers,
        Vec::new(),
    ));
    document.push(Section::charts("In pictures", figures));
    document.push(Section::tables(tables));
    let settled = vec![Block::sentences(told.settled())];
    document.push(Section::new("settled", "How it was settled", settled));
    page(REPORT_FILE, &document)
}

/// How the recovery that is shown is to be judged.
fn state(told: &SweepReport<'_>) -> State {
    let counts = told.counts(told.recovery());
    if counts.unserved > 0 {
        State::Full
    } else if counts.missed > 0 || told.extent.is_stopped() {
        State::BelowTarget
    } else {
        State::Fine
    }
}

/// Cases that leave users unserved, most users, and tenants of the first tier that survive.
fn key_numbers(
    told: &SweepReport<'_>,
    names: &Names<'_>,
    cases: &Cases<'_>,
    sheet: &Sheet,
    tables: &[Table],
) -> Vec<KeyNumber> {
    let counts = told.counts(told.recovery());
    let count = |count: usize| numbers::users(count as f64);
    let to = |id: &str| Table::anchor(tables, id, SHEET);
    let all = counted(&count(counts.all()), "case");
    let mut key = vec![KeyNumber {
        value: count(counts.unserved),
        label: format!("of {all} leave users unserved"),
        note: format!(
            "{} miss a headroom target, {} hold",
            count(counts.missed),
            count(counts.hold)
        ),
        because: to(CASES_ID),
        state: State::bad_if(counts.unserved > 0),
    }];
    key.extend(worst_number(told, names, cases, sheet));
    let survival = told.survival(told.recovery());
    let last = told.most();
    if let Some(own) = survival.first().filter(|_| last > 0) {
        let size = (1..=last)
            .find(|size| own.survive[*size] < own.tenants)
            .unwrap_or(last);
        let share = own.survive[size] as f64 / own.tenants.max(1) as f64;
        let tier = &told.inventory.tiers[own.tier.index()].id;
        key.push(KeyNumber {
            value: numbers::headroom(share),
            label: format!(
                "of the tenants of {} survive the failure of any {}",
                visible(tier),
                told.case_of_size(size)
            ),
            note: format!("{} of {}", count(own.survive[size]), count(own.tenants)),
            because: to(TENANTS_ID),
            state: State::bad_if(own.survive[size] < own.tenants),
        });
    }
    key
}

/// The most users unserved in any case; if none are, the most that is missing, or how full anything is.
fn worst_number(
    told: &SweepReport<'_>,
    names: &Names<'_>,
    cases: &Cases<'_>,
    sheet: &Sheet,
) -> Option<KeyNumber> {
    // What was before is no case.
    let cells = |row: fn(SheetRow) -> bool| {
        let lines = sheet.lines.iter().filter(move |line| row(line.row));
        lines.flat_map(|line| {
            let cells = sheet.columns.iter().zip(&line.cells);
            let cells = cells.filter(|(column, _)| column.kind().is_some());
            cells.filter_map(move |(_, cell)| Some((line.row, (*cell)?)))
        })
    };
    let most = |row: fn(SheetRow) -> bool| numbers::first_most(cells(row), |own| own.1.value);
    let unserved = most(|row| row == SheetRow::Unserved).filter(|(_, cell)| cell.value > NOBODY);
    let missing = most(|row| row == SheetRow::Missing).filter(|(_, cell)| cell.value > 0.0);
    let fullest = most(|row| matches!(row, SheetRow::Utilization(..)));
    let (row, cell) = unserved.or(missing).or(fullest)?;
    let label = match row {
        SheetRow::Unserved | SheetRow::UnservedOf(_) | SheetRow::NoSite => {
            "users unserved in the worst case".to_owned()
        }
        SheetRow::Missing => "of a headroom target missing in the worst case".to_owned(),
        SheetRow::Utilization(component, resource) => {
            let at = told.resource(names, (component, resource));
            format!("full at most: {at}")
        }
    };
    let because = cell
        .case
        .and_then(|case| cases.anchor(told.recovery(), case));
    Some(KeyNumber {
        value: cell.words(row),
        label: visible(&label).into_owned(),
        note: visible(&told.cell_detail(names, &cell)).into_owned(),
        because: because.unwrap_or_else(|| SHEET.to_owned()),
        state: cell.state,
    })
}

/// The cases that do not hold, the worst first.
struct Cases<'a> {
    shown: Vec<&'a CaseResult>,
    anchors: BTreeSet<(Recovery, usize)>,
    /// How many do not hold.
    in_all: usize,
}

impl<'a> Cases<'a> {
    fn of(told: &SweepReport<'a>) -> Self {
        let mut shown = ranked(told.sweep.tally.found.iter());
        let in_all = shown.len();
        shown.truncate(MOST);
        Self {
            anchors: shown.iter().map(|own| (own.recovery, own.case)).collect(),
            shown,
            in_all,
        }
    }

    /// The anchor of a case, if it is in the table.
    fn anchor(&self, recovery: Recovery, case: usize) -> Option<String> {
        let is_there = self.anchors.contains(&(recovery, case));
        is_there.then(|| format!("case-{case}-{}", recovery.word()))
    }

    fn table(&self, told: &SweepReport<'_>, names: &Names<'_>) -> Table {
        let because = |own: &CaseResult| told.because(own.recovery, own.case);
        let has_why = self.shown.iter().any(|own| !because(own).is_empty());
        let has_several = told.sweep.recoveries.len() > 1;
        let shown = self.shown.len();
        let note = if shown < self.in_all {
            format!(
                "The {shown} worst of {} cases that do not hold; by_failure.csv has every case.",
                numbers::users(self.in_all as f64)
            )
        } else {
            "by_failure.csv has every case.".to_owned()
        };
        let opened = |own: &CaseResult| -> Vec<String> {
            let components = own.opened.iter();
            let components = components.map(|own| told.inventory.access_point_component(*own));
            components.map(|own| names.beside_kind(own)).collect()
        };
        Listing::of(self.shown.iter().copied())
            .words("what fails", |own| {
                let name = names.case(&told.sweep.contingencies, own.case);
                Cell::words(&name).judged(judged(own))
            })
            .words(has_several.then_some("recovery"), |own| own.recovery.word())
            .number("users unserved", |own| unserved(told, own))
            .number("of a target missing", |own| match own.missing {
                Some(missing) => {
                    Cell::number(numbers::short_percent_up(missing.share), missing.share)
                        .detailed(&told.resource(names, (missing.component, missing.resource)))
                }
                None => Cell::none(),
            })
            .words("what binds", |own| named(&told.binding(names, own)))
            .number("users who move", |own| Cell::users(own.moved))
            .words("opened", |own| named(&opened(own)))
            .words("settled by", |own| {
                let proven = if own.is_proven { "" } else { "not proven" };
                Cell::words(own.settled.word()).detailed(proven)
            })
            .words(has_why.then_some("why, and what would help"), |own| {
                because(own).join(" ")
            })
            .anchored(|own| self.anchor(own.recovery, own.case))
            .table(CASES_ID, "Cases that do not hold")
            .noted(note)
            .sortable()
    }
}

fn unserved(told: &SweepReport<'_>, own: &CaseResult) -> Cell {
    let unserved = own.unserved_users();
    let tiers = told.sweep.tiers.iter().zip(&own.unserved);
    let tiers: Vec<String> = tiers
        .filter(|(_, users)| **users > NOBODY && told.sweep.tiers.len() > 1)
        .map(|(tier, users)| format!("{} {tier}", numbers::users_up(*users)))
        .collect();
    Cell::number(numbers::users_up(unserved), unserved).detailed(&tiers.join(", "))
}

/// The first names, and how many there are besides.
fn named(names: &[String]) -> Cell {
    if names.is_empty() {
        Cell::none()
    } else {
        Cell::words(&few(names, NAMED))
    }
}

struct Broken {
    tier: TierId,
    tenant: TenantId,
    case: usize,
    size: usize,
}

/// Tenants that some case leaves with unserved users, those that survive least first.
fn tenants(told: &SweepReport<'_>, names: &Names<'_>, cases: &Cases<'_>) -> Table {
    let recovery = told.recovery();
    let all = told.tenants(recovery);
    let broken = all.iter().filter_map(|(tier, tenant)| {
        let case = told.breaking(recovery, *tier, *tenant)?;
        Some(Broken {
            tier: *tier,
            tenant: *tenant,
            case,
            size: told.sweep.contingencies.size(case),
        })
    });
    let mut broken: Vec<Broken> = broken.collect();
    let rank = |own: &Broken| told.inventory.tiers[own.tier.index()].rank;
    broken.sort_by_key(|own| (own.size, rank(own), own.tier, own.tenant));
    let of_all = format!(
        "{} of {} tenants, counted by tier, are broken by some case; survivable.csv has all of them.",
        numbers::users(broken.len() as f64),
        numbers::users(all.len() as f64)
    );
    let table = Listing::selected(broken, "first", "survivable.csv")
        .words("tenant", |own| &told.inventory.tenants[own.tenant.index()])
        .words("tier", |own| &told.inventory.tiers[own.tier.index()].id)
        .number("failures survived, whichever they are", |own| {
            match own.size.checked_sub(1) {
                Some(count) => Cell::users(count as f64),
                None => Cell::words("not served without any"),
            }
        })
        .words("smallest case that breaks it", |own| {
            Cell::words(&names.case(&told.sweep.contingencies, own.case))
                .maybe_because(cases.anchor(recovery, own.case))
        })
        .table(TENANTS_ID, "Tenants that do not survive everything")
        .sortable();
    if table.note.is_empty() {
        table.noted(of_all)
    } else {
        table
    }
}
