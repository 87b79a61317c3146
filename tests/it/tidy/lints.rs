//! The lints that `Cargo.toml` turns on do the rest.

use super::source::{Source, everything};
use super::tokens::{Kind, tokens};
use super::{Breach, assert_broken, assert_kept, of_each};
use toml::{Table, Value};

/// Lints of style.md, by tool.
const LINTS: [(&str, &[&str]); 2] = [
    ("rust", &["unsafe_code", "missing_docs", "unreachable_pub"]),
    (
        "clippy",
        &[
            "all",
            "pedantic",
            "print_stdout",
            "print_stderr",
            "exit",
            "dbg_macro",
            "unwrap_used",
            "float_cmp",
            "iter_over_hash_type",
        ],
    ),
];

fn lints_that_are_off(manifest: &Source) -> Vec<Breach> {
    let table: Table = manifest.text.parse().expect("the manifest is TOML");
    let mut breaches = Vec::new();
    for (tool, lints) in LINTS {
        for lint in lints {
            let set = table
                .get("lints")
                .and_then(|lints| lints.get(tool)?.get(lint));
            let level = set.and_then(|set| set.get("level").or(Some(set)));
            if !matches!(
                level.and_then(Value::as_str),
                Some("warn" | "deny" | "forbid")
            ) {
                let what = format!("`{lint}` of [lints.{tool}] is not on");
                breaches.push(Breach::new(manifest, 1, what));
            }
        }
    }
    breaches
}

/// Attributes that let the order of a hash map into a result.
fn hash_orders_let_through(source: &Source) -> Vec<Breach> {
    tokens(&source.text)
        .iter()
        .filter(|token| token.kind == Kind::Word && token.text == "iter_over_hash_type")
        .map(|token| Breach::new(source, token.line, "`iter_over_hash_type` is let through"))
        .collect()
}

/// Lints switched off without a reason that stays true: `allow` does not say when it is of no use any more.
fn allowed_lints(source: &Source) -> Vec<Breach> {
    let tokens = tokens(&source.text);
    let mut breaches = Vec::new();
    for window in tokens.windows(3) {
        if window[0].is_mark("[") && window[1].is_word("allow") && window[2].is_mark("(") {
            breaches.push(Breach::new(source, window[1].line, "`allow`"));
        }
    }
    breaches
}

#[test]
fn the_lints_of_the_house_are_on() {
    assert_kept(
        &lints_that_are_off(&Source::read("Cargo.toml")),
        "turn it on in Cargo.toml",
    );
}

#[test]
fn a_lint_that_is_off_is_found() {
    let tables = LINTS.map(|(tool, lints)| {
        let on = lints.join(" = \"warn\"\n");
        format!("[lints.{tool}]\n{on} = \"warn\"\n")
    });
    let all = tables.concat();
    assert_broken(lints_that_are_off, "Cargo.toml", &all, &[]);
    let with_priority = all.replace(
        "all = \"warn\"",
        "all = { level = \"deny\", priority = -1 }",
    );
    assert_broken(lints_that_are_off, "Cargo.toml", &with_priority, &[]);
    let allowed = all.replace(
        "iter_over_hash_type = \"warn\"",
        "iter_over_hash_type = \"allow\"",
    );
    assert_broken(lints_that_are_off, "Cargo.toml", &allowed, &[1]);
    let absent = all.replace("unsafe_code = \"warn\"\n", "");
    assert_broken(lints_that_are_off, "Cargo.toml", &absent, &[1]);
}

#[test]
fn no_hash_map_is_iterated() {
    assert_kept(
        &of_each(&everything(), hash_orders_let_through),
        "use an ordered map, or sort before: the same inputs give the same bytes",
    );
}

#[test]
fn a_hash_map_let_through_is_found() {
    let text = "\n#[expect(clippy::iter_over_hash_type, reason = \"a sum\")]\nfn f() {}";
    assert_broken(hash_orders_let_through, "src/a.rs", text, &[2]);
}

#[test]
fn exceptions_from_lints_are_expected_with_a_reason() {
    let mut sources = everything();
    sources.retain(|source| source.path != "tests/it/main.rs");
    assert_kept(
        &of_each(&sources, allowed_lints),
        "write `#[expect(lint, reason = \"…\")]`",
    );
}

#[test]
fn an_allow_is_found() {
    let text = "#![allow(dead_code)]\n#[expect(dead_code, reason = \"allow(\")]\nfn allow() {}";
    assert_broken(allowed_lints, "src/a.rs", text, &[1]);
}
