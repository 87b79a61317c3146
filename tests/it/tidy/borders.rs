//! What only certain rooms may name: solver, formats, the outside world, unsafe code.

use super::paths::paths;
use super::source::{Source, everything, library};
use super::tokens::{Kind, tokens};
use super::{Breach, assert_broken, assert_kept, of_each};

const MODELLING: [&str; 2] = ["src/formulation/", "src/solve/"];
const SOLVER: [&str; 1] = ["src/solve/"];
const FORMATS: [&str; 5] = [
    "src/inventory/",
    "src/scenario/",
    "src/plan_files/",
    "src/report/",
    "src/cli/",
];
const OUTSIDE: [&str; 2] = ["src/cli/", "src/main.rs"];
/// The files in which code may be unsafe: the solver's interface and the allocator's.
const UNSAFE: [&str; 2] = ["src/solve/backend.rs", "src/cli/memory.rs"];

/// Where one of these words stands in code outside the rooms that may use it.
fn words_outside(source: &Source, words: &[&str], folders: &[&str]) -> Vec<Breach> {
    if folders.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    tokens(&source.text)
        .iter()
        .filter(|token| token.kind == Kind::Word && words.contains(&token.text))
        .map(|token| Breach::new(source, token.line, format!("`{}`", token.text)))
        .collect()
}

fn good_lp_outside(source: &Source) -> Vec<Breach> {
    words_outside(source, &["good_lp"], &MODELLING)
}

fn highs_outside(source: &Source) -> Vec<Breach> {
    words_outside(source, &["highs", "highs_sys"], &SOLVER)
}

fn formats_outside(source: &Source) -> Vec<Breach> {
    words_outside(source, &["serde", "serde_json", "toml"], &FORMATS)
}

/// Where a path begins or ends in a way that only the command line may use.
fn paths_outside(source: &Source, begins: &[&[&str]], ends: &[&[&str]]) -> Vec<Breach> {
    if OUTSIDE.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    paths(source)
        .iter()
        .filter(|path| {
            begins.iter().any(|begin| path.starts_with(begin))
                || ends.iter().any(|end| path.ends_with(end))
        })
        .map(|path| Breach::new(source, path.line, format!("`{}`", path.parts.join("::"))))
        .collect()
}

fn files_and_environment_outside(source: &Source) -> Vec<Breach> {
    paths_outside(
        source,
        &[&["std", "fs"], &["std", "env"], &["std", "net"]],
        &[],
    )
}

fn clock_outside(source: &Source) -> Vec<Breach> {
    let types: [&[&str]; 2] = [&["std", "time", "Instant"], &["std", "time", "SystemTime"]];
    let calls: [&[&str]; 4] = [
        &["Instant", "now"],
        &["SystemTime", "now"],
        &["Timestamp", "now"],
        &["Zoned", "now"],
    ];
    paths_outside(source, &types, &calls)
}

fn printing_outside(source: &Source) -> Vec<Breach> {
    if OUTSIDE.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    let streams: [&[&str]; 3] = [&["io", "stdout"], &["io", "stderr"], &["io", "stdin"]];
    let mut breaches = paths_outside(source, &[], &streams);
    for pair in tokens(&source.text).windows(2) {
        let prints = ["print", "println", "eprint", "eprintln", "dbg"].contains(&pair[0].text);
        if pair[0].kind == Kind::Word && prints && pair[1].is_mark("!") {
            let what = format!("`{}!`", pair[0].text);
            breaches.push(Breach::new(source, pair[0].line, what));
        }
    }
    breaches
}

/// Unsafe code outside its one file, or in it without a sentence before its statement that says why it is sound.
fn unsafe_without_reason(source: &Source) -> Vec<Breach> {
    let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
    let mut breaches = Vec::new();
    for token in tokens(&source.text) {
        if !token.is_word("unsafe") {
            continue;
        }
        if !UNSAFE.contains(&source.path.as_str()) {
            breaches.push(Breach::new(source, token.line, "`unsafe`"));
        } else if !is_justified(&lines[..token.line - 1]) {
            let what = "`unsafe` without `// SAFETY:` before it";
            breaches.push(Breach::new(source, token.line, what));
        }
    }
    breaches
}

/// Whether these lines end in a comment that begins with `SAFETY:`, or in one and the start of a statement.
fn is_justified(before: &[&str]) -> bool {
    let is_comment = |line: &&&str| line.starts_with("//");
    let is_end = |line: &str| line.is_empty() || line.ends_with([';', '{', '}', ',']);
    let start_of_statement = before
        .iter()
        .rev()
        .take_while(|line| !line.starts_with("//") && !is_end(line))
        .count();
    before[..before.len() - start_of_statement]
        .iter()
        .rev()
        .take_while(is_comment)
        .any(|line| line.starts_with("// SAFETY:"))
}

#[test]
fn good_lp_is_named_in_formulation_and_solve_only() {
    assert_kept(
        &of_each(&library(), good_lp_outside),
        "pass rows and columns down to `formulation` or `solve` as values",
    );
}

#[test]
fn good_lp_elsewhere_is_found() {
    let text = "//! good_lp\nuse good_lp::variable;\nconst A: &str = \"good_lp\";";
    assert_broken(good_lp_outside, "src/engine/plan.rs", text, &[2]);
    assert_broken(good_lp_outside, "src/solve/master.rs", text, &[]);
}

#[test]
fn highs_is_named_in_solve_only() {
    assert_kept(
        &of_each(&library(), highs_outside),
        "let `solve` do it: it is the only floor that names HiGHS",
    );
}

#[test]
fn highs_elsewhere_is_found() {
    let text = "\nlet a = model.using(good_lp::highs);\nuse highs_sys::Highs_run;";
    assert_broken(highs_outside, "src/formulation/problem.rs", text, &[2, 3]);
    assert_broken(highs_outside, "src/solve/backend.rs", text, &[]);
}

#[test]
fn formats_are_known_only_where_they_are_read_or_written() {
    assert_kept(
        &of_each(&library(), formats_outside),
        "take or return plain values; inventory, scenario, plan_files, report and cli know formats",
    );
}

#[test]
fn a_format_elsewhere_is_found() {
    let text = "#[derive(Debug)]\n#[serde(flatten)]\nstruct A;\nuse toml::Value;";
    assert_broken(formats_outside, "src/model/site.rs", text, &[2, 4]);
    assert_broken(formats_outside, "src/report/json.rs", text, &[]);
}

#[test]
fn files_and_environment_are_opened_by_the_command_line_only() {
    assert_kept(
        &of_each(&library(), files_and_environment_outside),
        "take bytes, `impl Read` or `impl Write`; `cli` opens files and reads the environment",
    );
}

#[test]
fn a_file_opened_elsewhere_is_found() {
    let text =
        "use std::{fmt, fs};\nfn f() { std::env::var(\"A\"); }\nconst B: &str = env!(\"C\");";
    let rule = files_and_environment_outside;
    assert_broken(rule, "src/report/csv.rs", text, &[1, 2]);
    assert_broken(rule, "src/cli/files.rs", text, &[]);
}

#[test]
fn the_clock_is_read_by_the_command_line_only() {
    assert_kept(
        &of_each(&library(), clock_outside),
        "pass a `Stop` or a time down; `cli` reads the clock",
    );
}

#[test]
fn a_clock_read_elsewhere_is_found() {
    let text = "use std::time::{Duration, Instant};\nlet a = jiff::Timestamp::now();\nlet b = Value::Instant(c);";
    assert_broken(clock_outside, "src/solve/levels.rs", text, &[1, 2]);
    assert_broken(clock_outside, "src/cli/clock.rs", text, &[]);
}

#[test]
fn the_command_line_prints_and_nobody_else() {
    assert_kept(
        &of_each(&library(), printing_outside),
        "return the text; `cli` prints it (for a trace, use `tracing`)",
    );
}

#[test]
fn printing_elsewhere_is_found() {
    let text = "fn f() {\n    println!(\"a\");\n    write!(std::io::stderr(), \"b\");\n    writeln!(c, \"dbg!\");\n}";
    assert_broken(printing_outside, "src/engine/plan.rs", text, &[3, 2]);
    assert_broken(printing_outside, "src/cli/terminal.rs", text, &[]);
}

#[test]
fn unsafe_code_is_in_two_files_and_says_why_it_is_sound() {
    assert_kept(
        &of_each(&everything(), unsafe_without_reason),
        "only src/solve/backend.rs and src/cli/memory.rs may be unsafe; begin the comment before each block with `// SAFETY:`",
    );
}

#[test]
fn unsafe_code_elsewhere_or_without_its_reason_is_found() {
    let said = "fn f() {\n    // SAFETY: the pointer\n    // is live.\n    let a =\n        unsafe { b() };\n}";
    for path in UNSAFE {
        assert_broken(unsafe_without_reason, path, said, &[]);
    }
    assert_broken(unsafe_without_reason, "src/solve/master.rs", said, &[5]);
    let unsaid = "// SAFETY: of f\nfn f() {\n    let a = unsafe { b() };\n    // unsafe\n    unsafe { c() };\n}";
    assert_broken(unsafe_without_reason, UNSAFE[0], unsaid, &[3, 5]);
}
