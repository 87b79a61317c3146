//! The page and the charts: which there are, that links lead somewhere, and that the same cases make the same bytes.

use super::look::samples;
use super::made::{Mood, Wish, made};
use plimsoll::model::{FailureSet, Recovery};
use plimsoll::plan::sweep::SweepTally;
use plimsoll::report::sweep::SweepReport;
use std::collections::BTreeSet;

pub(super) fn page(sweep_report: &SweepReport<'_>) -> String {
    let figures = sweep_report.drawings().expect("charts are drawn");
    let page = sweep_report.page(figures).expect("the page is rendered");
    assert_eq!(page.name, "report.html");
    String::from_utf8(page.bytes).expect("the page is text")
}

fn charts(wish: &Wish) -> Vec<String> {
    let drawings = made(wish).reported().drawings().expect("charts are drawn");
    drawings.into_iter().map(|figure| figure.name).collect()
}

#[test]
fn charts_that_have_nothing_to_show_are_left_out() {
    assert_eq!(
        charts(&Wish::of(8, 2)),
        ["impact", "utilization", "pairs", "survivability"]
    );
    assert_eq!(
        charts(&Wish::of(8, 1)),
        ["impact", "utilization", "survivability"]
    );
    let calm = Wish {
        mood: Mood::Holds,
        ..Wish::of(8, 2)
    };
    assert_eq!(charts(&calm), ["utilization", "survivability"]);
    let none = Wish {
        mood: Mood::Holds,
        ..Wish::of(8, 0)
    };
    assert_eq!(charts(&none), Vec::<String>::new());
    // Where the only site fails, no site is left.
    let one = Wish {
        mood: Mood::Fails,
        ..Wish::of(1, 1)
    };
    assert_eq!(charts(&one), ["impact", "survivability"]);
    let links = Wish {
        over: FailureSet::Links,
        ..Wish::of(1, 1)
    };
    assert!(charts(&links).contains(&"utilization".to_owned()));
}

#[test]
fn charts_show_planning_again_where_it_was_asked_about_and_impact_shows_all() {
    let made = made(&Wish {
        recoveries: Recovery::ALL.to_vec(),
        ..Wish::of(12, 2)
    });
    let drawings = made.reported().drawings().expect("charts are drawn");
    for drawing in &drawings {
        let svg = &drawing.wide;
        let named = svg.contains("recovery replan: planned again");
        assert_eq!(named, drawing.name != "impact", "{}", drawing.name);
        if drawing.name == "impact" {
            for recovery in Recovery::ALL {
                assert!(
                    svg.contains(&format!(">{}</text>", recovery.word())),
                    "{recovery:?}"
                );
            }
        }
    }
}

/// Every shape of an answer: the verdict comes first, then the sheet, nothing is fetched, every link leads somewhere, and the page is small.
#[test]
fn pages_of_every_shape_open_with_the_verdict_and_their_links_lead_somewhere() {
    for (name, made) in samples() {
        let page = page(&made.reported());
        assert!(page.len() < 3_000_000, "{name}: {} bytes", page.len());
        let (_, main) = page.split_once("<main").expect("the contents");
        let sheet = main.find("id=\"side-by-side\"").expect("the sheet");
        let verdict = main.find("id=\"verdict\"").expect("the verdict");
        assert!(verdict < sheet, "{name}");
        assert!(
            !page
                .replace("http://www.w3.org/2000/svg", "")
                .contains("://"),
            "{name}"
        );
        let mut anchors = BTreeSet::new();
        for part in page.split(" id=\"").skip(1) {
            let (anchor, _) = part.split_once('"').expect("its end");
            assert!(anchors.insert(anchor), "{name}: {anchor} stands twice");
        }
        for part in page.split(" href=\"#").skip(1) {
            let (anchor, _) = part.split_once('"').expect("its end");
            assert!(anchors.contains(anchor), "{name}: {anchor}");
        }
    }
}

#[test]
fn the_table_has_the_worst_hundred_cases_and_says_how_many_there_are() {
    let made = made(&Wish {
        mood: Mood::Fails,
        ..Wish::of(20, 2)
    });
    let page = page(&made.reported());
    let (_, rows) = page
        .split_once("<tbody id=\"cases-rows\">")
        .expect("the table");
    let (rows, _) = rows.split_once("</tbody>").expect("its end");
    assert_eq!(rows.matches("<tr").count(), 100);
    let (_, note) = page.split_once("The 100 worst of ").expect("a note");
    let (in_all, note) = note.split_once(' ').expect("a number");
    let (_, left_out) = note
        .split_once("by_failure.csv has every case. ")
        .expect("cases that are left out");
    let (left_out, words) = left_out.split_once(' ').expect("a number");
    let of = |text: &str| text.parse::<usize>().expect("a number");
    assert_eq!(of(in_all) + of(left_out), 191, "{note}");
    let words = words.starts_with("cases that come to no more than their failures alone");
    assert!(words, "{note}");
}

#[test]
fn names_of_users_stay_text_in_page_charts_and_words() {
    let mut made = made(&Wish::of(6, 2));
    made.scenario.name = "<script>alert(1)</script>\u{1b}[31m".to_owned();
    for site in &mut made.inventory.sites {
        site.name = format!("<b>{}</b>\u{202e}", site.name);
    }
    for tenant in &mut made.inventory.tenants {
        tenant.insert_str(0, "<i>");
    }
    let sweep_report = made.reported();
    let page = page(&sweep_report);
    for evil in ["<script>alert", "<b>", "<i>", "\u{202e}", "\u{1b}"] {
        assert!(!page.contains(evil), "{evil:?}");
    }
    let text = sweep_report.text(Some(80));
    assert!(text.chars().all(|char| char == '\n' || !char.is_control()));
    assert!(!text.contains('\u{202e}'));
}

#[test]
fn parts_joined_in_any_order_make_the_same_page() {
    let whole = made(&Wish::of(12, 2));
    let all = whole.sweep.contingencies.count();
    let mut joined = whole.clone();
    joined.sweep.tally = SweepTally::default();
    for part in [40..all, 0..13, 13..40] {
        let part = made(&Wish {
            done: Some(part),
            ..Wish::of(12, 2)
        });
        joined.sweep.tally.add(part.sweep.tally);
    }
    assert_eq!(page(&joined.reported()), page(&whole.reported()));
    assert_eq!(
        joined.reported().text(Some(80)),
        whole.reported().text(Some(80))
    );
}
