//! Nothing overlaps, nothing is cut, the page does not scroll sideways: the check, and that it can fail.

use crate::chromium::{Chromium, LOOKS, Page};
use std::fs;
use tempfile::TempDir;

/// Everything that is wrong with how a page is laid out.
pub(crate) fn problems(page: &Page<'_>) -> Vec<String> {
    page.texts(include_str!("layout.js"))
}

/// What is said of a page with this body.
fn said_of(body: &str) -> Vec<String> {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("page.html");
    let text = format!("<!doctype html><html lang=en><meta charset=utf-8><title>t</title>{body}");
    fs::write(&file, text).expect("it is written");
    let browser = Chromium::start();
    let page = browser.open(&file, LOOKS[0]);
    let mut said = problems(&page);
    said.extend(page.complaints());
    said
}

/// Asserts that something is said of a page, and that it begins so.
fn assert_said(body: &str, expected: &str) {
    let said = said_of(body);
    assert!(
        said.iter().any(|words| words.starts_with(expected)),
        "expected `{expected}…` of {body}: {said:#?}"
    );
}

#[test]
fn a_sound_page_is_not_complained_of() {
    let body = "<h1>One</h1><p>Two lines<br>of text</p><table><tr><td>a<td>b</table>\
        <div style='overflow:auto;width:4em;white-space:nowrap'>a long line that scrolls</div>\
        <svg viewBox='0 0 100 20' width=200 height=40><text x=5 y=15 font-size=8>text</text></svg>";
    assert_eq!(said_of(body), Vec::<String>::new());
}

#[test]
fn overlapping_texts_are_found() {
    assert_said(
        "<p>below</p><p style='margin-top:-2em'>above</p>",
        "overlap: \"below\" and \"above\"",
    );
    assert_said(
        "<svg viewBox='0 0 100 20' width=200 height=40><text x=5 y=15 font-size=8>one</text>\
         <text x=9 y=15 font-size=8>two</text></svg>",
        "overlap: \"one\" and \"two\"",
    );
}

#[test]
fn cut_texts_are_found() {
    assert_said(
        "<p style='width:3em;overflow:hidden;white-space:nowrap'>a line that is cut</p>",
        "cut: \"a line that is cut\"",
    );
    assert_said(
        "<svg viewBox='0 0 100 20' width=200 height=40><text x=90 y=15 font-size=8>edge</text></svg>",
        "cut by the edge of a chart: \"edge\"",
    );
    assert_said(
        "<table style='table-layout:fixed;width:60px'><tr><td>unbreakablelongword<td>b</table>",
        "wider than its cell: \"unbreakablelongword\"",
    );
    assert_said("<p style='text-indent:-5em'>left</p>", "out of the page");
}

#[test]
fn numbers_on_two_lines_are_found() {
    assert_said(
        "<p style='width:3em;overflow-wrap:anywhere'>1,859,400</p>",
        "broken number: \"1,859,400\"",
    );
}

#[test]
fn a_page_that_scrolls_sideways_is_found() {
    assert_said("<div style='width:2000px'>wide</div>", "the page is ");
}

#[test]
fn texts_that_hardly_differ_from_what_is_below_them_are_found() {
    let chart = |ink: &str| {
        format!(
            "<svg viewBox='0 0 100 20' width=200 height=40><rect width=100 height=20 fill='#15191e'/>\
             <rect width=50 height=20 fill='#f0b429'/><text x=5 y=15 font-size=8 fill='{ink}'>8 %</text></svg>"
        )
    };
    assert_said(&chart("#e9edf1"), "faint on its ground: \"8 %\"");
    assert_eq!(said_of(&chart("#1a1e23")), Vec::<String>::new());
}

#[test]
fn small_print_in_charts_is_found() {
    assert_said(
        "<svg viewBox='0 0 100 20' width=100 height=20><text x=5 y=15 font-size=8>tiny</text></svg>",
        "8.0 pixels high: \"tiny\"",
    );
}

#[test]
fn messages_and_requests_are_found() {
    assert_said("<script>console.error('no')</script>", "console error");
    assert_said("<script>console.warn('no')</script>", "console warning");
    assert_said("<script>throw new Error('no')</script>", "exception");
    assert_said("<img src='other.png' alt=''>", "request: file://");
    let policy = "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">";
    assert_said(&format!("{policy}<script>1</script>"), "log error");
}
