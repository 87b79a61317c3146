//! report.html of a sweep, from the sheet to the last table.

use super::super::figure::Figure;
use super::super::frame::Frame;
use super::super::page::KeyNumber;
use super::super::report::REPORT_FILE;
use super::super::table::{DataTable, mark};
use super::cases::Cases;
use super::{tables, tenants};
use crate::error::{Error, Result};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::sweep::{Names, Sheet, SheetRow, Told};
use crate::report::text::visible;
use crate::report::written::WrittenFile;
use crate::units::NOBODY;
use askama::Template;

/// The page as its template sees it.
#[derive(Template)]
#[template(path = "sweep.html")]
struct Swept<'a> {
    page: &'a Page,
}

/// What the page of a sweep says.
struct Page {
    /// Head, title, footer.
    frame: Frame,
    /// How the recovery that is shown is to be judged.
    state: State,
    /// Normal, this scenario and the worst cases side by side.
    sheet: DataTable,
    /// The recoveries side by side, if there are several.
    acting: Option<DataTable>,
    /// How many cases hold, in a sentence.
    verdict: String,
    /// Which cases there are, and what is missing.
    asked: Vec<String>,
    /// The worst cases, each with its reason and what would help.
    worst: Vec<String>,
    /// What planning again saves, and who survives what.
    survivors: Vec<String>,
    /// Cases, users, tenants.
    numbers: Vec<KeyNumber>,
    /// The charts.
    figures: Vec<Figure>,
    /// Cases that do not hold, then tenants.
    tables: Vec<DataTable>,
    /// How the cases were settled.
    settled: Vec<String>,
}

impl Page {
    /// The name of the verdict's shape and colour, for the style sheet.
    fn mark(&self) -> &'static str {
        mark(self.state)
    }
}

/// report.html of a sweep, with its charts ([`drawings`](Told::drawings)).
///
/// # Errors
/// `Error::Internal` if the page cannot be rendered.
pub fn sweep_report(told: &Told<'_>, figures: Vec<Figure>) -> Result<WrittenFile> {
    let page = page(told, figures);
    let text = Swept { page: &page }
        .render()
        .map_err(|error| Error::Internal(format!("{REPORT_FILE} cannot be rendered: {error}")))?;
    Ok(WrittenFile {
        name: REPORT_FILE.to_owned(),
        bytes: text.into_bytes(),
    })
}

fn page(told: &Told<'_>, figures: Vec<Figure>) -> Page {
    let names = told.names();
    let cases = Cases::of(told);
    let sheet = told.sheet(told.recovery());
    let acting = told.acting();
    let of_acting = (acting.len() > 1).then(|| tables::acting(told, &names));
    let tables: Vec<DataTable> = [
        cases.table(told, &names),
        tenants::table(told, &names, &cases),
    ]
    .into_iter()
    .filter(|table| !table.rows.is_empty())
    .collect();
    let numbers = key_numbers(told, &names, &cases, &sheet, &tables);
    let mut frame = Frame::new(
        "Sweep",
        &format!("What breaks next: {}", told.scenario.name),
        &subtitle(told),
    );
    frame.sections = [
        (tables::SHEET, "Side by side", true),
        ("briefing", "Briefing", true),
        ("charts", "Charts", !figures.is_empty()),
        ("tables", "Tables", !tables.is_empty()),
        ("settled", "How it was settled", true),
    ]
    .into_iter()
    .filter_map(|(anchor, words, is_there)| is_there.then_some((anchor, words)))
    .collect();
    Page {
        frame,
        state: state(told),
        sheet: tables::sheet(told, &names, &sheet, &cases),
        acting: of_acting,
        verdict: told.verdict(),
        asked: told.asked(),
        worst: told.worst_cases(&names),
        survivors: [told.value_of_acting(&names, &acting), told.survivors()].concat(),
        numbers,
        figures,
        tables,
        settled: told.settled(),
    }
}

/// When it is, of what, under which recovery, and how much of it was looked at.
fn subtitle(told: &Told<'_>) -> String {
    let words = told.about(Some(told.recovery()));
    // The scenario is in the title.
    visible(&words[1..].join(" · ")).into_owned()
}

/// How the recovery that is shown is to be judged.
fn state(told: &Told<'_>) -> State {
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
    told: &Told<'_>,
    names: &Names<'_>,
    cases: &Cases<'_>,
    sheet: &Sheet,
    tables: &[DataTable],
) -> Vec<KeyNumber> {
    let counts = told.counts(told.recovery());
    let count = |count: usize| numbers::users(count as f64);
    let has = |id: &str| tables.iter().any(|table| table.id == id);
    let to = |id: &str| if has(id) { id } else { tables::SHEET }.to_owned();
    let all = counts.all();
    let mut key = vec![KeyNumber {
        value: count(counts.unserved),
        label: format!(
            "of {} {} leave users unserved",
            count(all),
            if all == 1 { "case" } else { "cases" }
        ),
        note: format!(
            "{} miss a headroom target, {} hold",
            count(counts.missed),
            count(counts.hold)
        ),
        because: to(Cases::ID),
        state: if counts.unserved > 0 {
            State::Full
        } else {
            State::Fine
        },
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
            because: to(tenants::ID),
            state: if own.survive[size] < own.tenants {
                State::Full
            } else {
                State::Fine
            },
        });
    }
    key
}

/// The most users unserved in any case; if none are, the most that is missing, or how full anything is.
fn worst_number(
    told: &Told<'_>,
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
    let most = |row: fn(SheetRow) -> bool| {
        cells(row).reduce(|most, own| {
            if own.1.value > most.1.value {
                own
            } else {
                most
            }
        })
    };
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
            format!(
                "full at most: {}",
                told.resource(names, (component, resource))
            )
        }
    };
    let because = cell
        .case
        .and_then(|case| cases.anchor(told.recovery(), case));
    Some(KeyNumber {
        value: cell.words(row),
        label: visible(&label).into_owned(),
        note: visible(&told.cell_detail(names, &cell)).into_owned(),
        because: because.unwrap_or_else(|| tables::SHEET.to_owned()),
        state: cell.state,
    })
}
