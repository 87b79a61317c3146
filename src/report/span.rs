//! Span: instants and stretches of time as people read them, in the offset of the scenario.

use crate::model::Scenario;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// `13 Nov 2012 09:08 to 10:42 (UTC-08:00)`, with the second date where it is another.
///
/// ```
/// use plimsoll::model::{Failover, Policy, Scenario};
/// use plimsoll::report::span::span;
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
/// let scenario = Scenario {
///     name: "night".into(), start: at("2012-11-13T06:00:00Z"), end: at("2012-11-13T09:30:00Z"),
///     offset: jiff::tz::offset(-8), policy: Policy::standard(0, Failover::Anywhere),
///     events: Vec::new(), protect: None, waves: Default::default(),
///     replay: Default::default(), queued: Vec::new(), commands: Default::default(),
/// };
/// assert_eq!(span(&scenario, scenario.start, scenario.end),
///     "12 Nov 2012 22:00 to 13 Nov 2012 01:30 (UTC-08:00)");
/// assert_eq!(span(&scenario, scenario.start, at("2012-11-13T07:00:00Z")),
///     "12 Nov 2012 22:00 to 23:00 (UTC-08:00)");
/// ```
pub fn span(scenario: &Scenario, start: Timestamp, end: Timestamp) -> String {
    spoken(scenario.offset, start, end)
}

pub(in crate::report) fn spoken(offset: Offset, start: Timestamp, end: Timestamp) -> String {
    let zone = TimeZone::fixed(offset);
    let (start, end) = (start.to_zoned(zone.clone()), end.to_zoned(zone));
    let last = if start.date() == end.date() {
        "%H:%M"
    } else {
        "%-d %b %Y %H:%M"
    };
    format!(
        "{} to {} ({})",
        start.strftime("%-d %b %Y %H:%M"),
        end.strftime(last),
        start.strftime("UTC%:z"),
    )
}

/// `09:08` where the whole scenario lies within one day, else `13 Nov 09:08`, with its year where that is another at its end.
pub fn moment(scenario: &Scenario, at: Timestamp) -> String {
    Clock::of(scenario).moment(at)
}

/// The span of all instants of a text, at least that of the scenario, and their offset.
///
/// ```
/// use plimsoll::report::span::Clock;
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
/// let clock = Clock {
///     start: at("2012-11-13T16:00:00Z"), end: at("2012-11-14T00:00:00Z"), offset: jiff::tz::offset(-8),
/// };
/// let (from, to) = (at("2012-11-13T17:08:00Z"), at("2012-11-13T18:42:00Z"));
/// assert_eq!(clock.stretch(from, to), "09:08 to 10:42");
/// assert_eq!(clock.instant(from), "2012-11-13T09:08:00-08:00");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The first instant.
    pub start: Timestamp,
    /// The last one, or the first after it.
    pub end: Timestamp,
    /// The offset from UTC.
    pub offset: Offset,
}

impl Clock {
    /// That of a scenario.
    pub fn of(scenario: &Scenario) -> Self {
        Self {
            start: scenario.start,
            end: scenario.end,
            offset: scenario.offset,
        }
    }

    /// The same with these instants too: dates are shown if they and the scenario do not lie within one day.
    ///
    /// ```
    /// use plimsoll::report::span::Clock;
    /// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    /// let clock = Clock {
    ///     start: at("2012-11-14T02:00:00Z"), end: at("2012-11-14T08:00:00Z"), offset: jiff::tz::offset(0),
    /// };
    /// assert_eq!(clock.moment(at("2012-11-14T06:00:00Z")), "06:00");
    /// let clock = clock.telling([at("2012-11-13T23:00:00Z")]);
    /// assert_eq!(clock.moment(at("2012-11-13T23:00:00Z")), "13 Nov 23:00");
    /// ```
    #[must_use]
    pub fn telling(mut self, instants: impl IntoIterator<Item = Timestamp>) -> Self {
        for at in instants {
            self.start = self.start.min(at);
            self.end = self.end.max(at);
        }
        self
    }

    /// The same with dates, even if all of it lies within one day.
    ///
    /// ```
    /// use plimsoll::report::span::Clock;
    /// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    /// let clock = Clock {
    ///     start: at("2012-11-14T02:00:00Z"), end: at("2012-11-14T08:00:00Z"), offset: jiff::tz::offset(0),
    /// };
    /// assert_eq!(clock.dated().moment(at("2012-11-14T06:00:00Z")), "14 Nov 06:00");
    /// ```
    #[must_use]
    pub fn dated(self) -> Self {
        if !self.is_one_day() {
            return self;
        }
        let day = SignedDuration::from_hours(24);
        let start = self.start.checked_sub(day).unwrap_or(Timestamp::MIN);
        let earlier = Self { start, ..self };
        if earlier.is_one_year() {
            return earlier;
        }
        // The added day is only for the date and adds no year.
        let end = self.end.checked_add(day).unwrap_or(Timestamp::MAX);
        Self { end, ..self }
    }

    /// `09:08` where all instants lie within one day, else `13 Nov 09:08`, and `13 Nov 2012 09:08` where they do not lie
    /// within one year.
    ///
    /// ```
    /// use plimsoll::report::span::Clock;
    /// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    /// let clock = |end: &str| Clock {
    ///     start: at("2012-11-13T02:00:00Z"), end: at(end), offset: jiff::tz::offset(0),
    /// };
    /// let told = |end: &str| clock(end).moment(at("2012-11-13T06:00:00Z"));
    /// assert_eq!(told("2012-11-13T08:00:00Z"), "06:00");
    /// assert_eq!(told("2012-12-31T08:00:00Z"), "13 Nov 06:00");
    /// assert_eq!(told("2013-01-13T08:00:00Z"), "13 Nov 2012 06:00");
    /// ```
    pub fn moment(&self, at: Timestamp) -> String {
        let local = self.local(at);
        let time = local.strftime("%H:%M");
        if self.is_one_day() {
            time.to_string()
        } else {
            format!("{} {time}", self.date(at))
        }
    }

    /// `13 Nov`, or `13 Nov 2012` where not all instants lie within one year.
    pub fn date(&self, at: Timestamp) -> String {
        let form = if self.is_one_year() {
            "%-d %b"
        } else {
            "%-d %b %Y"
        };
        self.local(at).strftime(form).to_string()
    }

    /// `09:08`, or `09:08:30` where it is no whole minute; with the date as above.
    pub fn second(&self, at: Timestamp) -> String {
        let minute = self.moment(at);
        match self.local(at).second() {
            0 => minute,
            second => format!("{minute}:{second:02}"),
        }
    }

    /// `09:08:30 to 10:42`: a stretch to the second.
    pub fn exactly(&self, from: Timestamp, to: Timestamp) -> String {
        let stretch = self.stretch(from, to);
        let until = stretch.rsplit(" to ").next().unwrap_or_default();
        let last = match self.local(to).second() {
            0 => until.to_owned(),
            second => format!("{until}:{second:02}"),
        };
        format!("{} to {last}", self.second(from))
    }

    /// `09:08 to 10:42`, or `13 Nov 23:00 to 14 Nov 01:00`; the second date only where it is another.
    pub fn stretch(&self, from: Timestamp, to: Timestamp) -> String {
        let last = if self.local(from).date() == self.local(to).date() {
            self.local(to).strftime("%H:%M").to_string()
        } else {
            self.moment(to)
        };
        format!("{} to {last}", self.moment(from))
    }

    /// `UTC`, `UTC-08:00`: the zone of instants.
    ///
    /// ```
    /// use plimsoll::report::span::Clock;
    /// let at = "2012-11-13T16:00:00Z".parse::<jiff::Timestamp>().unwrap();
    /// let zone = |hours| Clock { start: at, end: at, offset: jiff::tz::offset(hours) }.zone();
    /// assert_eq!([zone(0), zone(-8), zone(9)], ["UTC", "UTC-08:00", "UTC+09:00"]);
    /// ```
    pub fn zone(&self) -> String {
        if self.offset == Offset::UTC {
            "UTC".to_owned()
        } else {
            let zone = TimeZone::fixed(self.offset);
            self.start.to_zoned(zone).strftime("UTC%:z").to_string()
        }
    }

    /// `2012-11-13T09:08:00-08:00`.
    pub fn instant(&self, at: Timestamp) -> String {
        at.display_with_offset(self.offset).to_string()
    }

    /// What a clock on the wall shows.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.offset.to_datetime(at)
    }

    fn is_one_year(&self) -> bool {
        self.local(self.start).year() == self.local(self.end).year()
    }

    /// `true` if all of it lies within one day.
    pub fn is_one_day(&self) -> bool {
        self.local(self.start).date() == self.local(self.end).date()
    }
}
