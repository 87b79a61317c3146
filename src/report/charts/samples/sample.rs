//! Sample: a chart to be measured, and what all are made of: names of very different lengths, and numbers that look random.

use crate::report::charts::Chart;
use crate::report::span::Clock;
use jiff::{SignedDuration, Timestamp};

/// A sample.
pub(crate) struct Sample {
    /// Which chart it is, and which sample of it.
    pub(crate) name: String,
    pub(crate) chart: Box<dyn Chart>,
    /// The same with everything that may come in any order in the reverse one.
    pub(crate) reversed: Option<Box<dyn Chart>>,
    /// `true` if words stand in its shapes.
    pub(crate) is_grid: bool,
}

/// Samples of a chart, whose values come in the order in which they are shown.
pub(in crate::report::charts) fn samples<C: Chart + 'static>(
    kind: &str,
    is_grid: bool,
    charts: Vec<(&str, C)>,
) -> Vec<Sample> {
    let sample = |(name, chart): (&str, C)| Sample {
        name: format!("{kind}/{name}"),
        chart: Box::new(chart),
        reversed: None,
        is_grid,
    };
    charts.into_iter().map(sample).collect()
}

/// Samples of a chart that sorts its values; `reverse` turns their order.
pub(super) fn sorted_samples<C: Chart + Clone + 'static>(
    kind: &str,
    is_grid: bool,
    charts: Vec<(&str, C)>,
    reverse: impl Fn(&mut C),
) -> Vec<Sample> {
    let reversed = charts.iter().map(|(_, chart)| {
        let mut chart = chart.clone();
        reverse(&mut chart);
        chart
    });
    let reversed: Vec<C> = reversed.collect();
    let samples = samples(kind, is_grid, charts).into_iter().zip(reversed);
    let both = samples.map(|(sample, reversed)| Sample {
        reversed: Some(Box::new(reversed)),
        ..sample
    });
    both.collect()
}

/// Names of places.
const PLACES: [&str; 43] = [
    "San Antonio",
    "Boydton",
    "Dallas–Fort Worth metropolitan area, hall 3",
    "Quincy",
    "Santiago de Querétaro",
    "東京データセンター第三棟",
    "<b>Zürich</b>",
    "Oslo",
    "São Paulo",
    "Des Moines",
    "Cheyenne",
    "Toronto",
    "Quebec City",
    "Phoenix",
    "Atlanta",
    "New York",
    "Los Angeles",
    "San José",
    "Seattle",
    "Denver",
    "Miami",
    "Boston",
    "Dublin",
    "Amsterdam",
    "London",
    "Paris",
    "Frankfurt am Main",
    "Milano",
    "Madrid",
    "Stockholm",
    "Warszawa",
    "Johannesburg",
    "Dubai",
    "Mumbai",
    "Chennai",
    "Singapore",
    "Kuala Lumpur",
    "Hong Kong",
    "Seoul",
    "Osaka",
    "Sydney",
    "Melbourne",
    "Auckland",
];

/// An id as long as ids may be.
pub(super) const LONG: &str = "an id of one hundred and twenty-eight characters that goes on and on and on until it ends in rack-17-of-hall-B-in-building-4";

/// Text that turns the direction of reading, and has controls and markup.
pub(super) const EVIL: &str =
    "\u{202e}txet lortnoc\u{1b}[31m\u{0}<script>alert(\"1\")</script>\n\t&amp;";

/// The name of a place by its number.
pub(super) fn place(index: usize) -> String {
    let name = PLACES[index % PLACES.len()];
    match index / PLACES.len() {
        0 => name.to_owned(),
        more => format!("{name} {}", more + 1),
    }
}

/// A fraction of 1 that looks random and is always the same.
pub(super) fn scatter(index: usize, salt: usize) -> f64 {
    ((index * 7919 + salt * 104_729 + index * index * 31) % 1000) as f64 / 1000.0
}

/// What stands below the titles of sweeps.
pub(super) fn about() -> Vec<String> {
    let period = "13 Nov 2012, 09:08 to 14:10 (UTC-08:00)";
    vec!["drain-chicago".to_owned(), period.to_owned()]
}

/// Lengths of periods of a day in minutes, again and again.
pub(in crate::report::charts) const DAY: [i64; 8] = [30, 38, 22, 72, 208, 110, 45, 15];

/// When a day of samples begins: 08:00 in the offset of [`clock`].
pub(in crate::report::charts) const MORNING: &str = "2012-11-13T16:00:00Z";

/// So many periods from `start` on, whose lengths in minutes come again and again.
pub(super) fn stretches(start: &str, minutes: &[i64], periods: usize) -> Vec<[Timestamp; 2]> {
    let mut at: Timestamp = start.parse().expect("an instant");
    let lengths = minutes.iter().cycle().take(periods);
    let stretch = |minutes: &i64| {
        let start = at;
        at += SignedDuration::from_mins(*minutes);
        [start, at]
    };
    lengths.map(stretch).collect()
}

/// The clock of such periods.
pub(super) fn clock(stretches: &[[Timestamp; 2]]) -> Clock {
    let [start, _] = stretches[0];
    let [_, end] = stretches[stretches.len() - 1];
    Clock {
        start,
        end,
        offset: jiff::tz::offset(-8),
    }
}
