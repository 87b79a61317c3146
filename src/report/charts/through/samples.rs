//! Sample charts: what the tests measure, and what `PLIMSOLL_LOOK` writes for people to look at (`tests/it/look.rs`).

use super::samples;
use super::{
    Clock, ComponentKind, EventKind, EventSpan, HeadroomRow, HeadroomThroughChart, Phase, Standing,
    ThroughPeriod,
};
use jiff::{SignedDuration, Timestamp};

/// Lengths of periods in minutes, again and again.
const DAY: [i64; 8] = [30, 38, 22, 72, 208, 110, 45, 15];

/// The same for months: some days each.
const MONTH: [i64; 5] = [1440, 2880, 1440, 1440, 4320];

/// The rows of a sample of the headroom chart.
fn rows(name: &str) -> Vec<HeadroomRow> {
    let all = samples::all();
    let named = all.into_iter().find(|(own, _)| *own == name);
    named.map_or_else(Vec::new, |(_, chart)| chart.rows)
}

/// What is left of an event in a period: 0 before and after it, 1 at its worst.
fn strength(index: usize, periods: usize) -> f64 {
    if periods == 1 {
        return 1.0;
    }
    let middle = (periods - 1) as f64 / 2.0;
    let far = (index as f64 - middle).abs() / middle;
    (1.3 - 1.3 * far).clamp(0.0, 1.0)
}

/// Periods of so many minutes from `start` on, with the rows of a sample as they are at the worst.
pub(crate) fn chart(
    sample: &str,
    start: &str,
    minutes: &[i64],
    periods: usize,
) -> HeadroomThroughChart {
    let start: Timestamp = start.parse().expect("an instant");
    let mut at = start;
    let mut all = Vec::new();
    for index in 0..periods {
        let end = at + SignedDuration::from_mins(minutes[index % minutes.len()]);
        let strength = strength(index, periods);
        let mut rows = rows(sample);
        for row in &mut rows {
            if row.standing.is_out() && strength < 0.4 {
                row.standing = Standing::InService;
                row.during = row.before;
                (row.capacity, row.load) = (4000.0, 4000.0 * (1.0 - row.before.unwrap_or(0.0)));
            } else if row.standing == Standing::Opened && strength < 0.8 {
                row.standing = Standing::Standby;
                row.during = None;
                (row.capacity, row.load) = (0.0, 0.0);
            } else if let (Some(before), Some(during)) = (row.before, row.during) {
                let headroom = before + (during - before) * strength;
                row.during = Some(headroom);
                row.load = row.capacity * (1.0 - headroom);
            }
        }
        all.push(ThroughPeriod {
            start: at,
            end,
            phase: Phase::Known,
            rows,
            truth: Vec::new(),
        });
        at = end;
    }
    let (first, last) = (periods / 4, periods - 1 - periods / 4);
    let events = vec![EventSpan {
        start: all[first].start,
        end: all[last].end,
        known: all[first].start,
        kind: EventKind::Maintenance,
        subject: "Chicago".to_owned(),
        what: "maintenance".to_owned(),
    }];
    HeadroomThroughChart {
        title: "San Antonio is tightest from 10:42 to 14:10: 12 % headroom; 2 of 6 periods miss a target"
            .to_owned(),
        scenario: "chicago-maintenance".to_owned(),
        span: "13 Nov 2012 08:00 to 16:00 (UTC-08:00)".to_owned(),
        clock: Clock {
            start,
            end: at,
            offset: jiff::tz::offset(-8),
        },
        periods: all,
        events,
        most_others: 8,
    }
}

/// Faults that nobody knows of at first, with their truth; then known and not answered yet.
pub(crate) fn blind(periods: usize) -> HeadroomThroughChart {
    let mut chart = chart("12-sites", "2012-11-13T16:00:00Z", &DAY, periods);
    for (index, phase) in [(2, Phase::Blind), (3, Phase::Reacting)] {
        let period = &mut chart.periods[index];
        period.phase = phase;
        for row in &period.rows {
            let left = match row.component.as_str() {
                "lb-0-2" => 0.35,
                "lb-1-1" => 0.57,
                "site-3" if row.resource == "cpu" => 0.0,
                _ => continue,
            };
            let mut truth = row.clone();
            truth.capacity *= left;
            truth.during = (left > 0.0).then(|| 1.0 - truth.load / truth.capacity);
            period.truth.push(truth);
        }
    }
    let (start, known) = (chart.periods[2].start, chart.periods[3].start);
    let end = chart.periods[periods - 2].end;
    for (subject, what, kind) in [
        (
            "San Antonio load balancer 2",
            "gray fault, 35 % left",
            EventKind::Gray,
        ),
        (
            "Boydton load balancer 1",
            "gray fault, 57 % left",
            EventKind::Gray,
        ),
        ("Quincy", "failure", EventKind::Failure),
        ("Mexico City mail", "1.4 times the demand", EventKind::Surge),
    ] {
        let is_known = kind == EventKind::Surge;
        chart.events.push(EventSpan {
            start,
            end,
            known: if is_known { start } else { known },
            kind,
            subject: subject.to_owned(),
            what: what.to_owned(),
        });
    }
    chart
}

/// Slow work that nobody knows of at first, and sessions that end: at once back, and only later.
fn ended() -> HeadroomThroughChart {
    let mut chart = chart("12-sites", "2012-11-13T16:00:00Z", &DAY, 6);
    chart.events.clear();
    let at = |period: usize| chart.periods[period].start;
    let spans = [
        (
            at(1),
            at(5),
            at(3),
            EventKind::Slow,
            "San Antonio mail filter",
        ),
        (at(2), at(2), at(2), EventKind::Disconnect, "Mexico City"),
        (
            at(3),
            at(4),
            at(3),
            EventKind::Disconnect,
            "Boydton load balancer 1",
        ),
    ];
    let events = spans.map(|(start, end, known, kind, subject)| EventSpan {
        start,
        end,
        known,
        kind,
        subject: subject.to_owned(),
        what: if kind == EventKind::Slow {
            "5 % of work is 1,000 times slower".to_owned()
        } else {
            "sessions end".to_owned()
        },
    });
    chart.events.extend(events);
    chart
}

/// A surge on every day and more events than there is room for.
fn busy() -> HeadroomThroughChart {
    let mut chart = chart("12-sites", "2012-11-01T08:00:00Z", &MONTH, 30);
    for (index, period) in chart.periods.iter().enumerate() {
        chart.events.push(EventSpan {
            start: period.start,
            end: period.start + SignedDuration::from_hours(9),
            known: period.start,
            kind: EventKind::Surge,
            subject: if index.is_multiple_of(2) {
                "everyone".to_owned()
            } else {
                format!("client region {index}")
            },
            what: "1.4 times the demand".to_owned(),
        });
    }
    chart
}

/// A period of one minute in a day, and a fault that ends before anybody knows of it.
fn short() -> HeadroomThroughChart {
    let mut chart = chart("3-sites", "2012-11-13T08:00:00Z", &[700, 1, 739], 3);
    chart.events[0].kind = EventKind::Gray;
    chart.events[0].what = "gray fault, 50 % left".into();
    chart.events[0].known = chart.events[0].end;
    chart.periods[1].phase = Phase::Blind;
    chart
}

/// Links only: no site and no event.
fn links() -> HeadroomThroughChart {
    let mut chart = chart("3-sites", "2012-11-13T16:00:00Z", &DAY, 2);
    chart.events.clear();
    for period in &mut chart.periods {
        period.rows.retain(|row| row.kind == ComponentKind::Link);
    }
    chart
}

/// Names as bad as they get, of components and of events.
fn hostile() -> HeadroomThroughChart {
    let mut chart = chart("hostile", "2012-11-13T16:00:00Z", &DAY, 8);
    let names: Vec<String> = chart.periods[0]
        .rows
        .iter()
        .filter(|row| row.kind == ComponentKind::Site)
        .map(|row| row.name.clone())
        .collect();
    for name in names {
        let mut event = chart.events[0].clone();
        event.what = format!("=maintenance of {name}");
        event.subject = name;
        chart.events.push(event);
    }
    chart
}

/// Every sample and its name.
pub(crate) fn all() -> Vec<(&'static str, HeadroomThroughChart)> {
    let day = "2012-11-13T16:00:00Z";
    vec![
        ("3-sites-1-period", chart("3-sites", day, &DAY, 1)),
        ("3-sites-8-periods", chart("3-sites", day, &DAY, 8)),
        ("12-sites-2-periods", chart("12-sites", day, &DAY, 2)),
        ("12-sites-30-periods", busy()),
        ("43-sites-1-period", chart("43-sites", day, &DAY, 1)),
        ("43-sites-8-periods", chart("43-sites", day, &DAY, 8)),
        ("43-sites-30-periods", chart("43-sites", day, &DAY, 30)),
        ("blind", blind(6)),
        ("ended", ended()),
        ("overload", chart("overload", day, &DAY, 6)),
        ("calm", chart("calm", day, &DAY, 6)),
        (
            "midnight",
            chart("12-sites", "2012-11-14T05:00:00Z", &DAY, 6),
        ),
        ("short", short()),
        ("links", links()),
        ("hostile", hostile()),
    ]
}
