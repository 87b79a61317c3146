//! The paths that a source names, with the lists of `use` written out.

use super::source::Source;
use super::tokens::{Kind, Token, tokens};

/// A path such as `crate::model::Site`.
pub(super) struct Named {
    pub(super) parts: Vec<String>,
    pub(super) line: usize,
    /// The modules written within the file around it.
    inside: Vec<String>,
}

impl Named {
    pub(super) fn starts_with(&self, parts: &[&str]) -> bool {
        self.parts.len() >= parts.len() && self.parts.iter().zip(parts).all(|(a, b)| a == b)
    }

    pub(super) fn ends_with(&self, parts: &[&str]) -> bool {
        self.parts.len() >= parts.len()
            && (self.parts.iter().rev().zip(parts.iter().rev())).all(|(a, b)| a == b)
    }

    /// Whether it stands in the tests of its file.
    pub(super) fn is_in_tests(&self) -> bool {
        self.inside.first().is_some_and(|text| text == "tests")
    }

    /// The same from the root of the crate; `None` for a path into another crate or to a local name.
    pub(super) fn in_crate(&self, source: &Source) -> Option<Vec<String>> {
        let mut module = module_of(source);
        module.extend(self.inside.iter().cloned());
        let mut parts = self.parts.as_slice();
        match parts.first()?.as_str() {
            "crate" => {
                module.clear();
                parts = &parts[1..];
            }
            "self" => parts = &parts[1..],
            "super" => {
                while parts.first().is_some_and(|part| part == "super") {
                    module.pop();
                    parts = &parts[1..];
                }
            }
            _ => return None,
        }
        module.extend(parts.iter().cloned());
        Some(module)
    }
}

/// The module that a file is, from the root of the crate.
pub(super) fn module_of(source: &Source) -> Vec<String> {
    let path = source.path.strip_prefix("src/").unwrap_or(&source.path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut module: Vec<String> = path.split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod")) {
        module.pop();
    }
    if module == ["lib"] || module == ["main"] {
        module.clear();
    }
    module
}

/// Every path of a source with two parts or more.
pub(super) fn paths(source: &Source) -> Vec<Named> {
    let tokens = tokens(&source.text);
    let mut all = Vec::new();
    let mut depth = 0;
    let mut modules: Vec<(String, usize)> = Vec::new();
    let mut position = 0;
    while let Some(token) = tokens.get(position) {
        let inside: Vec<String> = modules.iter().map(|(name, _)| name.clone()).collect();
        let mut found = Vec::new();
        let is_module = token.is_word("mod") && is_mark(&tokens, position + 2, "{");
        if is_module {
            modules.push((tokens[position + 1].text.to_owned(), depth));
            position += 2;
        } else if token.is_word("use") {
            position = tree(&tokens, position + 1, &[], &mut found);
        } else if token.kind == Kind::Word {
            let (parts, end) = plain(&tokens, position);
            found.push((parts, token.line));
            position = end;
        } else {
            if token.is_mark("{") {
                depth += 1;
            } else if token.is_mark("}") {
                depth = depth.saturating_sub(1);
                modules.retain(|(_, outside)| *outside < depth);
            }
            position += 1;
        }
        let long = found.into_iter().filter(|(parts, _)| parts.len() > 1);
        all.extend(long.map(|(parts, line)| Named {
            parts,
            line,
            inside: inside.clone(),
        }));
    }
    all
}

fn is_mark(tokens: &[Token<'_>], position: usize, mark: &str) -> bool {
    tokens
        .get(position)
        .is_some_and(|token| token.is_mark(mark))
}

/// The words joined by `::` from a position on, and where they end.
fn plain(tokens: &[Token<'_>], start: usize) -> (Vec<String>, usize) {
    let mut parts = vec![tokens[start].text.to_owned()];
    let mut position = start + 1;
    while is_mark(tokens, position, "::")
        && let Some(next) = tokens.get(position + 1)
        && next.kind == Kind::Word
    {
        parts.push(next.text.to_owned());
        position += 2;
    }
    (parts, position)
}

/// The paths of one branch of a `use`, and where it ends.
fn tree(
    tokens: &[Token<'_>],
    start: usize,
    prefix: &[String],
    found: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    let mut position = start;
    let mut parts = prefix.to_vec();
    while let Some(token) = tokens.get(position) {
        position += 1;
        if token.is_mark("{") {
            while position < tokens.len() && !is_mark(tokens, position, "}") {
                position = tree(tokens, position, &parts, found);
                position += usize::from(is_mark(tokens, position, ","));
            }
            return position + 1;
        } else if token.is_word("as") {
            position += 1;
        } else if token.kind == Kind::Word || token.is_mark("*") {
            parts.push(token.text.to_owned());
            let is_leaf = !is_mark(tokens, position, "::");
            if is_leaf {
                found.push((parts.clone(), token.line));
            }
        } else if !token.is_mark("::") {
            return position - 1;
        }
    }
    position
}

#[test]
fn lists_are_written_out_and_super_is_followed() {
    let text = "
        use crate::{model::{Site, Shard as S}, ids::*};
        fn f(a: super::b::C) { crate::d::<E>(); }
        mod tests { use super::*; fn g() { super::super::h() } }
        use self::i::j;
    ";
    let source = Source::new("src/graph/reach.rs", text);
    let found: Vec<String> = paths(&source)
        .iter()
        .filter_map(|path| {
            Some(format!(
                "{} {}",
                path.line,
                path.in_crate(&source)?.join("::")
            ))
        })
        .collect();
    let expected = [
        "2 model::Site",
        "2 model::Shard",
        "2 ids::*",
        "3 graph::b::C",
        "3 d",
        "4 graph::reach::*",
        "4 graph::h",
        "5 graph::reach::i::j",
    ];
    assert_eq!(found, expected);
}
