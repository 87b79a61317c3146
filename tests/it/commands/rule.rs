//! `plimsoll rule`: what docs/errors.md says of a code.

use super::plimsoll;
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

/// Exit code, standard output and standard error.
fn answered(args: &[&str]) -> (Option<i32>, String, String) {
    let folder = TempDir::new().expect("there is room for a folder");
    let args = [&["rule"], args].concat();
    let output = plimsoll(&folder, &args).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn every_section_of_the_manual_is_printed_word_by_word() {
    let manual = fs::read_to_string(crate::command_line::root("docs/errors.md"));
    let manual = manual.expect("there is a manual");
    let sections: Vec<(&str, &str)> = manual
        .split("\n### ")
        .skip(1)
        .map(|section| {
            let section = section.split("\n## ").next().unwrap_or(section);
            section.split_once('\n').expect("a heading and a text")
        })
        .collect();
    let codes: Vec<&str> = sections.iter().map(|(heading, _)| &heading[..5]).collect();
    assert!(codes.len() > 200, "{} codes", codes.len());
    let (code, text, _) = answered(&codes);
    assert_eq!(code, Some(0));
    for (heading, section) in &sections {
        let start = text.find(&format!("{heading}\n"));
        let start = start.expect("its heading is printed");
        assert!(text[start..].contains(section.trim()), "{heading}");
    }
}

#[test]
fn a_code_is_taken_as_findings_print_it_and_printed_once() {
    let (code, text, _) = answered(&["[p3002]", "P3002"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        text,
        "P3002 an unknown id\n\
         Inventory: across tables and in the graph (P3xxx)\n\n\
         A cell names an id that is not there, or one of another kind.\n\
         Example: the site `chicgo` in shards.csv.\n\
         Write the id that the hint gives, or add the missing row. Of a pool name the members.\n"
    );
}

#[test]
fn an_unknown_code_is_refused_with_the_nearest() {
    let refusal = "error: no finding has the code `P9999`; the nearest are P7999, P8001, P8002\n";
    assert_eq!(
        answered(&["P3002", "P9999"]),
        (Some(2), String::new(), refusal.to_owned())
    );
    let (code, text, error) = answered(&["chi\nago\u{1b}[31m"]);
    assert_eq!((code, text.as_str()), (Some(2), ""));
    assert!(error.starts_with("error: found `chi"), "{error}");
    assert!(
        !error.contains('\u{1b}') && error.lines().count() == 1,
        "{error}"
    );
    for odd in ["P99999999999999999999", "P", "P-300", "P30é", "P+300"] {
        let (code, _, error) = answered(&[odd]);
        assert_eq!(code, Some(2));
        assert!(error.contains("expected a code"), "{odd}: {error}");
    }
}

#[test]
fn for_programs_there_is_one_object() {
    let (_, text, _) = answered(&["P1005", "--json"]);
    let value: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(value["format"], "plimsoll-rule/1");
    assert_eq!(value["rules"][0]["code"], "P1005");
    assert_eq!(value["rules"][0]["title"], "too large");
    let words = value["rules"][0]["text"].as_str().expect("a text");
    assert!(
        words.contains("| shards.csv, replicas.csv | 2 GiB |"),
        "{words}"
    );
}
