//! Timeline: periods as columns, as wide as they last, and the times at their boundaries.

use super::kit::canvas::whole;
use super::kit::font::Font;
use super::kit::frame::SMALL;
use crate::report::span::Clock;
use jiff::Timestamp;

/// Free space between the times of an axis.
const APART: f64 = 10.0;

/// The time at a boundary of periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tick {
    /// The middle of its words.
    pub(super) x: i32,
    /// `09:08`; empty where every boundary is at midnight.
    pub(super) time: String,
    /// `13 Nov` where it is another than that of the tick before it.
    pub(super) date: String,
}

/// Periods as columns side by side.
///
/// Invariant: one more edge than columns, and as many times as edges, both ascending.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Timeline {
    times: Vec<Timestamp>,
    edges: Vec<f64>,
    /// `true` if every column is as wide as its period is long.
    pub(super) is_to_scale: bool,
}

impl Timeline {
    /// Columns between the boundaries `times`, from `from` to `to`, none narrower than `least`.
    ///
    /// Nothing is so short that it vanishes: what is widened for it is taken from the longer ones.
    pub(super) fn new(times: Vec<Timestamp>, (from, to): (f64, f64), least: f64) -> Self {
        let lengths: Vec<f64> = times
            .windows(2)
            .map(|pair| pair[1].duration_since(pair[0]).as_secs_f64().max(1.0))
            .collect();
        let least = least.min((to - from) / lengths.len().max(1) as f64);
        let (widths, is_to_scale) = widths(&lengths, to - from, least);
        let mut edges = vec![from];
        let mut x = from;
        for width in widths {
            x += width;
            edges.push(x);
        }
        Self {
            times,
            edges,
            is_to_scale,
        }
    }

    /// Both ends of a column.
    pub(super) fn column(&self, index: usize) -> (i32, i32) {
        let edge = |index: usize| self.edges.get(index).copied().map_or(0, whole);
        (edge(index), edge(index + 1))
    }

    /// Where the boundaries stand.
    pub(super) fn edges(&self) -> impl Iterator<Item = i32> + '_ {
        self.edges.iter().copied().map(whole)
    }

    /// Where an instant stands, no further than the ends.
    pub(super) fn x(&self, at: Timestamp) -> i32 {
        let after = self.times.partition_point(|time| *time <= at);
        let (Some(before), Some(next)) = (after.checked_sub(1), self.times.get(after)) else {
            let end = if after == 0 {
                self.edges.first()
            } else {
                self.edges.last()
            };
            return end.copied().map_or(0, whole);
        };
        let past = at.duration_since(self.times[before]).as_secs_f64();
        let length = next.duration_since(self.times[before]).as_secs_f64();
        let (left, right) = (self.edges[before], self.edges[after]);
        whole((right - left).mul_add(past / length, left))
    }

    /// The times that have room: the first and the last, then from left to right; none stands out of `room`.
    pub(super) fn ticks(&self, font: Font, clock: &Clock, room: (f64, f64)) -> Vec<Tick> {
        let local: Vec<_> = self.times.iter().map(|&at| clock.local(at)).collect();
        let is_dated = !clock.is_one_day();
        let is_timed = local
            .iter()
            .any(|at| at.time() != jiff::civil::Time::midnight());
        let time = |index: usize| {
            let told = is_timed.then(|| local[index].strftime("%H:%M").to_string());
            told.unwrap_or_default()
        };
        let date = |index: usize| {
            let told = is_dated.then(|| clock.date(self.times[index]));
            told.unwrap_or_default()
        };
        let half = |index: usize| {
            let widest = font.width(&time(index), SMALL);
            widest.max(font.width(&date(index), SMALL)) / 2.0
        };
        let last = self.edges.len() - 1;
        let centre = |index: usize| {
            let half = half(index);
            self.edges[index].min(room.1 - half).max(room.0 + half)
        };
        let is_free = |shown: usize, next: usize| {
            centre(next) - half(next) - centre(shown) - half(shown) >= APART
        };
        let mut shown = vec![0];
        for index in 1..last {
            let is_after = shown.last().is_some_and(|&before| is_free(before, index));
            if is_after && is_free(index, last) {
                shown.push(index);
            }
        }
        if last > 0 {
            shown.push(last);
        }
        let mut before = None;
        shown
            .into_iter()
            .map(|index| {
                let day = local[index].date();
                let is_new = before.replace(day) != Some(day);
                Tick {
                    x: whole(centre(index)),
                    time: time(index),
                    date: if is_new { date(index) } else { String::new() },
                }
            })
            .collect()
    }
}

/// `whole` shared out by length, nothing less than `least`; and whether nothing had to be widened.
fn widths(lengths: &[f64], whole: f64, least: f64) -> (Vec<f64>, bool) {
    let mut is_least = vec![false; lengths.len()];
    loop {
        let of = |is: bool| {
            lengths
                .iter()
                .zip(&is_least)
                .filter(move |(_, own)| **own == is)
        };
        let room = whole - least * of(true).count() as f64;
        let scale = room / of(false).map(|(length, _)| length).sum::<f64>();
        let short: Vec<usize> = (0..lengths.len())
            .filter(|&index| !is_least[index] && lengths[index] * scale < least - 1e-9)
            .collect();
        if short.is_empty() {
            let widths = lengths
                .iter()
                .zip(&is_least)
                .map(|(length, is_least)| if *is_least { least } else { length * scale })
                .collect();
            return (widths, is_least.iter().all(|is_least| !is_least));
        }
        for index in short {
            is_least[index] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn short_periods_get_the_least_width_and_the_others_share_the_rest_by_length() {
        let (widths, is_to_scale) = widths(&[1.0, 30.0, 10.0], 100.0, 20.0);
        // 20 for the first; 80 shared 3 to 1, of which a quarter is 20 and just enough.
        assert!((widths[0] - 20.0).abs() < 1e-9 && (widths[1] - 60.0).abs() < 1e-9);
        assert!((widths[2] - 20.0).abs() < 1e-9 && !is_to_scale);
        assert!(super::widths(&[1.0, 1.0], 100.0, 20.0).1);
    }

    #[test]
    fn columns_too_many_for_their_least_width_are_equal() {
        let times: Vec<_> = (0..=30)
            .map(|hour| at("2012-11-13T00:00:00Z") + jiff::SignedDuration::from_hours(hour))
            .collect();
        let timeline = Timeline::new(times, (0.0, 300.0), 40.0);
        assert_eq!(timeline.column(0), (0, 10));
        assert_eq!(timeline.column(29), (290, 300));
    }

    #[test]
    fn an_instant_stands_within_its_column_and_never_beyond_the_ends() {
        let times = vec![
            at("2012-11-13T00:00:00Z"),
            at("2012-11-13T01:00:00Z"),
            at("2012-11-13T10:00:00Z"),
        ];
        let timeline = Timeline::new(times, (0.0, 200.0), 100.0);
        assert_eq!(timeline.x(at("2012-11-13T00:30:00Z")), 50);
        assert_eq!(timeline.x(at("2012-11-13T01:00:00Z")), 100);
        assert_eq!(timeline.x(at("2012-11-12T00:00:00Z")), 0);
        assert_eq!(timeline.x(at("2012-11-14T00:00:00Z")), 200);
    }

    #[test]
    fn times_at_the_ends_stay_within_the_room() {
        let font = Font::load().expect("the font is built in");
        let times = vec![at("2012-11-13T08:00:00Z"), at("2012-11-13T16:00:00Z")];
        let clock = Clock {
            start: times[0],
            end: times[1],
            offset: jiff::tz::offset(0),
        };
        let timeline = Timeline::new(times, (24.0, 300.0), 10.0);
        let ticks = timeline.ticks(font, &clock, (24.0, 300.0));
        let half = font.width("08:00", SMALL) / 2.0;
        assert!(f64::from(ticks[0].x) >= 24.0 + half - 1.0, "{ticks:?}");
        assert!(f64::from(ticks[1].x) <= 300.0 - half + 1.0, "{ticks:?}");
    }

    #[test]
    fn dates_stand_where_they_change_and_alone_where_all_is_at_midnight() {
        let font = Font::load().expect("the font is built in");
        let ticks = |times: &[&str]| -> Vec<(String, String)> {
            let times: Vec<_> = times.iter().map(|text| at(text)).collect();
            let clock = Clock {
                start: times[0],
                end: times[times.len() - 1],
                offset: jiff::tz::offset(0),
            };
            let ticks =
                Timeline::new(times, (0.0, 600.0), 10.0).ticks(font, &clock, (-50.0, 650.0));
            ticks
                .into_iter()
                .map(|tick| (tick.time, tick.date))
                .collect()
        };
        let pair = |time: &str, date: &str| (time.to_owned(), date.to_owned());
        let night = [
            "2012-11-13T22:00:00Z",
            "2012-11-13T23:00:00Z",
            "2012-11-14T02:00:00Z",
        ];
        assert_eq!(
            ticks(&night),
            [
                pair("22:00", "13 Nov"),
                pair("23:00", ""),
                pair("02:00", "14 Nov")
            ]
        );
        let month = [
            "2012-11-01T00:00:00Z",
            "2012-11-20T00:00:00Z",
            "2012-12-01T00:00:00Z",
        ];
        assert_eq!(
            ticks(&month),
            [pair("", "1 Nov"), pair("", "20 Nov"), pair("", "1 Dec")]
        );
        let day = ["2012-11-13T08:00:00Z", "2012-11-13T16:00:00Z"];
        assert_eq!(ticks(&day), [pair("08:00", ""), pair("16:00", "")]);
    }
}
