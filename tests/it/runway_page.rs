//! report.html of a runway and its charts, as text: what they say of runways by hand.

use crate::naive_cases::{csv_files, text};
use crate::read::read;
use crate::runway_values::{Course, runway, words};
use plimsoll::model::FailureSet;
use plimsoll::report::runway::{RunwayReport, runway_charts, runway_report};
use std::path::Path;

/// The titles of the charts by name, and the page, of tiny or of another inventory.
fn page(inventory: &str, scenario: &str, course: Course) -> (Vec<(String, String)>, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(inventory);
    let (inventory, scenario) = read(&csv_files(&folder), &text(&folder.join(scenario)));
    let found = runway(&inventory, course);
    let report = RunwayReport {
        inventory: &inventory,
        scenario: &scenario,
        over: FailureSet::Sites,
        runway: &found,
    };
    let figures = runway_charts(&report).expect("charts are drawn");
    let titles = figures.iter();
    let titles = titles.map(|figure| (figure.name.clone(), figure.title.clone()));
    let titles = titles.collect();
    let written = runway_report(&report, &words(course), figures).expect("a page");
    assert_eq!(written.name, "report.html");
    let page = String::from_utf8(written.bytes).expect("the page is text");
    (titles, page)
}

fn assert_titles(titles: &[(String, String)], expected: [(&str, &str); 3]) {
    let titles: Vec<(&str, &str)> = titles
        .iter()
        .map(|(name, title)| (name.as_str(), title.as_str()))
        .collect();
    assert_eq!(titles, expected);
}

#[test]
fn a_runway_has_its_dates_on_the_first_screen_and_in_the_titles() {
    let (titles, page) = page("data/tiny", "drain-chicago.toml", Course::Fails);
    assert_titles(
        &titles,
        [
            (
                "runway",
                "One site may fail until 14 Mar 2027; headroom targets are met until 3 Jan 2027",
            ),
            (
                "load-line",
                "Chicago runs out of cpu on 15 Mar 2027 if Amsterdam fails",
            ),
            (
                "calendar",
                "A failure leaves users unserved from Feb 2028 on: 2 sites are full, Chicago first",
            ),
        ],
    );
    for said in [
        "One site may fail until 14 Mar 2027 (8 Feb 2027 if growth is high; 27 Jun 2027 if low).",
        "until then one site may fail, as is",
        "105 days",
        "30 May 2027",
        "77 days more than as is",
        "First: order capacity",
        "Conditions, the shortest runway first",
        "Components that run out first",
        "Gaps: conditions that fail and hold again",
        "Not checked: reconnects after a failure.",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains(">Trapped users<"));
}

#[test]
fn where_all_holds_the_last_day_that_was_checked_is_named() {
    let (titles, page) = page("data/tiny", "drain-chicago.toml", Course::Holds);
    assert_eq!(titles[0].1, "One site may fail beyond 29 Nov 2028");
    assert!(titles[1].1.contains("is fullest"), "{titles:?}");
    for said in [
        "&#62; 29 Nov 2028",
        "First: nothing. Every condition holds.",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("Gaps: "));
}

#[test]
fn trapped_users_come_before_everything_else() {
    let (titles, page) = page("data/tiny", "drain-chicago.toml", Course::Traps);
    assert_eq!(
        titles[0].1,
        "1.9 million users are trapped if Amsterdam fails; not counting them, one site may fail until 14 Mar 2027"
    );
    let alarm = page.find("leaves 1,900,000 users without a copy");
    let answer = page.find("One site may fail until 14 Mar 2027 (8 Feb");
    assert!(alarm.is_some() && alarm < answer, "{alarm:?} {answer:?}");
    assert!(page.contains(">Trapped users<"));
}

#[test]
fn a_large_inventory_has_no_more_rows_than_a_page_takes() {
    let (titles, page) = page("data/global", "drain-zrh.toml", Course::Fails);
    assert_eq!(titles.len(), 3);
    assert!(page.len() < 2_000_000, "{}", page.len());
}
