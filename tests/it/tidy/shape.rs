//! What files are called, how long they are, what front pages hold, and that nothing is left unfinished.

use super::source::{Source, everything, library};
use super::tokens::{Token, tokens};
use super::{Breach, assert_broken, assert_kept, of_each};

/// Lines above which a file of the library is divided, and a test says why it is long.
const LONG: usize = 500;

/// Lines within which it says so.
const OPENING: usize = 5;

/// Lines that the program's own file stays under.
const MAIN: usize = 20;

/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 7] = [
    "utils", "util", "helpers", "helper", "common", "misc", "shared",
];

/// What a front page holds beside declarations and re-exports.
fn more_than_a_front_page(source: &Source) -> Vec<Breach> {
    let is_front = source.path == "src/lib.rs" || source.path.ends_with("/mod.rs");
    if !is_front || source.is_test() {
        return Vec::new();
    }
    let tokens = tokens(&source.text);
    let mut breaches = Vec::new();
    let mut rest = tokens.as_slice();
    while let Some(first) = rest.first() {
        if first.is_mark("#") {
            rest = past(rest, "[", "]");
            continue;
        }
        let is_public = first.is_word("pub");
        let mut item = &rest[usize::from(is_public)..];
        if item.first().is_some_and(|token| token.is_mark("(")) {
            item = past(item, "(", ")");
        }
        let is_declared = item.first().is_some_and(|token| token.is_word("mod"))
            && item.get(2).is_some_and(|token| token.is_mark(";"));
        let is_exported = is_public && item.first().is_some_and(|token| token.is_word("use"));
        if !is_declared && !is_exported {
            let word = item.first().unwrap_or(first);
            breaches.push(Breach::new(source, word.line, format!("`{}`", word.text)));
            return breaches;
        }
        let end = item.iter().position(|token| token.is_mark(";"));
        rest = &item[end.map_or(item.len(), |end| end + 1)..];
    }
    breaches
}

/// What follows the first bracket and its counterpart.
fn past<'t, 's>(tokens: &'t [Token<'s>], open: &str, close: &str) -> &'t [Token<'s>] {
    let mut depth = 0;
    for (position, token) in tokens.iter().enumerate() {
        if token.is_mark(open) {
            depth += 1;
        } else if token.is_mark(close) {
            depth -= 1;
            if depth == 0 {
                return &tokens[position + 1..];
            }
        }
    }
    &[]
}

fn long_without_reason(source: &Source) -> Vec<Breach> {
    let count = source.text.lines().count();
    let mut opening = source.text.lines().take(OPENING);
    // A test may be one long case; the library divides where a type or an idea ends.
    let is_test = !source.path.starts_with("src/");
    let says_why = is_test && opening.any(|line| line.starts_with("//! Long because"));
    if source.path == "src/main.rs" && count >= MAIN {
        return vec![Breach::new(source, MAIN, format!("{count} lines"))];
    }
    if count <= LONG || says_why {
        return Vec::new();
    }
    vec![Breach::new(source, LONG, format!("{count} lines"))]
}

fn empty_names(source: &Source) -> Vec<Breach> {
    let parts = source.path.trim_end_matches(".rs").split('/');
    let mut breaches: Vec<Breach> = parts
        .filter(|part| EMPTY_NAMES.contains(part))
        .map(|part| Breach::new(source, 1, format!("`{part}`")))
        .collect();
    for pair in tokens(&source.text).windows(2) {
        if pair[0].is_word("mod") && EMPTY_NAMES.contains(&pair[1].text) {
            let what = format!("`mod {}`", pair[1].text);
            breaches.push(Breach::new(source, pair[0].line, what));
        }
    }
    breaches
}

fn unfinished(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for pair in tokens(&source.text).windows(2) {
        let is_macro = pair[1].is_mark("!")
            && ["todo", "unimplemented"]
                .iter()
                .any(|name| pair[0].is_word(name));
        let is_ignored = pair[0].is_mark("[") && pair[1].is_word("ignore");
        if is_macro || is_ignored {
            let what = format!("`{}{}`", pair[0].text, pair[1].text);
            breaches.push(Breach::new(source, pair[0].line, what));
        }
    }
    breaches
}

#[test]
fn front_pages_declare_and_re_export_only() {
    assert_kept(
        &of_each(&library(), more_than_a_front_page),
        "move it to a file of its own, named for what it is, and re-export it",
    );
}

#[test]
fn a_front_page_with_more_on_it_is_found() {
    let front = "//! Fn.\n#[cfg(test)]\nmod a;\npub(crate) mod b;\npub use a::{C, D};\npub(crate) use b::E;\n";
    assert_broken(more_than_a_front_page, "src/graph/mod.rs", front, &[]);
    for more in [
        "pub fn f() {}",
        "use a::C;",
        "mod g { }",
        "#[derive(Debug)]\nstruct H;",
    ] {
        let text = format!("{front}{more}");
        let line = text.lines().count();
        assert_broken(more_than_a_front_page, "src/graph/mod.rs", &text, &[line]);
        assert_broken(more_than_a_front_page, "src/graph/reach.rs", &text, &[]);
    }
}

#[test]
fn no_source_file_is_long_and_long_tests_say_why() {
    assert_kept(
        &of_each(&everything(), long_without_reason),
        "divide it where a type or an idea ends; a test without a second idea has `//! Long because` in its first five lines",
    );
}

#[test]
fn a_long_file_is_found() {
    let lines = |count: usize| "\n".repeat(count);
    assert_broken(long_without_reason, "src/a.rs", &lines(500), &[]);
    assert_broken(long_without_reason, "src/a.rs", &lines(501), &[500]);
    let said = format!("//! A.\n//! Long because A is one.\n{}", lines(501));
    assert_broken(long_without_reason, "src/a.rs", &said, &[500]);
    assert_broken(long_without_reason, "tests/it/a.rs", &said, &[]);
    let late = format!("{}//! Long because A is one.\n{}", lines(5), lines(501));
    assert_broken(long_without_reason, "tests/it/a.rs", &late, &[500]);
    assert_broken(long_without_reason, "src/main.rs", &lines(20), &[20]);
}

#[test]
fn files_are_named_for_what_they_hold() {
    assert_kept(
        &of_each(&everything(), empty_names),
        "name it for the one thing that it holds",
    );
}

#[test]
fn an_empty_name_is_found() {
    assert_broken(empty_names, "src/graph/utils.rs", "", &[1]);
    assert_broken(empty_names, "tests/common/mod.rs", "", &[1]);
    assert_broken(empty_names, "src/a.rs", "\nmod helpers {}", &[2]);
    assert_broken(empty_names, "src/commonwealth.rs", "let misc = 1;", &[]);
}

#[test]
fn nothing_is_left_unfinished() {
    assert_kept(
        &of_each(&everything(), unfinished),
        "finish it, or leave it out and open an issue",
    );
}

#[test]
fn something_unfinished_is_found() {
    let text = "#[test]\n#[ignore = \"slow\"]\nfn f() { todo!() }\nfn g() { unimplemented!(\"h\") }\nlet todo = 1;";
    assert_broken(unfinished, "src/a.rs", text, &[2, 3, 4]);
}
