//! Time axis: instants along a line of pixels, and those that get a label.

use super::canvas::whole;
use super::columns::Tick;
use super::font::Font;
use super::frame::SMALL;
use crate::report::span::Clock;
use jiff::Timestamp;

/// Free space between labels of round instants, and between those of boundaries, of which each is wanted.
const APART: f64 = 12.0;
const NEAR: f64 = 5.0;

/// Minutes between round instants, from the finest on.
const STEPS: [i64; 15] = [
    1, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880, 10_080, 20_160, 40_320,
];

/// Round instants at most.
const MOST: i64 = 200;

/// An axis of time: columns from boundary to boundary.
///
/// Invariant: as many edges as times, at least one, both ascending.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimeAxis {
    times: Vec<Timestamp>,
    edges: Vec<f64>,
    /// `true` if every column is as wide as it is long.
    pub(crate) is_to_scale: bool,
}

impl TimeAxis {
    /// An axis to scale.
    pub(crate) fn new(from: Timestamp, to: Timestamp, ends: (f64, f64)) -> Self {
        Self::columns(vec![from, to], ends, 0.0)
    }

    /// Columns between boundaries, of which there is one at least, none narrower than `least` pixels.
    ///
    /// Nothing is so short that it vanishes: what is widened for it is taken from the longer ones.
    pub(crate) fn columns(times: Vec<Timestamp>, (from, to): (f64, f64), least: f64) -> Self {
        let length = |pair: &[Timestamp]| pair[1].duration_since(pair[0]).as_secs_f64();
        let lengths: Vec<f64> = times.windows(2).map(length).collect();
        let least = least.min((to - from) / lengths.len().max(1) as f64);
        let (widths, is_to_scale) = widths(&lengths, to - from, least);
        let mut edges = vec![from];
        for width in widths {
            edges.push(edges[edges.len() - 1] + width);
        }
        Self {
            times,
            edges,
            is_to_scale,
        }
    }

    /// Both ends of the axis.
    pub(crate) fn ends(&self) -> (f64, f64) {
        (self.edges[0], self.edges[self.edges.len() - 1])
    }

    /// The first and the last instant.
    pub(crate) fn times(&self) -> (Timestamp, Timestamp) {
        (self.times[0], self.times[self.times.len() - 1])
    }

    /// Both ends of a column.
    pub(crate) fn column(&self, index: usize) -> (i32, i32) {
        (whole(self.edges[index]), whole(self.edges[index + 1]))
    }

    /// Where an instant stands, no further than the ends.
    pub(crate) fn x(&self, at: Timestamp) -> f64 {
        let after = self.times.partition_point(|time| *time <= at);
        let (Some(before), Some(next)) = (after.checked_sub(1), self.times.get(after)) else {
            let (first, last) = self.ends();
            return if after == 0 { first } else { last };
        };
        let past = at.duration_since(self.times[before]).as_secs_f64();
        let length = next.duration_since(self.times[before]).as_secs_f64();
        let (left, right) = (self.edges[before], self.edges[after]);
        (right - left).mul_add(past / length, left)
    }

    /// The same in whole pixels.
    pub(crate) fn pixel(&self, at: Timestamp) -> i32 {
        whole(self.x(at))
    }

    /// Lines at all boundaries, with the times of those that fit: the first and the last, then from left to right.
    ///
    /// Dates stand below where they change, and alone where all boundaries are at midnight.
    pub(crate) fn boundaries(&self, font: Font, clock: &Clock, space: (f64, f64)) -> Vec<Tick> {
        let midnight = jiff::civil::Time::midnight();
        let mut times = self.times.iter();
        let is_timed = times.any(|at| clock.local(*at).time() != midnight);
        let label = |at: &Timestamp| {
            let time = clock.local(*at).strftime("%H:%M").to_string();
            let date = clock.date(*at);
            [
                if is_timed { time } else { String::new() },
                if clock.is_one_day() {
                    String::new()
                } else {
                    date
                },
            ]
        };
        let labels: Vec<[String; 2]> = self.times.iter().map(label).collect();
        let last = self.times.len() - 1;
        // Both ends of a label, which stays within the space; a date counts only where it is shown.
        let span = |index: usize, before: &str| {
            let [time, date] = &labels[index];
            let date = if date == before { "" } else { date };
            let half = font.width(time, SMALL).max(font.width(date, SMALL)) / 2.0;
            let centre = self.edges[index].min(space.1 - half).max(space.0 + half);
            (centre - half, centre + half)
        };
        let (mut free, mut before) = (f64::NEG_INFINITY, "");
        let mut ticks = Vec::new();
        for (index, [time, date]) in labels.iter().enumerate() {
            let (from, to) = span(index, before);
            let is_ended = index == last || to + NEAR <= span(last, date).0;
            let mut label = <[String; 2]>::default();
            if index == 0 || index == last || (from >= free && is_ended) {
                free = to + NEAR;
                let is_new = std::mem::replace(&mut before, date) != date;
                label = [
                    time.clone(),
                    if is_new { date.clone() } else { String::new() },
                ];
            }
            ticks.push(Tick {
                x: whole(self.edges[index]),
                label,
                limit: Some(false),
            });
        }
        ticks
    }

    /// Lines and labels at round instants, so far apart that labels fit; the text below a label is shown where it
    /// changes.
    pub(crate) fn round(
        &self,
        font: Font,
        clock: &Clock,
        label: impl Fn(Timestamp) -> [String; 2],
    ) -> Vec<Tick> {
        let ((left, right), (from, to)) = (
            self.ends(),
            (self.times[0], self.times[self.times.len() - 1]),
        );
        let widest = width(font, &label(from)).max(width(font, &label(to)));
        let all = to.duration_since(from).as_secs_f64();
        let fits = |minutes: &i64| *minutes as f64 * 60.0 / all * (right - left) >= widest + APART;
        let Some(step) = STEPS.into_iter().find(fits).filter(|_| all > 0.0) else {
            return Vec::new();
        };
        let offset = i64::from(clock.offset.seconds());
        let step = step * 60;
        let first = (from.as_second() + offset).div_euclid(step) * step - offset;
        let seconds = (0..MOST).map(|index| first + index * step);
        let instants = seconds.filter_map(|second| Timestamp::from_second(second).ok());
        let mut before = String::new();
        let tick = |at: Timestamp| {
            let [time, below] = label(at);
            let is_new = below != std::mem::replace(&mut before, below.clone());
            Tick {
                x: self.pixel(at),
                label: [time, if is_new { below } else { String::new() }],
                limit: Some(false),
            }
        };
        let within = instants.filter(|instant| (from..=to).contains(instant));
        within.map(tick).collect()
    }
}

fn width(font: Font, label: &[String; 2]) -> f64 {
    let widths = label.iter().map(|words| font.width(words, SMALL));
    widths.fold(0.0, f64::max)
}

/// `whole` shared out by length, nothing less than `least`; and whether nothing had to be widened.
fn widths(lengths: &[f64], whole: f64, least: f64) -> (Vec<f64>, bool) {
    let mut is_least = vec![false; lengths.len()];
    loop {
        let widened = is_least.iter().filter(|flag| **flag).count();
        let others = lengths.iter().zip(&is_least).filter(|pair| !pair.1);
        let scale =
            (whole - least * widened as f64) / others.map(|other| other.0.max(1.0)).sum::<f64>();
        let width = |index: usize| lengths[index].max(1.0) * scale;
        let shorter =
            (0..lengths.len()).find(|index| !is_least[*index] && width(*index) < least - 1e-9);
        if let Some(index) = shorter {
            is_least[index] = true;
        } else {
            let widths =
                (0..lengths.len()).map(|index| if is_least[index] { least } else { width(index) });
            return (widths.collect(), widened == 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(texts: &[&str]) -> Vec<Timestamp> {
        let times = texts.iter().map(|text| text.parse().expect("an instant"));
        times.collect()
    }

    fn clock(times: &[Timestamp]) -> Clock {
        Clock {
            start: times[0],
            end: times[times.len() - 1],
            offset: jiff::tz::offset(0),
        }
    }

    #[test]
    fn short_periods_get_the_least_width_and_the_others_share_the_rest_by_length() {
        let (widths, is_to_scale) = widths(&[1.0, 30.0, 10.0], 100.0, 20.0);
        // 20 for the first; 80 shared 3 to 1, of which a quarter is 20 and just enough.
        assert!((widths[0] - 20.0).abs() < 1e-9 && (widths[1] - 60.0).abs() < 1e-9);
        assert!((widths[2] - 20.0).abs() < 1e-9 && !is_to_scale);
        assert!(super::widths(&[1.0, 1.0], 100.0, 20.0).1);
        let hour = |hour| Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(hour);
        let equal = TimeAxis::columns((0..=30).map(hour).collect(), (0.0, 300.0), 40.0);
        assert_eq!((equal.column(0), equal.column(29)), ((0, 10), (290, 300)));
    }

    #[test]
    fn an_instant_stands_within_its_column_and_never_beyond_the_ends() {
        let day = times(&[
            "2012-11-13T00:00:00Z",
            "2012-11-13T01:00:00Z",
            "2012-11-13T10:00:00Z",
        ]);
        let axis = TimeAxis::columns(day, (0.0, 200.0), 100.0);
        let instants = times(&[
            "2012-11-12T00:00:00Z",
            "2012-11-13T00:30:00Z",
            "2012-11-13T01:00:00Z",
            "2012-11-14T00:00:00Z",
        ]);
        let found: Vec<i32> = instants.into_iter().map(|at| axis.pixel(at)).collect();
        assert_eq!(found, [0, 50, 100, 200]);
    }

    #[test]
    fn dates_stand_where_they_change_and_alone_where_all_is_at_midnight() {
        let font = Font::load().expect("the font is built in");
        let ticks = |texts: &[&str]| -> Vec<[String; 2]> {
            let times = times(texts);
            let clock = clock(&times);
            let axis = TimeAxis::columns(times, (0.0, 600.0), 10.0);
            let ticks = axis.boundaries(font, &clock, (-50.0, 650.0));
            ticks.into_iter().map(|tick| tick.label).collect()
        };
        let night = [
            "2012-11-13T22:00:00Z",
            "2012-11-13T23:00:00Z",
            "2012-11-14T02:00:00Z",
        ];
        let expected = [["22:00", "13 Nov"], ["23:00", ""], ["02:00", "14 Nov"]];
        assert_eq!(ticks(&night), expected);
        let month = [
            "2012-11-01T00:00:00Z",
            "2012-11-20T00:00:00Z",
            "2012-12-01T00:00:00Z",
        ];
        let expected = [["", "1 Nov"], ["", "20 Nov"], ["", "1 Dec"]];
        assert_eq!(ticks(&month), expected);
        let day = ["2012-11-13T08:00:00Z", "2012-11-13T16:00:00Z"];
        assert_eq!(ticks(&day), [["08:00", ""], ["16:00", ""]]);
    }

    #[test]
    fn round_instants_have_space_and_say_the_day_where_it_changes() {
        let font = Font::load().expect("the font is built in");
        let times = times(&["2012-11-13T20:10:00Z", "2012-11-14T05:00:00Z"]);
        let (axis, clock) = (
            TimeAxis::new(times[0], times[1], (0.0, 300.0)),
            clock(&times),
        );
        let label = |at| {
            [
                clock.local(at).strftime("%H:%M").to_string(),
                clock.date(at),
            ]
        };
        let ticks = axis.round(font, &clock, label);
        let labels: Vec<&[String; 2]> = ticks.iter().map(|tick| &tick.label).collect();
        assert_eq!(
            labels,
            [
                &["22:00", "13 Nov"],
                &["00:00", "14 Nov"],
                &["02:00", ""],
                &["04:00", ""]
            ]
        );
    }
}
