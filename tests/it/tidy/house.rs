//! The house in numbers: how large it is, how many names it has, and what goes in circles.
//!
//! `make house` prints the table. `house.csv` has for each number what it must not exceed, and what it is to reach.

use super::paths::{Named, module_of, paths};
use super::source::{Source, library, rust_files};
use super::tokens::{Kind, Token, tokens};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;

/// Names that are followed through so many front pages.
const MOST_FRONT_PAGES: usize = 8;

/// What is counted, by name.
type Counts = BTreeMap<&'static str, usize>;

/// A row of house.csv.
struct Limit {
    what: String,
    most: usize,
    aim: String,
}

fn limits() -> Vec<Limit> {
    let table = Source::read("tests/it/tidy/house.csv");
    let rows = table.text.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        let [what, most, aim] = cells[..] else {
            panic!("house.csv: three cells in `{line}`");
        };
        Limit {
            what: what.to_owned(),
            most: most.parse().expect("a number"),
            aim: aim.to_owned(),
        }
    });
    rows.collect()
}

fn line_count(sources: &[Source], folder: &str) -> usize {
    let within = sources
        .iter()
        .filter(|source| source.path.starts_with(folder));
    within.map(|source| source.text.lines().count()).sum()
}

/// The names of the types that code declares, as often as it does.
fn types(sources: &[Source]) -> Vec<String> {
    let mut all = Vec::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        for pair in without_tests(&tokens(&source.text)).windows(2) {
            let declares = ["struct", "enum", "trait"]
                .iter()
                .any(|word| pair[0].is_word(word));
            if declares && pair[1].kind == Kind::Word {
                all.push(pair[1].text.to_owned());
            }
        }
    }
    all
}

/// The tokens up to the tests that stand at the end of a file.
fn without_tests<'t, 's>(tokens: &'t [Token<'s>]) -> &'t [Token<'s>] {
    let is_tests =
        |all: &[Token<'_>]| all[0].is_word("mod") && all[1].is_word("tests") && all[2].is_mark("{");
    let end = tokens.windows(3).position(is_tests);
    &tokens[..end.unwrap_or(tokens.len())]
}

/// Constants that are written with a negative power of ten.
fn tolerances(sources: &[Source]) -> usize {
    let mut count = 0;
    for source in sources.iter().filter(|source| !source.is_test()) {
        let tokens = tokens(&source.text);
        for all in without_tests(&tokens).windows(9) {
            let is_constant =
                all[0].is_word("const") && all[2].is_mark(":") && all[3].is_word("f64");
            // `1e-9` is a word, a mark and a word.
            let is_small = all[4].is_mark("=") && all[5].text.ends_with('e') && all[6].is_mark("-");
            count += usize::from(is_constant && is_small);
        }
    }
    count
}

/// The files of a crate by their modules, and what their front pages hand on.
struct Files<'s> {
    sources: &'s [Source],
    by_module: BTreeMap<Vec<String>, usize>,
    /// By file, the paths that it hands on under the name of their last part.
    handed_on: Vec<Vec<Vec<String>>>,
}

impl<'s> Files<'s> {
    fn new(sources: &'s [Source]) -> Self {
        let by_module = sources.iter().enumerate();
        let by_module = by_module
            .map(|(index, source)| (module_of(source), index))
            .collect();
        let handed_on = sources.iter().map(|source| {
            let lines = public_uses(source);
            let named = paths(source).into_iter();
            let public = named.filter(|path| lines.contains(&path.line));
            public.filter_map(|path| from_root(&path, source)).collect()
        });
        Self {
            sources,
            by_module,
            handed_on: handed_on.collect(),
        }
    }

    /// The file in which what a path names is written; `None` for what is in no file of the crate.
    fn of(&self, path: &[String], front_pages: usize) -> Option<usize> {
        let length = (0..=path.len()).rev();
        let mut known =
            length.filter_map(|length| Some((length, *self.by_module.get(&path[..length])?)));
        let (length, file) = known.next()?;
        let Some(name) = path.get(length).filter(|_| front_pages > 0) else {
            return (length > 0).then_some(file);
        };
        let mut handed_on = self.handed_on[file].iter();
        let next = handed_on.find(|texts| texts.last() == Some(name) && texts.as_slice() != path);
        match next {
            Some(next) => self.of(next, front_pages - 1),
            None => (length > 0).then_some(file),
        }
    }

    /// Files that need each other, every such set once.
    fn circles(&self) -> Vec<Vec<&'s str>> {
        let mut graph: DiGraph<usize, ()> = DiGraph::new();
        let nodes: Vec<NodeIndex> = (0..self.sources.len())
            .map(|file| graph.add_node(file))
            .collect();
        for (file, source) in self.sources.iter().enumerate() {
            if source.is_test() || source.path.ends_with("/mod.rs") {
                continue;
            }
            for path in paths(source).iter().filter(|named| !named.is_in_tests()) {
                let to =
                    from_root(path, source).and_then(|texts| self.of(&texts, MOST_FRONT_PAGES));
                if let Some(to) = to.filter(|to| *to != file) {
                    graph.update_edge(nodes[file], nodes[to], ());
                }
            }
        }
        let sets = tarjan_scc(&graph).into_iter().filter(|set| set.len() > 1);
        let named = sets.map(|set| {
            let files = set
                .iter()
                .map(|node| self.sources[graph[*node]].path.as_str());
            let files: BTreeSet<&str> = files.collect();
            files.into_iter().collect()
        });
        let mut all: Vec<Vec<&str>> = named.collect();
        all.sort_by_key(|set| (usize::MAX - set.len(), set[0]));
        all
    }
}

/// A path from the root of the crate; one that begins with a child of its file too.
fn from_root(path: &Named, source: &Source) -> Option<Vec<String>> {
    let known = path.in_crate(source);
    let child = || {
        let mut module = module_of(source);
        module.extend(path.parts.iter().cloned());
        module
    };
    known.or_else(|| Some(child()))
}

/// The lines of a file's `pub use`.
fn public_uses(source: &Source) -> BTreeSet<usize> {
    let tokens = tokens(&source.text);
    let mut lines = BTreeSet::new();
    for (at, _) in tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.is_word("pub"))
    {
        let mut rest = &tokens[at + 1..];
        if rest.first().is_some_and(|token| token.is_mark("(")) {
            let close = rest.iter().position(|token| token.is_mark(")"));
            rest = &rest[close.map_or(rest.len(), |close| close + 1)..];
        }
        if rest.first().is_some_and(|token| token.is_word("use")) {
            let path = rest.iter().take_while(|token| !token.is_mark(";"));
            lines.extend(path.map(|token| token.line));
        }
    }
    lines
}

fn counts() -> (Counts, Vec<String>) {
    let sources = library();
    let tests = rust_files(&["tests"]);
    let types = types(&sources);
    let names: BTreeSet<&String> = types.iter().collect();
    let files = Files::new(&sources);
    let circles = files.circles();
    let counts = BTreeMap::from([
        ("lines of src", line_count(&sources, "src/")),
        ("lines of src/report", line_count(&sources, "src/report/")),
        (
            "lines of src/plan/check",
            line_count(&sources, "src/plan/check/"),
        ),
        ("lines of tests", line_count(&tests, "tests/")),
        ("types", types.len()),
        (
            "types with a name that others have",
            types.len() - names.len(),
        ),
        ("circles of files", circles.len()),
        (
            "files of the largest circle",
            circles.first().map_or(0, Vec::len),
        ),
        ("named tolerances", tolerances(&sources)),
    ]);
    (
        counts,
        circles.into_iter().map(|set| set.join(" ")).collect(),
    )
}

/// Every number is at most what house.csv has for it; who makes one smaller writes that down there.
#[test]
fn the_house_grows_no_larger() {
    let (counts, circles) = counts();
    let limits = limits();
    let mut table = format!("{:<36} {:>8} {:>8}  to reach\n", "", "now", "most");
    let mut exceeded = String::new();
    for limit in &limits {
        let now = counts.get(limit.what.as_str());
        let now = now.unwrap_or_else(|| panic!("nothing counts `{}`", limit.what));
        let _ = writeln!(
            table,
            "{:<36} {now:>8} {:>8}  {}",
            limit.what, limit.most, limit.aim
        );
        if *now > limit.most {
            let _ = writeln!(
                exceeded,
                "{}: {now}, and at most {}",
                limit.what, limit.most
            );
        }
    }
    assert_eq!(limits.len(), counts.len());
    if std::env::var_os("PLIMSOLL_HOUSE").is_some() {
        // What is written there is not captured.
        let _ = write!(
            std::io::stderr(),
            "\n{table}\nCircles:\n{}\n",
            circles.join("\n")
        );
    }
    assert!(exceeded.is_empty(), "{exceeded}\n{table}");
}

#[test]
fn circles_are_found_through_front_pages() {
    let sources = [
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a/mod.rs", "mod one; mod two; pub(crate) use one::One;"),
        ("src/a/one.rs", "use super::two::Two; pub struct One;"),
        ("src/a/two.rs", "use crate::b::Third; pub struct Two;"),
        (
            "src/b.rs",
            "pub(crate) use crate::a::One as Other;\npub struct Third;",
        ),
        (
            "src/c.rs",
            "use crate::b::Third;\nmod tests { use crate::d::D; }",
        ),
        ("src/d.rs", "use crate::c::C;"),
    ];
    let sources: Vec<Source> = sources
        .iter()
        .map(|(path, text)| Source::new(path, text))
        .collect();
    let circles = Files::new(&sources).circles();
    assert_eq!(circles, [["src/a/one.rs", "src/a/two.rs", "src/b.rs"]]);
    assert_eq!(types(&sources), ["One", "Two", "Third"]);
}

#[test]
fn tolerances_are_counted() {
    let text = "const A: f64 = 1e-9;\nconst B: f64 = 2.0;\nmod tests { const C: f64 = 1e-9; }";
    let both = [
        Source::new("src/a.rs", text),
        Source::new("src/b.rs", "pub const D: f64 = 1e-12;"),
    ];
    assert_eq!(tolerances(&both), 2);
}
