//! The house rules that a program can check: `ARCHITECTURE.md` against the source tree.
//!
//! Every rule is a function from source text to breaches, one test that the tree keeps it, and one test that
//! a made-up text breaks it.

mod borders;
mod documents;
mod errors;
mod floors;
mod house;
mod lints;
mod paths;
mod sentences;
mod shape;
mod source;
mod tokens;
mod words;

pub(crate) use sentences::long_sentences;
use source::Source;
use std::fmt;

/// A place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Breach {
    path: String,
    line: usize,
    what: String,
}

impl Breach {
    fn new(source: &Source, line: usize, what: impl Into<String>) -> Self {
        Self {
            path: source.path.clone(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// The breaches of a rule about single files.
fn of_each(sources: &[Source], rule: impl Fn(&Source) -> Vec<Breach>) -> Vec<Breach> {
    sources.iter().flat_map(rule).collect()
}

/// Fails where a rule is broken, with every place and what to do about it.
#[track_caller]
fn assert_kept(breaches: &[Breach], what_to_do: &str) {
    let places: Vec<String> = breaches.iter().map(ToString::to_string).collect();
    assert!(
        breaches.is_empty(),
        "\n{}\n{what_to_do}\n",
        places.join("\n")
    );
}

/// Asserts on which lines a rule about single files finds a made-up text broken.
#[track_caller]
fn assert_broken(rule: impl Fn(&Source) -> Vec<Breach>, path: &str, text: &str, lines: &[usize]) {
    let breaches = rule(&Source::new(path, text));
    let found: Vec<usize> = breaches.iter().map(|breach| breach.line).collect();
    assert_eq!(found, lines, "{path}: {breaches:?}");
}
