//! Sample charts: what the tests measure, and what `PLIMSOLL_LOOK` writes for people to look at (`tests/it/look.rs`).

use super::{Clock, Phase, UsersChart, UsersPeriod};
use jiff::{SignedDuration, Timestamp};

/// Lengths of periods in minutes, again and again.
const DAY: [i64; 8] = [30, 38, 22, 72, 208, 110, 45, 15];

/// Everybody at home, 60 million.
pub(crate) fn calm(start: &str, minutes: &[i64], periods: usize) -> UsersChart {
    let start: Timestamp = start.parse().expect("an instant");
    let mut at = start;
    let mut all = Vec::new();
    for index in 0..periods {
        let end = at + SignedDuration::from_mins(minutes[index % minutes.len()]);
        all.push(UsersPeriod {
            index,
            start: at,
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
        at = end;
    }
    UsersChart {
        title: "Everyone is served; nobody is away from home".to_owned(),
        scenario: "chicago-maintenance".to_owned(),
        span: "13 Nov 2012 08:00 to 16:00 (UTC-08:00)".to_owned(),
        clock: Clock {
            start,
            end: at,
            offset: jiff::tz::offset(-8),
        },
        periods: all,
    }
}

/// A drain in the middle: so many are away and so many unserved at its worst.
pub(crate) fn drain(minutes: &[i64], periods: usize, away: f64, unserved: f64) -> UsersChart {
    let mut chart = calm("2012-11-13T16:00:00Z", minutes, periods);
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
    chart.scenario = "\u{202e}txet lortnoc\u{1b}[31m\u{0}<script>alert(\"1\")</script>".into();
    chart.title = "an id of one hundred and twenty-eight characters that goes on and on and on until it ends in rack-17-of-hall-B-in-building-4".into();
    chart
}

/// Every sample and its name.
pub(crate) fn all() -> Vec<(&'static str, UsersChart)> {
    let day = "2012-11-13T16:00:00Z";
    let mut nobody = calm(day, &DAY, 2);
    for period in &mut nobody.periods {
        (period.users, period.at_home) = (0.0, 0.0);
    }
    vec![
        ("calm-1-period", calm(day, &DAY, 1)),
        ("calm-8-periods", calm(day, &DAY, 8)),
        ("few-1-period", drain(&DAY, 1, 310_400.0, 0.0)),
        ("few-8-periods", drain(&DAY, 8, 310_400.0, 3.0)),
        ("many-8-periods", drain(&DAY, 8, 21e6, 14e6)),
        ("30-periods", drain(&DAY, 30, 310_400.0, 41_000.0)),
        ("month", drain(&[1440, 2880], 12, 9.0, 0.2)),
        ("all-unserved", drain(&DAY, 1, 0.0, 60e6)),
        ("blind", blind()),
        ("nobody", nobody),
        ("hostile", hostile()),
    ]
}
