//! Text from the user's files, made harmless where it is shown.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with everything that moves the cursor, turns the reading direction or cannot stand in XML
/// written out as `\u{…}`; ordinary text, right-to-left scripts included, stays as it is.
///
/// ```
/// use plimsoll::report::text::visible;
/// assert_eq!(visible("San José"), "San José");
/// assert_eq!(visible("red\u{1b}[31m"), r"red\u{1b}[31m");
/// assert_eq!(visible("a\nb"), r"a\nb");
/// assert_eq!(visible("gpj.\u{202e}exe"), r"gpj.\u{202e}exe");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            hidden if is_hidden(hidden) => {
                // Writing to a string does not fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(hidden));
            }
            plain => shown.push(plain),
        }
    }
    Cow::Owned(shown)
}

/// The text with each percent sign tied to its number.
pub(super) fn glued(text: &str) -> String {
    text.replace(" %", "\u{a0}%")
}

pub(super) fn unglued(text: &str) -> String {
    text.replace("\u{a0}%", " %")
}

/// JSON that means the same, with what [`visible`] would write out escaped by its four hexadecimal digits.
///
/// Control characters within JSON strings are escaped already; this is for the direction marks and other hidden
/// characters that JSON lets pass and a terminal obeys.
///
/// ```
/// use plimsoll::report::text::json;
/// assert_eq!(json("{\"id\": \"gpj.\u{202e}exe\"}\n"), "{\"id\": \"gpj.\\u202eexe\"}\n");
/// assert_eq!(json("\"\u{e0041}\""), "\"\\udb40\\udc41\"");
/// ```
pub fn json(text: &str) -> Cow<'_, str> {
    let is_bare =
        |character: char| is_hidden(character) && !matches!(character, '\n' | '\r' | '\t');
    if !text.chars().any(is_bare) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_bare(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// The text with `&`, `<`, `>` and both quotes as XML entities.
///
/// ```
/// use plimsoll::report::text::xml;
/// assert_eq!(xml("<b title=\"x\">&"), "&lt;b title=&quot;x&quot;&gt;&amp;");
/// ```
pub fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// `true` for control characters, line and paragraph separators, direction overrides and isolates, marks of
/// no width that hide in names, and the non-characters that XML does not allow.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fffe}'..='\u{ffff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}
