//! Tests of the finding of headroom through the periods.

use super::*;
use crate::model::Phase;
use crate::report::headroom::{Standing, samples};

fn row(name: &str, during: Option<f64>, target: f64) -> HeadroomRow {
    HeadroomRow {
        standing: Standing::InService,
        load: 100.0 * (1.0 - during.unwrap_or(0.0)),
        ..samples::row(name, during, target)
    }
}

/// The title of periods of one hour each from 08:00 in UTC-8: the planned state, and the actual one where it differs.
fn title_of(periods: Vec<(Vec<HeadroomRow>, Vec<HeadroomRow>)>) -> String {
    let start: jiff::Timestamp = "2012-11-13T16:00:00Z".parse().expect("an instant");
    let hour = |hour: usize| {
        let hours = i64::try_from(hour).expect("few hours");
        start + jiff::SignedDuration::from_hours(hours)
    };
    let clock = Clock {
        start,
        end: hour(periods.len()),
        offset: jiff::tz::offset(-8),
    };
    let periods: Vec<ThroughPeriod> = periods
        .into_iter()
        .enumerate()
        .map(|(index, (rows, truth))| ThroughPeriod {
            start: hour(index),
            end: hour(index + 1),
            phase: Phase::Known,
            rows,
            truth,
        })
        .collect();
    title(&clock, &periods)
}

/// All is known.
fn known(rows: Vec<HeadroomRow>) -> (Vec<HeadroomRow>, Vec<HeadroomRow>) {
    (rows, Vec::new())
}

#[test]
fn the_title_names_the_tightest_component_its_time_and_how_many_periods_miss_a_target() {
    let fine = || known(vec![row("Boston", Some(0.5), 0.2)]);
    let tight = || {
        known(vec![
            row("Boston", Some(0.1), 0.2),
            row("Dallas", Some(0.05), 0.0),
        ])
    };
    // Boston misses half of its target, Dallas has none.
    assert_eq!(
        title_of(vec![fine(), tight(), tight(), fine()]),
        "Boston is tightest from 09:00 to 11:00: 10 % headroom (target 20 %); 2 of 4 periods below target"
    );
    assert_eq!(
        title_of(vec![fine(), fine()]),
        "Boston is tightest: 50 % headroom (target 20 %); all targets met"
    );
    assert_eq!(
        title_of(vec![tight()]),
        "Boston is tightest: 10 % headroom (target 20 %); a target is missed"
    );
}

#[test]
fn overload_and_load_without_capacity_come_first() {
    let over = known(vec![
        row("Boston", Some(-0.34), 0.2),
        row("Dallas", Some(0.1), 0.2),
    ]);
    let fine = known(vec![row("Dallas", Some(0.1), 0.0)]);
    assert_eq!(
        title_of(vec![fine.clone(), over]),
        "Boston is at 134 % of capacity from 09:00 to 10:00; 1 of 2 periods below target"
    );
    let mut stranded = row("Oslo", None, 0.2);
    stranded.load = 5.0;
    assert_eq!(
        title_of(vec![known(vec![stranded]), fine]),
        "Oslo has load and no capacity from 08:00 to 09:00; 1 of 2 periods below target"
    );
    // Full, without a target.
    assert_eq!(
        title_of(vec![known(vec![row("Oslo", Some(0.0), 0.0)])]),
        "Oslo is full; all targets met"
    );
}

#[test]
fn an_unknown_fault_is_shown_as_it_actually_is() {
    let believed = || vec![row("Boston", Some(0.5), 0.2)];
    assert_eq!(
        title_of(vec![
            (believed(), vec![row("Boston", Some(-0.75), 0.2)]),
            known(believed())
        ]),
        "Boston is actually at 175 % of capacity from 08:00 to 09:00; 1 of 2 periods below target"
    );
}

#[test]
fn nothing_to_measure_is_said_and_a_long_name_does_not_push_the_finding_out() {
    assert_eq!(title_of(Vec::new()), "Nothing is limited");
    let mut gone = row("Boston", None, 0.2);
    (gone.standing, gone.load) = (Standing::Drained, 0.0);
    assert_eq!(title_of(vec![known(vec![gone])]), "Nothing is limited");
    let name = format!("start-{}-end", "x".repeat(118));
    assert_eq!(
        title_of(vec![known(vec![row(&name, Some(0.5), 0.2)])]),
        "start-xxxxxxxxxxxxxx…xxxxxxxxxxxxxxx-end is tightest: 50 % headroom (target 20 %); all targets met"
    );
}
