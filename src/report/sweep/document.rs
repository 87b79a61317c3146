//! The text of a sweep for the terminal, shortest first, for a tired reader; and its page, report.html.

use super::names::ComponentNames;
use super::report::SweepReport;
use super::sheet::{Sheet, SheetRow};
use super::tables::{CASES_ID, ListedCases, SHEET, TENANTS_ID, tenants};
use crate::error::Result;
use crate::report::document::{
    Block, Document, Figure, FirstScreen, KeyNumber, Line, Section, Table, first_figure,
};
use crate::report::grammar::{by_count, count};
use crate::report::headroom::State;
use crate::report::html::{REPORT_FILE, page};
use crate::report::numbers::{self, whole};
use crate::report::text::visible;
use crate::report::written::WrittenFile;
use crate::units::NOBODY;

/// Files that stand beside the page, those for operators first.
const FILES: [&str; 8] = [
    "side_by_side.csv",
    "by_failure.csv",
    "by_component.csv",
    "site_utilization.csv",
    "unserved_by_tier.csv",
    "worst_by_kind.csv",
    "survivable.csv",
    "sweep.json",
];

impl SweepReport<'_> {
    /// The results in sections; lines are wrapped at `width` terminal columns if it is given.
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

    /// report.html, with its charts ([`drawings`](SweepReport::drawings)).
    ///
    /// # Errors
    /// `Error::Internal` if the page cannot be rendered.
    pub fn page(&self, figures: Vec<Figure>) -> Result<WrittenFile> {
        let (names, cases) = (self.names(), ListedCases::of(self));
        let sheet = self.sheet(self.recovery());
        let acting = self.acting();
        let tables = vec![cases.table(self, &names), tenants(self, &names, &cases)];
        let anchor = |case: usize| cases.anchor(sheet.recovery, case);
        let mut first = vec![Block::Table(self.sheet_table(&names, &sheet, anchor))];
        first.extend((acting.len() > 1).then(|| Block::Table(self.acting_table(&names))));
        let survivors = [self.value_of_acting(&names, &acting), self.survivors()].concat();
        let found = [self.worst_cases(&names), survivors].map(Block::items);
        // The scenario is in the title.
        let subtitle = self.about(Some(self.recovery()))[1..].join(" · ");
        let title = format!("Contingency analysis: {}", self.scenario.name);
        let numbers = key_numbers(self, &names, &cases, &sheet, &tables);
        let mut document = Document::page("Sweep", &title, &subtitle);
        let figures = figures.into_iter();
        let figures = figures.map(|figure| {
            let table = table_of(&figure, &tables);
            figure.tabled(table)
        });
        let (shown, figures) = first_figure(figures.collect());
        let screen = FirstScreen {
            state: state(self),
            verdict: self.short_verdict(),
            beside: self.asked().into_iter().map(Line::from).collect(),
            numbers,
            first: self.first_to_do(&names, &cases, &tables),
            shown,
            files: FILES.to_vec(),
        };
        document.push(screen.section());
        document.push(Section::headed("", "Side by side", "sheet", first));
        document.push(Section::new("findings", "Findings", found.into()));
        document.push(Section::charts("In pictures", figures));
        document.push(Section::tables(tables));
        let settled = vec![Block::sentences(self.settled())];
        document.push(Section {
            link: "Settled",
            ..Section::new("settled", "How cases were settled", settled)
        });
        page(REPORT_FILE, &document)
    }
}

/// The anchor of the table with the numbers of a chart.
fn table_of(figure: &Figure, tables: &[Table]) -> String {
    let id = match figure.name.as_str() {
        "survivability" | "exposure" => TENANTS_ID,
        "utilization" => SHEET,
        _ => CASES_ID,
    };
    Table::anchor(tables, id, SHEET)
}

fn state(report: &SweepReport<'_>) -> State {
    let counts = report.counts(report.recovery());
    if counts.unserved > 0 || !report.unserved_whole().is_empty() {
        State::Full
    } else if counts.missed > 0 || !report.missed_whole().is_empty() || report.extent.is_stopped() {
        State::BelowTarget
    } else {
        State::Fine
    }
}

/// Cases that leave users unserved, most users, and tenants of the first tier that survive.
fn key_numbers(
    report: &SweepReport<'_>,
    names: &ComponentNames<'_>,
    cases: &ListedCases<'_>,
    sheet: &Sheet,
    tables: &[Table],
) -> Vec<KeyNumber> {
    let counts = report.counts(report.recovery());
    let to = |id: &str| Table::anchor(tables, id, SHEET);
    let all = count(counts.all(), "case");
    let only_whole = report.unserved_whole().len();
    let unserved = counts.unserved + only_whole;
    let note = match only_whole {
        0 => format!(
            "{} {} a headroom target, {} {}",
            whole(counts.missed),
            by_count(&whole(counts.missed), ["misses", "miss"]),
            whole(counts.hold),
            by_count(&whole(counts.hold), ["holds", "hold"])
        ),
        some => format!("{} only with whole shards", whole(some)),
    };
    let mut key = vec![KeyNumber {
        value: whole(unserved),
        label: format!("of {all} leave users unserved"),
        note,
        because: to(CASES_ID),
        state: State::bad_if(unserved > 0),
    }];
    key.extend(worst_number(report, names, cases, sheet));
    let survival = report.survival(report.recovery());
    let last = report.most();
    if let Some(tier_survival) = survival.first().filter(|_| last > 0) {
        let size = (1..=last)
            .find(|size| tier_survival.survive[*size] < tier_survival.tenants)
            .unwrap_or(last);
        let share = tier_survival.survive[size] as f64 / tier_survival.tenants.max(1) as f64;
        let tier = &report.inventory.tiers[tier_survival.tier.index()].id;
        key.push(KeyNumber {
            value: numbers::headroom(share),
            label: format!(
                "of the tenants of {} survive the failure of any {}",
                visible(tier),
                report.case_of_size(size)
            ),
            note: format!(
                "{} of {}{}",
                whole(tier_survival.survive[size]),
                whole(tier_survival.tenants),
                report.if_split(report.recovery())
            ),
            because: to(TENANTS_ID),
            state: State::bad_if(tier_survival.survive[size] < tier_survival.tenants),
        });
    }
    key
}

/// The most users unserved in any case; if none are, the largest headroom deficit, or the largest utilization.
fn worst_number(
    report: &SweepReport<'_>,
    names: &ComponentNames<'_>,
    cases: &ListedCases<'_>,
    sheet: &Sheet,
) -> Option<KeyNumber> {
    // The state before is no case.
    let cells = |row: fn(SheetRow) -> bool| {
        let lines = sheet.lines.iter().filter(move |line| row(line.row));
        lines.flat_map(|line| {
            let cells = sheet.columns.iter().zip(&line.cells);
            let cells = cells.filter(|(column, _)| column.kind.is_some());
            cells.filter_map(move |(_, cell)| Some((line.row, (*cell)?)))
        })
    };
    let most = |row: fn(SheetRow) -> bool| numbers::first_most(cells(row), |pair| pair.1.value);
    let unserved = most(|row| row == SheetRow::Unserved).filter(|(_, cell)| cell.value > NOBODY);
    let missing = most(|row| row == SheetRow::Missing).filter(|(_, cell)| cell.value > 0.0);
    let fullest = most(|row| matches!(row, SheetRow::Utilization(..)));
    let (row, cell) = unserved.or(missing).or(fullest)?;
    let label = match row {
        SheetRow::Missing => "of a headroom target missing in the worst case".to_owned(),
        SheetRow::Utilization(component, resource) => {
            let at = names.resource((component, resource));
            format!("full at most: {at}")
        }
        _ => "users unserved in the worst case".to_owned(),
    };
    let because = cell
        .case
        .and_then(|case| cases.anchor(report.recovery(), case));
    Some(KeyNumber {
        value: cell.words(row),
        label: visible(&label).into_owned(),
        note: visible(&report.cell_detail(names, &cell)).into_owned(),
        because: because.unwrap_or_else(|| SHEET.to_owned()),
        state: cell.state,
    })
}
