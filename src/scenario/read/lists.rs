//! Values that hold several: lists of words or names, shares by resource.

use super::findings::{Findings, Spot};
use super::number::read_target;
use super::schema::{Key, Shape};
use super::source::Source;
use super::table::{Field, Value};
use super::value::{read_name, read_word, refuse_type};
use crate::diagnostic::Code;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// A list that names something twice.
pub(crate) const TWICE: Code = Code("P4011");
/// A list with nothing in it.
pub(crate) const EMPTY: Code = Code("P4012");

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
