//! Guard: text that a spreadsheet would run as a formula, made plain by an apostrophe that reading takes off again.

use std::borrow::Cow;

/// The apostrophe that says "what follows is text" to every spreadsheet.
const GUARD: char = '\'';

/// `true` for text that a spreadsheet takes for a formula: after white space it begins with `=`, `+`, `-` or `@`,
/// also in full width, or it begins with a tab or a line end.
fn is_run(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text
            .trim_start()
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// The text of a cell: one apostrophe in front of what a spreadsheet would run, and of what has one already.
///
/// ```
/// use plimsoll::plan_files::{guarded, unguarded};
/// assert_eq!(guarded("=1+1"), "'=1+1");
/// assert_eq!(guarded("Chicago"), "Chicago");
/// assert_eq!(guarded("'t Gooi"), "''t Gooi");
/// assert_eq!(unguarded(&guarded("'t Gooi")), "'t Gooi");
/// ```
pub fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(GUARD) || is_run(text) {
        Cow::Owned(format!("{GUARD}{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that a cell means: without the apostrophe that [`guarded`] puts in front.
///
/// Text that needed one and has none, as a hand may write it, is taken as it is.
///
/// ```
/// use plimsoll::plan_files::unguarded;
/// assert_eq!(unguarded("'=1+1"), "=1+1");
/// assert_eq!(unguarded("=1+1"), "=1+1");
/// assert_eq!(unguarded("'t Gooi"), "'t Gooi");
/// ```
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix(GUARD) {
        Some(rest) if rest.starts_with(GUARD) || is_run(rest) => rest,
        _ => text,
    }
}
