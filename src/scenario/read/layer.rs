//! One layer: its TOML, its tables and keys; and how layers become one draft.

use super::brackets::unclosed;
use super::findings::{Findings, Source, Spot};
use super::names::hint_nearest;
use super::schema::{TABLES, header_of, is_list, keys_of};
use super::table::{Field, Table};
use super::value::read_value;
use crate::diagnostic::Code;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// The file is not TOML.
pub(crate) const NOT_TOML: Code = Code("P4001");
/// A table or key that no scenario has.
pub(crate) const UNKNOWN_KEY: Code = Code("P4002");
/// A table written as something else, or the reverse.
pub(crate) const NOT_A_TABLE: Code = Code("P4003");

/// How a surge says what it raises.
pub(super) const OF_USERS: &str =
    "a surge raises the demand of users: name their `client_region`, `profile` or `tenant`";

/// What stands in the layers, each key of the right shape or reported.
#[derive(Debug)]
pub(super) struct Draft {
    /// Those that are written, by name.
    tables: BTreeMap<&'static str, Table>,
    /// Tables of which there may be several, by name, in the order of the files.
    lists: BTreeMap<&'static str, Vec<Table>>,
    /// `false` if a layer is not TOML, or a table of it no table: what is missing may stand there.
    pub(super) is_readable: bool,
}

impl Draft {
    /// A draft with nothing in it.
    pub(super) fn empty() -> Self {
        Self {
            tables: BTreeMap::new(),
            lists: BTreeMap::new(),
            is_readable: true,
        }
    }

    /// The table of a name, if it is written.
    pub(super) fn written(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// The table of a name, as if it were written.
    pub(super) fn table(&self, name: &str) -> Cow<'_, Table> {
        self.written(name).map_or_else(Cow::default, Cow::Borrowed)
    }

    /// The tables of a name of which there may be several.
    pub(super) fn list(&self, name: &str) -> &[Table] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    /// Lays a later layer over this one.
    pub(super) fn add(&mut self, later: Self) {
        for (name, table) in later.tables {
            self.tables.entry(name).or_default().overlay(table);
        }
        for (name, tables) in later.lists {
            self.lists.entry(name).or_default().extend(tables);
        }
        self.is_readable &= later.is_readable;
    }
}

/// Reads one layer by itself.
pub(super) fn read_layer(source: &Source<'_>, findings: &mut Findings) -> Draft {
    let mut draft = Draft::empty();
    let (document, errors) = DeTable::parse_recoverable(source.text);
    if !errors.is_empty() {
        refuse_text(source, &errors, findings);
        draft.is_readable = false;
        return draft;
    }
    for (name, value) in document.get_ref() {
        let Some(known) = TABLES.into_iter().find(|text| text == name.get_ref()) else {
            refuse_unknown_table(name, source, findings);
            continue;
        };
        match value.get_ref() {
            DeValue::Table(content) if !is_list(known) => {
                let table = read_table(known, value, content, source, findings);
                draft.tables.insert(known, table);
            }
            DeValue::Array(items) if is_list(known) => {
                let tables = read_tables(known, items, source, findings);
                draft.lists.insert(known, tables);
            }
            _ => {
                refuse_table(known, value, source, findings);
                draft.is_readable = false;
            }
        }
    }
    draft
}

/// The tables of a list of them; what else stands in it is reported and left out.
fn read_tables(
    name: &str,
    items: &DeArray<'_>,
    source: &Source<'_>,
    findings: &mut Findings,
) -> Vec<Table> {
    let mut tables = Vec::new();
    for item in items {
        if let DeValue::Table(table) = item.get_ref() {
            tables.push(read_table(name, item, table, source, findings));
        } else {
            refuse_table(name, item, source, findings);
        }
    }
    tables
}

/// Rule: the file is TOML. Of several errors in a line the first is reported; of a bracket that nothing closes that alone, and
/// nothing of what stands after it.
fn refuse_text(source: &Source<'_>, errors: &[toml::de::Error], findings: &mut Findings) {
    let end = source.text.len()..source.text.len();
    let mut spots: Vec<Spot> = Vec::new();
    let open = unclosed(source.text);
    let last = open
        .as_ref()
        .map_or(usize::MAX, |unclosed| unclosed.span.start);
    for error in errors {
        let span = error.span().unwrap_or(end.clone());
        let spot = source.spot(&span, None);
        if span.start < last && !spots.contains(&spot) {
            let message = error.message().replace('\n', " ");
            let (what, expected) = message.split_once(", expected ").unwrap_or((&message, ""));
            let expected = if ["", "nothing"].contains(&expected) {
                "TOML"
            } else {
                expected
            };
            findings.error(
                NOT_TOML,
                &spot,
                format!("a syntax error: {what}"),
                expected,
                "put text in quotes and table names in brackets, and write each key once",
            );
            spots.push(spot);
        }
    }
    if let Some(open) = open {
        findings.error(
            NOT_TOML,
            &source.spot(&open.span, None),
            format!("a syntax error: `{}` is never closed", open.open),
            format!("`{}`", open.close),
            format!("close it with `{}` where its value ends", open.close),
        );
    }
}

/// Rule: a scenario has no other tables.
fn refuse_unknown_table(
    name: &Spanned<toml::de::DeString<'_>>,
    source: &Source<'_>,
    findings: &mut Findings,
) {
    let quote = source.quote(name.span());
    let mut keys = super::schema::keys().iter();
    let hint = match keys.find(|key| key.name == **name.get_ref()) {
        Some(key) => format!("`{}` belongs below {}", key.name, header_of(&key.table)),
        None => hint_nearest(name.get_ref(), TABLES.into_iter(), "remove it"),
    };
    findings.error(
        UNKNOWN_KEY,
        &source.spot(&name.span(), Some(quote)),
        "an unknown table",
        "[scenario], [policy], [[event]], [protect], [waves], [commands], [replay] or [[queued]]",
        hint,
    );
}

/// Rule: `[[event]]` and `[[queued]]` are lists of tables, all others are tables.
fn refuse_table(
    name: &str,
    value: &Spanned<DeValue<'_>>,
    source: &Source<'_>,
    findings: &mut Findings,
) {
    let header = header_of(name);
    findings.error(
        NOT_A_TABLE,
        &source.spot(&value.span(), Some(name.to_owned())),
        format!("`{}`", source.quote(value.span())),
        format!("a table {header}"),
        format!("begin it with a line {header}"),
    );
}

/// The keys of one table; unknown ones are reported and left out.
fn read_table(
    name: &str,
    whole: &Spanned<DeValue<'_>>,
    content: &DeTable<'_>,
    source: &Source<'_>,
    findings: &mut Findings,
) -> Table {
    let mut table = Table {
        spot: source.spot(&whole.span(), None),
        ..Table::default()
    };
    for (written, value) in content {
        let word: &str = written.get_ref();
        let Some(key) = keys_of(name).find(|key| key.name == word) else {
            refuse_unknown_key((name, content), word, &written.span(), source, findings);
            continue;
        };
        let spot = source.spot(&written.span(), Some(key.path()));
        let quote = source.quote(value.span());
        table.fields.insert(
            &key.name,
            Field {
                value: read_value(key, value, &spot, source, findings),
                spot,
                quote,
            },
        );
    }
    table
}

/// Rule: only keys of the schema stand in a table.
fn refuse_unknown_key(
    (table, content): (&str, &DeTable<'_>),
    word: &str,
    span: &Range<usize>,
    source: &Source<'_>,
    findings: &mut Findings,
) {
    let known = || keys_of(table).map(|key| key.name.as_str());
    let all: Vec<&str> = known().collect();
    let hint = place_hint(table, word, content).map_or_else(
        || {
            let otherwise = format!("remove it; the keys are {}", all.join(", "));
            hint_nearest(word, known(), &otherwise)
        },
        str::to_owned,
    );
    findings.error(
        UNKNOWN_KEY,
        &source.spot(
            span,
            Some(format!("{table}.{}", source.quote(span.clone()))),
        ),
        "an unknown key",
        format!("a key of {}", header_of(table)),
        hint,
    );
}

/// How an event says where it is, for one that says it by the kind of place.
fn place_hint(table: &str, word: &str, content: &DeTable<'_>) -> Option<&'static str> {
    const PLACES: [&str; 7] = [
        "access_point",
        "element",
        "link",
        "pool",
        "region",
        "site",
        "sites",
    ];
    if table != "event" || !PLACES.contains(&word) {
        return None;
    }
    let mut keys = content.iter();
    let kind = keys.find(|(name, _)| name.get_ref().as_ref() == "kind");
    let is_surge = kind.is_some_and(|(_, kind)| kind.get_ref().as_str() == Some("surge"));
    Some(if is_surge {
        OF_USERS
    } else {
        "name the place as `component`"
    })
}
