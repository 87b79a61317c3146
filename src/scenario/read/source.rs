//! The text of one layer, by line.

use super::findings::Spot;
use std::ops::Range;

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
