//! Span: instants and stretches of time as people read them, in the offset of the scenario.

use crate::model::Scenario;
use jiff::{Timestamp, tz::TimeZone};

/// `13 Nov 2012 09:08 to 10:42 (UTC-08:00)`, with the second date where it is another.
///
/// ```
/// use plimsoll::model::{Failover, Policy, Scenario};
/// use plimsoll::report::span::span;
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
/// let scenario = Scenario {
///     name: "night".into(), start: at("2012-11-13T06:00:00Z"), end: at("2012-11-13T09:30:00Z"),
///     offset: jiff::tz::offset(-8), policy: Policy::standard(0, Failover::Anywhere),
///     events: Vec::new(), protect: None,
/// };
/// assert_eq!(span(&scenario, scenario.start, scenario.end),
///     "12 Nov 2012 22:00 to 13 Nov 2012 01:30 (UTC-08:00)");
/// assert_eq!(span(&scenario, scenario.start, at("2012-11-13T07:00:00Z")),
///     "12 Nov 2012 22:00 to 23:00 (UTC-08:00)");
/// ```
pub fn span(scenario: &Scenario, start: Timestamp, end: Timestamp) -> String {
    let (start, end) = (zoned(scenario, start), zoned(scenario, end));
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

/// `09:08` where the whole scenario lies within one day, else `13 Nov 09:08`.
pub fn moment(scenario: &Scenario, at: Timestamp) -> String {
    let day = |at| zoned(scenario, at).date();
    let form = if day(scenario.start) == day(scenario.end) {
        "%H:%M"
    } else {
        "%-d %b %H:%M"
    };
    zoned(scenario, at).strftime(form).to_string()
}

fn zoned(scenario: &Scenario, at: Timestamp) -> jiff::Zoned {
    at.to_zoned(TimeZone::fixed(scenario.offset))
}
