//! The page of a runway, report.html: first screen, findings, charts, tables, and what was not checked.

use super::first::screen;
use super::lists;
use super::report::RunwayReport;
use super::words::RunwayWords;
use crate::error::Result;
use crate::report::document::{Block, Document, Figure, Section, Table, first_figure};
use crate::report::drawn::drawing;
use crate::report::html::{REPORT_FILE, page};
use crate::report::written::WrittenFile;
use rayon::prelude::*;

/// Every chart of a runway that has something to show, in the order in which they are to be read.
///
/// # Errors
/// `Error::Internal` if a picture cannot be drawn.
pub fn runway_charts(report: &RunwayReport<'_>) -> Result<Vec<Figure>> {
    let drawn = report.charts().into_par_iter();
    let drawn =
        drawn.map(|(name, subject, chart)| drawing(name.to_owned(), subject, None, chart.as_ref()));
    drawn.collect()
}

/// report.html with its charts ([`runway_charts`]).
///
/// # Errors
/// `Error::Internal` if the page cannot be rendered.
pub fn runway_report(
    report: &RunwayReport<'_>,
    words: &RunwayWords,
    figures: Vec<Figure>,
) -> Result<WrittenFile> {
    let tables = lists::tables(report);
    let title = format!("Runway: {}", report.scenario.name);
    let mut document = Document::page("Runway", &title, &report.about()[1..].join(" · "));
    let tabled = figures.into_iter().map(|figure| {
        let id = match figure.name.as_str() {
            "runway" => lists::CONDITIONS_ID,
            _ => lists::COMPONENTS_ID,
        };
        let table = Table::anchor(&tables, id, lists::CONDITIONS_ID);
        figure.tabled(table)
    });
    let (shown, figures) = first_figure(tabled.collect());
    let (first, findings) = screen(report, words, &tables, shown);
    document.push(first.section());
    let findings = vec![Block::items(findings)];
    document.push(Section::new("findings", "Findings", findings));
    document.push(Section::charts("In pictures", figures));
    document.push(Section::tables(tables));
    let not_checked = vec![Block::items(&words.not_checked)];
    document.push(Section::new(
        lists::NOT_CHECKED_ID,
        "Not checked",
        not_checked,
    ));
    page(REPORT_FILE, &document)
}
