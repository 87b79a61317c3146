//! The checked keys of one table, from one layer or several.

use super::findings::{Findings, Spot};
use super::schema::{Key, keys_of};
use crate::diagnostic::Code;
use crate::model::Word;
use jiff::{Timestamp, tz::Offset};
use std::collections::BTreeMap;

/// A required key is missing.
pub(crate) const MISSING: Code = Code("P4005");

/// A value whose shape is right.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A name, or a word of a list.
    Text(String),
    /// A point in time and the offset in which it was written.
    Instant(Timestamp, Offset),
    /// A finite number within its bounds.
    Number(f64),
    /// A whole number that is large enough.
    Whole(u32),
    /// `true` or `false`.
    Flag(bool),
    /// A list without repetition, each with its line.
    List(Vec<(String, Spot)>),
    /// Shares by name.
    Shares(BTreeMap<String, Field>),
}

/// What stands at a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// `None` if it had an error, which has been reported.
    pub(super) value: Option<Value>,
    /// Where.
    pub(super) spot: Spot,
    /// As written.
    pub(super) quote: String,
}

/// The checked keys of one table.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Table {
    /// Where it begins.
    pub(super) spot: Spot,
    /// By key.
    pub(super) fields: BTreeMap<&'static str, Field>,
}

impl Table {
    /// Takes over every key of a later layer; shares by name, all else whole.
    pub(super) fn overlay(&mut self, later: Self) {
        if self.fields.is_empty() {
            self.spot = later.spot;
        }
        for (key, field) in later.fields {
            let Some(earlier) = self.fields.get_mut(key) else {
                self.fields.insert(key, field);
                continue;
            };
            match (&mut earlier.value, field.value) {
                (Some(Value::Shares(shares)), Some(Value::Shares(more))) => shares.extend(more),
                (_, value) => *earlier = Field { value, ..field },
            }
        }
    }

    /// What stands at `key`, right or wrong.
    pub(super) fn field(&self, key: &str) -> Option<&Field> {
        self.fields.get(key)
    }

    /// `true` if something stands at `key`, right or wrong.
    pub(super) fn is_written(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// `true` if something stands at `key` that had an error.
    pub(super) fn is_broken(&self, key: &str) -> bool {
        self.field(key).is_some_and(|field| field.value.is_none())
    }

    /// Where `key` stands, or would stand.
    pub(super) fn spot_of(&self, key: &Key) -> Spot {
        self.field(&key.name)
            .map_or_else(|| self.spot.about(&key.path()), |field| field.spot.clone())
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.field(key)?.value.as_ref()
    }

    /// The name or word at `key`.
    pub(super) fn name(&self, key: &str) -> Option<&str> {
        match self.value(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What the word at `key` stands for, or else the standard.
    pub(super) fn choice<T: Word>(&self, key: &str, standard: T) -> T {
        self.name(key).and_then(T::of_word).unwrap_or(standard)
    }

    /// The instant at `key`, and the offset in which it is written.
    pub(super) fn instant(&self, key: &str) -> Option<(Timestamp, Offset)> {
        match self.value(key)? {
            Value::Instant(instant, offset) => Some((*instant, *offset)),
            _ => None,
        }
    }

    /// The number at `key`.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        match self.value(key)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The whole number at `key`.
    pub(super) fn whole(&self, key: &str) -> Option<u32> {
        match self.value(key)? {
            Value::Whole(whole) => Some(*whole),
            _ => None,
        }
    }

    /// The answer at `key`.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        match self.value(key)? {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The list at `key`.
    pub(super) fn list(&self, key: &str) -> Option<&[(String, Spot)]> {
        match self.value(key)? {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The shares at `key`.
    pub(super) fn shares(&self, key: &str) -> Option<&BTreeMap<String, Field>> {
        match self.value(key)? {
            Value::Shares(shares) => Some(shares),
            _ => None,
        }
    }
}

/// Rule: every required key of `[table]` is there.
pub(super) fn require_keys(of: &str, table: &Table, findings: &mut Findings) {
    for key in keys_of(of).filter(|key| key.required == "yes") {
        require(table, key, findings);
    }
}

/// Rule: this key is there.
pub(super) fn require(table: &Table, key: &Key, findings: &mut Findings) {
    if !table.is_written(&key.name) {
        findings.error(
            MISSING,
            &table.spot_of(key),
            "nothing",
            key.shape.expected(),
            format!("add `{} = {}`", key.name, key.example()),
        );
    }
}
