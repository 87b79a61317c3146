//! Excerpt: the line of a file that a finding speaks of, with the cell marked.

use crate::cli::terminal::{ColourMark, Style};
use crate::diagnostic::Place;
use crate::inventory::{SourceFile, is_known_file};
use crate::report::text::visible;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many characters of a line are shown at most.
const SHOWN: usize = 70;

pub(crate) struct Sources<'f> {
    texts: BTreeMap<&'f str, SourceLines<'f>>,
}

struct SourceLines<'f> {
    bytes: &'f [u8],
    /// Where each begins: counted when the first is asked for, as a file may have a million.
    starts: OnceCell<Vec<usize>>,
}

impl<'f> SourceLines<'f> {
    /// The line of a number counted from 1, without its end.
    fn line(&self, number: u64) -> Option<&'f [u8]> {
        let starts = self.starts.get_or_init(|| {
            let ends = self.bytes.iter().enumerate();
            let after = ends.filter(|(_, byte)| **byte == b'\n');
            std::iter::once(0)
                .chain(after.map(|(at, _)| at + 1))
                .collect()
        });
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        let rest = self.bytes.get(*starts.get(index)?..)?;
        let line = rest.split(|byte| *byte == b'\n').next()?;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

pub(crate) struct Excerpt {
    line: u64,
    /// What stands before the marked part, in it, and after it; the marked part is empty if the whole line is meant.
    parts: [String; 3],
}

impl<'f> Sources<'f> {
    pub(crate) fn of(files: impl IntoIterator<Item = &'f SourceFile>) -> Self {
        let texts = files.into_iter().map(|file| {
            let bytes = file.bytes.as_slice();
            let lines = SourceLines {
                bytes: bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes),
                starts: OnceCell::new(),
            };
            (file.name.as_str(), lines)
        });
        Self {
            texts: texts.collect(),
        }
    }

    /// The line of a place; `None` if it names none, or the file has no text there.
    pub(crate) fn excerpt(&self, place: &Place) -> Option<Excerpt> {
        let lines = self.texts.get(place.file.as_str())?;
        let line = place.line?;
        let text = String::from_utf8_lossy(lines.line(line)?);
        if text.is_empty() {
            return None;
        }
        let mut all = (1..).map_while(|number| lines.line(number));
        let header = all.find(|line| !line.is_empty())?;
        let header = String::from_utf8_lossy(header);
        let is_csv = is_known_file(&place.file);
        let column = place.column.as_deref().filter(|_| is_csv);
        let cell = column
            .and_then(|column| {
                let names = cells(&header);
                names
                    .iter()
                    .position(|(start, end)| unquoted(&header[*start..*end]) == column)
            })
            .and_then(|position| cells(&text).get(position).copied());
        let (start, end) = cell.unwrap_or((0, 0));
        Some(Excerpt {
            line,
            parts: [&text[..start], &text[start..end], &text[end..]]
                .map(|part| visible(part).into_owned()),
        })
    }
}

impl Excerpt {
    /// The line with its number, and marks below the cell if one is meant.
    pub(crate) fn text(&self, mark: ColourMark, style: Style) -> String {
        let [before, cell, after] = &self.parts;
        let marked = cell.chars().count();
        let before = shortened_left(before, SHOWN.saturating_sub(marked.min(SHOWN)) / 2);
        let cell = shortened_right(cell, SHOWN);
        let used = before.chars().count() + cell.chars().count();
        let after = shortened_right(after, SHOWN.saturating_sub(used));
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let mut text = format!("  {number} | {before}{cell}{after}\n");
        if !cell.is_empty() {
            let indent = " ".repeat(before.chars().count());
            let marks = style.mark(mark, &"^".repeat(cell.chars().count()));
            let _ = writeln!(text, "  {margin} | {indent}{marks}");
        }
        text
    }
}

/// The last `most` characters of a text, after a sign that something is left out.
fn shortened_left(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let kept = text.chars().skip(count - most.saturating_sub(1));
    std::iter::once('…').chain(kept).collect()
}

/// The first `most` characters of a text, before a sign that something is left out.
fn shortened_right(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept = text.chars().take(most.saturating_sub(1));
    kept.chain(std::iter::once('…')).collect()
}

/// Where the cells of a line begin and end, quotes included.
fn cells(line: &str) -> Vec<(usize, usize)> {
    let mut cells = Vec::new();
    let mut start = 0;
    let mut is_quoted = false;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted => {
                cells.push((start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    cells.push((start, line.len()));
    cells
}

/// What a cell of a header says.
fn unquoted(cell: &str) -> String {
    match cell
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) => inner.replace("\"\"", "\""),
        None => cell.to_owned(),
    }
}
