//! Samples of the charts over several periods: headroom through them, and users by state.

use super::headroom;
use super::sample::{DAY, EVIL, LONG, MORNING, Sample, clock, sorted_samples, stretches};
use crate::model::{ComponentKind, Phase};
use crate::report::charts::through::{EventKind, EventSpan};
use crate::report::charts::{
    HeadroomChart, HeadroomThroughChart, ThroughPeriod, UsersChart, UsersPeriod,
};
use crate::report::headroom::Standing;
use jiff::SignedDuration;

/// Lengths of periods of a month in minutes: some days each.
const MONTH: [i64; 5] = [1440, 2880, 1440, 1440, 4320];

/// Every sample.
pub(in crate::report::charts) fn all() -> Vec<Sample> {
    let (few, some, many) = (headroom::drain(3), headroom::drain(12), headroom::drain(43));
    let night = "2012-11-14T05:00:00Z";
    let mut empty = through(&few, MORNING, &DAY, 1);
    empty.periods.clear();
    let through = vec![
        ("3-sites-1-period", through(&few, MORNING, &DAY, 1)),
        ("3-sites-8-periods", through(&few, MORNING, &DAY, 8)),
        ("12-sites-2-periods", through(&some, MORNING, &DAY, 2)),
        ("12-sites-30-periods", busy()),
        ("43-sites-1-period", through(&many, MORNING, &DAY, 1)),
        ("43-sites-8-periods", through(&many, MORNING, &DAY, 8)),
        ("43-sites-30-periods", through(&many, MORNING, &DAY, 30)),
        ("blind", blind_through(6)),
        ("ended", ended()),
        ("overload", through(&headroom::overload(), MORNING, &DAY, 6)),
        ("calm", through(&headroom::calm(), MORNING, &DAY, 6)),
        ("midnight", through(&some, night, &DAY, 6)),
        ("short", short()),
        ("links", links()),
        ("hostile", hostile_through()),
        ("empty", empty),
    ];
    let reverse = |chart: &mut HeadroomThroughChart| {
        chart.periods.reverse();
        chart.events.reverse();
        for period in &mut chart.periods {
            period.rows.reverse();
            period.truth.reverse();
        }
    };
    let mut samples = sorted_samples("headroom-through", true, through, reverse);
    let mut nobody = calm(MORNING, &DAY, 2);
    for period in &mut nobody.periods {
        (period.users, period.at_home) = (0.0, 0.0);
    }
    let mut empty = calm(MORNING, &DAY, 1);
    empty.periods.clear();
    let users = vec![
        ("calm-1-period", calm(MORNING, &DAY, 1)),
        ("calm-8-periods", calm(MORNING, &DAY, 8)),
        ("few-1-period", drain(&DAY, 1, 310_400.0, 0.0)),
        ("few-8-periods", drain(&DAY, 8, 310_400.0, 3.0)),
        ("many-8-periods", drain(&DAY, 8, 21e6, 14e6)),
        ("30-periods", drain(&DAY, 30, 310_400.0, 41_000.0)),
        ("month", drain(&[1440, 2880], 12, 9.0, 0.2)),
        ("all-unserved", drain(&DAY, 1, 0.0, 60e6)),
        ("blind", blind()),
        ("nobody", nobody),
        ("hostile", hostile()),
        ("empty", empty),
    ];
    let reverse = |chart: &mut UsersChart| chart.periods.reverse();
    samples.extend(sorted_samples("users", false, users, reverse));
    samples
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
pub(in crate::report::charts) fn through(
    sample: &HeadroomChart,
    start: &str,
    minutes: &[i64],
    periods: usize,
) -> HeadroomThroughChart {
    let stretches = stretches(start, minutes, periods);
    let mut all = Vec::new();
    for (index, &[start, end]) in stretches.iter().enumerate() {
        let strength = strength(index, periods);
        let mut rows = sample.rows.clone();
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
            start,
            end,
            phase: Phase::Known,
            rows,
            truth: Vec::new(),
        });
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
        clock: clock(&stretches),
        periods: all,
        events,
        most_others: 8,
    }
}

/// Faults that nobody knows of at first, with their truth; then known and not answered yet.
fn blind_through(periods: usize) -> HeadroomThroughChart {
    let mut chart = through(&headroom::drain(12), MORNING, &DAY, periods);
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
    let mut chart = through(&headroom::drain(12), MORNING, &DAY, 6);
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
    let mut chart = through(&headroom::drain(12), "2012-11-01T08:00:00Z", &MONTH, 30);
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
    let mut chart = through(
        &headroom::drain(3),
        "2012-11-13T08:00:00Z",
        &[700, 1, 739],
        3,
    );
    chart.events[0].kind = EventKind::Gray;
    chart.events[0].what = "gray fault, 50 % left".into();
    chart.events[0].known = chart.events[0].end;
    chart.periods[1].phase = Phase::Blind;
    chart
}

/// Links only: no site and no event.
fn links() -> HeadroomThroughChart {
    let mut chart = through(&headroom::drain(3), MORNING, &DAY, 2);
    chart.events.clear();
    for period in &mut chart.periods {
        period.rows.retain(|row| row.kind == ComponentKind::Link);
    }
    chart
}

/// Names as bad as they get, of components and of events.
fn hostile_through() -> HeadroomThroughChart {
    let mut chart = through(&headroom::hostile(), MORNING, &DAY, 8);
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

/// Everybody at home, 60 million.
fn calm(start: &str, minutes: &[i64], periods: usize) -> UsersChart {
    let stretches = stretches(start, minutes, periods);
    let mut all = Vec::new();
    for (index, &[start, end]) in stretches.iter().enumerate() {
        all.push(UsersPeriod {
            index,
            start,
            end,
            phase: Phase::Known,
            users: 60e6,
            at_home: 60e6,
            away: 0.0,
            new: 0.0,
            unserved: 0.0,
            no_site: 0.0,
            moving: 0.0,
            copied: 0.0,
            returned: 0.0,
            hurt: 0.0,
        });
    }
    UsersChart {
        title: "Everyone is served; nobody is away from home".to_owned(),
        scenario: "chicago-maintenance".to_owned(),
        span: "13 Nov 2012 08:00 to 16:00 (UTC-08:00)".to_owned(),
        clock: clock(&stretches),
        periods: all,
    }
}

/// A drain in the middle: so many are away and so many unserved at its worst.
pub(in crate::report::charts) fn drain(
    minutes: &[i64],
    periods: usize,
    away: f64,
    unserved: f64,
) -> UsersChart {
    let mut chart = calm(MORNING, minutes, periods);
    chart.title = "Everyone is served in all 6 periods; at most 310,400 users are away from home (10:42 to 14:10)".into();
    let (first, last) = (periods / 4, periods - 1 - periods / 4);
    for period in &mut chart.periods {
        if (first..=last).contains(&period.index) {
            let share = 1.0 - 0.2 * (period.index - first) as f64 / periods as f64;
            period.away = (away * share).floor();
            period.unserved = (unserved * share).floor();
            period.no_site = (period.unserved / 2.0).floor();
            period.at_home -= period.away + period.unserved;
            if period.index == first {
                period.moving = period.away;
                period.copied = (period.away / 3.0).floor();
            }
        }
        if period.index == last + 1 {
            period.returned = away;
        }
    }
    chart
}

/// A drain with new users, and a fault that nobody knows of at first.
fn blind() -> UsersChart {
    let mut chart = drain(&DAY, 6, 310_400.0, 0.0);
    for period in &mut chart.periods {
        period.new = 36_000.0 * period.index as f64;
        period.users += period.new;
        if period.index == 2 {
            period.phase = Phase::Blind;
            period.hurt = 1_737_537.0;
        } else if period.index == 3 {
            period.phase = Phase::Reacting;
            period.hurt = 3.0;
        }
    }
    chart
}

/// Names as bad as they get.
fn hostile() -> UsersChart {
    let mut chart = drain(&DAY, 8, 310_400.0, 41_000.0);
    chart.scenario = EVIL.into();
    chart.title = LONG.into();
    chart
}
