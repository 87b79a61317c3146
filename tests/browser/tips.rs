//! Bars tell their numbers under the pointer, and those of a chart by the arrow keys as well.

use crate::chromium::{Chromium, LOOKS, Page};
use crate::made::shipped;
use std::fs;
use tempfile::TempDir;

/// What the tip says; `None` while it is hidden.
fn tip(page: &Page<'_>) -> Option<String> {
    let value = page.value("tip.hidden ? null : tip.textContent");
    value.as_str().map(str::to_owned)
}

/// `true` if all of the tip is in the window.
fn is_in_the_window(page: &Page<'_>) -> bool {
    let inside = page.value(
        "(() => { const box = tip.getBoundingClientRect(); \
         return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight; })()",
    );
    inside == true
}

#[test]
fn a_bar_under_the_pointer_shows_its_numbers() {
    let report = shipped("tiny/drain-chicago");
    let browser = Chromium::start();
    for look in LOOKS {
        let page = browser.open(&report.file, look);
        assert_eq!(tip(&page), None);
        page.hover("[aria-labelledby=tightest] .gauge");
        // Chicago's 90,000 users leave; data/tiny/README.md derives 8 % of 150 vCPU at San Antonio.
        let words = tip(&page).expect("the tip shows");
        assert_eq!(
            words,
            "San Antonio, cpu: headroom 8.0 % (was 53.3 %), target 20.0 %, load 138 of 150 vCPU"
        );
        assert!(is_in_the_window(&page), "{look:?}");
        page.hover("h1");
        assert_eq!(tip(&page), None);
        page.hover("[aria-labelledby=tightest] .gauge");
        page.press("Escape");
        assert_eq!(tip(&page), None);
    }
}

#[test]
fn a_row_of_a_chart_under_the_pointer_shows_its_numbers() {
    let report = shipped("tiny/drain-chicago");
    let browser = Chromium::start();
    for (look, form) in [(LOOKS[0], ".wide"), (LOOKS[2], ".narrow")] {
        let page = browser.open(&report.file, look);
        page.hover(&format!("#chart-headroom-0 {form} .tips rect"));
        // Derived in data/tiny/README.md.
        assert_eq!(
            tip(&page).as_deref(),
            Some(
                "San Antonio, site, cpu: headroom 8.0 % (was 53.3 %), target 20.0 %, load 138 of 150 vCPU"
            )
        );
        assert!(is_in_the_window(&page), "{look:?}");
    }
}

/// The report of the small drain, with a chart that has two bars in place of its own.
fn with_two_bars() -> (TempDir, std::path::PathBuf) {
    let report = shipped("tiny/drain-chicago");
    let text = fs::read_to_string(&report.file).expect("it is written");
    let chart = "<svg role=\"img\" width=\"300\" height=\"60\" viewBox=\"0 0 300 60\"><title>Two bars</title>\
        <rect width=\"300\" height=\"60\" fill=\"#FFFFFF\"/>\
        <g class=\"tips\" fill=\"none\" pointer-events=\"all\">\
        <rect x=\"0\" y=\"0\" width=\"300\" height=\"30\"><title>first: 12 users</title></rect>\
        <rect x=\"0\" y=\"30\" width=\"300\" height=\"30\"><title>second: 7 users</title></rect></g></svg>";
    // Charts before it are folded.
    let (before, rest) = text.split_once("id=\"chart-headroom-0\"").expect("a chart");
    let (head, rest) = rest.split_once("<div class=\"wide\">").expect("its form");
    let head = format!("{before}id=\"chart-headroom-0\"{head}");
    let (_, tail) = rest.split_once("</figure>").expect("the end of the chart");
    let forms =
        format!("<div class=\"wide\">{chart}</div><div class=\"narrow\">{chart}</div></figure>");
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("bars.html");
    fs::write(&file, format!("{head}{forms}{tail}")).expect("it is written");
    (folder, file)
}

#[test]
fn the_marks_of_a_chart_report_by_pointer_and_by_arrow_keys() {
    let (_folder, file) = with_two_bars();
    let browser = Chromium::start();
    for (look, form) in [(LOOKS[0], ".wide"), (LOOKS[2], ".narrow")] {
        let page = browser.open(&file, look);
        page.hover(&format!("#chart-headroom-0 {form} .tips rect:nth-child(2)"));
        assert_eq!(tip(&page).as_deref(), Some("second: 7 users"));
        page.hover("h1");
        assert_eq!(tip(&page), None);
        page.value("document.querySelector('#chart-headroom-0').focus()");
        let mut sentences = Vec::new();
        for key in ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"] {
            page.press(key);
            sentences.push(tip(&page).expect("a mark is told"));
            assert!(is_in_the_window(&page), "{look:?}");
        }
        let (first, second) = ("first: 12 users", "second: 7 users");
        assert_eq!(sentences, [first, second, first, second]);
        // The browser's own tip would show beside ours, and the chart keeps its name.
        assert_eq!(
            page.value("document.querySelectorAll('.chart title').length"),
            0
        );
        let name = page
            .value("document.querySelector('#chart-headroom-0 svg').getAttribute('aria-label')");
        assert_eq!(name, "Two bars");
    }
}
