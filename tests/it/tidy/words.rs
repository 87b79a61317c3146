//! Plain words: the word list of CONTRIBUTING.md holds in comments, pages and strings.

use super::source::{Source, everything, library};
use super::tokens::{Kind, tokens};
use super::{Breach, assert_kept, of_each};
use regex::Regex;
use std::fs;
use std::path::Path;

/// Words that name nothing.
const NO_NAMES: [&str; 4] = ["own", "told", "whom", "ground"];

/// The words that the table in CONTRIBUTING.md says not to use, each with all of its forms.
fn word_list() -> Regex {
    let page = Source::read("CONTRIBUTING.md");
    let (_, table) = page.text.split_once("| not | but |").expect("a table");
    let rows = table.lines().skip(2).take_while(|row| row.starts_with('|'));
    let words = rows.flat_map(|row| {
        let cell = row.split('|').nth(1).unwrap_or_default();
        cell.split('`').skip(1).step_by(2).map(regex::escape)
    });
    let words: Vec<String> = words.collect();
    assert!(words.len() > 12, "{words:?}");
    let any = format!(r"(?i)\b(?:{})(?:s|ed|ing)?\b", words.join("|"));
    Regex::new(&any).expect("words of letters and spaces")
}

/// A line without what stands in backticks, and without addresses of links.
fn prose(line: &str) -> String {
    let outside = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
    let parts = outside.split("](").enumerate();
    let parts = parts.map(|(number, part)| match part.split_once(')') {
        Some((_, rest)) if number > 0 => rest,
        _ => part,
    });
    parts.collect::<Vec<_>>().join(" ")
}

fn found(
    source: &Source,
    list: &Regex,
    lines: impl Iterator<Item = (usize, String)>,
) -> Vec<Breach> {
    let with_words = lines.filter_map(|(line, text)| {
        let found = list.find(&text)?.as_str().to_owned();
        Some(Breach::new(source, line, format!("`{found}`")))
    });
    with_words.collect()
}

/// Words of the list in a page, code fences left out, or in the comments of a Rust source.
fn in_prose(source: &Source, list: &Regex) -> Vec<Breach> {
    let is_rust = Path::new(&source.path).extension() == Some("rs".as_ref());
    let mut is_code = false;
    let lines = source.text.lines().enumerate().filter(|(_, line)| {
        let line = line.trim_start();
        let text = line.trim_start_matches(['/', '!', ' ']);
        let is_fence = text.starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence && (!is_rust || line.starts_with("//"))
    });
    let lines: Vec<_> = lines.map(|(at, line)| (at + 1, prose(line))).collect();
    found(source, list, lines.into_iter())
}

/// Words of the list in the strings of a Rust source that are sentences.
fn in_strings(source: &Source, list: &Regex) -> Vec<Breach> {
    if source.is_test() {
        return Vec::new();
    }
    let end = source.text.find("#[cfg(test)]\nmod tests {");
    let strings = tokens(&source.text[..end.unwrap_or(source.text.len())]);
    let sentences = strings
        .into_iter()
        .filter(|token| token.kind == Kind::Text && token.text.contains(' '));
    found(
        source,
        list,
        sentences.map(|token| (token.line, prose(token.text))),
    )
}

/// Names of the list that `CONTRIBUTING.md` calls no names, where a source has them outside of comments and texts.
fn in_names(source: &Source) -> Vec<Breach> {
    let names = tokens(&source.text).into_iter();
    let names = names.filter(|token| NO_NAMES.iter().any(|name| token.is_word(name)));
    names
        .map(|token| Breach::new(source, token.line, format!("`{}`", token.text)))
        .collect()
}

/// All pages but the changelog, which is a record of its days.
pub(super) fn pages() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.to_owned()];
    let mut all = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let is_left_out = |left_out: &&str| name == **left_out;
            if path.is_dir() {
                let out = ["target", "demo", "src", "tests"];
                let is_hidden = name.to_string_lossy().starts_with('.');
                if !is_hidden && !out.iter().any(is_left_out) {
                    folders.push(path);
                }
            } else if path.extension() == Some("md".as_ref()) && name != "CHANGELOG.md" {
                let path = path.strip_prefix(root).expect("it stands below");
                all.push(Source::read(&path.to_string_lossy()));
            }
        }
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

const INSTEAD: &str = "the table in CONTRIBUTING.md says which word to write";

#[test]
fn words_of_the_list_are_not_used_in_comments_and_pages() {
    let list = word_list();
    let mut all = library();
    all.extend(pages());
    assert_kept(&of_each(&all, |source| in_prose(source, &list)), INSTEAD);
}

#[test]
fn words_of_the_list_are_not_used_in_strings() {
    let list = word_list();
    let found = of_each(&library(), |source| in_strings(source, &list));
    assert_kept(&found, INSTEAD);
}

#[test]
fn names_are_those_of_things() {
    let found = of_each(&everything(), in_names);
    assert_kept(
        &found,
        "name the thing itself: the case, the period, the index",
    );
    let source = Source::new(
        "src/a.rs",
        "fn told(own: u8) {}\n// own\nlet a = \"own\";\n",
    );
    assert_eq!(in_names(&source).len(), 2);
}

#[test]
fn words_are_found_outside_of_code() {
    let list = word_list();
    let page = Source::new(
        "docs/a.md",
        "He told `told` it.\n```\nbehind\n```\nRooms [x](ways.md).\nfine",
    );
    let lines = |found: Vec<Breach>| {
        found
            .into_iter()
            .map(|breach| breach.line)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(in_prose(&page, &list)), [1, 5]);
    let source = Source::new(
        "src/a.rs",
        "/// Behind it.\nfn told() { say(\"no way out\"); }\n// `way`\nlet a = \"way\";\n",
    );
    assert_eq!(lines(in_prose(&source, &list)), [1]);
    assert_eq!(lines(in_strings(&source, &list)), [2]);
}
