//! Tests of the chart of headroom through the periods: what it shows.

use super::strips::Strips;
use super::{EventKind, EventSpan, HeadroomThroughChart, ThroughPeriod};
use crate::model::{ComponentKind, Phase};
use crate::report::charts::Chart;
use crate::report::charts::headroom::TIGHTEST_OTHERS;
use crate::report::charts::kit::legible::{assert_tells, pixels_of, words_at, words_of};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::headroom::{drain, out, row};
use crate::report::charts::samples::periods::through;
use crate::report::charts::samples::sample::{DAY, MORNING};
use crate::report::headroom::{HeadroomRow, Standing};
use crate::report::span::Clock;

/// An instant of 13 November 2012, at so many minutes past 08:00 in UTC-8.
fn at(minutes: i64) -> jiff::Timestamp {
    let start: jiff::Timestamp = "2012-11-13T16:00:00Z".parse().expect("an instant");
    start + jiff::SignedDuration::from_mins(minutes)
}

/// A chart of periods of one hour each.
fn chart(periods: Vec<Vec<HeadroomRow>>) -> HeadroomThroughChart {
    let hours = i64::try_from(periods.len()).expect("few periods");
    let periods = periods.into_iter().enumerate().map(|(index, rows)| {
        let hour = i64::try_from(index).expect("few periods");
        ThroughPeriod {
            start: at(60 * hour),
            end: at(60 * hour + 60),
            phase: Phase::Known,
            rows,
            truth: Vec::new(),
        }
    });
    HeadroomThroughChart {
        title: "finding".to_owned(),
        scenario: "scenario".to_owned(),
        span: "span".to_owned(),
        clock: Clock {
            start: at(0),
            end: at(60 * hours),
            offset: jiff::tz::offset(-8),
        },
        periods: periods.collect(),
        events: Vec::new(),
        most_others: TIGHTEST_OTHERS,
    }
}

#[test]
fn a_component_is_one_strip_of_its_tightest_resources_and_the_tightest_is_on_top() {
    let site = ComponentKind::Site;
    let chart = chart(vec![
        vec![
            row("a", site, "cpu", 0.5),
            row("a", site, "storage", 0.3),
            row("b", site, "cpu", 0.4),
        ],
        vec![
            row("a", site, "cpu", 0.25),
            row("a", site, "storage", 0.3),
            row("b", site, "cpu", 0.1),
        ],
    ]);
    let words = words_at(&chart, 1200);
    let place = |word: &str| words.iter().position(|shown| shown == word);
    assert!(place("B").is_some() && place("B") < place("A"), "{words:?}");
    for shown in ["40 %", "10 %", "30 %", "25 %", "25.0 %", "from 09:00"] {
        assert!(place(shown).is_some(), "{shown} is missing: {words:?}");
    }
    assert_eq!(place("50 %"), None, "cpu is not the tightest of a at first");
}

#[test]
fn the_truth_stands_in_the_cell_and_what_the_plan_believes_beside_it() {
    let site = ComponentKind::Site;
    let mut chart = chart(vec![
        vec![row("a", site, "cpu", 0.5)],
        vec![row("a", site, "cpu", 0.4)],
    ]);
    chart.periods[0].phase = Phase::Blind;
    // A quarter of 1,000 is left, and 500 are asked for: twice what there is.
    let mut truth = row("a", site, "cpu", -1.0);
    (truth.load, truth.capacity) = (500.0, 250.0);
    chart.periods[0].truth.push(truth);
    let picture = chart.picture(1200).expect("a picture");
    let words = words_of(&picture.svg);
    assert!(words.contains(&"−100 %".to_owned()) && !words.contains(&"50 %".to_owned()));
    assert!(words.contains(&"Blind: something is not known".to_owned()));
    assert!(words.contains(&"in truth; the plan believes otherwise".to_owned()));
    assert!(
        picture.svg.contains(
            "A, 08:00 to 09:00: cpu, headroom −100.0 % in truth, the plan believes 50.0 %, \
             target 20.0 %, load 500 of 250 vCPU"
        ),
        "{}",
        picture.svg
    );
    assert!(pixels_of(&picture.png, Role::Full) > 1000);
    // From then on both are the same.
    let later = "A, 09:00 to 10:00: cpu, headroom 40.0 %, target 20.0 %, load 600 of 1,000 vCPU";
    assert!(picture.svg.contains(later), "{}", picture.svg);
}

#[test]
fn what_drains_stays_in_the_picture_and_what_is_never_opened_does_not() {
    let element = ComponentKind::Element;
    let mut rows: Vec<HeadroomRow> = (0..12)
        .map(|index| {
            row(
                &format!("e{index:02}"),
                element,
                "cpu",
                0.3 + 0.01 * f64::from(index),
            )
        })
        .collect();
    let mut drained = row("cause", element, "cpu", 0.0);
    out(&mut drained, Standing::Drained);
    let mut standby = drained.clone();
    standby.component = "standby".to_owned();
    standby.standing = Standing::Standby;
    rows.extend([drained, standby]);
    let words = words_at(&chart(vec![rows]), 1200);
    let shown: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| word.starts_with("E0") || word.starts_with("CAUSE"))
        .collect();
    assert_eq!(
        shown,
        ["E00", "E01", "E02", "E03", "E04", "E05", "E06", "CAUSE"]
    );
}

#[test]
fn an_event_of_a_moment_and_a_period_of_a_minute_do_not_vanish() {
    let site = ComponentKind::Site;
    let mut chart = chart(vec![vec![row("a", site, "cpu", 0.5)]; 2]);
    let ends = (at(0), at(1), at(24 * 60));
    (chart.periods[0].start, chart.periods[0].end) = (ends.0, ends.1);
    (chart.periods[1].start, chart.periods[1].end) = (ends.1, ends.2);
    chart.clock.end = ends.2;
    chart.periods[0].rows[0] = row("a", site, "cpu", -0.5);
    chart.events.push(EventSpan {
        start: ends.0,
        end: ends.1,
        known: ends.0,
        kind: EventKind::Failure,
        subject: "B".to_owned(),
        what: "failure".to_owned(),
    });
    for width in [320, 600, 1200] {
        let words = words_at(&chart, width);
        assert!(words.contains(&"−50 %".to_owned()), "{width}: {words:?}");
        let note = "Time is not to scale";
        assert!(
            words.iter().any(|line| line.starts_with(note)),
            "{width}: {words:?}"
        );
    }
    let png = chart.picture(1200).expect("a picture").png;
    // Half the bar's height times its least width, at two pixels each way, and more.
    assert!(pixels_of(&png, Role::Gone) > 4 * 12 * 4);
}

#[test]
fn repeated_events_share_a_lane_and_those_left_out_are_counted() {
    let site = ComponentKind::Site;
    let mut chart = chart(vec![vec![row("a", site, "cpu", 0.5)]; 3]);
    let event = |subject: String, from: i64, minutes: i64| EventSpan {
        start: at(from),
        end: at(from + minutes),
        known: at(from),
        kind: EventKind::Surge,
        subject,
        what: "1.5 times the demand".to_owned(),
    };
    for hour in 0..3 {
        chart
            .events
            .push(event("everyone".to_owned(), 60 * hour, 30));
    }
    for index in 0..9 {
        chart
            .events
            .push(event(format!("region {index}"), 0, 10 + index));
    }
    let words = words_at(&chart, 1200);
    let count = |word: &str| words.iter().filter(|shown| *shown == word).count();
    assert_eq!(count("everyone"), 1);
    // Eight lanes: everyone, and the seven longest of nine.
    assert_eq!(
        (count("region 1"), count("region 2"), count("region 8")),
        (0, 1, 1)
    );
    assert_eq!(count("2 shorter events are not shown."), 1);
}

#[test]
fn what_has_load_and_no_capacity_is_full_and_never_divided_by_zero() {
    let mut stranded = row("a", ComponentKind::Site, "cpu", 0.0);
    stranded.during = None;
    (stranded.load, stranded.capacity) = (120.0, 0.0);
    let mut undefined = row("b", ComponentKind::Site, "cpu", f64::NAN);
    (undefined.load, undefined.capacity) = (0.0, 0.0);
    let chart = chart(vec![vec![stranded, undefined]]);
    let words = words_at(&chart, 1200);
    assert!(words.contains(&"no capacity".to_owned()), "{words:?}");
    assert!(!words.iter().any(|word| word.contains("NaN")), "{words:?}");
}

#[test]
fn every_site_has_a_cell_in_every_period_and_names_stay_text() {
    let mut evil = row("=1+1", ComponentKind::Site, "cpu", 0.25);
    evil.name = "Evil, \"quoted\"".to_owned();
    let mut chart = chart(vec![vec![evil]]);
    chart.events.push(EventSpan {
        start: at(0),
        end: at(30),
        known: at(10),
        kind: EventKind::Gray,
        subject: "@evil".to_owned(),
        what: "gray fault".to_owned(),
    });
    assert_tells(
        &chart,
        &[
            "@evil: gray fault, 08:00 to 08:30, known from 08:10",
            "Evil, &quot;quoted&quot;, 08:00 to 09:00: cpu, headroom 25.0 %, target 20.0 %, load 750 of 1,000 vCPU",
        ],
    );
    for periods in [1, 8, 30] {
        let chart = through(&drain(43), MORNING, &DAY, periods);
        let shown = Strips::new(&chart.periods, 8).sites;
        assert_eq!(shown.len(), 43);
        for strip in shown {
            assert_eq!(strip.cells.iter().flatten().count(), periods);
        }
    }
}

#[test]
fn sessions_that_end_are_known_at_once_also_where_they_come_back_at_once() {
    let mut chart = chart(vec![vec![row("a", ComponentKind::Site, "cpu", 0.5)]]);
    let ended = |subject: &str, end: i64| EventSpan {
        start: at(20),
        end: at(end),
        known: at(20),
        kind: EventKind::Disconnect,
        subject: subject.to_owned(),
        what: "sessions end".to_owned(),
    };
    chart.events = vec![ended("B", 20), ended("C", 40)];
    for width in [320, 1200] {
        let svg = chart.svg(width).expect("a picture");
        assert!(svg.contains("B: sessions end, 08:20<"), "{svg}");
        assert!(svg.contains("C: sessions end, 08:20 to 08:40<"), "{svg}");
    }
}
