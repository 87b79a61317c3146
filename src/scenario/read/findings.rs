//! Where something stands in a scenario file, and the findings about it in their order.

use crate::diagnostic::{Code, Finding, Place, Severity};

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
        let texts = [found.into(), expected.into(), hint.into()];
        self.add(Severity::Error, code, spot, texts);
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
        let texts = [found.into(), expected.into(), hint.into()];
        self.add(Severity::Warning, code, spot, texts);
    }

    fn add(&mut self, severity: Severity, code: Code, spot: &Spot, texts: [String; 3]) {
        let file = self
            .files
            .get(spot.layer)
            .map_or_else(|| "scenario".to_owned(), Clone::clone);
        let [found, expected, hint] = texts;
        let finding = Finding {
            severity,
            code,
            place: Place {
                file,
                line: spot.line,
                column: spot.key.clone(),
            },
            found,
            expected,
            hint,
        };
        self.all.push((spot.clone(), finding));
    }

    /// All of them by file, line, key and code.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.all
            .sort_by(|(a, of_a), (b, of_b)| a.cmp(b).then_with(|| of_a.code.cmp(&of_b.code)));
        self.all.into_iter().map(|(_, finding)| finding).collect()
    }
}
