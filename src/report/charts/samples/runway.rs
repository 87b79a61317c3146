//! Samples of the charts of a runway: conditions, the load line, the calendar of sites.

use super::sample::{EVIL, HOSTILE, LONG, Sample, named, place, samples, scatter, with};
use crate::plan::runway::{Day, ReachedOn};
use crate::report::charts::runway::{
    CalendarColumn, CalendarRow, CapacityArrival, CapacityStep, ComponentBar, ConditionBar,
    LoadPoint,
};
use crate::report::charts::utilization::SiteCell;
use crate::report::charts::{CalendarChart, LoadLineChart, RunwayChart};
use crate::report::headroom::State;
use jiff::Timestamp;

/// Every sample.
pub(in crate::report::charts) fn all() -> Vec<Sample> {
    let kinds = [
        samples("runway", true, runways()),
        samples("load-line", true, load_lines()),
        samples("calendar", true, calendars()),
    ];
    kinds.into_iter().flatten().collect()
}

/// Two years.
const YEARS: Day = 731;

fn from() -> Timestamp {
    "2026-11-30T00:00:00Z".parse().expect("a date")
}

fn about() -> Vec<String> {
    let about = ["growth", "30 Nov 2026 to 29 Nov 2028", "one site fails"];
    about.map(str::to_owned).to_vec()
}

/// A condition that fails from these days on: as expected, at the low end, at the high end.
pub(in crate::report::charts) fn bar(
    name: &str,
    how: &str,
    [expected, low, high]: [Option<Day>; 3],
) -> ConditionBar {
    ConditionBar {
        name: name.to_owned(),
        how: how.to_owned(),
        fails_from: expected,
        ends: Some([low, high]),
        failing: expected.map(|day| day..YEARS).into_iter().collect(),
    }
}

fn component(index: usize, days: [Option<Day>; 3]) -> ComponentBar {
    let [target, capacity, worst] = days;
    ComponentBar {
        name: place(index),
        resource: ["cpu", "sessions", "bandwidth"][index % 3].to_owned(),
        as_is: ReachedOn { target, capacity },
        worst: ReachedOn {
            target: worst.map(|day| day / 2),
            capacity: worst,
        },
    }
}

fn arrival(day: Day, words: &str) -> CapacityArrival {
    CapacityArrival {
        day,
        words: words.to_owned(),
    }
}

/// Conditions over two years, and a number of components of which ten are shown.
pub(in crate::report::charts) fn runway(components: usize) -> RunwayChart {
    let all = "all moves, replan";
    let components_shown = (0..components.min(10)).map(|index| {
        let day = 150 + 60 * u32::try_from(index).unwrap_or(0);
        let capacity = Some(day + 120).filter(|day| *day < YEARS);
        component(index, [Some(day), capacity, Some(day.saturating_sub(70))])
    });
    RunwayChart {
        title: "One site may fail until 14 Mar 2027; headroom targets are met until 3 Jan 2027"
            .to_owned(),
        about: about(),
        from: from(),
        days: YEARS,
        bars: vec![
            bar("headroom targets", "as is", [Some(35), Some(60), Some(20)]),
            bar(
                "stable under one failure",
                all,
                [Some(98), Some(160), Some(60)],
            ),
            bar(
                "served under one failure",
                all,
                [Some(105), Some(190), Some(67)],
            ),
            bar(
                "headroom targets",
                "steered, rebalanced",
                [Some(300), None, Some(220)],
            ),
            bar("served", "as is, steered", [Some(500), None, Some(300)]),
            bar("served", "rebalanced", [None, None, Some(640)]),
        ],
        bars_in_all: 6,
        arrivals: vec![
            arrival(90, "Boydton +400 vCPU"),
            arrival(280, "San Antonio +2,000 sessions and 3 more"),
            arrival(290, "Oslo +1 vCPU"),
            arrival(700, "Quincy +120 vCPU"),
        ],
        components: components_shown.collect(),
        components_in_all: components,
        notes: Vec::new(),
    }
}

fn runways() -> Vec<(&'static str, RunwayChart)> {
    let beyond = |chart: &mut RunwayChart| {
        chart.title = "One site may fail beyond 29 Nov 2028".to_owned();
        for bar in &mut chart.bars {
            (bar.fails_from, bar.ends) = (None, Some([None, None]));
            bar.failing.clear();
        }
        chart.notes = vec!["No component reaches its capacity or its target.".to_owned()];
    };
    let trapped = |chart: &mut RunwayChart| {
        chart.title =
            "1.9 million users are trapped if Frankfurt am Main fails; not counting them, one site may fail until 14 Mar 2027".to_owned();
        for bar in &mut chart.bars {
            bar.ends = None;
        }
        chart.bars[0] = bar("headroom targets", "as is", [Some(0), Some(0), Some(0)]);
        chart.notes = vec![
            "Trapped users are left out of all bars: 1,900,000 users have no site if Frankfurt am Main fails, even with unlimited capacity.".to_owned(),
        ];
    };
    let gaps = |chart: &mut RunwayChart| {
        chart.bars[1].failing = vec![98..200, 320..400, 600..YEARS];
        chart.bars[2].failing = std::iter::once(105..280).collect();
    };
    let hostile = |chart: &mut RunwayChart| {
        chart.title = HOSTILE.concat();
        chart.about = HOSTILE.map(str::to_owned).to_vec();
        for (index, words) in HOSTILE.into_iter().enumerate() {
            chart
                .bars
                .push(bar(words, EVIL, [Some(400), None, Some(1)]));
            if let Some(component) = chart.components.get_mut(index) {
                component.name = words.to_owned();
                component.resource = LONG.to_owned();
            }
        }
        chart.arrivals[0].words = LONG.to_owned();
        chart.arrivals[3].words = EVIL.to_owned();
    };
    let empty = |chart: &mut RunwayChart| {
        chart.bars.clear();
        chart.arrivals.clear();
    };
    let month = |chart: &mut RunwayChart| {
        chart.title = "One site may fail until 4 Dec 2026".to_owned();
        chart.days = 28;
        chart.bars = vec![bar("served", "as is", [Some(5), Some(9), Some(1)])];
        chart.bars[0].failing = std::iter::once(5..28).collect();
        chart.arrivals.clear();
    };
    vec![
        ("one-component", runway(1)),
        ("forty-components", runway(40)),
        ("beyond", with(runway(0), beyond)),
        ("trapped", with(runway(10), trapped)),
        ("gaps", with(runway(3), gaps)),
        ("a-month", with(runway(0), month)),
        ("hostile", with(runway(10), hostile)),
        ("empty", with(runway(0), empty)),
    ]
}

/// A load that grows month by month towards a capacity that rises once.
pub(in crate::report::charts) fn load_line(worst: f64) -> LoadLineChart {
    let point = |month: u32| {
        let grown = 1.025_f64.powf(month.into());
        let [low, high] = [1.015_f64, 1.04].map(|rate| 2_400.0 * rate.powf(month.into()));
        LoadPoint {
            day: month * 731 / 24,
            as_is: [low, 2_400.0 * grown, high],
            worst: 2_400.0 * grown * worst,
            worst_case: "Frankfurt am Main fails".to_owned(),
        }
    };
    LoadLineChart {
        title: "San Antonio runs out of cpu on 15 Mar 2027 if Frankfurt am Main fails".to_owned(),
        about: [vec!["San Antonio cpu".to_owned()], about()].concat(),
        from: from(),
        days: YEARS,
        unit: "vCPU".to_owned(),
        points: (0..24).map(point).collect(),
        capacity: vec![
            CapacityStep {
                day: 0,
                capacity: 3_600.0,
                target: 2_880.0,
            },
            CapacityStep {
                day: 280,
                capacity: 4_400.0,
                target: 3_520.0,
            },
        ],
        fails_from: Some((
            105,
            "served under one failure fails from 15 Mar 2027".to_owned(),
        )),
        notes: vec!["The worst case stands as a share of what it leaves.".to_owned()],
    }
}

fn load_lines() -> Vec<(&'static str, LoadLineChart)> {
    let calm = |chart: &mut LoadLineChart| {
        chart.title =
            "San Antonio cpu is fullest: 87.1 % in its worst case until 29 Nov 2028".to_owned();
        chart.fails_from = None;
        for point in &mut chart.points {
            point.as_is = [2_000.0; 3];
            point.worst = 3_100.0;
        }
        chart.capacity.truncate(1);
    };
    let end = |chart: &mut LoadLineChart| {
        let words = "served under one failure during the events at Chicago and Dallas fails from 25 Nov 2028";
        chart.fails_from = Some((726, words.to_owned()));
    };
    let hostile = |chart: &mut LoadLineChart| {
        chart.title = HOSTILE.concat();
        chart.about = vec![EVIL.to_owned(), LONG.to_owned()];
        chart.unit = LONG.to_owned();
        chart.fails_from = Some((0, HOSTILE.concat()));
        for point in &mut chart.points {
            point.as_is = point.as_is.map(|amount| amount * 1e9);
        }
    };
    vec![
        ("fails", load_line(1.45)),
        ("overloaded-from-the-start", load_line(3.0)),
        ("beyond", with(load_line(1.0), calm)),
        ("fails-at-the-end", with(load_line(1.2), end)),
        (
            "one-day",
            with(load_line(1.2), |chart| chart.points.truncate(1)),
        ),
        ("hostile", with(load_line(1.2), hostile)),
        ("empty", with(load_line(1.2), |chart| chart.points.clear())),
    ]
}

/// Sites and months, each fuller than the month before; the first site is as full at the end as given.
pub(in crate::report::charts) fn calendar(sites: usize, months: usize, most: f64) -> CalendarChart {
    let names = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = |index: usize| CalendarColumn {
        month: names[(index + 10) % 12].to_owned(),
        year: (2026 + (index + 10) / 12).to_string(),
    };
    let row = |site: usize| {
        let end = most * (1.0 - site as f64 / sites as f64 * 0.4);
        let cells = (0..months).map(|month| {
            let grown = 0.6 + 0.4 * (month + 1) as f64 / months as f64;
            let utilization = end * grown * (0.96 + 0.04 * scatter(site, month));
            let state = match utilization {
                full if full >= 1.0 => State::Full,
                tight if tight > 0.9 => State::BelowTarget,
                _ => State::Fine,
            };
            let cell = SiteCell {
                resource: "cpu".to_owned(),
                utilization,
                target: 0.1,
                state,
            };
            Some((cell, "Frankfurt am Main fails".to_owned()))
        });
        CalendarRow {
            site: named("s", site),
            cells: cells.collect(),
        }
    };
    CalendarChart {
        title:
            "A failure leaves users unserved from Mar 2027 on: 3 sites are full, San Antonio first"
                .to_owned(),
        about: about(),
        months: (0..months).map(month).collect(),
        rows: (0..sites.min(40)).map(row).collect(),
        sites_in_all: sites + 7,
        calm: (7, 0.6),
    }
}

fn calendars() -> Vec<(&'static str, CalendarChart)> {
    let hostile = |chart: &mut CalendarChart| {
        chart.title = HOSTILE.concat();
        for (row, words) in chart.rows.iter_mut().zip(HOSTILE) {
            row.site.name = words.to_owned();
            row.cells[3] = None;
        }
    };
    let empty = |chart: &mut CalendarChart| {
        chart.rows.clear();
        chart.calm = (50, 0.6);
    };
    vec![
        ("1-site-1-month", calendar(1, 1, 1.1)),
        ("12-sites-24-months", calendar(12, 24, 1.2)),
        ("60-sites-24-months", calendar(60, 24, 1.3)),
        ("12-sites-ten-years", calendar(12, 120, 9.0)),
        ("calm", calendar(5, 24, 0.74)),
        ("hostile", with(calendar(11, 24, 1.2), hostile)),
        ("empty", with(calendar(2, 24, 1.2), empty)),
    ]
}
