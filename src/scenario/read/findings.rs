//! Where something stands in the text of a scenario file, and the findings about it in their order.

use crate::diagnostic::{Code, Finding, Place, Severity};
use std::ops::Range;

/// Where something stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    /// Which file, counted from 0.
    pub(super) layer: usize,
    /// Line, counted from 1; `None` if the whole file is meant.
    pub(super) line: Option<u64>,
    /// The key with its table, such as `policy.headroom.cpu`.
    pub(super) key: Option<String>,
}

impl Spot {
    /// The same place, about another key.
    pub(super) fn about(&self, key: &str) -> Self {
        Self {
            key: Some(key.to_owned()),
            ..self.clone()
        }
    }
}

/// The findings so far.
pub(super) struct Findings {
    files: Vec<String>,
    all: Vec<(Spot, Finding)>,
}

impl Findings {
    pub(super) fn new(files: Vec<String>) -> Self {
        Self {
            files,
            all: Vec::new(),
        }
    }

    /// Adds an error.
    pub(super) fn error(
        &mut self,
        code: Code,
        spot: &Spot,
        found: impl Into<String>,
        expected: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let file = self.files.get(spot.layer);
        let place = Place {
            file: file.map_or_else(|| "scenario".to_owned(), Clone::clone),
            line: spot.line,
            column: spot.key.clone(),
        };
        let finding = Finding::error(code, place, found, expected, hint);
        self.all.push((spot.clone(), finding));
    }

    /// Adds a warning.
    pub(super) fn warning(
        &mut self,
        code: Code,
        spot: &Spot,
        found: impl Into<String>,
        expected: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.error(code, spot, found, expected, hint);
        if let Some((_, finding)) = self.all.last_mut() {
            finding.severity = Severity::Warning;
        }
    }

    /// All of them by file, line, key and code.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.all
            .sort_by(|(a, of_a), (b, of_b)| a.cmp(b).then_with(|| of_a.code.cmp(&of_b.code)));
        self.all.into_iter().map(|(_, finding)| finding).collect()
    }
}

/// More characters than this of a value are not repeated in a finding.
const LONGEST_QUOTE: usize = 60;

/// The text of one layer.
pub(super) struct Source<'a> {
    /// Which layer, counted from 0.
    pub(super) layer: usize,
    /// What stands in it.
    pub(super) text: &'a str,
    /// Byte offsets at which lines begin.
    lines: Vec<usize>,
}

impl<'a> Source<'a> {
    pub(super) fn new(layer: usize, text: &'a str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(offset, _)| offset + 1);
        Self {
            layer,
            text,
            lines: std::iter::once(0).chain(after_breaks).collect(),
        }
    }

    /// The place of the bytes `span`, about `key`.
    pub(super) fn spot(&self, span: &Range<usize>, key: Option<String>) -> Spot {
        let line = self.lines.partition_point(|begin| *begin <= span.start);
        Spot {
            layer: self.layer,
            line: Some(line as u64),
            key,
        }
    }

    /// What stands at `span`, in one line and cut where it is long.
    pub(super) fn quote(&self, span: Range<usize>) -> String {
        let whole = self.text.get(span).unwrap_or_default();
        let mut words: String = whole
            .chars()
            .take(LONGEST_QUOTE)
            .map(|char| if char.is_control() { ' ' } else { char })
            .collect();
        if whole.chars().nth(LONGEST_QUOTE).is_some() {
            words.push('…');
        }
        words
    }
}
