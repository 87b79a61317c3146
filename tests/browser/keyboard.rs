//! Everything is reached by the keyboard, and one sees where one is.

use crate::chromium::{Chromium, LOOKS, Page};
use crate::made::shipped;

/// What has the focus, and what is wrong with how that shows.
fn focused(page: &Page<'_>) -> (String, String) {
    let sentences = page.texts(
        "(() => { const node = document.activeElement; const style = getComputedStyle(node); \
         const box = node.getBoundingClientRect(); \
         const isSeen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth; \
         const isMarked = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1; \
         const name = node.id || node.closest('[id]')?.id || ''; \
         return [`${node.localName} ${node.className} ${node.getAttribute('href') ?? ''} ${name}`, \
           (isSeen ? '' : 'not in sight ') + (isMarked ? '' : 'no outline')]; })()",
    );
    (sentences[0].clone(), sentences[1].clone())
}

#[test]
fn the_first_key_offers_to_skip_to_the_contents() {
    let report = shipped("tiny/drain-chicago");
    let browser = Chromium::start();
    let page = browser.open(&report.file, LOOKS[0]);
    page.press("Tab");
    let (name, problem) = focused(&page);
    assert!(name.contains("skip"), "{name}");
    assert_eq!(problem, "");
    page.press("Enter");
    page.press("Tab");
    let inside = page.value("document.activeElement.closest('main') !== null");
    assert_eq!(inside, true);
}

#[test]
fn the_tab_key_reaches_everything_that_can_be_used() {
    let report = shipped("tiny/drain-chicago");
    let browser = Chromium::start();
    for look in [LOOKS[0], LOOKS[3]] {
        let page = browser.open(&report.file, look);
        let count = page.value(
            "[...document.querySelectorAll('a[href], button, input, [tabindex=\"0\"]')].filter((node) => node.checkVisibility()).length",
        );
        let count = count.as_u64().expect("a count");
        assert!(count > 40, "there is much to use: {count}");
        let mut problems = Vec::new();
        let mut reached = std::collections::BTreeSet::new();
        page.value("window.seen = new Set()");
        for _ in 0..count {
            page.press("Tab");
            let (name, problem) = focused(&page);
            if !problem.is_empty() {
                problems.push(format!("{name}: {problem}"));
            }
            page.value("void seen.add(document.activeElement)");
            reached.insert(name);
        }
        assert_eq!(problems, Vec::<String>::new(), "{look:?}");
        assert_eq!(page.value("seen.size"), count, "{look:?}: {reached:#?}");
    }
}
