//! report.html, rendered.

use super::content::Told;
use super::page::Page;
use crate::error::{Error, Result};
use crate::report::written::WrittenFile;
use askama::Template;

/// Name of the report in the output folder.
pub const REPORT_FILE: &str = "report.html";

/// The page as its template sees it.
#[derive(Template)]
#[template(path = "report.html")]
struct Report<'a> {
    page: &'a Page,
}

/// report.html of a plan.
///
/// # Errors
/// `Error::Internal` if the page cannot be rendered.
pub fn report(told: &Told<'_>) -> Result<WrittenFile> {
    let page = told.page();
    let text = Report { page: &page }
        .render()
        .map_err(|error| Error::Internal(format!("report.html cannot be rendered: {error}")))?;
    Ok(WrittenFile {
        name: REPORT_FILE.to_owned(),
        bytes: text.into_bytes(),
    })
}
