//! Samples over time: headroom through the periods, users by state, replays, waves, windows.

use super::network;
use super::plays::{event, failure, replay};
use super::sample::{
    DAY, EVIL, LONG, MORNING, SCENARIO, Sample, at, clock, samples, sorted_samples, stretches, with,
};
use super::starts::{waves, windows};
use crate::model::{ComponentKind, EventType, Phase};
use crate::report::charts::events::EventSpan;
use crate::report::charts::{
    HeadroomChart, HeadroomThroughChart, ThroughPeriod, UsersChart, UsersPeriod,
};
use crate::report::headroom::Standing;
use jiff::{SignedDuration, Timestamp};

/// Lengths of periods of a month in minutes: some days each.
const MONTH: [i64; 5] = [1440, 2880, 1440, 1440, 4320];

/// Every sample.
pub(in crate::report::charts) fn all() -> Vec<Sample> {
    let [few, some, many] = [3, 12, 43].map(network::drain);
    let [overload, calm] = [network::overload(), network::calm()];
    let of = |sample: &HeadroomChart, periods| through(sample, MORNING, &DAY, periods);
    let through = vec![
        ("3-sites-1-period", of(&few, 1)),
        ("3-sites-8-periods", of(&few, 8)),
        ("12-sites-2-periods", of(&some, 2)),
        ("12-sites-30-periods", busy()),
        ("43-sites-1-period", of(&many, 1)),
        ("43-sites-8-periods", of(&many, 8)),
        ("43-sites-30-periods", of(&many, 30)),
        ("blind", blind_through(6)),
        ("ended", ended()),
        ("overload", of(&overload, 6)),
        ("calm", of(&calm, 6)),
        ("midnight", through(&some, "2012-11-14T05:00:00Z", &DAY, 6)),
        ("short", short()),
        ("links", with(of(&few, 2), links_only)),
        ("hostile", hostile_through()),
        (
            "empty",
            with(of(&few, 1), |headroom_through_chart| {
                headroom_through_chart.periods.clear();
            }),
        ),
    ];
    let reverse = |chart: &mut HeadroomThroughChart| {
        chart.periods.reverse();
        chart.events.reverse();
        for period in &mut chart.periods {
            period.rows.reverse();
            period.truth.reverse();
        }
    };
    let through = sorted_samples("headroom-through", true, through, reverse);
    let nobody = |chart: &mut UsersChart| {
        let periods = chart.periods.iter_mut();
        periods.for_each(|period| (period.users, period.at_home) = (0.0, 0.0));
    };
    let hostile = |chart: &mut UsersChart| {
        (chart.scenario, chart.title) = (EVIL.into(), LONG.into());
    };
    let users = vec![
        ("calm-1-period", drain(&DAY, 1, 0.0, 0.0)),
        ("calm-8-periods", drain(&DAY, 8, 0.0, 0.0)),
        ("few-1-period", drain(&DAY, 1, 310_400.0, 0.0)),
        ("few-8-periods", drain(&DAY, 8, 310_400.0, 3.0)),
        ("many-8-periods", drain(&DAY, 8, 21e6, 14e6)),
        ("30-periods", drain(&DAY, 30, 310_400.0, 41_000.0)),
        ("month", drain(&[1440, 2880], 12, 9.0, 0.2)),
        ("all-unserved", drain(&DAY, 1, 0.0, 60e6)),
        ("blind", blind()),
        ("nobody", with(drain(&DAY, 2, 0.0, 0.0), nobody)),
        (
            "hostile",
            with(drain(&DAY, 8, 310_400.0, 41_000.0), hostile),
        ),
        (
            "empty",
            with(drain(&DAY, 1, 0.0, 0.0), |users_chart| {
                users_chart.periods.clear();
            }),
        ),
    ];
    let users = sorted_samples("users", false, users, |users_chart| {
        users_chart.periods.reverse();
    });
    let several = (0..12).map(|number| failure(number, &format!("lb-{number}"), 600));
    let chicago = |number| failure(number, "Chicago", 0);
    let replays = vec![
        ("1-step", replay(1, 60, Vec::new())),
        ("30-steps", replay(30, 1, vec![chicago(0)])),
        (
            "480-steps",
            replay(480, 60, vec![failure(2, LONG, 1800), chicago(4)]),
        ),
        ("12-events", replay(2_000, 1_800, several.collect())),
        (
            "nothing",
            with(replay(5, 60, Vec::new()), |replay_chart| {
                replay_chart.panels.clear();
            }),
        ),
    ];
    let waves = vec![
        ("1", waves(1, 20, 0)),
        ("6", waves(6, 30, 5)),
        ("40", waves(40, 60, 10)),
        ("of-no-time", waves(3, 0, 0)),
        ("none", waves(0, 30, 5)),
        (
            "refused",
            with(waves(6, 30, 5), |waves_chart| {
                waves_chart.is_refused = true;
                waves_chart.allowed = Some(at(150));
                waves_chart.waves[2].sites.clear();
                waves_chart.because = "The drain needs 3 h 30 min, the scenario allows 1 h: three load balancers accept 60 sessions a second each."
                    .to_owned();
            }),
        ),
    ];
    let rising = |count| {
        windows(count, |hour| {
            let wave = (hour % 24) as f64;
            [wave * 1e6, wave / 24.0, wave * 3e7, 2e6]
        })
    };
    let windows = vec![
        ("1", rising(1)),
        ("2", rising(2)),
        ("24", rising(24)),
        ("168", rising(168)),
        ("400", rising(400)),
        (
            "decided-by-little",
            windows(24, |hour| {
                let at_risk = if hour == 2 { 1_118_000.0 } else { 1_119_100.0 };
                [0.0, 0.0, at_risk, 1e6]
            }),
        ),
    ];
    let kinds = [
        through,
        users,
        samples("replay", true, replays),
        samples("waves", true, waves),
        samples("windows", true, windows),
    ];
    kinds.into_iter().flatten().collect()
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

/// Periods of the given minutes from `start` on, with the rows of a sample as they are at the worst.
pub(in crate::report::charts) fn through(
    sample: &HeadroomChart,
    start: &str,
    minutes: &[i64],
    periods: usize,
) -> HeadroomThroughChart {
    let stretches = stretches(start, minutes, periods);
    let all = stretches.iter().enumerate().map(|(index, [start, end])| {
        let strength = strength(index, periods);
        let mut rows = sample.rows.clone();
        for row in &mut rows {
            if row.standing.is_out() && strength < 0.4 {
                row.standing = Standing::InService;
                row.during = row.before;
                (row.capacity, row.load) = (4000.0, 4000.0 * (1.0 - row.before.unwrap_or(0.0)));
            } else if row.standing == Standing::Opened && strength < 0.8 {
                network::out(row, Standing::Standby);
            } else if let (Some(before), Some(during)) = (row.before, row.during) {
                let headroom = before + (during - before) * strength;
                (row.during, row.load) = (Some(headroom), row.capacity * (1.0 - headroom));
            }
        }
        ThroughPeriod {
            start: *start,
            end: *end,
            phase: Phase::Known,
            rows,
            truth: Vec::new(),
        }
    });
    let all: Vec<ThroughPeriod> = all.collect();
    let (first, last) = (periods / 4, periods - 1 - periods / 4);
    let maintenance = (EventType::Maintenance, "maintenance");
    let events = vec![event(
        maintenance,
        "Chicago",
        (all[first].start, all[last].end),
        0,
    )];
    let span = (all[0].start, all[periods - 1].end);
    HeadroomThroughChart {
        title: "San Antonio is tightest from 10:42 to 14:10: 12 % headroom; 2 of 6 periods miss a target"
            .to_owned(),
        scenario: SCENARIO.to_owned(),
        span: "13 Nov 2012 08:00 to 16:00 (UTC-08:00)".to_owned(),
        clock: clock(span.0, span.1),
        periods: all,
        events,
        most_others: 8,
    }
}

/// Faults that nobody knows of at first, with their truth; then known and not answered yet.
fn blind_through(periods: usize) -> HeadroomThroughChart {
    let mut chart = through(&network::drain(12), MORNING, &DAY, periods);
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
            period.truth.push(with(row.clone(), |truth| {
                truth.capacity *= left;
                truth.during = (left > 0.0).then(|| 1.0 - truth.load / truth.capacity);
            }));
        }
    }
    let span = (chart.periods[2].start, chart.periods[periods - 2].end);
    let gray = |what| (EventType::Gray, what);
    chart.events.extend([
        event(
            gray("gray fault, 35 % left"),
            "San Antonio load balancer 2",
            span,
            22,
        ),
        event(
            gray("gray fault, 57 % left"),
            "Boydton load balancer 1",
            span,
            22,
        ),
        event((EventType::Failure, "failure"), "Quincy", span, 22),
        event(
            (EventType::Surge, "1.4 times the demand"),
            "Mexico City mail",
            span,
            0,
        ),
    ]);
    chart
}

/// Slow work that nobody knows of at first, and sessions that end: at once back, and only later.
fn ended() -> HeadroomThroughChart {
    let mut chart = through(&network::drain(12), MORNING, &DAY, 6);
    let start = |period: usize| chart.periods[period].start;
    let slow = (EventType::Slow, "5 % of work is 1,000 times slower");
    let ended = (EventType::Disconnect, "sessions end");
    chart.events = vec![
        event(slow, "San Antonio mail filter", (start(1), start(5)), 60),
        event(ended, "Mexico City", (start(2), start(2)), 0),
        event(ended, "Boydton load balancer 1", (start(3), start(4)), 0),
    ];
    chart
}

/// A surge on every day and more events than fit.
fn busy() -> HeadroomThroughChart {
    let mut chart = through(&network::drain(12), "2012-11-01T08:00:00Z", &MONTH, 30);
    let surges = chart.periods.iter().enumerate().map(|(index, period)| {
        let who = match index % 2 {
            0 => "everyone".to_owned(),
            _ => format!("client region {index}"),
        };
        let end = period.start + SignedDuration::from_hours(9);
        event(
            (EventType::Surge, "1.4 times the demand"),
            &who,
            (period.start, end),
            0,
        )
    });
    let surges: Vec<EventSpan> = surges.collect();
    chart.events.extend(surges);
    chart
}

/// A period of one minute in a day, and a fault that ends before anybody knows of it.
fn short() -> HeadroomThroughChart {
    let start = "2012-11-13T08:00:00Z";
    let mut chart = through(&network::drain(3), start, &[700, 1, 739], 3);
    let span = (chart.events[0].start, chart.events[0].end);
    chart.events = vec![event(
        (EventType::Gray, "gray fault, 50 % left"),
        "Chicago",
        span,
        9999,
    )];
    chart.periods[1].phase = Phase::Blind;
    chart
}

/// No site and no event.
fn links_only(chart: &mut HeadroomThroughChart) {
    chart.events.clear();
    for period in &mut chart.periods {
        period.rows.retain(|row| row.kind == ComponentKind::Link);
    }
}

/// Names as bad as they get, of components and of events.
fn hostile_through() -> HeadroomThroughChart {
    let mut chart = through(&network::hostile(), MORNING, &DAY, 8);
    let sites = chart.periods[0].rows.iter();
    let sites = sites.filter(|row| row.kind == ComponentKind::Site);
    let events = sites.map(|row| {
        with(chart.events[0].clone(), |event_span| {
            event_span.what = format!("=maintenance of {}", row.name);
            event_span.subject.clone_from(&row.name);
        })
    });
    let events: Vec<EventSpan> = events.collect();
    chart.events.extend(events);
    chart
}

/// A period in which all of 60 million users are at home.
pub(in crate::report::charts) fn at_home(
    index: usize,
    start: Timestamp,
    end: Timestamp,
) -> UsersPeriod {
    UsersPeriod {
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
        affected: 0.0,
    }
}

/// A drain in the middle: the numbers of displaced and unserved users at its worst.
pub(in crate::report::charts) fn drain(
    minutes: &[i64],
    periods: usize,
    away: f64,
    unserved: f64,
) -> UsersChart {
    let (first, last) = (periods / 4, periods - 1 - periods / 4);
    let all = stretches(MORNING, minutes, periods).into_iter().enumerate();
    let all = all.map(|(index, [start, end])| {
        let mut period = at_home(index, start, end);
        if (first..=last).contains(&index) {
            let share = 1.0 - 0.2 * (index - first) as f64 / periods as f64;
            period.away = (away * share).floor();
            period.unserved = (unserved * share).floor();
            period.no_site = (period.unserved / 2.0).floor();
            period.at_home -= period.away + period.unserved;
            if index == first {
                (period.moving, period.copied) = (period.away, (period.away / 3.0).floor());
            }
        } else if index == last + 1 {
            period.returned = away;
        }
        period
    });
    let all: Vec<UsersPeriod> = all.collect();
    UsersChart {
        title: "Everyone is served in all 6 periods; at most 310,400 users are displaced (10:42 to 14:10)".to_owned(),
        scenario: SCENARIO.to_owned(),
        span: "13 Nov 2012 08:00 to 16:00 (UTC-08:00)".to_owned(),
        clock: clock(all[0].start, all[periods - 1].end),
        periods: all,
    }
}

/// A drain with new users, and a fault that nobody knows of at first.
fn blind() -> UsersChart {
    let mut chart = drain(&DAY, 6, 310_400.0, 0.0);
    for period in &mut chart.periods {
        period.new = 36_000.0 * period.index as f64;
        period.users += period.new;
    }
    (chart.periods[2].phase, chart.periods[2].affected) = (Phase::Blind, 1_737_537.0);
    (chart.periods[3].phase, chart.periods[3].affected) = (Phase::Reacting, 3.0);
    chart
}
