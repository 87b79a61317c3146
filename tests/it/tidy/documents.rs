//! What stands in the sources stands in the documents.

use super::source::{Source, everything, library};
use super::tokens::{Kind, tokens};
use super::{Breach, assert_kept};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// Files of the formulation that are neither a row family nor a goal.
const FRAME: [&str; 2] = ["mod", "level"];

/// The part of a source that is compiled without tests: what stands before its test module.
pub(super) fn without_tests(source: &Source) -> &str {
    if source.is_test() {
        return "";
    }
    let text = source.text.as_str();
    let end = text.find("#[cfg(test)]\nmod tests {");
    &text[..end.unwrap_or(text.len())]
}

/// What is compiled for tests only.
fn tests_of(source: &Source) -> &str {
    &source.text[without_tests(source).len()..]
}

/// The codes in a text such as `[P2104]`.
pub(super) fn codes_in(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('P').filter_map(|(at, _)| {
        let code = text.get(at..at + 5)?;
        let is_code = code[1..].bytes().all(|byte| byte.is_ascii_digit());
        let is_end = |byte: Option<&u8>| !byte.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = text.as_bytes();
        let is_whole =
            is_end(at.checked_sub(1).map(|before| &bytes[before])) && is_end(bytes.get(at + 5));
        (is_code && is_whole).then_some(code)
    })
}

/// Every code that the library can say, with the first place that says it.
fn defined(library: &[Source]) -> BTreeMap<String, Breach> {
    let mut defined = BTreeMap::new();
    for source in library {
        for token in tokens(without_tests(source)) {
            if token.kind == Kind::Text && codes_in(token.text).next() == Some(token.text) {
                let code = token.text.to_owned();
                let place = Breach::new(source, token.line, code.as_str());
                defined.entry(code).or_insert(place);
            }
        }
    }
    defined
}

/// Codes without a section of the manual, sections without a code, and sections out of order.
fn not_explained(library: &[Source], manual: &Source) -> Vec<Breach> {
    let mut defined = defined(library);
    let mut breaches = Vec::new();
    let mut last = "";
    for (index, line) in manual.text.lines().enumerate() {
        let Some(heading) = line.strip_prefix("### ") else {
            continue;
        };
        let Some(code) = codes_in(heading).next() else {
            continue;
        };
        if code <= last {
            let what = format!("{code} stands after {last}");
            breaches.push(Breach::new(manual, index + 1, what));
        } else if defined.remove(code).is_none() {
            let what = format!("{code} is said nowhere");
            breaches.push(Breach::new(manual, index + 1, what));
        }
        last = code;
    }
    breaches.extend(defined.into_values());
    breaches
}

/// Codes that no test expects.
fn not_tested(sources: &[Source]) -> Vec<Breach> {
    let (library, outside): (Vec<_>, Vec<_>) = sources
        .iter()
        .partition(|source| source.path.starts_with("src/"));
    let mut tested = BTreeSet::new();
    let beside = library.iter().map(|source| tests_of(source));
    for text in beside.chain(outside.iter().map(|source| source.text.as_str())) {
        for token in tokens(text) {
            if token.kind == Kind::Text {
                tested.extend(codes_in(token.text));
            }
        }
    }
    let library: Vec<Source> = library
        .iter()
        .map(|source| Source::new(&source.path, &source.text))
        .collect();
    let all = defined(&library).into_iter();
    all.filter(|(code, _)| !tested.contains(code.as_str()))
        .map(|(_, place)| place)
        .collect()
}

/// The files of a folder of the formulation that the document does not name.
fn not_named(library: &[Source], folder: &str, document: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in library {
        let Some(stem) = source
            .path
            .strip_prefix(&format!("src/formulation/{folder}/"))
            .and_then(|name| name.strip_suffix(".rs"))
        else {
            continue;
        };
        let is_named = document.text.contains(&format!("{folder}/{stem}.rs"));
        if !is_named && !FRAME.contains(&stem) {
            let what = format!("`{folder}/{stem}.rs` is not in {}", document.path);
            breaches.push(Breach::new(source, 1, what));
        }
    }
    breaches
}

/// Dependencies that stand in the first column of no table of the documents.
fn not_justified(manifest: &Source, documents: &[Source]) -> Vec<Breach> {
    let table: Table = manifest.text.parse().expect("the manifest is TOML");
    let said: BTreeSet<&str> = documents
        .iter()
        .flat_map(|document| document.text.lines())
        .filter_map(|line| line.trim().strip_prefix('|')?.split('|').next())
        .flat_map(|cell| cell.split(|c: char| !(c.is_alphanumeric() || "-_".contains(c))))
        .collect();
    let mut breaches = Vec::new();
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let names = table.get(kind).and_then(Value::as_table);
        for name in names.into_iter().flat_map(Table::keys) {
            if !said.contains(name.as_str()) {
                let lines = manifest.text.lines();
                let line = lines
                    .take_while(|line| !line.starts_with(name.as_str()))
                    .count()
                    + 1;
                let what = format!("`{name}` is a dependency without its sentence");
                breaches.push(Breach::new(manifest, line, what));
            }
        }
    }
    breaches
}

#[test]
fn every_code_is_explained_in_the_manual_and_nothing_else_is() {
    assert_kept(
        &not_explained(&library(), &Source::read("docs/errors.md")),
        "give each code one section `### P1234 what is wrong` in docs/errors.md, in ascending order",
    );
}

#[test]
fn a_code_that_is_not_explained_is_found() {
    let text = "const A: Code = Code(\"P1001\");\nconst B: Code = Code(\"P1002\");\n#[cfg(test)]\nmod tests {\n const C: &str = \"P1009\"; }";
    let library = [Source::new("src/inventory/read.rs", text)];
    let found = |manual: &str| {
        let breaches = not_explained(&library, &Source::new("docs/errors.md", manual));
        breaches.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        found("# P1009\n### P1001 a\n\n### P1002 b\n"),
        Vec::<String>::new()
    );
    assert_eq!(
        found("### P1001 see P1002\n"),
        ["src/inventory/read.rs:2: P1002"]
    );
    let twice = "### P1001\n### P1001\n### P1002\n### P1003\n";
    let expected = [
        "docs/errors.md:2: P1001 stands after P1001",
        "docs/errors.md:4: P1003 is said nowhere",
    ];
    assert_eq!(found(twice), expected);
}

#[test]
fn every_code_is_expected_by_a_test() {
    // What is said of scenarios stands in a book.
    let book = Source::read("src/scenario/read/tests/messages.txt");
    let book = Source::new("tests/messages.rs", &format!("{:?}", book.text));
    assert_kept(
        &not_tested(&everything().into_iter().chain([book]).collect::<Vec<_>>()),
        "write a test with the smallest input that breaks the rule, and expect its code",
    );
}

#[test]
fn a_code_that_no_test_expects_is_found() {
    let code = Source::new("src/a.rs", "const A: Code = Code(\"P1001\");\n// P1001");
    let other = Source::new("tests/it/a.rs", "// P1001\nsays(\"[P10012] [P1002]\");");
    let place = Breach::new(&code, 1, "P1001");
    assert_eq!(not_tested(&[code, other]), [place]);
    let code = Source::new("src/a.rs", "const A: Code = Code(\"P1001\");");
    let test = Source::new("src/a/tests.rs", "says(\"a.csv: found b [P1001]\");");
    assert_eq!(not_tested(&[code, test]), []);
    let both =
        "const A: Code = Code(\"P1001\");\n#[cfg(test)]\nmod tests { const B: &str = \"P1001\"; }";
    assert_eq!(not_tested(&[Source::new("src/a.rs", both)]), []);
}

#[test]
fn every_row_family_is_documented() {
    assert_kept(
        &not_named(&library(), "rows", &Source::read("docs/model.md")),
        "give the row family a section in docs/model.md that names its file as `rows/….rs`",
    );
}

#[test]
fn every_goal_is_documented() {
    assert_kept(
        &not_named(&library(), "goals", &Source::read("docs/model.md")),
        "give the goal a section in docs/model.md that names its file as `goals/….rs`",
    );
}

#[test]
fn a_row_family_or_goal_that_is_not_documented_is_found() {
    let library = [
        "rows/mod",
        "rows/load",
        "goals/mod",
        "goals/level",
        "goals/relief",
    ]
    .map(|stem| Source::new(&format!("src/formulation/{stem}.rs"), ""));
    let document = Source::new("docs/model.md", "`rows/load.rs` and `goals/moves.rs`");
    assert_eq!(not_named(&library, "rows", &document), []);
    let place = Breach::new(&library[4], 1, "`goals/relief.rs` is not in docs/model.md");
    assert_eq!(not_named(&library, "goals", &document), [place]);
}

#[test]
fn every_dependency_has_its_sentence() {
    let documents = ["docs/design.md", "ARCHITECTURE.md"].map(Source::read);
    assert_kept(
        &not_justified(&Source::read("Cargo.toml"), &documents),
        "say in the table of docs/design.md what the crate saves and what it brings, or do without it",
    );
}

#[test]
fn a_dependency_without_its_sentence_is_found() {
    let text =
        "[dependencies]\nhighs = \"2\"\nhighs-sys = \"1\"\n[dev-dependencies]\ninsta = \"1\"\n";
    let manifest = Source::new("Cargo.toml", text);
    let document = "insta\n| crate | what it saves |\n|---|---|\n| `highs` | insta |\n";
    let lines = |document: &str| {
        let breaches = not_justified(&manifest, &[Source::new("docs/design.md", document)]);
        breaches
            .iter()
            .map(|breach| breach.line)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(document), [3, 5]);
    assert_eq!(
        lines("| `highs`, `highs-sys` | a |\n| insta | b |"),
        Vec::<usize>::new()
    );
}

/// plots/README.md says below how many megabytes they are.
#[test]
fn the_charts_of_plots_are_as_small_as_their_page_says() {
    let folder = crate::command_line::root("plots");
    let text = std::fs::read_to_string(folder.join("README.md")).expect("it is there");
    let (_, most) = text.split_once("keeps the folder below ").expect("a size");
    let (most, _) = most.split_once(" MB").expect("megabytes");
    let most: u64 = most.parse().expect("a number");
    let files = std::fs::read_dir(folder).expect("it can be read");
    let sizes = files.map(|file| {
        file.and_then(|file| file.metadata())
            .map_or(0, |metadata| metadata.len())
    });
    let all: u64 = sizes.sum();
    assert!(all < most * 1_000_000, "{all} bytes");
    assert!(all > (most - 1) * 1_000_000, "{all} bytes");
}

/// docs/charts.md: each kind of chart of its table has a picture that is there.
#[test]
fn every_kind_of_chart_has_its_picture() {
    let page = Source::read("docs/charts.md").text;
    let kinds: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| ") && line.ends_with(") |"))
        .filter_map(|line| line.rsplit_once('[')?.1.split_once(']'))
        .map(|pair| pair.0)
        .collect();
    assert!(kinds.len() >= 16, "{kinds:?}");
    for kind in kinds {
        let heading = format!("# {}\n", kind.to_lowercase());
        let lower = page.to_lowercase();
        let at = lower.find(&heading).expect(kind) + heading.len();
        let rest = &page[at..];
        let section = &rest[..rest.find("\n#").unwrap_or(rest.len())];
        let (_, picture) = section.split_once("](../").expect(kind);
        let (picture, _) = picture.split_once(')').expect(kind);
        assert!(crate::command_line::root(picture).is_file(), "{picture}");
    }
}

/// docs/rules.md: of each rule the files are there, and the referee's or the column's and the test's speak of its code.
#[test]
fn every_rule_stands_where_the_table_says() {
    let table = Source::read("docs/rules.md");
    let model = Source::read("docs/model.md").text.to_lowercase();
    let mut count = 0;
    for line in table.text.lines().filter(|line| line.contains("model.md#")) {
        let files: Vec<&str> = line
            .split('`')
            .filter(|part| part.contains('/') && !part.contains('#'))
            .collect();
        // The referee's file makes what is expected of a cell, and the column's has the code.
        let [code_file, referees @ .., test] = &files[..] else {
            panic!("three files in `{line}`");
        };
        let code = codes_in(line).next().expect("a code");
        assert!(!Source::read(code_file).text.is_empty());
        let speaks = |file: &&str| Source::read(file).text.contains(code);
        assert!(referees.iter().any(speaks), "{referees:?}: {code}");
        assert!(speaks(test), "{test}: {code}");
        let section = line
            .split("[§")
            .nth(1)
            .and_then(|rest| rest.split(']').next());
        let heading = format!("\n## {}. ", section.expect("a section"));
        assert!(model.contains(&heading), "{heading}");
        count += 1;
    }
    assert!(count > 30, "{count} rules");
}
