//! Samples of replays.

use super::sample::{SCENARIO, at, clock};
use crate::model::EventType;
use crate::report::charts::events::EventSpan;
use crate::report::charts::replay::{Curve, CurveLimit, CurvePanel, ReplayChart, RunRole};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// An event of a kind that is known after the given minutes.
pub(in crate::report::charts) fn event(
    (kind, what): (EventType, &str),
    subject: &str,
    (start, end): (Timestamp, Timestamp),
    known: i64,
) -> EventSpan {
    EventSpan {
        start,
        end,
        known: (start + SignedDuration::from_mins(known)).min(end),
        kind,
        subject: subject.to_owned(),
        what: what.to_owned(),
    }
}

/// A failure of two hours from an hour on, known after the given seconds.
pub(in crate::report::charts) fn failure(hour: i64, subject: &str, known: i64) -> EventSpan {
    let span = (at(60 * hour), at(60 * (hour + 2)));
    event(
        (EventType::Failure, "failure, 35 % left"),
        subject,
        span,
        known / 60,
    )
}

/// Two runs with the given number of steps, each of the given seconds, that rise and fall.
pub(in crate::report::charts) fn replay(
    steps: usize,
    seconds: i64,
    events: Vec<EventSpan>,
) -> ReplayChart {
    let bounds = (0..).take(steps + 1);
    let bounds = bounds.map(|step: i64| at(0) + SignedDuration::from_secs(step * seconds));
    let bounds: Arc<Vec<Timestamp>> = Arc::new(bounds.collect());
    let rise = |step: usize| (4.0 * (step as f64 / steps as f64 - 0.3)).sin().max(0.0);
    let curve = |run, most: f64, limits: &[f64]| Curve {
        name: match run {
            RunRole::Asked => "with the plan",
            RunRole::Compared => "without action",
        },
        run,
        bounds: Arc::clone(&bounds),
        values: (0..steps).map(|step| most * rise(step)).collect(),
        limits: limits.to_vec(),
    };
    let panel = |heading: &str, quantity, unit: &str, curves: Vec<Curve>| CurvePanel {
        heading: heading.to_owned(),
        quantity,
        unit: unit.to_owned(),
        against: match curves[0].limits.as_slice() {
            [] => CurveLimit::EachOther,
            _ => CurveLimit::Capacity,
        },
        curves,
    };
    let down = [(RunRole::Asked, 40_000.0), (RunRole::Compared, 1.6e6)];
    let down = down.map(|(run, most)| curve(run, most, &[])).to_vec();
    let offered = vec![curve(RunRole::Asked, 1_200.0, &vec![600.0; steps])];
    let heading = "new sessions a second that come to San Antonio load balancer 2, with the plan";
    ReplayChart {
        title: "With the plan 412,300 user minutes are lost, 98.6 % less than without action (31.2 million)"
            .to_owned(),
        scenario: SCENARIO.to_owned(),
        clock: clock(bounds[0], bounds[steps]),
        events,
        panels: vec![
            panel("users down at once", "users down", "users", down),
            panel(heading, "offered", "sessions/s", offered),
        ],
        notes: vec!["Of steps finer than a pixel the worst is drawn.".to_owned()],
    }
}
