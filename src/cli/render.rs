//! Render: findings, failures and counts as text and as JSON.

mod excerpt;
pub(super) mod json;

pub(crate) use excerpt::Sources;

use super::terminal::{ColourMark, Style, Terminal};
use crate::diagnostic::{Finding, Severity};
use crate::error::Error;
use crate::inventory::SourceFile;
use crate::model::Inventory;
use crate::report::grammar::count;
use crate::report::table::wrapped;
use crate::report::text::{self, visible};
use std::error::Error as _;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A finding with the line of the file that it speaks of.
///
/// ```text
/// error: shards.csv:14: column users: found "-3", expected a whole number of 0 or more [P2104]
///   14 | s1,t1,-3,a,p,r,gold
///      |       ^^
/// hint: users that leave belong in onboarding.csv as a negative number
/// ```
///
/// Where `width` (in terminal columns) is given, sentences are wrapped to it between words.
pub(crate) fn finding(
    finding: &Finding,
    sources: &Sources<'_>,
    style: Style,
    width: Option<u16>,
) -> String {
    let (mark, word) = match finding.severity {
        Severity::Error => (ColourMark::Error, "error"),
        Severity::Warning => (ColourMark::Warning, "warning"),
    };
    // Marks have no width: a sentence is wrapped before its first word is marked.
    let call = |mark: ColourMark, word: &str, rest: &str| {
        let plain = wrapped(&format!("{word}: {rest}"), width);
        let rest = plain.strip_prefix(word).unwrap_or(&plain);
        format!("{}{rest}", style.mark(mark, word))
    };
    let sentence = format!(
        "{}: found {}, expected {} [{}]",
        escaped(&finding.place.to_string()),
        escaped(&finding.found),
        escaped(&finding.expected),
        finding.code.0
    );
    let mut text = call(mark, word, &sentence);
    if let Some(excerpt) = sources.excerpt(&finding.place) {
        text.push_str(&excerpt.text(mark, style));
    }
    text.push_str(&call(ColourMark::Hint, "hint", &escaped(&finding.hint)));
    text
}

/// Findings, each with the line that it speaks of and an empty line after it.
pub(crate) fn findings<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    sources: &Sources<'_>,
    terminal: &Terminal,
) -> String {
    findings
        .into_iter()
        .map(|one_finding| finding(one_finding, sources, terminal.style, terminal.width) + "\n")
        .collect()
}

impl Terminal {
    pub(crate) fn print_findings<'f>(
        &mut self,
        all: impl IntoIterator<Item = &'f Finding>,
        files: &[SourceFile],
    ) {
        let text = findings(all, &Sources::of(files), self);
        self.say(&text);
    }

    pub(crate) fn refuse<'f>(
        &mut self,
        all: impl IntoIterator<Item = &'f Finding>,
        files: &[SourceFile],
    ) -> Error {
        self.print_findings(all, files);
        refused()
    }
}

/// Bad input of which everything is reported already.
pub(crate) fn refused() -> Error {
    Error::Unfit(Vec::new())
}

/// A JSON value as a file, or as what a command prints.
pub(crate) fn pretty(value: &serde_json::Value) -> String {
    text::json(&format!("{value:#}\n")).into_owned()
}

/// The last word on a folder or file that has errors.
pub(crate) fn refusal(place: &str, errors: usize, warnings: usize) -> String {
    format!(
        "`{}`: {}, {}; fix the errors before you plan\n",
        escaped(place),
        count(errors, "error"),
        count(warnings, "warning")
    )
}

pub(crate) fn failure(error: &Error, style: Style) -> String {
    let mut text = format!(
        "{}: {}",
        style.mark(ColourMark::Error, "error"),
        escaped(&error.to_string())
    );
    let mut source = error.source();
    while let Some(reason) = source {
        let _ = write!(text, ": {}", escaped(&reason.to_string()));
        source = reason.source();
    }
    text.push('\n');
    text
}

/// What an inventory holds: `14 sites, 6 access points, …`.
pub(crate) fn contents(inventory: &Inventory) -> String {
    let users: u64 = inventory.shards.iter().map(|shard| shard.users).sum();
    let counts = [
        (inventory.sites.len(), "site"),
        (inventory.access_points.len(), "access point"),
        (inventory.elements.len(), "element"),
        (inventory.links.len(), "link"),
        (inventory.client_regions.len(), "client region"),
        (inventory.shards.len(), "shard"),
        (usize::try_from(users).unwrap_or(usize::MAX), "user"),
    ];
    counts.map(|(index, noun)| count(index, noun)).join(", ")
}

/// `text` without anything that a terminal would obey.
pub(crate) fn escaped(text: &str) -> String {
    visible(text).into_owned()
}

pub(crate) fn path(path: &Path) -> String {
    escaped(&path.display().to_string())
}

/// The name of a folder; its path where it has none.
pub(crate) fn folder_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Options that name these layers of a scenario, each with a space after it.
pub(crate) fn layers(scenarios: &[PathBuf]) -> String {
    let options = scenarios.iter();
    let options = options.map(|option| format!("--scenario {} ", path(option)));
    options.collect::<Vec<_>>().concat()
}

/// Several lines, each without anything that a terminal would obey.
pub(crate) fn lines(text: &str) -> String {
    text.lines().map(|line| escaped(line) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Place};

    #[test]
    fn a_failure_after_the_verdict_says_that_the_plan_was_not_written() {
        let error = Error::Io {
            action: "write",
            path: "plan".to_owned(),
            source: std::io::Error::other("the disk is full"),
        };
        let error = error.after_the_verdict();
        assert_eq!(
            failure(&error, Style::Plain),
            "error: the plan above was not written: cannot write `plan`: the disk is full\n"
        );
        assert_eq!(
            crate::cli::exit::code_of(&error),
            crate::cli::exit::BAD_INPUT
        );
    }

    #[test]
    fn the_cell_is_marked_in_its_line() {
        let files = [SourceFile {
            name: "shards.csv".to_owned(),
            bytes: b"\xef\xbb\xbfshard,\"the, users\"\r\n\"s\"\"1\",-3\r\n".to_vec(),
        }];
        let one_finding = Finding {
            severity: Severity::Error,
            code: Code("P2104"),
            place: Place {
                file: "shards.csv".to_owned(),
                line: Some(2),
                column: Some("the, users".to_owned()),
            },
            found: "\"-3\"".to_owned(),
            expected: "a whole number of 0 or more".to_owned(),
            hint: "mend it".to_owned(),
        };
        assert_eq!(
            finding(&one_finding, &Sources::of(&files), Style::Plain, None),
            "error: shards.csv:2: column the, users: found \"-3\", expected a whole number of 0 or more [P2104]\n\
             \x20 2 | \"s\"\"1\",-3\n\
             \x20   |        ^^\n\
             hint: mend it\n"
        );
        assert!(
            finding(&one_finding, &Sources::of(&files), Style::Coloured, None)
                .contains("\u{1b}[1;31merror\u{1b}[0m: shards.csv:2")
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_cell() {
        let line = format!("{},here,{}", "a".repeat(300), "b".repeat(300));
        let files = [SourceFile {
            name: "sites.csv".to_owned(),
            bytes: format!("x,y,z\n{line}\n").into_bytes(),
        }];
        let place = Place {
            file: "sites.csv".to_owned(),
            line: Some(2),
            column: Some("y".to_owned()),
        };
        let sources = Sources::of(&files);
        let text = sources
            .excerpt(&place)
            .expect("the line is there")
            .text(ColourMark::Error, Style::Plain);
        let mut lines = text.lines();
        let shown = lines.next().expect("a line");
        let marks = lines.next().expect("the marks below it");
        assert!(shown.chars().count() < 120, "{shown}");
        let at = marks.find("^^^^").expect("the cell is marked");
        let start: usize = shown.chars().take(at).map(char::len_utf8).sum();
        assert_eq!(&shown[start..start + 4], "here");
    }
}
