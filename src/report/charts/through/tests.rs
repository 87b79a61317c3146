//! Tests of the chart of headroom through the periods: what it shows.

use super::{HeadroomThroughChart, Strips, ThroughPeriod};
use crate::model::{ComponentKind, EventType, Phase};
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{assert_says, assert_states, pixels_at, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::network::{drain, out, row};
use crate::report::charts::samples::sample::{DAY, MORNING, at, with};
use crate::report::charts::samples::{periods::through, plays::event};
use crate::report::headroom::{HeadroomRow, Standing};

const SITE: ComponentKind = ComponentKind::Site;

/// A chart of periods of one hour each, without events.
fn chart(periods: Vec<Vec<HeadroomRow>>) -> HeadroomThroughChart {
    let mut chart = through(&drain(1), MORNING, &[60], periods.len());
    chart.events.clear();
    for (period, rows) in chart.periods.iter_mut().zip(periods) {
        period.rows = rows;
    }
    chart
}

/// A chart of this many hours in which half of one site is free.
fn calm(hours: usize) -> HeadroomThroughChart {
    chart(vec![vec![row("a", SITE, "cpu", 0.5)]; hours])
}

#[test]
fn a_component_is_one_strip_of_its_tightest_resources_and_the_tightest_is_on_top() {
    let [cpu, storage] =
        ["cpu", "storage"].map(|resource| move |free| row("a", SITE, resource, free));
    let other = |free| row("b", SITE, "cpu", free);
    let chart = chart(vec![
        vec![cpu(0.5), storage(0.3), other(0.4)],
        vec![cpu(0.25), storage(0.3), other(0.1)],
    ]);
    let words = words_at(&chart, 1200);
    let place = |word: &str| words.iter().position(|shown| shown == word);
    assert!(place("B").is_some() && place("B") < place("A"), "{words:?}");
    let shown = [
        "40 %",
        "10 %",
        "30 %",
        "25 %",
        "25.0 %",
        "target 20 %, from 09:00",
    ];
    assert_says(&chart, 1200, &shown);
    assert_eq!(place("50 %"), None, "cpu is not the tightest of a at first");
}

#[test]
fn the_actual_state_is_in_the_cell_and_the_planned_one_beside_it() {
    let [before, later] = [0.5, 0.4].map(|free| vec![row("a", SITE, "cpu", free)]);
    let mut chart = chart(vec![before, later]);
    chart.periods[0].phase = Phase::Blind;
    // A quarter of 1,000 is left, and 500 are asked for: twice what there is.
    let truth = with(row("a", SITE, "cpu", -1.0), |headroom_row| {
        (headroom_row.load, headroom_row.capacity) = (500.0, 250.0);
    });
    chart.periods[0].truth.push(truth);
    let words = "actual state (the plan shows another)";
    assert_says(
        &chart,
        1200,
        &["200 % used", "Blind: a fault is not detected", words],
    );
    assert!(!words_at(&chart, 1200).contains(&"50 %".to_owned()));
    assert_states(
        &chart,
        &[
            "A, 08:00 to 09:00: cpu, 200 % used actually, 50.0 % planned, \
             target 20.0 %, load 500 of 250 vCPU",
            // From then on both are the same.
            "A, 09:00 to 10:00: cpu, headroom 40.0 %, target 20.0 %, load 600 of 1,000 vCPU",
        ],
    );
    assert!(pixels_at(&chart, Role::Full) > 1000);
}

#[test]
fn what_drains_stays_in_the_picture_and_what_is_never_opened_does_not() {
    let element = |id: &str, free| row(id, ComponentKind::Element, "cpu", free);
    let rows = (0..12).map(|index| element(&format!("e{index:02}"), 0.3 + 0.01 * f64::from(index)));
    let away = [("cause", Standing::Drained), ("standby", Standing::Standby)];
    let away = away
        .map(|(id, standing)| with(element(id, 0.0), |headroom_row| out(headroom_row, standing)));
    let words = words_at(&chart(vec![rows.chain(away).collect()]), 1200);
    let is_element = |word: &&String| {
        ["E0", "CAUSE", "STANDBY"]
            .iter()
            .any(|text| word.starts_with(text))
    };
    let shown: Vec<&String> = words.iter().filter(is_element).collect();
    let expected = ["E00", "E01", "E02", "E03", "E04", "E05", "E06", "CAUSE"];
    assert_eq!(shown, expected);
}

#[test]
fn an_event_of_a_moment_and_a_period_of_a_minute_do_not_vanish() {
    let mut chart = calm(2);
    let ends = [at(0), at(1), at(24 * 60)];
    for (period, ends) in chart.periods.iter_mut().zip(ends.windows(2)) {
        (period.start, period.end) = (ends[0], ends[1]);
    }
    chart.clock.end = ends[2];
    chart.periods[0].rows[0] = row("a", SITE, "cpu", -0.5);
    chart.events = vec![event(
        (EventType::Failure, "failure"),
        "B",
        (ends[0], ends[1]),
        0,
    )];
    for width in [320, 600, 1200] {
        let words = words_at(&chart, width).join("\n");
        assert!(words.contains("\n150 % used\n"), "{width}: {words}");
        assert!(words.contains("\nTime is not to scale"), "{width}: {words}");
    }
    // Half the bar's height times its least width, doubled in both directions, and more.
    assert!(pixels_at(&chart, Role::Gone) > 4 * 12 * 4);
}

#[test]
fn repeated_events_share_a_lane_and_those_left_out_are_counted() {
    let mut chart = calm(3);
    let surge = |subject: &str, from, minutes| {
        let kind = (EventType::Surge, "1.5 times the demand");
        event(kind, subject, (at(from), at(from + minutes)), 0)
    };
    let everyone = (0..3).map(|hour| surge("everyone", 60 * hour, 30));
    let regions = (0..9).map(|index| surge(&format!("region {index}"), 0, 10 + index));
    chart.events = everyone.chain(regions).collect();
    let words = words_at(&chart, 1200);
    let count = |word: &str| words.iter().filter(|shown| *shown == word).count();
    // Eight lanes: everyone, and the seven longest of nine.
    let shown = ["everyone", "region 1", "region 2", "region 8"].map(count);
    assert_eq!(shown, [1, 0, 1, 1]);
    assert_eq!(count("2 shorter events are not shown."), 1);
}

#[test]
fn what_has_load_and_no_capacity_is_full_and_never_divided_by_zero() {
    let stranded = with(row("a", SITE, "cpu", 0.0), |headroom_row| {
        (
            headroom_row.during,
            headroom_row.load,
            headroom_row.capacity,
        ) = (None, 120.0, 0.0);
    });
    let undefined = with(row("b", SITE, "cpu", f64::NAN), |headroom_row| {
        (headroom_row.load, headroom_row.capacity) = (0.0, 0.0);
    });
    let chart = chart(vec![vec![stranded, undefined]]);
    assert_says(&chart, 1200, &["no capacity"]);
    assert!(!chart.svg(1200).expect("a picture").contains("NaN"));
}

#[test]
fn every_site_has_a_cell_in_every_period_and_names_stay_text() {
    let evil = with(row("=1+1", SITE, "cpu", 0.25), |headroom_row| {
        headroom_row.name = "Evil, \"quoted\"".to_owned();
    });
    let mut chart = chart(vec![vec![evil]]);
    chart.events = vec![event(
        (EventType::Gray, "gray fault"),
        "@evil",
        (at(0), at(30)),
        10,
    )];
    assert_states(
        &chart,
        &[
            "@evil: gray fault, 08:00 to 08:30, detected at 08:10",
            "Evil, &quot;quoted&quot;, 08:00 to 09:00: cpu, headroom 25.0 %, target 20.0 %, load 750 of 1,000 vCPU",
        ],
    );
    for count in [1, 8, 30] {
        let chart = through(&drain(43), MORNING, &DAY, count);
        let periods: Vec<&ThroughPeriod> = chart.periods.iter().collect();
        let strips = Strips::new(&periods, 8);
        let mut sites = strips.shown.iter().filter(|strip| strip.is_site());
        assert!(sites.all(|strip| strip.shown().count() == count));
        let shown = strips.shown.len() - strips.others;
        assert_eq!(shown + strips.quiet.len(), 43);
    }
}

#[test]
fn sessions_that_end_are_known_at_once_also_where_they_come_back_at_once() {
    let ended = |subject: &str, end| {
        let kind = (EventType::Disconnect, "sessions end");
        event(kind, subject, (at(20), at(end)), 0)
    };
    let chart = with(calm(1), |headroom_through_chart| {
        headroom_through_chart.events = vec![ended("B", 20), ended("C", 40)];
    });
    let texts = ["B: sessions end, 08:20", "C: sessions end, 08:20 to 08:40"];
    assert_states(&chart, &texts);
}
