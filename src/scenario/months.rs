//! Months: the calendar months that a time touches, in the scenario's offset.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

/// The part of a time that lies in a calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthPart {
    /// The first day of the month.
    pub month: Date,
    /// From the first instant up to the last one.
    pub span: [Timestamp; 2],
}

impl MonthPart {
    /// How long it is, in minutes.
    pub fn minutes(&self) -> f64 {
        let [start, end] = self.span;
        end.duration_since(start).as_secs_f64() / 60.0
    }
}

/// Minutes of a calendar month, by its first day.
///
/// ```
/// use plimsoll::scenario::minutes_of_month;
/// assert_eq!(minutes_of_month(jiff::civil::date(2024, 2, 1)), 29.0 * 1440.0);
/// ```
pub fn minutes_of_month(month: Date) -> f64 {
    f64::from(month.days_in_month()) * 1440.0
}

/// The parts of a time by calendar month, in order.
///
/// ```
/// use plimsoll::scenario::months;
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
/// let parts = months(jiff::tz::offset(-8), [at("2012-11-30T20:00:00Z"), at("2012-12-01T10:00:00Z")]);
/// assert_eq!(parts.len(), 2);
/// assert_eq!(parts[0].month, jiff::civil::date(2012, 11, 1));
/// assert_eq!([parts[0].minutes(), parts[1].minutes()], [12.0 * 60.0, 2.0 * 60.0]);
/// ```
pub fn months(offset: Offset, [start, end]: [Timestamp; 2]) -> Vec<MonthPart> {
    let mut parts = Vec::new();
    let mut month = offset.to_datetime(start).date().first_of_month();
    let mut from = start;
    while from < end {
        let next = month.checked_add(Span::new().months(1)).ok();
        let begins = next.and_then(|next| offset.to_timestamp(next.at(0, 0, 0, 0)).ok());
        let until = begins.map_or(end, |begins| begins.min(end));
        parts.push(MonthPart {
            month,
            span: [from, until],
        });
        let Some(next) = next else { break };
        (month, from) = (next, until);
    }
    parts
}
