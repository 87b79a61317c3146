//! Tables sort by click and by key, and filter, and say so.

use crate::chromium::{Chromium, LOOKS, Page};
use crate::made::shipped;

/// The heading of a column of the headroom table, as a selector.
fn heading(position: usize) -> String {
    format!("[aria-labelledby=headroom] thead th:nth-child({position}) button")
}

/// The values of a column of the headroom table, from above.
fn column(page: &Page<'_>, position: usize) -> Vec<String> {
    page.texts(&format!(
        "[...document.querySelectorAll('#headroom-rows tr:not([hidden])')].map((row) => {{ \
           const cell = row.cells[{}]; return cell.dataset.value ?? cell.textContent; }})",
        position - 1
    ))
}

/// Numbers of a column, as far as they are numbers; what is none stands behind them.
fn numbers(cells: &[String]) -> Vec<f64> {
    let numbers: Vec<f64> = cells.iter().map_while(|cell| cell.parse().ok()).collect();
    let rest = &cells[numbers.len()..];
    assert!(
        rest.iter().all(|cell| cell.parse::<f64>().is_err()),
        "{cells:?}"
    );
    assert!(!numbers.is_empty());
    numbers
}

fn order(page: &Page<'_>) -> Vec<String> {
    page.texts(
        "[...document.querySelectorAll('[aria-labelledby=headroom] thead th')].map((node) => node.ariaSort ?? '')",
    )
}

const LOAD: usize = 9;
const COMPONENT: usize = 2;

#[test]
fn a_click_sorts_by_the_full_value_and_a_second_one_turns_it_round() {
    let report = shipped("americas-2012/drain-sat");
    let browser = Chromium::start();
    let page = browser.open(&report.file, LOOKS[0]);
    let before = numbers(&column(&page, LOAD));
    assert!(order(&page).iter().all(String::is_empty));
    page.click(&heading(LOAD));
    let up = numbers(&column(&page, LOAD));
    assert!(up.is_sorted() && up != before);
    assert_eq!(order(&page)[LOAD - 1], "ascending");
    page.click(&heading(LOAD));
    let down = numbers(&column(&page, LOAD));
    assert!(down.iter().rev().is_sorted());
    assert_eq!(down.len(), up.len());
    let marked: Vec<String> = order(&page)
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    assert_eq!(marked, ["descending"], "one column is marked");
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn enter_and_space_sort_as_a_click_does() {
    let report = shipped("americas-2012/drain-sat");
    let browser = Chromium::start();
    let page = browser.open(&report.file, LOOKS[2]);
    page.value(&format!(
        "document.querySelector({:?}).focus()",
        heading(COMPONENT)
    ));
    page.press("Enter");
    let names = column(&page, COMPONENT);
    let by_browser = page.texts(&format!(
        "{names:?}.sort(new Intl.Collator('en', {{ numeric: true, sensitivity: 'base' }}).compare)"
    ));
    assert_eq!(names, by_browser);
    assert_eq!(order(&page)[COMPONENT - 1], "ascending");
    page.press(" ");
    assert_eq!(order(&page)[COMPONENT - 1], "descending");
    assert_eq!(column(&page, COMPONENT)[0], names[names.len() - 1]);
}

#[test]
fn the_box_keeps_the_rows_that_have_every_word_and_counts_them() {
    let report = shipped("americas-2012/drain-sat");
    let browser = Chromium::start();
    let page = browser.open(&report.file, LOOKS[0]);
    let all = column(&page, COMPONENT).len();
    let call =
        || page.value("document.querySelector('[aria-labelledby=headroom] output').textContent");
    assert_eq!(call(), format!("{all} rows"));
    page.value("document.querySelector('[aria-labelledby=headroom] input').focus()");
    page.type_text("houston FIREWALL");
    let shown = column(&page, COMPONENT);
    assert!(!shown.is_empty() && shown.len() < all);
    assert!(
        shown.iter().all(|name| name.contains("Houston firewall")),
        "{shown:?}"
    );
    assert_eq!(call(), format!("{} of {all} rows", shown.len()));
    page.type_text(" nothing of that kind");
    assert_eq!(call(), format!("0 of {all} rows"));
    // A link to a row that is filtered away shows it again.
    page.click(".numbers li:nth-child(3) a");
    page.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    assert_eq!(column(&page, COMPONENT).len(), all);
}
