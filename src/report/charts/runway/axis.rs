//! Axis of days: midnights along a line of pixels, and the dates that get a label.

use crate::plan::runway::Day;
use crate::report::charts::kit::canvas::whole;
use crate::report::charts::kit::columns::Tick;
use crate::report::charts::kit::font::Font;
use crate::report::charts::kit::frame::SMALL;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

/// Free space between two labels.
const APART: f64 = 12.0;

/// A mean month in days, for the space of a label.
const MONTH: f64 = 30.4375;

/// Horizons up to this many days have labels of days, longer ones of months.
const FEW_DAYS: Day = 70;

/// Days, and months, from one label to the next.
const DAYS: [i32; 5] = [1, 2, 7, 14, 28];
const MONTHS: [i32; 8] = [1, 2, 3, 6, 12, 24, 60, 120];

/// The instant at which a day begins.
fn begins(from: Timestamp, day: Day) -> Timestamp {
    let span = SignedDuration::from_hours(24 * i64::from(day));
    from.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// `14 Mar 2027`: a day from the first one on.
pub(in crate::report) fn date(from: Timestamp, day: Day) -> String {
    let at = begins(from, day).to_zoned(TimeZone::UTC);
    at.strftime("%-d %b %Y").to_string()
}

/// `until 14 Mar 2027` for what first fails the day after; `fails from 30 Nov 2026` where it fails on the first day.
fn until(from: Timestamp, fails_from: Day) -> String {
    match fails_from.checked_sub(1) {
        Some(last) => format!("until {}", date(from, last)),
        None => format!("fails from {}", date(from, 0)),
    }
}

/// The days that are asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct DaySpan {
    /// The first day's beginning.
    pub(super) from: Timestamp,
    /// How many there are.
    pub(super) days: Day,
}

impl DaySpan {
    /// `14 Mar 2027`.
    pub(super) fn date(self, day: Day) -> String {
        date(self.from, day)
    }

    /// The last of them.
    pub(super) fn last(self) -> String {
        self.date(self.days.saturating_sub(1))
    }

    /// `until 14 Mar 2027` for what first fails the day after, or what stands in its place.
    pub(super) fn until(self, fails_from: Option<Day>) -> String {
        match fails_from {
            Some(day) => until(self.from, day),
            None => format!("holds beyond {}", self.last()),
        }
    }

    /// The same in a column of dates: `14 Mar 2027`, the last day that holds.
    pub(super) fn last_day(self, fails_from: Option<Day>) -> String {
        match fails_from {
            None => "beyond".to_owned(),
            Some(0) => "already fails".to_owned(),
            Some(day) => self.date(day - 1),
        }
    }

    /// The axis between two ends in pixels.
    pub(super) fn axis(self, ends: (f64, f64)) -> DayAxis {
        DayAxis { span: self, ends }
    }
}

/// Days between two ends in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct DayAxis {
    /// Which days.
    span: DaySpan,
    /// Both ends in pixels.
    pub(super) ends: (f64, f64),
}

impl DayAxis {
    /// Pixels of a day.
    fn per_day(&self) -> f64 {
        (self.ends.1 - self.ends.0) / f64::from(self.span.days.max(1))
    }

    /// Where a day begins, no further than the ends.
    pub(super) fn x(&self, day: Day) -> i32 {
        let day = day.min(self.span.days);
        whole(self.per_day().mul_add(f64::from(day), self.ends.0))
    }

    /// Lines and labels at round dates, so far apart that labels fit; the year stands below where it changes.
    pub(super) fn ticks(&self, font: Font) -> Vec<Tick> {
        let first = self.span.from.to_zoned(TimeZone::UTC).date();
        let (form, dates) = if self.span.days <= FEW_DAYS {
            let step = self.step(&DAYS, 1.0, font.width("28 Mar", SMALL));
            let dates =
                (0..).map_while(|n: i32| first.checked_add(Span::new().days(n * step)).ok());
            ("%-d %b", self.within(first, dates))
        } else {
            let step = self.step(&MONTHS, MONTH, font.width("2027", SMALL));
            let form = if step < 12 { "%b" } else { "" };
            let months = (0..).map_while(|n: i32| {
                let later = first.first_of_month().checked_add(Span::new().months(n));
                later.ok()
            });
            let is_round = move |date: &Date| {
                let month = i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
                month % step == 0
            };
            (form, self.within(first, months.filter(is_round)))
        };
        let mut before = None;
        let label = |(day, date): (Day, Date)| {
            let is_new = before.replace(date.year()) != Some(date.year());
            let year = if is_new {
                date.year().to_string()
            } else {
                String::new()
            };
            let label = match form {
                "" => [year, String::new()],
                form => [date.strftime(form).to_string(), year],
            };
            Tick {
                x: self.x(day),
                label,
                limit: Some(false),
            }
        };
        dates.into_iter().map(label).collect()
    }

    /// The least step whose labels fit.
    fn step(&self, steps: &[i32], days: f64, widest: f64) -> i32 {
        let fits = |step: &&i32| f64::from(**step) * days * self.per_day() >= widest + APART;
        steps
            .iter()
            .find(fits)
            .or(steps.last())
            .map_or(1, |step| *step)
    }

    /// Those of some ascending dates that lie between the ends, each with its day.
    fn within(&self, first: Date, dates: impl Iterator<Item = Date>) -> Vec<(Day, Date)> {
        let last = i64::from(self.span.days);
        let days = dates.map(|date| {
            let days = first.until(date).map_or(i32::MAX, |span| span.get_days());
            (days, date)
        });
        let days = days.take_while(|(day, _)| i64::from(*day) <= last);
        days.filter_map(|(day, date)| Some((Day::try_from(day).ok()?, date)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(from: &str, days: Day, width: f64) -> DayAxis {
        let from = format!("{from}T00:00:00Z").parse().expect("a date");
        DaySpan { from, days }.axis((0.0, width))
    }

    fn labels(axis: DayAxis) -> Vec<[String; 2]> {
        let font = Font::load().expect("the font is built in");
        let ticks = axis.ticks(font).into_iter();
        ticks.map(|tick| tick.label).collect()
    }

    #[test]
    fn months_stand_where_they_fit_and_the_year_below_where_it_changes() {
        // 500 days in 500 pixels: a label needs some 42 days, and every second month is round.
        let found = labels(axis("2026-11-30", 500, 500.0));
        assert_eq!(found[0], ["Jan", "2027"]);
        assert_eq!(found[1], ["Mar", ""]);
        assert_eq!(found[6], ["Jan", "2028"]);
    }

    #[test]
    fn a_short_horizon_has_days_and_a_long_one_years() {
        let found = labels(axis("2026-11-30", 28, 300.0));
        assert_eq!(found[..2], [["30 Nov", "2026"], ["7 Dec", ""]]);
        let found = labels(axis("2026-11-30", 3650, 300.0));
        assert_eq!(found[0], ["2028", ""]);
    }

    #[test]
    fn what_fails_on_the_first_day_has_no_last_day() {
        let from = axis("2026-11-30", 1, 1.0).span.from;
        assert_eq!(until(from, 0), "fails from 30 Nov 2026");
        assert_eq!(until(from, 32), "until 31 Dec 2026");
    }
}
