//! Sample: a chart to be measured, and what all are made of: places, bad names, and numbers that look random.

use crate::model::Coordinates;
use crate::report::Named;
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
    let reversed = charts.iter().map(|chart| with(chart.1.clone(), &reverse));
    let reversed: Vec<C> = reversed.collect();
    let samples = samples(kind, is_grid, charts).into_iter().zip(reversed);
    let both = samples.map(|(sample, reversed)| Sample {
        reversed: Some(Box::new(reversed)),
        ..sample
    });
    both.collect()
}

/// A value that is changed.
pub(in crate::report::charts) fn with<T>(mut value: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut value);
    value
}

/// Places of very different length with their degrees north and east.
const PLACES: &str = "\
Chicago,41.85,-87.65;San Antonio,29.42,-98.49;Boydton,36.67,-78.39;Des Moines,41.6,-93.61;Quincy,47.23,-119.85;\
Cheyenne,41.14,-104.82;Toronto,43.7,-79.42;Quebec City,46.81,-71.21;\
Dallas–Fort Worth metropolitan area, hall 3,32.78,-96.81;Phoenix,33.45,-112.07;Atlanta,33.75,-84.39;\
New York,40.71,-74.01;Los Angeles,34.05,-118.24;San José,37.34,-121.89;Seattle,47.61,-122.33;Denver,39.74,-104.98;\
Miami,25.77,-80.19;Boston,42.36,-71.06;São Paulo,-23.55,-46.64;Santiago de Querétaro,20.59,-100.39;\
Dublin,53.33,-6.25;Amsterdam,52.37,4.89;London,51.51,-0.13;Paris,48.85,2.35;Frankfurt am Main,50.12,8.68;\
<b>Zürich</b>,47.37,8.55;Milano,45.46,9.19;Madrid,40.42,-3.7;Stockholm,59.33,18.06;Oslo,59.91,10.75;\
Warszawa,52.23,21.01;Johannesburg,-26.2,28.04;Dubai,25.07,55.17;Mumbai,19.07,72.88;Chennai,13.09,80.28;\
Singapore,1.29,103.85;Kuala Lumpur,3.15,101.69;Hong Kong,22.28,114.17;Seoul,37.57,126.98;\
東京データセンター第三棟,35.69,139.69;Osaka,34.69,135.5;Sydney,-33.87,151.21;Auckland,-36.85,174.76";

/// How many places there are.
pub(super) const ALL_PLACES: usize = 43;

/// A place by its number.
pub(super) fn metro(index: usize) -> (String, Coordinates) {
    let place = PLACES.split(';').nth(index % ALL_PLACES).expect("a place");
    let mut parts = place.rsplitn(3, ',');
    let mut degrees = || {
        parts
            .next()
            .and_then(|text| text.parse().ok())
            .expect("degrees")
    };
    let (longitude, latitude) = (degrees(), degrees());
    let name = parts.next().expect("a name").to_owned();
    let coordinates = Coordinates {
        latitude,
        longitude,
    };
    (name, coordinates)
}

/// The name of a place by its number: the first is San Antonio.
pub(super) fn place(index: usize) -> String {
    let name = metro(index + 1).0;
    match index / ALL_PLACES {
        0 => name,
        more => format!("{name} {}", more + 1),
    }
}

/// A thing by its kind and number, called as a place.
pub(super) fn named(kind: &str, index: usize) -> Named {
    Named::new(&format!("{kind}{index}"), &place(index))
}

/// An id as long as ids may be.
pub(super) const LONG: &str = "an id of one hundred and twenty-eight characters that goes on and on and on until it ends in rack-17-of-hall-B-in-building-4";

/// Text that turns the direction of reading, and has controls and markup.
pub(super) const EVIL: &str =
    "\u{202e}txet lortnoc\u{1b}[31m\u{0}<script>alert(\"1\")</script>\n\t&amp;";

/// Names as bad as they get.
pub(super) const HOSTILE: [&str; 11] = [
    "<script>alert(\"1\")</script>&amp;'quotes'",
    LONG,
    EVIL,
    "מרכז הנתונים של תל אביב",
    "東京データセンター第三棟",
    "=HYPERLINK(\"http://example.com\")",
    "",
    "مركز بيانات دبي",
    "same name",
    "same name",
    "one-word-of-one-hundred-and-twenty-eight-characters-without-any-space-that-goes-on-and-on-until-it-ends-in-rack-17-of-hall-B-no-4",
];

/// A fraction of 1 that looks random and is always the same.
pub(super) fn scatter(index: usize, salt: usize) -> f64 {
    ((index * 7919 + salt * 104_729 + index * index * 31) % 1000) as f64 / 1000.0
}

/// What stands below most titles: scenario and period.
pub(super) const SCENARIO: &str = "drain-chicago";
pub(super) const PERIOD: &str = "13 Nov 2012 09:08 to 14:10 (UTC-08:00)";

/// The same of sweeps.
pub(super) fn about() -> Vec<String> {
    vec![SCENARIO.to_owned(), PERIOD.to_owned()]
}

/// Lengths of periods of a day in minutes, again and again.
pub(in crate::report::charts) const DAY: [i64; 8] = [30, 38, 22, 72, 208, 110, 45, 15];

/// When a day of samples begins: 08:00 in the offset of [`clock`].
pub(in crate::report::charts) const MORNING: &str = "2012-11-13T16:00:00Z";

/// The instant a number of minutes after the beginning of that day.
pub(in crate::report::charts) fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = MORNING.parse().expect("an instant");
    start + SignedDuration::from_mins(minutes)
}

/// A number of periods from `start` on, whose lengths in minutes come again and again.
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

/// A clock eight hours west of Greenwich.
pub(in crate::report::charts) fn clock(start: Timestamp, end: Timestamp) -> Clock {
    Clock {
        start,
        end,
        offset: jiff::tz::offset(-8),
    }
}
