//! Comparison: what a case came to beside what is recorded of it, and both as one difference of texts.

use super::record::{Part, Record};
use super::store::Store;
use similar::TextDiff;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Of a difference so many lines are shown.
const MOST_LINES: usize = 60;

/// Of a case so many differences are shown, and of all cases.
const MOST_OF_A_CASE: usize = 6;
const MOST_OF_ALL: usize = 40;

/// Longer lines are cut: a page is one line of a megabyte where it holds a chart.
const MOST_LETTERS: usize = 400;

/// What differs of a case.
#[derive(Debug)]
pub(super) struct Comparison {
    case: String,
    count: usize,
    differences: Vec<Difference>,
}

#[derive(Debug)]
struct Difference {
    /// The part's name.
    part: String,
    /// What it was and is, as text.
    shown: String,
}

impl Comparison {
    /// Nothing differs.
    pub(super) fn same(case: &str) -> Self {
        Self {
            case: case.to_owned(),
            count: 0,
            differences: Vec::new(),
        }
    }

    pub(super) fn new(case: &str, before: &Record, now: &Record, store: &Store) -> Self {
        let by_name = |record: &Record| -> BTreeMap<String, Part> {
            let parts = record.parts.iter();
            parts
                .map(|part| (part.name.clone(), part.clone()))
                .collect()
        };
        let (before, now) = (by_name(before), by_name(now));
        let mut differences = Vec::new();
        for (name, part) in &before {
            match now.get(name) {
                Some(found) if found.hash == part.hash => {}
                found => differences.push(Difference {
                    part: name.clone(),
                    shown: shown(Some(part), found, store),
                }),
            }
        }
        let new = now.iter().filter(|(name, _)| !before.contains_key(*name));
        differences.extend(new.map(|(name, part)| Difference {
            part: name.clone(),
            shown: shown(None, Some(part), store),
        }));
        Self {
            case: case.to_owned(),
            count: now.len(),
            differences,
        }
    }

    pub(super) fn is_same(&self) -> bool {
        self.differences.is_empty()
    }
}

fn shown(before: Option<&Part>, now: Option<&Part>, store: &Store) -> String {
    let Some(before) = before else {
        return "is new\n".to_owned();
    };
    let Some(now) = now else {
        return "is no more\n".to_owned();
    };
    let Some(is) = now.text() else {
        return format!("{} before, {} now: not a text\n", before.hash, now.hash);
    };
    let Some(was) = store.text(before) else {
        return format!(
            "{} before, {} now; the text of before is not kept here: `make goldens-before` makes it\n",
            before.hash, now.hash
        );
    };
    let diff = TextDiff::from_lines(was.as_str(), is);
    let text = diff
        .unified_diff()
        .context_radius(1)
        .header("recorded", "now")
        .to_string();
    let lines = text.lines().count();
    let mut all = String::new();
    for line in text.lines().take(MOST_LINES) {
        let cut: String = line.chars().take(MOST_LETTERS).collect();
        let _ = writeln!(all, "{cut}");
    }
    if lines > MOST_LINES {
        let _ = writeln!(all, "… and {} lines more", lines - MOST_LINES);
    }
    all
}

/// All comparisons in words: the differences, which files have any, and how many.
pub(super) fn summary(all: &[Comparison], is_blessed: bool) -> String {
    let mut text = String::new();
    let mut left = MOST_OF_ALL;
    let mut by_kind: BTreeMap<&str, usize> = BTreeMap::new();
    for comparison in all.iter().filter(|comparison| !comparison.is_same()) {
        let _ = writeln!(
            text,
            "\n== {}: {} parts differ",
            comparison.case,
            comparison.differences.len()
        );
        for (number, difference) in comparison.differences.iter().enumerate() {
            let kind = difference
                .part
                .rsplit(['|', '/'])
                .next()
                .unwrap_or_default();
            *by_kind.entry(kind.trim()).or_default() += 1;
            if number < MOST_OF_A_CASE && left > 0 {
                left -= 1;
                let _ = write!(text, "-- {}\n{}", difference.part, difference.shown);
            } else if number == MOST_OF_A_CASE {
                let rest = comparison.differences.len() - number;
                let _ = writeln!(text, "-- and {rest} more");
            }
        }
    }
    if !by_kind.is_empty() {
        text.push_str("\nWhat differs, and in how many places:\n");
    }
    for (kind, count) in by_kind {
        let _ = writeln!(text, "{count:>6}  {kind}");
    }
    let parts: usize = all.iter().map(|comparison| comparison.count).sum();
    let differ = all
        .iter()
        .filter(|comparison| !comparison.is_same())
        .count();
    let recorded = if is_blessed {
        ", which are recorded now"
    } else {
        ""
    };
    let _ = writeln!(
        text,
        "{} cases with {parts} parts compared; {differ} differ{recorded}",
        all.len()
    );
    text
}
