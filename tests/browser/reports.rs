//! The reports of three shipped scenarios, wide and narrow, light and dark.

use crate::chromium::{Chromium, LOOKS, Page};
use crate::layout::problems;
use crate::made::{Made, compared, replayed, shipped};

fn assert_sound(name: &str) {
    assert_sound_page(&shipped(name), name);
}

pub(crate) fn assert_sound_page(report: &Made, name: &str) {
    let browser = Chromium::start();
    for look in LOOKS {
        let page = browser.open(&report.file, look);
        assert_eq!(problems(&page), Vec::<String>::new(), "{name}, {look:?}");
        assert_eq!(page.complaints(), Vec::<String>::new(), "{name}, {look:?}");
        assert_eq!(is_dark(&page), look.is_dark, "{name}, {look:?}");
        assert_eq!(dangling(&page), Vec::<String>::new(), "{name}");
        assert_eq!(skipped_headings(&page), Vec::<String>::new(), "{name}");
    }
}

/// Whether paper is darker than ink, in the page and in every chart.
fn is_dark(page: &Page<'_>) -> bool {
    let shades = page.value(
        "(() => { const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0); \
         const body = getComputedStyle(document.body); \
         const papers = [...document.querySelectorAll('figure.chart svg > rect:first-of-type')].map((node) => getComputedStyle(node).fill); \
         return [body.backgroundColor, ...papers].map((paper) => light(paper) < light(body.color)); })()",
    );
    let shades = shades.as_array().expect("a list");
    assert!(shades.len() > 1, "a report has charts");
    assert!(
        shades.iter().all(|shade| *shade == shades[0]),
        "page and charts are of one shade: {shades:?}"
    );
    shades[0] == true
}

/// Links within the page that lead nowhere, and anchors that occur twice.
fn dangling(page: &Page<'_>) -> Vec<String> {
    page.texts(
        "(() => { const ids = [...document.querySelectorAll('[id]')].map((node) => node.id); \
         const twice = ids.filter((id, index) => ids.indexOf(id) !== index); \
         const lost = [...document.querySelectorAll('a')].map((node) => node.getAttribute('href')) \
           .filter((href) => href.startsWith('#') ? !document.getElementById(href.slice(1)) : !/^[a-z0-9_/-]+[.][a-z]+$/.test(href)); \
         return [...twice, ...lost]; })()",
    )
}

/// Headings whose rank is more than one below that of the heading before.
fn skipped_headings(page: &Page<'_>) -> Vec<String> {
    page.texts(
        "(() => { const all = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')]; \
         const rank = (node) => node ? Number(node.localName[1]) : 0; \
         return all.filter((node, index) => rank(node) > rank(all[index - 1]) + 1).map((node) => node.textContent); })()",
    )
}

#[test]
fn a_small_drain_is_sound_in_every_window() {
    assert_sound("tiny/drain-chicago");
}

#[test]
fn a_drain_that_leaves_users_unserved_is_sound_in_every_window() {
    assert_sound("tiny/drain-amsterdam");
}

#[test]
fn the_day_of_many_periods_is_sound_in_every_window() {
    assert_sound("americas-2012/13-november-2012");
}

#[test]
fn a_drain_of_a_large_site_is_sound_in_every_window() {
    assert_sound("americas-2012/drain-sat");
}

#[test]
fn a_drain_in_the_large_inventory_is_sound_in_every_window() {
    assert_sound("global/drain-zrh");
}

#[test]
fn a_link_to_a_sentence_that_is_folded_away_unfolds_it() {
    let report = shipped("global/drain-zrh");
    let browser = Chromium::start();
    let page = browser.open(&report.file, LOOKS[0]);
    let anchor = page.value("document.querySelector('details:not([open]) li[id]').id");
    let is_seen = || {
        page.value(&format!(
            "document.getElementById({anchor}).checkVisibility()"
        ))
    };
    assert_eq!(is_seen(), false);
    page.value(&format!(
        "document.querySelector(`a[href='#${{{anchor}}}']`).click()"
    ));
    page.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    assert_eq!(is_seen(), true);
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn paper_is_light_and_has_the_charts_with_a_finding_and_no_control() {
    let report = shipped("americas-2012/drain-sat");
    let browser = Chromium::start();
    let page = browser.open(&report.file, LOOKS[1]);
    page.click("#theme");
    page.click("#theme");
    page.print();
    assert_eq!(problems(&page), Vec::<String>::new());
    assert!(!is_dark(&page));
    let seen = |selector: &str| {
        let seen = page.value(&format!(
            "[...document.querySelectorAll('{selector}')].filter((node) => node.checkVisibility()).length"
        ));
        seen.as_u64().expect("a count")
    };
    assert_eq!(
        seen("button, input, nav, .skip, .narrow, details.charts"),
        0
    );
    assert!(seen("figure.chart .wide") > 0);
    let heads = page.texts(
        "[...document.querySelectorAll('.full thead th')].map((node) => getComputedStyle(node, '::after').content)",
    );
    assert!(heads.contains(&"\"component\"".to_owned()), "{heads:?}");
}

#[test]
fn without_its_script_the_page_is_read_all_the_same() {
    let report = shipped("tiny/drain-chicago");
    let browser = Chromium::start();
    for look in LOOKS {
        let page = browser.open(&report.file, look);
        page.reload(false);
        assert_eq!(page.value("theme.hidden"), true, "the script did not run");
        assert_eq!(problems(&page), Vec::<String>::new(), "{look:?}");
        let verdict = page.value("document.getElementById('verdict').checkVisibility()");
        assert_eq!(verdict, true);
        let dead = page.value(
            "[...document.querySelectorAll('button, input')].filter((node) => node.checkVisibility()).length",
        );
        assert_eq!(dead, 0, "nothing that does nothing is offered");
    }
}

#[test]
fn the_button_turns_the_page_and_its_charts_dark_and_back() {
    let report = shipped("tiny/drain-chicago");
    let browser = Chromium::start();
    for look in [LOOKS[0], LOOKS[1]] {
        let page = browser.open(&report.file, look);
        let is_pressed = || page.value("theme.getAttribute('aria-pressed') === 'true'");
        assert_eq!(is_pressed(), look.is_dark);
        page.click("#theme");
        assert_eq!(
            (is_dark(&page), is_pressed() == true),
            (!look.is_dark, !look.is_dark)
        );
        page.click("#theme");
        assert_eq!(
            (is_dark(&page), is_pressed() == true),
            (look.is_dark, look.is_dark)
        );
    }
}

#[test]
fn two_plans_side_by_side_are_sound_in_every_window() {
    let plans = ["americas-2012/drain-sat", "americas-2012/drain-chi"].map(shipped);
    assert_sound_page(&compared(&[&plans[0], &plans[1]]), "two drains");
}

#[test]
fn a_plan_beside_the_state_before_it_is_sound_in_every_window() {
    let plan = shipped("americas-2012/13-november-2012");
    assert_sound_page(&compared(&[&plan]), "a day and the state before");
}

#[test]
fn a_replay_is_sound_in_every_window() {
    let name = "incidents/22-january-2026/at-once";
    assert_sound_page(&replayed(name), name);
}

#[test]
fn a_replay_in_which_nobody_is_down_is_sound_in_every_window() {
    assert_sound_page(&replayed("tiny/drain-chicago"), "no users are down");
}
