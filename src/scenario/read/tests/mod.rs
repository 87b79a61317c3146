//! What the reader says, message by message, on the tiny inventory.

mod fuzz;
mod layers;
mod meaning;
mod policy;

use super::super::tiny;
use super::*;
use crate::model::Scenario;

/// A span of six hours for texts whose subject is something else; it stands at their end.
const SPAN: &str = "\n[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T08:00:00Z\n";

/// The reading of `base.toml` and, if there is a second text, `patch.toml`.
fn reading(texts: &[&str]) -> Reading {
    let names = ["base.toml", "patch.toml"];
    let layers: Vec<ScenarioText> = names
        .iter()
        .zip(texts)
        .map(|(name, text)| ScenarioText {
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        })
        .collect();
    read(&layers, &tiny::inventory())
}

/// The findings as the user sees them, each after its severity.
fn messages(reading: &Reading) -> String {
    let all = reading.findings.iter();
    all.map(|finding| format!("{:?}: {finding}\n", finding.severity))
        .collect::<Vec<_>>()
        .concat()
}

/// Reads one text, compares what is said about it, and that errors leave no scenario.
#[track_caller]
fn says(text: &str, expected: &str) {
    let reading = reading(&[text]);
    assert_eq!(messages(&reading), expected);
    assert_eq!(reading.scenario.is_none(), expected.contains("Error"));
}

/// The same for a text without `[scenario]`.
#[track_caller]
fn says_of(text: &str, expected: &str) {
    says(&format!("{text}{SPAN}"), expected);
}

/// The scenario of a text without `[scenario]` about which nothing is to be said.
#[track_caller]
fn scenario_of(text: &str) -> Scenario {
    let reading = reading(&[&format!("{text}{SPAN}")]);
    assert_eq!(messages(&reading), "");
    reading.scenario.expect("a scenario without findings")
}

/// What is said of texts: an entry is a line `==== title`, a text, a line `---- says`, and all findings. Where the title does
/// not end with `(whole)`, [`SPAN`] stands after the text.
const BOOK: &str = include_str!("messages.txt");

#[test]
fn every_text_of_the_book_is_answered_word_by_word() {
    let entries = BOOK.split("==== ").skip(1);
    let mut count = 0;
    for (entry, number) in entries.zip(1..) {
        let (title, rest) = entry.split_once('\n').expect("a line of the title");
        let (text, expected) = rest.split_once("---- says\n").expect("what is said");
        let span = if title.ends_with("(whole)") { "" } else { SPAN };
        let reading = reading(&[&format!("{text}{span}")]);
        assert_eq!(messages(&reading), expected, "{title}");
        assert_eq!(reading.scenario.is_none(), expected.contains("Error"));
        count = number;
    }
    assert_eq!(count, 47, "an entry is lost");
}
