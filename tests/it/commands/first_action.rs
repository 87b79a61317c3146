//! The first paragraph of a plan on the terminal: alarm, answer, reason and first action, which the page has in the same words.

use super::compare::two_sites;
use super::{plimsoll, written};
use std::fs;
use tempfile::TempDir;

/// The paragraphs that a plan prints, and its page.
fn said(folder: &TempDir, args: &[&str]) -> (Vec<String>, String) {
    let args = [&["plan", "."], args, &["--out", "plan", "--no-charts"]].concat();
    let output = plimsoll(folder, &args).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let page = fs::read_to_string(folder.path().join("plan/report.html")).expect("it is written");
    (text.split("\n\n").map(str::to_owned).collect(), page)
}

/// Ten users leave `a`, and `b` has capacity for all of them.
#[test]
fn the_terminal_ends_its_first_paragraph_with_the_first_action_of_the_page() {
    let folder = two_sites(100);
    let (paragraphs, page) = said(&folder, &["--scenario", "drain.toml"]);
    let first = paragraphs[1]
        .lines()
        .last()
        .expect("a paragraph has a line");
    assert!(first.starts_with("First, at "), "{paragraphs:?}");
    assert!(first.contains("10 users"), "{first}");
    assert!(page.contains(first), "{first}");
    assert!(
        paragraphs[1].contains("Everyone is served"),
        "{paragraphs:?}"
    );
}

/// Nothing happens, and there is nothing to do.
#[test]
fn a_plan_without_a_step_says_that_there_is_nothing_to_do() {
    let folder = written(&[("s.toml", super::QUIET_HOUR)]);
    let (paragraphs, _) = said(&folder, &["--scenario", "s.toml"]);
    let last = paragraphs[1].lines().last();
    assert_eq!(last, Some("First: nothing. The plan has no step."));
}

/// Four of ten users fit: that is the first line after the title, and an assumed end comes after it.
#[test]
fn damage_is_the_first_line_after_the_title_and_an_assumed_end_comes_later() {
    let folder = two_sites(4);
    let now = ["--fail", "a", "--from", "2026-03-07T02:00Z"];
    let (paragraphs, _) = said(&folder, &now);
    assert_eq!(paragraphs[0].lines().count(), 1, "{paragraphs:?}");
    assert!(
        paragraphs[1].starts_with("6 users stay unserved"),
        "{paragraphs:?}"
    );
    let action = paragraphs[1]
        .find("\nFirst, at ")
        .expect("it has an action");
    assert!(
        !paragraphs[1][action + 1..].contains('\n'),
        "{paragraphs:?}"
    );
    assert!(
        paragraphs[2].contains("Assumed, because no end was given"),
        "{paragraphs:?}"
    );
}
