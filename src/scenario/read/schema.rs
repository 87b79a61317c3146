//! The keys of a scenario file, as data: `data/schema/scenario.csv`, which the manual is made from as well.

use serde::Deserialize;
use std::sync::LazyLock;

/// The schema's text.
const TEXT: &str = include_str!("../../../data/schema/scenario.csv");

/// One key of a scenario file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Key {
    /// `scenario`, `policy`, `event`, `protect` or `waves`.
    pub(super) table: String,
    /// The key in it.
    #[serde(rename = "key")]
    pub(super) name: String,
    /// The kinds of event that it is for, with blanks between; empty is all.
    pub(super) kinds: String,
    /// What may stand there.
    #[serde(rename = "type")]
    pub(super) shape: Shape,
    /// Unit of a number; may be empty.
    pub(super) unit: String,
    /// `yes` or `no`.
    pub(super) required: String,
    /// What holds without it: TOML, or words; empty if nothing does.
    pub(super) default: String,
    /// What it means.
    pub(super) description: String,
}

impl Key {
    /// The key with its table, such as `policy.drain`.
    pub(super) fn path(&self) -> String {
        format!("{}.{}", self.table, self.name)
    }

    /// `true` if an event of this kind may have it.
    pub(super) fn is_for(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.split(' ').any(|one| one == kind)
    }
}

/// What may stand at a key.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "String")]
pub(super) enum Shape {
    /// An id or a name.
    Name,
    /// A point in time.
    Instant,
    /// `true` or `false`.
    Flag,
    /// A number within bounds, put in words.
    Number(Bounds, String),
    /// A whole number from this one on.
    Whole(u32),
    /// One of these words.
    Word(Vec<String>),
    /// One of the first words; the others are known, and refused by a rule of their own.
    WordOrLater(Vec<String>, Vec<String>),
    /// A list of these words, each at most once.
    Words(Vec<String>),
    /// A list of names, each at most once.
    Names(String),
    /// A table from such things to share.
    Shares(Shared),
}

/// What has a share of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shared {
    /// A resource.
    Resource,
    /// A tier.
    Tier,
}

/// Bounds of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bounds {
    /// 0 to 1.
    Share,
    /// 0 or more.
    Amount,
    /// Above 0.
    Positive,
    /// Above 0 up to 1.
    Part,
    /// 0 or more minutes, up to a year.
    Minutes,
    /// More than 0 minutes, up to a year.
    SomeMinutes,
}

/// The schema's words for a shape. Words that it does not know are a shape of one word, which a test refuses.
impl From<String> for Shape {
    fn from(text: String) -> Self {
        let words = |list: &str| list.split(" | ").map(str::to_owned).collect();
        match text.as_str() {
            "name" => Self::Name,
            "instant" => Self::Instant,
            "true | false" => Self::Flag,
            "share" => Self::Number(Bounds::Share, "a share from 0 to 1".to_owned()),
            "number of 0 or more" => Self::Number(Bounds::Amount, format!("a {text}")),
            "number above 0" => Self::Number(Bounds::Positive, format!("a {text}")),
            "number above 0 up to 1" => Self::Number(Bounds::Part, format!("a {text}")),
            "number of 0 or more up to 525600" => {
                Self::Number(Bounds::Minutes, format!("a {text}"))
            }
            "number above 0 up to 525600" => Self::Number(Bounds::SomeMinutes, format!("a {text}")),
            "whole number of 1 or more" => Self::Whole(1),
            "whole number of 0 or more" => Self::Whole(0),
            "shares under 1 by resource" => Self::Shares(Shared::Resource),
            "shares under 1 by tier" => Self::Shares(Shared::Tier),
            _ => match text.strip_prefix("list of ") {
                Some(list) if list.contains(" | ") => Self::Words(words(list)),
                Some(list) => Self::Names(list.to_owned()),
                None => match text.split_once(", later ") {
                    Some((now, later)) => Self::WordOrLater(words(now), words(later)),
                    None => Self::Word(words(&text)),
                },
            },
        }
    }
}

impl Shape {
    /// What is expected there, as a phrase.
    pub(super) fn expected(&self) -> String {
        match self {
            Self::Name => "a name in quotes".to_owned(),
            Self::Instant => "a date with time and offset".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Number(_, words) => words.clone(),
            Self::Whole(least) => format!("a whole number of {least} or more"),
            Self::Word(words) | Self::WordOrLater(words, _) => {
                format!("one of {}", words.join(", "))
            }
            Self::Words(words) => format!("a list of some of {}", words.join(", ")),
            Self::Names(names) => format!("a list of {names}"),
            Self::Shares(Shared::Resource) => "a table from resource to share".to_owned(),
            Self::Shares(Shared::Tier) => "a table from tier to share".to_owned(),
        }
    }

    /// How such a value is written.
    pub(super) fn example(&self) -> String {
        match self {
            Self::Name => "\"chi\"".to_owned(),
            Self::Instant => "2012-11-13T09:08:00-08:00".to_owned(),
            Self::Flag => "true".to_owned(),
            Self::Number(Bounds::Share | Bounds::Part, _) => "0.5".to_owned(),
            Self::Number(Bounds::Minutes | Bounds::SomeMinutes, _) => "30".to_owned(),
            Self::Number(Bounds::Amount, _) => "100".to_owned(),
            Self::Number(Bounds::Positive, _) => "1.4".to_owned(),
            Self::Whole(_) => "1".to_owned(),
            Self::Word(words) | Self::WordOrLater(words, _) => {
                format!("\"{}\"", words.first().map_or("", String::as_str))
            }
            Self::Words(words) => format!("[\"{}\"]", words.join("\", \"")),
            Self::Names(_) => "[\"cpu\"]".to_owned(),
            Self::Shares(Shared::Resource) => "{ cpu = 0.15 }".to_owned(),
            Self::Shares(Shared::Tier) => "{ gold = 0.1 }".to_owned(),
        }
    }
}

static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    csv::Reader::from_reader(TEXT.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("invariant: the schema is part of the program, and a test reads it")
});

/// All keys in the order of the schema.
pub(super) fn keys() -> &'static [Key] {
    &KEYS
}

/// The keys of one table in the order of the schema.
pub(super) fn keys_of(table: &str) -> impl Iterator<Item = &'static Key> {
    keys().iter().filter(move |key| key.table == table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_schema_has_a_known_table_type_and_answer() {
        assert_eq!(keys().len(), TEXT.trim_end().lines().count() - 1);
        for key in keys() {
            assert!(
                ["scenario", "policy", "event", "protect", "waves"].contains(&key.table.as_str())
            );
            assert!(["yes", "no"].contains(&key.required.as_str()), "{key:?}");
            assert!(key.description.ends_with('.'), "{key:?}");
            if let Shape::Word(words) = &key.shape {
                assert!(words.len() > 1, "{key:?}");
            }
        }
    }
}
