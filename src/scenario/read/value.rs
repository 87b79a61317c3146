//! The shape of one value: its type, its bounds, its words; lists of words or names, shares by resource.

use super::findings::{Findings, Source, Spot};
use super::names::hint_nearest;
use super::schema::{Bounds, Key, Shape};
use super::table::{Field, Value};
use crate::diagnostic::Code;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};
use toml::value::{Datetime, Offset as TomlOffset};

/// A value of another type than the key has.
pub(crate) const WRONG_TYPE: Code = Code("P4004");
/// A number outside the bounds of its key.
pub(crate) const OUT_OF_BOUNDS: Code = Code("P4006");
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

/// What to do about a share out of bounds.
const SHARE_HINT: &str = "write a share as a fraction: 0.2 for 20 %";
/// What to do about another number out of bounds.
const NUMBER_HINT: &str = "write a number within these bounds, or leave the key out";

/// What a headroom target, or another share of its kind, may be.
const TARGET: &str = "a share from 0 to under 1";

/// Where a value stands, and what is said about it.
struct At<'a> {
    key: &'static Key,
    spot: Spot,
    /// As written, in backquotes.
    quote: String,
    source: &'a Source<'a>,
    findings: &'a mut Findings,
}

/// The value at `key`, or `None` after a finding.
pub(super) fn read_value(
    key: &'static Key,
    value: &Spanned<DeValue<'_>>,
    spot: &Spot,
    source: &Source<'_>,
    findings: &mut Findings,
) -> Option<Value> {
    let mut at = At {
        key,
        spot: spot.clone(),
        quote: format!("`{}`", source.quote(value.span())),
        source,
        findings,
    };
    match (&key.shape, value.get_ref()) {
        (Shape::Name, DeValue::String(text)) => at.name(text).map(Value::Text),
        // Its rules need its kind: `commands.rs` has them.
        (Shape::Command, DeValue::String(text)) => Some(Value::Text(text.to_string())),
        (Shape::Word(words), DeValue::String(text)) => at.word(text, words).map(Value::Text),
        (Shape::Instant, DeValue::Datetime(written)) => at.instant(written),
        (Shape::Flag, DeValue::Boolean(flag)) => Some(Value::Flag(*flag)),
        (Shape::Number(bounds, words), number @ (DeValue::Integer(_) | DeValue::Float(_))) => {
            at.number(number, *bounds, words).map(Value::Number)
        }
        (Shape::Whole(least), number @ DeValue::Integer(_)) => {
            at.whole(number, *least).map(Value::Whole)
        }
        (Shape::Words(_) | Shape::Names(_), DeValue::Array(items)) => at.list(items),
        (Shape::Shares(..), DeValue::Table(table)) => Some(at.shares(table)),
        (_, other) => at.refuse_type(key.shape.expected(), other),
    }
}

impl At<'_> {
    /// Another value, which belongs to the same key.
    fn within(&mut self, span: Range<usize>, spot: Spot) -> At<'_> {
        At {
            key: self.key,
            spot,
            quote: format!("`{}`", self.source.quote(span)),
            source: self.source,
            findings: self.findings,
        }
    }

    /// Reports what is written.
    fn refuse<T>(
        &mut self,
        code: Code,
        expected: impl Into<String>,
        hint: impl Into<String>,
    ) -> Option<T> {
        self.findings
            .error(code, &self.spot, &self.quote, expected, hint);
        None
    }

    /// Rule: a value has the type of its key.
    fn refuse_type<T>(&mut self, expected: impl Into<String>, value: &DeValue<'_>) -> Option<T> {
        let article = match value {
            DeValue::Integer(_) | DeValue::Array(_) => "an",
            _ => "a",
        };
        let found = format!("{}, {article} {}", self.quote, value.type_str());
        let hint = format!(
            "write it as in `{} = {}`",
            self.key.name,
            self.key.example()
        );
        self.findings
            .error(WRONG_TYPE, &self.spot, found, expected, hint);
        None
    }

    /// Rule: a name is not empty, at most 128 characters long and without control characters.
    fn name(&mut self, text: &str) -> Option<String> {
        let is_name = !text.is_empty()
            && text.chars().count() <= LONGEST_NAME
            && !text.chars().any(char::is_control);
        if is_name {
            return Some(text.to_owned());
        }
        self.refuse(
            BAD_NAME,
            "a name of 1 to 128 characters without control characters",
            "write a short name in one line",
        )
    }

    /// Rule: a word is one of those that the key allows.
    fn word(&mut self, text: &str, words: &[String]) -> Option<String> {
        if words.iter().any(|word| word == text) {
            return Some(text.to_owned());
        }
        let known = words.iter().map(String::as_str);
        let hint = hint_nearest(text, known, "write one of those words");
        self.refuse(UNKNOWN_WORD, format!("one of {}", words.join(", ")), hint)
    }

    /// Rule: a number is finite and within the bounds of its key.
    fn number(&mut self, value: &DeValue<'_>, bounds: Bounds, expected: &str) -> Option<f64> {
        let Some(number) = finite(value).filter(|number| bounds.holds(*number)) else {
            let hint = if bounds.is_share() {
                SHARE_HINT
            } else {
                NUMBER_HINT
            };
            return self.refuse(OUT_OF_BOUNDS, expected, hint);
        };
        // -0.0 is 0 and is printed so.
        Some(number + 0.0)
    }

    /// Rule: a headroom target is a share that leaves something to use.
    fn target(&mut self, value: &DeValue<'_>) -> Option<f64> {
        match finite(value).filter(|share| (0.0..1.0).contains(share)) {
            Some(target) => Some(target + 0.0),
            None => self.refuse(OUT_OF_BOUNDS, TARGET, SHARE_HINT),
        }
    }

    /// Rule: a count is a whole number, and large enough.
    fn whole(&mut self, value: &DeValue<'_>, least: u32) -> Option<u32> {
        let whole = match value {
            DeValue::Integer(integer) => {
                u32::from_str_radix(integer.as_str(), integer.radix()).ok()
            }
            _ => None,
        };
        let whole = whole.filter(|whole| *whole >= least);
        whole.or_else(|| {
            let expected = format!("a whole number of {least} or more");
            self.refuse(OUT_OF_BOUNDS, expected, NUMBER_HINT)
        })
    }

    /// Rules: an instant has a date and is in the calendar; a date alone is its midnight. It says its offset; without one
    /// UTC is assumed, and said so.
    fn instant(&mut self, written: &Datetime) -> Option<Value> {
        let offset = written.offset.map_or(Some(Offset::UTC), offset_of);
        let instant = civil(written)
            .zip(offset)
            .and_then(|(civil, offset)| Some((offset.to_timestamp(civil).ok()?, offset)));
        let Some((instant, offset)) = instant else {
            return self.refuse(
                BAD_INSTANT,
                "a date with time and offset",
                "write it as in `2012-11-13T09:08:00-08:00`",
            );
        };
        if written.offset.is_none() {
            self.warn_of_offset(instant);
        }
        Some(Value::Instant(instant, offset))
    }

    fn warn_of_offset(&mut self, instant: Timestamp) {
        let found = format!("{}, without an offset", self.quote);
        let expected = "an offset such as -08:00 or Z";
        let hint = format!("UTC is assumed: write {instant}, or the correct offset");
        self.findings
            .warning(NO_OFFSET, &self.spot, found, expected, hint);
    }

    /// A list of words or names, each at most once; `None` after a finding. Rule: it has something in it.
    fn list(&mut self, items: &DeArray<'_>) -> Option<Value> {
        if items.is_empty() {
            let hint = format!("leave the key out for its default: {}", self.key.default);
            let expected = self.key.shape.expected();
            self.findings
                .error(EMPTY, &self.spot, "an empty list", expected, hint);
            return None;
        }
        let read: Vec<_> = items.iter().map(|item| self.item(item)).collect();
        let is_whole = read.iter().all(Option::is_some);
        let list: Vec<(String, Spot)> = read.into_iter().flatten().collect();
        let is_clean = has_no_repetition(&list, self.findings);
        (is_whole && is_clean).then_some(Value::List(list))
    }

    /// One word or name of a list.
    fn item(&mut self, item: &Spanned<DeValue<'_>>) -> Option<(String, Spot)> {
        let spot = self.source.spot(&item.span(), Some(self.key.path()));
        let mut at = self.within(item.span(), spot.clone());
        let text = match (item.get_ref(), &at.key.shape) {
            (DeValue::String(text), Shape::Words(words)) => at.word(text, words),
            (DeValue::String(text), _) => at.name(text),
            (other, _) => at.refuse_type("a word in quotes", other),
        };
        text.map(|text| (text, spot))
    }

    /// Shares by name; those with errors are reported and stand as such.
    fn shares(&mut self, table: &DeTable<'_>) -> Value {
        let mut shares = BTreeMap::new();
        for (name, value) in table {
            let path = format!("{}.{}", self.key.path(), self.source.quote(name.span()));
            let spot = self.source.spot(&name.span(), Some(path));
            let mut at = self.within(name.span(), spot.clone());
            if at.name(name.get_ref()).is_none() {
                continue;
            }
            let mut at = self.within(value.span(), spot.clone());
            let share = match value.get_ref() {
                number @ (DeValue::Integer(_) | DeValue::Float(_)) => at.target(number),
                other => at.refuse_type(TARGET, other),
            };
            let field = Field {
                value: share.map(Value::Number),
                quote: at.quote,
                spot,
            };
            shares.insert(name.get_ref().to_string(), field);
        }
        Value::Shares(shares)
    }
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

/// The number, if it is one and finite.
fn finite(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Float(float) => float.as_str().parse().ok()?,
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok()?,
        DeValue::Integer(integer) => {
            u128::from_str_radix(integer.as_str(), integer.radix()).ok()? as f64
        }
        _ => return None,
    };
    Some(number).filter(|number: &f64| number.is_finite())
}
