//! Source: the files of a folder as bytes, and what is wrong with them before any row is read.

use super::findings::{Findings, place, quoted};
use super::schema::{self, LATER_FILES, TABLES};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Place};
use std::collections::BTreeMap;

/// A required file is missing.
pub(crate) const MISSING_FILE: Code = Code("P1001");
/// A file that no reader knows (a warning).
pub(crate) const UNKNOWN_FILE: Code = Code("P1002");
/// The same file name twice.
pub(crate) const REPEATED_FILE: Code = Code("P1003");
/// A file that is not UTF-8.
pub(crate) const NOT_UTF8: Code = Code("P1004");
/// A file of 4 GiB or more.
pub(crate) const FILE_TOO_LARGE: Code = Code("P1005");
/// A quote where RFC 4180 has none, or one that is never closed.
pub(crate) const STRAY_QUOTE: Code = Code("P1202");

/// A line that ends with a carriage return alone.
pub(crate) const LONE_RETURN: Code = Code("P1203");

/// A spreadsheet or an archive where a table is to be read.
pub(crate) const SPREADSHEET: Code = Code("P1009");
/// Columns that something else than commas separates.
pub(crate) const OTHER_DELIMITER: Code = Code("P1204");

/// How files begin that spreadsheets keep by themselves, and what these are called.
const SPREADSHEETS: [(&[u8], &str); 2] = [
    (
        b"PK\x03\x04",
        "a spreadsheet (.xlsx, .ods) or another zip archive",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "a spreadsheet (.xls) or another Office file",
    ),
];

/// What separates columns where commas do not.
const OTHER_DELIMITERS: [(char, &str); 3] =
    [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")];

/// One file of the inventory folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// File name without its folder, such as `shards.csv`.
    pub name: String,
    /// What stands in it. Of files that the inventory does not know only the name matters.
    pub bytes: Vec<u8>,
}

/// The files that the inventory knows, each sound enough to be read row by row.
#[derive(Debug)]
pub(crate) struct Folder<'f> {
    texts: BTreeMap<&'static str, &'f str>,
}

impl<'f> Folder<'f> {
    /// The readable files among `files`; what is wrong with the others is a finding.
    pub(crate) fn open(files: &'f [SourceFile], findings: &mut Findings) -> Self {
        let mut texts = BTreeMap::new();
        let is_table = |source_file: &SourceFile| schema::table(&source_file.name).is_some();
        let of_all = files.iter().find(|file| is_sheet(&file.name));
        if let Some(sheet) = of_all.filter(|_| !files.iter().any(is_table)) {
            findings.error(
                SPREADSHEET,
                Place::whole(&sheet.name),
                "a spreadsheet, and no table beside it",
                "a CSV file for each table, such as `shards.csv`",
                "save each sheet as CSV (in a spreadsheet: `CSV UTF-8`) under the name of its table",
            );
            return Self { texts };
        }
        for table in TABLES.iter() {
            let mut given = files.iter().filter(|file| file.name == table.file);
            let Some(file) = given.next() else {
                if table.is_required {
                    findings.error(
                        MISSING_FILE,
                        Place::whole(table.file),
                        "no such file",
                        "a file of this name in the inventory folder",
                        missing_file_hint(table, files),
                    );
                }
                continue;
            };
            if given.next().is_some() {
                findings.error(
                    REPEATED_FILE,
                    Place::whole(table.file),
                    "the same name twice",
                    "one file of this name",
                    "remove one of the two",
                );
            }
            if let Some(text) = text(table, &file.bytes, findings) {
                texts.insert(table.file, text);
            }
        }
        warn_of_unknown_files(files, findings);
        Self { texts }
    }

    /// The text of a file without its byte-order mark; `None` if it is absent or unreadable.
    pub(crate) fn text(&self, file: &str) -> Option<&'f str> {
        self.texts.get(file).copied()
    }
}

/// What to do about a missing file: rename the one that is nearly called so, or write it.
fn missing_file_hint(table: &schema::Table, files: &[SourceFile]) -> String {
    let stem = table.file.trim_end_matches(".csv");
    if let Some(sheet) = files.iter().find(|file| is_sheet_of(&file.name, stem)) {
        return format!(
            "save `{}` as `{}` (in a spreadsheet: `CSV UTF-8`); a new name alone does not convert it",
            sheet.name, table.file
        );
    }
    let unknown = files
        .iter()
        .map(|file| file.name.as_str())
        .filter(|name| schema::table(name).is_none());
    match crate::diagnostic::nearest::likely(table.file, unknown) {
        Some(name) => format!("rename `{name}` if it is meant"),
        None => format!("add it; it holds {}", table.about),
    }
}

/// The text of a known file, if it is sound.
fn text<'f>(
    table: &'static schema::Table,
    bytes: &'f [u8],
    findings: &mut Findings,
) -> Option<&'f str> {
    let file = table.file;
    if bytes.len() >= u32::MAX as usize {
        findings.error(
            FILE_TOO_LARGE,
            Place::whole(file),
            format!("{} bytes", bytes.len()),
            "less than 4 GiB",
            "divide the inventory",
        );
        return None;
    }
    let mut spreadsheets = SPREADSHEETS.iter();
    if let Some((_, what)) = spreadsheets.find(|(start, _)| bytes.starts_with(start)) {
        findings.error(
            SPREADSHEET,
            Place::whole(file),
            format!("{what} of that name"),
            "text: a CSV file in UTF-8",
            "open it and save the sheet as CSV (in a spreadsheet: `CSV UTF-8`); a new ending alone does not convert it",
        );
        return None;
    }
    if is_utf16(bytes) {
        findings.error(
            NOT_UTF8,
            place(file, 1, None),
            "text in UTF-16",
            "text in UTF-8",
            "save the file as UTF-8 (in a spreadsheet: `CSV UTF-8`, not `Unicode text`)",
        );
        return None;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            findings.error(
                NOT_UTF8,
                place(file, line_at(before), None),
                "bytes that are not UTF-8",
                "text in UTF-8",
                "save the file as UTF-8 (in a spreadsheet: `CSV UTF-8`)",
            );
            return None;
        }
    };
    if let Some(line) = lone_return(bytes) {
        findings.error(
            LONE_RETURN,
            place(file, line, None),
            "a carriage return without a line feed",
            "lines that end with LF or CRLF",
            "save the file with line ends of Unix or Windows",
        );
        return None;
    }
    // Quotes stand elsewhere where something else separates columns.
    if !has_commas(table, text, findings) {
        return None;
    }
    if let Some((line, found)) = stray_quote(bytes) {
        findings.error(
            STRAY_QUOTE,
            place(file, line, None),
            found.to_owned(),
            "quotes around a whole cell, and doubled inside it",
            "write \"a \"\"b\"\" c\" for a \"b\" c, and close every quote",
        );
        return None;
    }
    Some(text)
}

/// `true` for UTF-16: by its mark, or because one of the first two letters of a header is half a zero.
fn is_utf16(bytes: &[u8]) -> bool {
    let is_marked = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    is_marked || matches!(bytes, [_, 0, _, 0, ..] | [0, _, 0, _, ..])
}

/// Rule: commas separate columns. `false` after the one finding that there is about the whole file.
fn has_commas(table: &schema::Table, text: &str, findings: &mut Findings) -> bool {
    let mut lines = text.lines().enumerate();
    let Some((index, header)) = lines.find(|(_, line)| !line.is_empty()) else {
        return true;
    };
    let is_column = |name: &str| {
        let name = name.trim_matches(['"', ' ']);
        table
            .columns
            .iter()
            .any(|column| column.name.eq_ignore_ascii_case(name))
    };
    // A spreadsheet's note to itself on what separates columns.
    let note = header.trim_end_matches(',').trim_matches('"');
    if note.len() == 5 && note[..4].eq_ignore_ascii_case("sep=")
        || note.eq_ignore_ascii_case("sep=")
    {
        findings.error(
            OTHER_DELIMITER,
            place(table.file, index as u64 + 1, None),
            format!("{}, a note for spreadsheets", quoted(header)),
            "the header row, and columns separated by commas",
            "remove this line; where it does not say `sep=,` save the file as CSV with commas",
        );
        return false;
    }
    let known = |delimiter: char| {
        header
            .split(delimiter)
            .filter(|name| is_column(name))
            .count()
    };
    let others = OTHER_DELIMITERS.iter();
    let other = others
        .copied()
        .find(|(delimiter, _)| header.contains(*delimiter) && known(*delimiter) > known(','));
    let Some((delimiter, words)) = other else {
        return true;
    };
    let is_decimal = |cell: &str| {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let cell = cell.trim_start_matches('-');
        cell.split_once(',')
            .is_some_and(|(before, after)| digits(before) && digits(after))
    };
    let mut cells = lines.flat_map(|(_, line)| line.split(delimiter));
    let decimals = match cells.find(|cell| is_decimal(cell)) {
        Some(cell) => format!(", and decimal commas, such as {}", quoted(cell)),
        None => String::new(),
    };
    findings.error(
        OTHER_DELIMITER,
        place(table.file, index as u64 + 1, None),
        format!("columns separated by {words}{decimals}"),
        "columns separated by commas, and decimals with a point",
        "save it as CSV with commas: in a spreadsheet set an English locale, and save as `CSV UTF-8`",
    );
    false
}

/// The line, counted from 1, on which the text after `before` goes on.
fn line_at(before: &[u8]) -> u64 {
    before.split(|byte| *byte == b'\n').count() as u64
}

/// The line of the first carriage return that no line feed follows.
fn lone_return(bytes: &[u8]) -> Option<u64> {
    if !bytes.contains(&b'\r') {
        return None;
    }
    let followed = bytes.iter().skip(1).map(Some).chain([None]);
    let at = bytes
        .iter()
        .zip(followed)
        .position(|(byte, next)| *byte == b'\r' && next != Some(&b'\n'))?;
    Some(line_at(&bytes[..at]))
}

/// Where and how the quotes of a CSV text break RFC 4180, if they do.
fn stray_quote(bytes: &[u8]) -> Option<(u64, &'static str)> {
    if !bytes.contains(&b'"') {
        return None;
    }
    let mut line = 1;
    let mut at = 0;
    let mut is_start = true;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' if is_start => {
                let opened_on = line;
                loop {
                    match bytes.get(at) {
                        None => return Some((opened_on, "a quote that is never closed")),
                        Some(b'"') if bytes.get(at + 1) == Some(&b'"') => at += 2,
                        Some(b'"') => break,
                        Some(b'\n') => {
                            line += 1;
                            at += 1;
                        }
                        Some(_) => at += 1,
                    }
                }
                at += 1;
                if !matches!(bytes.get(at), None | Some(b',' | b'\r' | b'\n')) {
                    return Some((opened_on, "text after a closing quote"));
                }
                is_start = false;
            }
            b'"' => return Some((line, "a quote inside a cell without quotes")),
            b'\n' => {
                line += 1;
                is_start = true;
            }
            b',' | b'\r' => is_start = true,
            _ => is_start = false,
        }
    }
    None
}

/// Warns of files that are not read, except for those that often lie beside an inventory and are plainly no tables:
/// scenarios (`.toml`), documents (`.md`), hidden files, and `.json` unless it is named like a table.
fn warn_of_unknown_files(files: &[SourceFile], findings: &mut Findings) {
    let mut names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names.iter().copied() {
        if is_companion(name) || schema::table(name).is_some() {
            continue;
        }
        // The finding of the missing table names it.
        let mut missing = TABLES
            .iter()
            .filter(|table| !names.contains(&table.file) && table.is_required);
        if missing.any(|table| is_sheet_of(name, table.file.trim_end_matches(".csv"))) {
            continue;
        }
        let known = TABLES.iter().map(|table| table.file);
        let hint = if LATER_FILES.contains(&name) {
            "nothing to do: a later version will read it".to_owned()
        } else if is_sheet(name) {
            "save each sheet as CSV (in a spreadsheet: `CSV UTF-8`) under the name of its table"
                .to_owned()
        } else {
            format!(
                "the nearest known name is `{}`; files of other names are not read",
                nearest(name, known).unwrap_or("shards.csv")
            )
        };
        findings.warning(
            UNKNOWN_FILE,
            Place::whole(name),
            "a file that is not known",
            "files of the inventory",
            hint,
        );
    }
}

/// `true` for a spreadsheet, by its ending.
fn is_sheet(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut endings = [".xlsx", ".xls", ".ods"].iter();
    endings.any(|ending| name.ends_with(ending))
}

/// `true` for a spreadsheet with the name of a table.
fn is_sheet_of(name: &str, stem: &str) -> bool {
    let text = name.rsplit_once('.').map_or(name, |pair| pair.0);
    is_sheet(name) && text.eq_ignore_ascii_case(stem)
}

/// `true` for files that are plainly no tables. `shards.json` may be a table that somebody exported.
fn is_companion(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_table = |stem: &str| schema::table(&format!("{stem}.csv")).is_some();
    name.starts_with('.')
        || [".toml", ".md"].iter().any(|ending| name.ends_with(ending))
        || name
            .strip_suffix(".json")
            .is_some_and(|stem| !is_table(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_follow_rfc_4180() {
        for sound in ["a,b\n", "\"a\",\"b\"\r\n", "\"a\nb\"\"c\",\"\"", "a,\"\""] {
            assert_eq!(stray_quote(sound.as_bytes()), None, "{sound}");
        }
        assert_eq!(
            stray_quote(b"a\n\"b\nc"),
            Some((2, "a quote that is never closed"))
        );
        assert_eq!(
            stray_quote(b"\"a\"b"),
            Some((1, "text after a closing quote"))
        );
        assert_eq!(
            stray_quote(b"a\nb\"c\""),
            Some((2, "a quote inside a cell without quotes"))
        );
    }
}
