//! The keys of a scenario file, as data: `data/schema/scenario.csv`, which the manual is made from as well.

use serde::Deserialize;
use std::sync::LazyLock;

/// The schema's text.
const TEXT: &str = include_str!("../../../data/schema/scenario.csv");

/// The tables of a scenario file, in the order of the manual.
pub(super) const TABLES: [&str; 8] = [
    "scenario", "policy", "event", "protect", "waves", "commands", "replay", "queued",
];

/// `true` for tables of which there may be several.
pub(super) fn is_list(table: &str) -> bool {
    ["event", "queued"].contains(&table)
}

/// How a table begins: `[policy]`, or `[[event]]` where there may be several.
pub(super) fn header_of(table: &str) -> String {
    if is_list(table) {
        format!("[[{table}]]")
    } else {
        format!("[{table}]")
    }
}

/// One key of a scenario file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Key {
    /// One of [`TABLES`].
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

    /// How its value is written.
    pub(super) fn example(&self) -> String {
        match (&self.shape, self.name.as_str()) {
            (Shape::Name, "component") => "\"chi\"".to_owned(),
            (Shape::Name, "resource") => "\"cpu\"".to_owned(),
            // Later than the example of a start.
            (Shape::Instant, "end") => "2012-11-13T17:08:00-08:00".to_owned(),
            (shape, _) => shape.example(),
        }
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
    /// A command with places for values.
    Command,
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
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    /// Smallest.
    least: f64,
    /// `true` if `least` itself is too little.
    is_above: bool,
    /// Largest; infinite if nothing is too much.
    most: f64,
}

/// Bounds from here on only keep numbers from growing out of hand, and say nothing of what is usual.
const UNUSUAL: f64 = 1e9;

impl Bounds {
    /// 0 to 1.
    pub(super) const SHARE: Self = Self {
        least: 0.0,
        is_above: false,
        most: 1.0,
    };

    /// The bounds in `number of 0 or more`, `number above 0 up to 1` and the like; `None` if these are no such words.
    fn parse(text: &str) -> Option<Self> {
        let range = text.strip_prefix("number ")?;
        let (low, most) = match range.split_once(" up to ") {
            Some((low, most)) => (low, most.parse().ok()?),
            None => (range, f64::INFINITY),
        };
        let above = low.strip_prefix("above ");
        let least = above.or_else(|| low.strip_prefix("of ")?.strip_suffix(" or more"))?;
        Some(Self {
            least: least.parse().ok()?,
            is_above: above.is_some(),
            most,
        })
    }

    /// `true` if `value` is within.
    pub(super) fn holds(self, value: f64) -> bool {
        let is_enough = if self.is_above {
            value > self.least
        } else {
            value >= self.least
        };
        is_enough && value <= self.most
    }

    /// `true` if it is a share, or a part of one.
    pub(super) fn is_share(self) -> bool {
        self.most <= 1.0
    }

    /// A number within.
    fn example(self) -> &'static str {
        if self.is_share() {
            "0.5"
        } else if self.most < UNUSUAL {
            "30"
        } else if self.is_above || self.least > 0.0 {
            "1.4"
        } else {
            "100"
        }
    }
}

/// The schema's words for a shape. Words that it does not know are a shape of one word, which a test refuses.
impl From<String> for Shape {
    fn from(text: String) -> Self {
        let words = |list: &str| list.split(" | ").map(str::to_owned).collect();
        match text.as_str() {
            "name" => Self::Name,
            "command" => Self::Command,
            "instant" => Self::Instant,
            "true | false" => Self::Flag,
            "share" => Self::Number(Bounds::SHARE, "a share from 0 to 1".to_owned()),
            "whole number of 1 or more" => Self::Whole(1),
            "whole number of 0 or more" => Self::Whole(0),
            "shares under 1 by resource" => Self::Shares(Shared::Resource),
            "shares under 1 by tier" => Self::Shares(Shared::Tier),
            _ => match (Bounds::parse(&text), text.strip_prefix("list of ")) {
                (Some(bounds), _) => Self::Number(bounds, format!("a {text}")),
                (_, Some(list)) if list.contains(" | ") => Self::Words(words(list)),
                (_, Some(list)) => Self::Names(list.to_owned()),
                (None, None) => Self::Word(words(&text)),
            },
        }
    }
}

impl Shape {
    /// What is expected there, as a phrase.
    pub(super) fn expected(&self) -> String {
        match self {
            Self::Name => "a name in quotes".to_owned(),
            Self::Command => "a command in quotes".to_owned(),
            Self::Instant => "a date with time and offset".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Number(_, words) => words.clone(),
            Self::Whole(least) => format!("a whole number of {least} or more"),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Words(words) => format!("a list of some of {}", words.join(", ")),
            Self::Names(names) => format!("a list of {names}"),
            Self::Shares(Shared::Resource) => "a table from resource to share".to_owned(),
            Self::Shares(Shared::Tier) => "a table from tier to share".to_owned(),
        }
    }

    /// How such a value is written.
    fn example(&self) -> String {
        match self {
            Self::Name => "\"…\"".to_owned(),
            Self::Command => "\"dnsctl open {access_point}\"".to_owned(),
            Self::Instant => "2012-11-13T09:08:00-08:00".to_owned(),
            Self::Flag => "true".to_owned(),
            Self::Number(bounds, _) => bounds.example().to_owned(),
            Self::Whole(_) => "1".to_owned(),
            Self::Word(words) => format!("\"{}\"", words.first().map_or("", String::as_str)),
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
            assert!(TABLES.contains(&key.table.as_str()));
            assert!(["yes", "no"].contains(&key.required.as_str()), "{key:?}");
            assert!(key.description.ends_with('.'), "{key:?}");
            if let Shape::Number(bounds, _) = &key.shape {
                let example = bounds.example().parse().expect("a number");
                assert!(bounds.holds(example), "{key:?}");
            }
            if let Shape::Word(words) = &key.shape {
                assert!(words.len() > 1, "{key:?}");
            }
        }
    }
}
