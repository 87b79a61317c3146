//! What a sweep tells of silent faults.

use super::page::page;
use super::real::{Swept, swept_as};
use plimsoll::engine::{GrayAsked, SweepRequest};
use plimsoll::model::FailureSet;

/// data/tiny with Chicago drained and one site gray: the 100 of gold are at San Antonio, where half of their work is
/// lost; a month allows gold 21.6 minutes and silver 43.2.
fn tiny(minutes: f64) -> Swept {
    let gray = GrayAsked {
        over: FailureSet::Sites,
        most: 1,
        severity: 0.5,
        minutes,
    };
    let asked = SweepRequest {
        gray: Some(gray),
        ..SweepRequest::new(FailureSet::Sites, 1)
    };
    swept_as("data/tiny", "drain-chicago.toml", asked)
}

#[test]
fn exposure_says_who_loses_more_than_a_month_allows() {
    let swept = tiny(60.0);
    let drawings = swept.reported().drawings().expect("charts are drawn");
    let figure = drawings.iter().find(|figure| figure.name == "exposure");
    let figure = figure.expect("it is drawn");
    assert_eq!(
        figure.title,
        "Gold needs detection of one gray site within 43.2 min, silver within 86.4 min"
    );
    let (gold, silver) = (
        "gold, 21.6 min a month allowed",
        "silver, 43.2 min a month allowed",
    );
    for words in [
        format!("{gold}, after 30 min: 15 min a user: 2 of 2 tenants, "),
        format!("{gold}, after 60 min: 30 min a user: 0 of 2 tenants, "),
        format!("{silver}, after 120 min: 60 min a user: 1 of 3 tenants, "),
    ] {
        let tip = format!("<title>{words}");
        assert!(
            figure.wide.contains(&tip),
            "{words} is not in\n{}",
            figure.wide
        );
    }
    let swept = tiny(15.0);
    let drawings = swept.reported().drawings().expect("charts are drawn");
    let figure = drawings.iter().find(|figure| figure.name == "exposure");
    assert_eq!(
        figure.expect("it is drawn").title,
        "Gold needs detection of one gray site within 43.2 min, silver within 86.4 min"
    );
}

#[test]
fn what_is_gray_is_named_wherever_a_case_is() {
    let swept = tiny(60.0);
    let page = page(&swept.reported());
    assert!(page.contains("is gray"));
    assert!(!page.contains("without no failure"));
    // What fails is not gray as well.
    assert!(!page.contains("without Amsterdam while Amsterdam is gray"));
}
