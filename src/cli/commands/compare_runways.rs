//! `plimsoll compare` of two runways.

use crate::cli::args::{CompareArgs, Format};
use crate::cli::terminal::Terminal;
use crate::cli::{exit, files, folder, render};
use crate::diagnostic::{Code, Finding, Place, has_errors};
use crate::error::{Error, Result};
use crate::plan::compare::{ReadRunway, RunwayComparison};
use crate::plan_files::read_runway_folder;
use crate::report::comparison::{COMPARISON_FILE, COMPARISON_PAGE, ComparedPlan, RunwaysReport};
use crate::report::table::wrapped;
use std::path::Path;

/// Two folders are of different kinds, or a runway stands alone.
const OTHER_KIND: Code = Code("P6027");

/// The folders of two runways; `None` where neither is one.
///
/// # Errors
/// [`Error::Unfit`] if only one of them is a runway.
pub(super) fn two_runways(args: &CompareArgs) -> Result<Option<[&Path; 2]>> {
    let is_runway = |path: &Path| folder::is_runway(path);
    let refused = |path: &Path, found: String, expected: &str, hint: &str| {
        let place = Place::whole(path.display().to_string());
        let finding = Finding::error(OTHER_KIND, place, found, expected, hint);
        Err(Error::Unfit(vec![finding]))
    };
    let a = args.a.as_path();
    let Some(b) = args.b.as_deref() else {
        if !is_runway(a) {
            return Ok(None);
        }
        let hint = "name the folder of a second runway: plimsoll compare A B";
        return refused(a, "a runway alone".to_owned(), "two runways", hint);
    };
    let (runway, other) = match [is_runway(a), is_runway(b)] {
        [true, true] => return Ok(Some([a, b])),
        [false, false] => return Ok(None),
        [true, false] => (a, b),
        [false, true] => (b, a),
    };
    let found = format!(
        "{}, and {} is a runway",
        folder::kind_words(other),
        render::path(runway)
    );
    refused(
        other,
        found,
        "two folders of one kind",
        "name two runways (`plimsoll runway … --out DIR`) or two plans (`plimsoll plan … --out DIR`)",
    )
}

/// Reads two written runways and says how they differ.
pub(super) fn run(args: &CompareArgs, [a, b]: [&Path; 2], terminal: &mut Terminal) -> Result<u8> {
    if let Some(out) = &args.out {
        folder::RUNWAY_COMPARISON.may_be_written(out)?;
    }
    let sides = [read(a, terminal)?, read(b, terminal)?];
    let names = [a, b].map(render::folder_name);
    let is_one_name = names[0] == names[1];
    let label = |side: usize, path: &Path| ComparedPlan {
        // Folders of one name are distinguished by their paths.
        name: if is_one_name {
            path.display().to_string()
        } else {
            names[side].clone()
        },
        scenario: sides[side].summary.scenario.clone(),
    };
    let report = RunwaysReport {
        labels: [label(0, a), label(1, b)],
        comparison: RunwayComparison::new(sides),
    };
    if let Some(out) = &args.out {
        let drawings = report.drawings()?;
        let page = report.page(drawings.clone())?;
        let mut files = report.files(drawings)?;
        files.push(page);
        folder::RUNWAY_COMPARISON.write(out, &files)?;
    }
    terminal.print(&match args.output.format() {
        Format::Quiet => String::new(),
        Format::Json => render::pretty(&report.json()),
        Format::Text => report.text(terminal.width) + &where_it_is(args, terminal.width),
    })?;
    Ok(exit::SOUND)
}

/// Reads a folder; findings go to standard error, and one that is an error ends it.
fn read(path: &Path, terminal: &mut Terminal) -> Result<ReadRunway> {
    let files = files::plan(path)?;
    let (written, findings) = read_runway_folder(&files::as_plan_files(&files));
    if has_errors(&findings) {
        terminal.print_findings(&findings, &files);
    }
    let written = written.ok_or_else(render::refused)?;
    ReadRunway::new(written).map_err(|findings| {
        terminal.print_findings(&findings, &files);
        render::refused()
    })
}

/// Where the page is, and what programs read.
pub(super) fn where_it_is(args: &CompareArgs, width: Option<u16>) -> String {
    args.out.as_ref().map_or_else(String::new, |out| {
        let folder = render::path(out);
        let words = format!(
            "The comparison is in {folder}/{COMPARISON_PAGE}; for programs, read {COMPARISON_FILE} in the same folder."
        );
        format!("\n{}", wrapped(&words, width))
    })
}
