//! Cell: how one value stands in a CSV file, written and read by the same rule.
//!
//! Long because all types that stand in cells are here, the words of the files among them.

use super::guard::{guarded, unguarded};
use crate::model::Recovery;
use jiff::civil::Date;
use lean_string::LeanString;
use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// What is wrong with a cell: the rule's code, what was expected, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    pub(crate) code: &'static str,
    pub(crate) expected: String,
    pub(crate) hint: &'static str,
}

impl Misread {
    /// A blank cell where the column needs a value.
    fn blank(expected: &str) -> Self {
        Self {
            code: "P6008",
            expected: expected.to_owned(),
            hint: "write the value; a blank is never zero",
        }
    }
}

/// The value of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum CellValue<'a> {
    /// None.
    Blank,
    /// A number.
    Number(f64),
    /// A word, a name or any other text.
    Text(Cow<'a, str>),
}

impl From<f64> for CellValue<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<u64> for CellValue<'_> {
    fn from(count: u64) -> Self {
        Self::Number(count as f64)
    }
}

impl From<u32> for CellValue<'_> {
    fn from(count: u32) -> Self {
        Self::Number(f64::from(count))
    }
}

impl<'a> From<&'a str> for CellValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

/// A value that stands in one cell.
pub(crate) trait Cell: Sized {
    /// Appends the cell's text, without quotes.
    fn write(&self, text: &mut String);
    /// The value of a cell's text.
    fn read(text: &str) -> Result<Self, Misread>;
    /// `true` if the value can stand in a file; numbers must be finite.
    fn is_writable(&self) -> bool {
        true
    }
    /// The value, as it is compared with another one.
    fn value(&self) -> CellValue<'_>;
}

/// An id in a row: texts of up to 16 bytes, as ids are, need no memory beside the row.
pub type Text = LeanString;

/// A number that may be negative. All other numbers of the plan's files are 0 or more.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Signed(pub f64);

/// A calendar month, by its first day; `2012-11` in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CalendarMonth(pub Date);

impl fmt::Display for CalendarMonth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.strftime("%Y-%m"))
    }
}

/// The shortest decimal that reads back as `value`: never an exponent, no `.0`, no `-0`.
///
/// ```
/// use plimsoll::plan_files::decimal;
/// assert_eq!(decimal(40.0), "40");
/// assert_eq!(decimal(0.1 + 0.2), "0.30000000000000004");
/// assert_eq!(decimal(-0.0), "0");
/// assert_eq!(decimal(1e21), "1000000000000000000000");
/// ```
pub fn decimal(value: f64) -> String {
    let mut text = String::new();
    write_decimal(value, &mut text);
    text
}

/// Appends [`decimal`].
fn write_decimal(value: f64, text: &mut String) {
    /// Whole numbers below this are told apart (2⁵³), and most numbers of a plan are such: users.
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::float_cmp,
        reason = "only numbers that are whole and small enough are written as such"
    )]
    let written = if value.abs() < LARGEST_EXACT && value.trunc() == value {
        write!(text, "{}", value as i64)
    } else {
        // `Display` of f64 is the shortest that reads back, without an exponent.
        write!(text, "{value}")
    };
    written.expect("invariant: a string takes every text");
}

/// The finite number that `text` spells.
fn number(text: &str, expected: &str) -> Result<f64, Misread> {
    if text.is_empty() {
        return Err(Misread::blank(expected));
    }
    let spelled = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    match text.parse::<f64>() {
        Ok(value) if spelled && value.is_finite() => Ok(value),
        _ => Err(Misread {
            code: "P6006",
            expected: expected.to_owned(),
            hint: "write a decimal such as 12.5, with a point and without a unit",
        }),
    }
}

impl Cell for f64 {
    fn write(&self, text: &mut String) {
        write_decimal(*self, text);
    }

    fn read(text: &str) -> Result<Self, Misread> {
        let expected = "a number of 0 or more";
        let value = number(text, expected)?;
        if value < 0.0 {
            return Err(Misread {
                code: "P6007",
                expected: expected.to_owned(),
                hint: "write how many there are; less than nothing cannot be",
            });
        }
        Ok(value + 0.0)
    }

    fn is_writable(&self) -> bool {
        self.is_finite()
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Number(*self)
    }
}

impl Cell for Signed {
    fn write(&self, text: &mut String) {
        write_decimal(self.0, text);
    }

    fn read(text: &str) -> Result<Self, Misread> {
        number(text, "a number").map(Self)
    }

    fn is_writable(&self) -> bool {
        self.0.is_finite()
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Number(self.0)
    }
}

impl Cell for u32 {
    fn write(&self, text: &mut String) {
        write!(text, "{self}").expect("invariant: a string takes every text");
    }

    fn read(text: &str) -> Result<Self, Misread> {
        let expected = "a whole number of 0 or more";
        if text.is_empty() {
            return Err(Misread::blank(expected));
        }
        text.parse().map_err(|_| Misread {
            code: "P6006",
            expected: expected.to_owned(),
            hint: "periods and waves count from 0",
        })
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Number(f64::from(*self))
    }
}

impl Cell for CalendarMonth {
    fn write(&self, text: &mut String) {
        write!(text, "{self}").expect("invariant: a string takes every text");
    }

    fn read(text: &str) -> Result<Self, Misread> {
        let expected = "a month, such as 2012-11";
        if text.is_empty() {
            return Err(Misread::blank(expected));
        }
        let month = format!("{text}-01").parse().ok().map(Self);
        // Only as it is written.
        let month = month.filter(|own| own.to_string() == text);
        month.ok_or_else(|| Misread {
            code: "P6009",
            expected: expected.to_owned(),
            hint: "write the year in four digits and the month in two",
        })
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Text(Cow::Owned(self.to_string()))
    }
}

/// Every text of the plan's files passes here: no spreadsheet runs it, and it reads back the same.
impl Cell for String {
    fn write(&self, text: &mut String) {
        text.push_str(&guarded(self));
    }

    fn read(text: &str) -> Result<Self, Misread> {
        if text.is_empty() {
            return Err(Misread::blank("a text"));
        }
        Ok(unguarded(text).to_owned())
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Text(Cow::Borrowed(self))
    }
}

impl Cell for Text {
    fn write(&self, text: &mut String) {
        text.push_str(&guarded(self));
    }

    fn read(text: &str) -> Result<Self, Misread> {
        if text.is_empty() {
            return Err(Misread::blank("a text"));
        }
        Ok(Self::from(unguarded(text)))
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Text(Cow::Borrowed(self))
    }
}

impl Cell for bool {
    fn write(&self, text: &mut String) {
        text.push_str(if *self { "yes" } else { "no" });
    }

    fn read(text: &str) -> Result<Self, Misread> {
        match text {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(Misread {
                code: "P6009",
                expected: "one of `yes`, `no`".to_owned(),
                hint: "write one of the words in lower case",
            }),
        }
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Text(Cow::Borrowed(if *self { "yes" } else { "no" }))
    }
}

impl<T: Cell> Cell for Option<T> {
    fn write(&self, text: &mut String) {
        if let Some(value) = self {
            value.write(text);
        }
    }

    fn read(text: &str) -> Result<Self, Misread> {
        if text.is_empty() {
            return Ok(None);
        }
        T::read(text).map(Some)
    }

    fn is_writable(&self) -> bool {
        self.as_ref().is_none_or(T::is_writable)
    }

    fn value(&self) -> CellValue<'_> {
        self.as_ref().map_or(CellValue::Blank, Cell::value)
    }
}

/// Declares an enum whose values stand in cells as words.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {$(
            $(#[$variant_doc])*
            #[doc = concat!("`", $word, "`")]
            $variant,
        )*}

        impl $name {
            /// All values, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word used in files.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl Cell for $name {
            fn write(&self, text: &mut String) {
                text.push_str(self.word());
            }

            fn read(text: &str) -> Result<Self, Misread> {
                Self::ALL.iter().copied().find(|value| value.word() == text).ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|value| format!("`{}`", value.word())).collect();
                    Misread {
                        code: "P6009",
                        expected: format!("one of {}", words.join(", ")),
                        hint: "write one of the words in lower case",
                    }
                })
            }

            fn value(&self) -> CellValue<'_> {
                CellValue::Text(Cow::Borrowed(self.word()))
            }
        }
    )*};
}

impl Cell for Recovery {
    fn write(&self, text: &mut String) {
        text.push_str(self.word());
    }

    fn read(text: &str) -> Result<Self, Misread> {
        let known = Self::ALL.into_iter().find(|own| own.word() == text);
        known.ok_or_else(|| Misread {
            code: "P6009",
            expected: "one of `rescale`, `replicas`, `replan`".to_owned(),
            hint: "write one of the words in lower case",
        })
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Text(Cow::Borrowed(self.word()))
    }
}

/// What a step of the change list sets: the use of an access point, or a share of users.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum StepSetting {
    /// Of an access point.
    Use(AccessPointUse),
    /// Of a client region's or a pool's users, 0 to 1.
    Share(f64),
}

impl Cell for StepSetting {
    fn write(&self, text: &mut String) {
        match self {
            Self::Use(value) => value.write(text),
            Self::Share(value) => value.write(text),
        }
    }

    fn read(text: &str) -> Result<Self, Misread> {
        if text.starts_with(|first: char| first.is_ascii_alphabetic()) {
            AccessPointUse::read(text).map(Self::Use)
        } else {
            f64::read(text).map(Self::Share)
        }
    }

    fn is_writable(&self) -> bool {
        match self {
            Self::Use(_) => true,
            Self::Share(value) => value.is_finite(),
        }
    }

    fn value(&self) -> CellValue<'_> {
        match self {
            Self::Use(value) => value.value(),
            Self::Share(value) => CellValue::Number(*value),
        }
    }
}

words! {
    /// From what follows how long a tenant's users are down in a month.
    Counted {
        /// From what the plan says of its periods.
        Plan = "plan",
        /// From the plan's own replay.
        Replay = "replay",
    }

    /// What settled a case of a sweep.
    SettledBy {
        /// Everybody on his default path: nobody is unserved but those whom nobody could serve, and no target is missed.
        Default = "default",
        /// Plans of smaller cases put together, which prices of theirs prove to be best.
        Parts = "parts",
        /// The solver, whose plan and prices are kept.
        Solver = "solver",
        /// The rule of a recovery that decides nothing.
        Rule = "rule",
    }

    /// How a component has to do with a case of a sweep.
    Role {
        /// More of it would help first.
        Binds = "binds",
        /// A standby access point that carries users.
        Opened = "opened",
    }

    /// Why a shard's users stand where they stand.
    Reason {
        /// At its current site.
        Home = "home",
        /// The site left has nothing left, by maintenance.
        Drained = "drained",
        /// The site left has nothing left, by a failure.
        Failed = "failed",
        /// Leaves a place that still works, or that no open path reaches.
        Relief = "relief",
        /// Back at its site of shards.csv after the events.
        Returned = "returned",
        /// Had no home.
        Placed = "placed",
        /// Served nowhere.
        Unserved = "unserved",
    }

    /// What keeps users from being served.
    Cause {
        /// None of the sites where they may be is open and reached by a path.
        NoSite = "no_site",
        /// Those that are have no capacity for them, or something on every path there has none.
        NoCapacity = "no_capacity",
        /// There is capacity, and no more users may move.
        MoveLimit = "move_limit",
    }

    /// How a shard gets to its new site.
    How {
        /// A copy of it is there already.
        Takeover = "takeover",
        /// Its data must travel.
        Copy = "copy",
    }

    /// What is done at a step of the change list.
    Action {
        /// Users may enter at an access point from now on.
        OpenAccessPoint = "open_access_point",
        /// A shard's data travels to a site that holds no copy, and it runs there.
        Copy = "copy",
        /// A shard without a home gets one.
        Place = "place",
        /// A shard runs from its copy at another site.
        Takeover = "takeover",
        /// A shard goes back: home after the events, or where it came from on the way back.
        Return = "return",
        /// A shard that was placed loses its home: only on the way back.
        Remove = "remove",
        /// The share of a client region's users who enter at an access point.
        Weight = "weight",
        /// A member of a pool gets a smaller share of its users, or none any more.
        TakeOut = "take_out",
        /// A member of a pool gets a larger share of its users again.
        PutBack = "put_back",
        /// Users of a shard are served no more.
        Shed = "shed",
        /// Users of a shard are served again where it is.
        LetIn = "let_in",
        /// Nobody enters at an access point any more.
        CloseAccessPoint = "close_access_point",
        /// No step: works or a fault begin.
        Begins = "begins",
        /// No step: a fault becomes known.
        Detected = "detected",
        /// No step: works or a fault end.
        Ends = "ends",
    }

    /// What an event is that a mark of the change list tells of.
    EventWord {
        /// Planned works.
        Maintenance = "maintenance",
        /// A fault.
        Failure = "failure",
        /// A fault that nobody notices until it is detected.
        Gray = "gray",
        /// A share of the work takes longer.
        Slow = "slow",
        /// Sessions end.
        Disconnect = "disconnect",
    }

    /// How a component stands with all retries running.
    Stability {
        /// It recovers by itself once a trigger has gone.
        Stable = "stable",
        /// A trigger can lock it in: with all retries running it is offered more than it has.
        Vulnerable = "vulnerable",
        /// It carries more than it has.
        Overloaded = "overloaded",
    }

    /// When the waves of a transition run.
    Timing {
        /// Before the period: what causes it is known beforehand, and all is done when the period begins.
        Ahead = "ahead",
        /// From the period's start on: nobody knew, or there was no room before.
        Behind = "behind",
    }

    /// What an access point does in a period.
    AccessPointUse {
        /// In use, as the inventory says.
        Active = "active",
        /// Ready and closed.
        Standby = "standby",
        /// A standby access point that is open.
        Opened = "opened",
        /// Nothing is left of it.
        Closed = "closed",
    }

    /// Why the plan does not answer yet what is in force.
    BlindPhase {
        /// Something in force is not known.
        Blind = "blind",
        /// It is known, the plan for it is not in force yet.
        Reacting = "reacting",
    }
}
