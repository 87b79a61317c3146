//! Numbers in cells: amounts, shares, limits, whole numbers.

use super::{InTable, Row};
use crate::diagnostic::Code;
use crate::inventory::kind::{self, Bounds, Kind, NotANumber};
use crate::inventory::table::header::Column;

/// Not a number.
pub(crate) const NOT_A_NUMBER: Code = Code("P2101");
/// A number outside its bounds.
pub(crate) const OUT_OF_BOUNDS: Code = Code("P2102");
/// A number too large, or too small, to be kept.
pub(crate) const OUT_OF_REACH: Code = Code("P2103");
/// Not a whole number within its bounds.
pub(crate) const NOT_WHOLE: Code = Code("P2104");

impl Row<'_, '_> {
    /// The number in the cell, or the column's default.
    pub(crate) fn number(&mut self, column: impl InTable) -> f64 {
        let column = self.column(column);
        self.optional(column)
            .or_else(|| kind::number(&column.schema.default).ok())
            .unwrap_or_default()
    }

    /// The number in the cell; `None` if it is blank.
    pub(crate) fn optional(&mut self, column: impl InTable) -> Option<f64> {
        let column = self.column(column);
        let Kind::Number(bounds) = column.schema.kind else {
            return None;
        };
        if self.is_blank(column) {
            return None;
        }
        self.number_within(column, bounds)
    }

    /// The number in the cell; `None` if it says `unlimited` or is blank where that is the default.
    pub(crate) fn limit(&mut self, column: impl InTable) -> Option<f64> {
        let column = self.column(column);
        let Kind::Limit(bounds) = column.schema.kind else {
            return None;
        };
        if self.is_blank(column) || self.raw(column) == "unlimited" {
            return None;
        }
        self.number_within(column, bounds)
    }

    fn number_within(&mut self, column: Column, bounds: Bounds) -> Option<f64> {
        match kind::number(self.raw(column)) {
            Ok(value) if bounds.holds(value) => {
                self.sample(column, bounds, value);
                return Some(value);
            }
            Ok(_) => {
                let hint = match column.schema.unit.as_str() {
                    "share" => "write a share: 0.2 is 20 %",
                    "degrees" => "write degrees with decimals",
                    _ if bounds.is_above => "write more than 0, or leave the cell blank",
                    _ => "a negative value makes no sense here",
                };
                self.refuse(column, OUT_OF_BOUNDS, hint);
            }
            Err(NotANumber::Malformed) => self.refuse(
                column,
                NOT_A_NUMBER,
                "use digits, a decimal point and perhaps an exponent: `1250.5`, `1e-6`",
            ),
            Err(NotANumber::OutOfReach) => self.refuse(
                column,
                OUT_OF_REACH,
                "choose a unit in which the values are from 1e-12 to 1e15, or 0",
            ),
        }
        None
    }

    /// Keeps a value to compare with its column. Users a thousand times others are no mistake.
    fn sample(&mut self, column: Column, bounds: Bounds, value: f64) {
        let is_of_users = column.schema.unit.starts_with("users");
        let is_of_many_units = self.table.columns.iter().any(|own| own.name == "resource");
        if !bounds.is_amount() || is_of_users || is_of_many_units {
            return;
        }
        if let Some(samples) = column.position.and_then(|at| self.samples.get_mut(at)) {
            samples.push((value, self.line));
        }
    }

    /// The whole number in the cell; `None` if it is blank or not one. `hint` says what to do about one out of bounds.
    pub(crate) fn whole(&mut self, column: impl InTable, hint: &str) -> Option<i64> {
        let column = self.column(column);
        let Kind::Whole(least, most) = column.schema.kind else {
            return None;
        };
        if self.is_blank(column) {
            return None;
        }
        let value = kind::whole(self.raw(column)).filter(|value| (least..=most).contains(value));
        if value.is_none() {
            let is_whole = kind::whole(self.raw(column)).is_some();
            let hint = if is_whole {
                hint
            } else {
                "write digits alone: no decimals, no separators, at most 2^53"
            };
            self.refuse(column, NOT_WHOLE, hint);
        }
        value
    }
}
