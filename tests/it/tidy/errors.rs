//! The sections of the referee's codes in docs/errors.md: what is checked, cause, example, and as the fix the hint of the source.

use super::documents::{codes_in, without_tests};
use super::source::{Source, library};
use super::tokens::{Kind, Token, tokens};
use super::{Breach, assert_kept};
use std::collections::BTreeMap;

/// The parts of a section after what the rule checks, in their order; a line begins with each.
const PARTS: [&str; 3] = ["Cause: ", "Example: ", "Fix: "];

/// Codes of the referee, each with the hints that the sources have for it.
type Hints = BTreeMap<String, Vec<String>>;

/// A code and its lines in the manual.
struct Section<'m> {
    code: &'m str,
    /// Of the heading, from 1.
    line: usize,
    lines: Vec<&'m str>,
}

fn is_referees(code: &str) -> bool {
    code.starts_with("P7") && codes_in(code).next() == Some(code)
}

/// The text of a string without its escapes; a line that goes on is one.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        rest = if let Some(next) = after.strip_prefix('\n') {
            next.trim_start()
        } else {
            let mut letters = after.chars();
            plain.extend(letters.next());
            letters.as_str()
        };
    }
    plain + rest
}

/// Constants that are one text, by name.
fn constants<'s>(all: &[Token<'s>]) -> BTreeMap<&'s str, &'s str> {
    let starts = all.iter().enumerate();
    let starts = starts.filter(|(_, token)| token.is_word("const"));
    let named = starts.filter_map(|(at, _)| {
        let name = all.get(at + 1)?;
        let mut value = all[at..].iter().skip_while(|token| !token.is_mark("="));
        let text = value.nth(1).filter(|token| token.kind == Kind::Text)?;
        value.next()?.is_mark(";").then_some((name.text, text.text))
    });
    named.collect()
}

/// The text after a code: the next one, or that of the constant named there. Where the code is all of a constant, it is the
/// first `hint: "…"` from there on.
fn hint_after<'s>(
    rest: &[Token<'s>],
    constants: [&BTreeMap<&'s str, &'s str>; 2],
) -> Option<&'s str> {
    let is_hint = |pair: &[Token<'_>]| pair[0].is_word("hint") && pair[1].is_mark(":");
    if rest.first()?.is_mark(";") {
        let mut later = rest.windows(3).filter(|three| is_hint(three));
        let text = later.find(|three| three[2].kind == Kind::Text)?;
        return Some(text[2].text);
    }
    let mut rest = rest.iter().skip_while(|token| token.is_mark(","));
    let mut token = rest.next()?;
    if token.is_word("hint") {
        token = rest.nth(1)?;
    }
    if token.kind == Kind::Text {
        return Some(token.text);
    }
    let path = std::iter::once(token).chain(rest);
    let path = path.take_while(|token| token.kind == Kind::Word || token.is_mark("::"));
    let name = path.last()?.text;
    constants.iter().find_map(|texts| texts.get(name).copied())
}

/// The hints of all rules, from the sources.
fn hints(library: &[Source]) -> Hints {
    let files: Vec<Vec<Token<'_>>> = library
        .iter()
        .map(|source| tokens(without_tests(source)))
        .collect();
    let shared: BTreeMap<&str, &str> = files.iter().flat_map(|all| constants(all)).collect();
    let mut hints = Hints::new();
    for all in &files {
        let texts = constants(all);
        for (at, token) in all.iter().enumerate() {
            if token.kind == Kind::Text && is_referees(token.text) {
                let of_code = hints.entry(token.text.to_owned()).or_default();
                let hint = hint_after(&all[at + 1..], [&texts, &shared]).map(unescaped);
                let new = hint.filter(|hint| !of_code.contains(hint));
                of_code.extend(new);
            }
        }
    }
    hints
}

fn sections(manual: &Source) -> Vec<Section<'_>> {
    let mut all: Vec<Section<'_>> = Vec::new();
    let mut is_open = false;
    for (index, line) in manual.text.lines().enumerate() {
        if line.starts_with("## ") || line.starts_with("### ") {
            let code = line.strip_prefix("### ").and_then(|text| text.get(..5));
            let code = code.filter(|code| is_referees(code));
            is_open = code.is_some();
            all.extend(code.map(|code| Section {
                code,
                line: index + 1,
                lines: Vec::new(),
            }));
        } else if let Some(section) = all.last_mut().filter(|_| is_open && !line.is_empty()) {
            section.lines.push(line);
        }
    }
    all
}

/// What a section lacks; `hints` are those of its code.
fn lacking(section: &Section<'_>, hints: &[String]) -> Vec<String> {
    let places = PARTS.map(|part| {
        let lines = section.lines.iter().enumerate();
        let lines = lines.filter(|(_, line)| line.starts_with(part));
        lines.map(|(at, _)| at).collect::<Vec<usize>>()
    });
    let mut lacking = Vec::new();
    for (part, places) in PARTS.iter().zip(&places) {
        if places.len() != 1 {
            lacking.push(format!("{} lines `{part}`, not one", places.len()));
        }
    }
    let order: Vec<usize> = places.concat();
    if order.contains(&0) {
        lacking.push("nothing of what is checked".to_owned());
    }
    if !order.is_sorted() {
        lacking.push("parts in a different order".to_owned());
    }
    let fix = section.lines.iter().find(|line| line.starts_with(PARTS[2]));
    let fix = fix.map_or_else(String::new, |line| line.to_lowercase());
    for hint in hints
        .iter()
        .filter(|hint| !fix.contains(&hint.to_lowercase()))
    {
        lacking.push(format!("a fix without the hint `{hint}`"));
    }
    lacking
}

/// Sections of the referee's codes without their parts or without the hints of the source, and codes without hint or section.
fn not_of_the_source(library: &[Source], manual: &Source) -> Vec<Breach> {
    let mut hints = hints(library);
    let mut breaches = Vec::new();
    for section in sections(manual) {
        let breach = |what: String| {
            let what = format!("{}: {what}", section.code);
            Breach::new(manual, section.line, what)
        };
        match hints.remove(section.code) {
            Some(texts) if texts.is_empty() => {
                breaches.push(breach("no hint in the source".to_owned()));
            }
            Some(texts) => breaches.extend(lacking(&section, &texts).into_iter().map(breach)),
            None => breaches.push(breach("no rule in the source".to_owned())),
        }
    }
    let left = hints.into_keys();
    breaches.extend(left.map(|code| Breach::new(manual, 1, format!("{code}: no section"))));
    breaches
}

#[test]
fn every_section_of_the_referee_has_cause_and_example_and_the_fix_of_the_source() {
    let library = library();
    assert!(hints(&library).len() > 150, "the rules are found");
    assert_kept(
        &not_of_the_source(&library, &Source::read("docs/errors.md")),
        "say in docs/errors.md what the rule checks, then `Cause: `, `Example: ` and `Fix: ` with the hint of the source",
    );
}

#[test]
fn a_section_that_is_not_of_the_source_is_found() {
    let library = [
        Source::new(
            "src/plan/check/a.rs",
            "const A: Rule = Rule::new(\"P7001\", \"add \\\"it\\\" \\\n  again\");\nconst B: Rule = Rule::new(\"P7002\", own::HINT);",
        ),
        Source::new(
            "src/plan_files/b.rs",
            "pub(super) const HINT: &'static str = \"join\";\nrows! { a: f64 = Exact, \"P7003\", \"join\", }\nconst R: Rule = Rule { code: \"P7003\", hint: \"part\" };",
        ),
        Source::new(
            "src/engine/c.rs",
            "const C: &str = \"P7004\";\nfn f() { g(Finding { hint: \"plan\".into() }) }",
        ),
    ];
    let found = |manual: &str| {
        let breaches = not_of_the_source(&library, &Source::new("docs/errors.md", manual));
        breaches.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let [first, second, third, fourth] = [
        "### P7001 a\n\nSo.\nCause: b.\nExample: c.\nFix: Add \"it\" again.\n",
        "### P7002 a\nSo.\nCause: b.\n\nExample: c.\nFix: Join.\n",
        "### P7003 a\nSo.\nCause: b.\nExample: c.\nFix: Join. Part.\n",
        "## P7009\n### P7004 a\nSo.\nCause: b.\nExample: c.\nFix: Plan.\n",
    ];
    let sound = [first, second, third, fourth].concat();
    assert_eq!(found(&sound), Vec::<String>::new());
    let broken = sound.replace("Cause: b.\n\n", "").replace("Part", "Leave");
    let expected = [
        "docs/errors.md:7: P7002: 0 lines `Cause: `, not one",
        "docs/errors.md:11: P7003: a fix without the hint `part`",
    ];
    assert_eq!(found(&broken), expected);
    let swapped = "### P7001 a\nExample: c.\nCause: b.\nFix: Add \"it\" again.\n### P7005 b\n";
    let expected = [
        "docs/errors.md:1: P7001: nothing of what is checked",
        "docs/errors.md:1: P7001: parts in a different order",
        "docs/errors.md:5: P7005: no rule in the source",
    ];
    assert_eq!(found(&[swapped, second, third, fourth].concat()), expected);
}
