//! The shape of one value: its type, its bounds, its words; lists of words or names, shares by resource.

use super::findings::{Findings, Spot};
use super::names::hint_nearest;
use super::number::{read_number, read_target, read_whole};
use super::schema::{Key, Shape};
use super::source::Source;
use super::table::{Field, Value};
use crate::diagnostic::Code;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};
use toml::value::{Datetime, Offset as TomlOffset};

/// A value of another type than the key has.
pub(crate) const WRONG_TYPE: Code = Code("P4004");
/// A word that is none of those which a key allows.
pub(crate) const UNKNOWN_WORD: Code = Code("P4007");
/// A name that is empty, too long or has control characters.
pub(crate) const BAD_NAME: Code = Code("P4008");
/// A date and time that is no instant.
pub(crate) const BAD_INSTANT: Code = Code("P4009");
/// A date and time without offset.
pub(crate) const NO_OFFSET: Code = Code("P4010");
/// A list that names something twice.
pub(crate) const TWICE: Code = Code("P4011");
/// A list with nothing in it.
pub(crate) const EMPTY: Code = Code("P4012");

/// More characters than this are no name.
const LONGEST_NAME: usize = 128;

/// The value at `key`, or `None` after a finding.
pub(super) fn read_value(
    key: &'static Key,
    value: &Spanned<DeValue<'_>>,
    spot: &Spot,
    source: &Source<'_>,
    findings: &mut Findings,
) -> Option<Value> {
    let quote = format!("`{}`", source.quote(value.span()));
    match (&key.shape, value.get_ref()) {
        (Shape::Name, DeValue::String(text)) => read_name(text, spot, &quote, findings),
        (Shape::Word(words), DeValue::String(text)) => {
            read_word(text, words, spot, &quote, findings)
        }
        (Shape::Instant, DeValue::Datetime(written)) => {
            read_instant(written, spot, &quote, findings)
        }
        (Shape::Flag, DeValue::Boolean(flag)) => Some(Value::Flag(*flag)),
        (Shape::Number(bounds, words), DeValue::Integer(_) | DeValue::Float(_)) => {
            read_number(value.get_ref(), *bounds, words, spot, &quote, findings).map(Value::Number)
        }
        (Shape::Whole(least), DeValue::Integer(_)) => {
            read_whole(value.get_ref(), *least, spot, &quote, findings).map(Value::Whole)
        }
        (Shape::Words(_) | Shape::Names(_), DeValue::Array(items)) => {
            read_list(key, items, spot, source, findings)
        }
        (Shape::Shares(..), DeValue::Table(table)) => {
            Some(read_shares(key, table, source, findings))
        }
        _ => {
            let expected = key.shape.expected();
            refuse_type(key, expected, value.get_ref(), spot, &quote, findings);
            None
        }
    }
}

/// Rule: a value has the type of its key.
pub(super) fn refuse_type(
    key: &Key,
    expected: impl Into<String>,
    value: &DeValue<'_>,
    spot: &Spot,
    quote: &str,
    findings: &mut Findings,
) {
    let article = match value {
        DeValue::Integer(_) | DeValue::Array(_) => "an",
        _ => "a",
    };
    findings.error(
        WRONG_TYPE,
        spot,
        format!("{quote}, {article} {}", value.type_str()),
        expected,
        format!("write it as in `{} = {}`", key.name, key.example()),
    );
}

/// Rule: a name is not empty, at most 128 characters long and without control characters.
pub(super) fn read_name(
    text: &str,
    spot: &Spot,
    quote: &str,
    findings: &mut Findings,
) -> Option<Value> {
    let is_name = !text.is_empty()
        && text.chars().count() <= LONGEST_NAME
        && !text.chars().any(char::is_control);
    if !is_name {
        findings.error(
            BAD_NAME,
            spot,
            quote,
            "a name of 1 to 128 characters without control characters",
            "write a short name in one line",
        );
        return None;
    }
    Some(Value::Text(text.to_owned()))
}

/// Rule: a word is one of those that the key allows.
pub(super) fn read_word(
    text: &str,
    words: &[String],
    spot: &Spot,
    quote: &str,
    findings: &mut Findings,
) -> Option<Value> {
    if !words.iter().any(|word| word == text) {
        findings.error(
            UNKNOWN_WORD,
            spot,
            quote,
            format!("one of {}", words.join(", ")),
            hint_nearest(
                text,
                words.iter().map(String::as_str),
                "write one of those words",
            ),
        );
        return None;
    }
    Some(Value::Text(text.to_owned()))
}

/// Rule: an instant has a date and is in the calendar. A date alone is its midnight; without an offset it is UTC.
fn read_instant(
    written: &Datetime,
    spot: &Spot,
    quote: &str,
    findings: &mut Findings,
) -> Option<Value> {
    let offset = written.offset.map_or(Some(Offset::UTC), offset_of);
    let instant = civil(written)
        .zip(offset)
        .and_then(|(civil, offset)| Some((offset.to_timestamp(civil).ok()?, offset)));
    let Some((instant, offset)) = instant else {
        findings.error(
            BAD_INSTANT,
            spot,
            quote,
            "a date with time and offset",
            "write it as in `2012-11-13T09:08:00-08:00`",
        );
        return None;
    };
    if written.offset.is_none() {
        warn_of_offset(instant, spot, quote, findings);
    }
    Some(Value::Instant(instant, offset))
}

/// Rule: an instant says its offset; without one UTC is assumed, and said so.
fn warn_of_offset(instant: jiff::Timestamp, spot: &Spot, quote: &str, findings: &mut Findings) {
    findings.warning(
        NO_OFFSET,
        spot,
        format!("{quote}, without an offset"),
        "an offset such as -08:00 or Z",
        format!("UTC is assumed: write {instant}, or what you mean"),
    );
}

/// Date and time as written; midnight for a date alone.
fn civil(written: &Datetime) -> Option<DateTime> {
    let date = written.date?;
    let date = Date::new(
        i16::try_from(date.year).ok()?,
        i8::try_from(date.month).ok()?,
        i8::try_from(date.day).ok()?,
    );
    let time = written.time.map_or(Ok(Time::midnight()), |time| {
        Time::new(
            i8::try_from(time.hour).unwrap_or(i8::MAX),
            i8::try_from(time.minute).unwrap_or(i8::MAX),
            i8::try_from(time.second.unwrap_or(0)).unwrap_or(i8::MAX),
            i32::try_from(time.nanosecond.unwrap_or(0)).unwrap_or(i32::MAX),
        )
    });
    Some(date.ok()?.to_datetime(time.ok()?))
}

fn offset_of(offset: TomlOffset) -> Option<Offset> {
    match offset {
        TomlOffset::Z => Some(Offset::UTC),
        TomlOffset::Custom { minutes } => Offset::from_seconds(i32::from(minutes) * 60).ok(),
    }
}

/// A list of words or names, each at most once; `None` after a finding.
pub(super) fn read_list(
    key: &'static Key,
    items: &DeArray<'_>,
    spot: &Spot,
    source: &Source<'_>,
    findings: &mut Findings,
) -> Option<Value> {
    if items.is_empty() {
        refuse_empty(key, spot, findings);
        return None;
    }
    let read: Vec<_> = items
        .iter()
        .map(|item| read_item(key, item, source, findings))
        .collect();
    let is_whole = read.iter().all(Option::is_some);
    let list: Vec<(String, Spot)> = read.into_iter().flatten().collect();
    let is_clean = has_no_repetition(&list, findings);
    (is_whole && is_clean).then_some(Value::List(list))
}

/// Rule: a list that is written has something in it.
fn refuse_empty(key: &Key, spot: &Spot, findings: &mut Findings) {
    findings.error(
        EMPTY,
        spot,
        "an empty list",
        key.shape.expected(),
        format!("leave the key out for its default: {}", key.default),
    );
}

/// One word or name of a list.
fn read_item(
    key: &'static Key,
    item: &Spanned<DeValue<'_>>,
    source: &Source<'_>,
    findings: &mut Findings,
) -> Option<(String, Spot)> {
    let spot = source.spot(&item.span(), Some(key.path()));
    let quote = format!("`{}`", source.quote(item.span()));
    let value = match (item.get_ref(), &key.shape) {
        (DeValue::String(text), Shape::Words(words)) => {
            read_word(text, words, &spot, &quote, findings)
        }
        (DeValue::String(text), _) => read_name(text, &spot, &quote, findings),
        (other, _) => {
            refuse_type(key, "a word in quotes", other, &spot, &quote, findings);
            None
        }
    };
    match value {
        Some(Value::Text(text)) => Some((text, spot)),
        _ => None,
    }
}

/// Rule: a list names nothing twice.
fn has_no_repetition(list: &[(String, Spot)], findings: &mut Findings) -> bool {
    let mut seen = BTreeSet::new();
    let mut is_clean = true;
    for (word, spot) in list {
        if !seen.insert(word) {
            findings.error(
                TWICE,
                spot,
                format!("`\"{word}\"` a second time"),
                "each at most once",
                "remove one of them",
            );
            is_clean = false;
        }
    }
    is_clean
}

/// Shares by name; those with errors are reported and stand as such.
pub(super) fn read_shares(
    key: &Key,
    table: &DeTable<'_>,
    source: &Source<'_>,
    findings: &mut Findings,
) -> Value {
    let mut shares = BTreeMap::new();
    for (name, value) in table {
        let path = format!("{}.{}", key.path(), source.quote(name.span()));
        let spot = source.spot(&name.span(), Some(path));
        let name_quote = format!("`{}`", source.quote(name.span()));
        if read_name(name.get_ref(), &spot, &name_quote, findings).is_none() {
            continue;
        }
        let quote = format!("`{}`", source.quote(value.span()));
        let share = match value.get_ref() {
            number @ (DeValue::Integer(_) | DeValue::Float(_)) => {
                read_target(number, &spot, &quote, findings)
            }
            other => {
                refuse_type(
                    key,
                    "a share from 0 to under 1",
                    other,
                    &spot,
                    &quote,
                    findings,
                );
                None
            }
        };
        let field = Field {
            value: share.map(Value::Number),
            spot,
            quote,
        };
        shares.insert(name.get_ref().to_string(), field);
    }
    Value::Shares(shares)
}
